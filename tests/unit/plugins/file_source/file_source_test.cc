// tests/unit/plugins/file_source/file_source_test.cc
#include "plugins/topology_source/file/file_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "tests/unit/plugins/file_source/fake_sink.h"

namespace srpce::file_source {
namespace {

constexpr char kGraph[] =
    "NODES 2\nlabel x y\na 0 0\nb 0 0\n"
    "EDGES 2\nlabel src dest weight bw delay\ne0 0 1 10 1000 100\ne1 1 0 10 1000 100\n";

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() {
    std::filesystem::create_directories(folder_);
    Write("net.graph", kGraph);
  }
  ~FileSourceTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + name) << text;
    return folder_ + name;
  }
  std::unique_ptr<FileSource> Make(const std::string& script = "") {
    plugin::Settings settings{{"path", folder_ + "net.graph"}};
    if (!script.empty()) {
      settings["script"] = Write("script", script);
    }
    auto source = FileSource::Make(settings, clock_);
    EXPECT_TRUE(source.ok()) << source.status();
    return *std::move(source);
  }

  const std::string folder_ = testing::TempDir() + "file_source_test/" +
                              testing::UnitTest::GetInstance()->current_test_info()->name() + "/";
  support::SimulatedClock clock_;
};

TEST_F(FileSourceTest, SendsOneCompleteSync) {
  FakeSink sink(clock_);
  ASSERT_TRUE(Make()->Run(sink).ok());
  // Begin, 2 nodes, 4 prefixes, 2 links, end.
  ASSERT_EQ(sink.statements.size(), 10U);
  EXPECT_TRUE(std::holds_alternative<plugin::SyncBegin>(sink.statements.front()));
  EXPECT_TRUE(std::holds_alternative<plugin::SyncEnd>(sink.statements.back()));
  Mirror mirror;
  for (const plugin::Statement& statement : sink.statements) {
    EXPECT_EQ(mirror.Apply(statement), "");
  }
  EXPECT_EQ(mirror.nodes.size(), 2U);
  EXPECT_EQ(mirror.links.size(), 2U);
  EXPECT_EQ(mirror.prefixes.size(), 4U);
}

TEST_F(FileSourceTest, TellsOfEventsWhenTheyAreDue) {
  FakeSink sink(clock_);
  const auto source = Make("metric a->b 99\n@250ms link-down a->b\n@1s link-up a->b\n");
  ASSERT_TRUE(source->Run(sink).ok());
  ASSERT_EQ(sink.statements.size(), 12U);
  const auto& down = std::get<plugin::LinkStatement>(sink.statements[10]);
  EXPECT_EQ(down.key.ToString(), "a->b#to-b");
  EXPECT_TRUE(down.patch);
  EXPECT_EQ(down.attributes.up, false);
  EXPECT_EQ(down.attributes.igp_metric, std::nullopt) << "a patch says only what changed";
  EXPECT_EQ(sink.sent_at_ms[10], 250);
  EXPECT_EQ(sink.sent_at_ms[11], 1000);
  Mirror mirror;
  for (const plugin::Statement& statement : sink.statements) {
    EXPECT_EQ(mirror.Apply(statement), "");
  }
  EXPECT_EQ(mirror.links.at("a->b#to-b").igp_metric, 99U);
}

TEST_F(FileSourceTest, ASecondStreamBeginsWithTheNetworkAsItIsByThen) {
  const auto source = Make("@100ms link-down a->b\n@500ms delay a->b 7\n@900ms link-up a->b\n");
  // Breaks on the first event, which is made all the same.
  FakeSink first(clock_, 10);
  EXPECT_EQ(source->Run(first).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(first.statements.size(), 10U);

  clock_.Advance(std::chrono::milliseconds(500));  // The second falls due while there is no stream.
  FakeSink second(clock_);
  ASSERT_TRUE(source->Run(second).ok());
  ASSERT_EQ(second.statements.size(), 11U);
  Mirror mirror;
  for (size_t i = 0; i < 10; ++i) {
    ASSERT_EQ(mirror.Apply(second.statements[i]), "");
  }
  EXPECT_EQ(mirror.links.at("a->b#to-b").up, false);
  EXPECT_EQ(mirror.links.at("a->b#to-b").delay, Microseconds(7));
  // Script time did not stop: the stream opened at 600 ms.
  EXPECT_EQ(second.sent_at_ms[10], 300);
}

TEST_F(FileSourceTest, BrokenInTheSyncTheNextStreamSendsAllOfIt) {
  const auto source = Make();
  for (size_t budget = 0; budget < 10; ++budget) {
    FakeSink cut(clock_, budget);
    EXPECT_EQ(source->Run(cut).code(), absl::StatusCode::kUnavailable);
  }
  FakeSink whole(clock_);
  ASSERT_TRUE(source->Run(whole).ok());
  EXPECT_EQ(whole.statements.size(), 10U);
}

TEST_F(FileSourceTest, LoadsNothingOfBadFiles) {
  const std::string bad = Write("bad.graph", std::string(kGraph) + "e2 0 1 10 1000 100\n");
  const auto graph = FileSource::Make({{"path", bad}}, clock_);
  EXPECT_EQ(std::string(graph.status().message()).find(bad + ":9: got 'e2 0 1 10 1000 100'"), 0U)
      << graph.status();
  const std::string script = Write("bad.script", "link-down a->b\nlink-down a->z\n");
  const auto source =
      FileSource::Make({{"path", folder_ + "net.graph"}, {"script", script}}, clock_);
  EXPECT_EQ(std::string(source.status().message()),
            script + ":2: got 'z', want a node of the file");
  EXPECT_EQ(FileSource::Make({{"path", folder_ + "none"}}, clock_).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FileSourceTest, RegistersUnderItsName) {
  plugin::Registry registry;
  ASSERT_TRUE(RegisterFileSource(registry).ok());
  EXPECT_EQ(RegisterFileSource(registry).code(), absl::StatusCode::kAlreadyExists);
  const auto source = registry.topology_sources.Make("file", {{"path", folder_ + "net.graph"}});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->name(), "file");
  EXPECT_FALSE(registry.topology_sources.Make("file", {}).ok());
}

}  // namespace
}  // namespace srpce::file_source
