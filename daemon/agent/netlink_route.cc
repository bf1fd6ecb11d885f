#include "daemon/agent/netlink_route.h"

#include <libmnl/libmnl.h>
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_iptunnel.h>
#include <linux/seg6_local.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/agent/srh.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

constexpr size_t kModeLength = sizeof(int);  // seg6_iptunnel_encap: mode, then the SRH.

// Attributes by type; those beyond the table are ignored.
template <size_t kMax>
using Attributes = std::array<const nlattr*, kMax + 1>;

template <size_t kMax>
int Collect(const nlattr* attribute, void* data) {
  auto& table = *static_cast<Attributes<kMax>*>(data);
  const uint16_t type = mnl_attr_get_type(attribute);
  if (type <= kMax) table[type] = attribute;
  return MNL_CB_OK;
}

class Writer {
 public:
  Writer(nlmsghdr* message, size_t capacity) : message_(message), capacity_(capacity) {}

  void Put(uint16_t type, size_t size, const void* value) {
    fits_ = fits_ && mnl_attr_put_check(message_, capacity_, type, size, value);
  }
  void PutU32(uint16_t type, uint32_t value) { Put(type, sizeof value, &value); }
  void PutU16(uint16_t type, uint16_t value) { Put(type, sizeof value, &value); }
  void PutU8(uint16_t type, uint8_t value) { Put(type, sizeof value, &value); }
  void PutAddress(uint16_t type, const Ipv6Address& address) {
    Put(type, address.bytes().size(), address.bytes().data());
  }
  template <typename Fill>
  void Nest(uint16_t type, Fill fill) {
    nlattr* nest = fits_ ? mnl_attr_nest_start_check(message_, capacity_, type) : nullptr;
    fits_ = nest != nullptr;
    fill();
    if (nest != nullptr) mnl_attr_nest_end(message_, nest);
  }
  // Room for a rtnexthop; null if it does not fit.
  rtnexthop* PutNextHop() {
    if (!fits_ || message_->nlmsg_len + sizeof(rtnexthop) > capacity_) {
      fits_ = false;
      return nullptr;
    }
    auto* hop = static_cast<rtnexthop*>(mnl_nlmsg_get_payload_tail(message_));
    std::memset(hop, 0, sizeof *hop);
    message_->nlmsg_len += static_cast<uint32_t>(sizeof *hop);
    return hop;
  }
  char* tail() { return static_cast<char*>(mnl_nlmsg_get_payload_tail(message_)); }
  bool fits() const { return fits_; }

 private:
  nlmsghdr* message_;
  size_t capacity_;
  bool fits_ = true;
};

absl::Status PutSrh(uint16_t type, const std::vector<Ipv6Address>& sids, bool with_mode,
                    Writer& writer) {
  SRPCE_ASSIGN_OR_RETURN(const std::vector<uint8_t> srh, EncodeSrh(sids));
  std::vector<uint8_t> value(with_mode ? kModeLength : 0);
  if (with_mode) {
    constexpr int kMode = SEG6_IPTUN_MODE_ENCAP;
    std::memcpy(value.data(), &kMode, sizeof kMode);
  }
  value.insert(value.end(), srh.begin(), srh.end());
  writer.Put(type, value.size(), value.data());
  return absl::OkStatus();
}

void PutFlavors(const Seg6Local& local, Writer& writer) {
  uint32_t operations = 0;
  if (local.psp) operations |= 1U << SEG6_LOCAL_FLV_OP_PSP;
  if (local.next_csid) operations |= 1U << SEG6_LOCAL_FLV_OP_NEXT_CSID;
  if (operations == 0) return;
  writer.Nest(SEG6_LOCAL_FLAVORS, [&] {
    writer.PutU32(SEG6_LOCAL_FLV_OPERATION, operations);
    if (local.next_csid) {
      writer.PutU8(SEG6_LOCAL_FLV_LCBLOCK_BITS, local.next_csid->block_bits);
      writer.PutU8(SEG6_LOCAL_FLV_LCNODE_FN_BITS, local.next_csid->node_bits);
    }
  });
}

absl::Status PutLocal(const Seg6Local& local, Writer& writer) {
  writer.PutU32(SEG6_LOCAL_ACTION, local.action);
  if (!local.sids.empty()) {
    SRPCE_RETURN_IF_ERROR(PutSrh(SEG6_LOCAL_SRH, local.sids, /*with_mode=*/false, writer));
  }
  if (local.table) writer.PutU32(SEG6_LOCAL_TABLE, *local.table);
  if (local.nexthop) writer.PutAddress(SEG6_LOCAL_NH6, *local.nexthop);
  if (local.out_interface) writer.PutU32(SEG6_LOCAL_OIF, *local.out_interface);
  PutFlavors(local, writer);
  return absl::OkStatus();
}

