// lib/session/bgp/config.h -- what this speaker is, and what it wants of one peer (RFC 4271
// s8.1.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgp/code_points.h"

namespace srpce::session::bgp {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Config {
  uint32_t local_as = 0;
  uint32_t identifier = 0;            // Host order; not 0.
  std::optional<uint32_t> peer_as{};  // None: any, the own one included.
  std::vector<wire::bgp::Family> families{};
  seconds hold_time{90};  // 0 or 3 to 65535. 0: no keepalives, a dead peer is never noticed.
  bool extended_messages = true;
  // Helps the peer to restart (RFC 4724, RFC 8538): what it had announced is to be retained.
  bool graceful_restart = true;
  std::string host_name{};     // For people at the peer; empty: not told.
  bool passive = false;        // PassiveTcpEstablishment: waits for the peer, never connects.
  milliseconds delay_open{0};  // DelayOpenTime; 0: the OPEN goes out at once.
  milliseconds connect_retry{seconds(30)};
  // IdleHoldTime after the first failure; it doubles with each, up to the maximum (s8.1.1,
  // DampPeerOscillations). A session that was up for `stable` starts from the beginning again.
  milliseconds idle_hold{seconds(1)};
  milliseconds idle_hold_max{seconds(60)};
  milliseconds stable{seconds(60)};
};

}  // namespace srpce::session::bgp
