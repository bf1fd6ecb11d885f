// lib/cspf/member_solver.cc -- label setting first; enumeration where it cannot say all.
#include "lib/cspf/member_solver.h"

#include <algorithm>

namespace srpce::cspf {
namespace {

constexpr int kTries = 8;  // Paths of a member that TryToSolve() looks at.

}  // namespace

Restriction With(Restriction restriction, const Risk& risk) {
  std::vector<Risk>& avoided = restriction.avoided;
  avoided.insert(std::lower_bound(avoided.begin(), avoided.end(), risk), risk);
  return restriction;
}

MemberSolver::MemberSolver(const topology::Ted& ted, const DisjointQuery& query,
                           Workspace& workspace, uint64_t& labels_left, PathTest* test)
    : ted_(ted), query_(query), workspace_(workspace), labels_left_(labels_left), test_(test) {
  for (size_t i = 0; i < query.members.size(); ++i) {
    size_t same = 0;
    while (query.members[same] != query.members[i] ||
           (test_ != nullptr && !test_->JudgesAlike(same, i))) {
      ++same;
    }
    class_of_.push_back(same);
  }
}

PathPtr MemberSolver::Solve(size_t member, const Restriction& restriction, WorthIt worth) {
  Answer& answer = answers_[{class_of_[member], restriction}];
  if (!answer.final && worth(answer.cost_so_far)) Find(member, restriction, worth, answer);
  return answer.path;
}

PathPtr MemberSolver::TryToSolve(size_t member, const Restriction& restriction) {
  Answer answer;
  int tries = 0;
  Find(
      member, restriction, [&](uint64_t) { return ++tries <= kTries; }, answer);
  return answer.path;
}

bool MemberSolver::Suits(size_t member, const Restriction& restriction, const Path& path) {
  if (restriction.min_delay > Microseconds(0) && *path.metrics.delay < restriction.min_delay) {
    return false;
  }
  const bool is_bounded = restriction.max_delay < kAnyDelay;
  if (is_bounded && *path.metrics.delay > restriction.max_delay) return false;
  return test_ == nullptr || test_->Passes(member, path, labels_left_);
}

Query MemberSolver::QueryUnder(size_t member, const Restriction& restriction) const {
  Query query = Avoiding(ted_, query_.members[member], restriction.avoided);
  std::optional<Microseconds>& bound = query.constraints.max_delay;
  if (bound) bound = std::min(*bound, restriction.max_delay);
  return query;
}

void MemberSolver::Find(size_t member, const Restriction& restriction, WorthIt worth,
                        Answer& answer) {
  const Query query = QueryUnder(member, restriction);
  Solution solution = cspf::Solve(ted_, query, workspace_.impl(), labels_left_);
  exhausted_ |= solution.status == Solution::Status::kExhausted;
  answer.final = solution.status == Solution::Status::kNone;
  if (solution.status != Solution::Status::kFound) return;
  if (!Suits(member, restriction, solution.path)) {
    Enumerate(member, restriction, query, worth, answer);
    return;
  }
  answer.final = true;
  answer.path = std::make_shared<const Path>(std::move(solution.path));
}

void MemberSolver::Enumerate(size_t member, const Restriction& restriction, const Query& query,
                             WorthIt worth, Answer& answer) {
  PathEnumerator paths(ted_, query, workspace_, {.max_labels = labels_left_});
  while (!exhausted_) {
    const uint64_t before = paths.labels_left();
    PathResult next = paths.Next();
    labels_left_ -= std::min(labels_left_, before - paths.labels_left());
    if (const auto* end = std::get_if<NoPath>(&next)) {
      exhausted_ |= end->reason == Reason::kBudgetExhausted;
      answer.final = !exhausted_;
      return;
    }
    Path& path = std::get<Path>(next);
    answer.cost_so_far = path.cost;
    if (!worth(path.cost)) return;
    if (Suits(member, restriction, path)) {
      answer.final = true;
      answer.path = std::make_shared<const Path>(std::move(path));
      return;
    }
    exhausted_ |= labels_left_ == 0;
  }
}

}  // namespace srpce::cspf
