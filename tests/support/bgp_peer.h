// tests/support/bgp_peer.h -- a BGP peer that does what a test tells it, right or wrong, one call
// at a time: blocking sockets, no timers, no state machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/ip.h"
#include "lib/wire/bgp/message.h"

namespace srpce::support {

struct BgpPeerOptions {
  IpAddress address = IpAddress::V4(0x7f000001);  // The own one.
  // TCP MD5 signatures with `md5_peer`; empty: none.
  std::string md5_key{};
  IpAddress md5_peer = IpAddress::V4(0x7f000001);
  int ttl = 0;             // Of what is sent; 0: the system's.
  int receive_buffer = 0;  // Octets, before the system doubles them; 0: the system's.
};

class BgpPeer {
 public:
  // Long enough for a sanitized build on a busy machine.
  static constexpr std::chrono::milliseconds kPatience{60'000};

  // Errors: the system's. DEADLINE_EXCEEDED  no answer in time.
  static absl::StatusOr<BgpPeer> Connect(const IpAddress& to, uint16_t port,
                                         const BgpPeerOptions& options = {},
                                         std::chrono::milliseconds timeout = kPatience);
  // Takes a connected socket.
  explicit BgpPeer(int socket) : socket_(socket) {}
  ~BgpPeer() { Close(); }
  BgpPeer(BgpPeer&& other) noexcept;
  BgpPeer& operator=(BgpPeer&& other) noexcept;

  // The octets as they are, at most `at_once` of them in one segment. Errors: UNAVAILABLE  the
  // connection is over.  DEADLINE_EXCEEDED  the other side does not read.
  absl::Status Send(absl::string_view octets, size_t at_once = SIZE_MAX);
  absl::Status Send(const wire::bgp::Message& message);

  // The next message. Errors: UNAVAILABLE  closed or reset.  DEADLINE_EXCEEDED.  INVALID_ARGUMENT
  // what came is no message.
  absl::StatusOr<wire::bgp::Message> Receive(std::chrono::milliseconds timeout = kPatience);
  // The next message of this kind; others are passed over, but for a NOTIFICATION.
  // Errors: as Receive().  ABORTED  a NOTIFICATION; its text is the message.
  template <typename T>
  absl::StatusOr<T> Await(std::chrono::milliseconds timeout = kPatience);
  absl::StatusOr<wire::bgp::Notification> AwaitNotification() {
    return Await<wire::bgp::Notification>();
  }
  // Reads and forgets until the connection is over. Returns whether it ended with a reset.
  // Errors: DEADLINE_EXCEEDED.
  absl::StatusOr<bool> AwaitClose(std::chrono::milliseconds timeout = kPatience);

  // Sends `own`, takes the OPEN, exchanges KEEPALIVEs, and writes and reads from now on what both
  // can. Returns the OPEN that came.
  absl::StatusOr<wire::bgp::Open> Handshake(const wire::bgp::Open& own);

  void Close();  // No effect if closed.
  void Reset();  // The other side sees "connection reset".
  int socket() const { return socket_; }
  uint16_t local_port() const;
  wire::bgp::UpdateContext& context() { return context_; }

 private:
  absl::StatusOr<size_t> Read(std::chrono::steady_clock::time_point deadline);

  int socket_ = -1;
  wire::bgp::FrameBuffer in_;
  wire::bgp::UpdateContext context_;
};

// Where BgpPeers are connected to.
class BgpListener {
 public:
  // On a port the kernel chooses. Errors: the system's.
  static absl::StatusOr<std::unique_ptr<BgpListener>> Listen(const BgpPeerOptions& options = {});
  ~BgpListener();
  BgpListener(const BgpListener&) = delete;
  BgpListener& operator=(const BgpListener&) = delete;

  uint16_t port() const { return port_; }
  // Errors: DEADLINE_EXCEEDED.
  absl::StatusOr<BgpPeer> Accept(std::chrono::milliseconds timeout = BgpPeer::kPatience);

 private:
  BgpListener(int socket, uint16_t port) : socket_(socket), port_(port) {}

  int socket_;
  uint16_t port_;
};

template <typename T>
absl::StatusOr<T> BgpPeer::Await(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    auto message = Receive(std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now()));
    if (!message.ok()) return message.status();
    if (T* wanted = std::get_if<T>(&*message)) return std::move(*wanted);
    if (const auto* notification = std::get_if<wire::bgp::Notification>(&*message)) {
      return absl::AbortedError(wire::bgp::Describe(*notification));
    }
  }
}

}  // namespace srpce::support
