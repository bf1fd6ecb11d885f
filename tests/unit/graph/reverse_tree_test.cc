// ReverseTree after any changes against one computed anew and against LEMON; GoalSearch against
// every simple path.
#include "lib/graph/reverse_tree.h"

#include <gtest/gtest.h>

#include "lib/graph/goal_search.h"
#include "tests/unit/graph/lemon_oracle.h"
#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

constexpr ReverseTree::Metric kMetric{.slot = 0, .required_flags = kAdmitted};

// Distances to `target` by relaxing every arc until nothing changes (Bellman, Ford).
std::vector<uint32_t> NaiveDistances(const Digraph& graph, Node target) {
  constexpr uint64_t kInfinite = UINT64_MAX;
  std::vector<uint64_t> distances(graph.node_count(), kInfinite);
  distances[target] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (ArcId id = 0; id < graph.arc_bound(); ++id) {
      if (!graph.contains(id) || (graph.data(id).flags & kAdmitted) == 0) continue;
      const auto [tail, head] = graph.ends(id);
      if (distances[head] == kInfinite) continue;
      const uint64_t over = distances[head] + graph.data(id).weight[0];
      if (over < distances[tail]) {
        distances[tail] = over;
        changed = true;
      }
    }
  }
  std::vector<uint32_t> result;
  for (const uint64_t distance : distances) {
    result.push_back(distance == kInfinite
                         ? ReverseTree::kNoWay
                         : static_cast<uint32_t>(std::min<uint64_t>(distance, ReverseTree::kFar)));
  }
  return result;
}

void ExpectExact(const Digraph& graph, const ReverseTree& tree) {
  const std::vector<uint32_t> want = NaiveDistances(graph, tree.target());
  ASSERT_EQ(tree.node_count(), graph.node_count());
  for (Node node = 0; node < graph.node_count(); ++node) {
    ASSERT_EQ(tree.distance(node), want[node]) << "node " << node << " to " << tree.target();
  }
}

// Changes a few arcs at once, of all kinds: weights, failures, returns, new and removed arcs, new
// nodes.
void Change(Random& random, const RandomOptions& options, const Edit& edit, Digraph& graph) {
  for (uint32_t left = random.Between(1, 4); left > 0; --left) {
    const ArcId arc = random.Between(0, graph.arc_bound() - 1);
    const uint32_t kind = random.Between(1, 100);
    if (kind <= 8) {
      const Node node =
          random.Percent(20) ? graph.AddNode(edit) : random.Between(0, graph.node_count() - 1);
      const Node other = random.Between(0, graph.node_count() - 1);
      if (node != other) graph.AddArc(node, other, RandomArc(random, options), edit);
    } else if (!graph.contains(arc)) {
      continue;
    } else if (kind <= 14) {
      graph.RemoveArc(arc, edit);
    } else {
      ArcData data = graph.data(arc);
      if (kind <= 45) data.flags ^= kAdmitted;
      if (kind > 40) data.weight[0] = RandomWeight(random, options.weights);
      graph.SetArc(arc, data, edit);
    }
  }
}

TEST(ReverseTreeTest, StaysExactThroughAnyChanges) {
  Random random(TestSeed(11));
  ReverseTree::Workspace work;
  for (int round = 0; round < 40; ++round) {
    for (const RandomOptions& options : Shapes(12, 26)) {
      Digraph graph = RandomGraph(random, options);
      ReverseTree tree(graph, random.Between(0, options.nodes - 1), kMetric, work);
      ExpectExact(graph, tree);
      for (int change = 0; change < 25; ++change) {
        const Digraph::Version before = graph.version();
        Edit edit;
        Change(random, options, edit, graph);
        edit.Seal();
        ReverseTree limited = tree;  // Where it gives up it leaves nothing behind in the workspace.
        if (limited.Repair(graph, graph.ChangedTails(before), work, random.Between(0, 5))) {
          ExpectExact(graph, limited);
        }
        ASSERT_TRUE(tree.Repair(graph, graph.ChangedTails(before), work));
        ExpectExact(graph, tree);
        ASSERT_FALSE(HasFatalFailure()) << "round " << round << ", change " << change;
      }
    }
  }
}

