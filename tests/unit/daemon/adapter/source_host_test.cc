// tests/unit/daemon/adapter/source_host_test.cc
#include "daemon/adapter/source_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "plugins/topology_source/file/file_source.h"
#include "proto/convert/topology.h"
#include "tests/unit/daemon/adapter/fake_ingest.h"

namespace srpce::adapter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plugin::Statement NodeNamed(const std::string& id) {
  plugin::NodeStatement node;
  node.id = id;
  return node;
}

// A source whose Run is given by the test.
class LambdaSource final : public plugin::TopologySource {
 public:
  using Body = std::function<absl::Status(plugin::StatementSink& sink)>;
  explicit LambdaSource(Body body) : body_(std::move(body)) {}
  std::string name() const override { return "lambda"; }
  absl::Status Run(plugin::StatementSink& sink) override { return body_(sink); }

 private:
  const Body body_;
};

// Sends `ids` as nodes, in a sync.
LambdaSource::Body SyncOf(std::vector<std::string> ids) {
  return [ids](plugin::StatementSink& sink) -> absl::Status {
    absl::Status status = sink.Send(plugin::SyncBegin());
    for (const std::string& id : ids) {
      status.Update(status.ok() ? sink.Send(NodeNamed(id)) : absl::OkStatus());
    }
    status.Update(status.ok() ? sink.Send(plugin::SyncEnd()) : absl::OkStatus());
    return status;
  };
}

class SourceHostTest : public testing::Test {
 protected:
  std::unique_ptr<SourceHost> Host(FakeIngest& server, LambdaSource::Body body,
                                   SourceHostOptions options = {}) {
    return HostOf(server.Channel(), std::make_unique<LambdaSource>(std::move(body)),
                  std::move(options));
  }
  std::unique_ptr<SourceHost> HostOf(const std::shared_ptr<grpc::Channel>& channel,
                                     std::unique_ptr<plugin::TopologySource> source,
                                     SourceHostOptions options) {
    options.name = "test";
    options.first_backoff = std::chrono::milliseconds(1);
    options.max_backoff = std::chrono::milliseconds(4);
    options.log = [this](absl::string_view line) {
      const std::lock_guard lock(mutex_);
      log_.emplace_back(line);
    };
    auto host = std::make_unique<SourceHost>(channel, std::move(source), options);
    host->Start();
    return host;
  }
  std::vector<std::string> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> log_;
};

TEST_F(SourceHostTest, SaysHelloAndNumbersUpdatesFromOne) {
  FakeIngest server;
  SourceHostOptions options;
  options.precedence = 7;
  options.hold_time_seconds = 9;
  options.keep_forever = true;
  options.overlay = true;
  options.once = true;
  const auto host = Host(server, SyncOf({"a", "b"}), options);
  EXPECT_TRUE(host->Wait().ok());
  host->Stop();
  const auto streams = server.streams();
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].hello.name(), "test");
  EXPECT_EQ(streams[0].hello.precedence(), 7U);
  EXPECT_EQ(streams[0].hello.hold_time_seconds(), 9U);
  EXPECT_TRUE(streams[0].hello.keep_forever());
  EXPECT_TRUE(streams[0].hello.overlay());
  ASSERT_EQ(streams[0].updates.size(), 4U);
  for (uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(streams[0].updates[i].sequence(), i + 2) << "hello was 1";
  }
  const SourceHostStats stats = host->stats();
  EXPECT_EQ(stats.sent, 4U);
  EXPECT_EQ(stats.accepted, 4U);
  EXPECT_EQ(stats.refused, 0U);
  EXPECT_EQ(stats.syncs, 1U);
  EXPECT_EQ(stats.completed, 1U);
  EXPECT_EQ(stats.last_generation, 105U);
}

TEST_F(SourceHostTest, ARefusalIsCountedAndTheStreamGoesOn) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse = [](const v1::TopologyUpdate& update) {
    return update.node().id() == "bad" ? "node bad: asn: got 0, want more" : "";
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.once = true;
  const auto host = Host(server, SyncOf({"a", "bad", "b"}), options);
  EXPECT_TRUE(host->Wait().ok());
  host->Stop();
  EXPECT_EQ(host->stats().refused, 1U);
  EXPECT_EQ(host->stats().accepted, 4U);
  EXPECT_EQ(server.streams().at(0).updates.size(), 5U);
  EXPECT_THAT(
      log(),
      ElementsAre(HasSubstr("source test: update 4 refused: node bad: asn: got 0, want more")));
}

