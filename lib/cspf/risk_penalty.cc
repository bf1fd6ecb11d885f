// lib/cspf/risk_penalty.cc -- one weight of both: penalties in the high bits, costs below.
#include "lib/cspf/risk_penalty.h"

#include <algorithm>
#include <utility>

namespace srpce::cspf {
namespace {

// More than any path costs: 2^12 links of 2^32. Leaves room for 2^19 risks.
constexpr int kCostBits = 44;

uint64_t KeyOf(const Risk& risk) {
  return (uint64_t{static_cast<uint8_t>(risk.kind)} << 32) | risk.id;
}

uint64_t CostOfArc(const graph::Arc& arc, Additive objective) {
  switch (objective) {
    case Additive::kIgp:
      return arc.data.weight[topology::kIgpWeight];
    case Additive::kTe:
      return arc.data.weight[topology::kTeWeight];
    case Additive::kDelay:
      return arc.data.weight[topology::kDelayWeight];
    default:
      return HopWeight()(arc);
  }
}

}  // namespace

void RiskPenalty::Add(const std::vector<Risk>& risks) {
  for (const Risk& risk : risks) ++counts_[KeyOf(risk)];
}

uint64_t RiskPenalty::CountOf(const Risk& risk) const {
  const auto found = counts_.find(KeyOf(risk));
  return found == counts_.end() ? 0 : found->second;
}

// A LAN is passed by the link onto it and the one off it: both are charged.
uint64_t RiskPenalty::Of(LinkIndex link) const {
  uint64_t count = CountOf({Risk::Kind::kNode, ted_.graph().ends(link.value()).head});
  for (const Risk& fibre : FibresOf(ted_, link)) count += CountOf(fibre);
  for (const uint32_t srlg : ted_.srlgs(ted_.graph().data(link.value()).group)) {
    count += CountOf({Risk::Kind::kSrlg, srlg});
  }
  return count;
}

std::optional<Path> SolvePenalised(const topology::Ted& ted, const Query& query,
                                   const RiskPenalty& penalty, Workspace::Impl& work,
                                   uint64_t& labels_left) {
  const std::optional<Additive> objective = ObjectiveOf(ted, query);
  if (!objective) return std::nullopt;
  work.filter.Compile(ted, query);
  if (!AllowsEnds(query, work.filter)) return std::nullopt;
  const auto weight = [&](const graph::Arc& arc) -> graph::Distance {
    return (penalty.Of(LinkIndex(arc.id)) << kCostBits) + CostOfArc(arc, *objective);
  };
  std::vector<NodeIndex> stops = query.constraints.waypoints;
  stops.push_back(query.target);
  std::vector<LinkIndex> links;
  NodeIndex from = query.source;
  for (const NodeIndex to : stops) {
    const bool found = graph::FindPath(ted.graph(), from.value(), to.value(), weight, work.filter,
                                       nullptr, work.path, work.leg);
    labels_left -= std::min(labels_left, work.path.expanded() + 1);
    if (!found) return std::nullopt;
    for (const graph::ArcId arc : work.leg.arcs) links.push_back(LinkIndex(arc));
    from = to;
  }
  return MakePath(ted, std::move(links), *objective);
}

}  // namespace srpce::cspf
