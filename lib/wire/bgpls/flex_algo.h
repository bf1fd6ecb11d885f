// lib/wire/bgpls/flex_algo.h -- definitions of flexible algorithms and their prefix metrics (RFC
// 9351).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

// What the node cannot express of a definition it saw (TLV 1046): types of the IGP's sub-TLVs, one
// octet each for IS-IS, two for OSPF.
struct FlexAlgoUnsupported {
  uint8_t protocol = 0;
  std::string sub_tlv_types;

  bool operator==(const FlexAlgoUnsupported&) const = default;
};

// TLV 1039. Affinities are words of 32 bits, bit 0 = least significant of the first (RFC 7308).
struct FlexAlgoDefinition {
  uint8_t algorithm = 0;         // 128 to 255.
  uint8_t metric_type = 0;       // 0 IGP, 1 min delay, 2 TE (RFC 9350 s5.1).
  uint8_t calculation_type = 0;  // 0 shortest path first.
  uint8_t priority = 0;
  std::vector<uint32_t> exclude_any;
  std::vector<uint32_t> include_any;
  std::vector<uint32_t> include_all;
  std::vector<uint32_t> exclude_srlgs;
  std::optional<std::string> flags;  // TLV 1043, first octet 0x80: use prefix metrics (M).
  std::vector<FlexAlgoUnsupported> unsupported;
  std::vector<RawTlv> unknown;

  bool operator==(const FlexAlgoDefinition&) const = default;
};

struct FlexAlgoPrefixMetric {  // TLV 1044.
  uint8_t algorithm = 0;
  uint8_t flags = 0;
  uint32_t metric = 0;

  bool operator==(const FlexAlgoPrefixMetric&) const = default;
};

// A definition with one bad sub-TLV is bad as a whole: without one of its constraints it would be
// another algorithm.
absl::StatusOr<FlexAlgoDefinition> ParseFlexAlgoDefinition(const Tlv& tlv);
absl::StatusOr<FlexAlgoPrefixMetric> ParseFlexAlgoPrefixMetric(const Tlv& tlv);

void Write(const FlexAlgoDefinition& definition, TlvWriter& out);
void Write(const FlexAlgoPrefixMetric& metric, TlvWriter& out);

}  // namespace srpce::wire::bgpls
