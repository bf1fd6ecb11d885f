// tests/unit/plugins/file_source/script_test.cc
#include "plugins/topology_source/file/script.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "plugins/topology_source/file/repetita.h"
#include "plugins/topology_source/file/synthesize.h"

namespace srpce::file_source {
namespace {

// a = b twice, b - c once.
Model Network() {
  const auto graph = ParseRepetita(
      "NODES 3\nlabel x y\na 0 0\nb 0 0\nc 0 0\n"
      "EDGES 6\nlabel src dest weight bw delay\n"
      "e0 0 1 10 1000 100\ne1 1 0 10 1000 100\ne2 0 1 20 1000 200\n"
      "e3 1 0 20 1000 200\ne4 1 2 10 1000 100\ne5 2 1 10 1000 100\n",
      "test");
  return *Synthesize(*graph, {});
}

Script Parse(const std::string& text) {
  const auto script = ParseScript(text, "s.txt", Network());
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *script : Script();
}

TEST(ScriptTest, ReadsTimesAndSortsByThem) {
  const Script script = Parse(
      "# a comment\n"
      "\n"
      "@2s delay b->c 5000\n"
      "@250ms link-down b->c   # cut\n"
      "@1.5s link-up b->c\n"
      "@250ms link-down c->b\n"
      "@1m overload a on\r\n");
  ASSERT_EQ(script.events.size(), 5U);
  EXPECT_EQ(script.events[0].at_ms, 250);
  EXPECT_EQ(std::get<ChangeLinks>(script.events[0].action).links, std::vector<uint32_t>({4}));
  EXPECT_EQ(std::get<ChangeLinks>(script.events[1].action).links, std::vector<uint32_t>({5}));
  EXPECT_EQ(script.events[2].at_ms, 1500);
  EXPECT_EQ(script.events[3].at_ms, 2000);
  EXPECT_EQ(script.events[4].at_ms, 60000);
  EXPECT_TRUE(script.initial.empty());
}

TEST(ScriptTest, LinesWithoutTimeAreTheBeginning) {
  const Script script = Parse("srlg a<->b 17,18,17\n@1s srlg a<->b none\n");
  ASSERT_EQ(script.initial.size(), 1U);
  const auto& change = std::get<ChangeLinks>(script.initial[0]);
  EXPECT_EQ(change.links, (std::vector<uint32_t>{0, 2, 1, 3}));
  EXPECT_EQ(change.patch.srlgs, (std::vector<uint32_t>{17, 18}));
  EXPECT_EQ(std::get<ChangeLinks>(script.events.at(0).action).patch.srlgs, std::vector<uint32_t>());
}

TEST(ScriptTest, AnInterfacePicksOneOfParallelLinks) {
  const auto links = [](const std::string& line) {
    return std::get<ChangeLinks>(Parse(line).initial.at(0)).links;
  };
  EXPECT_EQ(links("link-down a->b"), (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(links("link-down a->b#to-b.2"), (std::vector<uint32_t>{2}));
  EXPECT_EQ(links("link-down a<->b#to-b.2"), (std::vector<uint32_t>{2, 3}));
}

TEST(ScriptTest, ReadsEveryAttribute) {
  const Script script = Parse(
      "metric b->c 7\nte-metric b->c 8\ndelay b->c 5ms\nmax-delay b->c 6000us\nvariation b->c 9\n"
      "loss b->c 0.25\ncapacity b->c 10G\nreservable b->c 400M\navailable b->c 2.5G\n"
      "affinity b->c 0x100000003\n");
  ASSERT_EQ(script.initial.size(), 10U);
  const auto patch = [&](size_t i) { return std::get<ChangeLinks>(script.initial[i]).patch; };
  EXPECT_EQ(patch(0).igp_metric, 7U);
  EXPECT_EQ(patch(1).te_metric, 8U);
  EXPECT_EQ(patch(2).delay, Microseconds(5000));
  EXPECT_EQ(patch(2).min_delay, Microseconds(5000));
  EXPECT_EQ(patch(3).max_delay, Microseconds(6000));
  EXPECT_EQ(patch(4).delay_variation, Microseconds(9));
  EXPECT_EQ(patch(5).loss, 0.25);
  EXPECT_EQ(patch(6).capacity, BytesPerSecond{1'250'000'000});
  EXPECT_EQ(patch(7).reservable, BytesPerSecond{50'000'000});
  EXPECT_EQ(patch(8).available, BytesPerSecond{312'500'000});
  EXPECT_EQ(patch(9).admin_group, topology::AdminGroup({3, 1}));
}

TEST(ScriptTest, NamesMistakesWithFileAndLine) {
  struct Case {
    const char* line;
    const char* want;
  };
  for (const Case& c : {
           Case{"@1 link-down a->b", "s.txt:2: got '@1', want @TIME in ms, s or m, at most a year"},
           Case{"@-1s link-down a->b", "s.txt:2: got '@-1s', want @TIME"},
           Case{"@1s", "s.txt:2: got 'nothing', want a command after the time"},
           Case{"cut a->b", "s.txt:2: got 'cut', want one of affinity, available,"},
           Case{"link-down", "s.txt:2: got '', want 'link-down LINK'"},
           Case{"link-down a->b now", "s.txt:2: got 'a->b now', want 'link-down LINK'"},
           Case{"link-down a-b", "s.txt:2: got 'a-b', want a link as A->B or A<->B"},
           Case{"link-down a->x", "s.txt:2: got 'x', want a node of the file"},
           Case{"link-down a->c", "s.txt:2: got 'a->c', want a link of the file"},
           Case{"link-down a->b#eth0", "s.txt:2: got 'a->b#eth0', want a link of the file"},
           Case{"delay a->b -5", "s.txt:2: got '-5', want a delay from 0 to 16777215us"},
           Case{"delay a->b 20000ms", "s.txt:2: got '20000ms', want a delay"},
           Case{"metric a->b 16777216", "s.txt:2: got '16777216', want a whole number from 0 to"},
           Case{"loss a->b 1.5", "s.txt:2: got '1.5', want a fraction from 0 to 1"},
           Case{"loss a->b nan", "s.txt:2: got 'nan', want a fraction from 0 to 1"},
           Case{"available a->b 10X", "s.txt:2: got '10X', want bits per second like 400M or 10G"},
           Case{"affinity a->b 3", "s.txt:2: got '3', want affinity bits like 0x3"},
           Case{"srlg a->b 1,x", "s.txt:2: got '1,x', want numbers like 17,18 or none"},
           Case{"overload a maybe", "s.txt:2: got 'maybe', want on or off"},
           Case{"node-remove x", "s.txt:2: got 'x', want a node of the file"},
       }) {
    const auto script = ParseScript(std::string("# first\n") + c.line, "s.txt", Network());
    ASSERT_FALSE(script.ok()) << c.line;
    EXPECT_EQ(std::string(script.status().message()).find(c.want), 0U) << script.status();
  }
}

}  // namespace
}  // namespace srpce::file_source
