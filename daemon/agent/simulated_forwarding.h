// daemon/agent/simulated_forwarding.h -- routers that only remember (--simulate): for labs and
// scale tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/agent/forwarding.h"

namespace srpce::agent {

class SimulatedForwarding final : public Forwarding {
 public:
  std::vector<plugin::InstalledPolicy> Installed(const std::string& headend) const override;
  // Takes SR-MPLS lists, too. Errors: INVALID_ARGUMENT  no list, or an empty one.
  absl::StatusOr<std::string> Install(const plugin::PolicyConfig& config,
                                      uint64_t fingerprint) override;
  absl::StatusOr<std::string> Remove(const policy::PolicyKey& key) override;
  void SyncBegins(const std::string& /*headend*/) override {}
  void SyncDone(const std::string& /*headend*/) override {}

 private:
  std::map<policy::PolicyKey, uint64_t>
      fingerprints_;  // All of one headend are together: it is the key's first part.
};

}  // namespace srpce::agent
