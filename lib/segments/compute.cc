// lib/segments/compute.cc -- the plain optimum first: in most cases its list fits, and nothing is
// cheaper. Else path and list are searched for together. What that search takes on trust is proved,
// and where the proof fails paths are tried one by one, as long as the budget lasts.
#include "lib/segments/compute.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/solver.h"
#include "lib/segments/fit.h"
#include "lib/segments/imposition.h"
#include "lib/segments/list_search.h"
#include "lib/segments/list_space.h"
#include "lib/segments/list_steps.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Path;
using cspf::PathResult;
using cspf::Reason;

// Segments that turn out not to work before a search is given up: each costs a new search.
constexpr size_t kMostRefuted = 32;

// The search ran out: `found_none` says what it knows of paths, `shortfall` what became of those
// found.
NoPath RanOut(NoPath found_none, const Shortfall& shortfall) {
  const NoPath verdict = ToNoPath(shortfall);
  absl::StrAppend(&found_none.message, "; so far ", verdict.message);
  found_none.wanted = verdict.wanted;
  found_none.best_achievable = verdict.best_achievable;
  found_none.best_found.reset();  // Whether a list of it fits is not known.
  return found_none;
}

class RouteFinder {
 public:
  RouteFinder(const Ted& ted, SegmentQuery query, DataPlane data_plane, cspf::Workspace& workspace,
              const cspf::Budget& budget)
      : ted_(ted),
        query_(OnPlane(std::move(query), data_plane)),
        data_plane_(data_plane),
        work_(workspace.impl()),
        budget_(budget),
        labels_left_(budget.max_labels),
        paths_(ted, query_.path, workspace, budget) {}

