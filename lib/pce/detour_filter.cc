// lib/pce/detour_filter.cc -- distances around better links.
#include "lib/pce/detour_filter.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace srpce::pce {
namespace {

using topology::MetricType;
using topology::Ted;

constexpr uint64_t kFar = UINT64_MAX;

uint64_t WeightOf(const graph::ArcData& arc, MetricType metric) {
  switch (metric) {
    case MetricType::kIgp:
      return arc.weight[topology::kIgpWeight];
    case MetricType::kTe:
      return arc.weight[topology::kTeWeight];
    case MetricType::kDelay:
      return arc.weight[topology::kDelayWeight];
    case MetricType::kHops:
      return 1;
    case MetricType::kLoss:
    case MetricType::kVariation:
      break;  // Not kept with the arc. Nobody is filtered out then, which only costs time.
  }
  return 0;
}

// Distances from `root` along usable arcs, or with `reverse` to it. A weight nobody announced is 0:
// that only lowers the bound.
std::vector<uint64_t> Distances(const Ted& ted, MetricType metric, graph::Node root, bool reverse) {
  const graph::Digraph& graph = ted.graph();
  std::vector<uint64_t> distance(graph.node_count(), kFar);
  using Entry = std::pair<uint64_t, graph::Node>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  distance[root] = 0;
  queue.emplace(0, root);
  while (!queue.empty()) {
    const auto [cost, node] = queue.top();
    queue.pop();
    if (cost > distance[node]) {
      continue;
    }
    for (const graph::Arc& arc : reverse ? graph.in(node) : graph.out(node)) {
      if ((arc.data.flags & topology::kArcUsable) == 0) {
        continue;
      }
      const uint64_t next = cost + WeightOf(arc.data, metric);
      if (next < distance[arc.other]) {
        distance[arc.other] = next;
        queue.emplace(next, arc.other);
      }
    }
  }
  return distance;
}

}  // namespace

DetourFilter::DetourFilter(const Ted& ted, MetricType metric,
                           const std::vector<topology::LinkIndex>& links) {
  for (const topology::LinkIndex link : links) {
    if (!ted.HasLink(link) || !ted.link(link).usable) {
      continue;
    }
    const graph::ArcEnds ends = ted.graph().ends(link.value());
    ways_.push_back({.weight = WeightOf(ted.graph().data(link.value()), metric),
                     .to_tail = Distances(ted, metric, ends.tail, /*reverse=*/true),
                     .from_head = Distances(ted, metric, ends.head, /*reverse=*/false)});
  }
}

uint64_t DetourFilter::Bound(topology::NodeIndex source, topology::NodeIndex target) const {
  uint64_t best = kFar;
  for (const Way& way : ways_) {
    const uint64_t to = way.to_tail[source.value()];
    const uint64_t from = way.from_head[target.value()];
    if (to != kFar && from != kFar) {
      best = std::min(best, to + way.weight + from);
    }
  }
  return best;
}

}  // namespace srpce::pce
