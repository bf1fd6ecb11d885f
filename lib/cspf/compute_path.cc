// lib/cspf/compute_path.cc -- the entry: solve, and explain where there is nothing.
#include "lib/cspf/compute_path.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {

Workspace::Workspace(const PotentialCache* potentials) : impl_(std::make_unique<Impl>()) {
  impl_->potentials = potentials;
}
Workspace::~Workspace() = default;

PathResult ComputePath(const topology::Ted& ted, const Query& query, Workspace& workspace,
                       const Budget& budget) {
  uint64_t labels_left = budget.max_labels;
  return SolveOrExplain(ted, query, workspace.impl(), budget, labels_left);
}

void ComputePath(const topology::Ted& ted, const Query& query, Workspace& workspace,
                 const Budget& budget, PathResult& result) {
  uint64_t labels_left = budget.max_labels;
  std::vector<LinkIndex> memory;
  if (auto* path = std::get_if<Path>(&result)) memory = std::move(path->links);
  result = SolveOrExplain(ted, query, workspace.impl(), budget, labels_left, std::move(memory));
}

PathResult SolveOrExplain(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
                          const Budget& budget, uint64_t& labels_left,
                          std::vector<LinkIndex> memory) {
  Solution solution = Solve(ted, query, work, labels_left, std::move(memory));
  switch (solution.status) {
    case Solution::Status::kFound:
      return std::move(solution.path);
    case Solution::Status::kExhausted:
      return Exhausted(std::move(solution), budget);
    case Solution::Status::kNone:
      break;
  }
  return Explain(ted, query, work, labels_left);
}

NoPath Exhausted(Solution solution, const Budget& budget) {
  NoPath no_path{.reason = Reason::kBudgetExhausted};
  const std::string found = solution.best
                                ? absl::StrCat("the best path found costs ", solution.best->cost)
                                : std::string("no path within the bounds was found yet");
  no_path.message =
      absl::StrCat("budget: ", budget.max_labels, " labels were not enough to prove the optimum; ",
                   found, ", and none costs less than ", solution.lower_bound);
  no_path.best_found = std::move(solution.best);
  no_path.lower_bound = solution.lower_bound;
  return no_path;
}

}  // namespace srpce::cspf
