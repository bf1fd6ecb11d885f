// FindDisjointPair against every pair of simple paths of small graphs, and against successive
// shortest paths (Bellman-Ford) in larger ones.
#include "lib/graph/disjoint_pair.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

bool ShareEdge(const Digraph& graph, const std::vector<ArcId>& a, const std::vector<ArcId>& b) {
  for (const ArcId arc : a) {
    for (const ArcId other : b) {
      if (arc == other || graph.data(arc).reverse == other) {
        return true;
      }
    }
  }
  return false;
}

bool ShareInnerNode(const Digraph& graph, const std::vector<ArcId>& a,
                    const std::vector<ArcId>& b) {
  std::set<Node> inner;
  for (size_t i = 0; i + 1 < a.size(); ++i) {
    inner.insert(graph.ends(a[i]).head);
  }
  for (size_t i = 0; i + 1 < b.size(); ++i) {
    if (inner.contains(graph.ends(b[i]).head)) {
      return true;
    }
  }
  return false;
}

bool Disjoint(const Digraph& graph, const std::vector<ArcId>& a, const std::vector<ArcId>& b,
              DisjointKind kind) {
  return !ShareEdge(graph, a, b) && (kind == DisjointKind::kEdge || !ShareInnerNode(graph, a, b));
}

using Total = std::pair<uint64_t, size_t>;  // Cost, hops.

std::optional<Total> BestTotal(const Digraph& graph, const AllPaths& all, DisjointKind kind) {
  std::optional<Total> best;
  const std::vector<SimplePath>& paths = all.paths();
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = i + 1; j < paths.size(); ++j) {
      const Total total(paths[i].cost + paths[j].cost, paths[i].arcs.size() + paths[j].arcs.size());
      if ((!best || total < *best) && Disjoint(graph, paths[i].arcs, paths[j].arcs, kind)) {
        best = total;
      }
    }
  }
  return best;
}

// That `path` is admitted, joins the ends and costs what it says.
void ExpectPath(const Digraph& graph, Node source, Node target, const FoundPath& path) {
  Node at = source;
  uint64_t cost = 0;
  for (const ArcId id : path.arcs) {
    ASSERT_EQ(graph.ends(id).tail, at);
    ASSERT_TRUE(Filter{source}({graph.ends(id).head, id, graph.data(id)}, at, graph.ends(id).head));
    at = graph.ends(id).head;
    cost += graph.data(id).weight[0];
  }
  ASSERT_EQ(at, target);
  ASSERT_EQ(cost, path.cost);
}

// Uses the landmarks whether or not they guide.
bool Find(const Digraph& graph, Node source, Node target, DisjointKind kind,
          const Landmarks* landmarks, DisjointWorkspace& work, DisjointPair& pair) {
  const SlotWeight weight{0};
  const Filter filter{source};
  return DisjointSearch<SlotWeight, Filter>(graph, source, target, weight, filter, kind, landmarks,
                                            work)
      .Run(pair);
}

// The least cost and hops of two units of flow, a path at a time through what the first leaves.
std::optional<Total> LeastFlow(const Digraph& graph, Node source, Node target, DisjointKind kind) {
  struct Edge {
    Node tail;
    Node head;
    int64_t cost;
    int64_t hops;
    bool full = false;
  };
  const Node leaves = kind == DisjointKind::kNode ? graph.node_count() : 0;
  std::vector<Edge> edges;  // Backward, full at first, after each forward one.
  const auto add = [&edges](Node tail, Node head, int64_t cost, int64_t hops) {
    edges.push_back({tail, head, cost, hops});
    edges.push_back({head, tail, -cost, -hops, true});
  };
  for (ArcId id = 0; id < graph.arc_bound(); ++id) {
    const ArcEnds ends = graph.ends(id);
    if (!Filter{source}({ends.head, id, graph.data(id)}, ends.tail, ends.head)) continue;
    add(ends.tail + leaves, ends.head, graph.data(id).weight[0], 1);
  }
  for (Node node = 0; node < leaves; ++node) add(node, node + leaves, 0, 0);
  std::pair<int64_t, int64_t> total;
  for (int path = 0; path < 2; ++path) {
    using Length = std::pair<int64_t, int64_t>;
    std::vector<std::optional<Length>> length(graph.node_count() + leaves);
    std::vector<size_t> by(length.size());
    length[source + leaves] = Length{0, 0};
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < edges.size(); ++i) {
        const auto& from = length[edges[i].tail];
        if (edges[i].full || !from) continue;
        const Length over{from->first + edges[i].cost, from->second + edges[i].hops};
        auto& to = length[edges[i].head];
        if (to && *to <= over) continue;
        to = over;
        by[edges[i].head] = i;
        changed = true;
      }
    }
    if (!length[target]) return std::nullopt;
    total.first += length[target]->first;
    total.second += length[target]->second;
    for (Node node = target; node != source + leaves; node = edges[by[node]].tail) {
      edges[by[node]].full = true;
      edges[by[node] ^ 1].full = false;
    }
  }
  return Total(total.first, total.second);
}

