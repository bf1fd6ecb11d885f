// lib/pce/policy_table.h -- all policies of the reactor, the units they are planned in, and what
// may be added to them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "lib/pce/path_planner.h"
#include "lib/pce/policy_index.h"
#include "lib/plugin/store.h"

namespace srpce::pce {

// What is dealt with first. Within a class: policy priority (RFC 9256 s2.12: lower first), then
// key.
enum class Urgency : uint8_t {
  kBackup,   // As kTouched, of a policy that may have a backup ready: that takes no search.
  kTouched,  // A link its lists can use got worse.
  kVerify,   // Its lists may have moved.
  kWanted,   // New or changed intents, and policies that have no good path.
  kImprove,  // Reoptimisation.
};

struct PolicyRecord;

// What is planned together: a policy, or a disjoint group.
struct Unit {
  std::vector<PolicyRecord*> members;  // By (priority, key).
  Need need = Need::kNone;             // kNone: not queued.
  Urgency urgency = Urgency::kImprove;
  const char* trigger = "";
  std::string cause;                        // For people: "link-down r1->r2".
  std::optional<MonotonicTime> event_time;  // Of the first event not answered yet.
  // What it uses got worse since its path was chosen: something better may exist.
  bool choice_aged = false;
  std::optional<MonotonicTime> retry_at;  // When the hold time that kept it back is over.
};

struct PolicyRecord {
  PolicyId id = 0;
  IntentPtr intent;
  Unit* unit = nullptr;
  PlannedPathPtr active;
  MonotonicTime active_since{};
  BackupPtr backup;               // Of `active`.
  bool switched = false;          // `active` was the backup, and nothing was computed since.
  MonotonicTime backup_sought{};  // When a backup was last searched for.
  std::shared_ptr<const plugin::PolicyConfig> installed;  // Last handed to the southbound.
  uint64_t fingerprint = 0;                               // Of `installed`.
  bool forwarded =
      // The headend has acknowledged some configuration: a change of it does not take the policy
      // down.
      false;
  bool planned = false;        // For this intent, on a snapshot that knows the headend.
  bool needs_compute = false;  // The intent is new or changed, and not planned since.
  // What the headend holds is of a network that is not known (any more): it is from the store, or
  // the headend went out of the topology.
  bool unproven = false;
  // From the store, and not planned since: the headend may hold something newer than `installed`.
  bool restored = false;
  // While unproven, and known to have no path: when that is believed.
  std::optional<MonotonicTime> no_path_at;
  bool not_disjoint = false;    // sla_violated is the group's promise.
  policy::PolicyStatus status;  // As last published, without the revision.
};

// A binding SID of a headend, of either data plane.
using Binding = std::tuple<std::string, std::variant<uint32_t, Ipv6Address>>;
std::vector<Binding> BindingsOf(const policy::PolicyIntent& intent);

class PolicyTable {
 public:
  PolicyTable() = default;
  PolicyTable(const PolicyTable&) = delete;
  PolicyTable& operator=(const PolicyTable&) = delete;

  PolicyRecord* Find(const policy::PolicyKey& key) const;
  PolicyRecord* Find(PolicyId id) const { return by_id_[id]; }
  // By key.
  const std::map<policy::PolicyKey, std::unique_ptr<PolicyRecord>>& records() const {
    return records_;
  }
  const std::set<Unit*>& units() const { return unit_set_; }

  // Adds the policy or replaces its intent, and puts it into its unit. Returns the record.
  PolicyRecord& Adopt(IntentPtr intent);
  void Remove(const policy::PolicyKey& key);

  // The policy that has this binding SID on its headend; null = none.
  const policy::PolicyKey* FindBinding(const Binding& binding) const;
  // The unit of a disjoint group; null = none.
  const Unit* FindGroup(const std::string& group) const;

  // Called with a unit that is about to go, so that nobody keeps a pointer to it.
  void SetUnitGone(std::function<void(Unit*)> listener) { unit_gone_ = std::move(listener); }

 private:
  void Join(PolicyRecord& record);
  void Leave(PolicyRecord& record);

  std::map<policy::PolicyKey, std::unique_ptr<PolicyRecord>> records_;
  std::vector<PolicyRecord*> by_id_;
  std::vector<PolicyId> free_ids_;
  std::map<std::string, std::unique_ptr<Unit>> groups_;
  std::map<policy::PolicyKey, std::unique_ptr<Unit>> singles_;
  std::set<Unit*> unit_set_;
  std::map<Binding, policy::PolicyKey> bindings_;
  std::function<void(Unit*)> unit_gone_;
};

// Changes that are checked together and become one store transaction: the table as it will be.
class Staging {
 public:
  // `ted`: what is known of the network; null = nothing yet.
  Staging(const PolicyTable& table, topology::TedPtr ted) : table_(table), ted_(std::move(ted)) {}

  // Takes all of `intents`, or none. Those equal to what is there are left out.
  // Errors: INVALID_ARGUMENT  every defect, one a line.
  absl::Status Put(const std::vector<policy::PolicyIntent>& intents);
  // Only checks.
  absl::Status Check(const std::vector<policy::PolicyIntent>& intents) const;
  // Returns whether the policy was there.
  bool Remove(const policy::PolicyKey& key);

  bool empty() const { return changes_.empty(); }
  // By key; null = to be removed.
  const std::map<policy::PolicyKey, IntentPtr>& changes() const { return changes_; }
  plugin::StoreBatch ToBatch() const;

 private:
  // The intent of `key` with the staged changes; null = none.
  IntentPtr Current(const policy::PolicyKey& key) const;
  // What the headend's node says against `intent`.
  absl::Status CheckNetwork(const policy::PolicyIntent& intent) const;

  const PolicyTable& table_;
  const topology::TedPtr ted_;
  std::map<policy::PolicyKey, IntentPtr> changes_;
};

}  // namespace srpce::pce
