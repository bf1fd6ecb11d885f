// lib/segments/weighted.h -- several segment lists with weights that together carry a bandwidth no
// single path has (RFC 9256 s2.2, s2.11).
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/units.h"
#include "lib/cspf/split.h"
#include "lib/segments/compute.h"

namespace srpce::segments {

struct WeightedQuery {
  // What each list keeps by itself. min_bandwidth is not read, nor is allow_ecmp: each list pins
  // its path.
  SegmentQuery route;
  BytesPerSecond demand;   // Of all lists together; see cspf::SplitQuery.
  uint32_t max_lists = 8;  // That the headend takes for one candidate path.
};

struct WeightedRoute {
  SegmentRoute route;
  uint32_t weight = 1;
  // Of the split the weights stand for. Where they had to be rounded: what it was made from.
  BytesPerSecond rate;
};

struct WeightedRoutes {
  // One data plane. With the demand split by weight no link is over its capacity: checked in
  // integers.
  std::vector<WeightedRoute> lists{};
  // See cspf::Split; of the paths whose lists fit.
  double cost = 0;
  bool proved_optimal = false;
  double lower_bound = 0;
};

using WeightedResult = std::variant<WeightedRoutes, cspf::NoPath>;

// Returns the cheapest split (cspf::ComputeSplit) over paths whose shortest lists fit the headend,
// with those lists and weights. Rates become weights by their common divisor; where those do not
// fit 32 bits, they are rounded where links have room. NoPath: of ComputeSplit; kSidDepth or kNoSid
// where paths exist, but no list fits; kBandwidth, too, where weights of 32 bits cannot share the
// demand out finely enough. Errors: INTERNAL, of ComputeRoute.
absl::StatusOr<WeightedResult> ComputeWeightedRoutes(const Ted& ted, const WeightedQuery& query,
                                                     cspf::Workspace& workspace,
                                                     const cspf::Budget& budget = {});

struct NearestWeighted {
  NodeIndex endpoint;  // Of all lists: one SID decapsulates.
  WeightedRoutes routes;
};
using NearestWeightedResult = std::variant<NearestWeighted, cspf::NoPath>;

// Returns the cheapest of the splits of `demand` to the targets of `queries`, which differ in
// nothing else; equal costs go to the query that comes first. The budget is shared evenly; one
// whose search it ended is passed over only if nothing to it can cost less. NoPath: as above, of
// several queries with what each says. REQUIRES !queries.empty(), max_lists > 0.
absl::StatusOr<NearestWeightedResult> ComputeNearestWeighted(
    const Ted& ted, const std::vector<SegmentQuery>& queries, BytesPerSecond demand,
    uint32_t max_lists, cspf::Workspace& workspace, const cspf::Budget& budget = {});

// Returns weights for paths of such rates, a common divisor taken out, that overload no link when
// `demand` is split by them; a path may get weight 0. Empty: there are none of 32 bits near these
// rates. REQUIRES the rates sum to `demand`, which is not 0, and overload no link.
std::vector<uint32_t> WeightsOf(const Ted& ted, const std::vector<cspf::SplitPath>& paths,
                                BytesPerSecond demand);

}  // namespace srpce::segments
