// lib/session/bgp/machine.h -- what Handle() runs; for this folder only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/session/bgp/fsm.h"

namespace srpce::session::bgp {

// How a state ends that falls back to Idle.
struct Ending {
  std::string reason{};
  std::optional<wire::bgp::Notification> send{};
  std::optional<wire::bgp::Notification> received{};
  bool retain = false;    // The peer's routes, if it restarts gracefully.
  bool restart = true;    // After the idle hold time.
  bool for_good = false;  // The peer is not to retain what this speaker announced.
};

class Machine {
 public:
  Machine(const Config& config, Session session) : config_(config), s_(std::move(session)) {}

  void operator()(ManualStart) { Start(/*forget_failures=*/true); }
  void operator()(AutomaticStart) { Start(/*forget_failures=*/false); }
  void operator()(const ManualStop& stop);
  void operator()(const AutomaticStop& stop);
  void operator()(const TimerExpired& expired);
  void operator()(ConnectionUp);
  void operator()(const ConnectionFailed& failed);
  void operator()(MessageReceived received);
  void operator()(DecodeFailed failed);
  void operator()(CollisionLost);
  void operator()(SendHoldExpired);
  void operator()(const RefreshWanted& wanted);

  Step Result() && { return {.session = std::move(s_), .actions = std::move(actions_)}; }

 private:
  void Start(bool forget_failures);
  void Listen(const std::string& reason, milliseconds retry);
  void HoldExpired();
  void KeepaliveExpired();
  void ConnectRetryExpired();
  void DelayOpenExpired();
  void Receive(wire::bgp::Open open);
  void Receive(wire::bgp::Update update);
  void Receive(wire::bgp::Notification notification);
  void Receive(wire::bgp::Keepalive);
  void Receive(wire::bgp::RouteRefresh refresh);
  void AcceptOpen(const wire::bgp::Open& open);
  void SendOpen();
  void Establish();
  bool DisableFamilies(const wire::bgp::Update& update);
  void KeepNegotiated(wire::bgp::Update& update) const;

  // To Idle, and from there on after the idle hold time.
  void End(Ending ending);
  void EndWith(const wire::bgp::ProtocolError& error);  // With its NOTIFICATION.
  void Unexpected(const wire::bgp::Message& message);   // Finite State Machine Error (RFC 6608).
  std::vector<wire::bgp::Family> Retained() const;
  milliseconds NextFailure();

  void Do(Action action) { actions_.push_back(std::move(action)); }
  void Run(Timer timer, milliseconds duration);
  void Stop(Timer timer);
  void RestartHold();
  bool IsUp() const { return s_.state == State::kEstablished; }
  bool IsConnecting() const { return s_.state == State::kConnect || s_.state == State::kActive; }
  // The peer can be told: a connection is there and the OPEN was sent.
  bool HasSentOpen() const { return s_.state >= State::kOpenSent; }
  bool IsActive(wire::bgp::Family family) const;

  const Config& config_;
  Session s_;
  std::vector<Action> actions_;
};

}  // namespace srpce::session::bgp
