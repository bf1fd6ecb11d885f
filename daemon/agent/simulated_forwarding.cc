#include "daemon/agent/simulated_forwarding.h"

#include "absl/strings/str_cat.h"

namespace srpce::agent {

std::vector<plugin::InstalledPolicy> SimulatedForwarding::Installed(
    const std::string& headend) const {
  std::vector<plugin::InstalledPolicy> installed;
  for (auto it = fingerprints_.lower_bound({headend, 0, ""});
       it != fingerprints_.end() && it->first.headend == headend; ++it) {
    installed.push_back({it->first, it->second});
  }
  return installed;
}

absl::StatusOr<std::string> SimulatedForwarding::Install(const plugin::PolicyConfig& config,
                                                         uint64_t fingerprint) {
  if (config.lists.empty()) return absl::InvalidArgumentError("lists: got none, want one");
  std::string detail = "simulated:";
  for (const policy::WeightedList& weighted : config.lists) {
    if (weighted.list.depth() == 0) {
      return absl::InvalidArgumentError("lists: got an empty one");
    }
    absl::StrAppend(&detail, " [", segments::ToString(weighted.list), "] weight ", weighted.weight);
  }
  fingerprints_[config.key] = fingerprint;
  return detail;
}

absl::StatusOr<std::string> SimulatedForwarding::Remove(const policy::PolicyKey& key) {
  return fingerprints_.erase(key) == 0 ? "simulated: was not there" : "simulated: removed";
}

}  // namespace srpce::agent
