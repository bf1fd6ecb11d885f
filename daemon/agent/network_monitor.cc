#include "daemon/agent/network_monitor.h"

#include <linux/rtnetlink.h>

#include <utility>
#include <vector>

#include "daemon/log/log.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {

NetworkMonitor::NetworkMonitor(boost::asio::io_context& io, Kernel& kernel, uint8_t protocol,
                               Events events, NetlinkSocket socket)
    : kernel_(kernel),
      protocol_(protocol),
      events_(std::move(events)),
      socket_(std::move(socket)),
      descriptor_(io, socket_.fd()) {}

absl::StatusOr<std::unique_ptr<NetworkMonitor>> NetworkMonitor::Open(boost::asio::io_context& io,
                                                                     Kernel& kernel,
                                                                     uint8_t protocol,
                                                                     Events events) {
  SRPCE_ASSIGN_OR_RETURN(NetlinkSocket socket,
                         NetlinkSocket::Open(NETLINK_ROUTE, {RTNLGRP_LINK, RTNLGRP_IPV6_ROUTE}));
  return std::unique_ptr<NetworkMonitor>(
      new NetworkMonitor(io, kernel, protocol, std::move(events), std::move(socket)));
}

// The socket listens before the state is read, so that no change falls between.
absl::Status NetworkMonitor::Start() {
  SRPCE_ASSIGN_OR_RETURN(interfaces_, kernel_.Interfaces());
  for (const auto& [index, interface] : interfaces_) events_.on_interface(interface);
  Wait();
  return absl::OkStatus();
}

void NetworkMonitor::Wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;
                           const absl::Status status =
                               socket_.Receive([this](const nlmsghdr* m) { Handle(m); });
                           if (absl::IsResourceExhausted(status)) {
                             Compare();
                           } else if (!status.ok()) {
                             log::Error(status.message());
                           }
                           if (descriptor_.is_open()) Wait();
                         });
}

void NetworkMonitor::Handle(const nlmsghdr* message) {
  switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      if (absl::StatusOr<Interface> interface = ParseLink(message); interface.ok()) {
        Update(*std::move(interface), message->nlmsg_type == RTM_DELLINK);
      }
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE: {
      const absl::StatusOr<Route> route = ParseRoute(message);
      if (!route.ok()) break;
      if (route->protocol != protocol_) {
        events_.on_other_route_changed();
      } else if (message->nlmsg_type == RTM_DELROUTE) {
        events_.on_own_route_removed(route->id);
      }
      break;
    }
    default:
      break;
  }
}

void NetworkMonitor::Update(Interface interface, bool deleted) {
  const auto known = interfaces_.find(interface.index);
  const bool is_new = known == interfaces_.end();
  // A bridge tells of its ports with messages of its own family, which say nothing new.
  if (!is_new && known->second == interface && !deleted) return;
  const bool structure = is_new || deleted || known->second.name != interface.name;
  const bool tell = is_new || deleted || known->second.up != interface.up || structure;
  if (!is_new && known->second.name != interface.name) {
    Interface gone = known->second;  // Under its old name it is no more.
    gone.up = false;
    events_.on_interface(gone);
  }
  if (deleted) {
    interfaces_.erase(interface.index);
  } else {
    interfaces_[interface.index] = interface;
  }
  if (tell) events_.on_interface(interface);
  if (structure) events_.on_interfaces_changed();
}

// After lost notifications: the difference between what is known and what is.
void NetworkMonitor::Compare() {
  const auto now = kernel_.Interfaces();
  if (!now.ok()) {
    log::Error(now.status().message());
    return;
  }
  std::vector<Interface> gone;
  for (const auto& [index, interface] : interfaces_) {
    if (!now->contains(index)) gone.push_back(interface);
  }
  for (Interface& interface : gone) {
    interface.up = false;
    Update(interface, /*deleted=*/true);
  }
  for (const auto& [index, interface] : *now) Update(interface, /*deleted=*/false);
  events_.on_overrun();
}

}  // namespace srpce::agent
