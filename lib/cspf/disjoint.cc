// lib/cspf/disjoint.cc -- the ladder: the level asked for, its fallbacks, and what was reached.
#include "lib/cspf/disjoint.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/disjoint_level.h"
#include "lib/cspf/disjoint_proof.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/member_solver.h"
#include "lib/cspf/pair_solver.h"
#include "lib/cspf/shared_risks.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {
namespace {

// True if what keeps `a` keeps `b`.
bool Implies(Disjointness a, Disjointness b) {
  return CountsNodes(a) >= CountsNodes(b) && CountsSrlgs(a) >= CountsSrlgs(b);
}

// A difference of delay takes members whose delays are known.
DisjointQuery WithKnownDelays(DisjointQuery query) {
  for (Query& member : query.members) {
    std::optional<Microseconds>& bound = member.constraints.max_delay;
    if (query.max_delay_difference) bound = std::min(bound.value_or(kAnyDelay), kAnyDelay);
  }
  return query;
}

class Ladder {
 public:
  Ladder(const topology::Ted& ted, const DisjointQuery& query, Workspace& workspace,
         const Budget& budget, PathTest* test)
      : ted_(ted),
        query_(WithKnownDelays(query)),
        budget_(budget),
        labels_left_(budget.max_labels),
        solver_(ted_, query_, workspace, labels_left_, test),
        pairs_(ted_, query_, workspace.impl()) {}

  DisjointResult Run();

 private:
  struct Rung {
    Disjointness level = Disjointness::kLink;
    Sharing sharing = Sharing::kForbidden;
  };

  std::vector<Rung> Rungs() const;
  // Notes each member's own optimum, or returns why a member has none.
  std::optional<NoPath> SolveMembers();
  std::optional<NoPath> SolveMember(size_t member);
  LevelAnswer Climb(const Rung& rung, bool is_last);
  DisjointLevel LevelOf(const DisjointQuery& query, const Rung& rung);
  bool IsRefuted(Disjointness level) const;
  DisjointPaths Answer(LevelAnswer answer);
  std::optional<Disjointness> Achieved(const std::vector<Path>& paths) const;
  bool KeepsLevel(const std::vector<Path>& paths, Disjointness level) const;
  // Why no rung holds: the last verdict, unless one of another level is still open.
  NoPath GiveUp();

