// lib/pce/protection.cc -- switch, check, search behind.
#include "lib/pce/protection.h"

#include <algorithm>
#include <utility>

#include "lib/pce/backup_search.h"

namespace srpce::pce {
namespace {

using cspf::Disjointness;
using policy::ProtectionState;
using topology::LinkIndex;
using topology::Ted;

bool UsesLostLink(const Ted& ted, const PlannedPath& path) {
  return std::any_of(path.links.begin(), path.links.end(),
                     [&](LinkIndex link) { return !ted.HasLink(link) || !ted.link(link).usable; });
}

// Returns `backup` as it is on this snapshot if it still is what was promised for `active`, else
// null.
BackupPtr Recheck(const Ted& ted, const MemberInput& member, const PlannedPath& active,
                  const Backup& backup) {
  if (backup.path->candidate != active.candidate) return nullptr;
  Evaluation now =
      Evaluate(ted, *BackupIntent(member.intent, active), active.candidate, backup.path->lists);
  if (!now.ok()) return nullptr;
  const std::vector<Disjointness> ladder = LadderOf(*member.intent->protection);
  auto checked = std::make_shared<Backup>(backup);
  checked->shared = SharedBy(ted, member, active, *now.path, ladder.front());
  const bool kept =
      backup.rung < ladder.size()
          ? KeepsAwayFrom(ted, member, *now.path, UsedBy(ted, member, active, ladder[backup.rung]))
          : checked->shared == backup.shared;
  if (!kept) return nullptr;
  checked->path = std::move(now.path);
  return checked;
}

ProtectionPlan With(BackupPtr backup) {
  return {.state = ProtectionState::kProtected,
          .backup = std::move(backup),
          .failed = {},
          .reason = {}};
}

ProtectionPlan Pending(std::string reason) {
  return {.state = ProtectionState::kPending,
          .backup = nullptr,
          .failed = {},
          .reason = std::move(reason)};
}

ProtectionPlan Without(std::vector<cspf::LevelFailure> failed, std::string reason) {
  return {.state = ProtectionState::kUnprotected,
          .backup = nullptr,
          .failed = std::move(failed),
          .reason = std::move(reason)};
}

// Is `found` worth leaving the present path and its backup `kept`? Hysteresis as for the path in
// use; a stronger level is worth it always, but not before the hold time of the path in use is
// over.
bool IsWorth(const PlanContext& context, const MemberInput& member, const FoundBackup& found,
             const PlannedPath& present, const Backup& kept, MemberPlan& plan) {
  if (found.backup == nullptr || found.backup->rung > kept.rung) return false;
  const bool stronger = found.backup->rung < kept.rung;
  if (SameLists(found.active->lists, present.lists)) {
    return stronger || IsWorthMoving(context.options, kept.path->cost, found.backup->path->cost);
  }
  if (!stronger && !IsWorthMoving(context.options, present.cost, found.active->cost)) return false;
  plan.held_back |= !member.movable;
  return member.movable;
}

// Returns the backup that the present path is best left with, after `found` was not worth it:
// `kept`, or a better one.
BackupPtr BestBeside(const PlanContext& context, const MemberInput& member, const Present& present,
                     const FoundBackup& found, const BackupPtr& kept, MemberPlan& plan) {
  const PlannedPathPtr& path = present.evaluation.path;
  if (SameLists(found.active->lists, path->lists)) return kept;
  const FoundBackup beside = FindBackup(context, member, path, /*may_move=*/false, plan);
  return IsWorth(context, member, beside, *path, *kept, plan) ? beside.backup : kept;
}

// The end of planning: `plan.path` and its backup, searched for.
void SearchBackup(const PlanContext& context, const MemberInput& member, const Present& present,
                  bool stays, const BackupPtr& kept, MemberPlan& plan) {
  if (!plan.violation.empty() && !member.intent->protection->constraints) {
    plan.protection = Without({}, "the path in use breaks its own promise, and no path keeps it");
    return;
  }
  FoundBackup found =
      FindBackup(context, member, plan.path, /*may_move=*/plan.violation.empty(), plan);
  if (kept != nullptr && !IsWorth(context, member, found, *present.evaluation.path, *kept, plan)) {
    if (!stays) Stay(present, plan);
    auto still = std::make_shared<Backup>(*BestBeside(context, member, present, found, kept, plan));
    // The cheapest path may have lost its counterpart, or the path in use may have become it.
    still->joint = found.backup != nullptr && found.backup->rung == kept->rung
                       ? found.backup->joint
                       : kept->joint || !stays;
    plan.protection = With(std::move(still));
    return;
  }
  if (found.backup == nullptr) {
    plan.protection = Without(std::move(found.failed), std::move(found.reason));
    return;
  }
  plan.path = found.active;
  plan.protection = With(std::move(found.backup));
}

}  // namespace

bool SwitchToBackup(const PlanContext& context, const UnitInput& unit, const MemberInput& member,
                    const Present& present, MemberPlan& plan) {
  if (member.backup == nullptr || member.active == nullptr || member.compute) return false;
  const bool cut = !unit.partial && UsesLostLink(context.ted, *member.active);
  if (present.evaluation.ok() && !cut) return false;
  const PlannedPath& backup = *member.backup->path;
  const IntentPtr intent = BackupIntent(member.intent, *member.active);
  const Evaluation own = Evaluate(context.ted, *intent, backup.candidate, backup.lists);
  // One that the IGP has moved has lost a link itself, and is no way out at once.
  if (!own.ok() || own.path->links != backup.links) return false;
  const Evaluation now = intent == member.intent ? own
                                                 : Evaluate(context.ted, *member.intent,
                                                            backup.candidate, backup.lists);
  const bool dead =
      cut || present.evaluation.path == nullptr || !present.evaluation.forwarding.ok();
  // Of two that break promises the one in use stays.
  if (now.path == nullptr || (!dead && !now.ok())) return false;
  plan.outcome = MemberPlan::Outcome::kPath;
  plan.path = now.path;
  if (!now.promise.ok()) plan.violation = std::string(now.promise.message());
  plan.protection = Pending("the backup is in use, another is not computed yet");
  plan.switched = true;
  plan.to_protect = true;
  return true;
}

void Protect(const PlanContext& context, const UnitInput& unit, const MemberInput& member,
             const Present& present, MemberPlan& plan) {
  if (!member.intent->protection || plan.outcome != MemberPlan::Outcome::kPath) return;
  const PlannedPathPtr& now = present.evaluation.path;
  const bool stays = now != nullptr && now->candidate == plan.path->candidate &&
                     SameLists(now->lists, plan.path->lists);
  BackupPtr kept;
  // Of a candidate path that is not wanted any more a backup counts for nothing.
  if (member.backup != nullptr && !member.compute && now != nullptr &&
      now->candidate == plan.path->candidate && (stays || present.evaluation.ok())) {
    kept = Recheck(context.ted, member, *now, *member.backup);
  }
  if (stays && kept != nullptr &&
      (unit.partial || (unit.need < Need::kReoptimize && !present.moved))) {
    plan.protection = With(std::move(kept));
    return;
  }
  if (unit.partial) {
    plan.protection = Pending("the topology is known in part only");
    return;
  }
  if (stays && member.no_backup && !present.moved && !member.compute &&
      unit.need < Need::kReoptimize) {
    return;
  }
  const bool in_trouble = !present.evaluation.ok() || present.moved;
  if (!stays && member.active != nullptr && !member.compute && in_trouble) {
    plan.protection = Pending("the path in use has just been found, its backup is next");
    plan.to_protect = true;
    return;
  }
  SearchBackup(context, member, present, stays, kept, plan);
}

}  // namespace srpce::pce
