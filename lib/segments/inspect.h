// lib/segments/inspect.h -- what binds a route, the number of SIDs included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/cspf/insight.h"
#include "lib/segments/compute.h"

namespace srpce::segments {

// The limit on SIDs keeps the cheapest path out.
struct SidDepthInsight {
  std::optional<uint32_t> limit;  // Of max_sids and the headend's MSD the lesser.
  std::optional<uint32_t>
      needed;           // By the cheapest path; of a refusal, by the one that needs fewest.
  std::string message;  // One sentence for people.
};

struct RouteInsight {
  cspf::Insight paths;  // Segment lists aside.
  std::optional<SidDepthInsight> sid_depth;
};

// Returns what binds `query`, whose answer is `result`: see cspf::Inspect.
absl::StatusOr<RouteInsight> InspectRoute(const Ted& ted, const SegmentQuery& query,
                                          const SegmentResult& result, cspf::Workspace& workspace,
                                          const cspf::Budget& budget = {});

}  // namespace srpce::segments
