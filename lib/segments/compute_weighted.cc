// lib/segments/compute_weighted.cc -- the split of lib/cspf over paths that a list can express.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/segments/fit.h"
#include "lib/segments/weighted.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Path;
using cspf::Reason;
using cspf::Split;
using cspf::SplitPath;

// One data plane.
class WeightedFinder {
 public:
  WeightedFinder(const Ted& ted, const WeightedQuery& query, DataPlane data_plane,
                 cspf::Workspace& workspace, const cspf::Budget& budget)
      : ted_(ted),
        query_(query.route),
        demand_(query.demand),
        workspace_(workspace),
        budget_(budget) {
    query_.path.constraints.data_plane = data_plane;
    query_.path.constraints.min_bandwidth = {};  // Not read; nor is a list to be held to it.
    split_ = {.path = query_.path, .demand = query.demand, .max_paths = query.max_lists};
  }

  absl::StatusOr<WeightedResult> Run() {
    SRPCE_ASSIGN_OR_RETURN(cspf::SplitResult result, Ask());
    if (NoPath* none = std::get_if<NoPath>(&result)) return Verdict(std::move(*none));
    Split& split = std::get<Split>(result);
    if (demand_.value == 0) return Routes(split, std::vector<uint32_t>(split.paths.size(), 1));
    std::vector<uint32_t> weights = WeightsOf(ted_, split.paths, demand_);
    if (!weights.empty()) return Routes(split, weights);
    return RunCoarse();
  }

 private:
  absl::StatusOr<cspf::SplitResult> Ask() {
    const cspf::SplitPathTest fits{[this](const Path& path) { return Fits(path); }, kLabelsPerTry};
    cspf::SplitResult result = cspf::ComputeSplit(ted_, split_, workspace_, budget_, fits);
    if (!status_.ok()) return status_;
    return result;
  }

  bool Fits(const Path& path) {
    if (!status_.ok()) return false;
    if (routes_.contains(path.links)) return true;
    absl::StatusOr<std::optional<SegmentRoute>> route = Fit(ted_, query_, path, shortfall_);
    if (!route.ok()) status_ = route.status();
    if (!route.ok() || !*route) return false;
    routes_.emplace(path.links, **std::move(route));
    return true;
  }

  // Asks for so much more that rates can be cut down to multiples of what a weight of 1 stands for.
  absl::StatusOr<WeightedResult> RunCoarse() {
    const uint64_t step = demand_.value / (UINT32_MAX / 2) + 1;
    split_.demand.value += step * split_.max_paths;
    SRPCE_ASSIGN_OR_RETURN(cspf::SplitResult result, Ask());
    if (NoPath* none = std::get_if<NoPath>(&result)) {
      none->message += "; weights of 32 bits take so much more than is wanted";
      return Verdict(std::move(*none));
    }
    Split& split = std::get<Split>(result);
    std::vector<uint32_t> weights;
    for (const SplitPath& part : split.paths) {
      weights.push_back(static_cast<uint32_t>(part.rate.value / step));
    }
    split.proved_optimal = false;
    return Routes(split, weights);
  }

  WeightedRoutes Routes(const Split& split, const std::vector<uint32_t>& weights) {
    WeightedRoutes routes{.cost = split.cost,
                          .proved_optimal = split.proved_optimal,
                          .lower_bound = split.lower_bound};
    for (size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;  // Less than 32 bits tell from nothing.
      SegmentRoute& route = routes_.at(split.paths[i].path.links);
      routes.lists.push_back({std::move(route), weights[i], split.paths[i].rate});
    }
    return routes;
  }

  NoPath Verdict(NoPath none) const {
    if (none.reason == Reason::kNoFurtherPath) return ToNoPath(shortfall_);
    if (shortfall_.paths > 0) {
      absl::StrAppend(&none.message,
                      "; without paths that no list expresses: ", ToNoPath(shortfall_).message);
    }
    return none;
  }

  const Ted& ted_;
  SegmentQuery query_;
  const BytesPerSecond demand_;
  cspf::Workspace& workspace_;
  const cspf::Budget budget_;
  cspf::SplitQuery split_{};
  std::map<std::vector<LinkIndex>, SegmentRoute> routes_;  // That fit.
  Shortfall shortfall_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<WeightedResult> ComputeWeightedRoutes(const Ted& ted, const WeightedQuery& query,
                                                     cspf::Workspace& workspace,
                                                     const cspf::Budget& budget) {
  std::optional<NoPath> first_none;
  for (const DataPlane data_plane : PlanesOf(query.route)) {
    SRPCE_ASSIGN_OR_RETURN(WeightedResult result,
                           WeightedFinder(ted, query, data_plane, workspace, budget).Run());
    const NoPath* none = std::get_if<NoPath>(&result);
    if (none == nullptr) return result;
    // What the network does not speak at all explains less than what it fails to do.
    if (!first_none || first_none->reason == Reason::kDataPlane) first_none = *none;
  }
  return *std::move(first_none);
}

}  // namespace srpce::segments
