// daemon/agent/netlink_socket.h -- a netlink socket: requests that are answered, and notifications
// that just come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct mnl_socket;
struct nlmsghdr;

namespace srpce::agent {

// Stays in the network namespace of the thread that opened it. Not for use from two threads at
// once.
class NetlinkSocket {
 public:
  using Handler = std::function<void(const nlmsghdr* message)>;

  // `bus` is NETLINK_ROUTE or NETLINK_GENERIC. With `groups` the socket hears notifications and
  // does not block.
  static absl::StatusOr<NetlinkSocket> Open(int bus, const std::vector<int>& groups = {});

  int fd() const;

  // A zeroed message header of `type` in this socket's buffer, with `flags` besides NLM_F_REQUEST;
  // add to it and Send it.
  nlmsghdr* Prepare(uint16_t type, uint16_t flags);
  size_t capacity() const { return buffer_.size(); }

  // Sends the prepared message and waits for its answers: each goes to `handler` (may be null),
  // until the kernel acknowledges. Errors: NOT_FOUND (ESRCH, ENODEV, ENOENT, ENETUNREACH,
  // EHOSTUNREACH), ALREADY_EXISTS, PERMISSION_DENIED, UNIMPLEMENTED, ABORTED (the dump was
  // interrupted by a change: ask again), else INTERNAL; with the kernel's own words where it has
  // some.
  absl::Status Send(nlmsghdr* message, const Handler& handler = nullptr);

  // Handles the notifications that wait; never blocks. Errors: RESOURCE_EXHAUSTED  some were lost
  // because they came faster than they were read: look at the whole state again.
  absl::Status Receive(const Handler& handler);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };

  explicit NetlinkSocket(mnl_socket* socket);

  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<char> buffer_;
  std::vector<char> answer_;
  uint32_t sequence_ = 0;
};

}  // namespace srpce::agent
