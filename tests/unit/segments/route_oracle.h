// tests/unit/segments/route_oracle.h -- questions for routes, and paths judged without lib/cspf and
// lib/segments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "lib/segments/compute.h"

namespace srpce::segments {

// Between random routers; a SID limit of 1 to 3.
SegmentQuery RandomQuery(const Ted& ted, std::mt19937_64& rng);

// The cost of a path in the objective if it keeps the constraints of RandomQuery().
std::optional<uint64_t> JudgedCost(const Ted& ted, const cspf::Query& query,
                                   const std::vector<LinkIndex>& links);

// Labels; or SRH entries with End.DT6 of the target, in the place of its End where that comes last.
size_t ImposedDepth(const Ted& ted, NodeIndex target, const SegmentList& list);

// What the headend can impose on packets whose first link is that of `links`.
uint32_t LimitOf(const Ted& ted, const SegmentQuery& query, const std::vector<LinkIndex>& links);

// What trying all simple paths says of a query.
struct Brute {
  std::optional<uint64_t> best_cost;
  bool any_path = false;
  bool any_list = false;
  size_t fewest = SIZE_MAX;
  std::vector<std::pair<uint64_t, std::vector<LinkIndex>>> fitting;
};
Brute Solve(const Ted& ted, const SegmentQuery& query);

}  // namespace srpce::segments
