// A session driven by hand, for the tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "lib/session/bgp/fsm.h"

namespace srpce::session::bgp {

// AS 65000, 10.0.0.1, BGP-LS and IPv4 SR policies, hold time 90 s.
Config TestConfig();
// What AS 65000, 10.0.0.2 sends that can all that TestConfig() can.
wire::bgp::Open PeerOpen();

// Keeps a session and tells what each event brings.
class Driver {
 public:
  explicit Driver(Config config = TestConfig()) : config_(std::move(config)) {}

  // "Connect: start ConnectRetry 30000 ms; connect": the state behind the event, and the actions.
  std::string Tell(Event event);
  std::string Receive(wire::bgp::Message message) {
    return Tell(MessageReceived{.message = std::move(message)});
  }
  // On the shortest way, with `open` of the peer. REQUIRES Idle.
  Driver& To(State state, wire::bgp::Open open = PeerOpen());

  Session& session() { return session_; }
  const std::vector<Action>& actions() const { return actions_; }
  // The last of its kind among the actions of the last event, or null.
  template <typename T>
  const T* Find() const {
    const T* found = nullptr;
    for (const Action& action : actions_) {
      if (const T* one = std::get_if<T>(&action); one != nullptr) found = one;
    }
    return found;
  }

 private:
  Config config_;
  Session session_;
  std::vector<Action> actions_;
};

}  // namespace srpce::session::bgp
