#include "tests/support/bgp_peer.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::support {
namespace {

using std::chrono::milliseconds;
using Deadline = std::chrono::steady_clock::time_point;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress ToSystem(const IpAddress& address, uint16_t port) {
  SocketAddress result;
  if (address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    v4->sin_addr.s_addr = htonl(address.v4());
    result.length = sizeof(sockaddr_in);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::memcpy(&v6->sin6_addr, address.v6().bytes().data(), sizeof(v6->sin6_addr));
    result.length = sizeof(sockaddr_in6);
  }
  return result;
}

uint16_t PortOf(int socket) {
  sockaddr_in6 address{};  // The port is where IPv4 has it.
  socklen_t length = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.sin6_port);
}

bool Set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof(value)) == 0;
}

bool SetMd5(int socket, const BgpPeerOptions& options) {
  tcp_md5sig md5{};
  const SocketAddress peer = ToSystem(options.md5_peer, 0);
  std::memcpy(&md5.tcpm_addr, &peer.storage, sizeof(peer.storage));
  md5.tcpm_keylen = static_cast<uint16_t>(std::min<size_t>(options.md5_key.size(), 80));
  std::memcpy(md5.tcpm_key, options.md5_key.data(), md5.tcpm_keylen);
  return setsockopt(socket, IPPROTO_TCP, TCP_MD5SIG, &md5, sizeof(md5)) == 0;
}

// A non-blocking socket with the options, bound to the own address.
absl::StatusOr<int> Open(const BgpPeerOptions& options) {
  const bool v4 = options.address.is_v4();
  const int socket =
      ::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return absl::ErrnoToStatus(errno, "socket");
  bool ok = Set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.receive_buffer > 0) {
    ok = ok && Set(socket, SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  }
  if (options.ttl > 0) {
    ok = ok && (v4 ? Set(socket, IPPROTO_IP, IP_TTL, options.ttl)
                   : Set(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, options.ttl));
  }
  if (!options.md5_key.empty()) ok = ok && SetMd5(socket, options);
  SocketAddress own = ToSystem(options.address, 0);
  if (ok && bind(socket, own.get(), own.length) == 0) return socket;
  const int error = errno;
  close(socket);
  return absl::ErrnoToStatus(error, absl::StrCat("socket at ", options.address.ToString()));
}

absl::Status AwaitEvent(int socket, short events, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd poll_fd{.fd = socket, .events = events, .revents = 0};
    const int result = poll(&poll_fd, 1, static_cast<int>(std::max<int64_t>(left, 0)));
    if (result > 0) return absl::OkStatus();
    if (result == 0) return absl::DeadlineExceededError("peer: nothing happened in time");
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "poll");
  }
}

bool Again() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

