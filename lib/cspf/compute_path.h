// lib/cspf/compute_path.h -- exact constrained shortest paths over one TED snapshot.
#pragma once

#include <cstdint>
#include <memory>

#include "lib/cspf/link_prices.h"
#include "lib/cspf/query.h"

namespace srpce::cspf {

class PotentialCache;

// Scratch memory of one thread. Not thread-safe.
class Workspace {
 public:
  // `potentials`, where given, outlives the workspace and guides its searches; answers are the same
  // without.
  explicit Workspace(const PotentialCache* potentials = nullptr);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// How much work one query may do over all its searches. A unit is a label settled, or 16
// comparisons of labels: about a microsecond at worst, so that the default is worth a second. A
// search for near answers that gives up (GuidedSearch) is not counted: half a label for each node,
// or 2,000, at most.
struct Budget {
  uint64_t max_labels = 2'000'000;
};

// Returns the path of least cost in `query.objective` that keeps every constraint, or why there is
// none.
//
// Without additive bounds: goal-directed bidirectional search. With them: label setting over (cost,
// bounded metrics) with dominance and exact lower bounds, so an answer is optimal; NP-hard, hence
// `budget`. Equal costs go to fewer links, then to the lexicographically lower sequence of link
// indexes from the source: the same snapshot and query give the same path. Overloaded nodes carry
// no transit. REQUIRES ted.HasNode(source), ted.HasNode(target).
PathResult ComputePath(const topology::Ted& ted, const Query& query, Workspace& workspace,
                       const Budget& budget = {});

// The same into `result`. Once the workspace and a path in `result` are warm, a path without
// additive bounds is found without allocating: so a thread that asks often keeps both.
void ComputePath(const topology::Ted& ted, const Query& query, Workspace& workspace,
                 const Budget& budget, PathResult& result);

// Returns the sums over `links`, which must be adjoining.
PathMetrics Measure(const topology::Ted& ted, const std::vector<LinkIndex>& links);

// Yields the paths that keep the constraints in order of ascending (cost, hops, link sequence),
// without loops between waypoints: the second-best, third-best ... for a caller whose last
// constraint lives elsewhere (segment list depth).
class PathEnumerator {
 public:
  PathEnumerator(const topology::Ted& ted, const Query& query, Workspace& workspace,
                 const Budget& budget = {});
  // The same in order of ascending (cost in `prices`, hops, link sequence); Path::cost is the
  // objective's. Without explanation: kNoFurtherPath also where there was none at all.
  PathEnumerator(const topology::Ted& ted, const Query& query, LinkPrices prices,
                 Workspace& workspace, const Budget& budget = {});
  ~PathEnumerator();
  // Returns the next path. After the last: NoPath of the same reason ComputePath gives if there was
  // none at all, kNoFurtherPath if there were some; kBudgetExhausted with lower_bound when the work
  // budget ran out.
  PathResult Next();
  // What the paths so far have left of the budget.
  uint64_t labels_left() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::cspf
