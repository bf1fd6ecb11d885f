// lib/pce/path_planner.h -- decides the path of one policy, or of one disjoint group, on one
// snapshot. Pure: same input, same plan.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/cspf/compute_path.h"
#include "lib/pce/planned_path.h"
#include "lib/plugin/southbound.h"

namespace srpce::pce {

using IntentPtr = std::shared_ptr<const policy::PolicyIntent>;

// How much has to be done for a policy, least first.
enum class Need : uint8_t {
  kNone,
  kVerify,      // Prove the present lists again; compute only if they break their promise.
  kReoptimize,  // As kVerify, and look for something better by at least the gain.
};

// The backup of a policy (policy::Protection).
struct Backup {
  PlannedPathPtr path;  // Of the candidate path it stands in for, held to the backup's own bounds.
  size_t rung = 0;      // Of the ladder of levels: 0 = the one asked for.
  std::optional<cspf::Disjointness> achieved;  // Absent: the two share a link.
  cspf::SharedRisks shared;                    // What the level asked for forbids.
  bool joint = false;  // The cheapest path has none of the kind: the two are a pair of least sum.
  std::vector<cspf::LevelFailure> failed;  // The levels before `rung`, and why not.
};
using BackupPtr = std::shared_ptr<const Backup>;

// What is known of one policy when its unit is planned.
struct MemberInput {
  IntentPtr intent;
  PlannedPathPtr active;  // Null: none, or not known since the last start or change of intent.
  std::shared_ptr<const plugin::PolicyConfig>
      installed;          // What the headend was last given; read where `active` is null.
  bool compute = false;   // The intent is new or changed: find the best, whatever is in use.
  bool movable = true;    // The active path is old enough to be left for a better one.
  bool violated = false;  // It was left in violation last time: in a group this is the one to move.
  BackupPtr backup{};     // Of `active`; null: none.
  bool no_backup = false;  // There is none for `active`, and only better news can change that.
};

// A policy alone, or all members of one disjoint group in order of (priority, key).
struct UnitInput {
  Need need = Need::kVerify;
  // The snapshot is known to be a part of the network: who is well and where he was stays.
  bool partial = false;
  std::vector<MemberInput> members;
};

// One run of the path engine, for metrics.
struct Computation {
  topology::MetricType objective = topology::MetricType::kIgp;
  const char* result = "";  // "path", "no_path", "error".
  const char* reason = "";  // ReasonName of a NoPath.
  Duration took{};
};

struct ProtectionPlan {
  policy::ProtectionState state = policy::ProtectionState::kUnprotected;
  BackupPtr backup{};  // With kProtected.
  std::vector<cspf::LevelFailure> failed{};
  std::string reason{};
};

struct MemberPlan {
  enum class Outcome : uint8_t {
    kUnknown,  // Not enough of the network is known: nothing is proved, everything stays as it is.
    kPath,     // `path` is to be used; it may be the one in use.
    kNone,     // No candidate path is valid, and the present lists lead nowhere.
  };
  Outcome outcome = Outcome::kNone;
  PlannedPathPtr path;
  std::vector<policy::CandidateStatus> candidates;  // Empty: the choice was not looked at.
  std::string unknown;                              // With kUnknown: what is missing.
  std::string violation;      // The promise `path` breaks, where nothing better exists.
  bool not_disjoint = false;  // The broken promise is the group's.
  bool held_back = false;  // Something better exists, but the active path is too young to be left.
  bool computed = false;   // The path engine was asked for `path`.
  bool sought_backup = false;                // It was asked for a backup.
  bool switched = false;                     // `path` was the backup: no search was made.
  bool to_protect = false;                   // `path` is urgent: its backup is to be planned next.
  std::optional<ProtectionPlan> protection;  // Absent: as before, or not asked for.
  std::vector<Computation> computations;
};

struct PlannerOptions {
  double gain_percent = 5;
  cspf::Budget budget;
};

// Returns one plan a member, in their order.
//
// A policy: the first valid candidate path in the order of RFC 9256 s2.9. If none is valid but the
// present lists still lead to the endpoint, they stay, with `violation` set: late traffic is better
// than none. A group: the members' dynamic candidates of highest preference jointly; see README.md
// for what gives way when that fails.
std::vector<MemberPlan> PlanUnit(const topology::Ted& ted, const UnitInput& unit,
                                 const PlannerOptions& options, const Clock& clock,
                                 cspf::Workspace& workspace);

}  // namespace srpce::pce
