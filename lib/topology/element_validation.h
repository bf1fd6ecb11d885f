// lib/topology/element_validation.h -- judges the meaning of what a source states (RFC 9552 s8.2.2
// leaves it to the consumer).
//
// Every error is INVALID_ARGUMENT and reads "link a->b: loss: got 1.5, want 0 to 1".
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/topology/elements.h"

namespace srpce::topology {

inline constexpr size_t kMaxNameLength = 255;  // Octets of an id, a name, an interface.
inline constexpr IgpMetric kMaxIgpMetric =
    (1U << 24) - 1;  // RFC 5305 s3; at the maximum the link is not in SPF.
inline constexpr Microseconds kMaxDelay{(1U << 24) - 1};  // RFC 8570 s4.1: 24 bits.
inline constexpr BytesPerSecond kMaxBandwidth{UINT64_MAX /
                                              kBitsPerByte};  // So that it fits in bits per second.
inline constexpr uint32_t kFirstUsableLabel = 16;  // 0 to 15 are special-purpose (RFC 7274).
inline constexpr uint16_t kMaxTopologyId = 4095;   // RFC 5120 s2.
inline constexpr size_t kMaxAdminGroupWords = 64;  // An IS-IS sub-TLV holds 63 (RFC 7308).
inline constexpr size_t kMaxListLength = 1024;     // SRLGs, SIDs, locators ... of one element.

absl::Status ValidateNode(const std::string& id, const NodeAttributes& attributes);
absl::Status ValidateLink(const LinkKey& key, const LinkAttributes& attributes);
absl::Status ValidatePrefix(const std::string& node_id, const IpPrefix& prefix,
                            const PrefixAttributes& attributes);

}  // namespace srpce::topology
