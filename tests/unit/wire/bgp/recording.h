// The session a router sent (tests/replay/bgpls/README.md), as messages.
#pragma once

#include <string>
#include <vector>

namespace srpce::wire::bgp {

// The whole recording; empty, with a test failure, if it is not there.
std::string ReadRecording();
// Its messages, each with its header.
std::vector<std::string> RecordedMessages();

}  // namespace srpce::wire::bgp
