// The writer thread: order, batches, acknowledgements, expiry, reading from many threads.
#include "lib/pce/topology_writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/simulated_clock.h"

namespace srpce::pce {
namespace {

using std::chrono::seconds;
using topology::SourceId;
using topology::TedBuilder;

struct Ack {
  absl::Status status;
  uint64_t generation = 0;
};

class TopologyWriterTest : public testing::Test {
 protected:
  // Submits and waits for the answer.
  static Ack Do(TopologyWriter& writer, TopologyWriter::Work work) {
    auto promise = std::make_shared<std::promise<Ack>>();
    std::future<Ack> ack = promise->get_future();
    writer.Submit(std::move(work), [promise](const absl::Status& status, uint64_t generation) {
      promise->set_value({status, generation});
    });
    return ack.get();
  }

  static TopologyWriter::Work AddNode(SourceId source, const std::string& id) {
    return [source, id](TedBuilder& builder, MonotonicTime now) {
      return builder.SetNode(source, id, {}, {}, now);
    };
  }

  static SourceId Connect(TopologyWriter& writer, std::optional<Duration> hold_time = {}) {
    SourceId source;
    EXPECT_TRUE(Do(writer, [&](TedBuilder& builder, MonotonicTime now) {
                  source = *builder.Connect({.name = "feed", .hold_time = hold_time}, now);
                  return absl::OkStatus();
                }).status.ok());
    return source;
  }

  // Keeps the writer inside a work until Open(), so that what is submitted meanwhile forms one
  // batch.
  class Gate {
   public:
    explicit Gate(TopologyWriter& writer) {
      writer.Submit(
          [this](TedBuilder&, MonotonicTime) {
            entered_.set_value();
            opened_.get_future().wait();
            return absl::OkStatus();
          },
          nullptr);
      entered_.get_future().wait();
    }
    void Open() { opened_.set_value(); }

   private:
    std::promise<void> entered_;
    std::promise<void> opened_;
  };

