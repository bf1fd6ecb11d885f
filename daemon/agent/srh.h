// daemon/agent/srh.h -- the IPv6 Segment Routing Header as the kernel takes it (RFC 8754 s2),
// without TLVs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/ip.h"

namespace srpce::agent {

inline constexpr size_t kMaxSids = 127;  // Hdr Ext Len is 8 bits of 8 octets, and a SID takes two.

// Returns the header that visits `sids` in this order. On the wire they are in reverse: Segment
// List[0] is the last one visited, and Segments Left starts at the first (RFC 8754 s2). Errors:
// INVALID_ARGUMENT  no SID, or more than kMaxSids.
absl::StatusOr<std::vector<uint8_t>> EncodeSrh(const std::vector<Ipv6Address>& sids);

// Returns the SIDs in the order visited.
// Errors: INVALID_ARGUMENT  not a routing header of type 4, lengths that contradict each other.
absl::StatusOr<std::vector<Ipv6Address>> DecodeSrh(std::span<const uint8_t> srh);

}  // namespace srpce::agent
