#include "daemon/agent/kernel.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_genl.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

constexpr uint32_t kLowerUp = 1U << 16;   // IFF_LOWER_UP, which <net/if.h> does not have.
constexpr uint8_t kOperStateUnknown = 0;  // RFC 2863 states as IFLA_OPERSTATE has them.
constexpr uint8_t kOperStateUp = 6;
constexpr int kDumpAttempts = 5;

struct LinkAttributes {
  std::string name;
  uint8_t oper_state = kOperStateUnknown;
};

int TakeLinkAttribute(const nlattr* attribute, void* data) {
  auto& link = *static_cast<LinkAttributes*>(data);
  const uint16_t type = mnl_attr_get_type(attribute);
  if (type == IFLA_IFNAME && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0) {
    link.name = mnl_attr_get_str(attribute);
  } else if (type == IFLA_OPERSTATE && mnl_attr_get_payload_len(attribute) >= 1) {
    link.oper_state = mnl_attr_get_u8(attribute);
  }
  return MNL_CB_OK;
}

int TakeFamilyId(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID) {
    *static_cast<uint16_t*>(data) = mnl_attr_get_u16(attribute);
  }
  return MNL_CB_OK;
}

genlmsghdr* PutGeneric(nlmsghdr* message, uint8_t command, uint8_t version) {
  auto* header = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(message, sizeof(genlmsghdr)));
  header->cmd = command;
  header->version = version;
  return header;
}

}  // namespace

absl::StatusOr<Interface> ParseLink(const nlmsghdr* message) {
  if (mnl_nlmsg_get_payload_len(message) < sizeof(ifinfomsg)) {
    return absl::InvalidArgumentError("netlink link: got no ifinfomsg");
  }
  ifinfomsg header;
  std::memcpy(&header, mnl_nlmsg_get_payload(message), sizeof header);
  if (header.ifi_family != AF_UNSPEC) {
    // A bridge telling of its ports: when a port leaves, that reads like the deletion of an
    // interface.
    return absl::InvalidArgumentError(
        absl::StrCat("netlink link: got family ", header.ifi_family, ", want none"));
  }
  LinkAttributes attributes;
  mnl_attr_parse(message, sizeof(ifinfomsg), TakeLinkAttribute, &attributes);
  Interface interface;
  interface.index = static_cast<uint32_t>(header.ifi_index);
  interface.name = attributes.name;
  interface.loopback = (header.ifi_flags & IFF_LOOPBACK) != 0;
  // Some drivers never leave "unknown"; their carrier counts.
  interface.up =
      message->nlmsg_type != RTM_DELLINK && (header.ifi_flags & IFF_UP) != 0 &&
      (header.ifi_flags & kLowerUp) != 0 &&
      (attributes.oper_state == kOperStateUp || attributes.oper_state == kOperStateUnknown);
  return interface;
}

absl::StatusOr<Kernel> Kernel::Open() {
  SRPCE_ASSIGN_OR_RETURN(NetlinkSocket socket, NetlinkSocket::Open(NETLINK_ROUTE));
  SRPCE_ASSIGN_OR_RETURN(NetlinkSocket generic, NetlinkSocket::Open(NETLINK_GENERIC));
  return Kernel(std::move(socket), std::move(generic));
}

