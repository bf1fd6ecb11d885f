// daemon/agent/forwarding.h -- what carries policies out on this router: the kernel, or memory
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/plugin/southbound.h"

namespace srpce::agent {

// How an attempt ended that nobody waited for.
struct LateResult {
  policy::PolicyKey key;
  uint64_t fingerprint = 0;
  absl::StatusOr<std::string> result;  // What was done.
};

// Used from one thread.
class Forwarding {
 public:
  virtual ~Forwarding() = default;
  // What is in force now, of one headend.
  virtual std::vector<plugin::InstalledPolicy> Installed(const std::string& headend) const = 0;
  // Replaces what this policy was in one step, and returns what was done, for people. On error what
  // was in force stays in force.
  virtual absl::StatusOr<std::string> Install(const plugin::PolicyConfig& config,
                                              uint64_t fingerprint) = 0;
  // A policy that is not there is removed already.
  virtual absl::StatusOr<std::string> Remove(const policy::PolicyKey& key) = 0;
  // The daemon is about to say anew what `headend` should hold.
  virtual void SyncBegins(const std::string& headend) = 0;
  // The daemon has said all that `headend` should hold: what is left of other things goes.
  virtual void SyncDone(const std::string& headend) = 0;
};

}  // namespace srpce::agent
