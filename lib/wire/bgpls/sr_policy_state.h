// lib/wire/bgpls/sr_policy_state.h -- what a headend says of a candidate path (RFC 9857 s5).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/wire/bgpls/sr_policy_constraints.h"
#include "lib/wire/bgpls/srv6.h"

namespace srpce::wire::bgpls {

using PolicySid = std::variant<uint32_t, Ipv6Address>;  // An MPLS label (20 bits), or an SRv6 SID.

struct SrBindingSid {                        // TLV 1201.
  static constexpr uint16_t kSrv6 = 0x8000;  // The SIDs are SRv6; set exactly if they are.
  uint16_t flags = 0;                        // Then allocated, unavailable, SRLB, fallback.
  PolicySid sid;
  PolicySid specified;

  bool operator==(const SrBindingSid&) const = default;
};

struct Srv6BindingSid {  // TLV 1212.
  uint16_t flags = 0;
  Ipv6Address sid;
  Ipv6Address specified;
  Srv6SidAttributes attributes;
  std::vector<RawTlv> unknown;

  bool operator==(const Srv6BindingSid&) const = default;
};

struct SrCandidatePathState {  // TLV 1202.
  static constexpr uint16_t kShutdown = 0x8000;
  static constexpr uint16_t kActive = 0x4000;
  static constexpr uint16_t kBackup = 0x2000;
  static constexpr uint16_t kEvaluated = 0x1000;
  static constexpr uint16_t kValidSidList = 0x0800;
  uint8_t priority = 0;
  uint16_t flags = 0;
  uint32_t preference = 0;

  bool operator==(const SrCandidatePathState&) const = default;
};

// Segment types A to K of RFC 9256 s4 are 1 to 11.
struct SrSegment {                                 // TLV 1206.
  static constexpr uint16_t kSidPresent = 0x8000;  // Of `flags`; else `sid` means nothing.
  uint8_t type = 1;
  uint16_t flags = 0;
  PolicySid sid;
  // Those that the type has; the others are zero.
  uint8_t algorithm = 0;
  IpAddress local_address;
  uint32_t local_interface = 0;
  IpAddress remote_address;
  uint32_t remote_interface = 0;
  Srv6SidAttributes attributes;
  std::vector<RawTlv> unknown;

  bool operator==(const SrSegment&) const = default;
};

struct SrSegmentList {  // TLV 1205. One bad segment makes the list bad: it would be another path.
  uint16_t flags = 0;   // 0x8000 SRv6, explicit, computed, verified, resolved, failed ...
  uint16_t multi_topology = 0;
  uint8_t algorithm = 0;
  uint32_t weight = 0;
  std::vector<SrSegment> segments;
  std::vector<SrMetric> metrics;
  std::optional<BytesPerSecondFloat> bandwidth;
  std::optional<uint32_t> identifier;
  std::vector<RawTlv> unknown;  // Segments of an unknown type are here: then `segments` is not all.

  bool operator==(const SrSegmentList&) const = default;
};

struct SrPolicyState {
  std::vector<SrBindingSid> binding_sids;
  std::vector<Srv6BindingSid> srv6_binding_sids;
  std::optional<SrCandidatePathState> state;
  std::optional<std::string> candidate_path_name;
  std::optional<std::string> policy_name;
  std::optional<SrConstraints> constraints;
  std::vector<SrSegmentList> segment_lists;

  bool operator==(const SrPolicyState&) const = default;
};

// Nothing if the TLV is not of a candidate path.
std::optional<absl::Status> DecodeSrPolicyTlv(const Tlv& tlv, SrPolicyState& policy);
void Write(const SrPolicyState& policy, TlvWriter& out);

absl::StatusOr<SrSegmentList> ParseSrSegmentList(const Tlv& tlv);
void Write(const SrSegmentList& list, TlvWriter& out);

// The label in the upper 20 bits of 4 octets, or 16 octets.
PolicySid ReadPolicySid(Reader& reader, bool srv6);
void WritePolicySid(const PolicySid& sid, TlvWriter& out);

}  // namespace srpce::wire::bgpls
