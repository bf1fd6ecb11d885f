#include "daemon/agent/local_sids.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

constexpr char kEnd[] = "End";
constexpr char kEndX[] = "End.X";
constexpr char kEndDt6[] = "End.DT6";
constexpr char kPsp[] = "psp";
constexpr char kNextCsid[] = "next-csid";
constexpr uint32_t kAddressBits = 128;
constexpr uint32_t kBitsPerOctet = 8;

bool HasFlavor(const config::v1::LocalSid& sid, absl::string_view flavor) {
  return std::any_of(sid.flavors().begin(), sid.flavors().end(),
                     [&](const std::string& f) { return absl::string_view(f) == flavor; });
}

absl::Status CheckFlavors(const config::v1::LocalSid& sid, const IpPrefix& prefix) {
  for (const std::string& flavor : sid.flavors()) {
    if (flavor != kPsp && flavor != kNextCsid) {
      return absl::InvalidArgumentError(
          absl::StrCat("flavors: got '", flavor, "', want psp or next-csid"));
    }
    if (sid.behavior() == kEndDt6) {
      return absl::InvalidArgumentError(
          absl::StrCat("flavors: got ", flavor, " with End.DT6, which has none"));
    }
  }
  if (!HasFlavor(sid, kNextCsid)) {
    if (prefix.is_host()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("sid: got ", sid.sid(), ", want an address (a prefix only with next-csid)"));
  }
  const uint32_t bits = sid.block_bits() + sid.node_bits();
  if (sid.block_bits() % kBitsPerOctet != 0 || sid.node_bits() % kBitsPerOctet != 0 ||
      bits > kAddressBits) {
    return absl::InvalidArgumentError(absl::StrCat("block_bits, node_bits: got ", sid.block_bits(),
                                                   " and ", sid.node_bits(),
                                                   ", want multiples of 8, 128 together at most"));
  }
  // Longer, and the SID would not be found again once the next CSID is shifted in.
  if (sid.behavior() == kEnd && prefix.length() > bits) {
    return absl::InvalidArgumentError(absl::StrCat("sid: got ", sid.sid(), ", want its first ",
                                                   bits, " bits as a prefix, with next-csid"));
  }
  return absl::OkStatus();
}

absl::Status CheckEndX(const config::v1::LocalSid& sid) {
  if (sid.behavior() != kEndX) {
    if (!sid.has_nexthop() && !sid.has_interface()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("interface, nexthop: got one with ", sid.behavior(), ", which has none"));
  }
  if (!sid.has_nexthop() || !sid.has_interface() || sid.interface().empty()) {
    return absl::InvalidArgumentError("interface, nexthop: got not both, want both with End.X");
  }
  const auto nexthop = Ipv6Address::Parse(sid.nexthop());
  if (!nexthop.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("nexthop: ", nexthop.status().message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLocalSid(const config::v1::LocalSid& sid) {
  const auto prefix = IpPrefix::Parse(sid.sid());
  if (!prefix.ok() || prefix->address().is_v4()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sid: got '", sid.sid(), "', want an IPv6 address or prefix"));
  }
  if (sid.behavior() != kEnd && sid.behavior() != kEndX && sid.behavior() != kEndDt6) {
    return absl::InvalidArgumentError(
        absl::StrCat("behavior: got '", sid.behavior(), "', want End, End.X or End.DT6"));
  }
  SRPCE_RETURN_IF_ERROR(CheckFlavors(sid, *prefix));
  return CheckEndX(sid);
}

absl::StatusOr<Route> LocalSidRoute(const config::v1::LocalSid& sid, const Route& route,
                                    const std::map<uint32_t, Interface>& interfaces) {
  SRPCE_RETURN_IF_ERROR(CheckLocalSid(sid));
  Seg6Local local;
  if (sid.behavior() == kEnd) {
    local.action = static_cast<uint32_t>(Seg6Action::kEnd);
  } else if (sid.behavior() == kEndDt6) {
    local.action = static_cast<uint32_t>(Seg6Action::kEndDt6);
    local.table = sid.table();
  } else {
    local.action = static_cast<uint32_t>(Seg6Action::kEndX);
    SRPCE_ASSIGN_OR_RETURN(local.nexthop, Ipv6Address::Parse(sid.nexthop()));
    const auto interface =
        std::find_if(interfaces.begin(), interfaces.end(),
                     [&](const auto& entry) { return entry.second.name == sid.interface(); });
    if (interface == interfaces.end()) {
      return absl::NotFoundError(
          absl::StrCat("local SID ", sid.sid(), ": there is no interface ", sid.interface()));
    }
    local.out_interface = interface->first;
  }
  local.psp = HasFlavor(sid, kPsp);
  if (HasFlavor(sid, kNextCsid)) {
    local.next_csid = {static_cast<uint8_t>(sid.block_bits()),
                       static_cast<uint8_t>(sid.node_bits())};
  }
  Route planned = route;
  SRPCE_ASSIGN_OR_RETURN(planned.id.destination, IpPrefix::Parse(sid.sid()));
  planned.next_hops = {NextHop{.interface = route.next_hops.front().interface,
                               .gateway = std::nullopt,
                               .onlink = false,
                               .weight = 1,
                               .encapsulation = std::move(local)}};
  return planned;
}

}  // namespace srpce::agent
