#include "tests/unit/segments/route_oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>

#include "tests/support/packet_sim.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::segments {
namespace {

using topology::MetricType;

// All simple paths, by depth-first search.
void ForEachPath(const Ted& ted, NodeIndex from, NodeIndex to,
                 const std::function<void(const std::vector<LinkIndex>&)>& visit) {
  std::vector<LinkIndex> links;
  std::set<NodeIndex> on_path{from};
  const std::function<void(NodeIndex)> go = [&](NodeIndex here) {
    if (here == to) {
      visit(links);
      return;
    }
    if (here != from && ted.node(here).attributes.overload.value_or(false)) return;
    for (uint32_t l = 0; l < ted.link_bound(); ++l) {
      const LinkIndex link(l);
      if (!ted.HasLink(link) || !ted.link(link).usable || ted.link(link).local != here) continue;
      const NodeIndex next = ted.link(link).remote;
      if (!on_path.insert(next).second) continue;
      links.push_back(link);
      go(next);
      links.pop_back();
      on_path.erase(next);
    }
  };
  go(from);
}

// Has the data plane and takes part in the algorithm. A LAN does.
bool Serves(const Ted& ted, NodeIndex node, const cspf::Constraints& constraints) {
  const topology::NodeAttributes& attributes = ted.node(node).attributes;
  if (attributes.pseudonode.value_or(false)) return true;
  const uint8_t algorithm = constraints.flex_algorithm;
  const std::set<uint8_t> algorithms(attributes.algorithms.begin(), attributes.algorithms.end());
  if (algorithm != 0 && !algorithms.contains(algorithm)) return false;
  return constraints.data_plane == DataPlane::kSrMpls ? !attributes.srgb.empty()
                                                      : !attributes.locators.empty();
}

// The rules of RFC 9350 s13 in their order: a link that one of them prunes is not in the topology.
bool IsPruned(const topology::FlexAlgoDefinition& definition, const topology::LinkAttributes& a) {
  const auto announced = [&](uint32_t bit) { return a.admin_group && a.admin_group->Test(bit); };
  bool some_wanted = false, some_present = false;
  for (uint32_t bit = 0; bit < 256; ++bit) {
    if (definition.exclude_any.Test(bit) && announced(bit)) return true;
    if (definition.include_all.Test(bit) && !announced(bit)) return true;
    some_wanted |= definition.include_any.Test(bit);
    some_present |= definition.include_any.Test(bit) && announced(bit);
  }
  for (const uint32_t excluded : definition.exclude_srlgs) {
    for (const uint32_t risk : a.srlgs.value_or(std::vector<uint32_t>())) {
      if (risk == excluded) return true;
    }
  }
  if (some_wanted && !some_present) return true;
  if (definition.metric == MetricType::kTe) return !a.te_metric;
  return definition.metric == MetricType::kDelay && !a.min_delay;
}

}  // namespace

