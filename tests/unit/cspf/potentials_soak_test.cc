// tests/unit/cspf/potentials_soak_test.cc -- trees and landmarks through a long stream of random
// changes: after each they are compared with a fresh computation that shares no code with them.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/churn.h"

namespace srpce::cspf {
namespace {

using graph::ReverseTree;
using support::Cases;
using topology::Ted;

constexpr TreeCacheOptions kEager{.max_bytes = size_t{1} << 24, .build_after = 1};
constexpr MetricType kObjectives[] = {MetricType::kIgp, MetricType::kTe, MetricType::kDelay};

// How a tree was after a change.
struct Tally {
  int exact = 0;
  int stale = 0;  // Bounds of before, not yet repaired.
  int none = 0;
  int landmarks = 0;
  int no_landmarks = 0;
  int lowered = 0;  // Tables.
};

uint64_t InTree(uint64_t distance) {
  return distance == Churn::kNoWay ? ReverseTree::kNoWay
                                   : std::min<uint64_t>(distance, ReverseTree::kFar);
}

// Asks for all a network's answers could need, changes it, and compares.
class Soak {
 public:
  Soak(Drawing drawing, uint64_t seed, size_t targets)
      : churn_(std::move(drawing), seed),
        // Profiles come before trees: every second network has none, so that trees are used.
        potentials_(kEager, {.max_bytes = seed % 2 == 0 ? 0 : size_t{1} << 24, .build_after = 2}),
        guided_(&potentials_) {
    for (size_t i = 0; i < targets; ++i) targets_.push_back(RandomNode());
    for (const NodeIndex target : targets_) {
      for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
        potentials_.trees().Get(churn_.ted(), target, slot, work_);
      }
    }
    Refresh();
    tally_ = {};
  }

  const Tally& tally() const { return tally_; }

  // The next change, and everything about it.
  void Step() {
    const char* what = churn_.Step();
    // Trees lag behind by some changes now and then; so do landmarks, until they are refreshed.
    const bool refreshed = churn_.Below(3) == 0;
    const bool ask_all = churn_.Below(4) != 0;
    SCOPED_TRACE(absl::StrCat(what, refreshed ? ", refreshed" : ""));
    if (refreshed) Refresh();
    for (const NodeIndex target : targets_) {
      for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
        if (churn_.ted().HasNode(target) && (ask_all || churn_.Below(8) == 0))
          CheckTree(target, slot, refreshed);
      }
    }
    for (size_t slot = 0; slot < graph::kWeightCount; ++slot) CheckLandmarks(slot, refreshed);
    for (int i = 0; i < 3; ++i) CheckPath();
  }

 private:
  NodeIndex RandomNode() {
    NodeIndex node;
    do {
      node = NodeIndex(static_cast<uint32_t>(churn_.Below(churn_.ted().node_bound())));
    } while (!churn_.ted().HasNode(node));
    return node;
  }

  void Refresh() {
    const size_t computed = potentials_.Refresh(churn_.ted());
    const auto delays = potentials_.Get(churn_.ted(), topology::kDelayWeight);
    tally_.lowered += computed == 0 && delays != delays_ ? 1 : 0;
    delays_ = delays;
  }

  void CheckTree(NodeIndex target, size_t slot, bool refreshed) {
    const auto tree = potentials_.trees().Get(churn_.ted(), target, slot, work_);
    if (tree == nullptr) {
      EXPECT_FALSE(refreshed);
      ++tally_.none;
      return;
    }
    ASSERT_EQ(tree->target(), target.value());
    const std::vector<uint64_t> want = churn_.DistancesTo(target, slot);
    bool exact = true;
    for (uint32_t node = 0; node < want.size(); ++node) {
      if (!churn_.ted().HasNode(NodeIndex(node))) continue;
      exact &= tree->distance(node) == InTree(want[node]);
      ASSERT_LE(tree->distance(node), InTree(want[node])) << "node " << node << ", slot " << slot;
    }
    ++(exact ? tally_.exact : tally_.stale);
    if (exact) return;
    ASSERT_FALSE(refreshed) << "slot " << slot;
    churn_.ForEachUsable(slot, [&](uint32_t tail, uint32_t head, uint64_t weight) {
      if (tree->distance(head) == ReverseTree::kNoWay) return;
      EXPECT_LE(tree->distance(tail), tree->distance(head) + weight) << tail << " to " << head;
    });
  }

  void CheckLandmarks(size_t slot, bool refreshed) {
    const auto landmarks = potentials_.Get(churn_.ted(), slot);
    ++(landmarks != nullptr ? tally_.landmarks : tally_.no_landmarks);
    if (landmarks == nullptr) {
      EXPECT_FALSE(refreshed);
      return;
    }
    const NodeIndex target = RandomNode();
    const std::vector<uint64_t> want = churn_.DistancesTo(target, slot);
    for (uint32_t node = 0; node < want.size(); ++node) {
      ASSERT_LE(landmarks->Bound(node, target.value()), want[node]) << "node " << node;
    }
    churn_.ForEachUsable(slot, [&](uint32_t tail, uint32_t head, uint64_t weight) {
      EXPECT_LE(landmarks->Bound(tail, target.value()),
                landmarks->Bound(head, target.value()) + weight)
          << tail << " to " << head;
    });
  }

