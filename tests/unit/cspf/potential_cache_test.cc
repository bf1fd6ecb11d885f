// PotentialCache: bounds are there when they hold, and never when they do not.
#include "lib/cspf/potential_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "lib/graph/dijkstra.h"
#include "tests/unit/cspf/changing_network.h"

namespace srpce::cspf {
namespace {

using topology::TedPtr;

constexpr auto kAnyArc = [](const graph::Arc&, graph::Node, graph::Node) { return true; };

// Every bound of the table is at most the distance. Returns the sum of the bounds.
uint64_t ExpectBoundsHold(const topology::Ted& ted, size_t slot, const graph::Landmarks& landmarks,
                          graph::Node target) {
  graph::DistanceTree tree;
  graph::Dijkstra(ted.graph(), graph::Direction::kBackward, target, graph::SlotWeight{slot},
                  kAnyArc, tree);
  uint64_t sum = 0;
  for (graph::Node node = 0; node < ted.graph().node_count(); ++node) {
    EXPECT_LE(landmarks.Bound(node, target), tree.distance(node))
        << "slot " << slot << ": " << node << " to " << target;
    sum += landmarks.Bound(node, target);
  }
  return sum;
}

TEST(PotentialCacheTest, HasNothingBeforeTheFirstRefreshAndEveryMetricAfter) {
  ChangingNetwork network(1);
  PotentialCache cache;
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
  EXPECT_EQ(cache.Refresh(network.ted()), graph::kWeightCount);
  for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
    const auto landmarks = cache.Get(network.ted(), slot);
    ASSERT_NE(landmarks, nullptr) << slot;
    EXPECT_GT(ExpectBoundsHold(network.ted(), slot, *landmarks, 7), 0U);
  }
  EXPECT_EQ(cache.Refresh(network.ted()), 0U);
}

TEST(PotentialCacheTest, KeepsItsTableThroughFailuresAndIncreases) {
  ChangingNetwork network(2);
  PotentialCache cache;
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), topology::kIgpWeight);
  network.SetUp(3, false);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), before);
  network.SetIgp(5, network.igp(5) + 10);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), before);
  network.SetUp(3, true);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), before);
}

// Returns a link that is its ends' shortest way in `slot`, to the table's knowledge.
size_t TightLink(const ChangingNetwork& network, const graph::Landmarks& table, size_t slot) {
  for (size_t link = 0; link < network.link_count(); ++link) {
    const graph::ArcId id = network.index(link).value();
    const graph::ArcEnds ends = network.ted().graph().ends(id);
    const uint32_t weight = network.ted().graph().data(id).weight[slot];
    if (weight > 5 && table.Bound(ends.tail, ends.head) == weight) return link;
  }
  ADD_FAILURE() << "no link is tight";
  return 0;
}

TEST(PotentialCacheTest, WithdrawsItsTableWhenAWeightFallsBelowItsBoundUntilRefreshed) {
  ChangingNetwork network(3);
  PotentialCache cache;
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), topology::kIgpWeight);
  const size_t link = TightLink(network, *before, topology::kIgpWeight);
  network.SetIgp(link, network.igp(link) - 1);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
  EXPECT_NE(cache.Get(network.ted(), topology::kDelayWeight), nullptr);
  // No TE metric is announced: the IGP metric stands in, so that table goes too.
  EXPECT_EQ(cache.Refresh(network.ted()), 2U);
  EXPECT_NE(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
}

TEST(PotentialCacheTest, GivesItsTableAtOnceWhereWhatGotShorterIsNoShorterThanItsBound) {
  ChangingNetwork network(3);
  PotentialCache cache;
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), topology::kIgpWeight);
  const size_t link = TightLink(network, *before, topology::kIgpWeight);
  const uint32_t metric = network.igp(link);
  network.SetIgp(link, metric + 50);
  network.SetIgp(link, metric);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), before);
  EXPECT_EQ(cache.Refresh(network.ted()), 0U);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), before);
}

TEST(PotentialCacheTest, SmallWandersOfADelayLowerTheTableWithoutANewOne) {
  ChangingNetwork network(4);
  PotentialCache cache;
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), topology::kDelayWeight);
  const size_t link = TightLink(network, *before, topology::kDelayWeight);
  const uint32_t delay = network.delay_us(link);
  network.SetDelay(link, delay - delay / 20);
  EXPECT_EQ(cache.Get(network.ted(), topology::kDelayWeight), nullptr);  // Not lowered yet.
  EXPECT_EQ(cache.Refresh(network.ted()), 0U);
  const auto lowered = cache.Get(network.ted(), topology::kDelayWeight);
  ASSERT_NE(lowered, nullptr);
  EXPECT_NE(lowered, before);
  ExpectBoundsHold(network.ted(), topology::kDelayWeight, *lowered, 7);
  for (graph::Node node = 0; node < lowered->node_count(); ++node) {
    constexpr uint32_t kLeast = PotentialCache::kLeastShare;
    EXPECT_GE((lowered->Bound(node, 7) + 1) * PotentialCache::kWhole,
              before->Bound(node, 7) * kLeast);
  }
  network.SetDelay(link, delay - delay / 18);  // Of the same step.
  EXPECT_EQ(cache.Get(network.ted(), topology::kDelayWeight), lowered);
  network.SetDelay(link, delay - delay / 5);
  EXPECT_EQ(cache.Refresh(network.ted()), 1U);
  EXPECT_NE(cache.Get(network.ted(), topology::kDelayWeight), nullptr);
}

