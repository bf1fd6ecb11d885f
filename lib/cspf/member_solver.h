// lib/cspf/member_solver.h -- optima of single members under what a conflict search asks of them,
// remembered.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/shared_risks.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {

using PathPtr = std::shared_ptr<const Path>;

// What a member's path must keep besides its query.
struct Restriction {
  std::vector<Risk> avoided{};  // Ascending.
  Microseconds min_delay{0};    // Inclusive, like max_delay.
  Microseconds max_delay = kAnyDelay;

  auto operator<=>(const Restriction&) const = default;
};

// Returns `restriction` with `risk` avoided, too.
Restriction With(Restriction restriction, const Risk& risk);

class MemberSolver {
 public:
  // All arguments outlive the solver; `test` may be null. `labels_left` is counted down by the work
  // done.
  MemberSolver(const topology::Ted& ted, const DisjointQuery& query, Workspace& workspace,
               uint64_t& labels_left, PathTest* test);

  // Whether a path of that cost would be of use. False for all greater costs, too.
  using WorthIt = absl::FunctionRef<bool(uint64_t cost)>;

  // Returns the cheapest path of `member` that keeps `restriction`; null if there is none, none
  // that is worth it, or the budget ran out: see exhausted().
  //
  // A least delay and a test are beyond label setting: with them paths are enumerated in order of
  // cost until one is slow enough and passes.
  PathPtr Solve(size_t member, const Restriction& restriction, WorthIt worth);
  // The same, not remembered, and given up after the first few paths.
  PathPtr TryToSolve(size_t member, const Restriction& restriction);

  // True if `path`, which keeps the query of `member`, keeps the rest: its delays and the test.
  bool Suits(size_t member, const Restriction& restriction, const Path& path);
  // `member`'s query with what of `restriction` a query can say.
  Query QueryUnder(size_t member, const Restriction& restriction) const;

  // The first member with the same query that is judged alike.
  size_t class_of(size_t member) const { return class_of_[member]; }
  // A search stopped for want of budget.
  bool exhausted() const { return exhausted_; }
  void ClearExhausted() { exhausted_ = false; }
  uint64_t& labels_left() { return labels_left_; }
  Workspace::Impl& work() { return workspace_.impl(); }

 private:
  struct Answer {
    bool final = false;
    PathPtr path;              // Null: none; if not final, none known.
    uint64_t cost_so_far = 0;  // Not final: no path that suits costs less.
  };
  void Find(size_t member, const Restriction& restriction, WorthIt worth, Answer& answer);
  void Enumerate(size_t member, const Restriction& restriction, const Query& query, WorthIt worth,
                 Answer& answer);

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  Workspace& workspace_;
  uint64_t& labels_left_;
  PathTest* const test_;
  std::vector<size_t> class_of_;
  std::map<std::pair<size_t, Restriction>, Answer> answers_;
  bool exhausted_ = false;
};

}  // namespace srpce::cspf