  // With all that is cached and with nothing: one answer, and none cheaper than the distance.
  void CheckPath() {
    Query query{.source = RandomNode(), .target = targets_[churn_.Below(targets_.size())]};
    if (!churn_.ted().HasNode(query.target)) return;
    const size_t slot = churn_.Below(3);
    query.objective = kObjectives[slot];
    if (churn_.Below(3) == 0) query.constraints.min_bandwidth = BytesPerSecond{2};
    if (churn_.Below(3) == 0)
      query.constraints.exclude_srlgs = {static_cast<uint32_t>(churn_.Below(4))};
    if (churn_.Below(3) == 0) {
      const uint64_t least =
          churn_.DistancesTo(query.target, topology::kDelayWeight)[query.source.value()];
      const uint64_t percent = 95 + churn_.Below(60);
      if (least < UINT32_MAX) query.constraints.max_delay = Microseconds(least * percent / 100);
    }
    const PathResult cached = ComputePath(churn_.ted(), query, guided_);
    const PathResult fresh = ComputePath(churn_.ted(), query, alone_);
    ASSERT_EQ(cached.index(), fresh.index());
    const auto* path = std::get_if<Path>(&cached);
    if (path == nullptr) {
      ASSERT_EQ(std::get<NoPath>(cached).reason, std::get<NoPath>(fresh).reason);
      return;
    }
    ASSERT_EQ(path->links, std::get<Path>(fresh).links);
    ASSERT_EQ(path->cost, std::get<Path>(fresh).cost);
    ASSERT_GE(path->cost, churn_.DistancesTo(query.target, slot)[query.source.value()]);
  }

  Churn churn_;
  PotentialCache potentials_;
  Workspace guided_;
  Workspace alone_;
  ReverseTree::Workspace work_;
  std::vector<NodeIndex> targets_;
  std::shared_ptr<const graph::Landmarks> delays_;  // After the last refresh.
  Tally tally_;
};

// Returns what became of all trees through `deltas` changes.
Tally Through(Drawing drawing, uint64_t seed, size_t targets, int deltas,
              support::CaseCount& count) {
  Soak soak(std::move(drawing), seed, targets);
  for (int delta = 0; delta < deltas && !testing::Test::HasFailure(); ++delta) {
    SCOPED_TRACE(absl::StrCat("change ", delta, " of seed ", seed));
    soak.Step();
    count.Add();
  }
  const Tally& tally = soak.tally();
  std::printf(
      "trees exact %d, bounds until repaired %d, none %d; landmarks %d, none %d, "
      "lowered %d times\n",
      tally.exact, tally.stale, tally.none, tally.landmarks, tally.no_landmarks, tally.lowered);
  return tally;
}

TEST(PotentialsSoakTest, SmallWorld) {
  support::CaseCount count;
  const Tally tally = Through(DrawingOf(support::NamedNetwork("isp1k")), support::TestSeed(81), 6,
                              Cases(3200), count);
  EXPECT_GT(tally.exact, 50 * tally.none);
  if (support::kAllCases) {
    EXPECT_GT(tally.lowered, 0);
  }
}

TEST(PotentialsSoakTest, Rings) {
  support::CaseCount count;
  const Tally tally = Through(DrawingOf(support::NamedNetwork("ring1k")), support::TestSeed(82), 6,
                              Cases(3200), count);
  EXPECT_GT(tally.exact, 50 * tally.none);
  if (support::kAllCases) {
    EXPECT_GT(tally.lowered, 0);
  }
}

TEST(PotentialsSoakTest, RealMap) {
  support::CaseCount count;
  const Tally tally = Through(ReadMap("rf1239"), support::TestSeed(83), 5, Cases(6400), count);
  EXPECT_EQ(tally.none, 0);
}

