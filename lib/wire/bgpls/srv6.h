// lib/wire/bgpls/srv6.h -- SRv6 in BGP-LS (RFC 9514).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

struct Srv6SidStructure {  // TLV 1252. Lengths in bits.
  uint8_t locator_block = 0;
  uint8_t locator_node = 0;
  uint8_t function = 0;
  uint8_t argument = 0;

  bool operator==(const Srv6SidStructure&) const = default;
};

struct Srv6EndpointBehavior {  // TLV 1250. The behavior is a code point of RFC 8986 s10.
  uint16_t behavior = 0;
  uint8_t flags = 0;
  uint8_t algorithm = 0;

  bool operator==(const Srv6EndpointBehavior&) const = default;
};

struct Srv6EndX {  // TLV 1106; 1107 and 1108 with a neighbor.
  uint16_t behavior = 0;
  uint8_t flags = 0;
  uint8_t algorithm = 0;
  uint8_t weight = 0;
  Ipv6Address sid;
  std::optional<Srv6SidStructure> structure;
  std::vector<RawTlv> unknown;

  bool operator==(const Srv6EndX&) const = default;
};

struct Srv6LanEndX {
  std::string
      neighbor;  // 6 octets of an IS-IS system id (TLV 1107), or 4 of an OSPF router id (1108).
  Srv6EndX end_x;

  bool operator==(const Srv6LanEndX&) const = default;
};

struct Srv6Locator {  // TLV 1162; the prefix is in the NLRI.
  uint8_t flags = 0;
  uint8_t algorithm = 0;
  uint32_t metric = 0;
  std::vector<RawTlv> unknown;

  bool operator==(const Srv6Locator&) const = default;
};

struct Srv6PeerNodeSid {  // TLV 1251.
  uint8_t flags = 0;
  uint8_t weight = 0;
  uint32_t peer_as = 0;
  IpAddress peer_bgp_id;

  bool operator==(const Srv6PeerNodeSid&) const = default;
};

// What TLVs 1250 to 1252 say of the SID of an SRv6 SID NLRI.
struct Srv6SidAttributes {
  std::optional<Srv6EndpointBehavior> behavior;
  std::optional<Srv6PeerNodeSid> peer_node;
  std::optional<Srv6SidStructure> structure;

  bool operator==(const Srv6SidAttributes&) const = default;
};

absl::StatusOr<uint16_t> ParseSrv6Capabilities(const Tlv& tlv);  // TLV 1038: the flags.
absl::StatusOr<Srv6EndX> ParseSrv6EndX(const Tlv& tlv);
absl::StatusOr<Srv6LanEndX> ParseSrv6LanEndX(const Tlv& tlv);  // TLV 1107 or 1108.
absl::StatusOr<Srv6Locator> ParseSrv6Locator(const Tlv& tlv);
absl::StatusOr<Srv6EndpointBehavior> ParseSrv6EndpointBehavior(const Tlv& tlv);
absl::StatusOr<Srv6SidStructure> ParseSrv6SidStructure(const Tlv& tlv);
// Nothing if the TLV is none of 1250 to 1252.
std::optional<absl::Status> DecodeSrv6SidTlv(const Tlv& tlv, Srv6SidAttributes& sid);

void WriteSrv6Capabilities(uint16_t flags, TlvWriter& out);
void Write(const Srv6EndX& end_x, TlvWriter& out);
void Write(const Srv6LanEndX& end_x, TlvWriter& out);
void Write(const Srv6Locator& locator, TlvWriter& out);
void Write(const Srv6EndpointBehavior& behavior, TlvWriter& out);
void Write(const Srv6SidStructure& structure, TlvWriter& out);
void Write(const Srv6SidAttributes& sid, TlvWriter& out);

}  // namespace srpce::wire::bgpls
