#include "lib/graph/min_cost_flow.h"

#include <lemon/network_simplex.h>
#include <lemon/preflow.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <numeric>
#include <queue>
#include <utility>

namespace srpce::graph {
namespace {

using lemon::StaticDigraph;
using Amounts = StaticDigraph::ArcMap<int64_t>;

// The arcs as LEMON numbers them: a StaticDigraph's are in order of (tail, head).
class Peer {
 public:
  Peer(uint32_t node_count, const std::vector<CostArc>& arcs, uint64_t demand)
      : order_(arcs.size()), capacity_(digraph_), cost_(digraph_) {
    std::iota(order_.begin(), order_.end(), size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return std::pair(arcs[a].tail, arcs[a].head) < std::pair(arcs[b].tail, arcs[b].head);
    });
    std::vector<std::pair<int, int>> ends;
    ends.reserve(order_.size());
    for (const size_t at : order_) {
      ends.emplace_back(static_cast<int>(arcs[at].tail), static_cast<int>(arcs[at].head));
    }
    digraph_.build(static_cast<int>(node_count), ends.begin(), ends.end());
    for (size_t i = 0; i < order_.size(); ++i) {
      const CostArc& arc = arcs[order_[i]];
      capacity_[ArcAt(i)] = static_cast<int64_t>(std::min(arc.capacity, demand));
      cost_[ArcAt(i)] = static_cast<int64_t>(arc.cost);
    }
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  static StaticDigraph::Node NodeAt(Node node) {
    return StaticDigraph::node(static_cast<int>(node));
  }
  static StaticDigraph::Arc ArcAt(size_t i) { return StaticDigraph::arc(static_cast<int>(i)); }

  const StaticDigraph& digraph() const { return digraph_; }
  const Amounts& capacity() const { return capacity_; }
  const Amounts& cost() const { return cost_; }
  size_t arc_count() const { return order_.size(); }
  // The position of LEMON's arc `i`.
  size_t position(size_t i) const { return order_[i]; }

 private:
  std::vector<size_t> order_;
  StaticDigraph digraph_;
  Amounts capacity_;
  Amounts cost_;
};

// The widest way over arcs that carry flow, by a Dijkstra whose length is the least flow met.
FlowPath WidestPath(const std::vector<std::vector<size_t>>& leaving,
                    const std::vector<CostArc>& arcs, const std::vector<uint64_t>& on, Node source,
                    Node target) {
  std::vector<uint64_t> width(leaving.size(), 0);
  std::vector<size_t> by(leaving.size(), 0);
  std::priority_queue<std::pair<uint64_t, Node>> queue;
  width[source] = UINT64_MAX;
  queue.emplace(width[source], source);
  while (!queue.empty()) {
    const auto [least, node] = queue.top();
    queue.pop();
    if (node == target) break;
    if (least < width[node]) continue;
    for (const size_t at : leaving[node]) {
      const uint64_t through = std::min(least, on[at]);
      if (through <= width[arcs[at].head]) continue;
      width[arcs[at].head] = through;
      by[arcs[at].head] = at;
      queue.emplace(through, arcs[at].head);
    }
  }
  FlowPath path{.arcs = {}, .rate = width[target]};
  if (path.rate == 0) return path;
  for (Node node = target; node != source; node = arcs[by[node]].tail) {
    path.arcs.push_back(by[node]);
  }
  std::reverse(path.arcs.begin(), path.arcs.end());
  return path;
}

}  // namespace

MaxFlow FindMaxFlow(uint32_t node_count, const std::vector<CostArc>& arcs, Node source, Node target,
                    uint64_t demand) {
  const Peer peer(node_count, arcs, demand);
  lemon::Preflow<StaticDigraph, Amounts> preflow(peer.digraph(), peer.capacity(),
                                                 Peer::NodeAt(source), Peer::NodeAt(target));
  preflow.runMinCut();
  MaxFlow flow{.value = std::min(static_cast<uint64_t>(preflow.flowValue()), demand)};
  for (size_t i = 0; i < peer.arc_count() && flow.value < demand; ++i) {
    const StaticDigraph::Arc arc = Peer::ArcAt(i);
    if (preflow.minCut(peer.digraph().source(arc)) && !preflow.minCut(peer.digraph().target(arc))) {
      flow.cut.push_back(peer.position(i));
    }
  }
  std::sort(flow.cut.begin(), flow.cut.end());
  return flow;
}

std::vector<uint64_t> FindMinCostFlow(uint32_t node_count, const std::vector<CostArc>& arcs,
                                      Node source, Node target, uint64_t demand) {
  const Peer peer(node_count, arcs, demand);
  lemon::NetworkSimplex<StaticDigraph, int64_t, int64_t> simplex(peer.digraph());
  simplex.upperMap(peer.capacity())
      .costMap(peer.cost())
      .stSupply(Peer::NodeAt(source), Peer::NodeAt(target), static_cast<int64_t>(demand));
  simplex.run();
  std::vector<uint64_t> on(arcs.size());
  for (size_t i = 0; i < peer.arc_count(); ++i) {
    on[peer.position(i)] = static_cast<uint64_t>(simplex.flow(Peer::ArcAt(i)));
  }
  return on;
}

std::vector<FlowPath> Decompose(uint32_t node_count, const std::vector<CostArc>& arcs,
                                std::vector<uint64_t> on, Node source, Node target) {
  std::vector<std::vector<size_t>> leaving(node_count);
  for (size_t at = 0; at < arcs.size(); ++at) {
    if (on[at] > 0) leaving[arcs[at].tail].push_back(at);
  }
  std::vector<FlowPath> paths;
  for (;;) {
    FlowPath path = WidestPath(leaving, arcs, on, source, target);
    if (path.rate == 0) return paths;
    for (const size_t at : path.arcs) on[at] -= path.rate;
    paths.push_back(std::move(path));
  }
}

}  // namespace srpce::graph