absl::Status PutEncapsulation(const Encapsulation& encapsulation, Writer& writer) {
  absl::Status status;
  if (const auto* encap = std::get_if<Seg6Encap>(&encapsulation)) {
    writer.PutU16(RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_SEG6);
    writer.Nest(RTA_ENCAP, [&] {
      status = PutSrh(SEG6_IPTUNNEL_SRH, encap->sids, /*with_mode=*/true, writer);
    });
  } else if (const auto* local = std::get_if<Seg6Local>(&encapsulation)) {
    writer.PutU16(RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_SEG6_LOCAL);
    writer.Nest(RTA_ENCAP, [&] { status = PutLocal(*local, writer); });
  }
  return status;
}

absl::Status PutMultipath(const Route& route, Writer& writer) {
  absl::Status status;
  writer.Nest(RTA_MULTIPATH, [&] {
    for (const NextHop& next_hop : route.next_hops) {
      rtnexthop* hop = writer.PutNextHop();
      if (hop == nullptr) return;
      hop->rtnh_ifindex = static_cast<int>(next_hop.interface);
      hop->rtnh_hops = static_cast<uint8_t>(next_hop.weight - 1);
      hop->rtnh_flags = next_hop.onlink ? RTNH_F_ONLINK : 0;
      if (next_hop.gateway) writer.PutAddress(RTA_GATEWAY, *next_hop.gateway);
      status.Update(PutEncapsulation(next_hop.encapsulation, writer));
      hop->rtnh_len = static_cast<uint16_t>(writer.tail() - reinterpret_cast<char*>(hop));
    }
  });
  return status;
}

absl::StatusOr<Ipv6Address> GetAddress(const nlattr* attribute) {
  Ipv6Address::Bytes bytes;
  if (mnl_attr_get_payload_len(attribute) != bytes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("netlink attribute ", mnl_attr_get_type(attribute), ": got ",
                     mnl_attr_get_payload_len(attribute), " octets, want an IPv6 address"));
  }
  std::memcpy(bytes.data(), mnl_attr_get_payload(attribute), bytes.size());
  return Ipv6Address(bytes);
}

// The kernel's own numbers are of the stated size; anything else reads as 0 rather than past the
// end.
template <typename T>
T GetNumber(const nlattr* attribute) {
  T value{};
  if (mnl_attr_get_payload_len(attribute) >= sizeof value) {
    std::memcpy(&value, mnl_attr_get_payload(attribute), sizeof value);
  }
  return value;
}

std::span<const uint8_t> GetBytes(const nlattr* attribute, size_t skip) {
  const size_t length = mnl_attr_get_payload_len(attribute);
  const auto* bytes = static_cast<const uint8_t*>(mnl_attr_get_payload(attribute));
  return length < skip ? std::span<const uint8_t>() : std::span(bytes + skip, length - skip);
}

absl::StatusOr<Seg6Local> GetLocal(const nlattr* encap) {
  Attributes<SEG6_LOCAL_MAX> attributes{};
  mnl_attr_parse_nested(encap, Collect<SEG6_LOCAL_MAX>, &attributes);
  Seg6Local local;
  if (attributes[SEG6_LOCAL_ACTION] != nullptr) {
    local.action = GetNumber<uint32_t>(attributes[SEG6_LOCAL_ACTION]);
  }
  if (attributes[SEG6_LOCAL_SRH] != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(local.sids, DecodeSrh(GetBytes(attributes[SEG6_LOCAL_SRH], 0)));
  }
  if (attributes[SEG6_LOCAL_TABLE] != nullptr) {
    local.table = GetNumber<uint32_t>(attributes[SEG6_LOCAL_TABLE]);
  }
  if (attributes[SEG6_LOCAL_NH6] != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(local.nexthop, GetAddress(attributes[SEG6_LOCAL_NH6]));
  }
  if (attributes[SEG6_LOCAL_OIF] != nullptr) {
    local.out_interface = GetNumber<uint32_t>(attributes[SEG6_LOCAL_OIF]);
  }
  if (attributes[SEG6_LOCAL_FLAVORS] != nullptr) {
    Attributes<SEG6_LOCAL_FLV_MAX> flavors{};
    mnl_attr_parse_nested(attributes[SEG6_LOCAL_FLAVORS], Collect<SEG6_LOCAL_FLV_MAX>, &flavors);
    const uint32_t operations = flavors[SEG6_LOCAL_FLV_OPERATION] == nullptr
                                    ? 0
                                    : GetNumber<uint32_t>(flavors[SEG6_LOCAL_FLV_OPERATION]);
    local.psp = (operations & (1U << SEG6_LOCAL_FLV_OP_PSP)) != 0;
    if ((operations & (1U << SEG6_LOCAL_FLV_OP_NEXT_CSID)) != 0) {
      const nlattr* block = flavors[SEG6_LOCAL_FLV_LCBLOCK_BITS];
      const nlattr* node = flavors[SEG6_LOCAL_FLV_LCNODE_FN_BITS];
      local.next_csid = {block == nullptr ? uint8_t{0} : GetNumber<uint8_t>(block),
                         node == nullptr ? uint8_t{0} : GetNumber<uint8_t>(node)};
    }
  }
  return local;
}