void ExpectPair(const Digraph& graph, const Landmarks* landmarks, DisjointKind kind, Node source,
                Node target, const std::optional<Total>& want, DisjointWorkspace& work) {
  DisjointPair pair;
  const bool found = Find(graph, source, target, kind, landmarks, work, pair);
  ASSERT_EQ(found, want.has_value()) << source << " to " << target;
  if (!found) {
    return;
  }
  ExpectPath(graph, source, target, pair.first);
  ExpectPath(graph, source, target, pair.second);
  EXPECT_TRUE(Disjoint(graph, pair.first.arcs, pair.second.arcs, kind));
  EXPECT_EQ(
      Total(pair.first.cost + pair.second.cost, pair.first.arcs.size() + pair.second.arcs.size()),
      *want);
  EXPECT_LE(std::tuple(pair.first.cost, pair.first.arcs.size()),
            std::tuple(pair.second.cost, pair.second.arcs.size()));
}

void ExpectBestPair(const Digraph& graph, const Landmarks* landmarks, DisjointKind kind,
                    Node source, Node target, DisjointWorkspace& work) {
  const AllPaths all(graph, source, target, 0, Filter{source});
  ExpectPair(graph, landmarks, kind, source, target, BestTotal(graph, all, kind), work);
}

TEST(DisjointPairTest, ReturnsTheLeastPairOfSmallGraphs) {
  Random random(TestSeed(11));
  DisjointWorkspace work;
  for (int round = 0; round < 60; ++round) {
    for (const RandomOptions& options : Shapes(7, 12)) {
      const Digraph graph = RandomGraph(random, options);
      const Landmarks landmarks = Landmarks::Compute(graph, 0);
      for (const DisjointKind kind : {DisjointKind::kEdge, DisjointKind::kNode}) {
        for (const Landmarks* table : {static_cast<const Landmarks*>(nullptr), &landmarks}) {
          const Node source = random.Between(0, 6);
          const Node target = (source + random.Between(1, 6)) % 7;
          ExpectBestPair(graph, table, kind, source, target, work);
          ASSERT_FALSE(HasFailure()) << "round " << round << " kind " << static_cast<int>(kind);
        }
      }
    }
  }
}

TEST(DisjointPairTest, ReturnsTheLeastPairOfLargerGraphs) {
  Random random(TestSeed(12));
  DisjointWorkspace work;
  int found = 0;
  for (int round = 0; round < 60; ++round) {
    for (const RandomOptions& options : Shapes(80, 160)) {
      const Digraph graph = RandomGraph(random, options);
      const Landmarks landmarks = Landmarks::Compute(graph, 0);
      for (const DisjointKind kind : {DisjointKind::kEdge, DisjointKind::kNode}) {
        const Node source = random.Between(0, 79);
        const Node target = (source + random.Between(1, 79)) % 80;
        const std::optional<Total> want = LeastFlow(graph, source, target, kind);
        found += want.has_value();
        ExpectPair(graph, nullptr, kind, source, target, want, work);
        ExpectPair(graph, &landmarks, kind, source, target, want, work);
        ASSERT_FALSE(HasFailure()) << "round " << round << " kind " << static_cast<int>(kind);
      }
    }
  }
  EXPECT_GT(found, 200);
}

