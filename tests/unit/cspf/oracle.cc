// tests/unit/cspf/oracle.cc -- the rules of the contract, applied to one path at a time.
#include "tests/unit/cspf/oracle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

#include "gtest/gtest.h"

namespace srpce::cspf::oracle {
namespace {

int PositionOf(const Network& network, NodeIndex node) {
  const auto found = std::find(network.node_index.begin(), network.node_index.end(), node);
  return static_cast<int>(found - network.node_index.begin());
}

std::set<uint32_t> BitsOf(const topology::AdminGroup& group) {
  std::set<uint32_t> bits;
  for (uint32_t bit = 0; bit < 128; ++bit) {
    if (group.Test(bit)) bits.insert(bit);
  }
  return bits;
}

bool AffinityPasses(const OracleLink& link, const topology::AdminGroup& exclude_any,
                    const topology::AdminGroup& include_any,
                    const topology::AdminGroup& include_all) {
  const auto count = [&](const topology::AdminGroup& group) {
    const std::set<uint32_t> bits = BitsOf(group);
    return std::pair(std::count_if(bits.begin(), bits.end(),
                                   [&](uint32_t bit) { return link.bits.contains(bit); }),
                     static_cast<std::ptrdiff_t>(bits.size()));
  };
  const auto [any, any_of] = count(include_any);
  const auto [all, all_of] = count(include_all);
  return count(exclude_any).first == 0 && (any_of == 0 || any > 0) && all == all_of;
}

template <typename T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool InSrlgs(const OracleLink& link, const std::vector<uint32_t>& srlgs) {
  return std::any_of(srlgs.begin(), srlgs.end(),
                     [&](uint32_t srlg) { return link.srlgs.contains(srlg); });
}

}  // namespace

std::vector<LinkIndex> Network::Indexes(const Walk& walk) const {
  std::vector<LinkIndex> indexes;
  for (const int at : walk) indexes.push_back(link_index[static_cast<size_t>(at)]);
  return indexes;
}

Walk Network::WalkOf(const std::vector<LinkIndex>& path) const {
  Walk walk;
  for (const LinkIndex index : path) walk.push_back(link_of[index.value()]);
  return walk;
}

std::set<std::pair<char, uint32_t>> Network::MediaOf(int at) const {
  std::set<std::pair<char, uint32_t>> media;
  for (const int end : {link(at).from, link(at).to}) {
    if (node(end).lan) media.emplace('m', end);
  }
  if (media.empty()) media.emplace('l', at / 2);
  return media;
}

Judge::Judge(const Network& network, const Query& query)
    : network_(network),
      query_(query),
      source_(PositionOf(network, query.source)),
      target_(PositionOf(network, query.target)) {
  for (const NodeIndex waypoint : query.constraints.waypoints)
    waypoints_.push_back(PositionOf(network, waypoint));
}

// A path may start at an overloaded node. It comes back to it on a later leg only if that is an end
// or asked for.
bool Judge::MayPassSource(const Walk& leg) const {
  const bool asked_for = std::count(waypoints_.begin(), waypoints_.end(), source_) > 0;
  return leg.empty() || source_ == target_ || asked_for;
}

void Judge::Extend(int at, int to, bool overload, std::vector<bool>& seen, Walk& walk,
                   std::vector<Walk>& found) const {
  if (at == to) {
    found.push_back(walk);
    return;
  }
  if (overload && network_.node(at).overload && (at != source_ || !MayPassSource(walk))) return;
  seen[static_cast<size_t>(at)] = true;
  for (int i = 0; i < static_cast<int>(network_.links.size()); ++i) {
    const OracleLink& link = network_.link(i);
    if (link.from != at || !network_.usable(i) || seen[static_cast<size_t>(link.to)]) continue;
    walk.push_back(i);
    Extend(link.to, to, overload, seen, walk, found);
    walk.pop_back();
  }
  seen[static_cast<size_t>(at)] = false;
}

std::vector<Walk> Judge::Simple(int from, int to, bool overload) const {
  std::vector<bool> seen(network_.nodes.size());
  std::vector<Walk> found;
  Walk walk;
  Extend(from, to, overload, seen, walk, found);
  return found;
}

std::vector<Walk> Judge::Routes() const {
  std::vector<Walk> routes = {{}};
  std::vector<int> stops = waypoints_;
  stops.push_back(target_);
  int from = source_;
  for (const int to : stops) {
    const std::vector<Walk> legs = Simple(from, to);
    std::vector<Walk> longer;
    for (const Walk& route : routes) {
      for (const Walk& leg : legs) {
        longer.push_back(route);
        longer.back().insert(longer.back().end(), leg.begin(), leg.end());
      }
    }
    routes = std::move(longer);
    from = to;
  }
  return routes;
}

std::optional<Quantity> Judge::objective() const {
  MetricType metric = query_.objective;
  if (query_.constraints.flex_algorithm != 0) {
    if (!network_.flex) return std::nullopt;
    metric = network_.flex->metric;
  }
  switch (metric) {
    case MetricType::kIgp:
      return kIgp;
    case MetricType::kTe:
      return kTe;
    case MetricType::kDelay:
      return kDelay;
    case MetricType::kHops:
      return kHops;
    case MetricType::kLoss:
      return kLoss;
    case MetricType::kVariation:
      return kVariation;
  }
  return std::nullopt;
}

// `own_metric`: nothing may stand in for it, as inside a flex-algorithm.
bool Judge::Has(const OracleLink& link, Quantity what, bool own_metric) const {
  switch (what) {
    case kDelay:
      return link.delay.has_value() && !(own_metric && link.average);
    case kIgp:
      return link.igp.has_value();
    case kTe:
      return link.te.has_value() || (!own_metric && link.igp.has_value());
    case kHops:
      return true;
    case kLoss:
      return link.loss.has_value();
    case kVariation:
      return link.variation.has_value();
  }
  return false;
}

bool Judge::NodePasses(int at, uint32_t kinds) const {
  const OracleNode& node = network_.node(at);
  const Constraints& constraints = query_.constraints;
  const bool mpls = node.mpls || node.lan;
  const bool srv6 = node.srv6 || node.lan;
  const bool in_flex = node.in_flex || node.lan;
  if ((kinds & kPlane) != 0 && constraints.data_plane == DataPlane::kSrMpls && !mpls) return false;
  if ((kinds & kPlane) != 0 && constraints.data_plane == DataPlane::kSrv6 && !srv6) return false;
  if ((kinds & kFlex) != 0 && constraints.flex_algorithm != 0 && !in_flex) return false;
  return (kinds & kExclude) == 0 ||
         !Contains(constraints.exclude_nodes, network_.node_index[static_cast<size_t>(at)]);
}

bool Judge::Passes(int at, uint32_t kinds) const {
  const OracleLink& link = network_.link(at);
  const Constraints& constraints = query_.constraints;
  if (!NodePasses(link.to, kinds)) return false;
  const bool lan = network_.LeavesLan(at);
  if ((kinds & kWidth) != 0 && !lan && link.width.value_or(0) < constraints.min_bandwidth.value)
    return false;
  if ((kinds & kAdmin) != 0 && !lan &&
      !AffinityPasses(link, constraints.exclude_any, constraints.include_any,
                      constraints.include_all)) {
    return false;
  }
  if ((kinds & kExclude) != 0 &&
      (Contains(constraints.exclude_links, network_.link_index[static_cast<size_t>(at)]) ||
       InSrlgs(link, constraints.exclude_srlgs))) {
    return false;
  }
  const bool flex = constraints.flex_algorithm != 0;
  if ((kinds & kFlex) != 0 && flex &&
      ((!lan && !AffinityPasses(link, network_.flex->exclude_any, network_.flex->include_any,
                                network_.flex->include_all)) ||
       InSrlgs(link, network_.flex->exclude_srlgs))) {
    return false;
  }
  if ((kinds & kAttribute) == 0 || lan) return true;
  if (!Has(link, *objective(), flex)) return false;
  for (size_t i = 0; i < kQuantities; ++i) {
    if (Bound(static_cast<Quantity>(i)) && !Has(link, static_cast<Quantity>(i), false))
      return false;
  }
  return true;
}

bool Judge::Passes(const Walk& walk, int from, int to, uint32_t kinds) const {
  std::vector<bool>& verdicts = verdicts_[kinds];
  if (verdicts.empty()) {
    for (int i = 0; i < static_cast<int>(network_.links.size()); ++i)
      verdicts.push_back(Passes(i, kinds));
  }
  return NodePasses(from, kinds) && NodePasses(to, kinds) &&
         std::all_of(walk.begin(), walk.end(),
                     [&](int link) { return verdicts[static_cast<size_t>(link)]; });
}

double Judge::Sum(const Walk& walk, Quantity what) const {
  double sum = 0;
  double survival = 1;
  for (const int at : walk) {
    if (network_.LeavesLan(at)) continue;
    const OracleLink& link = network_.link(at);
    survival *= 1 - link.loss.value_or(0);
    switch (what) {
      case kDelay:
        sum += link.delay.value_or(0);
        break;
      case kIgp:
        sum += link.igp.value_or(0);
        break;
      case kTe:
        sum += link.te ? *link.te : link.igp.value_or(0);
        break;
      case kHops:
        sum += 1;
        break;
      case kLoss:
        break;
      case kVariation:
        sum += link.variation.value_or(0);
        break;
    }
  }
  return what == kLoss ? 1 - survival : sum;
}

std::optional<double> Judge::Bound(Quantity what) const {
  const Constraints& constraints = query_.constraints;
  const auto as_double = [](const auto& value) {
    return value ? std::optional<double>(*value) : std::nullopt;
  };
  const auto as_count = [](const std::optional<Microseconds>& value) {
    return value ? std::optional<double>(static_cast<double>(value->count())) : std::nullopt;
  };
  switch (what) {
    case kDelay:
      return as_count(constraints.max_delay);
    case kIgp:
      return as_double(constraints.max_igp_cost);
    case kTe:
      return as_double(constraints.max_te_cost);
    case kHops:
      return as_double(constraints.max_hops);
    case kLoss:
      return constraints.max_loss;
    case kVariation:
      return as_count(constraints.max_variation);
  }
  return std::nullopt;
}

bool Judge::KeepsBounds(const Walk& walk, size_t lifted) const {
  for (size_t i = 0; i < kQuantities; ++i) {
    const auto what = static_cast<Quantity>(i);
    const std::optional<double> bound = Bound(what);
    if (bound && i != lifted && Sum(walk, what) > *bound + 1e-12) return false;
  }
  return true;
}

uint64_t Judge::Cost(const Walk& walk) const {
  if (objective() == kLoss) {  // -ln(1 - loss) of each link in units of 2^-40.
    uint64_t cost = 0;
    for (const int at : walk) {
      if (network_.LeavesLan(at)) continue;
      const double loss = *network_.link(at).loss;
      cost +=
          loss >= 1 ? uint64_t{1} << 46 : static_cast<uint64_t>(std::ldexp(-std::log1p(-loss), 40));
    }
    return cost;
  }
  return static_cast<uint64_t>(Sum(walk, *objective()));
}

uint64_t Judge::Width(const Walk& walk) const {
  uint64_t width = UINT64_MAX;
  for (const int at : walk) {
    if (!network_.LeavesLan(at)) width = std::min(width, network_.link(at).width.value_or(0));
  }
  return width;
}

std::vector<Walk> Judge::Answers() const {
  std::vector<Walk> answers;
  if (!objective()) return answers;
  for (Walk& walk : Routes()) {
    if (Passes(walk, source_, target_, kAllKinds) && KeepsBounds(walk))
      answers.push_back(std::move(walk));
  }
  std::sort(answers.begin(), answers.end(), [&](const Walk& a, const Walk& b) {
    return std::tuple(Cost(a), a.size(), network_.Indexes(a)) <
           std::tuple(Cost(b), b.size(), network_.Indexes(b));
  });
  return answers;
}

std::set<std::pair<char, uint32_t>> Shared(const Network& network, const Walk& a, const Walk& b,
                                           Disjointness level) {
  std::set<std::pair<char, uint32_t>> shared;
  const auto is_end = [&](const Walk& walk, int node) {
    return network.link(walk.front()).from == node || network.link(walk.back()).to == node;
  };
  const bool nodes = level == Disjointness::kNode || level == Disjointness::kSrlgNode;
  const bool srlgs = level == Disjointness::kSrlg || level == Disjointness::kSrlgNode;
  for (const int x : a) {
    for (const int y : b) {
      const OracleLink& left = network.link(x);
      const OracleLink& right = network.link(y);
      for (const auto& medium : network.MediaOf(x)) {
        if (network.MediaOf(y).contains(medium)) shared.insert(medium);
      }
      for (const uint32_t srlg : left.srlgs) {
        if (srlgs && right.srlgs.contains(srlg)) shared.emplace('s', srlg);
      }
      for (const int node : {left.from, left.to}) {
        const bool met = node == right.from || node == right.to;
        if (nodes && met && !(is_end(a, node) && is_end(b, node))) shared.emplace('n', node);
      }
    }
  }
  return shared;
}

void ExpectMinimumCut(const std::vector<Walk>& walks, const std::function<bool(int)>& is_refused,
                      const Walk& cut) {
  const auto crossed = [&](const std::set<int>& links) {
    return std::all_of(walks.begin(), walks.end(), [&](const Walk& walk) {
      return std::any_of(walk.begin(), walk.end(), [&](int at) { return links.contains(at); });
    });
  };
  std::set<int> refused;
  for (const Walk& walk : walks)
    std::copy_if(walk.begin(), walk.end(), std::inserter(refused, refused.end()), is_refused);
  for (const int at : cut) EXPECT_TRUE(refused.contains(at)) << "link " << at << " is not refused";
  EXPECT_TRUE(crossed({cut.begin(), cut.end()})) << "the cut leaves a way";
  if (cut.empty() || refused.size() > 14) return;
  const std::vector<int> pool(refused.begin(), refused.end());
  for (uint32_t mask = 0; mask < 1U << pool.size(); ++mask) {
    if (static_cast<size_t>(std::popcount(mask)) >= cut.size()) continue;
    std::set<int> fewer;
    for (size_t i = 0; i < pool.size(); ++i) {
      if ((mask >> i & 1U) != 0) fewer.insert(pool[i]);
    }
    ASSERT_FALSE(crossed(fewer)) << "a smaller cut exists";
  }
}

}  // namespace srpce::cspf::oracle
