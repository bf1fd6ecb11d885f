// daemon/agent/kernel.h -- what the agent asks of the kernel's network stack, in the namespace it
// was opened in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daemon/agent/netlink_route.h"
#include "daemon/agent/netlink_socket.h"
#include "lib/base/ip.h"

namespace srpce::agent {

struct Interface {
  uint32_t index = 0;
  std::string name;
  bool up = false;  // Administratively up, with carrier.
  bool loopback = false;

  bool operator==(const Interface&) const = default;
};

// Returns the interface of an RTM_NEWLINK or RTM_DELLINK message; a deleted one is down. Errors:
// INVALID_ARGUMENT  malformed.
absl::StatusOr<Interface> ParseLink(const nlmsghdr* message);

class Kernel {
 public:
  static absl::StatusOr<Kernel> Open();

  // Makes `route` so. What had its id before is replaced in one step: there is no moment without a
  // route.
  absl::Status ReplaceRoute(const Route& route);
  // Errors: ALREADY_EXISTS  there is a route of this id.
  absl::Status AddRoute(const Route& route);
  // Removes the route of this id and protocol, with all its next hops. Errors: NOT_FOUND.
  absl::Status DeleteRoute(const RouteId& id, uint8_t protocol);
  // Returns all IPv6 routes of `protocol`, of all tables.
  absl::StatusOr<std::vector<Route>> Routes(uint8_t protocol);
  // Returns the FIB entry a packet to `destination` takes. Errors: NOT_FOUND  none, or one that
  // rejects.
  absl::StatusOr<Route> Lookup(const Ipv6Address& destination);

  absl::StatusOr<std::map<uint32_t, Interface>> Interfaces();
  // Returns the index of `name`, an interface that is up; creates one (dummy, else a bridge without
  // ports) if there is none.
  absl::StatusOr<uint32_t> EnsureEncapInterface(const std::string& name);
  // Source address of encapsulated packets.
  absl::Status SetTunnelSource(const Ipv6Address& source);

 private:
  Kernel(NetlinkSocket socket, NetlinkSocket generic)
      : socket_(std::move(socket)), generic_(std::move(generic)) {}

  absl::Status CreateInterface(const std::string& name, const std::string& kind);
  absl::Status SetUp(uint32_t index);

  NetlinkSocket socket_;
  NetlinkSocket generic_;
};

}  // namespace srpce::agent
