// lib/pce/detour_filter.h -- which paths a few better links can matter to: an exact lower bound on
// every way through them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/topology/ted.h"

namespace srpce::pce {

// Holds, for each of a few links, the unconstrained distances to its tail and from its head.
// Constraints only remove ways, so no path through one of the links costs less than Bound().
class DetourFilter {
 public:
  // Links beyond this are not worth a search each; a filter over more would cost more than it
  // saves.
  static constexpr size_t kMaxLinks = 4;

  // Two searches a link. REQUIRES links.size() <= kMaxLinks. kHops counts links.
  DetourFilter(const topology::Ted& ted, topology::MetricType metric,
               const std::vector<topology::LinkIndex>& links);

  // Returns the least cost of any walk from `source` over one of the links to `target`; UINT64_MAX
  // if there is none.
  uint64_t Bound(topology::NodeIndex source, topology::NodeIndex target) const;

 private:
  struct Way {
    uint64_t weight = 0;
    std::vector<uint64_t> to_tail;  // By node.
    std::vector<uint64_t> from_head;
  };
  std::vector<Way> ways_;
};

}  // namespace srpce::pce
