#include "tests/integration/linux_srv6/route_recorder.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "daemon/agent/netlink_route.h"
#include "lib/base/status_macros.h"

namespace srpce::lab {
namespace {

constexpr uint8_t kAgentProtocol = 84;

}  // namespace

absl::StatusOr<RouteRecorder> RouteRecorder::Open(const Netns& router) {
  const InNetns in(router);
  SRPCE_ASSIGN_OR_RETURN(agent::NetlinkSocket socket,
                         agent::NetlinkSocket::Open(NETLINK_ROUTE, {RTNLGRP_IPV6_ROUTE}));
  return RouteRecorder(std::move(socket));
}

std::vector<std::string> RouteRecorder::Take() {
  std::vector<std::string> events;
  const absl::Status status = socket_.Receive([&](const nlmsghdr* message) {
    const auto route = agent::ParseRoute(message);
    if (!route.ok() || route->protocol != kAgentProtocol) return;
    events.push_back(absl::StrCat(message->nlmsg_type == RTM_DELROUTE ? "removed " : "set ",
                                  route->id.destination.ToString()));
  });
  if (!status.ok()) events.push_back(absl::StrCat("lost some: ", std::string(status.message())));
  return events;
}

}  // namespace srpce::lab
