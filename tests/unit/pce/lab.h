// tests/unit/pce/lab.h -- a policy engine with a drawn network, a recording southbound, a store in
// memory and a clock that stands still.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lib/pce/policy_engine.h"
#include "lib/topology/ted_builder.h"
#include "tests/support/simulated_clock.h"

namespace srpce::pce {

// Two ways from a to d: over b (cheap) and over c (fast); and the policy most tests watch on it.
inline constexpr char kDiamond[] =
    "a<->b igp 10 delay 1000\n"
    "b<->d igp 10 delay 1000\n"
    "a<->c igp 20 delay 500\n"
    "c<->d igp 20 delay 500\n";
inline const policy::PolicyKey kPolicy{.headend = "a", .color = 1, .endpoint = "d"};

// Keeps what each headend is to hold and the order it was told in.
class FakeSouthbound final : public plugin::Southbound {
 public:
  std::string name() const override { return "fake"; }
  void Start(plugin::SouthboundListener* listener,
             std::vector<plugin::RestoredPolicy> restored) override;
  void Stop() override {}
  bool Install(const plugin::PolicyConfig& config) override;
  bool Remove(const policy::PolicyKey& key) override;

  // "install a/1/d 16002, 16004" and "remove a/1/d", in order; empties the log.
  std::vector<std::string> TakeLog();
  std::optional<plugin::PolicyConfig> held(const policy::PolicyKey& key) const;
  plugin::SouthboundListener* listener() const { return listener_; }

  // Set before use.
  bool has_session = true;
  bool acknowledge = true;
  absl::Status answer;  // What headends say to installs.
  absl::Status removal_answer;
  std::function<void()> on_install;  // Called inside Install.

 private:
  mutable std::mutex mutex_;
  plugin::SouthboundListener* listener_ = nullptr;
  std::map<policy::PolicyKey, plugin::PolicyConfig> held_;
  std::vector<std::string> log_;
};

// Outlives engines, to play restarts.
class FakeStore final : public plugin::Store {
 public:
  std::string name() const override { return "fake"; }
  absl::StatusOr<plugin::StoreState> Load() override;
  absl::Status Commit(const plugin::StoreBatch& batch) override;

  void Fail(absl::Status status);  // Until called with OK.
  size_t commits() const;
  std::map<policy::PolicyKey, plugin::StoredPolicy> policies() const;

 private:
  mutable std::mutex mutex_;
  absl::Status failure_;
  size_t commits_ = 0;
  uint64_t revision_ = 0;
  std::map<policy::PolicyKey, plugin::StoredPolicy> policies_;
};

// Counts what the engine tells.
class FakeObserver final : public PolicyEngineObserver {
 public:
  void OnComputation(topology::MetricType, const char*, const char*, Duration) override;
  void OnEventToPush(const std::string& trigger, Duration event_to_push) override;
  void OnPush(const std::string&, const char* result) override;
  void OnStoreResult(bool) override {}

  size_t computations() const;
  std::vector<std::string> triggers() const;  // Of pushes, in order.
  size_t pushes(const std::string& result) const;

 private:
  mutable std::mutex mutex_;
  size_t computations_ = 0;
  std::vector<std::string> triggers_;
  std::map<std::string, size_t> pushes_;
};

class Lab {
 public:
  // `map` in the language of tests/support/build_ted.h. The engine starts with its snapshot, unless
  // `start` is false.
  explicit Lab(absl::string_view map, PolicyEngineOptions options = {}, bool start = true);
  ~Lab();

  // A new engine on the same store and network, as after a restart. With `learn` it gets the
  // snapshot at once.
  void Restart(bool learn = true);
  void StopEngine() { engine_.reset(); }
  PolicyEngine& engine() { return *engine_; }

  // Changes the link (both directions unless `one_way`), without telling the engine.
  using Change = std::function<void(topology::LinkAttributes&)>;
  void Edit(const std::string& link, const Change& change, bool one_way = false);
  void Switch(const std::string& link, bool up);
  // Publishes what was edited, tells the engine and waits until it has acted on it.
  void Publish(bool syncing = false);
  // The same without waiting.
  void PublishNow(bool syncing = false);
  // All that the source has said is gone, as when its hold time is over.
  void LoseTopology();
  void Cut(const std::string& link);
  void Mend(const std::string& link);
  void SetDelay(const std::string& link, int64_t us, bool one_way = false);
  void SetIgp(const std::string& link, uint32_t metric, bool one_way = false);

  // Returns the answer once it is durable, and the policies computed.
  absl::Status Apply(std::vector<policy::PolicyIntent> intents, bool validate_only = false);
  size_t Delete(std::vector<policy::PolicyKey> keys);
  // Moves the clock and waits until the engine has done what is due.
  void Advance(Duration by);
  void Settle();

  policy::PolicyStatus Status(const policy::PolicyKey& key);
  // "16002, 16004" of the active path, "-" if there is none.
  std::string Lists(const policy::PolicyKey& key);
  // Node ids of the active path: "a b d"; "-" if there is none.
  std::string Nodes(const policy::PolicyKey& key);

  support::SimulatedClock clock;
  FakeStore store;
  std::unique_ptr<FakeSouthbound> southbound = std::make_unique<FakeSouthbound>();
  FakeObserver observer;
  topology::TedBuilder builder;
  topology::SourceId source;
  topology::TedPtr ted;

 private:
  const PolicyEngineOptions options_;
  std::unique_ptr<PolicyEngine> engine_;
};

// A policy with one dynamic candidate path of preference 100.
policy::PolicyIntent Dynamic(const std::string& headend, uint32_t color,
                             const std::string& endpoint, policy::PathIntent bounds = {});
// The bounds of a path that is to be fast.
policy::PathIntent ByDelay();
// A policy as Dynamic has it, in a disjoint group.
policy::PolicyIntent Member(const std::string& headend, uint32_t color, const std::string& endpoint,
                            cspf::Disjointness disjointness, policy::PathIntent bounds = {});

}  // namespace srpce::pce
