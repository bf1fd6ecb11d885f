// lib/plugin/store.h -- where intents and what was installed outlive the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/plugin/southbound.h"
#include "lib/policy/intent.h"

namespace srpce::plugin {

struct StoredPolicy {
  policy::PolicyIntent intent;
  std::optional<PolicyConfig> installed;  // The last configuration handed to the headend.
};

struct StoreState {
  std::vector<StoredPolicy> policies;  // By key.
  uint64_t revision = 0;               // The highest revision ever stored.
};

// Applied as one transaction, in this order.
struct StoreBatch {
  std::vector<policy::PolicyIntent> put_intents;
  // Of policies whose intent is stored; others are ignored.
  std::vector<PolicyConfig> put_installed;
  std::vector<policy::PolicyKey> clear_installed;
  std::vector<policy::PolicyKey> remove;  // Intent and installed state.
  uint64_t revision = 0;

  bool empty() const {
    return put_intents.empty() && put_installed.empty() && clear_installed.empty() &&
           remove.empty();
  }
};

// Calls block; the engine makes them on its store thread only.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::string name() const = 0;
  // Errors: DATA_LOSS  the store is damaged; the message says what to do.
  virtual absl::StatusOr<StoreState> Load() = 0;
  // Durable when it returns OK; nothing of `batch` is stored otherwise.
  // Errors: RESOURCE_EXHAUSTED  disk full.  UNAVAILABLE  locked or out of reach; worth a retry.
  virtual absl::Status Commit(const StoreBatch& batch) = 0;
};

}  // namespace srpce::plugin
