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

// How much has to be done for a policy, least first.
enum class Need : uint8_t {
  kNone,
  kVerify,      // Prove the present lists again; compute only if they break their promise.
  kReoptimize,  // As kVerify, and look for something better by at least the gain.
};

// What is known of one policy when its unit is planned.
struct MemberInput {
  std::shared_ptr<const policy::PolicyIntent> intent;
  PlannedPathPtr active;  // Null: none, or not known since the last start or change of intent.
  std::shared_ptr<const plugin::PolicyConfig>
      installed;          // What the headend was last given; read where `active` is null.
  bool compute = false;   // The intent is new or changed: find the best, whatever is in use.
  bool movable = true;    // The active path is old enough to be left for a better one.
  bool violated = false;  // It was left in violation last time: in a group this is the one to move.
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
  bool computed = false;   // The path engine was asked.
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
