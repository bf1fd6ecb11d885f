// lib/cspf/leg_cut.cc -- reachability and minimum cuts under a filter.
#include "lib/cspf/leg_cut.h"

#include <algorithm>
#include <memory>

#include "lib/graph/min_cut.h"

namespace srpce::cspf {

bool Reaches(const topology::Ted& ted, const LinkFilter& filter, const Leg& leg,
             Workspace::Impl& work, uint64_t& labels_left) {
  if (!filter.AllowsNode(leg.from) || !filter.AllowsNode(leg.to)) return false;
  // Any path will do: the metric whose landmarks lead to one soonest.
  const std::shared_ptr<const graph::Landmarks> landmarks = LandmarksFor(ted, Additive::kIgp, work);
  const bool found = graph::FindPath(ted.graph(), leg.from.value(), leg.to.value(),
                                     graph::SlotWeight{topology::kIgpWeight}, filter,
                                     landmarks.get(), work.path, work.leg);
  labels_left -= std::min(labels_left, work.path.expanded());
  return found;
}

std::optional<Leg> FirstLegCut(const topology::Ted& ted, const Query& query,
                               const LinkFilter& filter, Workspace::Impl& work,
                               uint64_t& labels_left) {
  Leg leg{query.source, query.source};
  for (const NodeIndex waypoint : query.constraints.waypoints) {
    leg = {leg.to, waypoint};
    if (!Reaches(ted, filter, leg, work, labels_left)) return leg;
  }
  leg = {leg.to, query.target};
  if (!Reaches(ted, filter, leg, work, labels_left)) return leg;
  return std::nullopt;
}

std::vector<LinkIndex> BlockingLinks(const topology::Ted& ted, const LinkFilter& others,
                                     const LinkFilter& all, const Leg& leg) {
  if (leg.from == leg.to || !all.AllowsNode(leg.from)) return {};
  const graph::MinCut links =
      graph::FindMinCut(ted.graph(), leg.from.value(), leg.to.value(),
                        [&](const graph::Arc& arc, graph::Node tail, graph::Node head) -> uint32_t {
                          if (!others(arc, tail, head)) return 0;
                          return all(arc, tail, head) ? graph::kUncuttable : 1;
                        });
  std::vector<LinkIndex> blocking;
  if (!links.exists) return blocking;
  for (const graph::ArcId arc : links.arcs) blocking.push_back(LinkIndex(arc));
  return blocking;
}

// Each node is an arc from itself to its double, which its links leave.
std::vector<NodeIndex> OverloadedCut(const topology::Ted& ted, const Query& query, const Leg& leg) {
  LinkFilter usable;
  usable.Compile(ted, query, 0);
  const graph::Digraph& graph = ted.graph();
  const uint32_t count = graph.node_count();
  std::vector<graph::FlowArc> arcs;
  for (graph::Node node = 0; node < count; ++node) {
    const NodeIndex index(node);
    const bool start = index == query.source && leg.from == query.source;
    const bool drained = ted.HasNode(index) && !start && index != leg.to &&
                         ted.node(index).attributes.overload.value_or(false);
    arcs.push_back({node, count + node, node, drained ? 1 : graph::kUncuttable});
    for (const graph::Arc& arc : graph.out(node)) {
      if (usable(arc, node, arc.other)) {
        arcs.push_back({count + node, arc.other, graph::kNone, graph::kUncuttable});
      }
    }
  }
  const graph::MinCut cut = graph::FindMinCut(2 * count, arcs, leg.from.value(), leg.to.value());
  std::vector<NodeIndex> nodes;
  for (const graph::ArcId node : cut.arcs) nodes.push_back(NodeIndex(node));
  return nodes;
}

}  // namespace srpce::cspf