absl::StatusOr<Encapsulation> GetEncapsulation(const Attributes<RTA_MAX>& attributes) {
  if (attributes[RTA_ENCAP] == nullptr || attributes[RTA_ENCAP_TYPE] == nullptr) {
    return Encapsulation();
  }
  const auto type = GetNumber<uint16_t>(attributes[RTA_ENCAP_TYPE]);
  if (type == LWTUNNEL_ENCAP_SEG6) {
    Attributes<SEG6_IPTUNNEL_MAX> nested{};
    mnl_attr_parse_nested(attributes[RTA_ENCAP], Collect<SEG6_IPTUNNEL_MAX>, &nested);
    if (nested[SEG6_IPTUNNEL_SRH] == nullptr) return Encapsulation();
    SRPCE_ASSIGN_OR_RETURN(std::vector<Ipv6Address> sids,
                           DecodeSrh(GetBytes(nested[SEG6_IPTUNNEL_SRH], kModeLength)));
    return Seg6Encap{std::move(sids)};
  }
  if (type == LWTUNNEL_ENCAP_SEG6_LOCAL) {
    SRPCE_ASSIGN_OR_RETURN(Seg6Local local, GetLocal(attributes[RTA_ENCAP]));
    return local;
  }
  return Encapsulation();
}

absl::StatusOr<NextHop> GetNextHop(const Attributes<RTA_MAX>& attributes) {
  NextHop hop;
  if (attributes[RTA_GATEWAY] != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(hop.gateway, GetAddress(attributes[RTA_GATEWAY]));
  }
  SRPCE_ASSIGN_OR_RETURN(hop.encapsulation, GetEncapsulation(attributes));
  return hop;
}

absl::Status GetMultipath(const nlattr* multipath, Route& route) {
  size_t left = mnl_attr_get_payload_len(multipath);
  const char* at = static_cast<const char*>(mnl_attr_get_payload(multipath));
  while (left >= sizeof(rtnexthop)) {
    rtnexthop hop;
    std::memcpy(&hop, at, sizeof hop);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > left) {
      return absl::InvalidArgumentError(absl::StrCat("netlink next hop: got length ", hop.rtnh_len,
                                                     " with ", left, " octets left"));
    }
    Attributes<RTA_MAX> attributes{};
    mnl_attr_parse_payload(at + sizeof hop, hop.rtnh_len - sizeof hop, Collect<RTA_MAX>,
                           &attributes);
    SRPCE_ASSIGN_OR_RETURN(NextHop next_hop, GetNextHop(attributes));
    next_hop.interface = static_cast<uint32_t>(hop.rtnh_ifindex);
    next_hop.weight = hop.rtnh_hops + 1U;
    next_hop.onlink = (hop.rtnh_flags & RTNH_F_ONLINK) != 0;
    route.next_hops.push_back(std::move(next_hop));
    const size_t step = std::min<size_t>(left, RTNH_ALIGN(hop.rtnh_len));
    at += step;
    left -= step;
  }
  return absl::OkStatus();
}

std::string SidText(const std::vector<Ipv6Address>& sids) {
  return absl::StrCat(
      "[",
      absl::StrJoin(sids, ", ",
                    [](std::string* out, const Ipv6Address& sid) { out->append(sid.ToString()); }),
      "]");
}

std::string ActionName(uint32_t action) {
  switch (static_cast<Seg6Action>(action)) {
    case Seg6Action::kEnd:
      return "End";
    case Seg6Action::kEndX:
      return "End.X";
    case Seg6Action::kEndDt6:
      return "End.DT6";
    case Seg6Action::kEndB6Encaps:
      return "End.B6.Encaps";
  }
  return absl::StrCat("action ", action);
}

std::string ToString(const NextHop& hop) {
  std::string text;
  if (const auto* encap = std::get_if<Seg6Encap>(&hop.encapsulation)) {
    text = absl::StrCat(" encap seg6 ", SidText(encap->sids));
  } else if (const auto* local = std::get_if<Seg6Local>(&hop.encapsulation)) {
    text = absl::StrCat(" seg6local ", ActionName(local->action));
    if (!local->sids.empty()) absl::StrAppend(&text, " ", SidText(local->sids));
    if (local->nexthop) absl::StrAppend(&text, " via ", local->nexthop->ToString());
    if (local->out_interface) absl::StrAppend(&text, " oif ", *local->out_interface);
    if (local->table) absl::StrAppend(&text, " table ", *local->table);
    if (local->psp) absl::StrAppend(&text, " psp");
    if (local->next_csid) absl::StrAppend(&text, " next-csid");
  } else {
    if (hop.gateway) absl::StrAppend(&text, " via ", hop.gateway->ToString());
    absl::StrAppend(&text, " oif ", hop.interface);
  }
  return text;
}

}  // namespace

