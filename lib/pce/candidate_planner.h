// lib/pce/candidate_planner.h -- one candidate path at a time: is it valid on this snapshot, beside
// what others already use?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/pce/path_planner.h"

namespace srpce::pce {

// What a path must keep away from because other members of its group use it.
struct Exclusion {
  std::vector<topology::LinkIndex> links;  // Both directions.
  std::vector<topology::NodeIndex> nodes;  // Used in transit: nobody else may come there.
  std::vector<topology::NodeIndex>
      ends;  // Headends and endpoints: shared only with a path that begins or ends there too.
  std::vector<uint32_t> srlgs;
  const char* of = "the group's other members";  // Whose, for people.

  bool empty() const { return links.empty() && nodes.empty() && ends.empty() && srlgs.empty(); }
};

// Everything one unit's planning shares.
struct PlanContext {
  const topology::Ted& ted;
  const PlannerOptions& options;
  const Clock& clock;
  cspf::Workspace& workspace;
};

// Adds what `path` of `member` uses to `exclusion`, as far as `disjointness` forbids sharing it.
void AddExclusion(const topology::Ted& ted, const MemberInput& member, const PlannedPath& path,
                  cspf::Disjointness disjointness, Exclusion& exclusion);
// Returns true if `path` of `member` uses nothing of `exclusion`.
bool KeepsAwayFrom(const topology::Ted& ted, const MemberInput& member, const PlannedPath& path,
                   const Exclusion& exclusion);
// Puts `exclusion` into the constraints of `query`. Returns false if no path can keep away: others
// pass through its ends.
bool Exclude(const Exclusion& exclusion, cspf::Query& query);

// Returns candidate path `candidate` of the member if it is valid, else null; says why in `plan`.
PlannedPathPtr TryCandidate(const PlanContext& context, const MemberInput& member, size_t candidate,
                            const Exclusion& exclusion, MemberPlan& plan);

// True if candidate path `candidate` is computed, not given as lists.
bool IsDynamic(const policy::PolicyIntent& intent, size_t candidate);

// Returns what `plan` says of candidate path `candidate`, to be filled; of those not looked at it
// says that.
policy::CandidateStatus& StatusOf(const MemberInput& member, size_t candidate, MemberPlan& plan);

// Returns the best valid candidate path (RFC 9256 s2.9), or null.
PlannedPathPtr BestCandidate(const PlanContext& context, const MemberInput& member,
                             std::optional<size_t> in_use, const Exclusion& exclusion,
                             MemberPlan& plan);

// Returns indexes of candidate paths, best first.
std::vector<size_t> RankCandidates(const policy::PolicyIntent& intent,
                                   std::optional<size_t> in_use);

// What the lists in use do on this snapshot: the active ones, or those the headend was last given.
struct Present {
  Evaluation evaluation;
  bool same_intent = true;  // The lists were made for this intent's candidate path.
  bool moved = false;       // They forward over other links than when they were chosen.
};
Present EvaluatePresent(const topology::Ted& ted, const MemberInput& member);

// Returns true if the headend of `member` is in `ted`, not only by name; else fills `plan`.
bool KnowsHeadend(const topology::Ted& ted, const MemberInput& member, MemberPlan& plan);

// The promise that `present` breaks, for people.
std::string WhyBroken(const Present& present);

// Fills `plan` with "stay on the present lists": in order, or as a violation for `why`.
void Stay(const Present& present, MemberPlan& plan);
void StayInViolation(const Present& present, std::string why, MemberPlan& plan);

// True if `better` costs less than `present` by options.gain_percent at least.
bool IsWorthMoving(const PlannerOptions& options, uint64_t present, uint64_t better);

// Notes one run of the path engine that began at `begin`.
void Note(const PlanContext& context, const policy::PathIntent& bounds, MonotonicTime begin,
          const cspf::NoPath* failure, MemberPlan& plan);

// Plans a group of two members or more.
std::vector<MemberPlan> PlanGroup(const PlanContext& context, const UnitInput& unit);

}  // namespace srpce::pce
