// daemon/srpced/southbound_tap.h -- a southbound that lets AgentLinks hear what its routers report,
// on the way to the engine.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/srpced/agent_links.h"
#include "lib/plugin/southbound.h"

namespace srpce::srpced {

class SouthboundTap final : public plugin::Southbound, private plugin::SouthboundListener {
 public:
  // `links` outlives this.
  SouthboundTap(std::unique_ptr<plugin::Southbound> inner, AgentLinks& links)
      : inner_(std::move(inner)), links_(links) {}

  plugin::Southbound& inner() { return *inner_; }

  std::string name() const override { return inner_->name(); }
  void Start(plugin::SouthboundListener* listener,
             std::vector<plugin::PolicyConfig> desired) override {
    listener_ = listener;
    inner_->Start(this, std::move(desired));
  }
  void Stop() override { inner_->Stop(); }
  bool Install(const plugin::PolicyConfig& config) override { return inner_->Install(config); }
  bool Remove(const policy::PolicyKey& key) override { return inner_->Remove(key); }

 private:
  void OnSession(const std::string& headend, bool up) override {
    links_.OnSession(headend, up);
    listener_->OnSession(headend, up);
  }
  void OnResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                const absl::Status& result) override {
    listener_->OnResult(key, fingerprint, removed, result);
  }
  void OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                   MonotonicTime received) override {
    links_.OnLinkEvent(headend, interface, up);
    listener_->OnLinkEvent(headend, interface, up, received);
  }

  const std::unique_ptr<plugin::Southbound> inner_;
  AgentLinks& links_;
  plugin::SouthboundListener* listener_ = nullptr;
};

}  // namespace srpce::srpced
