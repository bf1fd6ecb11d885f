// lib/wire/bgpls/node_attributes.h -- what is said of a node (RFC 9552 s5.3.1; SR RFC 9085 s2.1,
// SRv6 RFC 9514 s3, flexible algorithm RFC 9351, MSD RFC 8814).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/flex_algo.h"
#include "lib/wire/bgpls/segment_routing.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

// TLV 266 or 267. Types of IANA "IGP MSD-Types": 1 is base MPLS imposition (RFC 8491), 41 to 45
// SRv6 (RFC 9352).
struct Msd {
  uint8_t type = 0;
  uint8_t value = 0;

  bool operator==(const Msd&) const = default;
};

struct NodeAttributes {
  static constexpr uint8_t kOverload =
      0x80;  // Of `flags`; then attached, external, ABR, router, V6.
  static constexpr uint8_t kAttached = 0x40;

  std::vector<uint16_t> multi_topologies;  // 12 bits each.
  std::vector<Msd> msds;
  std::optional<uint8_t> flags;
  std::vector<std::string> opaque;
  std::optional<std::string> name;
  std::vector<std::string> isis_areas;
  std::optional<LabelBlock> sr_capabilities;  // SRGB.
  std::vector<uint8_t> sr_algorithms;
  std::optional<LabelBlock> sr_local_block;
  std::optional<uint8_t> srms_preference;
  std::optional<uint16_t> srv6_capabilities;  // Flags.
  std::vector<FlexAlgoDefinition> flex_algos;

  bool operator==(const NodeAttributes&) const = default;
};

// Appends the pairs of TLV 266 or 267.
absl::Status AppendMsds(const Tlv& tlv, std::vector<Msd>& msds);
void WriteMsds(uint16_t type, const std::vector<Msd>& msds, TlvWriter& out);

// Nothing if the TLV is not a node's.
std::optional<absl::Status> DecodeNodeTlv(const Tlv& tlv, NodeAttributes& node);
void Write(const NodeAttributes& node, TlvWriter& out);

}  // namespace srpce::wire::bgpls