bool SameForwarding(const Route& a, const Route& b) {
  return a.id == b.id && a.type == b.type &&
         std::is_permutation(a.next_hops.begin(), a.next_hops.end(), b.next_hops.begin(),
                             b.next_hops.end());
}

std::string ToString(const Route& route) {
  std::string text = absl::StrCat(route.id.destination.ToString(), " metric ", route.id.metric);
  for (size_t i = 0; i < route.next_hops.size(); ++i) {
    if (i > 0) text += " |";
    text += ToString(route.next_hops[i]);
    if (route.next_hops.size() > 1) absl::StrAppend(&text, " weight ", route.next_hops[i].weight);
  }
  return text;
}

absl::Status PutRoute(const Route& route, nlmsghdr* message, size_t capacity) {
  if (route.id.destination.address().is_v4() || route.next_hops.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("route ", route.id.destination.ToString(),
                                                   ": want an IPv6 prefix and a next hop"));
  }
  auto* header = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  header->rtm_family = AF_INET6;
  header->rtm_dst_len = route.id.destination.length();
  header->rtm_table = route.id.table < 256 ? static_cast<uint8_t>(route.id.table)
                                           : static_cast<uint8_t>(RT_TABLE_UNSPEC);
  header->rtm_protocol = route.protocol;
  header->rtm_scope = RT_SCOPE_UNIVERSE;
  header->rtm_type = route.type;
  Writer writer(message, capacity);
  writer.PutAddress(RTA_DST, route.id.destination.address().v6());
  writer.PutU32(RTA_TABLE, route.id.table);
  writer.PutU32(RTA_PRIORITY, route.id.metric);
  if (route.next_hops.size() > 1) {
    SRPCE_RETURN_IF_ERROR(PutMultipath(route, writer));
  } else {
    const NextHop& hop = route.next_hops.front();
    if (hop.onlink) header->rtm_flags |= RTNH_F_ONLINK;
    writer.PutU32(RTA_OIF, hop.interface);
    if (hop.gateway) writer.PutAddress(RTA_GATEWAY, *hop.gateway);
    SRPCE_RETURN_IF_ERROR(PutEncapsulation(hop.encapsulation, writer));
  }
  if (!writer.fits()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("route ", route.id.destination.ToString(), ": ", route.next_hops.size(),
                     " next hops do not fit a netlink message of ", capacity, " octets"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Route> ParseRoute(const nlmsghdr* message) {
  if (mnl_nlmsg_get_payload_len(message) < sizeof(rtmsg)) {
    return absl::InvalidArgumentError("netlink route: got no rtmsg");
  }
  rtmsg header;
  std::memcpy(&header, mnl_nlmsg_get_payload(message), sizeof header);
  Attributes<RTA_MAX> attributes{};
  mnl_attr_parse(message, sizeof(rtmsg), Collect<RTA_MAX>, &attributes);
  if (header.rtm_family != AF_INET6 || header.rtm_dst_len > 128) {
    return absl::InvalidArgumentError(absl::StrCat("netlink route: got family ", header.rtm_family,
                                                   " length ", header.rtm_dst_len, ", want IPv6"));
  }
  Route route;
  Ipv6Address destination;
  if (attributes[RTA_DST] != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(destination, GetAddress(attributes[RTA_DST]));
  }
  route.id.destination = IpPrefix(IpAddress::V6(destination), header.rtm_dst_len);
  route.id.table = attributes[RTA_TABLE] != nullptr ? GetNumber<uint32_t>(attributes[RTA_TABLE])
                                                    : header.rtm_table;
  if (attributes[RTA_PRIORITY] != nullptr) {
    route.id.metric = GetNumber<uint32_t>(attributes[RTA_PRIORITY]);
  }
  route.protocol = header.rtm_protocol;
  route.type = header.rtm_type;
  if (attributes[RTA_MULTIPATH] != nullptr) {
    SRPCE_RETURN_IF_ERROR(GetMultipath(attributes[RTA_MULTIPATH], route));
  } else if (attributes[RTA_OIF] != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(NextHop hop, GetNextHop(attributes));
    hop.interface = GetNumber<uint32_t>(attributes[RTA_OIF]);
    hop.onlink = (header.rtm_flags & RTNH_F_ONLINK) != 0;
    route.next_hops.push_back(std::move(hop));
  }
  return route;
}

}  // namespace srpce::agent
