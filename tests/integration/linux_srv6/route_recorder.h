// tests/integration/linux_srv6/route_recorder.h -- what happened to the agent's routes of a router,
// from the kernel's notifications.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/agent/netlink_socket.h"
#include "tests/integration/linux_srv6/netns.h"

namespace srpce::lab {

class RouteRecorder {
 public:
  static absl::StatusOr<RouteRecorder> Open(const Netns& router);
  // "set 2001:db8:8::/64" or "removed 2001:db8:8::/64", of routes with the agent's protocol number
  // since the last call.
  std::vector<std::string> Take();

 private:
  explicit RouteRecorder(agent::NetlinkSocket socket) : socket_(std::move(socket)) {}

  agent::NetlinkSocket socket_;
};

}  // namespace srpce::lab
