#include "lib/segments/nearest.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::Reason;

bool Nearer(const EndpointRoute& a, const EndpointRoute& b) {
  const auto rank = [](const EndpointRoute& route) {
    return std::tuple(route.route.path.cost, route.route.path.metrics.hops);
  };
  return rank(a) < rank(b);
}

class NearestFinder {
 public:
  NearestFinder(const Ted& ted, const std::vector<SegmentQuery>& queries)
      : ted_(ted), queries_(queries) {}

  absl::StatusOr<NearestResult> Run(cspf::Workspace& workspace, const cspf::Budget& budget) {
    const cspf::Budget share{std::max<uint64_t>(budget.max_labels / queries_.size(), 1)};
    for (const SegmentQuery& query : queries_) {
      SRPCE_ASSIGN_OR_RETURN(SegmentResult result, ComputeRoute(ted_, query, workspace, share));
      if (auto* route = std::get_if<SegmentRoute>(&result)) {
        Take({query.path.target, std::move(*route)});
      } else {
        failures_.push_back(std::get<NoPath>(std::move(result)));
      }
    }
    return Answer();
  }

 private:
  void Take(EndpointRoute route) {
    if (best_ && !Nearer(route, *best_)) {
      if (!second_ || Nearer(route, *second_)) second_ = std::move(route);
      return;
    }
    second_ = std::exchange(best_, std::move(route));
  }

  // True if a path cheaper than `cost` may exist where the budget ran out.
  static bool IsOpen(const NoPath& none, uint64_t cost) {
    return none.reason == Reason::kBudgetExhausted && none.lower_bound.value_or(0) < cost;
  }
  bool MayBeat(const EndpointRoute& route) const {
    return std::any_of(failures_.begin(), failures_.end(),
                       [&](const NoPath& none) { return IsOpen(none, route.route.path.cost); });
  }

  NearestResult Answer() {
    const auto unproved = std::find_if(failures_.begin(), failures_.end(), [&](const NoPath& none) {
      return IsOpen(none, best_ ? best_->route.path.cost : UINT64_MAX);
    });
    if (unproved != failures_.end()) {
      NoPath verdict = std::move(*unproved);
      if (best_) verdict.best_found = std::move(best_->route.path);
      return verdict;
    }
    if (second_ && MayBeat(*second_)) second_.reset();
    if (!best_) return JoinRefusals(ted_, queries_, std::move(failures_));
    return NearestRoute{*std::move(best_), std::move(second_)};
  }

  const Ted& ted_;
  const std::vector<SegmentQuery>& queries_;
  std::optional<EndpointRoute> best_;
  std::optional<EndpointRoute> second_;
  std::vector<NoPath> failures_;
};

}  // namespace

NoPath JoinRefusals(const Ted& ted, const std::vector<SegmentQuery>& queries,
                    std::vector<NoPath> failures) {
  NoPath joined = std::move(failures.front());
  if (failures.size() == 1) return joined;
  const auto named = [&](size_t i, const std::string& message) {
    return absl::StrCat(ted.node(queries[i].path.target).display_name(), ": ", message);
  };
  joined.message = absl::StrCat("none of ", failures.size(),
                                " endpoints can be reached: ", named(0, joined.message));
  for (size_t i = 1; i < failures.size(); ++i) {
    absl::StrAppend(&joined.message, "; ", named(i, failures[i].message));
  }
  return joined;
}

std::vector<SegmentQuery> QueriesTo(const SegmentQuery& query,
                                    const std::vector<NodeIndex>& endpoints) {
  std::vector<SegmentQuery> queries(endpoints.size(), query);
  for (size_t i = 0; i < endpoints.size(); ++i) queries[i].path.target = endpoints[i];
  return queries;
}

absl::StatusOr<NearestResult> ComputeNearest(const Ted& ted,
                                             const std::vector<SegmentQuery>& queries,
                                             cspf::Workspace& workspace,
                                             const cspf::Budget& budget) {
  return NearestFinder(ted, queries).Run(workspace, budget);
}

}  // namespace srpce::segments