// So many nodes that those who ask cannot repair all: what failures leave is used until somebody
// has.
TEST(PotentialsSoakTest, TooLargeToRepairAtOnce) {
  support::CaseCount count;
  const Tally tally = Through(DrawingOf(support::RingNetwork(5000, 11'700, 7)),
                              support::TestSeed(84), 3, Cases(640), count);
  if (support::kAllCases) {
    EXPECT_GT(tally.exact, 0);
    EXPECT_GT(tally.stale, 0);
    EXPECT_GT(tally.none, 0);
  }
}

TEST(PotentialsSoakTest, ParallelLinksZeroMetricsAndParts) {
  const uint64_t seed = support::TestSeed(85);
  support::CaseCount count;
  std::mt19937_64 random(seed);
  for (int network = 0; network < Cases(320) && !HasFailure(); ++network) {
    SCOPED_TRACE(absl::StrCat("network ", network, " of seed ", seed));
    Soak soak(SmallDrawing(random), random(), 4);
    for (int delta = 0; delta < 150 && !HasFailure(); ++delta) {
      soak.Step();
      count.Add();
    }
    EXPECT_EQ(soak.tally().none + soak.tally().stale, 0);
  }
}

// The trees of 12 targets where five fit: never more bytes than allowed, and what goes was asked
// for before all that stay.
TEST(PotentialsSoakTest, MemoryIsBoundedAndTheLeastRecentlyUsedGoes) {
  const uint64_t seed = support::TestSeed(86);
  support::CaseCount count;
  Churn churn(DrawingOf(support::RingNetwork(300, 720, seed)), seed);
  ReverseTree::Workspace work;
  TreeCache probe(kEager);
  probe.Get(churn.ted(), NodeIndex(0), 0, work);
  probe.Refresh(churn.ted());
  const size_t budget = 5 * probe.bytes() + probe.bytes() / 2;
  TreeCache cache({.max_bytes = budget, .build_after = 2});
  std::map<uint32_t, uint64_t> asked_at;  // Of the trees that were there then.
  uint64_t clock = 0;
  int gone = 0;
  const auto ask = [&](uint32_t target) {
    const bool has = cache.Get(churn.ted(), NodeIndex(target), 0, work) != nullptr;
    ASSERT_LE(cache.bytes(), budget);
    if (has) asked_at[target] = ++clock;
  };
  for (int round = 0; round < Cases(3200); ++round) {
    churn.Step();
    const uint64_t favourites = 1 + churn.Below(4);
    const uint64_t first = churn.Below(12);
    for (int i = 0; i < 80; ++i) {
      ask(static_cast<uint32_t>((first + churn.Below(favourites)) % 12));
    }
    cache.Refresh(churn.ted());
    ASSERT_LE(cache.bytes(), budget);
    std::map<uint32_t, uint64_t> stay;
    uint64_t last_gone = 0;
    const auto before = asked_at;
    for (uint32_t target = 0; target < 12; ++target) {
      const bool has = cache.Get(churn.ted(), NodeIndex(target), 0, work) != nullptr;
      const auto was = before.find(target);
      if (has && was != before.end()) stay[target] = was->second;
      if (!has && was != before.end()) last_gone = std::max(last_gone, was->second);
      gone += !has && was != before.end() ? 1 : 0;
      if (has) asked_at[target] = ++clock;
      if (!has) asked_at.erase(target);
    }
    for (const auto& [target, at] : stay) ASSERT_GT(at, last_gone) << target;
    count.Add();
  }
  EXPECT_GT(gone, Cases(160));
}

// Readers that hold what was published some time ago get the answers of that time.
TEST(PotentialsReadersTest, OfOldSnapshotsAgreeWithAFreshSearch) {
  const uint64_t seed = support::TestSeed(87);
  Churn churn(DrawingOf(support::RingNetwork(300, 720, seed)), seed);
  PotentialCache potentials(kEager);
  PotentialRefresher refresher(&potentials);
  std::mutex mutex;
  topology::TedPtr newest = churn.ptr();
  std::atomic<bool> stop = false;
  std::atomic<int> answers = 0;
  const auto read = [&](uint64_t reader_seed) {
    std::mt19937_64 random(reader_seed);
    Workspace guided(&potentials);
    Workspace alone;
    while (!stop) {
      topology::TedPtr ted;
      {
        const std::lock_guard lock(mutex);
        ted = newest;
      }
      for (uint64_t questions = 1 + random() % 20; questions > 0; --questions) {
        const NodeIndex source(static_cast<uint32_t>(random() % 300));
        const NodeIndex target(static_cast<uint32_t>(random() % 4));
        if (!ted->HasNode(source) || !ted->HasNode(target)) continue;
        const Query query{
            .source = source, .target = target, .objective = kObjectives[random() % 3]};
        const PathResult got = ComputePath(*ted, query, guided);
        const PathResult want = ComputePath(*ted, query, alone);
        ASSERT_EQ(got.index(), want.index());
        if (const auto* path = std::get_if<Path>(&got)) {
          ASSERT_EQ(path->links, std::get<Path>(want).links);
        }
        ++answers;
      }
    }
  };
  std::vector<std::thread> readers;
  for (uint64_t reader = 0; reader < 3; ++reader) readers.emplace_back(read, seed + reader);
  for (int change = 0; change < Cases(1600) || answers < 200; ++change) {
    churn.Step();
    {
      const std::lock_guard lock(mutex);
      newest = churn.ptr();
    }
    refresher.Notify(churn.ptr());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  refresher.WaitIdle();
}

}  // namespace
}  // namespace srpce::cspf