BgpPeer::BgpPeer(BgpPeer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      in_(std::move(other.in_)),
      context_(other.context_) {}

BgpPeer& BgpPeer::operator=(BgpPeer&& other) noexcept {
  Close();
  socket_ = std::exchange(other.socket_, -1);
  in_ = std::move(other.in_);
  context_ = other.context_;
  return *this;
}

absl::StatusOr<BgpPeer> BgpPeer::Connect(const IpAddress& to, uint16_t port,
                                         const BgpPeerOptions& options, milliseconds timeout) {
  SRPCE_ASSIGN_OR_RETURN(const int socket, Open(options));
  BgpPeer peer(socket);
  SocketAddress remote = ToSystem(to, port);
  if (connect(socket, remote.get(), remote.length) == 0) return peer;
  if (errno != EINPROGRESS) return absl::ErrnoToStatus(errno, "connect");
  SRPCE_RETURN_IF_ERROR(AwaitEvent(socket, POLLOUT, std::chrono::steady_clock::now() + timeout));
  int error = 0;
  socklen_t length = sizeof(error);
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return absl::ErrnoToStatus(error, "connect");
  return peer;
}

absl::Status BgpPeer::Send(absl::string_view octets, size_t at_once) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!octets.empty()) {
    const ssize_t count =
        ::send(socket_, octets.data(), std::min(octets.size(), at_once), MSG_NOSIGNAL);
    if (count >= 0) {
      octets.remove_prefix(static_cast<size_t>(count));
    } else if (Again()) {
      SRPCE_RETURN_IF_ERROR(AwaitEvent(socket_, POLLOUT, deadline));
    } else {
      return absl::UnavailableError(absl::StrCat("send: ", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

absl::Status BgpPeer::Send(const wire::bgp::Message& message) {
  SRPCE_ASSIGN_OR_RETURN(const std::string octets, Encode(message, context_));
  return Send(octets);
}

absl::StatusOr<size_t> BgpPeer::Read(Deadline deadline) {
  const auto space = in_.Space(64 * 1024);
  while (true) {
    const ssize_t count = recv(socket_, space.data(), space.size(), 0);
    if (count > 0) return static_cast<size_t>(count);
    if (count == 0) return absl::UnavailableError("closed");
    if (!Again()) return absl::UnavailableError(std::strerror(errno));
    SRPCE_RETURN_IF_ERROR(AwaitEvent(socket_, POLLIN, deadline));
  }
}

absl::StatusOr<wire::bgp::Message> BgpPeer::Receive(milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto frame = in_.Next(wire::bgp::kMaxExtendedLength);
    if (!frame.ok()) return absl::InvalidArgumentError(frame.error().text);
    if (frame->has_value()) {
      auto message = Decode(**frame, context_);
      if (!message.ok()) return absl::InvalidArgumentError(message.error().text);
      return std::move(*message);
    }
    SRPCE_ASSIGN_OR_RETURN(const size_t count, Read(deadline));
    in_.Commit(count);
  }
}

absl::StatusOr<bool> BgpPeer::AwaitClose(milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto count = Read(deadline);
    if (absl::IsUnavailable(count.status())) return count.status().message() != "closed";
    if (!count.ok()) return count.status();
  }
}

absl::StatusOr<wire::bgp::Open> BgpPeer::Handshake(const wire::bgp::Open& own) {
  SRPCE_RETURN_IF_ERROR(Send(wire::bgp::Message(own)));
  SRPCE_ASSIGN_OR_RETURN(wire::bgp::Open theirs, Await<wire::bgp::Open>());
  SRPCE_RETURN_IF_ERROR(Send(wire::bgp::Message(wire::bgp::Keepalive())));
  SRPCE_RETURN_IF_ERROR(Await<wire::bgp::Keepalive>().status());
  const auto& here = own.capabilities;
  const auto& there = theirs.capabilities;
  context_.four_octet_as = here.four_octet_as.has_value() && there.four_octet_as.has_value();
  context_.external = own.as_number != theirs.as_number;
  context_.max_length = here.extended_message && there.extended_message
                            ? wire::bgp::kMaxExtendedLength
                            : wire::bgp::kMaxLength;
  return theirs;
}

void BgpPeer::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

void BgpPeer::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Close();
}

uint16_t BgpPeer::local_port() const { return PortOf(socket_); }

absl::StatusOr<std::unique_ptr<BgpListener>> BgpListener::Listen(const BgpPeerOptions& options) {
  SRPCE_ASSIGN_OR_RETURN(const int socket, Open(options));
  std::unique_ptr<BgpListener> listener(new BgpListener(socket, PortOf(socket)));
  if (listen(socket, SOMAXCONN) != 0) return absl::ErrnoToStatus(errno, "listen");
  return listener;
}

BgpListener::~BgpListener() { close(socket_); }

absl::StatusOr<BgpPeer> BgpListener::Accept(milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const int socket = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0) {
      Set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
      return BgpPeer(socket);
    }
    if (!Again()) return absl::ErrnoToStatus(errno, "accept");
    SRPCE_RETURN_IF_ERROR(AwaitEvent(socket_, POLLIN, deadline));
  }
}

}  // namespace srpce::support
