// daemon/agent/netlink_route.h -- IPv6 routes with SRv6 encapsulation or endpoint behaviors as
// rtnetlink messages, both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/ip.h"

struct nlmsghdr;

namespace srpce::agent {

// LWTUNNEL_ENCAP_SEG6, mode encap: an outer IPv6 header and an SRH (RFC 8986 s5.1, H.Encaps).
struct Seg6Encap {
  std::vector<Ipv6Address> sids;  // First = first visited.

  bool operator==(const Seg6Encap&) const = default;
};

// SEG6_LOCAL_ACTION_*.
enum class Seg6Action : uint32_t { kEnd = 1, kEndX = 2, kEndDt6 = 7, kEndB6Encaps = 10 };

// LWTUNNEL_ENCAP_SEG6_LOCAL (RFC 8986 s4).
struct Seg6Local {
  struct NextCsid {
    uint8_t block_bits = 0;
    uint8_t node_bits = 0;

    bool operator==(const NextCsid&) const = default;
  };

  uint32_t action = 0;                 // Seg6Action, or another of the kernel's that is not ours.
  std::optional<Ipv6Address> nexthop;  // End.X.
  std::optional<uint32_t> out_interface;  // End.X. Index. Kernels before 6.17 ignore it.
  std::optional<uint32_t> table;          // End.DT6.
  std::vector<Ipv6Address> sids;          // End.B6.Encaps. First = first visited.
  bool psp = false;
  std::optional<NextCsid> next_csid;

  bool operator==(const Seg6Local&) const = default;
};

using Encapsulation = std::variant<std::monostate, Seg6Encap, Seg6Local>;

inline constexpr uint32_t kMaxNextHopWeight = 256;  // rtnh_hops is 8 bits of weight - 1.

struct NextHop {
  uint32_t interface = 0;  // Index.
  std::optional<Ipv6Address> gateway;
  bool onlink = false;  // The gateway is taken as a neighbour without proof.
  uint32_t weight = 1;
  Encapsulation encapsulation;

  bool operator==(const NextHop&) const = default;
};

// What the kernel tells routes apart by.
struct RouteId {
  IpPrefix destination;
  uint32_t table = 254;  // RT_TABLE_MAIN.
  uint32_t metric = 0;

  auto operator<=>(const RouteId&) const = default;
};

struct Route {
  RouteId id;
  uint8_t protocol = 0;
  uint8_t type = 1;                // RTN_UNICAST.
  std::vector<NextHop> next_hops;  // One, or several shared by weight.
};

// Whether the kernel forwards by both alike: the order of next hops does not matter.
bool SameForwarding(const Route& a, const Route& b);

// "2001:db8::/64 metric 10 encap seg6 [fc00:1::, fc00:2::] weight 3 | ...".
std::string ToString(const Route& route);

// Fill `message` (header put, type and flags set) with `route`. `capacity` is of the whole buffer.
// Errors: INVALID_ARGUMENT  not IPv6, no next hop, too many SIDs.  RESOURCE_EXHAUSTED  does not fit
// the buffer.
absl::Status PutRoute(const Route& route, nlmsghdr* message, size_t capacity);
// Returns the route of an RTM_NEWROUTE or RTM_DELROUTE message. Errors: INVALID_ARGUMENT
// malformed.
absl::StatusOr<Route> ParseRoute(const nlmsghdr* message);

}  // namespace srpce::agent
