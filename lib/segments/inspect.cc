#include "lib/segments/inspect.h"

#include "lib/base/status_macros.h"
#include "lib/segments/fit.h"

namespace srpce::segments {
namespace {

std::optional<uint32_t> AsCount(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

}  // namespace

absl::StatusOr<RouteInsight> InspectRoute(const Ted& ted, const SegmentQuery& query,
                                          const SegmentResult& result, cspf::Workspace& workspace,
                                          const cspf::Budget& budget) {
  RouteInsight insight{.paths = cspf::Inspect(ted, query.path, workspace, budget), .sid_depth = {}};
  const auto* cheapest = std::get_if<cspf::Path>(&insight.paths.result);
  if (cheapest == nullptr) return insight;
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) {
    insight.sid_depth = {AsCount(none->wanted), AsCount(none->best_achievable)};
    return insight;
  }
  if (std::get<SegmentRoute>(result).path.cost <= cheapest->cost) return insight;
  Shortfall shortfall;
  SRPCE_RETURN_IF_ERROR(Fit(ted, query, *cheapest, shortfall).status());
  insight.sid_depth = {shortfall.limit, shortfall.fewest_sids};
  return insight;
}

}  // namespace srpce::segments
