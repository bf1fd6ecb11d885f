// lib/cspf/achievable.cc -- a search by another objective, and bisection over bandwidths.
#include "lib/cspf/achievable.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "lib/cspf/leg_cut.h"

namespace srpce::cspf {

Query WithoutBounds(Query query) {
  for (size_t i = 0; i < kAdditiveCount; ++i) {
    query.constraints = WithoutBound(std::move(query.constraints), static_cast<Additive>(i));
  }
  return query;
}

Found LeastPath(const topology::Ted& ted, const Query& query, Additive what,
                const LinkFilter& filter, Workspace::Impl& work, uint64_t& labels_left) {
  if (!AllowsEnds(query, filter) ||
      !work.labels.Prepare(ted, query, filter, what, LabelSearch::Want::kBest,
                           GuidesFor(ted, work)))
    return {};
  return work.labels.Run(work.labels.Start(), labels_left);
}

std::optional<double> LeastAlone(const topology::Ted& ted, const Query& query, Additive what,
                                 const LinkFilter& filter, Workspace::Impl& work) {
  uint64_t unlimited = UINT64_MAX;
  const Found found = LeastPath(ted, WithoutBounds(query), what, filter, work, unlimited);
  if (found.status != Found::Status::kFound) return std::nullopt;
  return PublicValue(Measure(ted, found.links), what);
}

std::optional<double> WidestAlone(const topology::Ted& ted, Query query, Workspace::Impl& work,
                                  uint64_t& labels_left) {
  LinkFilter filter;
  const auto works = [&](BytesPerSecond bandwidth) {
    query.constraints.min_bandwidth = bandwidth;
    filter.Compile(ted, query);
    return !FirstLegCut(ted, query, filter, work, labels_left);
  };
  constexpr uint64_t kUnlimited = UINT64_MAX;  // Of a link out of a LAN.
  const std::optional<uint64_t> widest = Widest(ted, kUnlimited, works);
  if (!widest || works({kUnlimited})) return std::nullopt;
  return static_cast<double>(*widest);
}

std::optional<uint64_t> Widest(const topology::Ted& ted, uint64_t limit,
                               const std::function<bool(BytesPerSecond)>& works) {
  absl::flat_hash_set<uint64_t> capacities = {0};  // Few differ: links come in so many sizes.
  const graph::Digraph& graph = ted.graph();
  for (graph::Node node = 0; node < graph.node_count(); ++node) {
    for (const graph::Arc& arc : graph.out(node)) {
      if (arc.data.capacity < limit) capacities.insert(arc.data.capacity);
    }
  }
  std::vector<uint64_t> steps(capacities.begin(), capacities.end());
  std::sort(steps.begin(), steps.end());
  if (!works({steps.front()})) return std::nullopt;
  size_t good = 0;
  for (size_t bad = steps.size(); bad - good > 1;) {
    const size_t middle = good + (bad - good) / 2;
    (works({steps[middle]}) ? good : bad) = middle;
  }
  return steps[good];
}

}  // namespace srpce::cspf
