#include "lib/session/bgp/machine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::ErrorCode;
using wire::bgp::Notification;
namespace subcode = wire::bgp::subcode;

// "A HoldTimer value of 4 minutes is suggested" before the peer's OPEN is there (s8.2.2).
constexpr milliseconds kOpenHoldTime = std::chrono::minutes(4);

}  // namespace

// ---- Timers

void Machine::Run(Timer timer, milliseconds duration) {
  s_.running.set(static_cast<size_t>(timer));
  Do(StartTimer{.timer = timer, .duration = duration});
}

void Machine::Stop(Timer timer) {
  if (!s_.runs(timer)) return;
  s_.running.reset(static_cast<size_t>(timer));
  Do(StopTimer{.timer = timer});
}

void Machine::RestartHold() {
  if (s_.negotiated.hold_time.count() > 0) Run(Timer::kHold, s_.negotiated.hold_time);
}

// Counts a failure, and returns how long to wait: 1 s, 2 s, 4 s ... up to the maximum.
milliseconds Machine::NextFailure() {
  ++s_.failures;
  milliseconds time = config_.idle_hold;
  for (uint32_t i = 1; i < s_.failures && time < config_.idle_hold_max; ++i) time *= 2;
  return std::min(time, config_.idle_hold_max);
}

void Machine::operator()(const TimerExpired& expired) {
  // A timer runs only in states that know what to do when it expires.
  if (!s_.runs(expired.timer)) return;
  s_.running.reset(static_cast<size_t>(expired.timer));
  switch (expired.timer) {
    case Timer::kConnectRetry:
      return ConnectRetryExpired();
    case Timer::kHold:
      return HoldExpired();
    case Timer::kKeepalive:
      return KeepaliveExpired();
    case Timer::kDelayOpen:
      return DelayOpenExpired();
    case Timer::kIdleHold:
      return Start(/*forget_failures=*/false);
    case Timer::kStable:
      s_.failures = 0;
      return;
  }
}

void Machine::ConnectRetryExpired() {
  Stop(Timer::kDelayOpen);
  Do(Close{});
  Run(Timer::kConnectRetry, config_.connect_retry);
  Do(Connect{});
  s_.state = State::kConnect;
}

void Machine::DelayOpenExpired() {
  Stop(Timer::kConnectRetry);
  SendOpen();
}

void Machine::HoldExpired() {
  Ending ending;
  ending.reason = "hold timer expired";
  ending.send.emplace().code = ErrorCode::kHoldTimerExpired;
  ending.retain = true;
  End(std::move(ending));
}

void Machine::KeepaliveExpired() {
  Do(Send{wire::bgp::Keepalive()});
  Run(Timer::kKeepalive, s_.negotiated.keepalive_time());
}

// ---- Start, stop, connections

void Machine::Start(bool forget_failures) {
  if (s_.state != State::kIdle) return;
  if (forget_failures) s_.failures = 0;
  Stop(Timer::kIdleHold);
  if (config_.passive) {
    s_.state = State::kActive;
    return;
  }
  Run(Timer::kConnectRetry, config_.connect_retry);
  Do(Connect{});
  s_.state = State::kConnect;
}

void Machine::operator()(const ManualStop& stop) {
  if (s_.state == State::kIdle) {
    s_.failures = 0;
    return Stop(Timer::kIdleHold);
  }
  Ending ending;
  ending.reason = "stopped";
  ending.send = wire::bgp::MakeShutdown(subcode::kAdministrativeShutdown, stop.text);
  ending.restart = false;
  ending.for_good = true;
  End(std::move(ending));
  s_.failures = 0;
}

void Machine::operator()(const AutomaticStop& stop) {
  if (s_.state == State::kIdle) return;
  Notification cease{.code = ErrorCode::kCease, .subcode = stop.cease};
  Ending ending;
  ending.reason = absl::StrCat("stopped: ", wire::bgp::Describe(cease));
  ending.for_good = stop.cease == subcode::kPeerDeconfigured;
  ending.send = std::move(cease);
  End(std::move(ending));
}

