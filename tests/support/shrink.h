// tests/support/shrink.h -- makes a random case that fails as small as it can be while it fails.
//
// Greedy: nodes, links, members, constraints and attributes are taken away one by one, and numbers
// made lower, as long as anything can be. report_case.h prints what is left.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/segments/compute.h"
#include "tests/support/draft.h"

namespace srpce::support {

// A network and what is asked of it; each test uses what it needs. Indexes are positions in
// `network`.
struct Case {
  Draft network{};
  std::vector<segments::SegmentQuery> members{};  // One query, or the members of a disjoint set.
  std::vector<topology::LinkIndex> walk{};        // To be encoded, from the first member's source.
  std::vector<uint32_t> labels{};                 // To be expanded, at the first member's source.
  std::vector<Ipv6Address> sids{};
};

// Whether a case fails. Must say the same each time.
using Fails = std::function<bool(const topology::TedPtr& ted, const Case& smaller)>;

// Returns a case that fails of which nothing more can be taken. REQUIRES it fails. `min_members`
// are kept.
Case Shrink(Case failing, const Fails& fails, size_t min_members = 1);

}  // namespace srpce::support
