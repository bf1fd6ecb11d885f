// lib/cspf/explain.h -- why there is no path: the constraint that binds, with what can be had
// instead.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/solver.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// Returns why `query` has no path. REQUIRES Solve() returned kNone. In this order:
//
//   1. kUnreachable: no usable links join source and target, or only by transit through overloaded
//      nodes: the fewest of them that every way passes are named.
//   2. The filters alone (flex-algorithm, data plane, exclusions, affinity, bandwidth, missing
//      attributes), waypoints and bounds aside,
//      cut source from target: the first of them, in that order, which lifted alone opens a path.
//      If there is none, the first
//      that cuts together with those before it. The message says whether it takes the others to
//      cut. blocking_links is the minimum cut of links that it refuses and the others
//      allow. kBandwidth: best_achievable is the widest path under all other constraints, or if
//      those leave none under the
//      other filters alone; absent where several filters are needed to cut.
//   3. kWaypoint: the filters cut a leg; the message tells why in the same way.
//   4. A bound that no path within the filters and through the waypoints keeps, the other bounds
//      aside: the first, with the least
//      achievable value.
//   5. kCombinedBounds: `wanted` is the first bound which lifted alone opens a path,
//      best_achievable the least value then. Absent if
//      more than one must be lifted.
NoPath Explain(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
               uint64_t& labels_left);

// Returns ComputePath's answer. Counts `labels_left` down by the work done; `budget` is only named.
// `memory` as in Solve.
PathResult SolveOrExplain(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
                          const Budget& budget, uint64_t& labels_left,
                          std::vector<LinkIndex> memory = {});

// Returns kBudgetExhausted with what was found.
NoPath Exhausted(Solution solution, const Budget& budget);

}  // namespace srpce::cspf
