// tests/unit/cspf/loosened.cc -- one constraint at a time, by hand.
#include "tests/unit/cspf/loosened.h"

namespace srpce::cspf::oracle {
namespace {

std::vector<uint32_t> BitNumbers(const topology::AdminGroup& group) {
  std::vector<uint32_t> bits;
  for (uint32_t bit = 0; bit < 128; ++bit) {
    if (group.Test(bit)) bits.push_back(bit);
  }
  return bits;
}

void Drop(topology::AdminGroup& group, const std::set<uint32_t>& dropped) {
  topology::AdminGroup kept;
  for (const uint32_t bit : BitNumbers(group)) {
    if (!dropped.contains(bit)) kept.Set(bit);
  }
  group = kept;
}

template <typename Index>
void Drop(std::vector<Index>& list, const std::set<uint32_t>& dropped) {
  std::erase_if(list, [&](Index index) { return dropped.contains(index.value()); });
}

}  // namespace

Query Shortened(Query query, ConstraintKind kind, const std::set<uint32_t>& dropped) {
  Constraints& constraints = query.constraints;
  switch (kind) {
    case ConstraintKind::kExcludeAny:
      Drop(constraints.exclude_any, dropped);
      break;
    case ConstraintKind::kIncludeAny:
      Drop(constraints.include_any, dropped);
      break;
    case ConstraintKind::kIncludeAll:
      Drop(constraints.include_all, dropped);
      break;
    case ConstraintKind::kExcludedNodes:
      Drop(constraints.exclude_nodes, dropped);
      break;
    case ConstraintKind::kExcludedLinks:
      Drop(constraints.exclude_links, dropped);
      break;
    case ConstraintKind::kExcludedSrlgs:
      std::erase_if(constraints.exclude_srlgs,
                    [&](uint32_t srlg) { return dropped.contains(srlg); });
      break;
    default:
      for (size_t at = constraints.waypoints.size(); at-- > 0;) {
        if (!dropped.contains(static_cast<uint32_t>(at))) continue;
        constraints.waypoints.erase(constraints.waypoints.begin() + static_cast<ptrdiff_t>(at));
      }
  }
  return query;
}

std::set<uint32_t> AllElements(const Query& query, ConstraintKind kind) {
  const Constraints& constraints = query.constraints;
  std::set<uint32_t> all;
  const auto add_bits = [&](const topology::AdminGroup& group) {
    for (const uint32_t bit : BitNumbers(group)) all.insert(bit);
  };
  switch (kind) {
    case ConstraintKind::kExcludeAny:
      add_bits(constraints.exclude_any);
      break;
    case ConstraintKind::kIncludeAny:
      add_bits(constraints.include_any);
      break;
    case ConstraintKind::kIncludeAll:
      add_bits(constraints.include_all);
      break;
    case ConstraintKind::kExcludedNodes:
      for (const NodeIndex node : constraints.exclude_nodes) all.insert(node.value());
      break;
    case ConstraintKind::kExcludedLinks:
      for (const LinkIndex link : constraints.exclude_links) all.insert(link.value());
      break;
    case ConstraintKind::kExcludedSrlgs:
      all.insert(constraints.exclude_srlgs.begin(), constraints.exclude_srlgs.end());
      break;
    case ConstraintKind::kWaypoints:
      for (uint32_t at = 0; at < constraints.waypoints.size(); ++at) all.insert(at);
      break;
    default:
      break;
  }
  return all;
}

Query WithLimit(Query query, ConstraintKind bound, std::optional<double> limit) {
  Constraints& constraints = query.constraints;
  const auto time =
      limit ? std::optional(Microseconds(static_cast<int64_t>(*limit))) : std::nullopt;
  const auto cost = limit ? std::optional(static_cast<uint64_t>(*limit)) : std::nullopt;
  switch (bound) {
    case ConstraintKind::kDelayBound:
      constraints.max_delay = time;
      break;
    case ConstraintKind::kIgpBound:
      constraints.max_igp_cost = cost;
      break;
    case ConstraintKind::kTeBound:
      constraints.max_te_cost = cost;
      break;
    case ConstraintKind::kHopBound:
      constraints.max_hops.reset();
      if (limit) constraints.max_hops = static_cast<uint32_t>(*limit);
      break;
    case ConstraintKind::kLossBound:
      constraints.max_loss = limit;
      break;
    default:
      constraints.max_variation = time;
  }
  return query;
}

}  // namespace srpce::cspf::oracle
