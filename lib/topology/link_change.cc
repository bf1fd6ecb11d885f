#include "lib/topology/link_change.h"

namespace srpce::topology {
namespace {

template <typename T>
void CompareCost(const std::optional<T>& before, const std::optional<T>& after,
                 LinkChange& change) {
  if (before.has_value() != after.has_value()) {
    change.degraded = change.improved = true;
  } else if (before && *before != *after) {
    (*after > *before ? change.degraded : change.improved) = true;
  }
}

template <typename T>
void CompareSupply(const std::optional<T>& before, const std::optional<T>& after,
                   LinkChange& change) {
  CompareCost(after, before, change);
}

template <typename T>
void CompareNature(const T& before, const T& after, LinkChange& change) {
  if (!(before == after)) {
    change.degraded = change.improved = true;
  }
}

void CompareAttributes(const LinkAttributes& before, const LinkAttributes& after,
                       LinkChange& change) {
  CompareCost(before.igp_metric, after.igp_metric, change);
  CompareNature(before.te_metric.has_value(), after.te_metric.has_value(), change);
  CompareCost(EffectiveTeMetric(before), EffectiveTeMetric(after), change);
  CompareCost(before.delay, after.delay, change);
  CompareCost(before.min_delay, after.min_delay, change);
  CompareCost(before.max_delay, after.max_delay, change);
  CompareCost(before.delay_variation, after.delay_variation, change);
  CompareCost(before.loss, after.loss, change);
  const std::optional<bool> was_anomalous = before.delay_anomalous.value_or(false);
  const std::optional<bool> is_anomalous = after.delay_anomalous.value_or(false);
  CompareCost(was_anomalous, is_anomalous, change);
  CompareSupply(before.capacity, after.capacity, change);
  CompareSupply(before.reservable, after.reservable, change);
  CompareSupply(before.available, after.available, change);
  CompareSupply(UsableBandwidth(before), UsableBandwidth(after), change);
  CompareNature(before.admin_group, after.admin_group, change);
  CompareNature(before.srlgs, after.srlgs, change);
  CompareNature(before.adjacency_sids, after.adjacency_sids, change);
  CompareNature(before.srv6_sids, after.srv6_sids, change);
  CompareNature(before.msd_base_mpls_imposition, after.msd_base_mpls_imposition, change);
  CompareNature(before.multi_topology_id, after.multi_topology_id, change);
}

}  // namespace

std::optional<BytesPerSecond> UsableBandwidth(const LinkAttributes& attributes) {
  if (attributes.available) {
    return attributes.available;
  }
  return attributes.reservable ? attributes.reservable : attributes.capacity;
}

std::optional<TeMetric> EffectiveTeMetric(const LinkAttributes& attributes) {
  return attributes.te_metric ? attributes.te_metric : attributes.igp_metric;
}

LinkChange CompareLinks(LinkIndex index, const Link* before, const Link* after) {
  LinkChange change{.link = index};
  const bool was_usable = before != nullptr && before->usable;
  const bool is_usable = after != nullptr && after->usable;
  change.went_down = was_usable && !is_usable;
  change.degraded = change.went_down || after == nullptr;
  change.improved = (is_usable && !was_usable) || before == nullptr;
  if (before != nullptr && after != nullptr) {
    CompareAttributes(before->attributes, after->attributes, change);
  }
  return change;
}

}  // namespace srpce::topology