  absl::StatusOr<SegmentResult> Run() {
    PathResult first = paths_.Next();
    if (NoPath* none = std::get_if<NoPath>(&first)) return std::move(*none);
    const Path& path = std::get<Path>(first);
    SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> pinned,
                           Fit(ted_, query_, path, shortfall_, work_.potentials));
    if (query_.allow_ecmp && (!pinned || DepthOf(*pinned) > 1)) {
      std::optional<SegmentRoute> spread = FindSpread(pinned ? &*pinned : nullptr);
      if (spread) return *std::move(spread);
    }
    if (pinned) {
      pinned->ran_out = query_.allow_ecmp && labels_left_ == 0;
      return *std::move(pinned);
    }
    return FindPinned();
  }

 private:
  static SegmentQuery OnPlane(SegmentQuery query, DataPlane data_plane) {
    query.path.constraints.data_plane = data_plane;
    return query;
  }

  // Returns the cheapest route that packets may take by several ways, if it is better than
  // `pinned`; nothing where that is not proved.
  std::optional<SegmentRoute> FindSpread(const SegmentRoute* pinned) {
    const ListSpace space(ted_, query_, data_plane_, work_);
    ListWish wish{.branches = Fan::Branches::kAny};
    if (pinned != nullptr) wish.most_cost = pinned->path.cost;
    while (wish.impossible.size() < kMostRefuted) {
      const FoundList found = SearchList(space, wish, labels_left_);
      if (found.status != FoundList::Status::kFound) return std::nullopt;
      if (std::optional<SegmentRoute> route = ProveSpread(found)) {
        const bool shorter = pinned == nullptr || DepthOf(*route) < DepthOf(*pinned);
        return shorter ? std::move(route) : std::nullopt;
      }
      const std::optional<ListStep> wrong = FirstWrong(found.steps);
      if (!wrong) return std::nullopt;
      wish.impossible.insert(
          std::upper_bound(wish.impossible.begin(), wish.impossible.end(), *wrong), *wrong);
    }
    return std::nullopt;
  }

  EncodeOptions Options() const {
    return {.data_plane = data_plane_,
            .algorithm = query_.path.constraints.flex_algorithm,
            .compress = query_.compress};
  }

  std::optional<SegmentRoute> ProveSpread(const FoundList& found) const {
    absl::StatusOr<SegmentList> list = ListOf(ted_, found.steps, Options());
    if (!list.ok()) return std::nullopt;
    absl::StatusOr<Expansion> expansion = Expand(ted_, query_.path.source, *list);
    if (!expansion.ok() || !CheckPromise(ted_, query_.path, *expansion).ok()) return std::nullopt;
    if (!ImpositionOf(*list, *expansion).fits()) return std::nullopt;
    Path path{.cost = found.cost, .metrics = WorstOf(*expansion)};
    const cspf::Additive objective = *cspf::ObjectiveOf(ted_, query_.path);
    // Logarithms of loss round: only sums can be compared.
    if (objective != cspf::Additive::kLossLog &&
        cspf::CostIn(path.metrics, objective) != path.cost) {
      return std::nullopt;
    }
    path.links = expansion->single_path ? expansion->path : expansion->links;
    return SegmentRoute{std::move(path), *std::move(list), *std::move(expansion)};
  }

  Imposition ImpositionOf(const SegmentList& list, const Expansion& expansion) const {
    return Impose(ted_, query_.path.source, query_.path.target, list, expansion.links,
                  query_.max_sids);
  }
  uint32_t DepthOf(const SegmentRoute& route) const {
    return ImpositionOf(route.list, route.expansion).depth;
  }

  // The first step that no SID does or that leads elsewhere than the search thought.
  std::optional<ListStep> FirstWrong(const std::vector<ListStep>& steps) const {
    for (size_t count = 1; count <= steps.size(); ++count) {
      const ListStep& last = steps[count - 1];
      const absl::StatusOr<SegmentList> list = ListOf(ted_, {steps.data(), count}, Options());
      if (!list.ok()) return last;
      const absl::StatusOr<Expansion> expansion = Expand(ted_, query_.path.source, *list);
      // The whole list is too long for a router on the way: no single step is to blame.
      if (absl::IsResourceExhausted(expansion.status())) return std::nullopt;
      if (!expansion.ok() || expansion->ends != std::vector<NodeIndex>{last.to}) return last;
    }
    return std::nullopt;
  }

  // Path and list together, each segment over one way only.
  absl::StatusOr<SegmentResult> FindPinned() {
    FoundList found;
    {
      const ListSpace space(ted_, query_, data_plane_, work_);
      found = SearchList(space, {}, labels_left_);
      if (found.status == FoundList::Status::kNone) return FewestOf(space);
    }
    if (found.status == FoundList::Status::kExhausted) return RanOut(Exhaust(found), shortfall_);
    if (found.status == FoundList::Status::kFound) {
      SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route, Take(found.steps));
      if (route) return *std::move(route);
    }
    return TryOneByOne();
  }

  absl::StatusOr<std::optional<SegmentRoute>> Take(const std::vector<ListStep>& steps) {
    const std::optional<std::vector<LinkIndex>> links = LinksOf(ted_, steps);
    if (!links) return std::optional<SegmentRoute>();
    return Fit(ted_, query_, cspf::MakePath(ted_, *links, *cspf::ObjectiveOf(ted_, query_.path)),
               shortfall_, work_.potentials);
  }

  // No list fits: how short could one be?
  absl::StatusOr<SegmentResult> FewestOf(const ListSpace& space) {
    const FoundList shortest = SearchList(space, {.shortest = true}, labels_left_);
    if (shortest.status == FoundList::Status::kNone) return ToNoPath(shortfall_);
    if (shortest.status == FoundList::Status::kExhausted) {
      return RanOut(Exhaust(shortest), shortfall_);
    }
    SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route, Take(shortest.steps));
    if (route) return *std::move(route);
    if (shortfall_.fewest_sids == shortest.entries) return ToNoPath(shortfall_);
    return TryOneByOne();
  }

  NoPath Exhaust(const FoundList& found) const {
    return {.reason = Reason::kBudgetExhausted,
            .message = absl::StrCat("budget: ", budget_.max_labels,
                                    " labels were used up by the search for a segment list"),
            .lower_bound = found.lower_bound};
  }

  absl::StatusOr<SegmentResult> TryOneByOne() {
    for (;;) {
      PathResult next = paths_.Next();
      if (NoPath* none = std::get_if<NoPath>(&next)) {
        return none->reason == Reason::kBudgetExhausted ? RanOut(std::move(*none), shortfall_)
                                                        : ToNoPath(shortfall_);
      }
      const Path& path = std::get<Path>(next);
      SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route,
                             Fit(ted_, query_, path, shortfall_, work_.potentials));
      if (route) return *std::move(route);
      if (std::optional<NoPath> out = OutOfTries(shortfall_.paths, path.cost, budget_)) {
        return RanOut(*std::move(out), shortfall_);
      }
    }
  }

  const Ted& ted_;
  const SegmentQuery query_;
  const DataPlane data_plane_;
  cspf::Workspace::Impl& work_;
  const cspf::Budget budget_;
  uint64_t labels_left_;
  cspf::PathEnumerator paths_;
  Shortfall shortfall_;
};

}  // namespace

absl::StatusOr<SegmentResult> ComputeRoute(const Ted& ted, const SegmentQuery& query,
                                           cspf::Workspace& workspace, const cspf::Budget& budget) {
  std::optional<NoPath> first_none;
  for (const DataPlane data_plane : PlanesOf(query)) {
    SRPCE_ASSIGN_OR_RETURN(SegmentResult result,
                           RouteFinder(ted, query, data_plane, workspace, budget).Run());
    const NoPath* none = std::get_if<NoPath>(&result);
    if (none == nullptr) return result;
    // What the network does not speak at all explains less than what it fails to do.
    if (!first_none || first_none->reason == Reason::kDataPlane) first_none = *none;
  }
  return *std::move(first_none);
}

}  // namespace srpce::segments
