#include "tests/unit/wire/bgpls/random_structs.h"

namespace srpce::wire::bgpls {
namespace {

IgpRouterId RandomRouterId(Draw& d, ProtocolId protocol) {
  switch (protocol) {
    case ProtocolId::kIsisLevel1:
    case ProtocolId::kIsisLevel2:
      return IgpRouterId(d.Text(6 + d.Below(2)));
    case ProtocolId::kOspfv2:
    case ProtocolId::kOspfv3:
      return IgpRouterId(d.Text(d.Coin() ? 4 : 8));
    default:
      return IgpRouterId(d.Text(d.Coin() ? 4 : 16));
  }
}

NodeDescriptor RandomNodeDescriptor(Draw& d, ProtocolId protocol) {
  NodeDescriptor node;
  const auto number = [&] { return d.U32(); };
  node.as_number = d.Maybe(number);
  node.bgp_ls_id = d.Maybe(number);
  node.area = d.Maybe(number);
  node.igp_router_id = d.Maybe([&] { return RandomRouterId(d, protocol); });
  node.bgp_router_id = d.Maybe([&] { return d.V4(); });
  node.member_as = d.Maybe(number);
  if (d.Coin(4)) node.router_ids = d.Ips();
  node.unknown = d.Unknown();
  return node;
}

std::vector<uint16_t> RandomTopologies(Draw& d) {
  return d.Some([&] { return static_cast<uint16_t>(d.U16() & 0xfff); });
}

LinkDescriptor RandomLinkDescriptor(Draw& d, ProtocolId protocol) {
  LinkDescriptor link;
  link.remote_node = RandomNodeDescriptor(d, protocol);
  link.ids = d.Maybe([&] { return LinkIds{.local = d.U32(), .remote = d.U32()}; });
  link.local_addresses = d.Ips();
  link.remote_addresses = d.Ips();
  link.multi_topologies = RandomTopologies(d);
  return link;
}

PrefixDescriptor RandomPrefixDescriptor(Draw& d, bool v4) {
  PrefixDescriptor prefix;
  prefix.multi_topologies = RandomTopologies(d);
  prefix.ospf_route_type = d.Maybe([&] { return d.U8(); });
  prefix.prefix = v4 ? IpPrefix(d.V4(), static_cast<uint8_t>(d.Below(33)))
                     : IpPrefix(IpAddress::V6(d.V6()), static_cast<uint8_t>(d.Below(129)));
  return prefix;
}

}  // namespace

Nlri RandomNlri(Draw& d) {
  Nlri nlri;
  nlri.type = static_cast<NlriType>(1 + d.Below(6));
  nlri.protocol = static_cast<ProtocolId>(1 + d.Below(9));
  nlri.identifier = d.Coin() ? 0 : d.U64();
  nlri.local_node = RandomNodeDescriptor(d, nlri.protocol);
  nlri.unknown = d.Unknown();
  switch (nlri.type) {
    case NlriType::kNode:
      break;
    case NlriType::kLink:
      nlri.descriptor = RandomLinkDescriptor(d, nlri.protocol);
      break;
    case NlriType::kIpv4Prefix:
    case NlriType::kIpv6Prefix:
      nlri.descriptor = RandomPrefixDescriptor(d, nlri.type == NlriType::kIpv4Prefix);
      break;
    case NlriType::kSrv6Sid:
      nlri.descriptor = Srv6SidDescriptor{.multi_topologies = RandomTopologies(d), .sid = d.V6()};
      break;
    case NlriType::kSrPolicyCandidatePath:
      nlri.descriptor = CandidatePathDescriptor{.protocol_origin = d.U8(),
                                                .endpoint = d.Ip(),
                                                .color = d.U32(),
                                                .originator_as = d.U32(),
                                                .originator = d.Ip(),
                                                .discriminator = d.U32()};
      break;
  }
  return nlri;
}

}  // namespace srpce::wire::bgpls
