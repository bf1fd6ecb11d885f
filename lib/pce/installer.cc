// lib/pce/installer.cc -- state, push and history of one policy at a time.
#include "lib/pce/installer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/pce/candidate_planner.h"
#include "lib/pce/policy_config.h"
#include "lib/pce/protection_status.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using policy::PolicyStatus;
using policy::PushState;

std::string ListsText(const std::vector<policy::WeightedList>& lists) {
  return absl::StrJoin(lists, " | ", [](std::string* out, const policy::WeightedList& weighted) {
    absl::StrAppend(out, segments::ToString(weighted.list));
  });
}

// The first reason in the order of preference why there is no path.
std::string WhyDown(const policy::PolicyIntent& intent, const PolicyStatus& status) {
  for (const size_t i : RankCandidates(intent, std::nullopt)) {
    if (i >= status.candidates.size()) {
      continue;
    }
    const policy::CandidateStatus& candidate = status.candidates[i];
    if (candidate.failure) {
      return absl::StrCat(cspf::ReasonName(candidate.failure->reason), ": ",
                          candidate.failure->message);
    }
    if (!candidate.error.empty()) {
      return candidate.error;
    }
  }
  return "no valid candidate path";
}

bool SameKeys(const std::vector<topology::LinkKey>& a, const std::vector<topology::LinkKey>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.local_node == y.local_node && x.remote_node == y.remote_node &&
           x.local_interface == y.local_interface;
  });
}

bool SameCandidates(const std::vector<policy::CandidateStatus>& a,
                    const std::vector<policy::CandidateStatus>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.valid == y.valid && x.error == y.error &&
           x.failure.has_value() == y.failure.has_value() &&
           (!x.failure || x.failure->reason == y.failure->reason);
  });
}

// True if only numbers differ that move with every telemetry sample.
bool SameDecisions(const PolicyStatus& a, const PolicyStatus& b) {
  if (a.oper_state != b.oper_state || a.push_state != b.push_state ||
      a.push_error != b.push_error || a.sla_violated != b.sla_violated ||
      a.last_change_reason != b.last_change_reason ||
      a.active.has_value() != b.active.has_value() || !SameCandidates(a.candidates, b.candidates) ||
      !SameProtection(a.protection, b.protection) || !(a.intent == b.intent)) {
    return false;
  }
  return !a.active || (a.active->candidate == b.active->candidate &&
                       SameLists(a.active->lists, b.active->lists) &&
                       SameKeys(a.active->links, b.active->links));
}

// What the parts of a policy's state add up to.
OperState OperStateOf(const PolicyRecord& record, const PolicyStatus& status) {
  if (!record.planned) {
    return OperState::kPending;
  }
  if (record.active == nullptr || status.push_state == PushState::kFailed) {
    return OperState::kDown;
  }
  return status.push_state == PushState::kSent && !record.forwarded ? OperState::kPending
                                                                    : OperState::kUp;
}

void SetPlanned(PolicyRecord& record) {
  record.planned = true;
  record.needs_compute = false;
  record.unproven = false;
  record.no_path_at.reset();
}

}  // namespace

Installer::Installer(const Clock& clock, SouthboundOf southbound_of, StoreWriter& store,
                     WatchHub& hub, PolicyIndex& index, PolicyIndex& backups,
                     PolicyEngineObserver* observer)
    : clock_(clock),
      southbound_of_(std::move(southbound_of)),
      store_(store),
      hub_(hub),
      index_(index),
      backups_(backups),
      observer_(observer) {}

void Installer::Restore(PolicyRecord& record,
                        const std::optional<plugin::PolicyConfig>& installed) {
  PolicyStatus status;
  status.intent = *record.intent;
  status.last_change = clock_.WallNow();
  status.last_change_reason = "startup: no path was installed before";
  status.protection = UnplannedProtection(*record.intent);
  record.unproven = true;
  record.restored = true;
  if (installed) {
    record.installed = std::make_shared<const plugin::PolicyConfig>(*installed);
    record.fingerprint = installed->Fingerprint();
    record.forwarded = true;
    status.push_state = PushState::kWaiting;
    status.last_change_reason =
        absl::StrCat("startup: ", ListsText(installed->lists), " stays until it is computed anew");
  }
  Publish(record, std::move(status));
}

void Installer::Welcome(PolicyRecord& record) {
  index_.Replace(record.id, record.active.get(), nullptr);
  record.active = nullptr;
  SetBackup(record, nullptr);
  record.switched = false;
  record.planned = false;
  record.needs_compute = true;
  record.not_disjoint = false;
  PolicyStatus status = record.status;
  status.intent = *record.intent;
  status.active.reset();
  status.candidates.clear();
  status.sla_violated = false;
  status.protection = UnplannedProtection(*record.intent);
  status.last_change = clock_.WallNow();
  status.last_change_reason = "policy: intent applied";
  status.oper_state = OperStateOf(record, status);
  Publish(record, std::move(status));
}

