// tests/unit/plugins/bgpls_source/routes.h -- NLRIs and attributes from a few words, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"
#include "plugins/topology_source/bgpls/route_table.h"

namespace srpce::bgpls_source {

using wire::bgpls::NlriType;
using wire::bgpls::ProtocolId;

inline IpAddress Ip(const std::string& text) { return *IpAddress::Parse(text); }

// An IS-IS system id 0000.0000.00NN; with `circuit` its pseudonode.
inline wire::bgpls::NodeDescriptor Isis(uint8_t number, uint8_t circuit = 0,
                                        uint32_t as_number = 65000) {
  std::string id(6, '\0');
  id.back() = static_cast<char>(number);
  if (circuit != 0) {
    id.push_back(static_cast<char>(circuit));
  }
  wire::bgpls::NodeDescriptor node;
  node.as_number = as_number;
  node.igp_router_id = wire::bgpls::IgpRouterId(id);
  return node;
}

inline wire::bgpls::NodeDescriptor Ospf(const std::string& router_id, uint32_t area = 0,
                                        uint32_t as_number = 65000) {
  const uint32_t value = Ip(router_id).v4();
  std::string id;
  for (const int shift : {24, 16, 8, 0}) {
    id.push_back(static_cast<char>(value >> shift));
  }
  wire::bgpls::NodeDescriptor node;
  node.as_number = as_number;
  node.area = area;
  node.igp_router_id = wire::bgpls::IgpRouterId(id);
  return node;
}

inline wire::bgpls::NodeDescriptor Bgp(const std::string& router_id, uint32_t as_number) {
  wire::bgpls::NodeDescriptor node;
  node.as_number = as_number;
  node.bgp_router_id = Ip(router_id);
  return node;
}

struct LinkEnds {
  std::vector<std::string> local{};
  std::vector<std::string> remote{};
  uint32_t local_id = 0;
  uint32_t remote_id = 0;
  uint16_t topology = 0;
};

inline wire::bgpls::LinkDescriptor LinkOf(const LinkEnds& ends) {
  wire::bgpls::LinkDescriptor link;
  for (const std::string& address : ends.local) link.local_addresses.push_back(Ip(address));
  for (const std::string& address : ends.remote) link.remote_addresses.push_back(Ip(address));
  if (ends.local_id != 0) {
    link.ids = wire::bgpls::LinkIds{.local = ends.local_id, .remote = ends.remote_id};
  }
  if (ends.topology != 0) link.multi_topologies = {ends.topology};
  return link;
}

inline wire::bgpls::Nlri NodeNlri(const wire::bgpls::NodeDescriptor& node,
                                  ProtocolId protocol = ProtocolId::kIsisLevel2) {
  wire::bgpls::Nlri nlri;
  nlri.type = NlriType::kNode;
  nlri.protocol = protocol;
  nlri.local_node = node;
  return nlri;
}

inline wire::bgpls::Nlri LinkNlri(const wire::bgpls::NodeDescriptor& local,
                                  const wire::bgpls::NodeDescriptor& remote, const LinkEnds& ends,
                                  ProtocolId protocol = ProtocolId::kIsisLevel2) {
  wire::bgpls::Nlri nlri = NodeNlri(local, protocol);
  nlri.type = NlriType::kLink;
  wire::bgpls::LinkDescriptor link = LinkOf(ends);
  link.remote_node = remote;
  nlri.descriptor = link;
  return nlri;
}

inline wire::bgpls::Nlri PrefixNlri(const wire::bgpls::NodeDescriptor& node,
                                    const std::string& prefix,
                                    ProtocolId protocol = ProtocolId::kIsisLevel2) {
  wire::bgpls::Nlri nlri = NodeNlri(node, protocol);
  wire::bgpls::PrefixDescriptor descriptor;
  descriptor.prefix = *IpPrefix::Parse(prefix);
  nlri.type = descriptor.prefix.address().is_v4() ? NlriType::kIpv4Prefix : NlriType::kIpv6Prefix;
  nlri.descriptor = descriptor;
  return nlri;
}

inline wire::bgpls::Nlri SidNlri(const wire::bgpls::NodeDescriptor& node, const std::string& sid) {
  wire::bgpls::Nlri nlri = NodeNlri(node);
  wire::bgpls::Srv6SidDescriptor descriptor;
  descriptor.sid = *Ipv6Address::Parse(sid);
  nlri.type = NlriType::kSrv6Sid;
  nlri.descriptor = descriptor;
  return nlri;
}

inline wire::bgpls::KnownNlri Known(const wire::bgpls::Nlri& nlri) {
  return {.key = *EncodeNlri(nlri), .nlri = nlri};
}

inline wire::bgpls::Attribute RouterIds(const std::vector<std::string>& ids) {
  wire::bgpls::Attribute attribute;
  for (const std::string& id : ids) attribute.local_router_ids.push_back(Ip(id));
  return attribute;
}

inline std::shared_ptr<const Announcement> Says(const wire::bgpls::Attribute& attribute,
                                                size_t nlris = 1) {
  return std::make_shared<const Announcement>(
      Announcement{.attribute = *EncodeAttribute(attribute), .nlris = nlris});
}

inline RouteTable::Change Change(const wire::bgpls::Nlri& nlri,
                                 const wire::bgpls::Attribute& attribute, bool stale = false,
                                 size_t nlris = 1) {
  return {.key = *EncodeNlri(nlri),
          .route = Route{.nlri = std::make_shared<const wire::bgpls::Nlri>(nlri),
                         .announcement = Says(attribute, nlris),
                         .stale = stale}};
}
inline RouteTable::Change Gone(const wire::bgpls::Nlri& nlri) {
  return {.key = *EncodeNlri(nlri), .route = std::nullopt};
}

}  // namespace srpce::bgpls_source
