// plugins/southbound/simulated/simulated_southbound.cc -- routers in memory.
#include "plugins/southbound/simulated/simulated_southbound.h"

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace srpce::southbound {

void SimulatedSouthbound::Start(plugin::SouthboundListener* listener,
                                std::vector<plugin::RestoredPolicy> restored) {
  const std::lock_guard<std::mutex> lock(mutex_);
  listener_ = listener;
  for (const plugin::RestoredPolicy& policy : restored) {
    if (policy.config) {
      Take(*policy.config);
    }
  }
  thread_ = std::thread([this] { Serve(); });
}

void SimulatedSouthbound::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  answered_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

// REQUIRES mutex_ is held.
void SimulatedSouthbound::Take(const plugin::PolicyConfig& config) {
  const std::string& headend = config.key.headend;
  Answer answer{.key = config.key, .fingerprint = config.Fingerprint(), .result = {}};
  answer.new_session = sessions_.insert(headend).second;
  if (options_.refuse.contains(headend)) {
    answer.result = absl::FailedPreconditionError(
        absl::StrCat("simulated router ", headend, ": refuses policies"));
  } else {
    held_[config.key] = config;
  }
  answers_.push_back(std::move(answer));
  answered_.notify_one();
}

bool SimulatedSouthbound::Install(const plugin::PolicyConfig& config) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_ || listener_ == nullptr) {
    return false;
  }
  Take(config);
  return true;
}

bool SimulatedSouthbound::Remove(const policy::PolicyKey& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_ || listener_ == nullptr) {
    return false;
  }
  Answer answer{.key = key, .removed = true, .result = {}};
  if (const auto it = held_.find(key); it != held_.end()) {
    answer.fingerprint = it->second.Fingerprint();
    held_.erase(it);
  }
  answer.new_session = sessions_.insert(key.headend).second;
  answers_.push_back(std::move(answer));
  answered_.notify_one();
  return true;
}

std::vector<plugin::PolicyConfig> SimulatedSouthbound::installed() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<plugin::PolicyConfig> all;
  for (const auto& [key, config] : held_) {
    all.push_back(config);
  }
  return all;
}

void SimulatedSouthbound::Serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    answered_.wait(lock, [this] { return stopping_ || !answers_.empty(); });
    if (stopping_) {
      return;
    }
    const Answer answer = std::move(answers_.front());
    answers_.pop_front();
    lock.unlock();
    if (answer.new_session) {
      listener_->OnSession(answer.key.headend, true);
    }
    listener_->OnResult(answer.key, answer.fingerprint, answer.removed, answer.result);
    lock.lock();
  }
}

absl::Status RegisterSimulatedSouthbound(plugin::Registry& registry) {
  return registry.southbounds.Add(
      "simulated",
      [](const plugin::Settings& settings) -> absl::StatusOr<std::unique_ptr<plugin::Southbound>> {
        SimulatedOptions options;
        for (const auto& [name, value] : settings) {
          if (name != "refuse") {
            return absl::InvalidArgumentError(
                absl::StrCat("simulated: setting: got '", name, "', want refuse"));
          }
          for (const absl::string_view headend : absl::StrSplit(value, ',', absl::SkipEmpty())) {
            options.refuse.emplace(absl::StripAsciiWhitespace(headend));
          }
        }
        return std::make_unique<SimulatedSouthbound>(std::move(options));
      });
}

}  // namespace srpce::southbound
