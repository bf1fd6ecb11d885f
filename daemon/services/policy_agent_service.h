// daemon/services/policy_agent_service.h -- gRPC PolicyAgent.Connect: routers' agents to
// AgentSouthbound.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "daemon/services/agent_credentials.h"
#include "plugins/southbound/agent/agent_southbound.h"

namespace grpc {
class Service;
}

namespace srpce::daemon {

struct PolicyAgentOptions {
  // A client must say hello this soon.
  std::chrono::milliseconds hello_timeout = std::chrono::seconds(10);
  // A closed client that does not read its status is cut off after this.
  std::chrono::milliseconds linger = std::chrono::seconds(10);
  // Told of the status code each session ends with, for metrics. May be empty.
  std::function<void(int code)> on_end;
};

// Returns the service. `southbound` outlives it and all its calls.
//
// A session ends with: UNAUTHENTICATED  no or an unknown token.  PERMISSION_DENIED  hello names
// another headend than the token's. INVALID_ARGUMENT  the first message is not hello, or a later
// one is.  DEADLINE_EXCEEDED  no hello.  ABORTED  the same headend connected again.
// RESOURCE_EXHAUSTED  the client does not read.  UNAVAILABLE  the daemon stops.
std::unique_ptr<grpc::Service> MakePolicyAgentService(AgentAuthenticator authenticator,
                                                      southbound::AgentSouthbound& southbound,
                                                      const PolicyAgentOptions& options = {});

}  // namespace srpce::daemon
