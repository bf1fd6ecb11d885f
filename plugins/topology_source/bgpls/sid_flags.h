// plugins/topology_source/bgpls/sid_flags.h -- what the flags of SIDs and prefixes mean: each
// protocol has its own bits (RFC 9085 leaves them as in the IGP).
#pragma once

#include <cstdint>
#include <optional>

#include "lib/topology/sids.h"
#include "lib/wire/bgpls/code_points.h"
#include "lib/wire/bgpls/prefix_attributes.h"
#include "lib/wire/bgpls/segment_routing.h"
#include "lib/wire/bgpls/srv6.h"

namespace srpce::bgpls_source {

topology::PrefixSid PrefixSidOf(wire::bgpls::ProtocolId protocol,
                                const wire::bgpls::PrefixSid& sid);
topology::AdjacencySid AdjacencySidOf(wire::bgpls::ProtocolId protocol,
                                      const wire::bgpls::AdjacencySid& sid);
// Whether the SID is for IPv6 packets (F flag of IS-IS, RFC 8667 s2.2.1; all of OSPFv3).
bool IsForIpv6(wire::bgpls::ProtocolId protocol, const wire::bgpls::AdjacencySid& sid);
topology::Srv6Sid Srv6SidOf(const wire::bgpls::Srv6EndX& end_x);

// Whether the router that announces the prefix is where it is: not redistributed, not leaked from
// another level or area, not a summary.
bool IsOwn(wire::bgpls::ProtocolId protocol, std::optional<uint8_t> ospf_route_type,
           const wire::bgpls::PrefixAttributes& prefix);
// The N flag: the prefix identifies the node. Nothing where it is not told.
std::optional<bool> IsNodePrefix(wire::bgpls::ProtocolId protocol,
                                 const wire::bgpls::PrefixAttributes& prefix);
std::optional<bool> IsAnycast(wire::bgpls::ProtocolId protocol,
                              const wire::bgpls::PrefixAttributes& prefix);

}  // namespace srpce::bgpls_source
