// Hierarchies: distances against relaxing every arc, whatever changes; paths against every simple
// path.
#include "lib/graph/hierarchy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lib/graph/ancestor_labels.h"
#include "lib/graph/elimination_order.h"
#include "lib/graph/goal_search.h"
#include "lib/graph/only_path.h"
#include "lib/graph/tied_path.h"
#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

using WeightsPtr = std::shared_ptr<const HierarchyWeights>;

// Distances to `target` by relaxing every arc until nothing changes (Bellman, Ford).
std::vector<uint32_t> NaiveDistances(const Digraph& graph, Node target, const Filter& filter) {
  constexpr uint64_t kInfinite = UINT64_MAX;
  std::vector<uint64_t> distances(graph.node_count(), kInfinite);
  distances[target] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (ArcId id = 0; id < graph.arc_bound(); ++id) {
      if (!graph.contains(id)) continue;
      const auto [tail, head] = graph.ends(id);
      const Arc arc{head, id, graph.data(id)};
      if (distances[head] == kInfinite || !filter(arc, tail, head)) continue;
      const uint64_t over = distances[head] + arc.data.weight[0];
      if (over < distances[tail]) {
        distances[tail] = over;
        changed = true;
      }
    }
  }
  std::vector<uint32_t> result;
  for (const uint64_t distance : distances) {
    result.push_back(distance == kInfinite ? LazyDistances::kNoWay
                                           : static_cast<uint32_t>(std::min<uint64_t>(
                                                 distance, LazyDistances::kFar)));
  }
  return result;
}

WeightsPtr Customize(const std::shared_ptr<const Hierarchy>& hierarchy, const Digraph& graph) {
  return HierarchyWeights::Customize(hierarchy, graph, SlotWeight{0}, Filter{});
}

// Asks lazily in random order, since each answer rests on earlier ones.
void ExpectExact(Random& random, const Digraph& graph, const WeightsPtr& weights,
                 LazyDistances::Workspace& work) {
  const auto labels = AncestorLabels::Build(weights, graph, SIZE_MAX);
  ASSERT_NE(labels, nullptr);
  for (Node target = 0; target < weights->hierarchy().node_count(); ++target) {
    const std::vector<uint32_t> want = NaiveDistances(graph, target, Filter{});
    const LazyDistances distances(*weights, target, work);
    const LabelDistances at_once(*labels, target);
    for (uint32_t i = 0; i < 2 * graph.node_count(); ++i) {
      const Node node = random.Between(0, graph.node_count() - 1);
      ASSERT_EQ(distances.distance(node), want[node]) << "node " << node << " to " << target;
      ASSERT_EQ(at_once.distance(node), want[node]) << "node " << node << " to " << target;
    }
  }
}

TEST(HierarchyTest, GivesTheDistancesOfItsFilter) {
  Random random(TestSeed(31));
  LazyDistances::Workspace work;
  for (int round = 0; round < support::Cases(64); ++round) {
    for (const RandomOptions& options : Shapes(14, 30)) {
      const Digraph graph = RandomGraph(random, options);
      const WeightsPtr weights = Customize(Hierarchy::Build(graph, SIZE_MAX), graph);
      ASSERT_NE(weights, nullptr);
      ExpectExact(random, graph, weights, work);
    }
  }
}

TEST(HierarchyTest, IsCustomizedForAnyChangeThatJoinsNoOtherNodes) {
  Random random(TestSeed(32));
  LazyDistances::Workspace work;
  for (int round = 0; round < support::Cases(32); ++round) {
    for (const RandomOptions& options : Shapes(14, 30)) {
      Digraph graph = RandomGraph(random, options);
      const Edit edit;
      const auto hierarchy = Hierarchy::Build(graph, SIZE_MAX);
      for (int change = 0; change < 12; ++change) {
        const ArcId arc = random.Between(0, graph.arc_bound() - 1);
        if (!graph.contains(arc)) continue;
        if (random.Percent(20)) {
          graph.RemoveArc(arc, edit);
        } else if (random.Percent(20)) {  // A parallel one.
          const ArcEnds ends = graph.ends(arc);
          graph.AddArc(ends.tail, ends.head, RandomArc(random, options), edit);
        } else {
          graph.SetArc(arc, RandomArc(random, options), edit);
        }
        if (random.Percent(10)) graph.AddNode(edit);
      }
      const WeightsPtr weights = Customize(hierarchy, graph);
      ASSERT_NE(weights, nullptr);
      ExpectExact(random, graph, weights, work);
    }
  }
}

