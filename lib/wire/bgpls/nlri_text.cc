// What an NLRI says, for people.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/wire/bgpls/nlri.h"

namespace srpce::wire::bgpls {
namespace {

std::string Addresses(const std::vector<IpAddress>& addresses) {
  return absl::StrJoin(addresses, ",", [](std::string* out, const IpAddress& address) {
    absl::StrAppend(out, address.ToString());
  });
}

void AppendTopologies(const std::vector<uint16_t>& topologies, std::string& text) {
  if (!topologies.empty()) absl::StrAppend(&text, " mt ", absl::StrJoin(topologies, ","));
}

struct DescriptorText {
  std::string& text;

  void operator()(const NoDescriptor&) const {}
  void operator()(const LinkDescriptor& link) const {
    absl::StrAppend(&text, " > ", ToString(link.remote_node));
    if (link.ids) absl::StrAppend(&text, " ids ", link.ids->local, " > ", link.ids->remote);
    if (!link.local_addresses.empty() || !link.remote_addresses.empty()) {
      absl::StrAppend(&text, " ", Addresses(link.local_addresses), " > ",
                      Addresses(link.remote_addresses));
    }
    AppendTopologies(link.multi_topologies, text);
  }
  void operator()(const PrefixDescriptor& prefix) const {
    absl::StrAppend(&text, " ", prefix.prefix.ToString());
    if (prefix.ospf_route_type) absl::StrAppend(&text, " route-type ", *prefix.ospf_route_type);
    AppendTopologies(prefix.multi_topologies, text);
  }
  void operator()(const CandidatePathDescriptor& path) const {
    absl::StrAppend(&text, " endpoint ", path.endpoint.ToString(), " color ", path.color,
                    " origin ", path.protocol_origin, " originator ", path.originator_as, ":",
                    path.originator.ToString(), " discriminator ", path.discriminator);
  }
  void operator()(const Srv6SidDescriptor& sid) const {
    absl::StrAppend(&text, " ", sid.sid.ToString());
    AppendTopologies(sid.multi_topologies, text);
  }
};

}  // namespace

std::string ToString(const NodeDescriptor& node) {
  std::vector<std::string> parts;
  if (node.igp_router_id) parts.push_back(node.igp_router_id->ToString());
  if (node.bgp_router_id) parts.push_back(absl::StrCat("bgp ", node.bgp_router_id->ToString()));
  for (const IpAddress& id : node.router_ids) parts.push_back(absl::StrCat("te ", id.ToString()));
  if (node.as_number) parts.push_back(absl::StrCat("as ", *node.as_number));
  if (node.member_as) parts.push_back(absl::StrCat("member-as ", *node.member_as));
  if (node.area) parts.push_back(absl::StrCat("area ", *node.area));
  if (node.bgp_ls_id) parts.push_back(absl::StrCat("bgp-ls-id ", *node.bgp_ls_id));
  for (const RawTlv& tlv : node.unknown) parts.push_back(absl::StrCat("tlv ", tlv.type));
  return absl::StrJoin(parts, " ");
}

std::string ToString(const Nlri& nlri) {
  std::string text = absl::StrCat(NlriTypeName(static_cast<uint16_t>(nlri.type)), " ",
                                  ProtocolName(nlri.protocol));
  if (nlri.identifier != 0) absl::StrAppend(&text, " instance ", nlri.identifier);
  absl::StrAppend(&text, " ", ToString(nlri.local_node));
  std::visit(DescriptorText{text}, nlri.descriptor);
  for (const RawTlv& tlv : nlri.unknown) absl::StrAppend(&text, " tlv ", tlv.type);
  return text;
}

}  // namespace srpce::wire::bgpls
