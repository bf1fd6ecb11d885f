// lib/cspf/pair_solver.h -- the cheapest link- or node-disjoint pair of two equal members, by
// lib/graph.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/solver.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

class PairSolver {
 public:
  // The references outlive the solver.
  PairSolver(const topology::Ted& ted, const DisjointQuery& query, Workspace::Impl& work);

  // True for two equal members without waypoints.
  bool Applies() const { return applies_; }

  // Returns the pair of least sum that shares no link, or no node either if `level` counts nodes,
  // bounds and SRLGs aside; nothing if there is none. Remembered. REQUIRES Applies().
  const std::vector<Path>& Solve(Disjointness level);

 private:
  std::vector<Path> Find(graph::DisjointKind kind);

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  Workspace::Impl& work_;
  const bool applies_;
  std::array<std::optional<std::vector<Path>>, 2> pairs_;  // By kind.
};

}  // namespace srpce::cspf
