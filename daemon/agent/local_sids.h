// daemon/agent/local_sids.h -- the SRv6 SIDs of this router, from its configuration to seg6local
// routes (RFC 8986 s4, RFC 9800 s4.1).
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daemon/agent/kernel.h"
#include "daemon/agent/netlink_route.h"
#include "srpce/config/v1/agent_config.pb.h"

namespace srpce::agent {

// Errors: INVALID_ARGUMENT  "sid: got ...", "nexthop: ..." without the name of the list element.
absl::Status CheckLocalSid(const config::v1::LocalSid& sid);

// REQUIRES CheckLocalSid(sid). `route` gives table, metric, protocol and the interface the route
// names. Errors: NOT_FOUND  the interface of an End.X is not there.
absl::StatusOr<Route> LocalSidRoute(const config::v1::LocalSid& sid, const Route& route,
                                    const std::map<uint32_t, Interface>& interfaces);

}  // namespace srpce::agent
