#include "lib/segments/inspect.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/additive.h"
#include "lib/segments/fit.h"

namespace srpce::segments {
namespace {

using cspf::Reason;

std::optional<uint32_t> AsCount(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

// A list is of one data plane: paths are inspected on that of the answer, else on the first that
// the network speaks between the ends.
cspf::Insight InspectOn(const Ted& ted, cspf::Query query, const SegmentRoute* route,
                        cspf::Workspace& workspace, const cspf::Budget& budget) {
  const bool either = query.constraints.data_plane == DataPlane::kEither;
  if (either) {
    query.constraints.data_plane = route != nullptr ? route->list.data_plane : DataPlane::kSrMpls;
  }
  cspf::Insight insight = cspf::Inspect(ted, query, workspace, budget);
  const auto* none = std::get_if<cspf::NoPath>(&insight.result);
  if (!either || route != nullptr || none == nullptr || none->reason != Reason::kDataPlane) {
    return insight;
  }
  query.constraints.data_plane = DataPlane::kSrv6;
  return cspf::Inspect(ted, query, workspace, budget);
}

SidDepthInsight Depth(std::optional<uint32_t> limit, std::optional<uint32_t> needed,
                      absl::string_view what) {
  SidDepthInsight depth{limit, needed, {}};
  if (limit && needed) {
    depth.message = absl::StrCat("SID depth ", *limit, " -> ", *needed, " gives ", what);
  }
  return depth;
}

std::optional<double> UsedBy(const SegmentRoute& route, cspf::ConstraintKind kind) {
  if (kind != cspf::ConstraintKind::kBandwidth) {
    return cspf::PublicValue(route.path.metrics, static_cast<cspf::Additive>(kind));
  }
  if (!route.path.metrics.bottleneck) return std::nullopt;
  return static_cast<double>(route.path.metrics.bottleneck->value);
}

}  // namespace

absl::StatusOr<RouteInsight> InspectRoute(const Ted& ted, const SegmentQuery& query,
                                          const SegmentResult& result, cspf::Workspace& workspace,
                                          const cspf::Budget& budget) {
  const auto* route = std::get_if<SegmentRoute>(&result);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  RouteInsight insight{.paths = InspectOn(ted, query.path, route, workspace, budget),
                       .sid_depth = {}};
  const auto* cheapest = std::get_if<cspf::Path>(&insight.paths.result);
  if (cheapest == nullptr) return insight;
  if (none != nullptr) {
    // Paths there are, so what keeps them from being cheaper is beside the point.
    if (none->reason != Reason::kSidDepth && none->reason != Reason::kNoSid) return insight;
    insight.paths.relaxations.clear();
    insight.sid_depth = Depth(AsCount(none->wanted), AsCount(none->best_achievable), "a path");
    if (!insight.sid_depth->needed) insight.sid_depth->message = none->message;
    return insight;
  }
  for (cspf::BoundInsight& bound : insight.paths.bounds) {
    bound.used = UsedBy(*route, bound.kind);
  }
  if (route->path.cost <= cheapest->cost) return insight;
  Shortfall shortfall;
  SRPCE_RETURN_IF_ERROR(Fit(ted, query, *cheapest, shortfall).status());
  insight.sid_depth = Depth(shortfall.limit, shortfall.fewest_sids, "a cheaper path");
  if (!insight.sid_depth->needed) insight.sid_depth->message = ToNoPath(shortfall).message;
  return insight;
}

}  // namespace srpce::segments