TEST_F(SourceHostTest, AReportGoesBetweenTheUpdatesAsTheDaemonTakesIt) {
  plugin::SourceReport report;
  report.peers = {{.name = "rr1", .detail = "\xff"}};
  FakeIngest server;
  SourceHostOptions options;
  options.once = true;
  const auto host = Host(
      server,
      [&report](plugin::StatementSink& sink) -> absl::Status {
        absl::Status status = sink.Send(NodeNamed("a"));
        status.Update(sink.Send(report));
        status.Update(sink.Send(NodeNamed("b")));
        return status;
      },
      options);
  EXPECT_TRUE(host->Wait().ok());
  host->Stop();
  const auto updates = server.streams().at(0).updates;
  ASSERT_EQ(updates.size(), 3U);
  EXPECT_EQ(updates[1].sequence(), 3U);
  ASSERT_EQ(updates[1].report().peers_size(), 1);
  EXPECT_EQ(updates[1].report().peers(0).detail(), "\\xff") << "what is no UTF-8 cuts a stream";
  EXPECT_EQ(updates[2].node().id(), "b");
  EXPECT_EQ(host->stats().accepted, 3U);
}

// What one says that has not heard of reports: they are fields it does not know.
TEST_F(SourceHostTest, ADaemonWithoutReportsRefusesEachAndTheStreamGoesOn) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse = [](const v1::TopologyUpdate& update) {
    return update.has_report() ? "update: none is set, want one of those this version knows" : "";
  };
  FakeIngest server(behaviour);
  const auto host = Host(server, [](plugin::StatementSink& sink) -> absl::Status {
    absl::Status status = sink.Send(plugin::SyncBegin());
    status.Update(sink.Send(plugin::SourceReport()));
    status.Update(sink.Send(NodeNamed("a")));
    status.Update(sink.Send(plugin::SyncEnd()));
    status.Update(sink.Send(plugin::SourceReport()));
    return status;
  });
  EXPECT_TRUE(host->WaitFor([](const SourceHostStats& stats) { return stats.completed == 1; }));
  host->Stop();
  EXPECT_EQ(server.streams().size(), 1U);
  EXPECT_EQ(host->stats().refused, 2U);
  EXPECT_EQ(host->stats().accepted, 3U);
  EXPECT_EQ(host->stats().syncs, 1U);
}

TEST_F(SourceHostTest, ALongRowOfRefusalsDoesNotFloodTheLog) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse = [](const v1::TopologyUpdate&) { return "no"; };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.once = true;
  const auto host = Host(server, SyncOf(std::vector<std::string>(1000, "x")), options);
  EXPECT_TRUE(host->Wait().ok());
  EXPECT_EQ(host->stats().refused, 1002U);
  EXPECT_EQ(log().size(), 16U) << "the 1st to 10th, then the 20th, 40th ... 640th";
}

TEST_F(SourceHostTest, RunsTheSourceAgainWhenTheStreamIsCut) {
  FakeIngest::Behaviour behaviour;
  behaviour.break_after = [](size_t stream) {
    return stream < 3 ? std::optional<size_t>(stream) : std::nullopt;
  };
  FakeIngest server(behaviour);
  const auto host = Host(server, SyncOf({"a", "b", "c"}));
  EXPECT_TRUE(host->WaitFor([](const SourceHostStats& stats) { return stats.syncs == 1; }));
  host->Stop();
  const auto streams = server.streams();
  ASSERT_EQ(streams.size(), 4U);
  EXPECT_EQ(streams[3].updates.size(), 5U);
  EXPECT_TRUE(streams[3].updates[0].has_sync_begin());
  EXPECT_EQ(streams[3].updates[0].sequence(), 2U) << "each stream counts from 1";
  EXPECT_THAT(log(), testing::Each(HasSubstr("cut by the test")));
}

TEST_F(SourceHostTest, WaitsLongerWithEachFailureInARow) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse_hello = [](size_t stream) {
    return stream < 4 ? std::optional(grpc::Status(grpc::StatusCode::ALREADY_EXISTS, "in use"))
                      : std::nullopt;
  };
  FakeIngest server(behaviour);
  const auto host = Host(server, SyncOf({"a"}));
  EXPECT_TRUE(host->WaitFor([](const SourceHostStats& stats) { return stats.syncs == 1; }));
  host->Stop();
  EXPECT_THAT(log(), ElementsAre(HasSubstr("in use (ALREADY_EXISTS); next try in 1 ms"),
                                 HasSubstr("next try in 2 ms"), HasSubstr("next try in 4 ms"),
                                 HasSubstr("next try in 4 ms")));
}

TEST_F(SourceHostTest, OnceGivesUpWhereTryingAgainCannotHelp) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse_hello = [](size_t) {
    return std::optional(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "name: got ''"));
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.once = true;
  const auto host = Host(server, SyncOf({"a"}), options);
  const absl::Status status = host->Wait();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), "name: got ''");
}

