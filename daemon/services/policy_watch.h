// daemon/services/policy_watch.h -- one WatchPolicies stream.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/metrics/metrics.h"
#include "daemon/services/call_pool.h"
#include "daemon/services/stream_set.h"
#include "lib/pce/policy_engine.h"
#include "srpce/v1/policy.pb.h"

namespace srpce::services {

class PolicyWatch;
using PolicyWatches = StreamSet<PolicyWatch>;

// What the watches of a service share. All outlive them.
struct PolicyWatchContext {
  pce::PolicyEngine& engine;
  std::function<topology::TedPtr()> ted;
  CallPool& pool;
  metrics::Metrics& metrics;
  PolicyWatches& watches;
  size_t queue_events;
};

// Deletes itself when gRPC is done with it.
class PolicyWatch final : public grpc::ServerWriteReactor<v1::WatchPoliciesResponse> {
 public:
  explicit PolicyWatch(const PolicyWatchContext& context) : context_(context) {}

  void Start(uint64_t from_revision);
  void BeginDrain();
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // Part of what the engine handed over in one call.
  struct Batch {
    bool reset = false;
    bool synced = false;
    bool counted = false;  // In waiting_events_.
    std::vector<std::shared_ptr<const pce::PolicyEvent>> events;
    size_t next = 0;  // Of events.
  };

  bool OnChange(const pce::PolicyEngine::WatchCall& call);
  void Close(grpc::Status status);
  bool TakeEvents(std::vector<std::shared_ptr<const pce::PolicyEvent>>& events);
  void BuildMessage();
  // REQUIRES mutex_ held.
  void WriteNext();
  // The last act of whoever calls it: where that is no reaction of gRPC's (the pool), `this` may be
  // deleted by another thread as soon as Finish is called. So `lock`, which holds mutex_, is
  // released before.
  void FinishIfIdle(std::unique_lock<std::mutex> lock);

  const PolicyWatchContext& context_;
  std::atomic<uint64_t> watch_id_{0};
  std::atomic<bool> watching_{false};
  v1::WatchPoliciesResponse message_;  // Belongs to whoever has writing_.

  std::mutex mutex_;
  std::deque<Batch> queue_;
  size_t waiting_events_ = 0;  // In queue_, after the first sync.
  bool synced_ = false;        // The state at the beginning has been queued.
  bool writing_ = false;       // A message is built or written.
  bool closing_ = false;
  bool finished_ = false;
  uint64_t building_revision_ = 0;  // Of the message being written.
  uint64_t sent_revision_ = 0;
  bool sent_synced_ = false;
  grpc::Status final_status_;
};

}  // namespace srpce::services