  const topology::Ted& ted_;
  const DisjointQuery query_;
  const Budget budget_;
  uint64_t labels_left_;
  MemberSolver solver_;
  PairSolver pairs_;
  std::vector<Path> alone_;  // Each member's own optimum.
  std::vector<LevelFailure> failed_;
};

DisjointResult Ladder::Run() {
  if (query_.max_delay_difference.value_or(Microseconds(0)) < Microseconds(0)) {
    return NoPath{
        .reason = Reason::kDelayDifference,
        .message = absl::StrCat("delay difference: got ", query_.max_delay_difference->count(),
                                " us, want 0 or more")};
  }
  // Found without the members' own optima, for equal ones mostly the answer.
  if (auto pair = LevelOf(query_, {query_.disjointness}).CheapestPair()) {
    return Answer({.paths = *std::move(pair), .proved = true});
  }
  if (std::optional<NoPath> no_path = SolveMembers()) return *std::move(no_path);
  const std::vector<Rung> rungs = Rungs();
  for (size_t i = 0; i < rungs.size(); ++i) {
    LevelAnswer answer = Climb(rungs[i], i + 1 == rungs.size());
    if (!answer.paths.empty() && (answer.proved || rungs.size() > 1)) {
      return Answer(std::move(answer));
    }
    failed_.push_back({rungs[i].level, std::move(answer.why)});
  }
  return GiveUp();
}

std::vector<Ladder::Rung> Ladder::Rungs() const {
  std::vector<Rung> rungs = {{query_.disjointness}};
  for (const Disjointness level : query_.fallbacks) {
    const bool weaker = std::none_of(
        rungs.begin(), rungs.end(), [&](const Rung& above) { return Implies(level, above.level); });
    if (weaker) rungs.push_back({level});
  }
  if (query_.allow_sharing) rungs.push_back({query_.disjointness, Sharing::kAllowed});
  return rungs;
}

std::optional<NoPath> Ladder::SolveMembers() {
  for (size_t i = 0; i < query_.members.size(); ++i) {
    if (std::optional<NoPath> no_path = SolveMember(i)) {
      no_path->message = absl::StrCat("member ", i + 1, " alone: ", no_path->message);
      return no_path;
    }
  }
  return std::nullopt;
}

std::optional<NoPath> Ladder::SolveMember(size_t member) {
  const size_t same = solver_.class_of(member);
  if (same < member) {
    alone_.push_back(alone_[same]);
    return std::nullopt;
  }
  const Query& query = query_.members[member];
  Solution solution = Solve(ted_, query, solver_.work(), labels_left_);
  switch (solution.status) {
    case Solution::Status::kNone:
      return Explain(ted_, query, solver_.work(), labels_left_);
    case Solution::Status::kExhausted:
      return Exhausted(std::move(solution), budget_);
    case Solution::Status::kFound:
      break;
  }
  if (solver_.Suits(member, {}, solution.path)) {
    alone_.push_back(std::move(solution.path));
    return std::nullopt;
  }
  const uint64_t cost = solution.path.cost;
  if (const PathPtr path = solver_.Solve(member, {}, [](uint64_t) { return true; })) {
    alone_.push_back(*path);
    return std::nullopt;
  }
  if (solver_.exhausted()) {
    return Exhausted({.status = Solution::Status::kExhausted, .lower_bound = cost}, budget_);
  }
  return NoPath{.reason = Reason::kNoFurtherPath, .message = "no path passes the test"};
}

// Half of what is left, so that a level that cannot be settled leaves something to the next.
LevelAnswer Ladder::Climb(const Rung& rung, bool is_last) {
  DisjointQuery query = query_;
  query.disjointness = rung.level;
  const uint64_t reserve = is_last ? 0 : labels_left_ / 2;
  labels_left_ -= reserve;
  LevelAnswer answer = LevelOf(query, rung).Run();
  solver_.ClearExhausted();
  labels_left_ += reserve;
  return answer;
}

DisjointLevel Ladder::LevelOf(const DisjointQuery& query, const Rung& rung) {
  const uint64_t least_shared = IsRefuted(rung.level) ? 1 : 0;
  return {ted_, query, rung.sharing, least_shared, alone_, budget_, solver_, pairs_};
}

bool Ladder::IsRefuted(Disjointness level) const {
  return std::any_of(failed_.begin(), failed_.end(), [&](const LevelFailure& failure) {
    return failure.why.reason != Reason::kBudgetExhausted && Implies(level, failure.level);
  });
}

DisjointPaths Ladder::Answer(LevelAnswer answer) {
  DisjointPaths result{.paths = std::move(answer.paths), .proved_optimal = answer.proved};
  for (const Path& path : result.paths) result.total_cost += path.cost;
  for (size_t i = 0; i < result.paths.size(); ++i) {
    for (size_t j = i + 1; j < result.paths.size(); ++j) {
      const auto& [first, second] = std::tie(result.paths[i].links, result.paths[j].links);
      SharedRisks shared = FindSharedRisks(ted_, first, second, query_.disjointness);
      if (shared.empty()) continue;
      result.shared.push_back({i, j, std::move(shared)});
      result.shared_risks += SharedRiskList(ted_, first, second, query_.disjointness).size();
    }
  }
  result.fully_disjoint = result.shared.empty();
  result.achieved = result.fully_disjoint ? query_.disjointness : Achieved(result.paths);
  if (!answer.proved) {
    result.least_shared_risks = answer.lower_bound[0];
    result.lower_bound = answer.lower_bound[1];
  }
  result.failed = std::move(failed_);
  return result;
}

std::optional<Disjointness> Ladder::Achieved(const std::vector<Path>& paths) const {
  std::vector<Disjointness> levels = {query_.disjointness};
  levels.insert(levels.end(), query_.fallbacks.begin(), query_.fallbacks.end());
  levels.insert(levels.end(), {Disjointness::kSrlgNode, Disjointness::kNode, Disjointness::kSrlg,
                               Disjointness::kLink});
  const auto kept = std::find_if(levels.begin(), levels.end(),
                                 [&](Disjointness level) { return KeepsLevel(paths, level); });
  return kept == levels.end() ? std::nullopt : std::optional(*kept);
}

bool Ladder::KeepsLevel(const std::vector<Path>& paths, Disjointness level) const {
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = i + 1; j < paths.size(); ++j) {
      if (!SharedRiskList(ted_, paths[i].links, paths[j].links, level).empty()) return false;
    }
  }
  return true;
}

NoPath Ladder::GiveUp() {
  std::string message;
  for (const LevelFailure& failure : failed_) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", failure.why.message);
  }
  const auto open = std::find_if(failed_.begin(), failed_.end(), [&](const LevelFailure& failure) {
    return failure.why.reason == Reason::kBudgetExhausted && !IsRefuted(failure.level);
  });
  NoPath verdict = open == failed_.end() ? failed_.back().why : open->why;
  verdict.message = std::move(message);
  return verdict;
}

}  // namespace

DisjointResult ComputeDisjoint(const topology::Ted& ted, const DisjointQuery& query,
                               Workspace& workspace, const Budget& budget, PathTest* test) {
  return Ladder(ted, query, workspace, budget, test).Run();
}

}  // namespace srpce::cspf
