// daemon/srpced/southbound_tap.h -- a southbound that lets AgentLinks hear what its routers report,
// and measures how long they take, on the way to the engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/metrics/metrics.h"
#include "daemon/srpced/agent_links.h"
#include "lib/plugin/southbound.h"

namespace srpce::srpced {

class SouthboundTap final : public plugin::Southbound, private plugin::SouthboundListener {
 public:
  // `links` and `metrics` outlive this.
  SouthboundTap(std::unique_ptr<plugin::Southbound> inner, AgentLinks& links,
                metrics::Metrics& metrics)
      : inner_(std::move(inner)), links_(links), metrics_(metrics) {}

  plugin::Southbound& inner() { return *inner_; }

  std::string name() const override { return inner_->name(); }
  void Start(plugin::SouthboundListener* listener,
             std::vector<plugin::RestoredPolicy> restored) override {
    listener_ = listener;
    inner_->Start(this, std::move(restored));
  }
  void Stop() override { inner_->Stop(); }
  bool Install(const plugin::PolicyConfig& config) override {
    {
      const std::lock_guard lock(mutex_);  // Before: the answer may come at once.
      sent_[config.key] = {config.Fingerprint(), std::chrono::steady_clock::now()};
    }
    const bool sent = inner_->Install(config);
    if (!sent) {
      Forget(config.key);
    }
    return sent;
  }
  bool Remove(const policy::PolicyKey& key) override {
    Forget(key);
    return inner_->Remove(key);
  }

 private:
  void OnSession(const std::string& headend, bool up) override {
    if (!up) {
      // What is sent anew after a reconnect would count the time between.
      const std::lock_guard lock(mutex_);
      std::erase_if(sent_, [&](const auto& entry) { return entry.first.headend == headend; });
    }
    links_.OnSession(headend, up);
    listener_->OnSession(headend, up);
  }
  void OnResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                const absl::Status& result) override {
    if (!removed) {
      Measure(key, fingerprint, result.ok());
    }
    listener_->OnResult(key, fingerprint, removed, result);
  }
  void OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                   MonotonicTime received) override {
    links_.OnLinkEvent(headend, interface, up, received);
    listener_->OnLinkEvent(headend, interface, up, received);
  }

  void Forget(const policy::PolicyKey& key) {
    const std::lock_guard lock(mutex_);
    sent_.erase(key);
  }
  void Measure(const policy::PolicyKey& key, uint64_t fingerprint, bool ok) {
    const std::lock_guard lock(mutex_);
    const auto sent = sent_.find(key);
    if (sent != sent_.end() && sent->second.fingerprint == fingerprint) {
      if (ok) {
        metrics_.OnPushAcknowledged(name(), std::chrono::steady_clock::now() - sent->second.when);
      }
      sent_.erase(sent);
    }
  }

  struct Sent {
    uint64_t fingerprint = 0;
    MonotonicTime when{};
  };

  const std::unique_ptr<plugin::Southbound> inner_;
  AgentLinks& links_;
  metrics::Metrics& metrics_;
  std::mutex mutex_;
  std::map<policy::PolicyKey, Sent> sent_;  // And not acknowledged.
  plugin::SouthboundListener* listener_ = nullptr;
};

}  // namespace srpce::srpced
