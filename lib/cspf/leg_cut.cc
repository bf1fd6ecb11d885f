// lib/cspf/leg_cut.cc -- reachability and minimum cuts under a filter.
#include "lib/cspf/leg_cut.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "lib/graph/min_cut.h"

namespace srpce::cspf {

namespace {

// More links than this across the border of the side that is cut off are left to a maximum flow.
constexpr size_t kMostFar = 16;

// Any path will do: the metric whose landmarks lead to one soonest.
bool Joins(const topology::Ted& ted, const LinkFilter& filter, graph::Node from, graph::Node to,
           Workspace::Impl& work) {
  const std::shared_ptr<const graph::Landmarks> landmarks = LandmarksFor(ted, Additive::kIgp, work);
  return graph::FindPath(ted.graph(), from, to, graph::SlotWeight{topology::kIgpWeight}, filter,
                         landmarks.get(), work.path, work.leg);
}

// A link of `filter` between what FindPath has just found closed and the rest.
struct BorderLink {
  const graph::Arc* arc;
  graph::Node far;  // Its end outside.
};
std::vector<BorderLink> Border(const topology::Ted& ted, const LinkFilter& filter,
                               const graph::PathWorkspace& path) {
  std::vector<graph::Node> inside = path.closed();
  std::sort(inside.begin(), inside.end());
  std::vector<BorderLink> border;
  for (const graph::Node node : inside) {
    const bool out = path.closed_at_source();
    for (const graph::Arc& arc : out ? ted.graph().out(node) : ted.graph().in(node)) {
      const bool allowed = out ? filter(arc, node, arc.other) : filter(arc, arc.other, node);
      if (allowed && !std::binary_search(inside.begin(), inside.end(), arc.other)) {
        border.push_back({&arc, arc.other});
      }
    }
  }
  return border;
}

// Where the other end comes to all of the border, each link there could carry a unit of flow, and
// no fewer are a cut. Absent: it does not.
std::optional<std::vector<LinkIndex>> BorderAsCut(const topology::Ted& ted,
                                                  const LinkFilter& others, const LinkFilter& all,
                                                  const Leg& leg, Workspace::Impl& work) {
  const std::vector<BorderLink> border = Border(ted, others, work.path);
  const bool at_source = work.path.closed_at_source();
  std::vector<graph::Node> far;
  std::vector<LinkIndex> links;
  for (const BorderLink& link : border) {
    far.push_back(link.far);
    links.push_back(LinkIndex(link.arc->id));
  }
  std::sort(links.begin(), links.end());
  std::sort(far.begin(), far.end());
  far.erase(std::unique(far.begin(), far.end()), far.end());
  if (far.size() > kMostFar) return std::nullopt;
  for (const graph::Node node : far) {
    const bool joined = at_source ? Joins(ted, all, node, leg.to.value(), work)
                                  : Joins(ted, all, leg.from.value(), node, work);
    if (!joined) return std::nullopt;
  }
  return links;
}

}  // namespace

bool Reaches(const topology::Ted& ted, const LinkFilter& filter, const Leg& leg,
             Workspace::Impl& work, uint64_t& labels_left) {
  if (!filter.AllowsNode(leg.from) || !filter.AllowsNode(leg.to)) return false;
  const bool found = Joins(ted, filter, leg.from.value(), leg.to.value(), work);
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
                                     const LinkFilter& all, const Leg& leg, Workspace::Impl& work) {
  if (leg.from == leg.to || !all.AllowsNode(leg.from) ||
      Joins(ted, all, leg.from.value(), leg.to.value(), work)) {
    return {};
  }
  if (auto links = BorderAsCut(ted, others, all, leg, work)) return *std::move(links);
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

// Where a bandwidth is too much, none beyond that of the widest link across the border can be had:
// from one such limit down to the next.
std::optional<uint64_t> WidestWay(const topology::Ted& ted, Query query, const Leg& leg,
                                  Workspace::Impl& work, uint64_t& labels_left) {
  LinkFilter filter;
  LinkFilter others;
  others.Compile(ted, query, kClassAll & ~kClassBandwidth);
  if (!others.AllowsNode(leg.from) || !others.AllowsNode(leg.to)) return std::nullopt;
  while (true) {
    filter.Compile(ted, query);
    if (Reaches(ted, filter, leg, work, labels_left)) {
      return query.constraints.min_bandwidth.value;
    }
    const std::vector<BorderLink> border = Border(ted, others, work.path);
    if (border.empty()) return std::nullopt;
    uint64_t widest = 0;
    for (const BorderLink& link : border) widest = std::max(widest, link.arc->data.capacity);
    query.constraints.min_bandwidth.value = widest;
  }
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
