// lib/speaker/bgp/client.h -- what a speaker tells its user, as it happens and on request.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/session/bgp/fsm.h"

namespace srpce::speaker::bgp {

// Called on the speaker's thread, which serves all peers: be quick, and never call Stop() from
// here. `peer` is the index in Config::peers.
class Client {
 public:
  virtual ~Client() = default;
  virtual void OnUp(size_t peer, const session::bgp::Negotiated& negotiated) = 0;
  virtual void OnUpdate(size_t peer, const wire::bgp::Update& update) = 0;
  // A request, or begin and end of what this speaker had requested (RFC 7313).
  virtual void OnRefresh(size_t peer, const wire::bgp::RouteRefresh& refresh) = 0;
  // What the peer announced in `family` is to be forgotten, and no more comes while the session is
  // up (RFC 7606 s2).
  virtual void OnFamilyDisabled(size_t peer, wire::bgp::Family family,
                                const std::string& reason) = 0;
  // Only of sessions that were up. `down.retain` says whose routes are stale rather than gone.
  virtual void OnDown(size_t peer, const session::bgp::Down& down) = 0;
};

// Messages by type.
class MessageCounts {
 public:
  uint64_t of(wire::bgp::MessageType type) const { return counts_[static_cast<size_t>(type)]; }
  uint64_t total() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }
  void Count(wire::bgp::MessageType type) { ++counts_[static_cast<size_t>(type)]; }

 private:
  std::array<uint64_t, 6> counts_{};
};

struct PeerStatus {
  session::bgp::State state = session::bgp::State::kIdle;
  MonotonicTime since{};  // In this state.
  // Why the last session or attempt ended; empty while nothing went wrong.
  std::string last_down{};
  std::string local{};  // Of the connection there is, "10.0.0.2:179"; empty if none.
  std::string remote{};
  uint64_t sessions = 0;  // Times it came up.
  MessageCounts received{};
  MessageCounts sent{};
  // Messages that could not be read, and ended a session; UPDATEs that could, but for a part.
  uint64_t bad_messages = 0;
  uint64_t flawed_updates = 0;
  std::optional<session::bgp::Negotiated> negotiated{};  // While up.

  bool up() const { return state == session::bgp::State::kEstablished; }
};

}  // namespace srpce::speaker::bgp
