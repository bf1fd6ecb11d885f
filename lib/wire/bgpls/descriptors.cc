#include "lib/wire/bgpls/descriptors.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status_macros.h"

namespace srpce::wire::bgpls {
namespace {

// Flags of TLV 554.
constexpr uint8_t kEndpointIsV6 = 0x80;
constexpr uint8_t kOriginatorIsV6 = 0x40;

bool IsRouterIdSize(size_t size, ProtocolId protocol) {
  switch (protocol) {
    case ProtocolId::kIsisLevel1:
    case ProtocolId::kIsisLevel2:
      return size == 6 || size == 7;
    case ProtocolId::kOspfv2:
    case ProtocolId::kOspfv3:
      return size == 4 || size == 8;
    default:  // Of whatever protocol the node also speaks; an address of either family.
      return size == 4 || size == 6 || size == 7 || size == 8 || size == 16;
  }
}

absl::StatusOr<IgpRouterId> ParseIgpRouterId(const Tlv& tlv, ProtocolId protocol) {
  if (!IsRouterIdSize(tlv.value.size(), protocol)) {
    return LengthError(tlv, absl::StrCat("the length of a router id of ", ProtocolName(protocol)));
  }
  return IgpRouterId(AsText(tlv.value));
}

absl::Status DecodeNodeSubTlv(const Tlv& sub, ProtocolId protocol, NodeDescriptor& node) {
  switch (sub.type) {
    case kTlvAutonomousSystem:
      return Once(sub, ParseU32(sub), node.as_number);
    case kTlvBgpLsId:
      return Once(sub, ParseU32(sub), node.bgp_ls_id);
    case kTlvOspfArea:
      return Once(sub, ParseU32(sub), node.area);
    case kTlvIgpRouterId:
      return Once(sub, ParseIgpRouterId(sub, protocol), node.igp_router_id);
    case kTlvBgpRouterId:
      return Once(sub, ParseIpv4(sub), node.bgp_router_id);
    case kTlvConfederationMember:
      return Once(sub, ParseU32(sub), node.member_as);
    case kTlvLocalIpv4RouterId:
      return Append(ParseIpv4(sub), node.router_ids);
    case kTlvLocalIpv6RouterId:
      return Append(ParseIpv6(sub), node.router_ids);
    default:
      node.unknown.push_back(Keep(sub));
      return absl::OkStatus();
  }
}

std::string Ipv4Text(absl::string_view octets) {
  Reader reader(AsBytes(octets));
  return ReadIpv4(reader).ToString();
}

std::string IsoText(absl::string_view octets) {
  std::string text;
  for (size_t i = 0; i < octets.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += '.';
    absl::StrAppendFormat(&text, "%02x", static_cast<uint8_t>(octets[i]));
  }
  return text;
}

}  // namespace

std::string IgpRouterId::ToString() const {
  const absl::string_view octets = octets_;
  switch (octets.size()) {
    case 4:
      return Ipv4Text(octets);
    case 8:
      return absl::StrCat(Ipv4Text(octets.substr(0, 4)), "/", Ipv4Text(octets.substr(4)));
    case 6:
    case 7:
      return IsoText(octets);
    default:
      return ToHex(AsBytes(octets));
  }
}

absl::StatusOr<NodeDescriptor> ParseNodeDescriptor(const Tlv& tlv, ProtocolId protocol) {
  NodeDescriptor node;
  SRPCE_RETURN_IF_ERROR(
      ForEachTlv(tlv.value, [&](const Tlv& sub) { return DecodeNodeSubTlv(sub, protocol, node); }));
  return node;
}

void Write(uint16_t type, const NodeDescriptor& node, TlvWriter& out) {
  TlvWriter subs;
  subs.AddU32(kTlvAutonomousSystem, node.as_number);
  subs.AddU32(kTlvBgpLsId, node.bgp_ls_id);
  subs.AddU32(kTlvOspfArea, node.area);
  if (node.igp_router_id) subs.AddText(kTlvIgpRouterId, node.igp_router_id->octets());
  if (node.bgp_router_id) {
    subs.Require(node.bgp_router_id->is_v4());
    subs.Add(kTlvBgpRouterId, [&](TlvWriter& w) { WriteIp(*node.bgp_router_id, w); });
  }
  subs.AddU32(kTlvConfederationMember, node.member_as);
  subs.AddIps(kTlvLocalIpv4RouterId, kTlvLocalIpv6RouterId, node.router_ids);
  subs.AddRaw(node.unknown);
  out.Require(subs.fits());
  out.Add(type, [&](TlvWriter& w) { w.PutText(InTypeOrder(subs.bytes())); });
}

//   | local:32 | remote:32 |
absl::StatusOr<LinkIds> ParseLinkIds(const Tlv& tlv) {
  if (tlv.value.size() != 8) return LengthError(tlv, "8");
  Reader reader(tlv.value);
  const uint32_t local = reader.U32();
  return LinkIds{.local = local, .remote = reader.U32()};
}

void Write(const LinkIds& ids, TlvWriter& out) {
  out.Add(kTlvLinkIds, [&](TlvWriter& w) {
    w.U32(ids.local);
    w.U32(ids.remote);
  });
}

//   | prefix length in bits | as many octets as that needs |
absl::StatusOr<IpPrefix> ParseIpReachability(const Tlv& tlv, IpAddress::Family family) {
  Reader reader(tlv.value);
  const uint8_t length = reader.U8();
  const bool v4 = family == IpAddress::Family::kV4;
  if (!reader.ok() || reader.remaining() != (length + 7U) / 8) {
    return LengthError(tlv, absl::StrCat("1 and the octets of /", length));
  }
  if (length > (v4 ? 32 : 128)) {
    return TlvError(tlv, absl::StrCat("got /", length, ", want at most /", v4 ? 32 : 128));
  }
  Ipv6Address::Bytes octets{};
  std::ranges::copy(reader.TakeAll(), octets.begin());
  Reader address(octets);
  return IpPrefix(v4 ? ReadIpv4(address) : IpAddress::V6(ReadIpv6(address)), length);
}

void Write(const IpPrefix& prefix, TlvWriter& out) {
  out.Add(kTlvIpReachability, [&](TlvWriter& w) {
    Writer address;
    WriteIp(prefix.address(), address);
    w.U8(prefix.length());
    w.Put(address.bytes().first((prefix.length() + 7U) / 8));
  });
}

//   | protocol-origin | flags | reserved:16 | endpoint | color:32 | originator AS:32 | originator |
//   | discriminator:32 |
absl::StatusOr<CandidatePathDescriptor> ParseCandidatePath(const Tlv& tlv) {
  Reader reader(tlv.value);
  CandidatePathDescriptor path;
  path.protocol_origin = reader.U8();
  const uint8_t flags = reader.U8();
  reader.Skip(2);
  path.endpoint = (flags & kEndpointIsV6) != 0 ? IpAddress::V6(ReadIpv6(reader)) : ReadIpv4(reader);
  path.color = reader.U32();
  path.originator_as = reader.U32();
  path.originator =
      (flags & kOriginatorIsV6) != 0 ? IpAddress::V6(ReadIpv6(reader)) : ReadIpv4(reader);
  path.discriminator = reader.U32();
  if (!reader.ok() || !reader.empty()) return LengthError(tlv, "24, 36 or 48 as its flags say");
  return path;
}

void Write(const CandidatePathDescriptor& path, TlvWriter& out) {
  out.Add(kTlvSrPolicyCandidatePath, [&](TlvWriter& w) {
    w.U8(path.protocol_origin);
    w.U8(static_cast<uint8_t>((path.endpoint.is_v4() ? 0 : kEndpointIsV6) |
                              (path.originator.is_v4() ? 0 : kOriginatorIsV6)));
    w.Zeros(2);
    WriteIp(path.endpoint, w);
    w.U32(path.color);
    w.U32(path.originator_as);
    WriteIp(path.originator, w);
    w.U32(path.discriminator);
  });
}

}  // namespace srpce::wire::bgpls
