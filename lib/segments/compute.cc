#include "lib/segments/compute.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/fit.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Path;
using cspf::PathResult;
using cspf::Reason;

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

absl::StatusOr<SegmentResult> ComputeOn(const Ted& ted, SegmentQuery query, DataPlane data_plane,
                                        cspf::Workspace& workspace, const cspf::Budget& budget) {
  query.path.constraints.data_plane = data_plane;
  Shortfall shortfall;
  cspf::PathEnumerator paths(ted, query.path, workspace, budget);
  for (;;) {
    PathResult next = paths.Next();
    if (NoPath* none = std::get_if<NoPath>(&next)) {
      if (shortfall.paths == 0) return std::move(*none);
      return none->reason == Reason::kBudgetExhausted ? RanOut(std::move(*none), shortfall)
                                                      : ToNoPath(shortfall);
    }
    const Path& path = std::get<Path>(next);
    SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route, Fit(ted, query, path, shortfall));
    if (route) return *std::move(route);
    if (std::optional<NoPath> out = OutOfTries(shortfall.paths, path.cost, budget)) {
      return RanOut(*std::move(out), shortfall);
    }
  }
}

}  // namespace

absl::StatusOr<SegmentResult> ComputeRoute(const Ted& ted, const SegmentQuery& query,
                                           cspf::Workspace& workspace, const cspf::Budget& budget) {
  std::optional<NoPath> first_none;
  for (const DataPlane data_plane : PlanesOf(query)) {
    SRPCE_ASSIGN_OR_RETURN(SegmentResult result,
                           ComputeOn(ted, query, data_plane, workspace, budget));
    const NoPath* none = std::get_if<NoPath>(&result);
    if (none == nullptr) return result;
    // What the network does not speak at all explains less than what it fails to do.
    if (!first_none || first_none->reason == Reason::kDataPlane) first_none = *none;
  }
  return *std::move(first_none);
}

}  // namespace srpce::segments
