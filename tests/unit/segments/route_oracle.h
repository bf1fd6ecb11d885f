// tests/unit/segments/route_oracle.h -- routes within a SID limit, by trying all simple paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "lib/segments/compute.h"

namespace srpce::segments {

struct Brute {
  std::optional<uint64_t> best_cost;
  bool any_path = false;
  bool any_list = false;
  size_t fewest = SIZE_MAX;
  std::vector<std::pair<uint64_t, std::vector<LinkIndex>>> fitting;
};
// Judges every simple path of `query` without lib/cspf.
Brute Solve(const Ted& ted, const SegmentQuery& query);

// A random query: one data plane, at most three SIDs.
SegmentQuery RandomQuery(const Ted& ted, std::mt19937_64& rng);

// What is imposed: labels; or SRH entries with End.DT6 of the target, in the place of its End where
// that comes last.
size_t ImposedDepth(const Ted& ted, NodeIndex target, const SegmentList& list);
// What the headend of `links` may impose. REQUIRES query.max_sids.
uint32_t LimitOf(const Ted& ted, const SegmentQuery& query, const std::vector<LinkIndex>& links);

// How many fibres two paths with common ends share, and with `nodes` how many nodes between, with
// nothing of lib/cspf.
size_t CountShared(const Ted& ted, const std::vector<LinkIndex>& a, const std::vector<LinkIndex>& b,
                   bool nodes);

}  // namespace srpce::segments