void Installer::Dismiss(PolicyRecord& record) {
  index_.Replace(record.id, record.active.get(), nullptr);
  SetBackup(record, nullptr);
  if (record.installed != nullptr || record.restored) {
    Withdraw(record);
  }
  PolicyStatus status = record.status;
  status.last_change = clock_.WallNow();
  status.last_change_reason = "policy: deleted";
  hub_.Publish(std::move(status), false, /*removed=*/true);
  store_.NoteRevision(hub_.revision());
}

void Installer::Adopt(const topology::Ted& ted, PolicyRecord& record, MemberPlan plan,
                      const Occasion& occasion) {
  if (observer_ != nullptr) {
    for (const Computation& computation : plan.computations) {
      observer_->OnComputation(computation.objective, computation.result, computation.reason,
                               computation.took);
    }
  }
  PolicyStatus status = record.status;
  if (!plan.candidates.empty()) {
    status.candidates = std::move(plan.candidates);
  }
  switch (plan.outcome) {
    case MemberPlan::Outcome::kUnknown:
      record.planned = false;
      if (record.status.oper_state != OperState::kPending || status.candidates.empty()) {
        status.last_change = clock_.WallNow();
      }
      status.last_change_reason = absl::StrCat(plan.unknown, "; what is installed stays");
      plan.protection.emplace();
      plan.protection->state = policy::ProtectionState::kPending;
      plan.protection->reason = plan.unknown;
      AdoptProtection(ted, record, plan, status);
      break;
    case MemberPlan::Outcome::kPath:
      UsePath(ted, record, plan, occasion, status);
      break;
    case MemberPlan::Outcome::kNone:
      UseNothing(ted, record, occasion, status);
      break;
  }
  status.oper_state = OperStateOf(record, status);
  Publish(record, std::move(status));
}

void Installer::UsePath(const topology::Ted& ted, PolicyRecord& record, MemberPlan& plan,
                        const Occasion& occasion, PolicyStatus& status) {
  const bool was_violated = status.sla_violated;
  const PlannedPathPtr before = std::exchange(record.active, plan.path);
  const PlannedPath& path = *plan.path;
  const bool restored = std::exchange(record.restored, false);
  index_.Replace(record.id, before.get(), &path);
  SetPlanned(record);
  record.not_disjoint = plan.not_disjoint;
  status.active = Describe(ted, *record.intent, path);
  status.sla_violated = !plan.violation.empty();
  const auto explain = [&](absl::string_view what, const std::string& text) {
    status.last_change = clock_.WallNow();
    status.last_change_reason = absl::StrCat(occasion.cause, ": ", what, text);
  };
  const bool known = record.installed != nullptr && SameLists(record.installed->lists, path.lists);
  if (!known) {
    record.active_since = clock_.Now();
    ++status.changes;
    explain(record.installed == nullptr ? "path "
            : plan.switched             ? "switched to the backup "
                                        : "moved to ",
            ListsText(path.lists));
  } else if (before == nullptr) {
    record.active_since = clock_.Now();
    explain("stays on ", ListsText(path.lists));
  }
  if (status.sla_violated) {
    if (!was_violated || !known) {
      explain("no better path than the one in use: ", plan.violation);
    }
  } else if (was_violated && known) {
    explain("keeps its promise again on ", ListsText(path.lists));
  }
  status.candidates.resize(record.intent->candidate_paths.size());
  if (!status.sla_violated) {
    status.candidates[path.candidate] = {.valid = true};
  } else {
    status.candidates[path.candidate].valid = false;
  }
  AdoptProtection(ted, record, plan, status);
  plugin::PolicyConfig config = BuildConfig(ted, *record.intent, path);
  if (record.installed == nullptr || config.Fingerprint() != record.fingerprint) {
    Push(record, std::move(config), occasion, status);
  } else if (plugin::Southbound* southbound = Of(record); restored && southbound) {
    southbound->Install(config);  // Now a headend that holds something else is corrected.
  }
}

void Installer::SetBackup(PolicyRecord& record, BackupPtr backup) {
  const BackupPtr before = std::exchange(record.backup, std::move(backup));
  backups_.Replace(record.id, before != nullptr ? before->path.get() : nullptr,
                   record.backup != nullptr ? record.backup->path.get() : nullptr);
}

