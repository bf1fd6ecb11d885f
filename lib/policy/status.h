// lib/policy/status.h -- what became of a policy: the state operators and controllers see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/cspf/disjoint.h"
#include "lib/policy/intent.h"
#include "lib/segments/compute.h"

namespace srpce::policy {

enum class OperState : uint8_t {
  kPending,  // Accepted, not computed yet (no topology, or queued).
  kDown,     // No candidate path is valid.
  // An active path is computed, verified and acknowledged by the headend (or no session exists yet
  // that could: see push).
  kUp,
};
enum class PushState : uint8_t {
  kNone,       // Nothing to install.
  kWaiting,    // No session with the headend.
  kSent,       // Handed to the session, not acknowledged.
  kInstalled,  // Acknowledged.
  kFailed,     // The headend refused.
};
const char* OperStateName(OperState state);  // "pending", "down", "up".
const char* PushStateName(PushState state);  // "none", "waiting", "sent", "installed", "failed".

struct WeightedList {
  segments::SegmentList list;
  uint32_t weight = 1;
};

// How far the active path is from its bounds: bound minus value, in the bound's unit. Negative =
// violated.
struct SlaMargin {
  std::optional<Microseconds> delay;
  std::optional<int64_t> igp_cost;
  std::optional<int64_t> te_cost;
  std::optional<int32_t> hops;
  std::optional<double> loss;
  std::optional<Microseconds> variation;
  std::optional<double> bandwidth_bytes_per_second;
};

// What one of several lists carries, and where.
struct ListUse {
  double share = 1;     // Of the traffic.
  BytesPerSecond rate;  // Of a split: that share of its bandwidth, rounded up; else 0.
  // Node ids in travel order, headend first; empty where branches exist.
  std::vector<std::string> nodes;
  cspf::PathMetrics metrics;  // Worst branch.
};

// The active candidate path as computed on one snapshot.
struct ActivePath {
  size_t candidate = 0;  // Index into PolicyIntent::candidate_paths.
  std::vector<WeightedList> lists;
  // In travel order where the path is single, else every link some branch uses.
  std::vector<topology::LinkKey> links;
  // Node ids in travel order, headend first; empty where branches exist.
  std::vector<std::string> nodes;
  cspf::PathMetrics metrics;  // Worst branch.
  uint64_t cost = 0;          // In the objective; of a split the mean by weight, rounded.
  SlaMargin margin;
  uint64_t generation = 0;    // The TED it was computed on.
  std::vector<ListUse> uses;  // One a list, where there are several.
};

// Whether each candidate path could be used, and why not (RFC 9256 s2.10).
struct CandidateStatus {
  bool valid = false;
  std::optional<cspf::NoPath> failure{};
  std::string error{};  // Explicit lists, unknown names: what is wrong.
};

enum class ProtectionState : uint8_t {
  kPending,      // Not looked for yet: no path is known, or the backup is the path in use.
  kUnprotected,  // There is no backup.
  kProtected,    // A backup is computed and proved on the present network.
};
const char* ProtectionStateName(ProtectionState state);  // "pending", "unprotected", "protected".

// What became of PolicyIntent::protection.
struct ProtectionStatus {
  ProtectionState state = ProtectionState::kPending;
  std::optional<ActivePath> backup;  // With kProtected.
  // The level kept: the one asked for, or a fallback. Absent, with kProtected: the two share a
  // link.
  std::optional<cspf::Disjointness> achieved;
  // What the level asked for forbids and the two share nevertheless.
  cspf::SharedRisks shared;
  // The path in use is not the cheapest: that one has no backup, so both were computed together.
  bool joint = false;
  std::vector<cspf::LevelFailure> failed;  // The levels that are not kept, and why not.
  std::string reason;                      // Unless kProtected: why there is no backup.
  WallTime since{};                        // Of the state and the level.
  uint64_t switches = 0;                   // How often the backup was put to use.
};

struct PolicyStatus {
  PolicyIntent intent;
  // Grows with every change of any policy; WatchPolicies resumes by it.
  uint64_t revision = 0;
  OperState oper_state = OperState::kPending;
  PushState push_state = PushState::kNone;
  std::string push_error;
  std::optional<ActivePath> active;
  std::vector<CandidateStatus> candidates;
  // The active path breaks a bound now and no better one exists.
  bool sla_violated = false;
  std::string last_change_reason;  // "link-down r1->r2: moved to ...".
  WallTime last_change{};
  uint64_t changes = 0;  // How often the active path changed.
  // From the arrival of the event to the hand-over of the push.
  std::optional<Duration> last_event_to_push;
  std::optional<ProtectionStatus> protection;  // Where it is asked for.
};

// Returns the index of the candidate path to use among the valid ones: highest preference, then
// protocol origin, then `installed` itself, then lower originator, then higher discriminator (RFC
// 9256 s2.9). None if no candidate is valid.
std::optional<size_t> SelectCandidate(const std::vector<CandidatePath>& candidates,
                                      const std::vector<bool>& valid,
                                      std::optional<size_t> installed);

}  // namespace srpce::policy
