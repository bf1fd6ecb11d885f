// lib/cspf/disjoint_level.h -- one level of disjointness, settled: the best set, or why there is
// none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/cspf/conflict_search.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/member_solver.h"
#include "lib/cspf/pair_solver.h"

namespace srpce::cspf {

struct LevelAnswer {
  std::vector<Path> paths{};  // Empty: none found. The best found, if `why` says kBudgetExhausted.
  bool proved = false;        // Optimal, or impossible.
  SetCost lower_bound{};      // Not proved.
  NoPath why{};               // No paths, or not proved.
};

class DisjointLevel {
 public:
  // The references outlive the object. Answers for `query.disjointness` alone, whatever its
  // fallbacks; with kAllowed, for the fewest shared risks of it, `least_shared` at least. `alone`:
  // each member's own optimum. `budget` is told, the solver keeps count.
  DisjointLevel(const topology::Ted& ted, const DisjointQuery& query, Sharing sharing,
                uint64_t least_shared, const std::vector<Path>& alone, const Budget& budget,
                MemberSolver& solver, PairSolver& pairs);
  LevelAnswer Run();

  // The answer, if two equal members ask for it and the pair of least sum keeps all else. Needs no
  // `alone`.
  std::optional<std::vector<Path>> CheapestPair();

 private:
  // What no set costs less than.
  SetCost Floor();
  // What a set must cost if the pair of least sum does.
  SetCost FloorOf(const std::vector<Path>& pair) const;
  SetCost CostOf(const std::vector<Path>& paths) const;
  // Whether nothing is shared and all bounds are kept.
  bool Keeps(const std::vector<Path>& paths);
  LevelAnswer Search(SetCost floor);
  // Why a search found none: for the risks, or for the difference of delay.
  NoPath WhyNone(const ConflictSearch::Outcome& outcome, const SetCost& floor);
  // "<sets> has delays more than ... apart".
  NoPath TooFarApart(Reason reason, const std::string& sets) const;
  NoPath Exhaust(const ConflictSearch::Outcome& outcome) const;

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  const Sharing sharing_;
  const uint64_t least_shared_;
  const std::vector<Path>& alone_;
  const Budget budget_;
  MemberSolver& solver_;
  PairSolver& pairs_;
};

}  // namespace srpce::cspf