TEST_F(SourceHostTest, KeepsTheWindow) {
  constexpr uint64_t kWindow = 4;
  constexpr uint64_t kUpdates = 200;
  // The source counts what it was allowed to send; the server holds each acknowledgement back until
  // the window is full (or all is sent), and looks whether it was ever more than full.
  std::mutex mutex;
  std::condition_variable sent_more;
  uint64_t sent = 0;
  uint64_t acked = 0;
  uint64_t worst = 0;
  FakeIngest::Behaviour behaviour;
  behaviour.before_ack = [&](const v1::TopologyUpdate&) {
    std::unique_lock lock(mutex);
    sent_more.wait(lock, [&] { return sent - acked >= kWindow || sent == kUpdates; });
    worst = std::max(worst, sent - acked);
    ++acked;
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.window = kWindow;
  options.once = true;
  const auto host =
      HostOf(server.TcpChannel(),
             std::make_unique<LambdaSource>([&](plugin::StatementSink& sink) -> absl::Status {
               for (uint64_t i = 0; i < kUpdates; ++i) {
                 if (absl::Status status = sink.Send(NodeNamed(absl::StrCat(i))); !status.ok()) {
                   return status;
                 }
                 const std::lock_guard lock(mutex);
                 ++sent;
                 sent_more.notify_all();
               }
               return absl::OkStatus();
             }),
             options);
  EXPECT_TRUE(host->Wait().ok());
  EXPECT_EQ(host->stats().accepted, kUpdates);
  EXPECT_EQ(worst, kWindow);
}

TEST_F(SourceHostTest, FlushWaitsForTheLastAcknowledgement) {
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<bool> acknowledged = false;
  std::atomic<bool> flushed_early = true;
  FakeIngest::Behaviour behaviour;
  behaviour.before_ack = [&](const v1::TopologyUpdate&) {
    released.wait();
    acknowledged = true;
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.once = true;
  const auto host = Host(
      server,
      [&](plugin::StatementSink& sink) -> absl::Status {
        absl::Status status = sink.Send(NodeNamed("a"));
        release.set_value();
        status.Update(sink.Flush());
        flushed_early = !acknowledged;
        return status;
      },
      options);
  EXPECT_TRUE(host->Wait().ok());
  EXPECT_FALSE(flushed_early);
}

TEST_F(SourceHostTest, ManyStatementsGoInFewMessagesAndEachIsCounted) {
  FakeIngest::Behaviour behaviour;
  behaviour.refuse = [](const v1::TopologyUpdate& update) {
    return update.node().id() == "n500" ? "not this one" : "";
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.once = true;
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    ids.push_back(absl::StrCat("n", i));
  }
  const auto host = Host(server, SyncOf(ids), options);
  EXPECT_TRUE(host->Wait().ok());
  host->Stop();
  const auto streams = server.streams();
  ASSERT_EQ(streams.size(), 1U);
  ASSERT_EQ(streams[0].updates.size(), 1002U);
  for (uint64_t i = 0; i < 1002; ++i) {
    EXPECT_EQ(streams[0].updates[i].sequence(), i + 2);
  }
  EXPECT_LT(streams[0].messages, 10U);
  const SourceHostStats stats = host->stats();
  EXPECT_EQ(stats.sent, 1002U);
  EXPECT_EQ(stats.accepted, 1001U);
  EXPECT_EQ(stats.refused, 1U);
  EXPECT_EQ(stats.syncs, 1U);
}

TEST_F(SourceHostTest, WhatWasSentGoesOutBeforeAWait) {
  std::promise<void> seen;
  FakeIngest::Behaviour behaviour;
  behaviour.before_ack = [&](const v1::TopologyUpdate&) { seen.set_value(); };
  FakeIngest server(behaviour);
  const auto host = Host(server, [](plugin::StatementSink& sink) -> absl::Status {
    absl::Status status = sink.Send(NodeNamed("a"));
    constexpr int64_t kNever = 3'600'000;
    status.Update(sink.WaitUntil(kNever));
    return status;
  });
  seen.get_future().wait();
  host->Stop();
}

TEST_F(SourceHostTest, WakeEndsAWaitWhetherItHasBegunOrNot) {
  FakeIngest server{FakeIngest::Behaviour()};
  SourceHostOptions options;
  options.once = true;
  std::thread waker;
  const auto host = Host(
      server,
      [&](plugin::StatementSink& sink) -> absl::Status {
        constexpr int64_t kNever = 3'600'000;
        sink.Wake();
        absl::Status status = sink.WaitUntil(kNever);
        waker = std::thread([&] { sink.Wake(); });
        status.Update(sink.WaitUntil(kNever));
        return status;
      },
      options);
  EXPECT_TRUE(host->Wait().ok());
  waker.join();
}

TEST_F(SourceHostTest, StopEndsASourceThatWaits) {
  FakeIngest server;
  absl::Status seen;
  const auto host = Host(server, [&](plugin::StatementSink& sink) {
    seen = sink.Send(plugin::SyncBegin());
    seen.Update(sink.Send(plugin::SyncEnd()));
    seen.Update(sink.WaitUntil(int64_t{3600} * 1000));
    return seen;
  });
  EXPECT_TRUE(host->WaitFor([](const SourceHostStats& stats) { return stats.syncs == 1; }));
  host->Stop();
  EXPECT_EQ(seen.code(), absl::StatusCode::kCancelled);
  host->Stop();  // Twice does no harm.
}

TEST_F(SourceHostTest, StopEndsASourceThatADeafDaemonBlocks) {
  std::promise<void> stuck;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::once_flag once;
  FakeIngest::Behaviour behaviour;
  behaviour.before_ack = [&](const v1::TopologyUpdate&) {
    std::call_once(once, [&] { stuck.set_value(); });
    released.wait();
  };
  FakeIngest server(behaviour);
  SourceHostOptions options;
  options.window = 1'000'000;  // So that gRPC's flow control is what blocks.
  options.stop_grace = std::chrono::milliseconds(10);
  const auto host = Host(
      server,
      [](plugin::StatementSink& sink) -> absl::Status {
        const std::string large(10'000, 'x');
        while (true) {
          if (absl::Status status = sink.Send(NodeNamed(large)); !status.ok()) {
            return status;
          }
        }
      },
      options);
  stuck.get_future().wait();
  host->Stop();
  release.set_value();
  EXPECT_EQ(host->stats().accepted, 0U);
}

TEST_F(SourceHostTest, StopEndsTheWaitBetweenTries) {
  FakeIngest::Behaviour behaviour;
  std::promise<void> asked;
  std::once_flag once;
  behaviour.refuse_hello = [&](size_t) {
    std::call_once(once, [&] { asked.set_value(); });
    return std::optional(grpc::Status(grpc::StatusCode::UNAVAILABLE, "later"));
  };
  FakeIngest server(behaviour);
  const auto host = Host(server, SyncOf({"a"}));
  asked.get_future().wait();
  host->Stop();
  EXPECT_EQ(host->stats().syncs, 0U);
}

// What the server was told in its last stream, by element.
std::map<std::string, std::string> StateOf(const FakeIngest::Stream& stream) {
  std::map<std::string, std::string> state;
  for (const v1::TopologyUpdate& update : stream.updates) {
    if (update.has_node()) {
      state["node " + update.node().id()] = update.node().SerializeAsString();
    } else if (update.has_link()) {
      state["link " + convert::FromProto(update.link().key()).ToString()] =
          update.link().SerializeAsString();
    } else if (update.has_prefix()) {
      state["prefix " + update.prefix().key().prefix()] = update.prefix().SerializeAsString();
    }
  }
  return state;
}

TEST_F(SourceHostTest, AFileArrivesWholeHoweverOftenTheStreamIsCut) {
  const char* given = std::getenv("SRPCE_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  SCOPED_TRACE(absl::StrCat("SRPCE_TEST_SEED=", seed));
  std::mt19937_64 random(seed);
  const SystemClock clock;
  const plugin::Settings settings{{"path", SRPCE_SOURCE_DIR "/tests/topologies/Abilene.graph"}};
  SourceHostOptions options;
  options.once = true;

  FakeIngest whole;
  auto source = file_source::FileSource::Make(settings, clock);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_TRUE(HostOf(whole.Channel(), *std::move(source), options)->Wait().ok());

  FakeIngest::Behaviour behaviour;
  behaviour.break_after = [&](size_t stream) {
    return stream < 20 ? std::optional<size_t>(random() % 63) : std::nullopt;
  };
  FakeIngest cut(behaviour);
  source = file_source::FileSource::Make(settings, clock);
  ASSERT_TRUE(source.ok()) << source.status();
  const auto host = HostOf(cut.Channel(), *std::move(source), options);
  EXPECT_TRUE(host->Wait().ok());
  EXPECT_EQ(host->stats().streams, 21U);
  EXPECT_EQ(StateOf(cut.streams().back()), StateOf(whole.streams().back()));
  EXPECT_EQ(StateOf(whole.streams().back()).size(), 11U + 28U + 22U);
}

}  // namespace
}  // namespace srpce::adapter
