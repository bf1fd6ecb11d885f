// lib/segments/nearest_weighted.cc -- a split to one of several endpoints.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/segments/nearest.h"
#include "lib/segments/weighted.h"

namespace srpce::segments {

using cspf::NoPath;

absl::StatusOr<NearestWeightedResult> ComputeNearestWeighted(
    const Ted& ted, const std::vector<SegmentQuery>& queries, BytesPerSecond demand,
    uint32_t max_lists, cspf::Workspace& workspace, const cspf::Budget& budget) {
  const cspf::Budget share{std::max<uint64_t>(budget.max_labels / queries.size(), 1)};
  std::optional<NearestWeighted> best;
  std::vector<NoPath> failures;
  for (const SegmentQuery& query : queries) {
    SRPCE_ASSIGN_OR_RETURN(
        WeightedResult result,
        ComputeWeightedRoutes(ted, {query, demand, max_lists}, workspace, share));
    if (auto* none = std::get_if<NoPath>(&result)) {
      failures.push_back(std::move(*none));
      continue;
    }
    auto& routes = std::get<WeightedRoutes>(result);
    if (!best || routes.cost < best->routes.cost) {
      best.emplace(NearestWeighted{query.path.target, std::move(routes)});
    }
  }
  const double cost = best ? best->routes.cost : std::numeric_limits<double>::infinity();
  const auto open = std::find_if(failures.begin(), failures.end(), [&](const NoPath& none) {
    return none.reason == cspf::Reason::kBudgetExhausted &&
           static_cast<double>(none.lower_bound.value_or(0)) < cost;
  });
  if (open != failures.end()) return std::move(*open);
  if (!best) return JoinRefusals(ted, queries, std::move(failures));
  return *std::move(best);
}

}  // namespace srpce::segments
