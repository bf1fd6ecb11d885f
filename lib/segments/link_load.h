// lib/segments/link_load.h -- what lists that share a demand by weight put on links.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "lib/base/units.h"
#include "lib/segments/segment_list.h"

namespace srpce::segments {

// Returns what a list of `weight` carries of `demand`, rounded up. REQUIRES all, the sum of
// weights, is not 0; weight <= all.
BytesPerSecond RateOf(uint64_t weight, uint64_t all, BytesPerSecond demand);

struct ListShare {
  absl::Span<const LinkIndex> links;  // Each at most once. Every link its packets may take.
  uint32_t weight = 1;
};

struct LinkLoad {
  LinkIndex link;
  BytesPerSecond capacity;  // 0: none is announced.
  BytesPerSecond load;      // Rounded up, so that comparing the two is exact.

  bool fits() const { return load <= capacity; }
  // Negative: overloaded.
  double headroom() const {
    return static_cast<double>(capacity.value) - static_cast<double>(load.value);
  }
};

// Returns the link with the least room left (of several the lowest index) where each of `lists`
// carries weight / sum of weights of `demand`, and all of it over each of its links: where packets
// have a choice that is the worst they can do. None: no link limits, for those out of a LAN carry
// anything. REQUIRES weights are not all 0; demand is less than 2^53.
std::optional<LinkLoad> TightestLink(const Ted& ted, const std::vector<ListShare>& lists,
                                     BytesPerSecond demand);

}  // namespace srpce::segments
