// lib/pce/planned_path.h -- segment lists of one candidate path, expanded on one snapshot, and what
// their forwarding hangs on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/policy/intent.h"
#include "lib/policy/status.h"
#include "lib/segments/compute.h"
#include "lib/segments/weighted.h"
#include "lib/topology/ted.h"

namespace srpce::pce {

// A stretch that shortest paths decide: between the ends of two segments, or to the node an SRv6
// adjacency SID belongs to.
struct ShortestPathLeg {
  topology::NodeIndex from;
  topology::NodeIndex to;
  uint64_t igp_cost = 0;  // Its length, or an upper bound of it.
};

// Lists that are forwarding, or could be. Immutable: shared between the reactor and the compute
// threads.
struct PlannedPath {
  size_t candidate = 0;  // Index into PolicyIntent::candidate_paths.
  std::vector<policy::WeightedList> lists;
  std::vector<segments::Expansion> expansions;  // One a list.
  std::vector<topology::LinkIndex> links;       // Of every branch of every list, ascending.
  // In the candidate's objective: of the worst branch; of a split the mean by weight, rounded.
  uint64_t cost = 0;
  cspf::PathMetrics metrics;  // Worst branch.
  policy::SlaMargin margin;
  uint64_t generation = 0;

  std::vector<ShortestPathLeg> legs;
  // Some segment's way is not known by its annotations (flexible algorithm, anycast): any change of
  // the network may move it.
  bool opaque = false;
};
using PlannedPathPtr = std::shared_ptr<const PlannedPath>;

// What lists do on a snapshot.
struct Evaluation {
  PlannedPathPtr
      path{};  // Of the lists that lead to the endpoint on every branch; null if none does.
  absl::Status forwarding{};  // OK if all lists do.
  absl::Status promise{};  // OK if those that do keep every bound of the candidate, MSD included.

  bool ok() const { return path != nullptr && forwarding.ok() && promise.ok(); }
};

// Expands `lists` from the policy's headend and holds them to candidate path `candidate`. REQUIRES
// candidate is in range.
Evaluation Evaluate(const topology::Ted& ted, const policy::PolicyIntent& intent, size_t candidate,
                    const std::vector<policy::WeightedList>& lists);

// The same for a list that comes out of the path engine, which has expanded and checked it.
PlannedPathPtr FromRoute(const topology::Ted& ted, const policy::PolicyIntent& intent,
                         size_t candidate, segments::SegmentRoute route);

// The same for lists that share a bandwidth.
PlannedPathPtr FromRoutes(const topology::Ted& ted, const policy::PolicyIntent& intent,
                          size_t candidate, std::vector<segments::WeightedRoute> routes);

// The bounds candidate path `candidate` is held to: its own, or its promise; null for an explicit
// path without one.
const policy::PathIntent* BoundsOf(const policy::PolicyIntent& intent, size_t candidate);

// "delay", "igp", "te", "hops", "loss", "variation", "bandwidth": the bounds that `margin` says are
// broken.
std::vector<const char*> BrokenBounds(const policy::SlaMargin& margin);

// True if both stand for the same label stacks / SRHs with the same weights.
bool SameLists(const std::vector<policy::WeightedList>& a,
               const std::vector<policy::WeightedList>& b);

// The part of a policy's status that describes `path`.
policy::ActivePath Describe(const topology::Ted& ted, const policy::PolicyIntent& intent,
                            const PlannedPath& path);

}  // namespace srpce::pce
