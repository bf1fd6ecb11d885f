// lib/session/bgp/negotiate.h -- two OPENs: what this speaker sends, whether the peer's will do,
// and what follows from both (RFC 4271 s6.2, RFC 5492, RFC 6286, RFC 6793, RFC 8654).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/session/bgp/config.h"
#include "lib/wire/bgp/open.h"
#include "lib/wire/bgp/update.h"

namespace srpce::session::bgp {

// What holds while a session is up.
struct Negotiated {
  uint32_t peer_as = 0;
  uint32_t peer_identifier = 0;               // Host order.
  bool external = false;                      // eBGP.
  seconds hold_time{};                        // 0: neither hold nor keepalive timer.
  std::vector<wire::bgp::Family> families{};  // Both have them; in the order of the configuration.
  bool four_octet_as = false;
  bool extended_messages = false;
  bool route_refresh = false;           // The peer answers ROUTE-REFRESH.
  bool enhanced_route_refresh = false;  // And marks begin and end (RFC 7313).
  // What the peer said of its restarts, if this speaker helps; nothing if not.
  std::optional<wire::bgp::GracefulRestart> peer_restart{};
  std::string peer_name{};  // "host.domain"; empty if not told.

  // A third of the hold time (RFC 4271 s10).
  milliseconds keepalive_time() const { return milliseconds(hold_time) / 3; }
  // How to read and write UPDATEs, and the longest message.
  wire::bgp::UpdateContext update_context() const;
  bool operator==(const Negotiated&) const = default;
};

wire::bgp::Open MakeOpen(const Config& config);

// Why `open` will not do here, or nothing: a wrong AS, this speaker's own identifier inside its AS
// (RFC 6286 s2.1: outside it may be the same), no family in common.
std::optional<wire::bgp::ProtocolError> CheckOpen(const Config& config,
                                                  const wire::bgp::Open& open);

// REQUIRES CheckOpen() found nothing.
Negotiated Negotiate(const Config& config, const wire::bgp::Open& open);

}  // namespace srpce::session::bgp
