#include "lib/wire/bgpls/link_attributes.h"

#include "absl/strings/str_cat.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

absl::StatusOr<uint32_t> ParseIgpMetric(const Tlv& tlv) {
  Reader reader(tlv.value);
  switch (tlv.value.size()) {
    case 1:
      return reader.U8();
    case 2:
      return reader.U16();
    case 3:
      return reader.U24();
    default:
      return LengthError(tlv, "1, 2 or 3");
  }
}

std::optional<absl::Status> DecodeSidTlv(const Tlv& tlv, LinkSids& sids) {
  switch (tlv.type) {
    case kTlvAdjacencySid:
      return Append(ParseAdjacencySid(tlv), sids.adjacency);
    case kTlvLanAdjacencySid:
      return Append(ParseLanAdjacencySid(tlv), sids.lan_adjacency);
    case kTlvPeerNodeSid:
      return Append(ParseAdjacencySid(tlv), sids.peer_node);
    case kTlvPeerAdjacencySid:
      return Append(ParseAdjacencySid(tlv), sids.peer_adjacency);
    case kTlvPeerSetSid:
      return Append(ParseAdjacencySid(tlv), sids.peer_set);
    case kTlvSrv6EndX:
      return Append(ParseSrv6EndX(tlv), sids.end_x);
    case kTlvSrv6IsisLanEndX:
    case kTlvSrv6OspfLanEndX:
      return Append(ParseSrv6LanEndX(tlv), sids.lan_end_x);
    default:
      return std::nullopt;
  }
}

void Write(const LinkSids& sids, TlvWriter& out) {
  for (const AdjacencySid& sid : sids.adjacency) Write(kTlvAdjacencySid, sid, out);
  for (const LanAdjacencySid& sid : sids.lan_adjacency) Write(sid, out);
  for (const AdjacencySid& sid : sids.peer_node) Write(kTlvPeerNodeSid, sid, out);
  for (const AdjacencySid& sid : sids.peer_adjacency) Write(kTlvPeerAdjacencySid, sid, out);
  for (const AdjacencySid& sid : sids.peer_set) Write(kTlvPeerSetSid, sid, out);
  for (const Srv6EndX& sid : sids.end_x) Write(sid, out);
  for (const Srv6LanEndX& sid : sids.lan_end_x) Write(sid, out);
}

//   | member descriptor:32 | sub-TLVs |
absl::StatusOr<L2BundleMember> ParseBundleMember(const Tlv& tlv, std::vector<Defect>& defects) {
  Reader reader(tlv.value);
  L2BundleMember member;
  member.descriptor = reader.U32();
  if (!reader.ok()) return LengthError(tlv, "4 or more");
  TlvWalk walk(reader.TakeAll());
  for (Tlv sub; walk.Next(sub);) {
    std::optional<absl::Status> status = DecodeTeTlv(sub, member.te);
    if (!status) status = DecodeSidTlv(sub, member.sids);
    if (!status) {
      member.unknown.push_back(Keep(sub));
    } else if (!status->ok()) {
      defects.push_back({sub.type, absl::StrCat("in TLV 1172: ", status->message())});
    }
  }
  if (!walk.overrun().ok()) return walk.overrun();
  return member;
}

void Write(const L2BundleMember& member, TlvWriter& out) {
  out.Add(kTlvL2BundleMember, [&](TlvWriter& w) {
    w.U32(member.descriptor);
    Write(member.te, w);
    Write(member.sids, w);
    w.AddRaw(member.unknown);
  });
}

}  // namespace

std::optional<absl::Status> DecodeLinkTlv(const Tlv& tlv, LinkAttributes& link,
                                          std::vector<Defect>& defects) {
  switch (tlv.type) {
    case kTlvIgpMetric:
      return Once(tlv, ParseIgpMetric(tlv), link.igp_metric);
    case kTlvLinkProtection:
      return Once(tlv, ParseU16(tlv), link.protection);
    case kTlvMplsProtocolMask:
      return Once(tlv, ParseU8(tlv), link.mpls_protocol_mask);
    case kTlvOpaqueLink:
      return Append(ParseText(tlv), link.opaque);
    case kTlvLinkName:
      return Once(tlv, ParseText(tlv), link.name);
    case kTlvLinkMsd:
      return AppendMsds(tlv, link.msds);
    case kTlvAsla:
      return Append(ParseAsla(tlv, defects), link.asla);
    case kTlvL2BundleMember:
      return Append(ParseBundleMember(tlv, defects), link.bundle_members);
    default:
      break;
  }
  std::optional<absl::Status> status = DecodeTeTlv(tlv, link.te);
  return status ? status : DecodeSidTlv(tlv, link.sids);
}

void Write(const LinkAttributes& link, TlvWriter& out) {
  WriteMsds(kTlvLinkMsd, link.msds, out);
  Write(link.te, out);
  out.AddU16(kTlvLinkProtection, link.protection);
  out.AddU8(kTlvMplsProtocolMask, link.mpls_protocol_mask);
  if (link.igp_metric) {
    out.Add(kTlvIgpMetric, [&](TlvWriter& w) { w.WriteU24(*link.igp_metric); });
  }
  out.AddTexts(kTlvOpaqueLink, link.opaque);
  out.AddText(kTlvLinkName, link.name);
  Write(link.sids, out);
  for (const Asla& asla : link.asla) Write(asla, out);
  for (const L2BundleMember& member : link.bundle_members) Write(member, out);
}

}  // namespace srpce::wire::bgpls
