#include "lib/speaker/bgp/socket_options.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/status_macros.h"

namespace srpce::speaker::bgp {
namespace {

using boost::asio::ip::tcp;

constexpr int kGreatestTtl = 255;
#ifndef IPV6_MINHOPCOUNT
constexpr int IPV6_MINHOPCOUNT = 73;  // linux/in6.h, which does not go with netinet/in.h.
#endif

absl::Status SetInt(int socket, int level, int option, int value, absl::string_view name) {
  if (setsockopt(socket, level, option, &value, sizeof(value)) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, name);
}

}  // namespace

tcp::endpoint ToAsio(const Endpoint& endpoint) {
  if (endpoint.address.is_v4()) {
    return {boost::asio::ip::address_v4(endpoint.address.v4()), endpoint.port};
  }
  return {boost::asio::ip::address_v6(endpoint.address.v6().bytes()), endpoint.port};
}

Endpoint FromAsio(const tcp::endpoint& endpoint) {
  const auto& address = endpoint.address();
  return {.address = address.is_v4() ? IpAddress::V4(address.to_v4().to_uint())
                                     : IpAddress::V6(Ipv6Address(address.to_v6().to_bytes())),
          .port = endpoint.port()};
}

absl::Status SetMd5Key(int socket, const IpAddress& peer, absl::string_view key) {
  const tcp::endpoint endpoint = ToAsio({.address = peer, .port = 0});
  tcp_md5sig option{};
  std::memcpy(&option.tcpm_addr, endpoint.data(), endpoint.size());
  option.tcpm_keylen = static_cast<uint16_t>(std::min<size_t>(key.size(), TCP_MD5SIG_MAXKEYLEN));
  std::memcpy(option.tcpm_key, key.data(), option.tcpm_keylen);
  if (setsockopt(socket, IPPROTO_TCP, TCP_MD5SIG, &option, sizeof(option)) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "TCP_MD5SIG");
}

absl::Status SendGreatestTtl(int socket, IpAddress::Family family) {
  return family == IpAddress::Family::kV4
             ? SetInt(socket, IPPROTO_IP, IP_TTL, kGreatestTtl, "IP_TTL")
             : SetInt(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, kGreatestTtl, "IPV6_UNICAST_HOPS");
}

absl::Status LimitHops(int socket, IpAddress::Family family, uint8_t hops) {
  const int least = kGreatestTtl + 1 - hops;
  return family == IpAddress::Family::kV4
             ? SetInt(socket, IPPROTO_IP, IP_MINTTL, least, "IP_MINTTL")
             : SetInt(socket, IPPROTO_IPV6, IPV6_MINHOPCOUNT, least, "IPV6_MINHOPCOUNT");
}

absl::Status LimitTtl(int socket, const PeerConfig& peer) {
  if (!peer.ttl_security_hops.has_value()) return absl::OkStatus();
  SRPCE_RETURN_IF_ERROR(SendGreatestTtl(socket, peer.address.family()));
  return LimitHops(socket, peer.address.family(), *peer.ttl_security_hops);
}

void CloseOnExec(int socket) { fcntl(socket, F_SETFD, FD_CLOEXEC); }

size_t Unacknowledged(int socket) {
  int count = 0;
  return ioctl(socket, SIOCOUTQ, &count) == 0 && count > 0 ? static_cast<size_t>(count) : 0;
}

}  // namespace srpce::speaker::bgp
