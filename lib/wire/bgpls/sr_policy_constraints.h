// lib/wire/bgpls/sr_policy_constraints.h -- what a candidate path was asked to meet (RFC 9857
// s5.6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/performance.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

struct SrAffinityConstraint {  // TLV 1208. Words as in FlexAlgoDefinition.
  std::vector<uint32_t> exclude_any;
  std::vector<uint32_t> include_any;
  std::vector<uint32_t> include_all;

  bool operator==(const SrAffinityConstraint&) const = default;
};

struct SrDisjointGroup {  // TLV 1211. Flags: 0x80 SRLG, 0x40 node, 0x20 link, 0x10 may fall back.
  uint8_t request_flags = 0;
  uint8_t status_flags = 0;
  std::string group;  // 4 octets, or a PCEP association object.

  bool operator==(const SrDisjointGroup&) const = default;
};

struct SrBidirectionalGroup {  // TLV 1214. Flags: 0x8000 reverse, 0x4000 co-routed.
  uint16_t flags = 0;
  std::string group;  // As above.

  bool operator==(const SrBidirectionalGroup&) const = default;
};

// TLV 1215, and TLV 1207 with `value`. Types of IANA "BGP-LS SR Policy Metric Types": 0 IGP, 1 min
// delay, 2 TE, 3 hops, 4 SIDs. Numbers in the unit of the type.
struct SrMetric {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t margin = 0;
  uint32_t bound = 0;
  std::optional<uint32_t> value;

  bool operator==(const SrMetric&) const = default;
};

struct SrConstraints {  // TLV 1204.
  uint16_t flags = 0;   // 0x8000 SRv6, 0x4000 protected only, 0x2000 unprotected only ...
  uint16_t multi_topology = 0;
  uint8_t algorithm = 0;
  std::optional<SrAffinityConstraint> affinity;
  std::vector<uint32_t> srlgs;
  std::optional<BytesPerSecondFloat> bandwidth;
  std::optional<SrDisjointGroup> disjoint;
  std::optional<SrBidirectionalGroup> bidirectional;
  std::vector<SrMetric> metrics;
  std::vector<RawTlv> unknown;

  bool operator==(const SrConstraints&) const = default;
};

absl::StatusOr<SrMetric> ParseSrMetric(const Tlv& tlv);  // TLV 1207 or 1215.
absl::StatusOr<SrConstraints> ParseSrConstraints(const Tlv& tlv);

void Write(const SrMetric& metric, TlvWriter& out);
void Write(const SrConstraints& constraints, TlvWriter& out);

}  // namespace srpce::wire::bgpls
