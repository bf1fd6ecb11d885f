// daemon/agent/route_plan.h -- from a policy to the kernel routes that carry it out. No kernel
// needed.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/agent/netlink_route.h"
#include "lib/plugin/southbound.h"

namespace srpce::agent {

struct PlanSettings {
  uint32_t table = 254;
  uint32_t metric = 10;
  uint8_t protocol = 84;
  uint32_t encap_interface = 0;  // Index.
};

// Returns one route a steered prefix (none given: the endpoint's address), then one for the binding
// SID; several lists share by weight. Errors: FAILED_PRECONDITION  this kernel or this policy
// cannot: an SR-MPLS list, no decapsulation SID, nothing to steer.
//         INVALID_ARGUMENT     no list, an empty one, an IPv4 prefix.
absl::StatusOr<std::vector<Route>> PlanRoutes(const plugin::PolicyConfig& config,
                                              const PlanSettings& settings);

}  // namespace srpce::agent