  support::SimulatedClock clock_;
};

TEST_F(TopologyWriterTest, StartsWithTheEmptyTed) {
  TopologyWriter writer(clock_, nullptr);
  EXPECT_EQ(writer.ted()->generation(), 0U);
  EXPECT_EQ(writer.ted()->node_bound(), 0U);
}

TEST_F(TopologyWriterTest, AnswersWithTheGenerationThatHoldsTheWork) {
  TopologyWriter writer(clock_, nullptr);
  const SourceId source = Connect(writer);
  const Ack ack = Do(writer, AddNode(source, "a"));
  EXPECT_TRUE(ack.status.ok());
  EXPECT_EQ(ack.generation, 1U);
  EXPECT_EQ(writer.ted()->generation(), 1U);
  EXPECT_TRUE(writer.ted()->FindNode("a").has_value());
}

TEST_F(TopologyWriterTest, AnswersARefusedWorkWithItsReason) {
  TopologyWriter writer(clock_, nullptr);
  const SourceId source = Connect(writer);
  const Ack ack = Do(writer, AddNode(source, ""));
  EXPECT_EQ(ack.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ack.generation, 0U);
  EXPECT_EQ(writer.counters().refused, 1U);
  EXPECT_EQ(writer.counters().applied, 1U);  // The connect.
}

TEST_F(TopologyWriterTest, PublishesWhatWaitsAsOneGeneration) {
  std::vector<uint64_t> told;
  TopologyWriter writer(clock_,
                        [&](const TedUpdate& update) { told.push_back(update.ted->generation()); });
  const SourceId source = Connect(writer);
  Gate gate(writer);
  for (int i = 0; i < 100; ++i) {
    writer.Submit(AddNode(source, absl::StrCat("n", i)), nullptr);
  }
  EXPECT_EQ(writer.counters().queue_depth, 100U);
  gate.Open();
  EXPECT_EQ(Do(writer, AddNode(source, "last")).status, absl::OkStatus());
  EXPECT_EQ(writer.ted()->known_node_count(), 101U);
  EXPECT_LE(told.size(), 2U);  // The hundred, and "last" unless it came in time.
}

TEST_F(TopologyWriterTest, TellsListenersBeforeItAnswers) {
  std::vector<std::string> events;
  TopologyWriter writer(clock_, [&](const TedUpdate&) { events.push_back("listener"); });
  const SourceId source = Connect(writer);
  std::promise<void> done;
  writer.Submit(AddNode(source, "a"), [&](const absl::Status&, uint64_t) {
    events.push_back("answer");
    done.set_value();
  });
  done.get_future().wait();
  EXPECT_EQ(events, (std::vector<std::string>{"listener", "answer"}));
}

TEST_F(TopologyWriterTest, EventTimeIsTheArrivalOfTheFirstWork) {
  std::vector<MonotonicTime> times;
  TopologyWriter writer(clock_,
                        [&](const TedUpdate& update) { times.push_back(update.event_time); });
  const SourceId source = Connect(writer);
  const MonotonicTime arrival = clock_.Now();
  Gate gate(writer);
  writer.Submit(AddNode(source, "a"), nullptr);
  clock_.Advance(seconds(5));
  writer.Submit(AddNode(source, "b"), nullptr);
  gate.Open();
  Do(writer, AddNode(source, "a"));
  ASSERT_FALSE(times.empty());
  EXPECT_EQ(times.front(), arrival);
}

TEST_F(TopologyWriterTest, AppliesInTheOrderOfSubmission) {
  TopologyWriter writer(clock_, nullptr);
  std::vector<int> order;
  for (int i = 0; i < 1000; ++i) {
    writer.Submit(
        [&order, i](TedBuilder&, MonotonicTime) {
          order.push_back(i);
          return absl::OkStatus();
        },
        nullptr);
  }
  Do(writer, [](TedBuilder&, MonotonicTime) { return absl::OkStatus(); });
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 1000U);
}

TEST_F(TopologyWriterTest, ForgetsASilentSourceAtTheEndOfItsHoldTime) {
  TopologyWriter writer(clock_, nullptr);
  const SourceId source = Connect(writer, seconds(10));
  Do(writer, AddNode(source, "a"));
  Do(writer, [&](TedBuilder& builder, MonotonicTime now) {
    builder.Disconnect(source, now);
    return absl::OkStatus();
  });
  clock_.Advance(seconds(9));
  const auto nothing = [](TedBuilder&, MonotonicTime) { return absl::OkStatus(); };
  Do(writer, nothing);
  EXPECT_TRUE(writer.ted()->FindNode("a").has_value());
  clock_.Advance(seconds(1));
  Do(writer, nothing);
  EXPECT_FALSE(writer.ted()->FindNode("a").has_value());
  EXPECT_TRUE(writer.sources().empty());
}

TEST_F(TopologyWriterTest, WakesByItselfWhenAHoldTimeEnds) {
  const SystemClock clock;
  std::promise<void> gone;
  TopologyWriter writer(clock, [&](const TedUpdate& update) {
    if (update.ted->generation() > 1 && !update.ted->FindNode("a")) {
      gone.set_value();
    }
  });
  const SourceId source = Connect(writer, std::chrono::milliseconds(20));
  Do(writer, AddNode(source, "a"));
  Do(writer, [&](TedBuilder& builder, MonotonicTime now) {
    builder.Disconnect(source, now);
    return absl::OkStatus();
  });
  EXPECT_EQ(gone.get_future().wait_for(seconds(60)), std::future_status::ready);
}

TEST_F(TopologyWriterTest, CancelsWhatIsQueuedWhenItStops) {
  std::vector<absl::StatusCode> codes;
  std::thread stopper;
  {
    auto writer = std::make_unique<TopologyWriter>(clock_, nullptr);
    auto gate = std::make_unique<Gate>(*writer);
    for (int i = 0; i < 3; ++i) {
      writer->Submit([](TedBuilder&, MonotonicTime) { return absl::OkStatus(); },
                     [&](const absl::Status& status, uint64_t) { codes.push_back(status.code()); });
    }
    // The first work ends only after the writer was told to stop: the other works see CANCELLED or
    // OK, never silence.
    stopper = std::thread([&] { gate->Open(); });
    writer.reset();
    stopper.join();
  }
  ASSERT_EQ(codes.size(), 3U);
  for (const absl::StatusCode code : codes) {
    EXPECT_TRUE(code == absl::StatusCode::kCancelled || code == absl::StatusCode::kOk);
  }
}

TEST_F(TopologyWriterTest, ReportsSourcesAndHalfKnownLinks) {
  TopologyWriter writer(clock_, nullptr);
  const SourceId source = Connect(writer);
  Do(writer, [&](TedBuilder& builder, MonotonicTime now) {
    return builder.SetLink(source, {"a", "b", "", ""}, {}, {}, now);
  });
  EXPECT_EQ(writer.counters().half_known_links, 1U);
  ASSERT_EQ(writer.sources().size(), 1U);
  EXPECT_EQ(writer.sources()[0].links, 1U);
}

TEST_F(TopologyWriterTest, ObservesEachApplyAndPublish) {
  TopologyWriter writer(clock_, nullptr);
  std::atomic<int> seen = 0;
  writer.SetApplyObserver([&](Duration) { ++seen; });
  Connect(writer);
  EXPECT_GE(seen.load(), 1);
}

TEST_F(TopologyWriterTest, TellsWhileAFirstSyncRunsAndWhenItEnds) {
  std::vector<bool> told;
  TopologyWriter writer(clock_, [&](const TedUpdate& update) { told.push_back(update.syncing); });
  const SourceId source = Connect(writer);
  const auto sync = [&](bool begin) {
    return Do(writer, [source, begin](TedBuilder& builder, MonotonicTime) {
      return begin ? builder.BeginSync(source) : builder.EndSync(source).status();
    });
  };
  sync(true);
  Do(writer, AddNode(source, "a"));
  sync(false);
  sync(true);  // A later sync of the same source is no reason to wait.
  Do(writer, AddNode(source, "a"));
  Do(writer, AddNode(source, "b"));
  sync(false);
  EXPECT_EQ(told, (std::vector<bool>{true, false, false}));
}

TEST_F(TopologyWriterTest, FirstSyncThatWasCutOffStillRuns) {
  std::vector<bool> told;
  TopologyWriter writer(clock_, [&](const TedUpdate& update) { told.push_back(update.syncing); });
  const SourceId source = Connect(writer);
  Do(writer, [source](TedBuilder& builder, MonotonicTime) { return builder.BeginSync(source); });
  Do(writer, AddNode(source, "a"));
  Do(writer, [source](TedBuilder& builder, MonotonicTime now) {
    builder.Disconnect(source, now);
    return absl::OkStatus();
  });
  EXPECT_EQ(Connect(writer), source);
  Do(writer, AddNode(source, "b"));
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(told.back()) << "it has told a part only";
}

// Readers on several threads over two writers: each sees its writer's generations ascend, and a
// writer's own answer at once.
TEST_F(TopologyWriterTest, ReadersOnManyThreadsSeeGenerationsAscend) {
  TopologyWriter first(clock_, nullptr);
  TopologyWriter second(clock_, nullptr);
  const SourceId source = Connect(first);
  std::atomic<bool> stop = false;
  std::atomic<int> errors = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      uint64_t last = 0;
      while (!stop) {
        const topology::TedPtr ted = first.ted();
        errors += ted->generation() < last || ted->known_node_count() != ted->generation() ? 1 : 0;
        errors += second.ted()->generation() != 0 ? 1 : 0;
        last = ted->generation();
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    const Ack ack = Do(first, AddNode(source, absl::StrCat("n", i)));
    EXPECT_GE(first.ted()->generation(), ack.generation);
  }
  stop = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(errors.load(), 0);
}

}  // namespace
}  // namespace srpce::pce