Digraph Line(uint32_t nodes, const Edit& edit) {
  Digraph graph;
  for (Node node = 0; node < nodes; ++node) {
    graph.AddNode(edit);
    if (node > 0) graph.AddArc(node - 1, node, {.weight = {1}, .flags = kAdmitted}, edit);
  }
  return graph;
}

TEST(HierarchyTest, RefusesArcsBetweenNodesItDoesNotKnowAsNeighbours) {
  const Edit edit;
  Digraph graph = Line(5, edit);
  const auto hierarchy = Hierarchy::Build(graph, SIZE_MAX);
  const ArcId arc = graph.AddArc(0, 4, {.weight = {1}, .flags = 0}, edit);
  EXPECT_NE(Customize(hierarchy, graph), nullptr);
  graph.SetArc(arc, {.weight = {1}, .flags = kAdmitted}, edit);
  EXPECT_EQ(Customize(hierarchy, graph), nullptr);
  graph.RemoveArc(arc, edit);
  EXPECT_NE(Customize(hierarchy, graph), nullptr);
  const Node added = graph.AddNode(edit);
  graph.AddArc(added, 0, {.weight = {1}, .flags = kAdmitted}, edit);
  EXPECT_EQ(Customize(hierarchy, graph), nullptr);
}

TEST(HierarchyTest, ItsWidthIsThatOfTheGraphWhereThatIsKnown) {
  const Edit edit;
  Digraph graph = Line(200, edit);
  EXPECT_EQ(Hierarchy::Build(graph, SIZE_MAX)->width(), 1U);
  EXPECT_EQ(Hierarchy::Build(graph, SIZE_MAX)->pair_count(), 199U);
  graph.AddArc(199, 0, {}, edit);
  EXPECT_EQ(Hierarchy::Build(graph, SIZE_MAX)->width(), 2U);
}

TEST(HierarchyTest, GivesUpWhereItWouldBeTooLarge) {
  const Edit edit;
  Digraph clique;
  constexpr uint32_t kNodes = 12;
  for (Node node = 0; node < kNodes; ++node) {
    clique.AddNode(edit);
    for (Node other = 0; other < node; ++other) clique.AddArc(node, other, {}, edit);
  }
  constexpr size_t kPairs = kNodes * (kNodes - 1) / 2;
  EXPECT_EQ(Hierarchy::Build(clique, kPairs - 1), nullptr);
  ASSERT_NE(Hierarchy::Build(clique, kPairs), nullptr);
  EXPECT_EQ(Hierarchy::Build(clique, kPairs)->width(), kNodes - 1);
}

TEST(AncestorLabelsTest, AreNotMadeWhereTheyAreTooLarge) {
  const Edit edit;
  const Digraph graph = Line(200, edit);
  const WeightsPtr weights = Customize(Hierarchy::Build(graph, SIZE_MAX), graph);
  const auto labels = AncestorLabels::Build(weights, graph, SIZE_MAX);
  ASSERT_NE(labels, nullptr);
  EXPECT_EQ(AncestorLabels::Build(weights, graph, labels->bytes() - 1), nullptr);
  EXPECT_NE(AncestorLabels::Build(weights, graph, labels->bytes()), nullptr);
}

