// lib/pce/path_planner.cc -- the plan of one policy.
#include "lib/pce/path_planner.h"

#include <utility>

#include "lib/pce/candidate_planner.h"
#include "lib/pce/protection.h"

namespace srpce::pce {
namespace {

// Plans the path to use, without its backup.
void PlanActive(const PlanContext& context, const UnitInput& unit, const MemberInput& member,
                const Present& present, MemberPlan& plan) {
  const bool good = present.evaluation.ok() && present.same_intent;
  const bool verify_only = !present.moved && (unit.partial || unit.need == Need::kVerify);
  if (good && verify_only && !member.compute) {
    Stay(present, plan);
    return;
  }
  std::optional<size_t> in_use;
  if (good) {
    in_use = present.evaluation.path->candidate;
  }
  PlannedPathPtr best = BestCandidate(context, member, in_use, /*exclusion=*/{}, plan);
  if (best == nullptr) {
    if (good) {
      Stay(present,
           plan);  // Say, the work budget ran out: no reason to call a kept promise broken.
    } else if (present.evaluation.path != nullptr) {
      StayInViolation(present, WhyBroken(present), plan);
    }
    return;
  }
  if (!member.compute && good && best->candidate != *in_use && !member.movable) {
    // Preference is no matter of gain, but a link that comes and goes must not move it every time.
    plan.held_back = true;
    Stay(present, plan);
    return;
  }
  if (!member.compute && good && best->candidate == *in_use && IsDynamic(*member.intent, *in_use)) {
    // Lists that the IGP took elsewhere are not what was chosen: anything better will do, now.
    const uint64_t cost = present.evaluation.path->cost;
    const bool worth =
        present.moved ? best->cost < cost : IsWorthMoving(context.options, cost, best->cost);
    const bool may_move = present.moved || member.movable;
    if (!worth || !may_move) {
      plan.held_back = worth;
      Stay(present, plan);
      return;
    }
  }
  plan.outcome = MemberPlan::Outcome::kPath;
  plan.path = std::move(best);
}

MemberPlan PlanMember(const PlanContext& context, const UnitInput& unit,
                      const MemberInput& member) {
  MemberPlan plan;
  if (!KnowsHeadend(context.ted, member, plan)) {
    return plan;
  }
  const Present present = EvaluatePresent(context.ted, member);
  if (!SwitchToBackup(context, unit, member, present, plan)) {
    PlanActive(context, unit, member, present, plan);
    Protect(context, unit, member, present, plan);
  }
  return plan;
}

}  // namespace

std::vector<MemberPlan> PlanUnit(const topology::Ted& ted, const UnitInput& unit,
                                 const PlannerOptions& options, const Clock& clock,
                                 cspf::Workspace& workspace) {
  const PlanContext context{ted, options, clock, workspace};
  if (unit.members.size() > 1) {
    return PlanGroup(context, unit);
  }
  std::vector<MemberPlan> plans;
  for (const MemberInput& member : unit.members) {
    plans.push_back(PlanMember(context, unit, member));
  }
  return plans;
}

}  // namespace srpce::pce
