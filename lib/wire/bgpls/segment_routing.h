// lib/wire/bgpls/segment_routing.h -- SIDs and label blocks of SR-MPLS (RFC 9085; peer SIDs RFC
// 9086).
//
// Flags are the octet as it came: what a bit means depends on the protocol of the NLRI (RFC 8667
// for IS-IS, RFC 8665 OSPFv2, RFC 8666 OSPFv3). Whether a SID is a label or an index is its length.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

struct Sid {
  bool is_label = false;  // 3 octets of which 20 bits count; else a 32-bit index.
  uint32_t value = 0;

  bool operator==(const Sid&) const = default;
};

struct LabelRange {
  uint32_t size = 0;  // 24 bits.
  Sid first;          // TLV 1161.

  bool operator==(const LabelRange&) const = default;
};

// SRGB (TLV 1034) or SRLB (TLV 1036): flags and every range, in the order that indexes go through.
struct LabelBlock {
  uint8_t flags = 0;
  std::vector<LabelRange> ranges;

  bool operator==(const LabelBlock&) const = default;
};

struct PrefixSid {  // TLV 1158, one for each algorithm.
  uint8_t flags = 0;
  uint8_t algorithm = 0;
  Sid sid;

  bool operator==(const PrefixSid&) const = default;
};

struct PrefixSidRange {  // TLV 1159.
  uint8_t flags = 0;
  uint16_t size = 0;  // Prefixes.
  std::vector<PrefixSid> sids;
  std::vector<RawTlv> unknown;

  bool operator==(const PrefixSidRange&) const = default;
};

struct AdjacencySid {  // TLV 1099, and the SIDs of BGP peers, TLVs 1101 to 1103.
  uint8_t flags = 0;
  uint8_t weight = 0;
  Sid sid;

  bool operator==(const AdjacencySid&) const = default;
};

struct LanAdjacencySid {  // TLV 1100.
  uint8_t flags = 0;
  uint8_t weight = 0;
  std::string neighbor;  // 6 octets of an IS-IS system id, or 4 of an OSPF router id.
  Sid sid;

  bool operator==(const LanAdjacencySid&) const = default;
};

absl::StatusOr<LabelBlock> ParseLabelBlock(const Tlv& tlv);
absl::StatusOr<PrefixSid> ParsePrefixSid(const Tlv& tlv);
absl::StatusOr<PrefixSidRange> ParsePrefixSidRange(const Tlv& tlv);
absl::StatusOr<AdjacencySid> ParseAdjacencySid(const Tlv& tlv);
absl::StatusOr<LanAdjacencySid> ParseLanAdjacencySid(const Tlv& tlv);

void Write(uint16_t type, const LabelBlock& block, TlvWriter& out);
void Write(const PrefixSid& sid, TlvWriter& out);
void Write(const PrefixSidRange& range, TlvWriter& out);
void Write(uint16_t type, const AdjacencySid& sid, TlvWriter& out);
void Write(const LanAdjacencySid& sid, TlvWriter& out);

}  // namespace srpce::wire::bgpls
