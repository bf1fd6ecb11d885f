// lib/segments/nearest.h -- one of several endpoints: the owners of an anycast prefix, or replicas
// of a service.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/segments/compute.h"

namespace srpce::segments {

// Returns `query` once for each of `endpoints`.
std::vector<SegmentQuery> QueriesTo(const SegmentQuery& query,
                                    const std::vector<NodeIndex>& endpoints);

// Returns why none of `queries` has a route: the only reason there is, or the first with all behind
// it. REQUIRES one failure for each query.
cspf::NoPath JoinRefusals(const Ted& ted, const std::vector<SegmentQuery>& queries,
                          std::vector<cspf::NoPath> failures);

struct EndpointRoute {
  NodeIndex endpoint;
  SegmentRoute route;
};
struct NearestRoute {
  EndpointRoute nearest;
  // The best to any other endpoint. Absent: none, or the budget ran out before it was known.
  std::optional<EndpointRoute> runner_up;
};
using NearestResult = std::variant<NearestRoute, cspf::NoPath>;

// Returns the cheapest of the routes of `queries`, which differ in their target, in the sense of
// ComputeRoute; equal costs go to fewer links, then to the query that comes first.
// The answer for each endpoint is as exact as ComputeRoute's: one whose search ran out of budget is
// passed over only if nothing to it can cost less than the answer, else the result is
// kBudgetExhausted with the best found.
//
// The budget is shared evenly. REQUIRES !queries.empty(). Errors: INTERNAL, as ComputeRoute.
absl::StatusOr<NearestResult> ComputeNearest(const Ted& ted,
                                             const std::vector<SegmentQuery>& queries,
                                             cspf::Workspace& workspace,
                                             const cspf::Budget& budget = {});

}  // namespace srpce::segments