TEST(ReverseTreeTest, StaysExactOnALargerGraph) {
  Random random(TestSeed(12));
  ReverseTree::Workspace work;
  const RandomOptions options{.nodes = 3000, .edges = 9000, .weights = Weights::kMany};
  Digraph graph = RandomGraph(random, options);
  ReverseTree tree(graph, 17, kMetric, work);
  int few = 0;
  for (int change = 0; change < 300; ++change) {
    const Digraph::Version before = graph.version();
    Edit edit;
    Change(random, options, edit, graph);
    edit.Seal();
    const std::vector<Node> changed = graph.ChangedTails(before);
    ReverseTree limited = tree;
    if (limited.Repair(graph, changed, work, 100)) ++few;
    ASSERT_TRUE(tree.Repair(graph, changed, work));
    const ReverseTree anew(graph, 17, kMetric, work);
    for (Node node = 0; node < graph.node_count(); ++node) {
      ASSERT_EQ(tree.distance(node), anew.distance(node)) << "node " << node << ", " << change;
    }
  }
  EXPECT_GT(few, 200);  // Few nodes move for most changes: that is the point.
}

TEST(ReverseTreeTest, AgreesWithLemon) {
  Random random(TestSeed(13));
  ReverseTree::Workspace work;
  for (const RandomOptions& options : Shapes(300, 900)) {
    if (options.no_transit_percent != 0) continue;  // A filter's business, not a tree's.
    const Digraph graph = RandomGraph(random, options);
    const Node target = random.Between(0, options.nodes - 1);
    const ReverseTree tree(graph, target, kMetric, work);
    for (int i = 0; i < 20; ++i) {
      const Node source = random.Between(0, options.nodes - 1);
      const Distance want = LemonDistances(graph, source, Filter{source}, 0)[target];
      EXPECT_EQ(tree.distance(source), want == kUnreachable
                                           ? ReverseTree::kNoWay
                                           : std::min<Distance>(want, ReverseTree::kFar));
    }
  }
}

TEST(ReverseTreeTest, CopiesAreNotRepaired) {
  Random random(TestSeed(14));
  ReverseTree::Workspace work;
  const RandomOptions options{.nodes = 200, .edges = 500, .weights = Weights::kMany};
  Digraph graph = RandomGraph(random, options);
  const Digraph old_graph = graph;
  ReverseTree tree(graph, 3, kMetric, work);
  const ReverseTree old_tree = tree;
  for (int change = 0; change < 30; ++change) {
    const Digraph::Version before = graph.version();
    Edit edit;
    Change(random, options, edit, graph);
    edit.Seal();
    tree.Repair(graph, graph.ChangedTails(before), work);
  }
  ExpectExact(old_graph, old_tree);
  ExpectExact(graph, tree);
}

TEST(GoalSearchTest, ReturnsThePathTheTieRuleNames) {
  Random random(TestSeed(15));
  PathWorkspace work;
  ReverseTree::Workspace tree_work;
  for (int round = 0; round < 60; ++round) {
    for (const RandomOptions& options : Shapes(8, 14)) {
      const Digraph graph = RandomGraph(random, options);
      for (Node source = 0; source < options.nodes; ++source) {
        const Node target = random.Between(0, options.nodes - 1);
        // Sometimes over all arcs, those that the filter refuses included: weaker, still bounds.
        const ReverseTree tree(graph, target,
                               {.slot = 0, .required_flags = random.Percent(50) ? kAdmitted : 0},
                               tree_work);
        const Filter filter{source};
        const auto want = AllPaths(graph, source, target, 0, filter).Best();
        FoundPath got;
        const GoalResult result =
            GoalSearch(graph, SlotWeight{0}, filter, tree, work).Run(source, UINT64_MAX, got);
        ASSERT_EQ(result, want ? GoalResult::kFound : GoalResult::kNone) << "round " << round;
        if (want) {
          ASSERT_EQ(got.cost, want->cost) << source << " to " << target << ", round " << round;
          ASSERT_EQ(got.arcs, want->arcs) << source << " to " << target << ", round " << round;
        }
      }
    }
  }
}

// Distances are cut off at 2^32 - 2 here, and the path takes more than ShortLengths hold.
TEST(GoalSearchTest, FindsPathsThatTakeWideLengths) {
  Digraph graph;
  Edit edit;
  constexpr uint32_t kLine = 600;
  for (Node i = 0; i <= kLine + 1; ++i) graph.AddNode(edit);
  for (Node i = 0; i < kLine; ++i) {
    graph.AddArc(i, i + 1, {.weight = {UINT32_MAX, 1, 1}, .flags = 1}, edit);
  }
  graph.AddArc(300, kLine + 1, {.weight = {UINT32_MAX - 2, 1, 1}, .flags = 1}, edit);
  graph.AddArc(kLine + 1, 301, {.weight = {1, 1, 1}, .flags = 1}, edit);
  ReverseTree::Workspace tree_work;
  const ReverseTree tree(graph, kLine, kMetric, tree_work);
  PathWorkspace work;
  FoundPath path;
  ASSERT_EQ(GoalSearch(graph, SlotWeight{0}, AnyArc{}, tree, work).Run(0, UINT64_MAX, path),
            GoalResult::kFound);
  EXPECT_EQ(path.cost, uint64_t{kLine} * UINT32_MAX - 1);
  EXPECT_EQ(path.arcs.size(), kLine + 1);
}

