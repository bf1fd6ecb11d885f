// FindPath against every simple path of small graphs and against LEMON's Dijkstra on larger ones.
#include "lib/graph/path_search.h"

#include <gtest/gtest.h>

#include "tests/unit/graph/lemon_oracle.h"
#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

// Expects exactly the path the tie rule names. PathSearch, not FindPath: that would leave landmarks
// of small graphs out.
void ExpectBestPath(const Digraph& graph, const Landmarks* landmarks, Node source, Node target,
                    PathWorkspace& work) {
  const Filter filter{source};
  const auto want = AllPaths(graph, source, target, 0, filter).Best();
  const SlotWeight weight{0};
  const auto expect_best = [&]<typename Lengths>(Lengths) {
    FoundPath got;
    PathSearch<SlotWeight, Filter, Lengths> search(graph, weight, filter, landmarks, work);
    const bool found = search.Run(source, target, got);
    ASSERT_FALSE(search.too_long());
    ASSERT_EQ(found, want.has_value()) << source << " to " << target;
    if (found) {
      ASSERT_EQ(got.cost, want->cost) << source << " to " << target;
      ASSERT_EQ(got.arcs, want->arcs) << source << " to " << target;
    }
  };
  expect_best(ShortLengths());
  expect_best(LongLengths());
}

TEST(PathSearchTest, ReturnsTheLeastPathOfSmallGraphsWithTies) {
  Random random(TestSeed(1));
  PathWorkspace work;
  for (int round = 0; round < 60; ++round) {
    for (const RandomOptions& options : Shapes(8, 14)) {
      const Digraph graph = RandomGraph(random, options);
      const Landmarks landmarks = Landmarks::Compute(graph, 0);
      for (Node source = 0; source < options.nodes; ++source) {
        const Node target = random.Between(0, options.nodes - 1);
        ExpectBestPath(graph, nullptr, source, target, work);
        ExpectBestPath(graph, &landmarks, source, target, work);
        ASSERT_FALSE(HasFatalFailure()) << "round " << round;
      }
    }
  }
}

TEST(PathSearchTest, StaysExactWithLandmarksOlderThanFailuresAndIncreases) {
  Random random(TestSeed(2));
  PathWorkspace work;
  for (int round = 0; round < 200; ++round) {
    const RandomOptions options{
        .nodes = 9, .edges = 16, .weights = round % 2 == 0 ? Weights::kFew : Weights::kMany};
    Digraph graph = RandomGraph(random, options);
    const Landmarks landmarks = Landmarks::Compute(graph, 0);
    const Edit edit;
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      ArcData data = graph.data(arc);
      data.weight[0] += random.Percent(30) ? random.Between(1, 5) : 0;
      data.flags = random.Percent(20) ? 0 : data.flags;
      graph.SetArc(arc, data, edit);
    }
    for (Node source = 0; source < options.nodes; ++source) {
      ExpectBestPath(graph, &landmarks, source, random.Between(0, options.nodes - 1), work);
      ASSERT_FALSE(HasFatalFailure()) << "round " << round;
    }
  }
}

TEST(PathSearchTest, AgreesWithLemonOnLargerGraphs) {
  Random random(TestSeed(3));
  PathWorkspace work;
  for (const RandomOptions& options : Shapes(400, 900)) {
    const Digraph graph = RandomGraph(random, options);
    const Landmarks landmarks = Landmarks::Compute(graph, 0);
    for (int query = 0; query < 40; ++query) {
      const Node source = random.Between(0, options.nodes - 1);
      const Node target = random.Between(0, options.nodes - 1);
      const Distance want = LemonDistances(graph, source, Filter{source}, 0)[target];
      for (const Landmarks* table : {static_cast<const Landmarks*>(nullptr), &landmarks}) {
        FoundPath got;
        ASSERT_EQ(
            PathSearch(graph, SlotWeight{0}, Filter{source}, table, work).Run(source, target, got),
            want != kUnreachable);
        if (want != kUnreachable) {
          ASSERT_EQ(got.cost, want);
        }
      }
    }
  }
}

