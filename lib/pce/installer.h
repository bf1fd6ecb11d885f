// lib/pce/installer.h -- carries out plans: what changed goes to the headend, the store and the
// watchers.
#pragma once

#include <functional>
#include <string>

#include "lib/pce/agenda.h"
#include "lib/pce/inbox.h"
#include "lib/pce/policy_index.h"
#include "lib/pce/policy_table.h"
#include "lib/pce/store_writer.h"
#include "lib/pce/watch_hub.h"

namespace srpce::pce {

using SouthboundOf = std::function<plugin::Southbound*(const std::string& headend)>;

// Lives on the reactor thread.
class Installer {
 public:
  Installer(const Clock& clock, SouthboundOf southbound_of, StoreWriter& store, WatchHub& hub,
            PolicyIndex& index, PolicyIndex& backups, PolicyEngineObserver* observer);

  // A policy from the store: the headend is taken to hold what it was last given.
  void Restore(PolicyRecord& record, const std::optional<plugin::PolicyConfig>& installed);
  // A new or changed intent. What was planned for the old one counts only as what is installed.
  void Welcome(PolicyRecord& record);
  // The policy is deleted: takes it from the headend. The record goes next.
  void Dismiss(PolicyRecord& record);
  // Makes `plan`, computed on `ted`, the state of the policy, and pushes the difference.
  void Adopt(const topology::Ted& ted, PolicyRecord& record, MemberPlan plan,
             const Occasion& occasion);

  // Takes the policy from the headend.
  void Remove(const policy::PolicyKey& key);

  // What southbounds report.
  void OnSession(PolicyRecord& record, bool up);
  void OnResult(PolicyRecord& record, const ResultNote& note);
  // Tells the observer what became of a push.
  void Observe(const policy::PolicyKey& key, const char* result);

 private:
  void UsePath(const topology::Ted& ted, PolicyRecord& record, MemberPlan& plan,
               const Occasion& occasion, policy::PolicyStatus& status);
  void AdoptProtection(const topology::Ted& ted, PolicyRecord& record, MemberPlan& plan,
                       policy::PolicyStatus& status);
  void SetBackup(PolicyRecord& record, BackupPtr backup);
  void UseNothing(const topology::Ted& ted, PolicyRecord& record, const Occasion& occasion,
                  policy::PolicyStatus& status);
  void Push(PolicyRecord& record, plugin::PolicyConfig config, const Occasion& occasion,
            policy::PolicyStatus& status);
  void Withdraw(PolicyRecord& record);
  // The southbound of its headend; null = none.
  plugin::Southbound* Of(const PolicyRecord& record) const {
    return southbound_of_(record.intent->key.headend);
  }
  // Gives `status` to readers; as an event if a decision changed.
  void Publish(PolicyRecord& record, policy::PolicyStatus status);

  const Clock& clock_;
  const SouthboundOf southbound_of_;
  StoreWriter& store_;
  WatchHub& hub_;
  PolicyIndex& index_;    // Of active paths.
  PolicyIndex& backups_;  // Of their backups.
  PolicyEngineObserver* const observer_;
};

}  // namespace srpce::pce
