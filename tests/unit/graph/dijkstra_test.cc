// Dijkstra and Landmarks against LEMON.
#include "lib/graph/dijkstra.h"

#include <gtest/gtest.h>

#include "lib/graph/landmarks.h"
#include "tests/unit/graph/lemon_oracle.h"
#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

TEST(DijkstraTest, AgreesWithLemonForwards) {
  Random random(TestSeed(31));
  DistanceTree tree;
  for (int round = 0; round < 10; ++round) {
    for (const RandomOptions& options : Shapes(200, 500)) {
      const Digraph graph = RandomGraph(random, options);
      const Node source = random.Between(0, options.nodes - 1);
      Dijkstra(graph, Direction::kForward, source, SlotWeight{1}, Filter{source}, tree);
      const std::vector<Distance> want = LemonDistances(graph, source, Filter{source}, 1);
      for (Node node = 0; node < options.nodes; ++node) {
        ASSERT_EQ(tree.distance(node), want[node]) << "round " << round << " node " << node;
      }
    }
  }
}

// The backward tree of a root holds, at each node, what a forward search from there says of the
// root.
TEST(DijkstraTest, BackwardsMirrorsForwards) {
  Random random(TestSeed(32));
  DistanceTree backward;
  DistanceTree forward;
  for (const RandomOptions& options : Shapes(40, 90)) {
    const Digraph graph = RandomGraph(random, options);
    Dijkstra(graph, Direction::kBackward, 0, SlotWeight{0}, Filter{}, backward);
    for (Node node = 0; node < options.nodes; ++node) {
      Dijkstra(graph, Direction::kForward, node, SlotWeight{0}, Filter{}, forward);
      ASSERT_EQ(backward.distance(node), forward.distance(0)) << node;
    }
  }
}

TEST(DijkstraTest, ParentArcsAddUpToTheDistance) {
  Random random(TestSeed(33));
  DistanceTree tree;
  for (const RandomOptions& options : Shapes(60, 140)) {
    const Digraph graph = RandomGraph(random, options);
    Dijkstra(graph, Direction::kForward, 0, SlotWeight{0}, Filter{0}, tree);
    for (const Node node : tree.settled()) {
      Distance sum = 0;
      uint32_t hops = 0;
      for (Node at = node; at != 0 && hops <= options.nodes; ++hops) {
        const ArcId arc = tree.parent_arc(at);
        ASSERT_EQ(graph.ends(arc).head, at);
        sum += graph.data(arc).weight[0];
        at = graph.ends(arc).tail;
      }
      ASSERT_LE(hops, options.nodes) << "a loop of parents at " << node;
      ASSERT_EQ(sum, tree.distance(node));
    }
  }
}

TEST(DijkstraTest, StopsWhenTheVisitorSaysSo) {
  Random random(TestSeed(34));
  const Digraph graph =
      RandomGraph(random, {.nodes = 100, .edges = 400, .weights = Weights::kMany});
  DistanceTree tree;
  Dijkstra(graph, Direction::kForward, 0, SlotWeight{0}, AnyArc{}, tree,
           [&](Node, Distance) { return tree.settled().size() < 7; });
  EXPECT_EQ(tree.settled().size(), 7U);
  for (size_t i = 1; i < 7; ++i) {
    EXPECT_LE(tree.distance(tree.settled()[i - 1]), tree.distance(tree.settled()[i]));
  }
}

// Bound(u, v) <= distance(u, v), and Bound(u, t) <= weight(u, v) + Bound(v, t).
void ExpectBoundsHold(const Digraph& graph, const Landmarks& landmarks, Random& random) {
  DistanceTree tree;
  for (int sample = 0; sample < 10; ++sample) {
    const Node target = random.Between(0, graph.node_count() - 1);
    Dijkstra(graph, Direction::kBackward, target, SlotWeight{0}, Filter{}, tree);
    for (Node node = 0; node < graph.node_count(); ++node) {
      ASSERT_LE(landmarks.Bound(node, target), tree.distance(node));
      for (const Arc& arc : graph.out(node)) {
        ASSERT_LE(landmarks.Bound(node, target),
                  arc.data.weight[0] + landmarks.Bound(arc.other, target));
      }
    }
  }
}

TEST(LandmarksTest, BoundDistancesAfterFailuresAndIncreases) {
  Random random(TestSeed(35));
  for (int round = 0; round < 5; ++round) {
    for (const RandomOptions& options : Shapes(60, 120)) {
      Digraph graph = RandomGraph(random, options);
      const Landmarks landmarks = Landmarks::Compute(graph, 0);
      ExpectBoundsHold(graph, landmarks, random);
      const Edit edit;
      for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
        ArcData data = graph.data(arc);
        data.weight[0] += random.Percent(30) && data.weight[0] < 2000 ? random.Between(1, 500) : 0;
        graph.SetArc(arc, data, edit);
        if (random.Percent(15)) {
          graph.RemoveArc(arc, edit);
        }
      }
      graph.AddNode(edit);  // Unknown to the table.
      ExpectBoundsHold(graph, landmarks, random);
      ASSERT_FALSE(HasFatalFailure()) << "round " << round;
    }
  }
}

// On a line every landmark at an end makes the bound exact: guards against a table that is merely
// zero.
TEST(LandmarksTest, AreExactOnALine) {
  Digraph graph;
  const Edit edit;
  for (int i = 0; i < 50; ++i) {
    graph.AddNode(edit);
  }
  for (Node node = 0; node + 1 < 50; ++node) {
    graph.AddArc(node, node + 1, {.weight = {7, 0, 0}}, edit);
    graph.AddArc(node + 1, node, {.weight = {3, 0, 0}}, edit);
  }
  const Landmarks landmarks = Landmarks::Compute(graph, 0);
  EXPECT_EQ(landmarks.Bound(10, 30), 20U * 7);
  EXPECT_EQ(landmarks.Bound(30, 10), 20U * 3);
}

}  // namespace
}  // namespace srpce::graph