TEST(PathSearchTest, CountsHopsWhenEveryArcWeighsOne) {
  Random random(TestSeed(4));
  PathWorkspace work;
  for (int round = 0; round < 100; ++round) {
    const Digraph graph = RandomGraph(random, {.nodes = 8, .edges = 12});
    const Node source = random.Between(0, 7);
    const Node target = random.Between(0, 7);
    FoundPath got;
    const bool found =
        FindPath(graph, source, target, HopWeight{}, Filter{source}, nullptr, work, got);
    std::optional<std::pair<size_t, std::vector<ArcId>>> want;
    const AllPaths all(graph, source, target, 0, Filter{source});
    for (const SimplePath& path : all.paths()) {
      const std::pair key(path.arcs.size(), path.arcs);
      want = want ? std::min(*want, key) : key;
    }
    ASSERT_EQ(found, want.has_value());
    if (found) {
      EXPECT_EQ(got.cost, want->first);
      EXPECT_EQ(got.arcs, want->second);
    }
  }
}

TEST(PathSearchTest, SameEndsGiveTheEmptyPath) {
  Random random(TestSeed(5));
  const Digraph graph = RandomGraph(random, {.nodes = 4, .edges = 6});
  PathWorkspace work;
  FoundPath got{.arcs = {1}, .cost = 7};
  EXPECT_TRUE(FindPath(graph, 2, 2, SlotWeight{0}, AnyArc{}, nullptr, work, got));
  EXPECT_TRUE(got.arcs.empty());
  EXPECT_EQ(got.cost, 0U);
}

// The detour of more arcs costs one less: 2^40 and more, which ShortLengths do not hold.
TEST(PathSearchTest, TellsCostsApartThatTakeWideLengths) {
  Digraph graph;
  const Edit edit;
  constexpr uint32_t kLine = 600;
  constexpr uint32_t kWeight = UINT32_MAX;
  for (uint32_t i = 0; i <= kLine + 1; ++i) graph.AddNode(edit);
  for (Node node = 0; node < kLine; ++node) {
    graph.AddArc(node, node + 1, {.weight = {kWeight, 1, 1}}, edit);
  }
  graph.AddArc(300, kLine + 1, {.weight = {kWeight - 2, 1, 1}}, edit);
  graph.AddArc(kLine + 1, 301, {.weight = {1, 1, 1}}, edit);
  PathWorkspace work;
  FoundPath got;
  ASSERT_TRUE(FindPath(graph, 0, kLine, SlotWeight{0}, AnyArc{}, nullptr, work, got));
  EXPECT_EQ(got.cost, uint64_t{kLine} * kWeight - 1);
  EXPECT_EQ(got.arcs.size(), kLine + 1);
  const Node nobody = graph.AddNode(edit);
  graph.AddArc(nobody, 0, {}, edit);
  EXPECT_FALSE(FindPath(graph, 0, nobody, SlotWeight{0}, AnyArc{}, nullptr, work, got));
}

// A long line on the source's side, a target nobody reaches: the search ends with the target's
// side.
TEST(PathSearchTest, EndsEarlyWhenTheTargetIsCutOff) {
  Digraph graph;
  const Edit edit;
  constexpr uint32_t kLine = 5000;
  for (uint32_t i = 0; i <= kLine; ++i) {
    graph.AddNode(edit);
  }
  for (Node node = 0; node + 1 < kLine; ++node) {
    graph.AddArc(node, node + 1, {}, edit);
  }
  PathWorkspace work;
  FoundPath got;
  EXPECT_FALSE(FindPath(graph, 0, kLine, SlotWeight{0}, AnyArc{}, nullptr, work, got));
  EXPECT_LT(work.expanded(), 10U);
  EXPECT_FALSE(FindPath(graph, kLine, 100, SlotWeight{0}, AnyArc{}, nullptr, work, got));
  EXPECT_LT(work.expanded(), 10U);
}

}  // namespace
}  // namespace srpce::graph