std::optional<uint64_t> JudgedCost(const Ted& ted, const cspf::Query& query,
                                   const std::vector<LinkIndex>& links) {
  uint64_t cost = 0;
  int64_t delay = 0;
  const topology::FlexAlgoDefinition* definition = nullptr;
  MetricType objective = query.objective;
  if (query.constraints.flex_algorithm != 0) {
    definition = ted.FindFlexAlgo(query.constraints.flex_algorithm);
    if (definition == nullptr) return std::nullopt;
    objective = definition->metric;
  }
  if (!Serves(ted, query.source, query.constraints)) return std::nullopt;
  for (const LinkIndex index : links) {
    const topology::Link& link = ted.link(index);
    const topology::LinkAttributes& a = link.attributes;
    const auto charged = a.min_delay ? a.min_delay : a.delay;
    const auto te = a.te_metric ? a.te_metric : a.igp_metric;
    if (!Serves(ted, link.remote, query.constraints)) return std::nullopt;
    if (ted.node(link.local).attributes.pseudonode.value_or(false)) continue;
    if (definition != nullptr && IsPruned(*definition, a)) return std::nullopt;
    if (query.constraints.max_delay && !charged) return std::nullopt;
    if (a.available.value_or(BytesPerSecond{0}) < query.constraints.min_bandwidth)
      return std::nullopt;
    if (query.constraints.exclude_any.Test(1) && a.admin_group && a.admin_group->Test(1))
      return std::nullopt;
    switch (objective) {
      case MetricType::kIgp:
        if (!a.igp_metric) return std::nullopt;
        cost += *a.igp_metric;
        break;
      case MetricType::kTe:
        if (!te) return std::nullopt;
        cost += *te;
        break;
      case MetricType::kDelay:
        if (!charged) return std::nullopt;
        cost += static_cast<uint64_t>(charged->count());
        break;
      case MetricType::kHops:
        ++cost;
        break;
      case MetricType::kLoss:  // -ln(1 - loss) in units of 2^-40.
        if (!a.loss) return std::nullopt;
        cost += static_cast<uint64_t>(std::ldexp(-std::log1p(-*a.loss), 40));
        break;
      case MetricType::kVariation:
        if (!a.delay_variation) return std::nullopt;
        cost += static_cast<uint64_t>(a.delay_variation->count());
        break;
    }
    delay += charged.value_or(Microseconds(0)).count();
  }
  if (query.constraints.max_delay && delay > query.constraints.max_delay->count())
    return std::nullopt;
  return cost;
}

SegmentQuery RandomQuery(const Ted& ted, std::mt19937_64& rng) {
  SegmentQuery query;
  query.path.source = Walk(ted, rng, 0).headend;
  query.path.target = Walk(ted, rng, 0).headend;
  query.path.objective = static_cast<MetricType>(Pick(rng, 0, 5));
  query.path.constraints.data_plane = Chance(rng, 50) ? DataPlane::kSrMpls : DataPlane::kSrv6;
  if (Chance(rng, 30)) query.path.constraints.max_delay = Microseconds(Pick(rng, 1, 12) * 100);
  if (Chance(rng, 20)) query.path.constraints.min_bandwidth = BytesPerSecond{2000};
  if (Chance(rng, 20)) query.path.constraints.exclude_any.Set(1);
  if (ted.FindFlexAlgo(128) != nullptr ? Chance(rng, 40) : Chance(rng, 2))
    query.path.constraints.flex_algorithm = 128;
  query.max_sids = Pick(rng, 1, 3);
  query.compress = Chance(rng, 30);
  return query;
}

size_t ImposedDepth(const Ted& ted, NodeIndex target, const SegmentList& list) {
  if (list.data_plane == DataPlane::kSrMpls || list.sids.empty()) return list.depth();
  const std::string last = support::ToBitString(list.sids.back());
  for (const int behavior : {18, 20}) {
    for (const topology::Srv6Sid& sid : ted.node(target).attributes.srv6_sids) {
      if (sid.behavior != behavior) continue;
      const size_t used = last.rfind('1') + 1;
      const bool replaces = support::ToBitString(sid.sid).compare(0, used, last, 0, used) == 0;
      return list.sids.size() + (replaces ? 0 : 1);
    }
  }
  return list.sids.size();
}

uint32_t LimitOf(const Ted& ted, const SegmentQuery& query, const std::vector<LinkIndex>& links) {
  const auto& msd = ted.node(query.path.source).attributes.msd;
  std::optional<uint32_t> limit;
  if (query.path.constraints.data_plane == DataPlane::kSrMpls) {
    if (msd && msd->base_mpls_imposition) limit = *msd->base_mpls_imposition;
    if (!links.empty() && ted.link(links[0]).attributes.msd_base_mpls_imposition)
      limit = *ted.link(links[0]).attributes.msd_base_mpls_imposition;
  }
  return std::min(*query.max_sids, limit.value_or(*query.max_sids));
}

