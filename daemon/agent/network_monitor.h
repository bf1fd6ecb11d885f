// daemon/agent/network_monitor.h -- hears the kernel: interfaces that change state, routes that
// change.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "daemon/agent/kernel.h"
#include "daemon/agent/netlink_socket.h"

namespace srpce::agent {

class NetworkMonitor {
 public:
  struct Events {
    // At Start for each interface, then for each change.
    std::function<void(const Interface& interface)> on_interface;
    // Something else about interfaces changed (one came or went, or is another now).
    std::function<void()> on_interfaces_changed;
    // A route of `protocol` was taken away, by whomever.
    std::function<void(const RouteId& id)> on_own_route_removed;
    // A route of another protocol changed.
    std::function<void()> on_other_route_changed;
    // Changes were missed: anything may be different. Interfaces are told as usual.
    std::function<void()> on_overrun;
  };

  // `kernel` and `io` outlive this. The events come on the thread that runs `io`.
  static absl::StatusOr<std::unique_ptr<NetworkMonitor>> Open(boost::asio::io_context& io,
                                                              Kernel& kernel, uint8_t protocol,
                                                              Events events);
  absl::Status Start();
  void Stop() { descriptor_.release(); }  // The socket closes itself.
  ~NetworkMonitor() { Stop(); }

 private:
  NetworkMonitor(boost::asio::io_context& io, Kernel& kernel, uint8_t protocol, Events events,
                 NetlinkSocket socket);
  void Wait();
  void Handle(const nlmsghdr* message);
  void Compare();
  void Update(Interface interface, bool deleted);

  Kernel& kernel_;
  const uint8_t protocol_;
  const Events events_;
  NetlinkSocket socket_;
  boost::asio::posix::stream_descriptor descriptor_;
  std::map<uint32_t, Interface> interfaces_;
};

}  // namespace srpce::agent
