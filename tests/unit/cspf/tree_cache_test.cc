// TreeCache: what it gives is exact for the snapshot it is asked about, whatever changed since.
#include "lib/cspf/tree_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "lib/graph/dijkstra.h"
#include "tests/unit/cspf/changing_network.h"

namespace srpce::cspf {
namespace {

using graph::Node;
using graph::ReverseTree;
using topology::NodeIndex;
using topology::Ted;

constexpr TreeCacheOptions kEager{.max_bytes = size_t{1} << 20, .build_after = 1};

void ExpectExact(const Ted& ted, const ReverseTree& tree, size_t slot) {
  const auto usable = [](const graph::Arc& arc, Node, Node) {
    return (arc.data.flags & topology::kArcUsable) != 0;
  };
  graph::DistanceTree want;
  graph::Dijkstra(ted.graph(), graph::Direction::kBackward, tree.target(), graph::SlotWeight{slot},
                  usable, want);
  for (Node node = 0; node < ted.graph().node_count(); ++node) {
    const graph::Distance distance = want.distance(node);
    ASSERT_EQ(tree.distance(node), distance == graph::kUnreachable ? ReverseTree::kNoWay : distance)
        << "node " << node << " to " << tree.target() << ", slot " << slot;
  }
}

TEST(TreeCacheTest, ATreeIsBuiltAfterSoManyQuestions) {
  ChangingNetwork network(1);
  TreeCache cache({.max_bytes = size_t{1} << 20, .build_after = 3});
  int wakes = 0;
  cache.SetWake([&] { ++wakes; });
  ReverseTree::Workspace work;
  for (int question = 1; question <= 5; ++question) {
    EXPECT_EQ(cache.Get(network.ted(), NodeIndex(7), 0, work), nullptr);
    cache.Refresh(network.ted());
    if (question == 3) break;
    EXPECT_EQ(cache.size(), 0U);
  }
  EXPECT_EQ(wakes, 1);
  const auto tree = cache.Get(network.ted(), NodeIndex(7), 0, work);
  ASSERT_NE(tree, nullptr);
  ExpectExact(network.ted(), *tree, 0);
  EXPECT_EQ(cache.Get(network.ted(), NodeIndex(7), 1, work), nullptr);
  EXPECT_EQ(cache.Get(network.ted(), NodeIndex(8), 0, work), nullptr);
}

TEST(TreeCacheTest, GivesExactTreesThroughRandomChangesRefreshedOrNot) {
  const uint64_t seed = TestSeed(3);
  std::mt19937_64 random(seed);
  ChangingNetwork network(seed);
  TreeCache cache(kEager);
  ReverseTree::Workspace work;
  const auto below = [&](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  for (const uint32_t target : {0U, 50U, 199U}) {
    for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
      cache.Get(network.ted(), NodeIndex(target), slot, work);
    }
  }
  cache.Refresh(network.ted());
  ASSERT_EQ(cache.size(), 9U);
  topology::TedPtr older = network.ptr();
  for (int change = 0; change < 200; ++change) {
    const size_t link = below(network.link_count());
    switch (below(4)) {
      case 0:
        network.SetUp(link, false);
        break;
      case 1:
        network.SetUp(link, true);
        break;
      case 2:
        network.SetIgp(link, static_cast<uint32_t>(1 + below(100)));
        break;
      default:
        network.SetDelay(link, static_cast<uint32_t>(1 + below(5000)));
        break;
    }
    if (below(3) == 0) cache.Refresh(network.ted());
    const uint32_t target = std::vector<uint32_t>{0, 50, 199}[below(3)];
    const size_t slot = below(graph::kWeightCount);
    // A reader may still hold an older snapshot.
    const Ted& ted = below(5) == 0 ? *older : network.ted();
    const auto tree = cache.Get(ted, NodeIndex(target), slot, work);
    if (&ted == older.get() && tree == nullptr) continue;  // Too much has changed since.
    ASSERT_NE(tree, nullptr) << change;
    ExpectExact(ted, *tree, slot);
    ASSERT_FALSE(HasFatalFailure()) << "change " << change;
    if (below(10) == 0) older = network.ptr();
  }
}

// Of a network where a change next to node 0 moves more distances than those who ask repair.
class LargeChangeTest : public testing::Test {
 protected:
  LargeChangeTest() {
    cache().Get(network_.ted(), NodeIndex(0), 0, work_);
    potentials_.Refresh(network_.ted());
  }
  TreeCache& cache() { return potentials_.trees(); }
  TreeCache::TreePtr Ask() { return cache().Get(network_.ted(), NodeIndex(0), 0, work_); }
  void SetAround0(uint32_t metric) {
    for (size_t link = 0; link < network_.link_count(); ++link) {
      if (network_.link(link).remote == 0) network_.SetIgp(link, metric);
    }
  }