TEST(AncestorLabelsTest, AreMadeUpToAWidth) {
  const Edit edit;
  for (const uint32_t nodes : {128U, 129U}) {
    Digraph clique;
    for (Node node = 0; node < nodes; ++node) {
      clique.AddNode(edit);
      for (Node other = 0; other < node; ++other) {
        clique.AddArc(node, other, {.weight = {1}, .flags = kAdmitted}, edit);
      }
    }
    const WeightsPtr weights = Customize(Hierarchy::Build(clique, SIZE_MAX), clique);
    const auto labels = AncestorLabels::Build(weights, clique, SIZE_MAX);
    ASSERT_EQ(labels == nullptr, nodes == 129);
    if (labels != nullptr) {
      EXPECT_EQ(LabelDistances(*labels, 0).distance(127), 1U);
    }
  }
}

// How many paths there are of the least cost, those over parallel arcs counted once; and how many
// of them have the fewest hops.
struct Shortest {
  size_t all = 0;
  size_t of_fewest_hops = 0;
};
Shortest CountShortest(const Digraph& graph, const AllPaths& all) {
  const auto best = all.Best();
  std::set<std::vector<Node>> shortest;
  for (const SimplePath& path : all.paths()) {
    if (path.cost != best->cost) continue;
    std::vector<Node> nodes;
    for (const ArcId arc : path.arcs) nodes.push_back(graph.ends(arc).head);
    shortest.insert(nodes);
  }
  Shortest count{.all = shortest.size(), .of_fewest_hops = 0};
  for (const std::vector<Node>& nodes : shortest) {
    count.of_fewest_hops += nodes.size() == best->arcs.size() ? 1 : 0;
  }
  return count;
}

TEST(OnlyPathTest, IsTheOneTheTieRuleNamesAndFoundWhereThereIsNoTie) {
  Random random(TestSeed(33));
  LazyDistances::Workspace work;
  OnlyPathSearch search;
  FoundPath path;
  size_t found = 0;
  size_t unclear = 0;
  for (int round = 0; round < support::Cases(96); ++round) {
    for (const RandomOptions& options : Shapes(8, 14)) {
      const Digraph graph = RandomGraph(random, options);
      const WeightsPtr weights = Customize(Hierarchy::Build(graph, SIZE_MAX), graph);
      const Node source = random.Between(0, 7);
      const Node target = random.Between(0, 7);
      const bool labelled = random.Percent(50);
      const auto labels = AncestorLabels::Build(weights, graph, SIZE_MAX);
      const OnlyPath result =
          labelled ? OnlyPathSearch::Run(LabelDistances(*labels, target), source, path)
                   : search.Run(LazyDistances(*weights, target, work), source, path);
      const AllPaths all(graph, source, target, 0, Filter{});
      const auto want = all.Best();
      ASSERT_EQ(result == OnlyPath::kNone, !want.has_value());
      if (!want) continue;
      const Shortest shortest = CountShortest(graph, all);
      if (result == OnlyPath::kFound) {
        ++found;
        EXPECT_EQ(shortest.of_fewest_hops, 1U);
        EXPECT_EQ(path.cost, want->cost);
        EXPECT_EQ(path.arcs, want->arcs);
      } else {
        ++unclear;
        if (options.weights == Weights::kMany) {
          EXPECT_GT(labelled ? shortest.of_fewest_hops : shortest.all, 1U);
        }
      }
    }
  }
  if (support::kAllCases) {
    EXPECT_GT(found, 100U);
    EXPECT_GT(unclear, 100U);
  }
}

TEST(TiedPathTest, IsTheOneTheTieRuleNamesAndFoundWhereTheDistancesAreExact) {
  Random random(TestSeed(36));
  FoundPath path;
  size_t missed = 0;
  for (int round = 0; round < support::Cases(96); ++round) {
    for (const RandomOptions& options : Shapes(8, 14)) {
      const Digraph graph = RandomGraph(random, options);
      const auto any = [](const Arc&, Node, Node) { return true; };
      const bool exact = random.Percent(50);
      const auto hierarchy = Hierarchy::Build(graph, SIZE_MAX);
      const WeightsPtr weights =
          exact ? Customize(hierarchy, graph)
                : HierarchyWeights::Customize(hierarchy, graph, SlotWeight{0}, any);
      const Node source = random.Between(0, 7);
      const Node target = random.Between(0, 7);
      const auto labels = AncestorLabels::Build(weights, graph, SIZE_MAX);
      const LabelDistances distances(*labels, target);
      const bool found = FollowTies(graph, SlotWeight{0}, Filter{}, distances, source, path);
      const auto want = AllPaths(graph, source, target, 0, Filter{}).Best();
      if (!found) {
        ++missed;
        EXPECT_TRUE(!exact || !want || want->cost >= LabelDistances::kFar);
        continue;
      }
      ASSERT_TRUE(want.has_value());
      EXPECT_EQ(path.cost, want->cost);
      EXPECT_EQ(path.arcs, want->arcs);
    }
  }
  if (support::kAllCases) {
    EXPECT_GT(missed, 100U);
  }
}

