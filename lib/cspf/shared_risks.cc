// lib/cspf/shared_risks.cc -- sorted lists of risks, intersected.
#include "lib/cspf/shared_risks.h"

#include <algorithm>
#include <iterator>

#include "lib/base/sort_unique.h"

namespace srpce::cspf {
namespace {

void AddFibres(const topology::Ted& ted, LinkIndex link, std::vector<Risk>& risks) {
  const graph::ArcData& data = ted.graph().data(link.value());
  const graph::ArcEnds& ends = ted.graph().ends(link.value());
  const bool from_lan = (data.flags & topology::kArcTailPseudonode) != 0;
  const bool to_lan = (data.flags & topology::kArcHeadPseudonode) != 0;
  if (from_lan) risks.push_back({Risk::Kind::kLan, ends.tail});
  if (to_lan) risks.push_back({Risk::Kind::kLan, ends.head});
  if (from_lan || to_lan) return;
  // kNone is the greatest.
  risks.push_back({Risk::Kind::kFibre, std::min(link.value(), data.reverse)});
}

std::vector<Risk> RisksOf(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                          Disjointness level) {
  std::vector<Risk> risks;
  for (const LinkIndex link : links) {
    AddFibres(ted, link, risks);
    if (CountsSrlgs(level)) {
      for (const uint32_t srlg : ted.srlgs(ted.graph().data(link.value()).group)) {
        risks.push_back({Risk::Kind::kSrlg, srlg});
      }
    }
    if (CountsNodes(level)) {
      const graph::ArcEnds& ends = ted.graph().ends(link.value());
      risks.push_back({Risk::Kind::kNode, ends.tail});
      risks.push_back({Risk::Kind::kNode, ends.head});
    }
  }
  SortUnique(risks);
  return risks;
}

bool IsEnd(const topology::Ted& ted, const std::vector<LinkIndex>& links, uint32_t node) {
  return !links.empty() && (ted.graph().ends(links.front().value()).tail == node ||
                            ted.graph().ends(links.back().value()).head == node);
}

}  // namespace

std::vector<Risk> FibresOf(const topology::Ted& ted, LinkIndex link) {
  std::vector<Risk> fibres;
  AddFibres(ted, link, fibres);
  return fibres;
}

std::vector<LinkIndex> LinksOn(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                               const Risk& fibre) {
  std::vector<LinkIndex> on;
  for (const LinkIndex link : links) {
    const std::vector<Risk> fibres = FibresOf(ted, link);
    if (std::find(fibres.begin(), fibres.end(), fibre) != fibres.end()) on.push_back(link);
  }
  return on;
}

std::vector<Risk> SharedRiskList(const topology::Ted& ted, const std::vector<LinkIndex>& a,
                                 const std::vector<LinkIndex>& b, Disjointness level) {
  const std::vector<Risk> of_a = RisksOf(ted, a, level);
  const std::vector<Risk> of_b = RisksOf(ted, b, level);
  std::vector<Risk> shared;
  std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                        std::back_inserter(shared));
  std::erase_if(shared, [&](const Risk& risk) {
    return risk.kind == Risk::Kind::kNode && IsEnd(ted, a, risk.id) && IsEnd(ted, b, risk.id);
  });
  return shared;
}

std::vector<Risk> RisksToAvoid(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                               const Query& other, Disjointness level) {
  std::vector<Risk> risks = RisksOf(ted, links, level);
  std::erase_if(risks, [&](const Risk& risk) {
    const bool end_of_other = risk.id == other.source.value() || risk.id == other.target.value();
    return risk.kind == Risk::Kind::kNode && end_of_other && IsEnd(ted, links, risk.id);
  });
  return risks;
}

Query Avoiding(const topology::Ted& ted, Query query, const std::vector<Risk>& risks) {
  Constraints& constraints = query.constraints;
  for (const Risk& risk : risks) {
    switch (risk.kind) {
      case Risk::Kind::kFibre: {
        constraints.exclude_links.push_back(LinkIndex(risk.id));
        const graph::ArcId reverse = ted.graph().data(risk.id).reverse;
        if (reverse != graph::kNone) constraints.exclude_links.push_back(LinkIndex(reverse));
        break;
      }
      case Risk::Kind::kLan:  // Every link of a LAN has the pseudonode at one end.
      case Risk::Kind::kNode:
        constraints.exclude_nodes.push_back(NodeIndex(risk.id));
        break;
      case Risk::Kind::kSrlg:
        constraints.exclude_srlgs.push_back(risk.id);
        break;
    }
  }
  return query;
}

SharedRisks FindSharedRisks(const topology::Ted& ted, const std::vector<LinkIndex>& a,
                            const std::vector<LinkIndex>& b, Disjointness disjointness) {
  SharedRisks shared;
  const std::vector<Risk> risks = SharedRiskList(ted, a, b, disjointness);
  if (risks.empty()) return shared;
  std::copy_if(a.begin(), a.end(), std::back_inserter(shared.links), [&](LinkIndex link) {
    const std::vector<Risk> fibres = FibresOf(ted, link);
    return std::any_of(fibres.begin(), fibres.end(), [&](const Risk& fibre) {
      return std::binary_search(risks.begin(), risks.end(), fibre);
    });
  });
  for (const Risk& risk : risks) {
    if (risk.kind == Risk::Kind::kNode) shared.nodes.push_back(NodeIndex(risk.id));
    if (risk.kind == Risk::Kind::kSrlg) shared.srlgs.push_back(risk.id);
  }
  return shared;
}

}  // namespace srpce::cspf
