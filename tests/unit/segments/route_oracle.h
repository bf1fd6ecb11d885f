// tests/unit/segments/route_oracle.h -- the routes of a query by trying all simple paths: costs and
// constraints are counted without lib/cspf.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "lib/segments/compute.h"

namespace srpce::segments {

// A query that speaks labels or SRv6, with a bound or filter now and then and a limit of SIDs.
SegmentQuery RandomQuery(const Ted& ted, std::mt19937_64& rng);

// The cost of a path in the objective if it keeps the constraints of RandomQuery().
std::optional<uint64_t> JudgedCost(const Ted& ted, const cspf::Query& query,
                                   const std::vector<LinkIndex>& links);

struct Brute {
  std::optional<uint64_t> best_cost;  // Of those that fit.
  bool any_path = false;
  bool any_list = false;
  size_t fewest = SIZE_MAX;                                          // SIDs of any list.
  std::vector<std::pair<uint64_t, std::vector<LinkIndex>>> fitting;  // With their costs.
};

// REQUIRES the query names a data plane and a limit of SIDs. Lists are those of Encode(), which
// minimality_test holds to brute force.
Brute Solve(const Ted& ted, const SegmentQuery& query);

// Labels; or SRH entries with End.DT6 of the target, in the place of its End where that comes last.
size_t ImposedDepth(const Ted& ted, NodeIndex target, const SegmentList& list);
// How many of them may leave over the first of `links`.
uint32_t LimitOf(const Ted& ted, const SegmentQuery& query, const std::vector<LinkIndex>& links);

// Whether two paths share a fibre, or by `disjointness` a node between or a risk group.
bool Share(const Ted& ted, const std::vector<LinkIndex>& a, const std::vector<LinkIndex>& b,
           cspf::Disjointness disjointness);

// How many fibres two paths with common ends share, and with `nodes` how many nodes between, with
// nothing of lib/cspf.
size_t CountShared(const Ted& ted, const std::vector<LinkIndex>& a, const std::vector<LinkIndex>& b,
                   bool nodes);

}  // namespace srpce::segments
