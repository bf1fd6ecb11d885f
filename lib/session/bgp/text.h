// lib/session/bgp/text.h -- states, timers and actions in words, for logs and recordings.
#pragma once

#include <string>
#include <vector>

#include "lib/session/bgp/fsm.h"

namespace srpce::session::bgp {

const char* Name(State state);  // "OpenSent", as the RFC spells it.
const char* Name(Timer timer);  // "ConnectRetry".

// "send OPEN", "start Hold 240000 ms", "down: peer closed".
std::string Describe(const Action& action);

}  // namespace srpce::session::bgp
