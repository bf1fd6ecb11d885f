#include "daemon/srpced/southbounds.h"

#include <grpcpp/impl/service_type.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "daemon/services/policy_agent_service.h"
#include "lib/base/status_macros.h"
#include "plugins/southbound/agent/agent_southbound.h"

namespace srpce::srpced {
namespace {

constexpr char kAgent[] = "agent";
constexpr char kEveryHeadend[] = "*";

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!in) {
    return absl::ErrnoToStatus(errno, absl::StrCat("token_file ", path, ": cannot read"));
  }
  std::getline(in, line);
  const std::string token(absl::StripAsciiWhitespace(line));
  if (token.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("token_file ", path, ": got an empty first line, want a token"));
  }
  return token;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Southbounds>> Southbounds::Make(const config::v1::Config& config,
                                                               const plugin::Registry& registry,
                                                               AgentLinks& links,
                                                               metrics::Metrics& metrics) {
  std::unique_ptr<Southbounds> made(new Southbounds(metrics));
  made->credentials_.allow_anonymous = config.agents().allow_anonymous();
  made->hello_timeout_ms_ = config.agents().hello_timeout_ms();
  for (const config::v1::Headend& headend : config.headends()) {
    std::unique_ptr<SouthboundTap>& tap = made->by_name_[headend.southbound()];
    if (tap == nullptr) {
      plugin::Settings settings;
      if (headend.southbound() == kAgent) {
        settings["max_queue"] = absl::StrCat(config.agents().max_queue());
      }
      SRPCE_ASSIGN_OR_RETURN(auto southbound,
                             registry.southbounds.Make(headend.southbound(), settings));
      tap = std::make_unique<SouthboundTap>(std::move(southbound), links, metrics);
    }
    made->by_headend_[headend.headend()] = tap.get();
    if (headend.southbound() == kAgent) {
      made->agent_ = dynamic_cast<southbound::AgentSouthbound*>(&tap->inner());
      SRPCE_RETURN_IF_ERROR(made->AddCredential(headend));
    }
  }
  if (made->agent_ != nullptr) {
    SRPCE_ASSIGN_OR_RETURN(made->authenticator_,
                           daemon::AgentAuthenticator::Make(made->credentials_));
  }
  return made;
}

absl::Status Southbounds::AddCredential(const config::v1::Headend& headend) {
  std::string& token = credentials_.token_of_headend[headend.headend()];
  if (headend.has_token_file()) {
    SRPCE_ASSIGN_OR_RETURN(token, ReadToken(headend.token_file()));
  }
  return absl::OkStatus();
}

std::vector<plugin::Southbound*> Southbounds::all() const {
  std::vector<plugin::Southbound*> all;
  for (const auto& [name, tap] : by_name_) {
    all.push_back(tap.get());
  }
  return all;
}

plugin::Southbound* Southbounds::Of(const std::string& headend) const {
  auto found = by_headend_.find(headend);
  if (found == by_headend_.end()) {
    found = by_headend_.find(kEveryHeadend);
  }
  return found == by_headend_.end() ? nullptr : found->second;
}

std::unique_ptr<grpc::Service> Southbounds::MakeAgentService() const {
  if (agent_ == nullptr) {
    return nullptr;
  }
  daemon::PolicyAgentOptions options;
  options.hello_timeout = std::chrono::milliseconds(hello_timeout_ms_);
  options.on_end = [this](int code) { metrics_.OnRpc("PolicyAgent/Connect", code); };
  return daemon::MakePolicyAgentService(*authenticator_, *agent_, options);
}

void Southbounds::Collect(metrics::Samples& out) const {
  const southbound::AgentSouthboundCounters counters =
      agent_ == nullptr ? southbound::AgentSouthboundCounters() : agent_->counters();
  out.Gauge("srpce_agent_sessions", "Agents that said hello.", {},
            static_cast<double>(counters.sessions));
  out.Gauge("srpce_agent_queued_commands", "Commands that wait for agents to take them.", {},
            static_cast<double>(counters.queued));
  out.Counter("srpce_agent_sessions_replaced_total",
              "Sessions ended because the same headend connected again.", {},
              static_cast<double>(counters.replaced));
  out.Counter("srpce_agent_queue_overflows_total",
              "Sessions cut because the agent let too many commands wait.", {},
              static_cast<double>(counters.overflows));
  out.Counter("srpce_agent_foreign_results_total",
              "What agents said of policies of other headends, ignored.", {},
              static_cast<double>(counters.foreign));
}

void Southbounds::EndSessions() {
  if (agent_ != nullptr) {
    agent_->Stop();
  }
}

}  // namespace srpce::srpced
