// lib/cspf/measure.cc -- the sums over a path.
#include <algorithm>

#include "lib/cspf/compute_path.h"

namespace srpce::cspf {
namespace {

template <typename T, typename V>
void Accumulate(std::optional<T>& sum, bool known, V value) {
  if (!known) {
    sum.reset();
  } else if (sum) {
    *sum += value;
  }
}

}  // namespace

PathMetrics Measure(const topology::Ted& ted, const std::vector<LinkIndex>& links) {
  PathMetrics metrics{
      .igp_cost = 0, .te_cost = 0, .delay = Microseconds(0), .variation = Microseconds(0)};
  std::optional<double> survival = 1.0;  // Multiplied from the source on, as the search does.
  uint64_t bottleneck = UINT64_MAX;
  bool all_announce_bandwidth = true;
  // All at once: one by one, each link would be waited for.
  for (const LinkIndex link : links) {
    const topology::LinkAttributes& attributes = ted.link(link).attributes;
    __builtin_prefetch(&attributes.delay_variation);
    __builtin_prefetch(&attributes.loss);
    __builtin_prefetch(&ted.graph().ends(link.value()));
  }
  for (const LinkIndex link : links) {
    const graph::ArcData& data = ted.graph().data(link.value());
    if ((data.flags & topology::kArcTailPseudonode) != 0) continue;  // The way onto the LAN counts.
    const topology::LinkAttributes& attributes = ted.link(link).attributes;
    ++metrics.hops;
    const auto has = [&](uint32_t flag) { return (data.flags & flag) != 0; };
    Accumulate(metrics.igp_cost, has(topology::kArcHasIgp), data.weight[topology::kIgpWeight]);
    Accumulate(metrics.te_cost, has(topology::kArcHasTe), data.weight[topology::kTeWeight]);
    Accumulate(metrics.delay, has(topology::kArcHasDelay),
               Microseconds(data.weight[topology::kDelayWeight]));
    Accumulate(metrics.variation, attributes.delay_variation.has_value(),
               attributes.delay_variation.value_or(Microseconds(0)));
    if (!attributes.loss) survival.reset();
    if (survival) *survival *= 1.0 - *attributes.loss;
    all_announce_bandwidth &= has(topology::kArcHasCapacity);
    bottleneck = std::min(bottleneck, data.capacity);
  }
  if (survival) metrics.loss = 1.0 - *survival;
  if (all_announce_bandwidth && metrics.hops > 0) metrics.bottleneck = BytesPerSecond{bottleneck};
  return metrics;
}

}  // namespace srpce::cspf
