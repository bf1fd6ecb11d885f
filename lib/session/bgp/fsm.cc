#include "lib/session/bgp/fsm.h"

#include <utility>

#include "lib/session/bgp/machine.h"

namespace srpce::session::bgp {

Step Handle(const Config& config, Session session, Event event) {
  Machine machine(config, std::move(session));
  std::visit([&](auto&& e) { machine(std::move(e)); }, std::move(event));
  return std::move(machine).Result();
}

bool AwaitsConnection(const Session& session) {
  const bool connecting = session.state == State::kConnect || session.state == State::kActive;
  return connecting && !session.runs(Timer::kDelayOpen);
}

}  // namespace srpce::session::bgp
