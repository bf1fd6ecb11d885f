#include "lib/cspf/path_flow.h"

#include <algorithm>
#include <utility>

#include "lib/cspf/link_filter.h"
#include "lib/cspf/solver.h"
#include "lib/graph/min_cost_flow.h"

namespace srpce::cspf {
namespace {

// Beyond, the network simplex takes seconds, and column generation a fraction of it.
constexpr size_t kMostArcs = 100'000;
// A path of such cost is more than the simplex can sum up.
constexpr uint64_t kMostOfPath = uint64_t{1} << 60;

// The filtered graph, without what no path from source to target uses.
struct FlowGraph {
  std::vector<graph::CostArc> arcs;
  std::vector<LinkIndex> links;  // By position of the arc.
  uint64_t dearest = 0;
};

FlowGraph FlowGraphOf(const topology::Ted& ted, const Query& query, Additive objective) {
  LinkFilter filter;
  filter.Compile(ted, query);
  FlowGraph flow_graph;
  const graph::Digraph& graph = ted.graph();
  for (graph::Node node = 0; node < graph.node_count(); ++node) {
    if (node == query.target.value()) continue;
    for (const graph::Arc& arc : graph.out(node)) {
      if (arc.other == query.source.value() || !filter(arc, node, arc.other)) continue;
      const uint64_t cost = Extend(objective, 0, arc, ted);
      flow_graph.arcs.push_back({node, arc.other, arc.data.capacity, cost});
      flow_graph.links.push_back(LinkIndex(arc.id));
      flow_graph.dearest = std::max(flow_graph.dearest, cost);
    }
  }
  return flow_graph;
}

}  // namespace

PathFlow FindPathFlow(const topology::Ted& ted, const Query& query, uint64_t demand) {
  const Additive objective = *ObjectiveOf(ted, query);
  const FlowGraph net = FlowGraphOf(ted, query, objective);
  const uint32_t node_count = ted.graph().node_count();
  const graph::Node source = query.source.value();
  const graph::Node target = query.target.value();
  const graph::MaxFlow flow = graph::FindMaxFlow(node_count, net.arcs, source, target, demand);
  PathFlow found{.most = flow.value};
  for (const size_t at : flow.cut) found.cut.push_back(net.links[at]);
  std::sort(found.cut.begin(), found.cut.end());
  const bool too_dear = net.dearest > kMostOfPath / node_count;
  if (flow.value < demand || net.arcs.size() > kMostArcs || too_dear) return found;
  for (const graph::FlowPath& walk : graph::Decompose(
           node_count, net.arcs,
           graph::FindMinCostFlow(node_count, net.arcs, source, target, demand), source, target)) {
    std::vector<LinkIndex> links;
    for (const size_t at : walk.arcs) links.push_back(net.links[at]);
    found.parts.push_back({MakePath(ted, std::move(links), objective), walk.rate});
    found.cost += graph::Uint128{walk.rate} * found.parts.back().path.cost;
  }
  return found;
}

}  // namespace srpce::cspf