absl::Status Kernel::ReplaceRoute(const Route& route) {
  nlmsghdr* message = socket_.Prepare(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  SRPCE_RETURN_IF_ERROR(PutRoute(route, message, socket_.capacity()));
  return socket_.Send(message);
}

absl::Status Kernel::AddRoute(const Route& route) {
  nlmsghdr* message = socket_.Prepare(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  SRPCE_RETURN_IF_ERROR(PutRoute(route, message, socket_.capacity()));
  return socket_.Send(message);
}

absl::Status Kernel::DeleteRoute(const RouteId& id, uint8_t protocol) {
  nlmsghdr* message = socket_.Prepare(RTM_DELROUTE, 0);
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  header->rtm_family = AF_INET6;
  header->rtm_dst_len = id.destination.length();
  header->rtm_table =
      id.table < 256 ? static_cast<uint8_t>(id.table) : static_cast<uint8_t>(RT_TABLE_UNSPEC);
  header->rtm_protocol = protocol;
  header->rtm_scope = RT_SCOPE_NOWHERE;
  const Ipv6Address destination = id.destination.address().v6();
  mnl_attr_put(message, RTA_DST, destination.bytes().size(), destination.bytes().data());
  mnl_attr_put_u32(message, RTA_TABLE, id.table);
  mnl_attr_put_u32(message, RTA_PRIORITY, id.metric);
  return socket_.Send(message);
}

absl::StatusOr<std::vector<Route>> Kernel::Routes(uint8_t protocol) {
  absl::Status status;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    nlmsghdr* message = socket_.Prepare(RTM_GETROUTE, NLM_F_DUMP);
    auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
    header->rtm_family = AF_INET6;
    header->rtm_protocol = protocol;
    std::vector<Route> routes;
    status = socket_.Send(message, [&](const nlmsghdr* answer) {
      if (answer->nlmsg_type != RTM_NEWROUTE) return;
      absl::StatusOr<Route> route = ParseRoute(answer);
      // Kernels without strict checking dump the others, too.
      if (route.ok() && route->protocol == protocol) routes.push_back(*std::move(route));
    });
    if (status.ok()) return routes;
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

absl::StatusOr<Route> Kernel::Lookup(const Ipv6Address& destination) {
  nlmsghdr* message = socket_.Prepare(RTM_GETROUTE, 0);
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  header->rtm_family = AF_INET6;
  header->rtm_dst_len = 128;
  header->rtm_flags = RTM_F_FIB_MATCH;
  mnl_attr_put(message, RTA_DST, destination.bytes().size(), destination.bytes().data());
  absl::StatusOr<Route> found = absl::NotFoundError("kernel: no answer");
  const absl::Status status = socket_.Send(message, [&](const nlmsghdr* answer) {
    if (answer->nlmsg_type == RTM_NEWROUTE) found = ParseRoute(answer);
  });
  if (!status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat("route to ", destination.ToString(), ": ", status.message()));
  }
  if (found.ok() && found->type != RTN_UNICAST && found->type != RTN_LOCAL) {
    return absl::NotFoundError(absl::StrCat("route to ", destination.ToString(), ": rejected by ",
                                            found->id.destination.ToString()));
  }
  return found;
}

absl::StatusOr<std::map<uint32_t, Interface>> Kernel::Interfaces() {
  absl::Status status;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    nlmsghdr* message = socket_.Prepare(RTM_GETLINK, NLM_F_DUMP);
    auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
    header->ifi_family = AF_UNSPEC;
    std::map<uint32_t, Interface> interfaces;
    status = socket_.Send(message, [&](const nlmsghdr* answer) {
      if (answer->nlmsg_type != RTM_NEWLINK) return;
      if (absl::StatusOr<Interface> interface = ParseLink(answer); interface.ok()) {
        interfaces[interface->index] = *std::move(interface);
      }
    });
    if (status.ok()) return interfaces;
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

absl::Status Kernel::CreateInterface(const std::string& name, const std::string& kind) {
  nlmsghdr* message = socket_.Prepare(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg));
  mnl_attr_put_strz(message, IFLA_IFNAME, name.c_str());
  nlattr* info = mnl_attr_nest_start(message, IFLA_LINKINFO);
  mnl_attr_put_strz(message, IFLA_INFO_KIND, kind.c_str());
  mnl_attr_nest_end(message, info);
  return socket_.Send(message);
}

absl::Status Kernel::SetUp(uint32_t index) {
  nlmsghdr* message = socket_.Prepare(RTM_NEWLINK, 0);
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  header->ifi_index = static_cast<int>(index);
  header->ifi_flags = IFF_UP;
  header->ifi_change = IFF_UP;
  return socket_.Send(message);
}

absl::StatusOr<uint32_t> Kernel::EnsureEncapInterface(const std::string& name) {
  if (name.empty() || name.size() >= IFNAMSIZ) {
    return absl::InvalidArgumentError(
        absl::StrCat("encap_interface: got '", name, "', want 1 to ", IFNAMSIZ - 1, " characters"));
  }
  for (const bool created : {false, true}) {
    SRPCE_ASSIGN_OR_RETURN(const auto interfaces, Interfaces());
    const auto found = std::find_if(interfaces.begin(), interfaces.end(),
                                    [&](const auto& entry) { return entry.second.name == name; });
    if (found != interfaces.end()) {
      if (found->second.loopback) {
        // The kernel turns routes over it into rejecting ones.
        return absl::InvalidArgumentError(
            absl::StrCat("encap_interface: got ", name, ", want one that is not a loopback"));
      }
      SRPCE_RETURN_IF_ERROR(SetUp(found->first));
      return found->first;
    }
    if (created) break;
    absl::Status status = CreateInterface(name, "dummy");
    if (absl::IsUnimplemented(status)) status = CreateInterface(name, "bridge");
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("encap_interface ", name,
                                                      ": cannot create it: ", status.message()));
    }
  }
  return absl::InternalError(absl::StrCat("encap_interface ", name, ": created, yet not there"));
}

absl::Status Kernel::SetTunnelSource(const Ipv6Address& source) {
  nlmsghdr* message = generic_.Prepare(GENL_ID_CTRL, 0);
  PutGeneric(message, CTRL_CMD_GETFAMILY, /*version=*/1);
  mnl_attr_put_strz(message, CTRL_ATTR_FAMILY_NAME, SEG6_GENL_NAME);
  uint16_t family = 0;
  SRPCE_RETURN_IF_ERROR(generic_.Send(message, [&](const nlmsghdr* answer) {
    mnl_attr_parse(answer, sizeof(genlmsghdr), TakeFamilyId, &family);
  }));
  message = generic_.Prepare(family, 0);
  PutGeneric(message, SEG6_CMD_SET_TUNSRC, SEG6_GENL_VERSION);
  mnl_attr_put(message, SEG6_ATTR_DST, source.bytes().size(), source.bytes().data());
  return generic_.Send(message);
}

}  // namespace srpce::agent