Brute Solve(const Ted& ted, const SegmentQuery& query) {
  Brute brute;
  ForEachPath(ted, query.path.source, query.path.target, [&](const std::vector<LinkIndex>& links) {
    const std::optional<uint64_t> cost = JudgedCost(ted, query.path, links);
    if (!cost) return;
    brute.any_path = true;
    const auto list = Encode(ted, query.path.source, links,
                             {.data_plane = query.path.constraints.data_plane,
                              .algorithm = query.path.constraints.flex_algorithm,
                              .compress = query.compress});
    if (!list.ok()) return;
    brute.any_list = true;
    const size_t depth = ImposedDepth(ted, query.path.target, *list);
    brute.fewest = std::min(brute.fewest, depth);
    if (depth > LimitOf(ted, query, links)) return;
    brute.fitting.emplace_back(*cost, links);
    brute.best_cost = std::min(brute.best_cost.value_or(*cost), *cost);
  });
  return brute;
}

namespace {

bool IsLan(const Ted& ted, NodeIndex node) {
  return ted.node(node).attributes.pseudonode.value_or(false);
}

// A LAN is one fibre, whatever link of it is used.
bool SameFibre(const Ted& ted, LinkIndex x, LinkIndex y) {
  if (x == y || ted.link(x).reverse == y) return true;
  for (const NodeIndex end : {ted.link(x).local, ted.link(x).remote}) {
    if (IsLan(ted, end) && (ted.link(y).local == end || ted.link(y).remote == end)) return true;
  }
  return false;
}

bool SameRisk(const Ted& ted, LinkIndex x, LinkIndex y) {
  const std::vector<uint32_t> none;
  const std::vector<uint32_t> there = ted.link(x).attributes.srlgs.value_or(none);
  const std::vector<uint32_t> here = ted.link(y).attributes.srlgs.value_or(none);
  return std::any_of(there.begin(), there.end(),
                     [&](uint32_t srlg) { return std::count(here.begin(), here.end(), srlg) > 0; });
}

}  // namespace

bool Share(const Ted& ted, const std::vector<LinkIndex>& a, const std::vector<LinkIndex>& b,
           cspf::Disjointness disjointness) {
  using cspf::Disjointness;
  const bool nodes = disjointness == Disjointness::kNode || disjointness == Disjointness::kSrlgNode;
  const bool srlgs = disjointness == Disjointness::kSrlg || disjointness == Disjointness::kSrlgNode;
  for (const LinkIndex x : a) {
    for (const LinkIndex y : b) {
      if (SameFibre(ted, x, y) || (srlgs && SameRisk(ted, x, y))) return true;
    }
  }
  std::set<NodeIndex> inner;
  for (size_t i = 0; nodes && i + 1 < a.size(); ++i) inner.insert(ted.link(a[i]).remote);
  for (size_t i = 0; nodes && i + 1 < b.size(); ++i) {
    if (inner.contains(ted.link(b[i]).remote)) return true;
  }
  return false;
}

size_t CountShared(const Ted& ted, const std::vector<LinkIndex>& a, const std::vector<LinkIndex>& b,
                   bool nodes) {
  const auto is_lan = [&](NodeIndex node) {
    return ted.node(node).attributes.pseudonode.value_or(false);
  };
  // 'L' a LAN, 'm' a link by the lower of its two directions, 'n' a node between.
  using Risk = std::pair<char, uint32_t>;
  const auto risks_of = [&](const std::vector<LinkIndex>& links) {
    std::set<Risk> risks;
    for (size_t i = 0; i < links.size(); ++i) {
      const topology::Link& link = ted.link(links[i]);
      if (is_lan(link.local) || is_lan(link.remote)) {
        risks.emplace('L', (is_lan(link.local) ? link.local : link.remote).value());
      } else {
        risks.emplace('m', std::min(links[i], link.reverse.value_or(links[i])).value());
      }
      if (nodes && i + 1 < links.size()) risks.emplace('n', link.remote.value());
    }
    return risks;
  };
  const std::set<Risk> of_a = risks_of(a);
  const std::set<Risk> of_b = risks_of(b);
  return static_cast<size_t>(std::count_if(of_a.begin(), of_a.end(),
                                           [&](const Risk& risk) { return of_b.contains(risk); }));
}

}  // namespace srpce::segments
