// lib/speaker/bgp/config.h -- where a speaker listens, who its peers are, and how they are reached.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/ip.h"
#include "lib/session/bgp/config.h"

namespace srpce::speaker::bgp {

struct Endpoint {
  IpAddress address{};
  uint16_t port = 0;

  std::string ToString() const;  // "10.0.0.1:179", "[2001:db8::1]:179".
  bool operator==(const Endpoint&) const = default;
};

struct PeerConfig {
  std::string name{};   // For logs and status.
  IpAddress address{};  // Where to connect to, and whose connections to take.
  uint16_t port = 179;  // Where to connect to.
  // To connect from; a connection of the peer must have come to it.
  std::optional<IpAddress> local_address{};
  session::bgp::Config session{};
  std::string md5_key{};  // TCP MD5 signatures (RFC 2385), at most 80 octets; empty: none.
  // GTSM (RFC 5082): how many hops the peer is away at most, 1 to 255. What comes with a TTL below
  // 256 - hops is dropped by the kernel; what is sent has 255.
  std::optional<uint8_t> ttl_security_hops{};
  // SendHoldTime (RFC 9687): for how long the peer may take nothing of what is sent. None: 8
  // minutes, or twice the hold time if that is more (s4.2).
  std::optional<std::chrono::milliseconds> send_hold{};
};

struct Config {
  std::vector<Endpoint> listen{};  // Port 0: the kernel chooses. [::] takes IPv6 only.
  std::vector<PeerConfig> peers{};
};

// Errors: INVALID_ARGUMENT  what no session can come of, with the peer's name.
absl::Status Validate(const Config& config);

}  // namespace srpce::speaker::bgp