// In the end a new table gives exact bounds again, and what wanders on between the same limits
// needs no further one.
TEST(PotentialCacheTest, ATableFollowsWhatDelaysWanderBetween) {
  ChangingNetwork network(9);
  PotentialCache cache;
  std::mt19937_64 random(TestSeed(9));
  std::vector<uint32_t> delays;
  for (size_t link = 0; link < network.link_count(); ++link)
    delays.push_back(network.delay_us(link));
  cache.Refresh(network.ted());
  size_t computed = 0;
  size_t early = 0;
  constexpr int kRounds = 40;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t link = 0; link < network.link_count(); ++link) {
      network.SetDelay(link, static_cast<uint32_t>(delays[link] * (98 + random() % 5) / 100));
      if (link % 16 == 0) computed += cache.Refresh(network.ted());
    }
    computed += cache.Refresh(network.ted());
    ASSERT_NE(cache.Get(network.ted(), topology::kDelayWeight), nullptr) << round;
    if (round == kRounds / 2) early = computed;
  }
  EXPECT_GT(early, 0U);
  EXPECT_LT(computed - early, early);
}

// A reader may hold a snapshot from before an increase that the table already counts on.
TEST(PotentialCacheTest, GivesAnOlderSnapshotNoBoundsOfALaterOne) {
  ChangingNetwork network(5);
  PotentialCache cache;
  const TedPtr old = network.ptr();
  network.SetIgp(5, network.igp(5) + 1000);
  cache.Refresh(network.ted());
  EXPECT_EQ(old->decrease_epoch(topology::kIgpWeight),
            network.ted().decrease_epoch(topology::kIgpWeight));
  EXPECT_EQ(cache.Get(*old, topology::kIgpWeight), nullptr);
  EXPECT_NE(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
  EXPECT_EQ(cache.Refresh(*old), 0U);  // Late news is ignored.
  EXPECT_NE(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
}

TEST(PotentialCacheTest, KnowsNothingOfAnotherBuildersNetwork) {
  ChangingNetwork network(6);
  ChangingNetwork twin(6);
  PotentialCache cache;
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.Get(twin.ted(), topology::kIgpWeight), nullptr);
  EXPECT_EQ(cache.Refresh(twin.ted()), graph::kWeightCount);
  EXPECT_NE(cache.Get(twin.ted(), topology::kIgpWeight), nullptr);
  EXPECT_EQ(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
}

TEST(PotentialCacheTest, WhateverItGivesHoldsUnderRandomChanges) {
  const uint64_t seed = TestSeed(51);
  ChangingNetwork network(seed);
  std::mt19937_64 random(seed);
  const auto below = [&](size_t bound) { return random() % bound; };
  PotentialCache cache;
  int given = 0;
  for (int step = 0; step < 400; ++step) {
    const size_t link = below(network.link_count());
    switch (below(3)) {
      case 0:
        network.SetDelay(link,
                         static_cast<uint32_t>(network.delay_us(link) * (90 + below(25)) / 100));
        break;
      case 1:
        network.SetIgp(link, static_cast<uint32_t>(1 + below(100)));
        break;
      default:
        network.SetUp(link, below(2) == 0);
    }
    if (below(4) == 0) {
      cache.Refresh(network.ted());
    }
    for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
      if (const auto landmarks = cache.Get(network.ted(), slot); landmarks != nullptr) {
        ExpectBoundsHold(network.ted(), slot, *landmarks, static_cast<graph::Node>(below(200)));
        ++given;
      }
    }
    ASSERT_FALSE(HasFailure()) << "step " << step;
  }
  EXPECT_GT(given, 300);
}

TEST(PotentialRefresherTest, RefreshesTheLatestSnapshotWhileReadersGoOn) {
  ChangingNetwork network(7);
  PotentialCache cache;
  PotentialRefresher refresher(&cache);
  refresher.Notify(nullptr);
  refresher.Notify(network.ptr());
  refresher.WaitIdle();
  EXPECT_NE(cache.Get(network.ted(), topology::kIgpWeight), nullptr);
  std::atomic<bool> done = false;
  std::thread reader([&, ted = network.ptr()] {
    while (!done) {
      if (const auto landmarks = cache.Get(*ted, topology::kIgpWeight); landmarks != nullptr) {
        ExpectBoundsHold(*ted, topology::kIgpWeight, *landmarks, 3);
      }
    }
  });
  for (size_t link = 0; link < 40; ++link) {
    network.SetIgp(link, network.igp(link) / 2);
    refresher.Notify(network.ptr());
  }
  refresher.WaitIdle();
  done = true;
  reader.join();
  const auto landmarks = cache.Get(network.ted(), topology::kIgpWeight);
  ASSERT_NE(landmarks, nullptr);
  ExpectBoundsHold(network.ted(), topology::kIgpWeight, *landmarks, 3);
}

TEST(PotentialRefresherTest, EndsWithWorkPending) {
  ChangingNetwork network(8);
  PotentialCache cache;
  PotentialRefresher refresher(&cache);
  for (size_t link = 0; link < 20; ++link) {
    network.SetIgp(link, network.igp(link) / 2);
    refresher.Notify(network.ptr());
  }
}

}  // namespace
}  // namespace srpce::cspf
