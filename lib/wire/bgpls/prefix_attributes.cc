#include "lib/wire/bgpls/prefix_attributes.h"

#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {

std::optional<absl::Status> DecodePrefixTlv(const Tlv& tlv, PrefixAttributes& prefix) {
  switch (tlv.type) {
    case kTlvFlexAlgoPrefixMetric:
      return Append(ParseFlexAlgoPrefixMetric(tlv), prefix.flex_algo_metrics);
    case kTlvIgpFlags:
      return Once(tlv, ParseU8(tlv), prefix.igp_flags);
    case kTlvRouteTag:
      return AppendU32s(tlv, prefix.route_tags);
    case kTlvExtendedRouteTag:
      return AppendU64s(tlv, prefix.extended_route_tags);
    case kTlvPrefixMetric:
      return Once(tlv, ParseU32(tlv), prefix.metric);
    case kTlvOspfForwardingAddress:
      return Once(tlv, ParseIp(tlv), prefix.ospf_forwarding_address);
    case kTlvOpaquePrefix:
      return Append(ParseText(tlv), prefix.opaque);
    case kTlvPrefixSid:
      return Append(ParsePrefixSid(tlv), prefix.sids);
    case kTlvSidRange:
      return Append(ParsePrefixSidRange(tlv), prefix.sid_ranges);
    case kTlvSrv6Locator:
      return Append(ParseSrv6Locator(tlv), prefix.locators);
    case kTlvPrefixAttributeFlags:
      return Once(tlv, ParseText(tlv), prefix.attribute_flags);
    case kTlvSourceRouterId:
      return Append(ParseIp(tlv), prefix.source_router_ids);
    case kTlvSourceOspfRouterId:
      return Once(tlv, ParseU32(tlv), prefix.source_ospf_router_id);
    default:
      return std::nullopt;
  }
}

void Write(const PrefixAttributes& prefix, TlvWriter& out) {
  for (const FlexAlgoPrefixMetric& metric : prefix.flex_algo_metrics) Write(metric, out);
  out.AddU8(kTlvIgpFlags, prefix.igp_flags);
  out.AddU32s(kTlvRouteTag, prefix.route_tags);
  out.AddU64s(kTlvExtendedRouteTag, prefix.extended_route_tags);
  out.AddU32(kTlvPrefixMetric, prefix.metric);
  if (prefix.ospf_forwarding_address) {
    out.Add(kTlvOspfForwardingAddress,
            [&](TlvWriter& w) { WriteIp(*prefix.ospf_forwarding_address, w); });
  }
  out.AddTexts(kTlvOpaquePrefix, prefix.opaque);
  for (const PrefixSid& sid : prefix.sids) Write(sid, out);
  for (const PrefixSidRange& range : prefix.sid_ranges) Write(range, out);
  for (const Srv6Locator& locator : prefix.locators) Write(locator, out);
  out.AddText(kTlvPrefixAttributeFlags, prefix.attribute_flags);
  out.AddIps(kTlvSourceRouterId, kTlvSourceRouterId, prefix.source_router_ids);
  out.AddU32(kTlvSourceOspfRouterId, prefix.source_ospf_router_id);
}

}  // namespace srpce::wire::bgpls
