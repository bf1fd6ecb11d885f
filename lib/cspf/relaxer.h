// lib/cspf/relaxer.h -- the least loosening of one constraint at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/cspf/relaxation.h"
#include "lib/cspf/solver.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// Relaxes the constraints of one query. What is given to it outlives it. Not thread-safe.
class Relaxer {
 public:
  // `answer`: the path of `query`; null: it has none. REQUIRES that is proved.
  Relaxer(const topology::Ted& ted, const Query& query, const Path* answer, Workspace::Impl& work)
      : ted_(ted), query_(query), answer_(answer), work_(work) {}

  struct Outcome {
    std::optional<Relaxation> relaxation;  // As Inspect() tells. Absent: of no use.
    bool proved = true;                    // False: the budget ran out before that was certain.
  };
  // Counts `labels_left` down by the work done. REQUIRES Constrains(query, kind), and
  // ObjectiveOf(ted, query) unless `kind` is kFlexAlgorithm.
  Outcome Relax(ConstraintKind kind, uint64_t& labels_left);

 private:
  Outcome RelaxBound(ConstraintKind kind);
  // The value that a path better than the answer needs, or the least of all paths; links that do
  // not announce it aside.
  Outcome LoosenBound(ConstraintKind kind);
  Outcome RelaxBandwidth();
  Outcome DropWhole(ConstraintKind kind);
  Outcome GiveUpElements(ConstraintKind kind);

  std::vector<uint32_t> ElementsOn(ConstraintKind kind, const Path& path) const;
  // What the fewest elements given up are, as far as searches tell.
  struct Fewest {
    Found::Status status = Found::Status::kNone;
    std::vector<uint32_t> elements;
  };
  Fewest FewestElements(ConstraintKind kind);
  Fewest FewestWaypoints();
  // Tries all sets of `count` waypoints to drop.
  Fewest CheapestWaypoints(size_t count);

  Solution Solved(const Query& query) { return Solve(ted_, query, work_, *labels_left_); }
  Outcome Judged(Relaxation relaxation, Solution solution) const;
  std::vector<LinkIndex> BlockedBy(ConstraintKind kind);

  const topology::Ted& ted_;
  const Query& query_;
  const Path* answer_;
  Workspace::Impl& work_;
  uint64_t* labels_left_ = nullptr;
};

// Returns the fewest positions in `waypoints` such that the path, which repeats no node, visits the
// others in their order. Of several such sets any one.
std::vector<uint32_t> WaypointsMissed(const topology::Ted& ted, NodeIndex source,
                                      const std::vector<LinkIndex>& links,
                                      const std::vector<NodeIndex>& waypoints);

}  // namespace srpce::cspf
