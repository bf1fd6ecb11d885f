// tests/unit/southbound_agent/support.h -- policies to hand out, and a listener that remembers what
// it was told.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/plugin/southbound.h"

namespace srpce::southbound {

inline plugin::PolicyConfig MakeConfig(const std::string& headend, uint32_t color,
                                       const std::string& first_sid = "fc00:1::") {
  plugin::PolicyConfig config;
  config.key = {headend, color, "r9"};
  policy::WeightedList list;
  list.list.data_plane = cspf::DataPlane::kSrv6;
  list.list.sids = {*Ipv6Address::Parse(first_sid)};
  config.lists.push_back(std::move(list));
  return config;
}

inline std::vector<plugin::RestoredPolicy> Restored(
    const std::vector<plugin::PolicyConfig>& configs) {
  std::vector<plugin::RestoredPolicy> restored;
  for (const plugin::PolicyConfig& config : configs) {
    restored.push_back({config.key, config});
  }
  return restored;
}

// Lines such as "up r1", "down r1", "ok r1/1/r9", "removed r1/1/r9", "error r1/1/r9: why", "link r1
// eth0 down".
class RecordingListener : public plugin::SouthboundListener {
 public:
  void OnSession(const std::string& headend, bool up) override {
    Add(absl::StrCat(up ? "up " : "down ", headend));
  }
  void OnResult(const policy::PolicyKey& key, uint64_t /*fingerprint*/, bool removed,
                const absl::Status& result) override {
    Add(result.ok()
            ? absl::StrCat(removed ? "removed " : "ok ", policy::ToString(key))
            : absl::StrCat("error ", policy::ToString(key), ": ", std::string(result.message())));
  }
  void OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                   MonotonicTime /*received*/) override {
    Add(absl::StrCat("link ", headend, " ", interface, up ? " up" : " down"));
  }

  // Takes what was told so far.
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(told_, {});
  }
  // Waits for `line`; false after a generous time.
  bool Await(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] {
      return std::find(told_.begin(), told_.end(), line) != told_.end();
    });
  }

 private:
  void Add(std::string line) {
    const std::lock_guard lock(mutex_);
    told_.push_back(std::move(line));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

}  // namespace srpce::southbound
