#include "lib/segments/link_load.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "lib/graph/heap.h"

namespace srpce::segments {

using graph::Uint128;

BytesPerSecond RateOf(uint64_t weight, uint64_t all, BytesPerSecond demand) {
  return {static_cast<uint64_t>((Uint128{weight} * demand.value + all - 1) / all)};
}

std::optional<LinkLoad> TightestLink(const Ted& ted, const std::vector<ListShare>& lists,
                                     BytesPerSecond demand) {
  absl::flat_hash_map<LinkIndex, uint64_t> weight_on;
  uint64_t all = 0;
  for (const ListShare& list : lists) {
    all += list.weight;
    for (const LinkIndex link : list.links) weight_on[link] += list.weight;
  }
  std::optional<LinkLoad> tightest;
  const auto rank = [&](const LinkLoad& at) {  // No load is over the demand.
    return std::tuple(Uint128{at.capacity.value} + demand.value - at.load.value, at.link);
  };
  for (const auto& [link, weight] : weight_on) {
    const graph::ArcData& data = ted.graph().data(link.value());
    if ((data.flags & topology::kArcTailPseudonode) != 0) continue;
    const LinkLoad at{
        .link = link, .capacity = {data.capacity}, .load = RateOf(weight, all, demand)};
    if (!tightest || rank(at) < rank(*tightest)) tightest = at;
  }
  return tightest;
}

}  // namespace srpce::segments
