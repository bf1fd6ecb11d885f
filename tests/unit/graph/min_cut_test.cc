// FindMinCut: the cut separates, and as many disjoint paths as its value exist.
#include "lib/graph/min_cut.h"

#include <gtest/gtest.h>

#include "lib/graph/dijkstra.h"
#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

// Augmenting paths by depth-first search over a matrix: O(value * nodes^2), nothing shared with
// LEMON.
class NaiveFlow {
 public:
  explicit NaiveFlow(uint32_t nodes) : capacity_(nodes, std::vector<uint64_t>(nodes)) {}
  void Add(Node tail, Node head, uint64_t units) { capacity_[tail][head] += units; }
  uint64_t Run(Node source, Node target) {
    uint64_t value = 0;
    for (;; ++value) {
      visited_.assign(capacity_.size(), false);
      if (!Augment(source, target)) {
        return value;
      }
    }
  }

 private:
  bool Augment(Node node, Node target) {
    if (node == target) {
      return true;
    }
    visited_[node] = true;
    for (Node next = 0; next < capacity_.size(); ++next) {
      if (capacity_[node][next] > 0 && !visited_[next] && Augment(next, target)) {
        --capacity_[node][next];
        ++capacity_[next][node];
        return true;
      }
    }
    return false;
  }
  std::vector<std::vector<uint64_t>> capacity_;
  std::vector<bool> visited_;
};

bool Reaches(const Digraph& graph, Node source, Node target, const std::vector<ArcId>& cut_arcs) {
  DistanceTree tree;
  Dijkstra(
      graph, Direction::kForward, source, HopWeight{},
      [&](const Arc& arc, Node, Node) {
        return !std::binary_search(cut_arcs.begin(), cut_arcs.end(), arc.id);
      },
      tree);
  return tree.reached(target);
}

constexpr auto kUnit = [](const Arc&, Node, Node) -> uint32_t { return 1; };

TEST(MinCutTest, CutsAsFewArcsAsThereAreDisjointPaths) {
  Random random(TestSeed(21));
  for (int round = 0; round < 300; ++round) {
    const Digraph graph = RandomGraph(random, {.nodes = 9, .edges = 14, .one_way_percent = 30});
    const MinCut cut = FindMinCut(graph, 0, 8, kUnit);
    NaiveFlow flow(9);
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      flow.Add(graph.ends(arc).tail, graph.ends(arc).head, 1);
    }
    ASSERT_TRUE(cut.exists);
    EXPECT_EQ(cut.value, flow.Run(0, 8)) << "round " << round;
    EXPECT_EQ(cut.arcs.size(), cut.value);
    EXPECT_FALSE(Reaches(graph, 0, 8, cut.arcs));
  }
}

// Explanations: arcs a constraint refuses cost one, the others are there anyway.
TEST(MinCutTest, NamesTheRefusedArcsThatBlock) {
  Random random(TestSeed(23));
  int blocked = 0;
  for (int round = 0; round < 300; ++round) {
    const Digraph graph = RandomGraph(random, {.nodes = 9, .edges = 16, .admitted_percent = 40});
    const MinCut cut = FindMinCut(graph, 0, 8, [](const Arc& arc, Node, Node) {
      return (arc.data.flags & kAdmitted) != 0 ? kUncuttable : 1;
    });
    const bool open = AllPaths(graph, 0, 8, 0, Filter{0}).Best().has_value();
    ASSERT_EQ(cut.exists, !open) << "round " << round;
    if (open) {
      EXPECT_TRUE(cut.arcs.empty());
      continue;
    }
    for (const ArcId arc : cut.arcs) {
      EXPECT_EQ(graph.data(arc).flags & kAdmitted, 0U);
      // With this arc and the refused ones outside the cut there is a path: a minimum cut has no
      // superfluous arc.
      std::vector<ArcId> rest;
      std::copy_if(cut.arcs.begin(), cut.arcs.end(), std::back_inserter(rest),
                   [arc](ArcId other) { return other != arc; });
      EXPECT_TRUE(Reaches(graph, 0, 8, rest));
      ++blocked;
    }
    EXPECT_FALSE(Reaches(graph, 0, 8, cut.arcs));
  }
  EXPECT_GT(blocked, 100);
}

// The local search against LEMON's preflow on graphs too large for the naive flow.
TEST(MinCutTest, AugmentingAgreesWithLemon) {
  Random random(TestSeed(24));
  int limited = 0;
  for (int round = 0; round < 150; ++round) {
    const Digraph graph = RandomGraph(random, {.nodes = 150, .edges = 260, .one_way_percent = 20});
    std::vector<uint32_t> capacities;
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      const uint32_t kind = random.Between(1, 10);
      capacities.push_back(kind <= 3 ? kUncuttable : kind == 4 ? 0 : random.Between(1, 5));
    }
    std::vector<FlowArc> arcs;
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      if (capacities[arc] > 0) {
        arcs.push_back({graph.ends(arc).tail, graph.ends(arc).head, arc, capacities[arc]});
      }
    }
    const MinCut got =
        FindMinCut(graph, 0, 1, [&](const Arc& arc, Node, Node) { return capacities[arc.id]; });
    const MinCut want = FindMinCut(150, arcs, 0, 1);
    ASSERT_EQ(got.exists, want.exists) << "round " << round;
    ASSERT_EQ(got.value, want.value) << "round " << round;
    uint64_t sum = 0;
    for (const ArcId arc : got.arcs) {
      ASSERT_NE(capacities[arc], kUncuttable);
      sum += capacities[arc];
    }
    EXPECT_EQ(sum, got.value);
    std::vector<ArcId> gone = got.arcs;
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      if (capacities[arc] == 0) {
        gone.push_back(arc);
      }
    }
    std::sort(gone.begin(), gone.end());
    EXPECT_TRUE(!got.exists || !Reaches(graph, 0, 1, gone));
    limited += got.exists && got.value > 3 ? 1 : 0;
  }
  EXPECT_GT(limited, 20);
}

TEST(MinCutTest, SaysWhenNothingCanBeCut) {
  const std::vector<FlowArc> arcs = {{0, 1, 0, kUncuttable}, {1, 2, 1, kUncuttable}, {0, 2, 2, 1}};
  const MinCut cut = FindMinCut(3, arcs, 0, 2);
  EXPECT_FALSE(cut.exists);
  EXPECT_TRUE(cut.arcs.empty());
  EXPECT_TRUE(FindMinCut(3, arcs, 2, 0).exists);  // Nothing leads back.
}

}  // namespace
}  // namespace srpce::graph
