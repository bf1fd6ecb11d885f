// lib/segments/compute_disjoint.cc -- joint paths first; where a list does not fit, the search
// again among the paths whose lists do.
//
// The joint optimum without regard to lists is a lower bound, so if its lists fit it is the answer.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/sort_unique.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/solver.h"
#include "lib/segments/compute.h"
#include "lib/segments/fit.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Path;
using cspf::Reason;

// Passes a path if a list for it fits its member. Each is tried once.
class ListTest : public cspf::PathTest {
 public:
  ListTest(const Ted& ted, const DisjointSegmentQuery& query,
           const cspf::PotentialCache* potentials)
      : ted_(ted), query_(query), potentials_(potentials) {
    for (size_t i = 0; i < query.members.size(); ++i) {
      size_t same = 0;
      while (query.members[same].path != query.members[i].path || !JudgesAlike(same, i)) ++same;
      class_of_.push_back(same);
    }
    tried_.resize(query.members.size());
  }

  bool Passes(size_t member, const Path& path, uint64_t& labels_left) override {
    Tried& tried = tried_[class_of_[member]];
    const auto [entry, is_new] = tried.routes.try_emplace(path.links);
    if (is_new && status_.ok()) {
      absl::StatusOr<std::optional<SegmentRoute>> route =
          Fit(ted_, query_.members[member], path, tried.shortfall, potentials_);
      status_ = route.status();
      if (route.ok()) entry->second = *std::move(route);
      tried.any_fits |= entry->second.has_value();
      if (!entry->second) labels_left -= std::min(labels_left, kLabelsPerTry);
    }
    return entry->second.has_value();
  }
  bool JudgesAlike(size_t a, size_t b) const override {
    return query_.members[a].max_sids == query_.members[b].max_sids &&
           query_.members[a].compress == query_.members[b].compress;
  }

  // REQUIRES Passes(member, path).
  const SegmentRoute& RouteOf(size_t member, const Path& path) const {
    return *tried_[class_of_[member]].routes.at(path.links);
  }
  const absl::Status& status() const { return status_; }
  const Shortfall& shortfall(size_t member) const { return tried_[class_of_[member]].shortfall; }
  bool AnyFits(size_t member) const { return tried_[class_of_[member]].any_fits; }

 private:
  struct Tried {
    std::map<std::vector<LinkIndex>, std::optional<SegmentRoute>> routes;  // None: does not fit.
    Shortfall shortfall;
    bool any_fits = false;
  };

  const Ted& ted_;
  const DisjointSegmentQuery& query_;
  const cspf::PotentialCache* const potentials_;
  std::vector<size_t> class_of_;  // The first member with the same query.
  std::vector<Tried> tried_;      // By class.
  absl::Status status_;           // INTERNAL, of Fit.
};

NoPath Named(size_t member, NoPath verdict) {
  verdict.message = absl::StrCat("member ", member + 1, ": ", verdict.message);
  return verdict;
}

// The verdict of a search among paths whose lists fit, with what became of the others.
NoPath Verdict(const DisjointSegmentQuery& query, const ListTest& test, NoPath verdict) {
  if (verdict.reason == Reason::kNoFurtherPath) {
    for (size_t i = 0; i < query.members.size(); ++i) {
      if (!test.AnyFits(i) && test.shortfall(i).paths > 0)
        return Named(i, ToNoPath(test.shortfall(i)));
    }
  }
  verdict.message =
      absl::StrCat("disjoint paths: none found whose segment lists fit: ", verdict.message);
  for (size_t i = 0; i < query.members.size(); ++i) {
    if (test.shortfall(i).paths == 0) continue;
    const NoPath unfit = Named(i, ToNoPath(test.shortfall(i)));
    absl::StrAppend(&verdict.message, "; of the others, ", unfit.message);
    verdict.wanted = unfit.wanted;
    verdict.best_achievable = unfit.best_achievable;
    break;
  }
  return verdict;
}

// Packets take no link but those that the set was judged by.
absl::Status CheckBranches(const RouteSet& set) {
  for (const SegmentRoute& route : set.routes) {
    std::vector<LinkIndex> judged = route.path.links;
    SortUnique(judged);
    if (route.expansion.links != judged) {
      return absl::InternalError(absl::StrCat("list ", ToString(route.list),
                                              ": a branch leaves the path judged disjoint"));
    }
  }
  return absl::OkStatus();
}

bool AllFit(const std::vector<Path>& paths, ListTest& test) {
  uint64_t labels = UINT64_MAX;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!test.Passes(i, paths[i], labels)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<RouteSetResult> ComputeRouteSet(const Ted& ted, const DisjointSegmentQuery& query,
                                               cspf::Workspace& workspace,
                                               const cspf::Budget& budget) {
  cspf::DisjointQuery paths_query;
  static_cast<cspf::DisjointTerms&>(paths_query) = query;
  for (const SegmentQuery& member : query.members) paths_query.members.push_back(member.path);
  cspf::DisjointResult joint = cspf::ComputeDisjoint(ted, paths_query, workspace, budget);
  ListTest test(ted, query, workspace.impl().potentials);
  if (NoPath* none = std::get_if<NoPath>(&joint)) {
    if (!AllFit(none->best_found_set, test)) {
      none->best_found_set.clear();
      absl::StrAppend(&none->message, "; its segment lists do not fit");
    }
    SRPCE_RETURN_IF_ERROR(test.status());
    return std::move(*none);
  }
  if (!AllFit(std::get<cspf::DisjointPaths>(joint).paths, test)) {
    SRPCE_RETURN_IF_ERROR(test.status());
    joint = cspf::ComputeDisjoint(ted, paths_query, workspace, budget, &test);
    SRPCE_RETURN_IF_ERROR(test.status());
    if (NoPath* none = std::get_if<NoPath>(&joint)) return Verdict(query, test, std::move(*none));
    for (cspf::LevelFailure& failure : std::get<cspf::DisjointPaths>(joint).failed) {
      failure.why = Verdict(query, test, std::move(failure.why));
    }
  }
  RouteSet set{.set = std::get<cspf::DisjointPaths>(std::move(joint))};
  for (size_t i = 0; i < set.set.paths.size(); ++i) {
    set.routes.push_back(test.RouteOf(i, set.set.paths[i]));
  }
  SRPCE_RETURN_IF_ERROR(CheckBranches(set));
  return set;
}

absl::StatusOr<DisjointSegmentResult> ComputeDisjointRoutes(const Ted& ted,
                                                            const DisjointSegmentQuery& query,
                                                            cspf::Workspace& workspace,
                                                            const cspf::Budget& budget) {
  SRPCE_ASSIGN_OR_RETURN(RouteSetResult result, ComputeRouteSet(ted, query, workspace, budget));
  if (NoPath* none = std::get_if<NoPath>(&result)) return std::move(*none);
  return std::get<RouteSet>(std::move(result)).routes;
}

}  // namespace srpce::segments
