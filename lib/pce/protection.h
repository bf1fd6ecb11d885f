// lib/pce/protection.h -- the backup of one policy: computed ahead of the failure, proved again at
// every change, put to use without a search (policy::Protection; RFC 9256 s9.3).
//
// The path in use stays the cheapest of its candidate path, and the backup is the cheapest that is
// disjoint from it on every ECMP branch. Only where there is none (a trap topology) are both
// computed together, by the least sum: to find the cheapest path that has a disjoint counterpart is
// NP-hard (Xu et al. 2006, "On the complexity of and algorithms for finding the shortest path with
// a disjoint counterpart"), the least sum is a min-cost flow. That is tried level by level, before
// a weaker level: protection is the promise, the cost of the path in use is not.
#pragma once

#include "lib/pce/candidate_planner.h"

namespace srpce::pce {

// If the active path of `member` has lost a link or breaks its promise, and its backup is well:
// plans to use the backup, and returns true. No search: two expansions.
bool SwitchToBackup(const PlanContext& context, const UnitInput& unit, const MemberInput& member,
                    const Present& present, MemberPlan& plan);

// Plans the backup of `plan.path`, where the policy wants one; `present` is what its lists in use
// do now. A backup that is still disjoint and keeps its bounds stays, unless something better is
// asked for. May move `plan.path`: where only a joint pair is disjoint, and back to the present
// path where that has a better backup.
void Protect(const PlanContext& context, const UnitInput& unit, const MemberInput& member,
             const Present& present, MemberPlan& plan);

}  // namespace srpce::pce
