// lib/cspf/insight.h -- all about an answer or a refusal: which constraints bind, what each bound
// could have at best, and what it takes to do better.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/query.h"
#include "lib/cspf/relaxation.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// One bound of the query, or its bandwidth, seen alone.
struct BoundInsight {
  ConstraintKind kind = ConstraintKind::kDelayBound;
  double wanted = 0;  // In the unit of NoPath::wanted.
  // The best value of all paths within the filters and through the waypoints, bounds aside; of
  // bandwidth, within the other filters. Absent: there is no such path, or, for bandwidth, one that
  // nothing limits (no links).
  std::optional<double> best{};
  std::optional<double> used{};  // On the answer's path. Absent: no answer, or no links.
};

struct Insight {
  PathResult result;                    // As ComputePath gives it.
  std::vector<BoundInsight> bounds;     // In the order of ConstraintKind.
  std::vector<Relaxation> relaxations;  // See Inspect().
  // The least cost in the objective without any constraint. Absent: no path, whatever is relaxed.
  // An answer that costs more than this though `relaxations` is empty takes several constraints
  // lifted to get cheaper.
  std::optional<uint64_t> plain_cost;
  // Constraints whose relaxation is not among `relaxations`, or not proved, since the budget ran
  // out.
  std::vector<ConstraintKind> unproved;

  bool complete() const { return unproved.empty(); }
};

// Returns what binds `query`, one constraint loosened at a time.
//
// Of a refusal: every constraint whose relaxation alone gives a path, with the least loosening that
// suffices under all other constraints: the least value (of bandwidth, the greatest), or the fewest
// elements. Of several sets of that many it is the one with the cheapest path; of those any one,
// but always the same. Cheapest relaxation first: by Relaxation::size, then the cost of its path,
// then kind.
//
// Of an answer: every constraint whose lifting gives a cheaper path, and of it as much as that path
// needs. Greatest saving first, then kind.
//
// The path of each relaxation is what ComputePath gives for the query so relaxed. Overload and
// attributes missing for the objective are no constraints.
//
// Cost: two searches for each constraint and a logarithmic number for bandwidth, polynomial without
// additive bounds and with nodes or links excluded. The fewest SRLGs, bits and waypoints are
// NP-hard to tell, and so are the fewest nodes and links on the way through waypoints. What
// `budget` leaves after the result itself is shared evenly among the constraints: what one does not
// use the next ones have.
// A result not proved is not inspected further: of kBudgetExhausted only bounds and plain_cost.
// REQUIRES ted.HasNode(source), ted.HasNode(target).
Insight Inspect(const topology::Ted& ted, const Query& query, Workspace& workspace,
                const Budget& budget = {});

}  // namespace srpce::cspf
