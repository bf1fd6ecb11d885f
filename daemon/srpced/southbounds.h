// daemon/srpced/southbounds.h -- the southbounds the configuration asks for, and which headend has
// which.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/config/config_loader.h"
#include "daemon/metrics/metrics.h"
#include "daemon/services/agent_credentials.h"
#include "daemon/srpced/southbound_tap.h"
#include "lib/plugin/registry.h"

namespace grpc {
class Service;
}
namespace srpce::southbound {
class AgentSouthbound;
}

namespace srpce::srpced {

class Southbounds {
 public:
  // `links` and `metrics` outlive this. Errors: INVALID_ARGUMENT, NOT_FOUND  a plugin's settings, a
  // token file.
  static absl::StatusOr<std::unique_ptr<Southbounds>> Make(const config::v1::Config& config,
                                                           const plugin::Registry& registry,
                                                           AgentLinks& links,
                                                           metrics::Metrics& metrics);

  // Tells what the sessions of agents came to; all 0 where no headend has one.
  void Collect(metrics::Samples& out) const;

  std::vector<plugin::Southbound*> all() const;
  // Null: none.
  plugin::Southbound* Of(const std::string& headend) const;

  // Returns PolicyAgent, or null if no headend has an agent. This outlives it.
  std::unique_ptr<grpc::Service> MakeAgentService() const;
  // Ends the sessions of agents, so that a server can shut down without waiting for them.
  void EndSessions();

 private:
  explicit Southbounds(metrics::Metrics& metrics) : metrics_(metrics) {}
  absl::Status AddCredential(const config::v1::Headend& headend);

  metrics::Metrics& metrics_;
  std::map<std::string, std::unique_ptr<SouthboundTap>> by_name_;
  std::map<std::string, plugin::Southbound*> by_headend_;
  southbound::AgentSouthbound* agent_ = nullptr;
  daemon::AgentCredentials credentials_;
  std::optional<daemon::AgentAuthenticator> authenticator_;
  uint32_t hello_timeout_ms_ = 0;
};

}  // namespace srpce::srpced
