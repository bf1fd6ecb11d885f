#include "lib/wire/bgpls/attribute.h"

#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

std::optional<absl::Status> DecodeRouterIdTlv(const Tlv& tlv, Attribute& attribute) {
  switch (tlv.type) {
    case kTlvLocalIpv4RouterId:
      return Append(ParseIpv4(tlv), attribute.local_router_ids);
    case kTlvLocalIpv6RouterId:
      return Append(ParseIpv6(tlv), attribute.local_router_ids);
    case kTlvRemoteIpv4RouterId:
      return Append(ParseIpv4(tlv), attribute.remote_router_ids);
    case kTlvRemoteIpv6RouterId:
      return Append(ParseIpv6(tlv), attribute.remote_router_ids);
    default:
      return std::nullopt;
  }
}

// Links first: there are most of them.
std::optional<absl::Status> DecodeTlv(const Tlv& tlv, DecodedAttribute& decoded) {
  Attribute& attribute = decoded.attribute;
  std::optional<absl::Status> status = DecodeLinkTlv(tlv, attribute.link, decoded.defects);
  if (!status) status = DecodeRouterIdTlv(tlv, attribute);
  if (!status) status = DecodePrefixTlv(tlv, attribute.prefix);
  if (!status) status = DecodeNodeTlv(tlv, attribute.node);
  if (!status) status = DecodeSrv6SidTlv(tlv, attribute.srv6_sid);
  if (!status) status = DecodeSrPolicyTlv(tlv, attribute.sr_policy);
  return status;
}

}  // namespace

DecodedAttribute DecodeAttribute(Bytes bytes) {
  DecodedAttribute decoded;
  TlvWalk walk(bytes);
  for (Tlv tlv; walk.Next(tlv);) {
    const std::optional<absl::Status> status = DecodeTlv(tlv, decoded);
    if (!status) {
      decoded.attribute.unknown.push_back(Keep(tlv));
    } else if (!status->ok()) {
      decoded.defects.push_back({tlv.type, std::string(status->message())});
    }
  }
  if (!walk.overrun().ok()) {
    decoded.overrun = true;
    decoded.defects.push_back({walk.overrun_type(), std::string(walk.overrun().message())});
  }
  return decoded;
}

absl::StatusOr<std::string> EncodeAttribute(const Attribute& attribute) {
  TlvWriter out;
  out.AddIps(kTlvLocalIpv4RouterId, kTlvLocalIpv6RouterId, attribute.local_router_ids);
  out.AddIps(kTlvRemoteIpv4RouterId, kTlvRemoteIpv6RouterId, attribute.remote_router_ids);
  Write(attribute.node, out);
  Write(attribute.link, out);
  Write(attribute.prefix, out);
  Write(attribute.srv6_sid, out);
  Write(attribute.sr_policy, out);
  out.AddRaw(attribute.unknown);
  if (!out.fits()) {
    return absl::InvalidArgumentError("BGP-LS attribute: a value does not fit its field");
  }
  return InTypeOrder(out.bytes());
}

}  // namespace srpce::wire::bgpls
