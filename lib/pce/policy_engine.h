// lib/pce/policy_engine.h -- keeps every policy's promise as the network changes: what is affected
// is recomputed, differences are pushed.
//
// One reactor thread owns all policy state. TED updates, intents and push results reach it through
// queues; a TED update that arrives during a sweep is merged and handled next. Bad news is handled
// at once, good news after `good_news_wait`, both in order of policy priority.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/cspf/compute_path.h"
#include "lib/pce/topology_writer.h"
#include "lib/plugin/southbound.h"
#include "lib/plugin/store.h"
#include "lib/policy/status.h"

namespace srpce::pce {

struct PolicyEngineOptions {
  // Bad news that comes in a burst is gathered for `bad_news_quiet` after the last event,
  // `bad_news_max_wait` at most. 0 = at once.
  Duration bad_news_quiet = std::chrono::milliseconds(0);
  Duration bad_news_max_wait = std::chrono::milliseconds(10);
  // After the first improvement; a steady stream does not push it out.
  Duration good_news_wait = std::chrono::seconds(1);
  // A better path must be better by this much ...
  double reoptimize_gain_percent = 5;
  Duration reoptimize_hold_time = std::chrono::seconds(10);  // ... and the active one this old.
  uint64_t max_labels_per_query = 2'000'000;
  size_t compute_threads = 2;
  // How long sources in their first sync are waited for, at most, before a policy is withdrawn or
  // improved; and how long a policy that was not proved since the start, or since its headend left
  // the topology, may be without a path before it is withdrawn. A snapshot that is only half there
  // must not move what routers hold.
  Duration restart_hold_time = std::chrono::seconds(60);
  // Guides searches where given; outlives the engine.
  const cspf::PotentialCache* potentials = nullptr;
  size_t watch_history = 10'000;  // Changes WatchPolicies can resume over.
};

// Told of what happens, for metrics. Called on the reactor thread; must not block.
class PolicyEngineObserver {
 public:
  virtual ~PolicyEngineObserver() = default;
  virtual void OnComputation(topology::MetricType objective, const char* result, const char* reason,
                             Duration took) = 0;
  // `trigger`: "link-down", "link-up", "metric", "sla", "policy", "startup", "reoptimize".
  virtual void OnEventToPush(const std::string& trigger, Duration event_to_push) = 0;
  // "sent", "waiting", "installed", "removed", "failed".
  virtual void OnPush(const std::string& channel, const char* result) = 0;
  virtual void OnStoreResult(bool ok) = 0;
};

// One step of the history of policies, in order of revision.
struct PolicyEvent {
  uint64_t revision = 0;
  bool removed = false;
  policy::PolicyStatus status;  // With `removed`: as it was.
};

struct PolicyEngineCounters {
  std::map<std::string, uint64_t> policies_by_state;  // OperStateName -> count.
  // "delay", "igp", "te", "hops", "loss", "variation", "bandwidth", "disjoint" -> count.
  std::map<std::string, uint64_t> sla_violations;
  std::map<std::string, uint64_t> disjoint_groups;  // "satisfied", "unsatisfied" -> count.
  // Of policies that want a backup: "protected", "degraded" (at a weaker level), "unprotected",
  // "pending" -> count.
  std::map<std::string, uint64_t> protection;
  uint64_t protection_switches = 0;  // Backups put to use, since the start.
  size_t recompute_queue_depth = 0;
  size_t store_queue_depth = 0;
  bool store_healthy = true;
  std::string store_error;
  uint64_t last_sweep_recomputed = 0;
  // Of the TED all policies are up to date with.
  uint64_t generation = 0;
};

class PolicyEngine {
 public:
  // `southbound_of` names the southbound of a headend (null: none, policies wait). All references
  // outlive the engine. `observer` may be null.
  PolicyEngine(const PolicyEngineOptions& options, const Clock& clock, plugin::Store& store,
               std::vector<plugin::Southbound*> southbounds,
               std::function<plugin::Southbound*(const std::string& headend)> southbound_of,
               PolicyEngineObserver* observer);
  ~PolicyEngine();
  PolicyEngine(const PolicyEngine&) = delete;
  PolicyEngine& operator=(const PolicyEngine&) = delete;

  // Loads the store, starts the southbounds with what was installed, starts the threads. Errors:
  // the store's.
  absl::Status Start();
  void Stop();

  // Any thread; never block. OnTedUpdate merges with updates not handled yet.
  void OnTedUpdate(const TedUpdate& update);

  // Makes the policies so, all or none. `done` comes when they are durable in the store;
  // computation and push follow, seen by Watch. An intent equal to the present one changes nothing.
  // Errors: INVALID_ARGUMENT with every defect, including duplicates in the batch and members of
  // one disjoint group that disagree. RESOURCE_EXHAUSTED / UNAVAILABLE  the store could not keep
  // them: nothing changed.
  using ApplyDone = std::function<void(const absl::Status& result, uint64_t revision)>;
  void Apply(std::vector<policy::PolicyIntent> intents, bool validate_only, ApplyDone done);
  // Keys that do not exist are no error (idempotent); `done` says how many did.
  using DeleteDone =
      std::function<void(const absl::Status& result, size_t deleted, uint64_t revision)>;
  void Delete(std::vector<policy::PolicyKey> keys, DeleteDone done);

  // Any thread. A snapshot of the state; by key.
  std::optional<policy::PolicyStatus> Get(const policy::PolicyKey& key) const;
  std::vector<policy::PolicyStatus> List() const;
  // Returns the state of at most `limit` policies by key, from the one after `after` (none: the
  // first), only of `headend` unless that is "". Shared, not copied: O(limit + log n).
  std::vector<std::shared_ptr<const PolicyEvent>> Page(
      const std::optional<policy::PolicyKey>& after, const std::string& headend,
      size_t limit) const;
  uint64_t revision() const;
  PolicyEngineCounters counters() const;

  // Calls `watcher` from the reactor thread for every change after `from_revision`, in order, until
  // it returns false or Unwatch returns. First come the changes since `from_revision` if they are
  // still known; otherwise (or with 0) `reset` is true for the first call and the present state of
  // every policy follows. The call that completes this first part has `synced`.
  struct WatchCall {
    bool reset = false;
    bool synced = false;
    std::vector<std::shared_ptr<const PolicyEvent>> events;
  };
  using Watcher = std::function<bool(const WatchCall& call)>;
  uint64_t Watch(uint64_t from_revision, Watcher watcher);
  void Unwatch(uint64_t watch_id);

  // Waits until everything handed in so far (TED, intents, results) has been handled, for tests and
  // graceful shutdown. Good news counts as handled when its timer runs. Returns whether that came
  // true within `timeout` (of real time).
  bool WaitIdle(Duration timeout);

  // Any thread. Looks at the clock again: for tests that move it.
  void Wake();

  // Sessions by headend, as last reported.
  std::map<std::string, bool> sessions() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::pce