// Two ways begin apart and go on as one, around a ring so that the elimination tree is no chain.
TEST(TiedPathTest, IsLeftToASearchWhereHopsCannotBeCounted) {
  for (const uint32_t nodes : {60'000U, 70'000U}) {
    const Edit edit;
    Digraph graph = Line(nodes, edit);
    graph.AddArc(nodes - 1, 0, {.weight = {1}, .flags = kAdmitted}, edit);
    const Node detour = graph.AddNode(edit);
    graph.AddArc(0, detour, {.weight = {1}, .flags = kAdmitted}, edit);
    graph.AddArc(detour, 2, {.weight = {1}, .flags = kAdmitted}, edit);
    const WeightsPtr weights = Customize(Hierarchy::Build(graph, SIZE_MAX), graph);
    const auto labels = AncestorLabels::Build(weights, graph, size_t{64} << 20);
    ASSERT_NE(labels, nullptr);
    const LabelDistances distances(*labels, nodes - 1);
    EXPECT_EQ(distances.distance(0), nodes - 1);
    FoundPath path;
    EXPECT_EQ(OnlyPathSearch::Run(distances, 0, path), OnlyPath::kUnclear);
    const bool found = FollowTies(graph, SlotWeight{0}, Filter{}, distances, 0, path);
    ASSERT_EQ(found, nodes == 60'000U);
    if (found) {
      EXPECT_EQ(path.arcs.size(), nodes - 1);
      EXPECT_EQ(path.arcs.front(), 0U);
    }
  }
}

// As bounds for filters that ask for more.
TEST(GoalSearchTest, FindsThePathOfTheTieRuleByDistancesOfAHierarchy) {
  Random random(TestSeed(34));
  LazyDistances::Workspace work;
  PathWorkspace path_work;
  FoundPath path;
  for (int round = 0; round < support::Cases(96); ++round) {
    for (const RandomOptions& options : Shapes(8, 14)) {
      const Digraph graph = RandomGraph(random, options);
      const auto any = [](const Arc&, Node, Node) { return true; };
      const bool exact = random.Percent(50);
      const auto hierarchy = Hierarchy::Build(graph, SIZE_MAX);
      const WeightsPtr weights =
          exact ? Customize(hierarchy, graph)
                : HierarchyWeights::Customize(hierarchy, graph, SlotWeight{0}, any);
      const Node source = random.Between(0, 7);
      const Node target = random.Between(0, 7);
      const Filter filter;
      const SlotWeight weight{0};
      const auto search = [&](const auto& distances) {
        return GoalSearch(graph, weight, filter, distances, path_work).Run(source, SIZE_MAX, path);
      };
      const auto labels = AncestorLabels::Build(weights, graph, SIZE_MAX);
      const GoalResult result = random.Percent(50) ? search(LabelDistances(*labels, target))
                                                   : search(LazyDistances(*weights, target, work));
      const auto want = AllPaths(graph, source, target, 0, filter).Best();
      ASSERT_EQ(result, want ? GoalResult::kFound : GoalResult::kNone);
      if (!want) continue;
      EXPECT_EQ(path.cost, want->cost);
      EXPECT_EQ(path.arcs, want->arcs);
    }
  }
}

}  // namespace
}  // namespace srpce::graph
