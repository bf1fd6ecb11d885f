// lib/pce/backup_search.h -- the search for the backup of one path, and what the two must not
// share.
#pragma once

#include <string>
#include <vector>

#include "lib/pce/candidate_planner.h"

namespace srpce::pce {

// Returns an intent whose candidate path `active.candidate` is the backup's: with the bounds that
// the backup of `active` is held to.
IntentPtr BackupIntent(const IntentPtr& intent, const PlannedPath& active);

// Returns the levels to try, the one asked for first; those that include one before are left out.
std::vector<cspf::Disjointness> LadderOf(const policy::Protection& protection);

// Returns what a backup of `path` must keep away from.
Exclusion UsedBy(const topology::Ted& ted, const MemberInput& member, const PlannedPath& path,
                 cspf::Disjointness level);

// Returns what two paths of one policy share and `level` forbids, over all their branches. Their
// headend and ends are the policy's own, and no risk.
cspf::SharedRisks SharedBy(const topology::Ted& ted, const MemberInput& member,
                           const PlannedPath& active, const PlannedPath& backup,
                           cspf::Disjointness level);

struct FoundBackup {
  PlannedPathPtr active;                   // The path it is for: as asked, or of a joint pair.
  BackupPtr backup;                        // Null: none.
  std::vector<cspf::LevelFailure> failed;  // Then: why, level by level.
  std::string reason;                      // The same of the level asked for, for people.
};

// Looks for a backup of `active`, level by level: beside it as it is, then, if it `may_move`, for
// the pair of least sum that keeps the level. Every branch of what is found is proved. Notes the
// work in `plan`.
FoundBackup FindBackup(const PlanContext& context, const MemberInput& member, PlannedPathPtr active,
                       bool may_move, MemberPlan& plan);

}  // namespace srpce::pce