// A detour that doubles the cost.
TEST(GoalSearchTest, FindsLongDetours) {
  Digraph graph;
  Edit edit;
  for (Node i = 0; i < 4; ++i) graph.AddNode(edit);
  const auto add = [&](Node tail, Node head, uint32_t weight) {
    return graph.AddArc(tail, head, {.weight = {weight, 1, 1}, .flags = 1}, edit);
  };
  const ArcId first = add(0, 1, 10);
  const ArcId refused = add(1, 3, 10);
  const ArcId around = add(1, 2, 15);
  const ArcId last = add(2, 3, 15);
  ReverseTree::Workspace tree_work;
  const ReverseTree tree(graph, 3, kMetric, tree_work);
  PathWorkspace work;
  FoundPath path;
  const auto filter = [&](const Arc& arc, Node, Node) { return arc.id != refused; };
  ASSERT_EQ(GoalSearch(graph, SlotWeight{0}, filter, tree, work).Run(0, UINT64_MAX, path),
            GoalResult::kFound);
  EXPECT_EQ(path.cost, 40U);
  EXPECT_EQ(path.arcs, (std::vector<ArcId>{first, around, last}));
}

// 0 -> 1 -> 2 ..., and nodes beyond that nothing leads to.
Digraph Line(Node nodes, Node arcs) {
  Digraph graph;
  Edit edit;
  for (Node i = 0; i < nodes; ++i) graph.AddNode(edit);
  for (Node i = 0; i < arcs; ++i) graph.AddArc(i, i + 1, {.weight = {1, 1, 1}, .flags = 1}, edit);
  return graph;
}

TEST(GoalSearchTest, GivesUpAtTheLimit) {
  const Digraph graph = Line(10, 9);
  ReverseTree::Workspace tree_work;
  const ReverseTree tree(graph, 9, kMetric, tree_work);
  PathWorkspace work;
  FoundPath path;
  const auto run = [&](uint64_t most) {
    return GoalSearch(graph, SlotWeight{0}, AnyArc{}, tree, work).Run(0, most, path);
  };
  EXPECT_EQ(run(5), GoalResult::kGaveUp);
  EXPECT_EQ(run(10), GoalResult::kFound);
  EXPECT_EQ(path.arcs.size(), 9U);
}

TEST(GoalSearchTest, CountsItsOwnNodesOnly) {
  const Digraph graph = Line(10, 8);
  ReverseTree::Workspace tree_work;
  const ReverseTree tree(graph, 8, kMetric, tree_work);
  PathWorkspace work;
  FoundPath path;
  const SlotWeight weight{0};
  const AnyArc any;
  const auto run = [&](Node source) {
    return GoalSearch(graph, weight, any, tree, work).Run(source, UINT64_MAX, path);
  };
  EXPECT_EQ(run(0), GoalResult::kFound);
  EXPECT_EQ(work.expanded(), 9U);
  EXPECT_EQ(run(8), GoalResult::kFound);
  EXPECT_EQ(work.expanded(), 0U) << "source and target are one";
  EXPECT_EQ(run(0), GoalResult::kFound);
  EXPECT_EQ(run(9), GoalResult::kNone);
  EXPECT_EQ(work.expanded(), 0U) << "no way at all";
}

TEST(GoalSearchTest, LooksOnceAtWhatIsCutOff) {
  const Digraph graph = Line(10, 9);
  ReverseTree::Workspace tree_work;
  const ReverseTree tree(graph, 9, kMetric, tree_work);
  PathWorkspace work;
  FoundPath path;
  const SlotWeight weight{0};
  const auto last_refused = [](const Arc&, Node, Node head) { return head != 9; };
  EXPECT_EQ(GoalSearch(graph, weight, last_refused, tree, work).Run(0, 12, path),
            GoalResult::kNone);
  EXPECT_EQ(work.expanded(), 9U);
}

}  // namespace
}  // namespace srpce::graph
