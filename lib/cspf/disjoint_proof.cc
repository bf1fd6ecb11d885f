// lib/cspf/disjoint_proof.cc -- the minimum cut, or the risks nobody gets around, in words.
#include "lib/cspf/disjoint_proof.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/cspf/wording.h"
#include "lib/graph/min_cut.h"

namespace srpce::cspf {
namespace {

std::string NodeName(const topology::Ted& ted, graph::Node node) {
  return ted.node(NodeIndex(node)).display_name();
}

NoPath CutMessage(const topology::Ted& ted, const DisjointQuery& query,
                  const std::vector<Path>& alone, const graph::MinCut& cut,
                  graph::ArcId first_node_arc) {
  NoPath no_path{.reason = Reason::kNotDisjoint};
  std::string nodes;
  for (const graph::ArcId arc : cut.arcs) {
    if (arc < first_node_arc) no_path.blocking_links.push_back(LinkIndex(arc));
  }
  const std::string links =
      no_path.blocking_links.empty() ? "" : LinkNames(ted, no_path.blocking_links);
  std::set<LinkIndex>
      entering;  // A node in the cut is named by the links on which the members enter it.
  for (const graph::ArcId arc : cut.arcs) {
    const graph::Node node = arc - first_node_arc;
    if (arc < first_node_arc || node >= ted.graph().node_count()) continue;
    absl::StrAppend(&nodes, nodes.empty() ? "node " : ", node ", NodeName(ted, node));
    for (const Path& path : alone) {
      for (const LinkIndex link : path.links) {
        if (ted.graph().ends(link.value()).head == node) entering.insert(link);
      }
    }
  }
  no_path.blocking_links.insert(no_path.blocking_links.end(), entering.begin(), entering.end());
  no_path.wanted = static_cast<double>(query.members.size());
  no_path.best_achievable = static_cast<double>(cut.value);
  // Members cut off at their own end go another way; the others must cross what was found.
  const auto elsewhere = std::count_if(cut.arcs.begin(), cut.arcs.end(), [&](graph::ArcId arc) {
    return arc >= first_node_arc + ted.graph().node_count();
  });
  no_path.message =
      absl::StrCat(LevelPrefix(query.disjointness), query.members.size(), " paths wanted, at most ",
                   cut.value, " exist; ", query.members.size() - static_cast<size_t>(elsewhere),
                   " must cross ", nodes, nodes.empty() || links.empty() ? "" : " and ", links);
  return no_path;
}

// One link that members who are all alike must cross: then there is one path, whatever else they
// may not share. Such a cut around a corner is found without looking at all the network; of larger
// ones nodes and LANs on the way may leave fewer paths than there are links.
graph::MinCut LinkCut(const topology::Ted& ted, const DisjointQuery& query) {
  const Query& first = query.members.front();
  const bool alike = std::all_of(query.members.begin(), query.members.end(),
                                 [&](const Query& member) { return member == first; });
  if (!alike || first.source == first.target) return {};
  LinkFilter filter;
  filter.Compile(ted, first);
  const auto capacity = [&](const graph::Arc& arc, graph::Node tail, graph::Node head) -> uint32_t {
    return filter(arc, tail, head) ? 1 : 0;
  };
  return graph::FindMinCut(ted.graph(), first.source.value(), first.target.value(), capacity,
                           /*enough=*/2);
}

}  // namespace

std::string LevelPrefix(Disjointness level) {
  return absl::StrCat(DisjointnessName(level), "-disjoint: ");
}

std::optional<NoPath> ProveByCut(const topology::Ted& ted, const DisjointQuery& query,
                                 const std::vector<Path>& alone) {
  const graph::Digraph& graph = ted.graph();
  if (const graph::MinCut cut = LinkCut(ted, query); cut.exists) {
    return CutMessage(ted, query, alone, cut, graph.arc_bound());
  }
  const uint32_t count = graph.node_count();
  const graph::ArcId first_node_arc = graph.arc_bound();
  const graph::ArcId end_arc = first_node_arc + count;
  const graph::Node source = 2 * count;
  const graph::Node sink = source + 1;
  std::vector<graph::FlowArc> arcs;
  std::vector<LinkFilter> filters(query.members.size());
  std::vector<uint32_t> ends(count);
  for (size_t i = 0; i < query.members.size(); ++i) {
    const Query& member = query.members[i];
    filters[i].Compile(ted, member);
    for (const NodeIndex end : {member.source, member.target}) ++ends[end.value()];
    arcs.push_back({source, member.source.value(), end_arc, 1});
    arcs.push_back({count + member.target.value(), sink, end_arc, 1});
  }
  for (graph::Node node = 0; node < count; ++node) {
    const bool is_lan = ted.HasNode(NodeIndex(node)) &&
                        ted.node(NodeIndex(node)).attributes.pseudonode.value_or(false);
    const uint32_t through =
        CountsNodes(query.disjointness) || is_lan ? std::max(1U, ends[node]) : graph::kUncuttable;
    arcs.push_back({node, count + node, first_node_arc + node, through});
    for (const graph::Arc& arc : graph.out(node)) {
      const bool usable =
          std::any_of(filters.begin(), filters.end(),
                      [&](const LinkFilter& filter) { return filter(arc, node, arc.other); });
      if (usable) arcs.push_back({count + node, arc.other, arc.id, 1});
    }
  }
  const graph::MinCut cut = graph::FindMinCut(2 * count + 2, arcs, source, sink);
  if (!cut.exists || cut.value >= query.members.size()) return std::nullopt;
  return CutMessage(ted, query, alone, cut, first_node_arc);
}

NoPath NothingFound(const topology::Ted& ted, const DisjointQuery& query,
                    const std::vector<Path>& alone, const ConflictSearch::Outcome& outcome) {
  NoPath no_path{.reason = Reason::kNotDisjoint};
  if (outcome.unavoidable.empty()) {
    no_path.message =
        absl::StrCat(LevelPrefix(query.disjointness),
                     "every set of paths within the constraints shares a risk (all were searched)");
    return no_path;
  }
  const size_t first = outcome.members.first;
  std::string what;
  for (const Risk& risk : outcome.unavoidable) {
    absl::StrAppend(&what, what.empty() ? "" : ", ");
    const std::vector<LinkIndex> links = LinksOn(ted, alone[first].links, risk);
    no_path.blocking_links.insert(no_path.blocking_links.end(), links.begin(), links.end());
    switch (risk.kind) {
      case Risk::Kind::kSrlg:
        no_path.shared_srlgs.push_back(risk.id);
        absl::StrAppend(&what, "SRLG ", risk.id);
        break;
      case Risk::Kind::kNode:
        absl::StrAppend(&what, "node ", NodeName(ted, risk.id));
        break;
      case Risk::Kind::kLan:
        absl::StrAppend(&what, "LAN ", NodeName(ted, risk.id));
        break;
      case Risk::Kind::kFibre:
        absl::StrAppend(&what, LinkNames(ted, links));
        break;
    }
  }
  no_path.message = absl::StrCat(LevelPrefix(query.disjointness), "members ", first + 1, " and ",
                                 outcome.members.second + 1, " cannot avoid sharing ", what);
  return no_path;
}

}  // namespace srpce::cspf
