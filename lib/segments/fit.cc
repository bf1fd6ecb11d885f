#include "lib/segments/fit.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/candidates.h"
#include "lib/segments/imposition.h"

namespace srpce::segments {
namespace {

absl::Status Contradiction(const SegmentList& list, absl::string_view what) {
  return absl::InternalError(absl::StrCat("list ", ToString(list), ": ", what));
}

absl::StatusOr<std::optional<SegmentRoute>> FitOn(const Ted& ted, const SegmentQuery& query,
                                                  const cspf::Path& path, DataPlane data_plane,
                                                  Shortfall& shortfall,
                                                  const cspf::PotentialCache* potentials) {
  const EncodeOptions options{.data_plane = data_plane,
                              .algorithm = query.path.constraints.flex_algorithm,
                              .compress = query.compress};
  absl::StatusOr<SegmentList> list =
      EncodeGuided(ted, query.path.source, path.links, options, potentials);
  if (!list.ok()) {
    if (shortfall.no_list.empty()) shortfall.no_list = std::string(list.status().message());
    return std::nullopt;
  }
  const Imposition imposition =
      Impose(ted, query.path.source, query.path.target, *list, path.links, query.max_sids);
  if (!imposition.fits()) {
    if (!shortfall.fewest_sids || imposition.depth < *shortfall.fewest_sids) {
      shortfall.fewest_sids = imposition.depth;
      shortfall.limit = imposition.limit;
    }
    return std::nullopt;
  }
  absl::StatusOr<SegmentRoute> route = Prove(ted, query, path, *std::move(list));
  if (absl::IsResourceExhausted(route.status())) {
    if (shortfall.too_deep.empty()) shortfall.too_deep = std::string(route.status().message());
    return std::nullopt;
  }
  assert(route.ok());
  if (!route.ok()) return route.status();
  return std::optional(*std::move(route));
}

}  // namespace

absl::StatusOr<SegmentRoute> Prove(const Ted& ted, const SegmentQuery& query,
                                   const cspf::Path& path, SegmentList list) {
  absl::StatusOr<Expansion> expansion = Expand(ted, query.path.source, list);
  if (absl::IsResourceExhausted(expansion.status())) return expansion.status();
  if (!expansion.ok()) return Contradiction(list, expansion.status().message());
  if (!expansion->single_path || expansion->path != path.links) {
    return Contradiction(list, "leaves the path it was made for");
  }
  const absl::Status kept = CheckPromise(ted, query.path, *expansion);
  if (!kept.ok()) return Contradiction(list, kept.message());
  return SegmentRoute{path, std::move(list), *std::move(expansion)};
}

absl::StatusOr<std::optional<SegmentRoute>> Fit(const Ted& ted, const SegmentQuery& query,
                                                const cspf::Path& path, Shortfall& shortfall,
                                                const cspf::PotentialCache* potentials) {
  for (const DataPlane data_plane : PlanesOf(query)) {
    SRPCE_ASSIGN_OR_RETURN(std::optional<SegmentRoute> route,
                           FitOn(ted, query, path, data_plane, shortfall, potentials));
    if (route) return route;
  }
  ++shortfall.paths;
  return std::nullopt;
}

std::optional<cspf::NoPath> OutOfTries(uint64_t failures, uint64_t lower_bound,
                                       const cspf::Budget& budget) {
  if (failures * kLabelsPerTry < budget.max_labels) {
    return std::nullopt;
  }
  cspf::NoPath no_path;
  no_path.reason = cspf::Reason::kBudgetExhausted;
  no_path.message = absl::StrCat("budget: ", budget.max_labels, " labels were used up by ",
                                 failures, " paths without a segment list that fits");
  no_path.lower_bound = lower_bound;
  return no_path;
}

std::span<const DataPlane> PlanesOf(const SegmentQuery& query) {
  static constexpr std::array kBoth{DataPlane::kSrMpls, DataPlane::kSrv6};
  if (query.path.constraints.data_plane == DataPlane::kEither) {
    return kBoth;
  }
  return {&query.path.constraints.data_plane, 1};
}

cspf::NoPath ToNoPath(const Shortfall& shortfall) {
  cspf::NoPath no_path;
  if (!shortfall.fewest_sids && !shortfall.too_deep.empty()) {
    no_path.reason = cspf::Reason::kSidDepth;
    no_path.message = absl::StrCat(
        "SID depth: none of ", shortfall.paths,
        " paths has a list that its routers can process; the best one: ", shortfall.too_deep);
    return no_path;
  }
  if (!shortfall.fewest_sids) {
    no_path.reason = cspf::Reason::kNoSid;
    no_path.message = absl::StrCat("segment list: none of ", shortfall.paths,
                                   " paths can be expressed; the best one: ", shortfall.no_list);
    return no_path;
  }
  no_path.reason = cspf::Reason::kSidDepth;
  no_path.message = absl::StrCat("SID depth: got ", *shortfall.fewest_sids, " SIDs at least over ",
                                 shortfall.paths, " paths, want at most ", *shortfall.limit);
  no_path.wanted = static_cast<double>(*shortfall.limit);
  no_path.best_achievable = static_cast<double>(*shortfall.fewest_sids);
  return no_path;
}

}  // namespace srpce::segments
