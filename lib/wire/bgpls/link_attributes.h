// lib/wire/bgpls/link_attributes.h -- what is said of a link (RFC 9552 s5.3.2; SIDs RFC 9085 s2.2,
// RFC 9086 s5, RFC 9514 s4; MSD RFC 8814).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/node_attributes.h"
#include "lib/wire/bgpls/segment_routing.h"
#include "lib/wire/bgpls/srv6.h"
#include "lib/wire/bgpls/te_attributes.h"

namespace srpce::wire::bgpls {

// Every SID of a link: several of one kind are common (protected and not, one for each algorithm).
struct LinkSids {
  std::vector<AdjacencySid> adjacency;
  std::vector<LanAdjacencySid> lan_adjacency;
  std::vector<AdjacencySid> peer_node;  // BGP egress peer engineering.
  std::vector<AdjacencySid> peer_adjacency;
  std::vector<AdjacencySid> peer_set;
  std::vector<Srv6EndX> end_x;
  std::vector<Srv6LanEndX> lan_end_x;

  bool operator==(const LinkSids&) const = default;
};

struct L2BundleMember {     // TLV 1172.
  uint32_t descriptor = 0;  // Link local identifier of the member.
  TeAttributes te;
  LinkSids sids;
  std::vector<RawTlv> unknown;

  bool operator==(const L2BundleMember&) const = default;
};

struct LinkAttributes {
  TeAttributes te;
  LinkSids sids;
  // 1 octet for narrow metrics, 2 of OSPF, 3 for wide. All 8 bits of one octet count, though only 6
  // may be set: real senders put a wide metric below 256 in one octet.
  std::optional<uint32_t> igp_metric;
  std::optional<uint16_t> protection;         // TLV 1093.
  std::optional<uint8_t> mpls_protocol_mask;  // 0x80 LDP, 0x40 RSVP-TE.
  std::vector<std::string> opaque;
  std::optional<std::string> name;
  std::vector<Msd> msds;
  std::vector<Asla> asla;
  std::vector<L2BundleMember> bundle_members;

  bool operator==(const LinkAttributes&) const = default;
};

// Nothing if the TLV is not a link's. Defects of sub-TLVs that are independent of each other go to
// `defects`.
std::optional<absl::Status> DecodeLinkTlv(const Tlv& tlv, LinkAttributes& link,
                                          std::vector<Defect>& defects);
void Write(const LinkAttributes& link, TlvWriter& out);

}  // namespace srpce::wire::bgpls
