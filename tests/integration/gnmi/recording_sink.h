// tests/integration/gnmi/recording_sink.h -- a daemon's end of a source: keeps what was stated,
// wakes whoever waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "lib/plugin/topology_source.h"

namespace srpce {

class RecordingSink final : public plugin::StatementSink {
 public:
  struct State {
    std::map<std::string, topology::LinkAttributes> links;  // By "node interface".
    plugin::SourceReport report;
    int syncs = 0;
    int statements = 0;
  };

  absl::Status Send(const plugin::Statement& statement) override {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
      return absl::CancelledError("stopped");
    }
    ++state_.statements;
    if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
      state_.links[Name(link->key)] = link->attributes;
    } else if (const auto* gone = std::get_if<plugin::LinkRemoval>(&statement)) {
      state_.links.erase(Name(gone->key));
    } else if (const auto* report = std::get_if<plugin::SourceReport>(&statement)) {
      state_.report = *report;
    } else if (std::holds_alternative<plugin::SyncEnd>(statement)) {
      ++state_.syncs;
    }
    changed_.notify_all();
    return absl::OkStatus();
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status WaitUntil(int64_t deadline_ms) override {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, opened_ + std::chrono::milliseconds(deadline_ms),
                        [this] { return stopped_ || woken_; });
    woken_ = false;
    return stopped_ ? absl::CancelledError("stopped") : absl::OkStatus();
  }
  void Wake() override {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
  }

  // The stream breaks.
  void Stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  // False if it is not so after half a minute.
  bool Await(const std::function<bool(const State&)>& reached) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return reached(state_); });
  }
  State state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  static std::string Name(const topology::LinkKey& key) {
    return key.local_node + " " + key.local_interface;
  }

  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_;
  bool stopped_ = false;
  bool woken_ = false;
};

}  // namespace srpce
