// daemon/agent/kernel_forwarding.h -- policies and local SIDs as kernel routes.
//
// The routes carry a protocol number of their own, and the agent touches no other. They outlive the
// agent; the next one finds them by that number and trusts a remembered policy only if the kernel
// forwards exactly as it would program it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daemon/agent/forwarding.h"
#include "daemon/agent/kernel.h"
#include "daemon/agent/policy_file.h"
#include "daemon/agent/route_plan.h"
#include "srpce/config/v1/agent_config.pb.h"

namespace srpce::agent {

class KernelForwarding final : public Forwarding {
 public:
  // `state_file` may be empty: then a restart finds nothing of its own and replaces all routes,
  // which loses no packet either. `save_soon` is called when Save should be called before long.
  static absl::StatusOr<std::unique_ptr<KernelForwarding>> Open(
      const config::v1::AgentConfig& config, const std::string& state_file,
      std::function<void()> save_soon);

  std::vector<plugin::InstalledPolicy> Installed(const std::string& headend) const override;
  // Errors: as PlanRoutes. FAILED_PRECONDITION  the first SID has no route, or a prefix is steered
  // by another policy: tried again by Retry.
  //         ALREADY_EXISTS  a prefix has a route of somebody else with the same metric.  The
  //         kernel's own.
  absl::StatusOr<std::string> Install(const plugin::PolicyConfig& config,
                                      uint64_t fingerprint) override;
  absl::StatusOr<std::string> Remove(const policy::PolicyKey& key) override;
  void SyncBegins(const std::string& headend) override;
  void SyncDone(const std::string& headend) override;

  // Routes or interfaces changed: tries what was refused, and puts back what somebody else took
  // away. Returns how that ended.
  std::vector<LateResult> Reconcile();
  // Returns whether Reconcile has something to do when a route of another protocol changes.
  bool has_refused() const { return !refused_.empty() || !missing_local_sids_.empty(); }
  // Returns whether a policy or local SID relies on this route: if it is gone, that is not by this
  // agent's hand.
  bool IsInForce(const RouteId& id) const {
    return owner_.contains(id) || local_sids_.contains(id);
  }
  absl::Status Save();

  uint8_t protocol() const { return settings_.protocol; }
  uint32_t encap_interface() const { return settings_.encap_interface; }

 private:
  struct Entry {
    plugin::PolicyConfig config;
    uint64_t fingerprint = 0;
    std::vector<Route> routes;
  };
  struct Refused {
    plugin::PolicyConfig config;
    uint64_t fingerprint = 0;
    std::vector<Route> routes;  // Left in the kernel, from when the policy was in force.
    bool stale = false;         // Of an earlier sync, and not asked for again in this one.
  };

  KernelForwarding(Kernel kernel, config::v1::AgentConfig config, std::string state_file,
                   std::function<void()> save_soon)
      : kernel_(std::move(kernel)),
        config_(std::move(config)),
        state_file_(std::move(state_file)),
        save_soon_(std::move(save_soon)) {}

  absl::Status Start();
  absl::Status LoadRoutes();
  void Recall();
  absl::Status ProgramLocalSids();
  absl::StatusOr<std::string> TryInstall(const plugin::PolicyConfig& config, uint64_t fingerprint);
  // Whether packets to the first SID of every list find their way, and not back into a policy.
  // Returns where to, for people.
  absl::StatusOr<std::string> CheckFirstSids(const Route& route);
  absl::Status CheckOwners(const policy::PolicyKey& key, const std::vector<Route>& routes) const;
  absl::Status Program(const Route& route);
  void Undo(const std::vector<Route>& programmed, const std::vector<Route>& before);
  void Forget(const RouteId& id);
  // Returns the routes of a policy in the kernel: those in force, and what is left of a refused
  // one.
  std::vector<Route> RoutesOf(const policy::PolicyKey& key) const;
  // Gives up what was refused of a policy; what is in force stays.
  void DropRefused(const policy::PolicyKey& key);
  // Moves a policy in force, of which the kernel has lost a route, to those that are refused.
  void Demote(const policy::PolicyKey& key);

  Kernel kernel_;
  const config::v1::AgentConfig config_;
  const std::string state_file_;
  const std::function<void()> save_soon_;
  PlanSettings settings_;
  std::map<RouteId, Route> in_kernel_;          // Our protocol's, as last seen or programmed.
  std::map<RouteId, policy::PolicyKey> owner_;  // Of policies' routes.
  std::map<RouteId, Route> local_sids_;
  std::set<std::string> missing_local_sids_;      // SIDs whose interface is not there yet.
  std::map<policy::PolicyKey, Entry> entries_;    // In force.
  std::map<policy::PolicyKey, Refused> refused_;  // Wanted, and refused for a reason that may pass.
};

}  // namespace srpce::agent
