// lib/segments/compute_disjoint.cc -- joint paths first; where a list does not fit, the cheapest
// set of paths that all fit.
//
// The joint optimum without regard to lists is a lower bound, so if its lists fit it is the answer.
// Else each member's fitting paths are enumerated in order of cost, and sets of them are tried in
// order of their sum: the first disjoint set is optimal.
#include <algorithm>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/compute.h"
#include "lib/segments/fit.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Path;
using cspf::PathResult;
using cspf::Reason;

// One member's paths whose lists fit, cheapest first, found as far as asked for.
class FittingPaths {
 public:
  FittingPaths(const Ted& ted, const SegmentQuery& query, const cspf::Budget& budget)
      : ted_(ted), query_(query), budget_(budget), paths_(ted, query.path, workspace_, budget) {}

  // Returns the path of that rank, or null if there are not so many: see end() and status(). Valid
  // until the next call.
  const SegmentRoute* At(size_t rank) {
    while (!end_ && status_.ok() && found_.size() <= rank) {
      PathResult next = paths_.Next();
      if (NoPath* none = std::get_if<NoPath>(&next)) {
        end_ = std::move(*none);
        break;
      }
      const Path& path = std::get<Path>(next);
      absl::StatusOr<std::optional<SegmentRoute>> route = Fit(ted_, query_, path, shortfall_);
      if (!route.ok()) {
        status_ = route.status();
      } else if (*route) {
        found_.push_back(**std::move(route));
      } else {
        end_ = OutOfTries(shortfall_.paths, path.cost, budget_);
      }
    }
    return rank < found_.size() ? &found_[rank] : nullptr;
  }

  // Why there are no more, once At() returned null.
  const std::optional<NoPath>& end() const { return end_; }
  const absl::Status& status() const { return status_; }
  bool empty() const { return found_.empty(); }
  const Shortfall& shortfall() const { return shortfall_; }

 private:
  const Ted& ted_;
  const SegmentQuery& query_;
  const cspf::Budget budget_;
  cspf::Workspace workspace_;  // Its own: several enumerations are under way at once.
  cspf::PathEnumerator paths_;
  Shortfall shortfall_;
  std::vector<SegmentRoute> found_;
  std::optional<NoPath> end_;
  absl::Status status_;
};

// Sets of ranks, one a member, in order of summed cost.
class JointSearch {
 public:
  JointSearch(const Ted& ted, const DisjointSegmentQuery& query, const cspf::Budget& budget)
      : ted_(ted), query_(query), sets_left_(budget.max_labels / kLabelsPerSet) {
    for (const SegmentQuery& member : query.members) {
      members_.push_back(std::make_unique<FittingPaths>(ted, member, budget));
    }
  }

  absl::StatusOr<DisjointSegmentResult> Run() {
    SRPCE_RETURN_IF_ERROR(Push(std::vector<size_t>(members_.size(), 0)));
    while (!queue_.empty() && sets_left_ > 0) {
      --sets_left_;
      const Entry entry = queue_.top();
      queue_.pop();
      lower_bound_ = std::min(entry.first, unproved_);
      if (entry.first > unproved_) break;  // What a member ran out before might be cheaper.
      std::vector<SegmentRoute> routes = RoutesOf(entry.second);
      if (AreDisjoint(routes)) return routes;
      for (size_t i = 0; i < members_.size(); ++i) {
        std::vector<size_t> ranks = entry.second;
        ++ranks[i];
        SRPCE_RETURN_IF_ERROR(Push(std::move(ranks)));
      }
    }
    return Verdict();
  }

 private:
  using Entry = std::pair<uint64_t, std::vector<size_t>>;

