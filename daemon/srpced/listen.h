// daemon/srpced/listen.h -- why an address cannot be listened on: neither gRPC nor prometheus-cpp
// says.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace srpce::srpced {

// Tries to listen on `address` (see config::ParseListenAddress) and returns how that failed,
// "address in use" and so on; OK if it did not. `what` names the setting in the error.
absl::Status ProbeListen(const std::string& what, const std::string& address);

// Returns whether only this machine reaches `address`: 127.0.0.0/8, ::1, localhost or a Unix
// socket. Other names count as reachable from elsewhere.
bool IsLocalOnly(const std::string& address);

}  // namespace srpce::srpced
