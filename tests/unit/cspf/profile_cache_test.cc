// ProfileCache: exact once refreshed, true lower bounds until then, and never another answer.
#include "lib/cspf/profile_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "lib/graph/dijkstra.h"
#include "tests/unit/cspf/changing_network.h"

namespace srpce::cspf {
namespace {

using graph::LazyDistances;
using graph::Node;
using topology::NodeIndex;
using topology::Ted;

constexpr ProfileCacheOptions kEager{.max_bytes = size_t{1} << 20, .build_after = 1};
constexpr TreeCacheOptions kNoTrees{.max_bytes = 0, .build_after = 1};

Profile Wide(size_t slot = topology::kIgpWeight) {
  return {slot,
          {.required_flags = topology::kArcUsable | topology::kArcHasIgp,
           .refused_flags = topology::kArcTailOverloaded,
           .min_capacity = SupplyFromBits(10'000'000'000).value}};
}

enum class Want : uint8_t { kExact, kLowerBounds };

template <typename Distances, typename Passes>
void ExpectDistances(const Ted& ted, const Distances& distances, size_t slot, const Passes& passes,
                     Want want) {
  graph::DistanceTree tree;
  graph::Dijkstra(ted.graph(), graph::Direction::kBackward, distances.target(),
                  graph::SlotWeight{slot}, passes, tree);
  for (Node node = 0; node < ted.graph().node_count(); ++node) {
    const graph::Distance exact = tree.distance(node);
    const uint32_t given = distances.distance(node);
    if (want == Want::kExact) {
      ASSERT_EQ(given, exact == graph::kUnreachable ? Distances::kNoWay : exact);
    } else {
      ASSERT_LE(given, exact);
    }
    for (const graph::Arc& arc : ted.graph().out(node)) {
      if (!passes(arc, node, arc.other)) continue;
      ASSERT_LE(given, arc.data.weight[slot] + distances.distance(arc.other));
    }
  }
}

void ExpectDistances(const Ted& ted, const ProfileDistances& distances, const Profile& profile,
                     Want want) {
  const auto passes = [&](const graph::Arc& arc, Node, Node) {
    return (arc.data.flags & profile.links.required_flags) == profile.links.required_flags &&
           (arc.data.flags & profile.links.refused_flags) == 0 &&
           arc.data.capacity >= profile.links.min_capacity;
  };
  ASSERT_NE(distances.labels, nullptr);
  LazyDistances::Workspace work;
  for (const Node target : {0U, 57U, 199U}) {
    ExpectDistances(ted, LazyDistances(*distances.weights, target, work), profile.slot, passes,
                    want);
    ExpectDistances(ted, graph::LabelDistances(*distances.labels, target), profile.slot, passes,
                    want);
  }
}

TEST(ProfileCacheTest, IsCustomizedAfterSoManyQuestions) {
  ChangingNetwork network(1);
  ProfileCache cache({.max_bytes = size_t{1} << 20, .build_after = 3});
  int wakes = 0;
  cache.SetWake([&] { ++wakes; });
  for (int question = 1; question <= 3; ++question) {
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.Get(network.ted(), Wide()), nullptr);
    cache.Refresh(network.ted());
  }
  EXPECT_EQ(wakes, 1);
  const auto weights = cache.Get(network.ted(), Wide());
  ASSERT_NE(weights, nullptr);
  EXPECT_GT(cache.bytes(), 0U);
  ExpectDistances(network.ted(), *weights, Wide(), Want::kExact);
  EXPECT_EQ(cache.Get(network.ted(), Wide(topology::kDelayWeight)), nullptr);
}

TEST(ProfileCacheTest, HoldsAsLowerBoundsThroughFailuresAndIncreasesUntilRefreshed) {
  ChangingNetwork network(2);
  ProfileCache cache(kEager);
  cache.Get(network.ted(), Wide());
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), Wide());
  network.SetUp(10, false);
  network.SetIgp(20, network.igp(20) + 5);
  const auto after = cache.Get(network.ted(), Wide());
  ASSERT_EQ(after, before);
  ExpectDistances(network.ted(), *after, Wide(), Want::kLowerBounds);
  cache.Refresh(network.ted());
  ExpectDistances(network.ted(), *cache.Get(network.ted(), Wide()), Wide(), Want::kExact);
}

TEST(ProfileCacheTest, IsWithdrawnWhenALinkGetsShorterUntilRefreshed) {
  ChangingNetwork network(3);
  ProfileCache cache(kEager);
  network.SetUp(10, false);
  cache.Get(network.ted(), Profile{topology::kIgpWeight, {.required_flags = topology::kArcUsable}});
  cache.Get(network.ted(), Wide());
  cache.Refresh(network.ted());
  const Profile usable{topology::kIgpWeight, {.required_flags = topology::kArcUsable}};
  network.SetUp(10, true);
  EXPECT_EQ(cache.Get(network.ted(), usable), nullptr);
  cache.Refresh(network.ted());
  ASSERT_NE(cache.Get(network.ted(), usable), nullptr);
  network.SetIgp(30, network.igp(30) - 1);
  EXPECT_EQ(cache.Get(network.ted(), usable), nullptr);
  cache.Refresh(network.ted());
  ASSERT_NE(cache.Get(network.ted(), usable), nullptr);
}

TEST(ProfileCacheTest, WhatItDoesNotAskForDoesNotChangeIt) {
  ChangingNetwork network(4);
  ProfileCache cache(kEager);
  cache.Get(network.ted(), Wide());
  cache.Refresh(network.ted());
  const auto before = cache.Get(network.ted(), Wide());
  network.SetDelay(5, network.delay_us(5) / 2);
  EXPECT_EQ(cache.Get(network.ted(), Wide()), before);
  cache.Refresh(network.ted());
  EXPECT_EQ(cache.Get(network.ted(), Wide()), before);
  ExpectDistances(network.ted(), *before, Wide(), Want::kExact);
}

TEST(ProfileCacheTest, GivesAnOlderSnapshotNothing) {
  ChangingNetwork network(5);
  const topology::TedPtr old = network.ptr();
  network.SetIgp(20, network.igp(20) - 1);
  ProfileCache cache(kEager);
  cache.Get(network.ted(), Wide());
  cache.Refresh(network.ted());
  EXPECT_NE(cache.Get(network.ted(), Wide()), nullptr);
  EXPECT_EQ(cache.Get(*old, Wide()), nullptr);
}

TEST(ProfileCacheTest, NothingIsKeptWithoutMemoryNorOfAnotherNetwork) {
  ChangingNetwork network(1);
  ChangingNetwork other(2);
  ProfileCache none({.max_bytes = 0, .build_after = 1});
  ProfileCache cache(kEager);
  for (ProfileCache* each : {&none, &cache}) {
    each->Get(network.ted(), Wide());
    each->Refresh(network.ted());
  }
  EXPECT_EQ(none.Get(network.ted(), Wide()), nullptr);
  EXPECT_NE(cache.Get(network.ted(), Wide()), nullptr);
  EXPECT_EQ(cache.Get(other.ted(), Wide()), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(ProfileCacheTest, TheLeastRecentlyUsedGoesForAnother) {
  ChangingNetwork network(1);
  ProfileCache measure(kEager);
  measure.Get(network.ted(), Wide());
  measure.Refresh(network.ted());
  const size_t weights = measure.Get(network.ted(), Wide())->weights->bytes();
  ProfileCache cache({.max_bytes = 2 * weights, .build_after = 1});
  const auto ask = [&](size_t slot, int times) {
    for (int i = 0; i < times; ++i) cache.Get(network.ted(), Wide(slot));
    cache.Refresh(network.ted());
  };
  ask(topology::kIgpWeight, 1);
  ask(topology::kTeWeight, 1);
  ask(topology::kIgpWeight, 10);
  EXPECT_EQ(cache.size(), 2U);
  ask(topology::kDelayWeight, 10);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_LE(cache.bytes(), 2 * weights);
  EXPECT_NE(cache.Get(network.ted(), Wide(topology::kIgpWeight)), nullptr);
  EXPECT_EQ(cache.Get(network.ted(), Wide(topology::kTeWeight)), nullptr);
  EXPECT_NE(cache.Get(network.ted(), Wide(topology::kDelayWeight)), nullptr);
}

TEST(ProfileCacheTest, LabelsTakeWhatRoomIsLeftAndGoFirst) {
  ChangingNetwork network(1);
  ProfileCache measure(kEager);
  measure.Get(network.ted(), Wide());
  measure.Refresh(network.ted());
  const auto measured = measure.Get(network.ted(), Wide());
  ASSERT_NE(measured->labels, nullptr);
  const size_t labels = measured->labels->bytes();
  const size_t weights = measured->weights->bytes();
  EXPECT_EQ(measure.bytes(), labels + weights);
  ProfileCache cache({.max_bytes = 8 * labels, .build_after = 1});
  const auto profile = [](uint64_t capacity) {
    return Profile{topology::kIgpWeight,
                   {.required_flags = topology::kArcUsable, .min_capacity = capacity}};
  };
  size_t most_labelled = 0;
  const size_t profiles = 8 * labels / weights;
  ASSERT_GT(profiles, 8U);
  for (size_t wanted = 1; wanted <= profiles; ++wanted) {
    cache.Get(network.ted(), profile(wanted));
    cache.Refresh(network.ted());
    EXPECT_EQ(cache.size(), wanted);
    EXPECT_LE(cache.bytes(), 8 * labels);
    size_t labelled = 0;
    for (size_t each = 1; each <= wanted; ++each) {
      const auto distances = cache.Get(network.ted(), profile(each));
      ASSERT_NE(distances, nullptr);
      labelled += distances->labels == nullptr ? 0 : 1;
    }
    most_labelled = std::max(most_labelled, labelled);
    EXPECT_EQ(cache.bytes(), wanted * weights + labelled * labels);
  }
  EXPECT_GT(most_labelled, 3U);
  EXPECT_LE(cache.bytes(), profiles * weights + labels);  // All but one are gone.
}

using Random = std::mt19937_64;

uint32_t Below(Random& random, uint32_t limit) { return static_cast<uint32_t>(random() % limit); }

// A few kinds of query that come again, with exclusions that no profile has now and then.
Query RandomQuery(Random& random, const ChangingNetwork& network) {
  Query query;
  query.source = NodeIndex(Below(random, 200));
  query.target = NodeIndex(Below(random, 200));
  query.objective =
      Below(random, 3) == 0 ? topology::MetricType::kDelay : topology::MetricType::kIgp;
  if (Below(random, 2) == 0) query.constraints.min_bandwidth = DemandFromBits(10'000'000'000);
  if (Below(random, 2) == 0) query.constraints.exclude_any = topology::AdminGroup({0x3});
  if (Below(random, 4) == 0) query.constraints.include_any = topology::AdminGroup({0x3c});
  if (Below(random, 4) == 0) {
    query.constraints.exclude_links = {
        topology::LinkIndex(Below(random, static_cast<uint32_t>(network.link_count())))};
  }
  if (Below(random, 4) == 0) query.constraints.waypoints = {NodeIndex(Below(random, 200))};
  return query;
}

void Change(Random& random, ChangingNetwork& network) {
  const size_t link = Below(random, static_cast<uint32_t>(network.link_count()));
  switch (Below(random, 4)) {
    case 0:
      network.SetUp(link, Below(random, 2) == 0);
      break;
    case 1:
      network.SetDelay(link, 1 + Below(random, 5000));
      break;
    default:
      network.SetIgp(link, 1 + Below(random, 8));
  }
}

void ExpectSameAnswer(const Ted& ted, const Query& query, Workspace& warm, Workspace& cold) {
  const PathResult got = ComputePath(ted, query, warm);
  const PathResult want = ComputePath(ted, query, cold);
  ASSERT_EQ(got.index(), want.index());
  if (std::holds_alternative<Path>(want)) {
    EXPECT_EQ(std::get<Path>(got).links, std::get<Path>(want).links);
    EXPECT_EQ(std::get<Path>(got).cost, std::get<Path>(want).cost);
  } else {
    EXPECT_EQ(std::get<NoPath>(got).reason, std::get<NoPath>(want).reason);
  }
}

// With labels, and without: they need an eighth of the memory there is.
class ProfileAnswersTest : public testing::TestWithParam<size_t> {};

TEST_P(ProfileAnswersTest, DoNotChangeThroughRandomChangesRefreshedOrNot) {
  const uint64_t seed = TestSeed(6);
  Random random(seed);
  ChangingNetwork network(seed);
  PotentialCache cache(kNoTrees, {.max_bytes = GetParam(), .build_after = 1});
  Workspace warm(&cache);
  Workspace cold;
  for (int change = 0; change < support::Cases(320); ++change) {
    Change(random, network);
    if (Below(random, 3) == 0) cache.Refresh(network.ted());
    for (int i = 0; i < 12; ++i) {
      ExpectSameAnswer(network.ted(), RandomQuery(random, network), warm, cold);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cache.profiles().size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Memory, ProfileAnswersTest,
                         testing::Values(size_t{64} << 20, size_t{200} << 10));

TEST(ProfileCacheTest, ReadersGoOnWhileTheRefresherCustomizes) {
  ChangingNetwork network(7);
  PotentialCache cache(kNoTrees, kEager);
  PotentialRefresher refresher(&cache);
  refresher.Notify(network.ptr());
  std::atomic<bool> stop = false;
  std::atomic<size_t> answers = 0;
  std::mutex mutex;
  topology::TedPtr newest = network.ptr();
  std::vector<std::thread> readers;
  for (uint32_t reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      Random random(reader);
      Workspace warm(&cache);
      Workspace cold;
      while (!stop) {
        topology::TedPtr ted;
        {
          const std::lock_guard lock(mutex);
          ted = newest;
        }
        ExpectSameAnswer(*ted, RandomQuery(random, network), warm, cold);
        ++answers;
      }
    });
  }
  for (uint32_t change = 0; change < 60 || answers < 300; ++change) {
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
  EXPECT_GT(cache.profiles().size(), 0U);
}

}  // namespace
}  // namespace srpce::cspf
