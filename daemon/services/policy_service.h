// daemon/services/policy_service.h -- srpce.v1.PolicyService over the policy engine.
//
// A watcher has a bounded queue of events. One that does not keep up is dropped with
// RESOURCE_EXHAUSTED and the revision to resume from; the engine and the other watchers do not
// notice.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "daemon/metrics/metrics.h"
#include "daemon/services/call_pool.h"
#include "lib/pce/policy_engine.h"
#include "lib/topology/ted.h"

namespace grpc {
class Service;
}

namespace srpce::services {

struct PolicyServiceOptions {
  size_t max_watches = 256;
  size_t watch_queue_events = 10'000;  // Besides the state a watch begins with.
  // Of ApplyPolicies and DeletePolicies that wait for their answer, together, as encoded. One
  // request alone may be larger.
  size_t waiting_changes_bytes = 64 << 20;
};

class PolicyService {
 public:
  // All outlive the service. `ted` names what policies refer to, from any thread.
  PolicyService(const PolicyServiceOptions& options, pce::PolicyEngine& engine,
                std::function<topology::TedPtr()> ted, CallPool& pool, metrics::Metrics& metrics);
  ~PolicyService();

  grpc::Service* service();
  size_t watches() const;
  // Ends every watch, and each new one, with UNAVAILABLE. Returns at once.
  void Drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::services