  absl::Status Push(std::vector<size_t> ranks) {
    uint64_t cost = 0;
    bool known = true;
    for (size_t i = 0; i < ranks.size(); ++i) {
      if (const SegmentRoute* route = members_[i]->At(ranks[i])) {
        cost += route->path.cost;
        continue;
      }
      SRPCE_RETURN_IF_ERROR(members_[i]->status());
      const NoPath& end = *members_[i]->end();
      if (end.reason != Reason::kBudgetExhausted) return absl::OkStatus();
      cost += end.lower_bound.value_or(0);
      known = false;
    }
    if (!known) {
      unproved_ = std::min(unproved_, cost);
    } else if (seen_.insert(ranks).second) {
      queue_.emplace(cost, std::move(ranks));
    }
    return absl::OkStatus();
  }

  std::vector<SegmentRoute> RoutesOf(const std::vector<size_t>& ranks) {
    std::vector<SegmentRoute> routes;
    for (size_t i = 0; i < ranks.size(); ++i) {
      routes.push_back(*members_[i]->At(ranks[i]));
    }
    return routes;
  }

  bool AreDisjoint(const std::vector<SegmentRoute>& routes) const {
    for (size_t i = 0; i < routes.size(); ++i) {
      for (size_t j = i + 1; j < routes.size(); ++j) {
        const auto shared = cspf::FindSharedRisks(ted_, routes[i].expansion.path,
                                                  routes[j].expansion.path, query_.disjointness);
        if (!shared.empty()) return false;
      }
    }
    return true;
  }

  NoPath Verdict() const {
    const bool ran_out = unproved_ != UINT64_MAX || (sets_left_ == 0 && !queue_.empty());
    for (size_t i = 0; i < members_.size() && !ran_out; ++i) {
      if (members_[i]->empty()) return Named(i, ToNoPath(members_[i]->shortfall()));
    }
    // Disjoint paths exist, and so do lists, but not together.
    NoPath verdict{.reason = ran_out ? Reason::kBudgetExhausted : Reason::kNotDisjoint,
                   .message = "disjoint paths: none found whose segment lists fit",
                   .lower_bound = ran_out ? std::optional(lower_bound_) : std::nullopt};
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i]->shortfall().paths == 0) continue;
      const NoPath unfit = Named(i, ToNoPath(members_[i]->shortfall()));
      absl::StrAppend(&verdict.message, "; of the others, ", unfit.message);
      verdict.wanted = unfit.wanted;
      verdict.best_achievable = unfit.best_achievable;
      break;
    }
    return verdict;
  }

  static NoPath Named(size_t member, NoPath verdict) {
    verdict.message = absl::StrCat("member ", member + 1, ": ", verdict.message);
    return verdict;
  }

  const Ted& ted_;
  const DisjointSegmentQuery& query_;
  // Comparing the paths of a set, in cspf::Budget labels.
  static constexpr uint64_t kLabelsPerSet = 16;
  uint64_t sets_left_;
  uint64_t lower_bound_ = 0;
  uint64_t unproved_ = UINT64_MAX;  // Sets of this cost or more have not all been seen.
  std::vector<std::unique_ptr<FittingPaths>> members_;
  std::set<std::vector<size_t>> seen_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace

absl::StatusOr<DisjointSegmentResult> ComputeDisjointRoutes(const Ted& ted,
                                                            const DisjointSegmentQuery& query,
                                                            cspf::Workspace& workspace,
                                                            const cspf::Budget& budget) {
  cspf::DisjointQuery paths_query;
  paths_query.disjointness = query.disjointness;
  for (const SegmentQuery& member : query.members) {
    paths_query.members.push_back(member.path);
  }
  cspf::DisjointResult joint = cspf::ComputeDisjoint(ted, paths_query, workspace, budget);
  if (NoPath* none = std::get_if<NoPath>(&joint)) {
    return std::move(*none);
  }
  std::vector<SegmentRoute> routes;
  const std::vector<Path>& paths = std::get<cspf::DisjointPaths>(joint).paths;
  for (size_t i = 0; i < paths.size(); ++i) {
    Shortfall shortfall;
    SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route,
                           Fit(ted, query.members[i], paths[i], shortfall));
    if (!route) {
      return JointSearch(ted, query, budget).Run();
    }
    routes.push_back(*std::move(route));
  }
  return routes;
}

}  // namespace srpce::segments
