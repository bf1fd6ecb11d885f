#include "lib/graph/flat_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "lib/base/persistent_vector.h"
#include "tests/support/seed.h"

namespace srpce::graph {
namespace {

// Bellman and Ford's: as often as there are nodes, over all arcs.
std::vector<uint64_t> Distances(const Digraph& graph, Direction direction, Node root,
                                uint32_t flags) {
  std::vector<uint64_t> distances(graph.node_count(), UINT64_MAX);
  distances[root] = 0;
  for (Node round = 0; round < graph.node_count(); ++round) {
    for (ArcId arc = 0; arc < graph.arc_bound(); ++arc) {
      const ArcData& data = graph.data(arc);
      if ((data.flags & flags) != flags) continue;
      const ArcEnds ends = graph.ends(arc);
      const bool forward = direction == Direction::kForward;
      const Node from = forward ? ends.tail : ends.head;
      const Node to = forward ? ends.head : ends.tail;
      if (distances[from] == UINT64_MAX) continue;
      distances[to] = std::min(distances[to], distances[from] + data.weight[1]);
    }
  }
  return distances;
}

uint32_t CutOff(uint64_t distance) {
  if (distance == UINT64_MAX) return FlatGraph::kNoWay;
  return static_cast<uint32_t>(std::min<uint64_t>(distance, FlatGraph::kFar));
}

TEST(FlatGraphTest, FindsTheDistancesOfAllNodes) {
  std::mt19937_64 random(support::TestSeed(81));
  support::CaseCount cases;
  FlatSearch search;
  std::vector<uint32_t> found;
  for (int i = 0; i < support::Cases(2000); ++i) {
    Digraph graph;
    const Edit edit;
    const auto nodes = static_cast<Node>(1 + random() % 30);
    for (Node node = 0; node < nodes; ++node) graph.AddNode(edit);
    // Through buckets of one word, of many, and the heap; with sums that are cut off.
    const uint64_t largest[] = {1, 63, 64, 1000, 65'535, 65'536, UINT32_MAX};
    const uint64_t range = largest[random() % std::size(largest)] + 1;
    for (uint64_t arcs = random() % 100; arcs > 0; --arcs) {
      ArcData data;
      data.weight[1] = static_cast<uint32_t>(random() % range);
      data.flags = static_cast<uint32_t>(random() % 4);
      graph.AddArc(static_cast<Node>(random() % nodes), static_cast<Node>(random() % nodes), data,
                   edit);
    }
    const auto direction = random() % 2 == 0 ? Direction::kForward : Direction::kBackward;
    const auto root = static_cast<Node>(random() % nodes);
    const FlatGraph flat(graph, direction, SlotWeight{1},
                         [](const Arc& arc, Node, Node) { return (arc.data.flags & 1) != 0; });
    search.Run(flat, root, found);
    cases.Add();
    const std::vector<uint64_t> wanted = Distances(graph, direction, root, 1);
    for (Node node = 0; node < nodes; ++node) {
      ASSERT_EQ(found[node], CutOff(wanted[node])) << "case " << i << ", node " << node;
    }
  }
}

}  // namespace
}  // namespace srpce::graph