void Installer::AdoptProtection(const topology::Ted& ted, PolicyRecord& record, MemberPlan& plan,
                                PolicyStatus& status) {
  record.switched = plan.switched;
  if (!plan.protection || !record.intent->protection) {
    return;
  }
  if (plan.sought_backup) {
    record.backup_sought = clock_.Now();
  }
  status.protection = ReportOf(ted, *record.intent, *plan.protection, plan.switched,
                               status.protection, clock_.WallNow());
  SetBackup(record, std::move(plan.protection->backup));
}

void Installer::UseNothing(const topology::Ted& ted, PolicyRecord& record, const Occasion& occasion,
                           PolicyStatus& status) {
  const bool had_path = record.installed != nullptr;
  SetBackup(record, nullptr);
  record.switched = false;
  if (record.intent->protection) {
    ProtectionPlan none;
    none.reason = "no path is in use";
    status.protection = ReportOf(ted, *record.intent, none, /*switched=*/false, status.protection,
                                 clock_.WallNow());
  }
  index_.Replace(record.id, record.active.get(), nullptr);
  record.active = nullptr;
  SetPlanned(record);
  record.not_disjoint = false;
  status.active.reset();
  status.sla_violated = false;
  if (had_path || record.restored) {
    Withdraw(record);
  }
  status.changes += had_path ? 1 : 0;
  if (had_path || status.oper_state != OperState::kDown) {
    status.last_change = clock_.WallNow();
    status.last_change_reason =
        absl::StrCat(occasion.cause, ": down: ", WhyDown(*record.intent, status));
  }
  status.push_state = PushState::kNone;
  status.push_error.clear();
}

void Installer::Push(PolicyRecord& record, plugin::PolicyConfig config, const Occasion& occasion,
                     PolicyStatus& status) {
  plugin::Southbound* southbound = Of(record);
  const bool taken = southbound != nullptr && southbound->Install(config);
  if (taken && occasion.event_time) {
    status.last_event_to_push = clock_.Now() - *occasion.event_time;
    if (observer_ != nullptr) {
      observer_->OnEventToPush(occasion.trigger, *status.last_event_to_push);
    }
  }
  status.push_state = taken ? PushState::kSent : PushState::kWaiting;
  status.push_error.clear();
  Observe(record.intent->key, taken ? "sent" : "waiting");
  record.fingerprint = config.Fingerprint();
  record.installed = std::make_shared<const plugin::PolicyConfig>(std::move(config));
  store_.PutInstalled(record.installed);
}

void Installer::Remove(const policy::PolicyKey& key) {
  if (plugin::Southbound* southbound = southbound_of_(key.headend)) {
    southbound->Remove(key);
  }
}

void Installer::Withdraw(PolicyRecord& record) {
  Remove(record.intent->key);
  record.restored = false;
  record.installed = nullptr;
  record.fingerprint = 0;
  record.forwarded = false;
  store_.ClearInstalled(record.intent->key);
}

void Installer::OnSession(PolicyRecord& record, bool up) {
  PolicyStatus status = record.status;
  if (up && status.push_state == PushState::kWaiting) {
    status.push_state = PushState::kSent;
  } else if (!up && status.push_state == PushState::kSent) {
    status.push_state = PushState::kWaiting;
  } else {
    return;
  }
  status.oper_state = OperStateOf(record, status);
  Publish(record, std::move(status));
}

void Installer::OnResult(PolicyRecord& record, const ResultNote& note) {
  if (note.removed || record.installed == nullptr || note.fingerprint != record.fingerprint) {
    record.forwarded |= note.result.ok() && !note.removed && record.installed != nullptr;
    return;  // Of a configuration that has been replaced meanwhile.
  }
  PolicyStatus status = record.status;
  status.push_state = note.result.ok() ? PushState::kInstalled : PushState::kFailed;
  status.push_error = std::string(note.result.message());
  record.forwarded |= note.result.ok();
  status.oper_state = OperStateOf(record, status);
  Publish(record, std::move(status));
}

void Installer::Publish(PolicyRecord& record, PolicyStatus status) {
  const bool quiet =
      !record.status.intent.key.headend.empty() && SameDecisions(record.status, status);
  record.status = status;
  if (quiet) {
    hub_.Refresh(std::move(status), record.not_disjoint);
  } else {
    hub_.Publish(std::move(status), record.not_disjoint, /*removed=*/false);
    store_.NoteRevision(hub_.revision());
  }
}

void Installer::Observe(const policy::PolicyKey& key, const char* result) {
  if (observer_ != nullptr) {
    const plugin::Southbound* southbound = southbound_of_(key.headend);
    observer_->OnPush(southbound == nullptr ? "none" : southbound->name(), result);
  }
}

}  // namespace srpce::pce