  ChangingNetwork network_{5, 4000, 9360};
  PotentialCache potentials_{kEager};
  ReverseTree::Workspace work_;
};

TEST_F(LargeChangeTest, WhatFailuresLeaveIsUsedUntilRepaired) {
  SetAround0(100'000);
  const auto stale = Ask();
  ASSERT_NE(stale, nullptr);
  EXPECT_EQ(Ask(), stale) << "not looked for again";
  graph::DistanceTree now;
  graph::Dijkstra(
      network_.ted().graph(), graph::Direction::kBackward, 0, graph::SlotWeight{0},
      [](const graph::Arc&, Node, Node) { return true; }, now);
  EXPECT_LT(stale->distance(1), now.distance(1));
  Workspace guided(&potentials_);
  Workspace alone;
  for (uint32_t source = 1; source < 4000; source += 37) {
    const Query query{.source = NodeIndex(source), .target = NodeIndex(0)};
    const Path path = std::get<Path>(ComputePath(network_.ted(), query, guided));
    EXPECT_EQ(path.cost, now.distance(source));
    EXPECT_EQ(path.links, std::get<Path>(ComputePath(network_.ted(), query, alone)).links);
  }
  potentials_.Refresh(network_.ted());
  ASSERT_NE(Ask(), nullptr);
  ExpectExact(network_.ted(), *Ask(), 0);
}

TEST_F(LargeChangeTest, WhatGotShorterIsNotBoundedByTheTreeUntilRepaired) {
  SetAround0(1);
  EXPECT_EQ(Ask(), nullptr);
  potentials_.Refresh(network_.ted());
  ASSERT_NE(Ask(), nullptr) << "what was too much to do then is done";
  ExpectExact(network_.ted(), *Ask(), 0);
}

TEST(TreeCacheTest, TheLeastRecentlyUsedGoesWhenMemoryIsFull) {
  ChangingNetwork network(1);
  ReverseTree::Workspace work;
  TreeCache probe(kEager);
  probe.Get(network.ted(), NodeIndex(0), 0, work);
  probe.Refresh(network.ted());
  TreeCache cache({.max_bytes = 2 * probe.bytes(), .build_after = 1});
  const auto has = [&](uint32_t target) {
    return cache.Get(network.ted(), NodeIndex(target), 0, work) != nullptr;
  };
  for (const uint32_t target : {1U, 2U}) {
    EXPECT_FALSE(has(target));
    cache.Refresh(network.ted());
  }
  // While both are in use neither goes.
  EXPECT_TRUE(has(2));
  EXPECT_TRUE(has(1));
  EXPECT_FALSE(has(3));
  cache.Refresh(network.ted());
  EXPECT_FALSE(has(3));
  for (int question = 0; question < 30; ++question) {
    EXPECT_TRUE(has(1));
  }
  EXPECT_FALSE(has(3));
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_LE(cache.bytes(), 2 * probe.bytes());
  EXPECT_TRUE(has(1));
  EXPECT_TRUE(has(3));
  EXPECT_FALSE(has(2));
}

TEST(TreeCacheTest, WhatIsNotAskedForAnyMoreGoes) {
  ChangingNetwork network(1);
  ReverseTree::Workspace work;
  TreeCache cache(kEager);
  for (const uint32_t target : {1U, 2U}) cache.Get(network.ted(), NodeIndex(target), 0, work);
  cache.Refresh(network.ted());
  ASSERT_EQ(cache.size(), 2U);
  for (int question = 0; question < 3000; ++question) {
    cache.Get(network.ted(), NodeIndex(1), 0, work);
  }
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_NE(cache.Get(network.ted(), NodeIndex(1), 0, work), nullptr);
}

TEST(TreeCacheTest, RefreshGivesWayAndGoesOnLater) {
  ChangingNetwork network(1);
  ReverseTree::Workspace work;
  TreeCache cache(kEager);
  for (uint32_t target = 0; target < 10; ++target) {
    cache.Get(network.ted(), NodeIndex(target), 0, work);
  }
  int turns = 0;
  cache.Refresh(network.ted(), [&] { return ++turns > 3; });
  EXPECT_EQ(cache.size(), 3U);
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.size(), 10U);
}

TEST(TreeCacheTest, AnEarlierSnapshotThanTheTreesIsNoWork) {
  ChangingNetwork network(1);
  ReverseTree::Workspace work;
  TreeCache cache(kEager);
  const topology::TedPtr before = network.ptr();
  cache.Get(*before, NodeIndex(1), 0, work);
  cache.Refresh(*before);
  network.SetIgp(0, 77);
  EXPECT_NE(cache.Get(*before, NodeIndex(1), 0, work), nullptr);
  EXPECT_NE(cache.Get(network.ted(), NodeIndex(1), 0, work), nullptr);
  EXPECT_EQ(cache.Get(*before, NodeIndex(1), 0, work), nullptr);
}

TEST(TreeCacheTest, NothingIsKeptWithoutMemory) {
  ChangingNetwork network(1);
  ReverseTree::Workspace work;
  TreeCache cache({.max_bytes = 0, .build_after = 1});
  EXPECT_EQ(cache.Get(network.ted(), NodeIndex(0), 0, work), nullptr);
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.Get(network.ted(), NodeIndex(0), 0, work), nullptr);
}

TEST(TreeCacheTest, KnowsNothingOfAnotherBuildersNetwork) {
  ChangingNetwork network(1);
  ChangingNetwork other(2);
  ReverseTree::Workspace work;
  TreeCache cache(kEager);
  cache.Get(network.ted(), NodeIndex(0), 0, work);
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.Get(other.ted(), NodeIndex(0), 0, work), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(TreeCacheTest, ReadersGoOnWhileTheRefresherBuildsAndRepairs) {
  ChangingNetwork network(4);
  PotentialCache cache(kEager);
  PotentialRefresher refresher(&cache);
  refresher.Notify(network.ptr());
  std::atomic<bool> stop = false;
  std::mutex mutex;
  topology::TedPtr newest = network.ptr();
  std::vector<std::thread> readers;
  std::atomic<size_t> answers = 0;
  for (uint32_t reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      ReverseTree::Workspace work;
      for (uint32_t i = reader; !stop; ++i) {
        topology::TedPtr ted;
        {
          const std::lock_guard lock(mutex);
          ted = newest;
        }
        const auto tree = cache.trees().Get(*ted, NodeIndex(i % 5), 0, work);
        if (tree == nullptr) continue;
        ExpectExact(*ted, *tree, 0);
        ++answers;
      }
    });
  }
  for (uint32_t change = 0; change < 60 || answers < 100; ++change) {
    network.SetIgp(change % network.link_count(), 1 + change % 50);
    {
      const std::lock_guard lock(mutex);
      newest = network.ptr();
    }
    refresher.Notify(network.ptr());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  refresher.WaitIdle();
}

}  // namespace
}  // namespace srpce::cspf