// Which of many equal pairs it is: whatever bounds there are, exact, loose or none, and whatever
// the workspace was used for.
TEST(DisjointPairTest, ReturnsTheSamePairHoweverItIsSearchedFor) {
  Random random(TestSeed(13));
  DisjointWorkspace warm;
  int found = 0;
  for (int round = 0; round < 400; ++round) {
    const uint32_t nodes = random.Between(6, 40);
    const Digraph graph = RandomGraph(random, {.nodes = nodes, .edges = 3 * nodes});
    const Landmarks exact = Landmarks::Compute(graph, 0);
    const Landmarks loose = Landmarks::Compute(graph, [](const Arc& arc) -> Distance {
      return arc.data.weight[0] - (arc.id % 2 == 0 ? arc.data.weight[0] / 2 : 0);
    });
    for (const DisjointKind kind : {DisjointKind::kEdge, DisjointKind::kNode}) {
      const Node source = random.Between(0, nodes - 1);
      const Node target = (source + random.Between(1, nodes - 1)) % nodes;
      DisjointWorkspace fresh;
      DisjointPair want;
      if (!Find(graph, source, target, kind, nullptr, fresh, want)) continue;
      ++found;
      for (const Landmarks* landmarks : {static_cast<const Landmarks*>(nullptr), &exact, &loose}) {
        DisjointPair got;
        ASSERT_TRUE(Find(graph, source, target, kind, landmarks, warm, got));
        ASSERT_EQ(got.first.arcs, want.first.arcs) << "round " << round;
        ASSERT_EQ(got.second.arcs, want.second.arcs) << "round " << round;
      }
    }
  }
  EXPECT_GT(found, 400);
}

// The trap: the shortest path s-a-b-t blocks both detours; the pair must give up a-b.
TEST(DisjointPairTest, LeavesTheShortestPathWhereItIsATrap) {
  const Edit edit;
  Digraph graph;
  for (int i = 0; i < 4; ++i) {
    graph.AddNode(edit);
  }
  const auto add = [&](Node tail, Node head, uint32_t weight) {
    return graph.AddArc(tail, head, {.weight = {weight, 0, 0}}, edit);
  };
  constexpr Node s = 0, a = 1, b = 2, t = 3;
  const ArcId sa = add(s, a, 1), ab = add(a, b, 1), bt = add(b, t, 1), sb = add(s, b, 5),
              at = add(a, t, 6);
  (void)ab;
  DisjointWorkspace work;
  for (const DisjointKind kind : {DisjointKind::kEdge, DisjointKind::kNode}) {
    DisjointPair pair;
    ASSERT_TRUE(FindDisjointPair(graph, s, t, SlotWeight{0}, AnyArc{}, kind, nullptr, work, pair));
    EXPECT_EQ(pair.first.arcs, (std::vector<ArcId>{sb, bt}));
    EXPECT_EQ(pair.second.arcs, (std::vector<ArcId>{sa, at}));
  }
}

// Two fibres meet in one node: edge-disjoint, not node-disjoint.
TEST(DisjointPairTest, TellsNodeFromEdgeDisjoint) {
  const Edit edit;
  Digraph graph;
  for (int i = 0; i < 3; ++i) {
    graph.AddNode(edit);
  }
  for (const auto& [tail, head] : {std::pair<Node, Node>{0, 1}, {0, 1}, {1, 2}, {1, 2}}) {
    graph.AddArc(tail, head, {.weight = {1, 0, 0}}, edit);
  }
  DisjointWorkspace work;
  DisjointPair pair;
  EXPECT_TRUE(FindDisjointPair(graph, 0, 2, SlotWeight{0}, AnyArc{}, DisjointKind::kEdge, nullptr,
                               work, pair));
  EXPECT_EQ(pair.first.arcs, (std::vector<ArcId>{0, 2}));
  EXPECT_EQ(pair.second.arcs, (std::vector<ArcId>{1, 3}));
  EXPECT_FALSE(FindDisjointPair(graph, 0, 2, SlotWeight{0}, AnyArc{}, DisjointKind::kNode, nullptr,
                                work, pair));
}

}  // namespace
}  // namespace srpce::graph
