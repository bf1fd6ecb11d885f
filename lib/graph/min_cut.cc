#include "lib/graph/min_cut.h"

#include <lemon/preflow.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <map>
#include <utility>

namespace srpce::graph {
namespace {

using lemon::StaticDigraph;

// LEMON numbers a StaticDigraph's arcs in the order of the sorted list it is built from.
struct Edge {
  int tail;
  int head;
  int64_t capacity;
  ArcId arc;
};

std::vector<Edge> Edges(const std::vector<FlowArc>& arcs, int64_t unlimited) {
  std::vector<Edge> edges;
  edges.reserve(arcs.size());
  for (const FlowArc& arc : arcs) {
    const int64_t capacity = arc.capacity == kUncuttable ? unlimited : arc.capacity;
    edges.push_back({static_cast<int>(arc.tail), static_cast<int>(arc.head), capacity, arc.arc});
  }
  std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::pair(a.tail, a.head) < std::pair(b.tail, b.head);
  });
  return edges;
}

}  // namespace

MinCut FindMinCut(uint32_t node_count, const std::vector<FlowArc>& arcs, Node source, Node target) {
  // More than all that can be cut, so that a flow this large proves an uncuttable path.
  int64_t unlimited = 1;
  for (const FlowArc& arc : arcs) {
    unlimited += arc.capacity == kUncuttable ? 0 : arc.capacity;
  }
  const std::vector<Edge> edges = Edges(arcs, unlimited);
  std::vector<std::pair<int, int>> ends;
  ends.reserve(edges.size());
  for (const Edge& edge : edges) {
    ends.emplace_back(edge.tail, edge.head);
  }
  StaticDigraph digraph;
  digraph.build(static_cast<int>(node_count), ends.begin(), ends.end());
  StaticDigraph::ArcMap<int64_t> capacity(digraph);
  for (size_t i = 0; i < edges.size(); ++i) {
    capacity[digraph.arc(static_cast<int>(i))] = edges[i].capacity;
  }
  lemon::Preflow<StaticDigraph, StaticDigraph::ArcMap<int64_t>> flow(
      digraph, capacity, digraph.node(static_cast<int>(source)),
      digraph.node(static_cast<int>(target)));
  flow.runMinCut();
  MinCut cut;
  if (flow.flowValue() >= unlimited) {
    return cut;
  }
  cut.exists = true;
  cut.value = static_cast<uint64_t>(flow.flowValue());
  for (const Edge& edge : edges) {
    if (flow.minCut(digraph.node(edge.tail)) && !flow.minCut(digraph.node(edge.head))) {
      cut.arcs.push_back(edge.arc);
    }
  }
  std::sort(cut.arcs.begin(), cut.arcs.end());
  return cut;
}

}  // namespace srpce::graph