void Machine::operator()(ConnectionUp) {
  // A second connection is tracked by a session of its own (s8.2.1).
  if (!AwaitsConnection(s_)) return;
  Stop(Timer::kConnectRetry);
  if (config_.delay_open.count() > 0) return Run(Timer::kDelayOpen, config_.delay_open);
  SendOpen();
}

void Machine::SendOpen() {
  Do(Send{MakeOpen(config_)});
  Run(Timer::kHold, kOpenHoldTime);
  s_.state = State::kOpenSent;
}

void Machine::operator()(const ConnectionFailed& failed) {
  const std::string reason = absl::StrCat("connection failed: ", failed.text);
  if (s_.state == State::kIdle) return;
  const bool refused = s_.state == State::kConnect && !s_.runs(Timer::kDelayOpen);
  if (refused) return Listen(reason, NextFailure());
  const bool lost_early = s_.state == State::kOpenSent || s_.state == State::kConnect;
  if (lost_early) return Listen(reason, config_.connect_retry);
  Ending ending;
  ending.reason = reason;
  ending.retain = true;
  End(std::move(ending));
}

// To Active: the peer may be about to connect itself. This speaker tries again after `retry`.
void Machine::Listen(const std::string& reason, milliseconds retry) {
  Stop(Timer::kDelayOpen);
  Stop(Timer::kHold);
  Do(Close{});
  if (!config_.passive) Run(Timer::kConnectRetry, retry);
  s_.state = State::kActive;
  Do(Down{.reason = reason});
}

void Machine::operator()(CollisionLost) {
  if (s_.state == State::kIdle) return;
  Ending ending;
  ending.reason = "another connection with this peer goes on";
  ending.send = Notification{.code = ErrorCode::kCease, .subcode = subcode::kCollisionResolution};
  ending.restart = false;
  End(std::move(ending));
}

void Machine::operator()(SendHoldExpired) {
  if (!HasSentOpen()) return;
  Ending ending;
  ending.reason = "send hold timer expired: the peer takes nothing";
  ending.send.emplace().code = ErrorCode::kSendHoldTimerExpired;
  ending.retain = true;
  End(std::move(ending));
}

void Machine::operator()(const RefreshWanted& wanted) {
  if (!IsUp() || !s_.negotiated.route_refresh || !IsActive(wanted.family)) return;
  wire::bgp::RouteRefresh refresh;
  refresh.family = wanted.family;
  Do(Send{refresh});
}

// ---- Back to Idle

void Machine::EndWith(const wire::bgp::ProtocolError& error) {
  Ending ending;
  ending.reason = error.text;
  ending.send = error.notification;
  ending.retain = true;
  End(std::move(ending));
}

// Families whose routes outlive the session.
std::vector<wire::bgp::Family> Machine::Retained() const {
  std::vector<wire::bgp::Family> retained;
  for (const auto& entry : s_.negotiated.peer_restart->entries) {
    if (IsActive(entry.family)) retained.push_back(entry.family);
  }
  return retained;
}

void Machine::End(Ending ending) {
  const auto& restart = s_.negotiated.peer_restart;
  const bool graceful = IsUp() && restart.has_value();
  const bool over_notification = graceful && restart->notification;
  Down down{.was_up = IsUp(), .reason = std::move(ending.reason)};
  down.received = std::move(ending.received);
  const bool notified = ending.send.has_value() || down.received.has_value();
  if (graceful && ending.retain && (!notified || over_notification)) {
    down.retain = Retained();
    if (!down.retain.empty()) down.retain_for = restart->time;
  }
  if (ending.send.has_value() && HasSentOpen()) {
    // Who goes on purpose says that its routes go too (RFC 8538 s3.1).
    down.sent = over_notification && ending.for_good ? MakeHardReset(*ending.send)
                                                     : *std::move(ending.send);
    Do(Send{*down.sent});
  }
  for (size_t i = 0; i < kTimers; ++i) Stop(static_cast<Timer>(i));
  Do(Close{});
  s_.state = State::kIdle;
  s_.negotiated = {};
  s_.disabled.clear();
  Do(std::move(down));
  const milliseconds wait = NextFailure();
  if (ending.restart) Run(Timer::kIdleHold, wait);
}

}  // namespace srpce::session::bgp
