// lib/session/bgp/fsm.h -- the finite state machine of one BGP connection (RFC 4271 s8) as a pure
// function: (state, event) -> (state, actions).
//
// It reads no clock and no socket: timers go out as actions and come back as events, so that a
// recorded session gives the same steps again. How to drive it, and where it departs from the
// letter of s8.2.2 and why: README.md.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/session/bgp/config.h"
#include "lib/session/bgp/negotiate.h"
#include "lib/wire/bgp/message.h"

namespace srpce::session::bgp {

enum class State : uint8_t { kIdle, kConnect, kActive, kOpenSent, kOpenConfirm, kEstablished };

enum class Timer : uint8_t {
  kConnectRetry,
  kHold,
  kKeepalive,
  kDelayOpen,
  kIdleHold,
  kStable,  // Not of the RFC: up for so long that failures of before no longer count.
};
inline constexpr size_t kTimers = 6;

struct Session {
  State state = State::kIdle;
  uint32_t failures = 0;  // ConnectRetryCounter: what the idle hold time goes by.
  std::bitset<kTimers> running{};
  Negotiated negotiated{};                    // From OpenConfirm on.
  std::vector<wire::bgp::Family> disabled{};  // "AFI/SAFI disable", RFC 7606 s2.

  bool runs(Timer timer) const { return running[static_cast<size_t>(timer)]; }
};

// Events (RFC 4271 s8.1; the numbers are the RFC's).
struct ManualStart {};     // 1, with `Config::passive` 4.
struct AutomaticStart {};  // 3 and 5 to 7. Failures of before count.
struct ManualStop {        // 2.
  std::string text{};      // For people at the peer (RFC 9003); may be empty.
};
struct AutomaticStop {  // 8.
  uint8_t cease = wire::bgp::subcode::kOtherConfigurationChange;
};
struct TimerExpired {  // 9 to 13. Of a timer that was stopped or started again since: not to be
                       // sent.
  Timer timer{};
};
// 16, 17: there is a TCP connection, whoever opened it. Other attempts are to be given up.
struct ConnectionUp {};
struct ConnectionFailed {  // 18: refused, reset, closed.
  std::string text{};
};
struct MessageReceived {  // 19, 20, 24 to 27.
  wire::bgp::Message message{};
};
struct DecodeFailed {  // 21, 22, 28.
  wire::bgp::ProtocolError error{};
};
struct CollisionLost {};  // 23.
// 29 (RFC 9687): for too long the peer has taken nothing of what was sent. Who owns the socket runs
// that timer, as only it knows.
struct SendHoldExpired {};
struct RefreshWanted {  // The table of `family` is to come again (RFC 2918).
  wire::bgp::Family family{};
};
using Event = std::variant<ManualStart, AutomaticStart, ManualStop, AutomaticStop, TimerExpired,
                           ConnectionUp, ConnectionFailed, MessageReceived, DecodeFailed,
                           CollisionLost, SendHoldExpired, RefreshWanted>;

// Actions, to be done in their order.
struct Connect {};  // Open a TCP connection; ConnectionUp or ConnectionFailed comes of it.
struct Close {};    // Close the connection, behind what was sent, and give up attempts. No event.
struct Send {
  wire::bgp::Message message{};
};
// Replaces one that runs. Connect-retry, keepalive and idle-hold may come by up to a quarter
// earlier, at random, so that peers do not beat in step (s10).
struct StartTimer {
  Timer timer{};
  milliseconds duration{};
};
struct StopTimer {
  Timer timer{};
};
struct Up {  // Established.
  Negotiated negotiated{};
};
struct Down {  // Fell back to Idle or Active, whatever the state was.
  bool was_up = false;
  std::string reason{};
  std::optional<wire::bgp::Notification> sent{};
  std::optional<wire::bgp::Notification> received{};
  // What the peer had announced in these is stale, not gone, until the peer is back and its
  // end-of-RIB has come, or `retain_for` is over (RFC 4724 s4.2, RFC 8538 s4).
  std::vector<wire::bgp::Family> retain{};
  seconds retain_for{};
};
// Routes of negotiated families only; what else was in it is told in `errors`.
struct DeliverUpdate {
  wire::bgp::Update update{};
};
struct DeliverRefresh {
  wire::bgp::RouteRefresh refresh{};
};
struct DisableFamily {  // Forget what the peer announced in it. The session stays.
  wire::bgp::Family family{};
  std::string reason{};
};
using Action = std::variant<Connect, Close, Send, StartTimer, StopTimer, Up, Down, DeliverUpdate,
                            DeliverRefresh, DisableFamily>;

struct Step {
  Session session{};
  std::vector<Action> actions{};
};

Step Handle(const Config& config, Session session, Event event);

// Whether a connection the peer opens may become this session's (ConnectionUp). Where it may not,
// and the state is OpenSent or later, it gets a session of its own, and collision.h decides.
bool AwaitsConnection(const Session& session);

}  // namespace srpce::session::bgp
