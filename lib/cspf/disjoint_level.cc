// lib/cspf/disjoint_level.cc -- the short cuts in order of their price, then conflict search.
#include "lib/cspf/disjoint_level.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/disjoint_proof.h"
#include "lib/cspf/shared_risks.h"

namespace srpce::cspf {
namespace {

// What of a set the first term of its cost is: "the dearest member of " a set.
const char* TermOf(SetObjective objective) {
  switch (objective) {
    case SetObjective::kSum:
      return "";
    case SetObjective::kMax:
      return "the dearest member of ";
    case SetObjective::kLexicographic:
      return "member 1 of ";
  }
  return "";
}

}  // namespace

DisjointLevel::DisjointLevel(const topology::Ted& ted, const DisjointQuery& query, Sharing sharing,
                             uint64_t least_shared, const std::vector<Path>& alone,
                             const Budget& budget, MemberSolver& solver, PairSolver& pairs)
    : ted_(ted),
      query_(query),
      sharing_(sharing),
      least_shared_(least_shared),
      alone_(alone),
      budget_(budget),
      solver_(solver),
      pairs_(pairs) {}

LevelAnswer DisjointLevel::Run() {
  if (Keeps(alone_)) return {.paths = alone_, .proved = true};
  if (sharing_ == Sharing::kAllowed) return Search({least_shared_});
  if (std::optional<std::vector<Path>> pair = CheapestPair()) {
    return {.paths = *std::move(pair), .proved = true};
  }
  if (std::optional<NoPath> no_path = ProveByCut(ted_, query_, alone_)) {
    return {.proved = true, .why = *std::move(no_path)};
  }
  return Search(Floor());
}

std::optional<std::vector<Path>> DisjointLevel::CheapestPair() {
  if (!pairs_.Applies()) return std::nullopt;
  const std::vector<Path>& pair = pairs_.Solve(query_.disjointness);
  if (pair.empty() || CostOf(pair) != FloorOf(pair) || !Keeps(pair)) return std::nullopt;
  return pair;
}

SetCost DisjointLevel::Floor() {
  if (!pairs_.Applies()) return {0};
  const std::vector<Path>& pair = pairs_.Solve(query_.disjointness);
  return pair.empty() ? SetCost{0} : FloorOf(pair);
}

LevelAnswer DisjointLevel::Search(SetCost floor) {
  ConflictSearch::Outcome outcome =
      ConflictSearch(ted_, query_, sharing_, alone_, floor, solver_).Run();
  switch (outcome.status) {
    case ConflictSearch::Outcome::Status::kFound:
      return {.paths = std::move(outcome.paths), .proved = true};
    case ConflictSearch::Outcome::Status::kExhausted: {
      NoPath why = Exhaust(outcome);
      return {.paths = std::move(outcome.paths),
              .lower_bound = std::move(outcome.lower_bound),
              .why = std::move(why)};
    }
    case ConflictSearch::Outcome::Status::kNone:
      break;
  }
  return {.proved = true, .why = WhyNone(outcome, floor)};
}

NoPath DisjointLevel::WhyNone(const ConflictSearch::Outcome& outcome, const SetCost& floor) {
  if (!query_.max_delay_difference || !outcome.unavoidable.empty()) {
    return NothingFound(ted_, query_, alone_, outcome);
  }
  const std::string any = "every set of paths within the constraints";
  if (sharing_ == Sharing::kAllowed) return TooFarApart(Reason::kDelayDifference, any);
  DisjointQuery query = query_;
  query.max_delay_difference.reset();
  const ConflictSearch::Outcome apart =
      ConflictSearch(ted_, query, sharing_, alone_, floor, solver_).Run();
  solver_.ClearExhausted();
  if (apart.status == ConflictSearch::Outcome::Status::kNone) {
    return NothingFound(ted_, query, alone_, apart);
  }
  if (apart.paths.empty()) {  // Ran out: which of the two it is remains open.
    return TooFarApart(Reason::kNotDisjoint, absl::StrCat(any, " shares a risk or"));
  }
  return TooFarApart(
      Reason::kDelayDifference,
      absl::StrCat("every ", DisjointnessName(query_.disjointness), "-disjoint set"));
}

NoPath DisjointLevel::TooFarApart(Reason reason, const std::string& sets) const {
  const auto difference = query_.max_delay_difference->count();
  return {.reason = reason,
          .message = absl::StrCat(LevelPrefix(query_.disjointness), sets, " has delays more than ",
                                  difference, " us apart"),
          .wanted = static_cast<double>(difference)};
}

SetCost DisjointLevel::CostOf(const std::vector<Path>& paths) const {
  std::vector<uint64_t> costs;
  for (const Path& path : paths) costs.push_back(path.cost);
  return CostOfSet(query_.objective, 0, costs);
}

SetCost DisjointLevel::FloorOf(const std::vector<Path>& pair) const {
  const uint64_t sum = pair[0].cost + pair[1].cost;
  switch (query_.objective) {
    case SetObjective::kSum:
      return {0, sum};
    case SetObjective::kMax:  // One of two costs half of their sum at least.
      return {0, sum - sum / 2, sum};
    case SetObjective::kLexicographic:
      break;
  }
  return {0};
}

bool DisjointLevel::Keeps(const std::vector<Path>& paths) {
  const auto too_far = [&](const Path& a, const Path& b) {
    return query_.max_delay_difference &&
           std::chrono::abs(*a.metrics.delay - *b.metrics.delay) > *query_.max_delay_difference;
  };
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!KeepsBounds(paths[i].metrics, query_.members[i].constraints) ||
        !solver_.Suits(i, {}, paths[i]))
      return false;
    for (size_t j = i + 1; j < paths.size(); ++j) {
      if (too_far(paths[i], paths[j]) ||
          !SharedRiskList(ted_, paths[i].links, paths[j].links, query_.disjointness).empty())
        return false;
    }
  }
  return true;
}

NoPath DisjointLevel::Exhaust(const ConflictSearch::Outcome& outcome) const {
  NoPath no_path{.reason = Reason::kBudgetExhausted, .lower_bound = outcome.lower_bound[1]};
  std::string found = "no disjoint set was found yet";
  if (!outcome.paths.empty()) {
    found = absl::StrCat(TermOf(query_.objective), "the best set found costs ",
                         CostOf(outcome.paths)[1]);
    no_path.best_found_set = outcome.paths;
  }
  no_path.message = absl::StrCat(LevelPrefix(query_.disjointness), budget_.max_labels,
                                 " labels were not enough to prove the optimum; ", found, ", and ",
                                 TermOf(query_.objective),
                                 query_.objective == SetObjective::kSum ? "none" : "no set",
                                 " costs less than ", *no_path.lower_bound);
  return no_path;
}

}  // namespace srpce::cspf
