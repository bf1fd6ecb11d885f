// lib/wire/bgpls/descriptors.h -- what names a node, a link, a prefix, a SID or a candidate path
// (RFC 9552 s5.2.1 to s5.2.3; RFC 9086 s4, RFC 9514 s6, RFC 9857 s4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/code_points.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

// TLV 515: an IS-IS system id (6 octets), its pseudonode (7: and the circuit), an OSPF router id
// (4), its pseudonode (8: designated router, and its address or interface id on the LAN).
class IgpRouterId {
 public:
  IgpRouterId() = default;
  explicit IgpRouterId(absl::string_view octets) : octets_(octets) {}

  const std::string& octets() const { return octets_; }
  bool is_pseudonode() const { return octets_.size() == 7 || octets_.size() == 8; }
  // "0000.0000.0001", "0000.0000.0001.03", "10.0.0.1", "10.0.0.1/10.1.0.1"; hex for other lengths.
  std::string ToString() const;

  bool operator==(const IgpRouterId&) const = default;

 private:
  std::string octets_;
};

struct NodeDescriptor {  // TLV 256 or 257. Each sub-TLV at most once.
  std::optional<uint32_t> as_number;
  std::optional<uint32_t> bgp_ls_id;  // Deprecated, but part of the name where it is sent.
  std::optional<uint32_t> area;       // OSPF.
  std::optional<IgpRouterId> igp_router_id;
  std::optional<IpAddress> bgp_router_id;  // IPv4.
  std::optional<uint32_t> member_as;
  std::vector<IpAddress>
      router_ids;  // TLVs 1028, 1029 of a headend, RFC 9857 s4. IPv4 before IPv6.
  std::vector<RawTlv> unknown;

  bool operator==(const NodeDescriptor&) const = default;
};

struct LinkIds {  // TLV 258.
  uint32_t local = 0;
  uint32_t remote = 0;  // 0: not known.

  bool operator==(const LinkIds&) const = default;
};

struct LinkDescriptor {
  NodeDescriptor remote_node;
  std::optional<LinkIds> ids;
  std::vector<IpAddress> local_addresses;   // Interface. IPv4 before IPv6.
  std::vector<IpAddress> remote_addresses;  // Neighbor.
  std::vector<uint16_t> multi_topologies;

  bool operator==(const LinkDescriptor&) const = default;
};

struct PrefixDescriptor {
  std::vector<uint16_t> multi_topologies;
  std::optional<uint8_t> ospf_route_type;  // 1 intra, 2 inter area, 3, 4 external, 5, 6 NSSA.
  IpPrefix prefix;

  bool operator==(const PrefixDescriptor&) const = default;
};

struct Srv6SidDescriptor {
  std::vector<uint16_t> multi_topologies;
  Ipv6Address sid;

  bool operator==(const Srv6SidDescriptor&) const = default;
};

struct CandidatePathDescriptor {  // TLV 554.
  uint8_t protocol_origin =
      0;  // 10 PCEP, 20 BGP, 30 configuration (RFC 9256 s2.3), 40 to 60 by PCE.
  IpAddress endpoint;
  uint32_t color = 0;
  uint32_t originator_as = 0;
  IpAddress originator;
  uint32_t discriminator = 0;

  bool operator==(const CandidatePathDescriptor&) const = default;
};

// TLV 256 or 257. `protocol` says how long an IGP router id is.
absl::StatusOr<NodeDescriptor> ParseNodeDescriptor(const Tlv& tlv, ProtocolId protocol);
absl::StatusOr<LinkIds> ParseLinkIds(const Tlv& tlv);
absl::StatusOr<IpPrefix> ParseIpReachability(const Tlv& tlv, IpAddress::Family family);
absl::StatusOr<CandidatePathDescriptor> ParseCandidatePath(const Tlv& tlv);

void Write(uint16_t type, const NodeDescriptor& node, TlvWriter& out);
void Write(const LinkIds& ids, TlvWriter& out);
void Write(const IpPrefix& prefix, TlvWriter& out);
void Write(const CandidatePathDescriptor& path, TlvWriter& out);

std::string ToString(const NodeDescriptor& node);

}  // namespace srpce::wire::bgpls
