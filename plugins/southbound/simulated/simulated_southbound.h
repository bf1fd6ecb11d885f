// plugins/southbound/simulated/simulated_southbound.h -- routers that take everything and say so,
// for labs, demonstrations and scale tests.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/southbound.h"

namespace srpce::southbound {

struct SimulatedOptions {
  // Routers that refuse every policy, so that refusals can be shown.
  std::set<std::string> refuse;
};

// A headend has a session from the moment something is wanted of it. Answers come from a thread of
// its own, in order.
class SimulatedSouthbound final : public plugin::Southbound {
 public:
  explicit SimulatedSouthbound(SimulatedOptions options = {}) : options_(std::move(options)) {}
  ~SimulatedSouthbound() override { Stop(); }

  std::string name() const override { return "simulated"; }
  void Start(plugin::SouthboundListener* listener,
             std::vector<plugin::RestoredPolicy> restored) override;
  // When it returns the listener is not called again.
  void Stop() override;
  bool Install(const plugin::PolicyConfig& config) override;
  bool Remove(const policy::PolicyKey& key) override;

  // What the routers hold, by key.
  std::vector<plugin::PolicyConfig> installed() const;

 private:
  struct Answer {
    policy::PolicyKey key;
    uint64_t fingerprint = 0;
    bool removed = false;
    bool new_session = false;  // Of key.headend; told first.
    absl::Status result;
  };

  void Take(const plugin::PolicyConfig& config);
  void Serve();

  const SimulatedOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable answered_;
  plugin::SouthboundListener* listener_ = nullptr;
  bool stopping_ = false;
  std::map<policy::PolicyKey, plugin::PolicyConfig> held_;
  std::set<std::string> sessions_;
  std::deque<Answer> answers_;
  std::thread thread_;
};

// Registers "simulated". Setting: refuse, headends separated by commas. Errors: ALREADY_EXISTS.
absl::Status RegisterSimulatedSouthbound(plugin::Registry& registry);

}  // namespace srpce::southbound
