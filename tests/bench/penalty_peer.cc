#include "tests/bench/penalty_peer.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <queue>
#include <utility>

namespace srpce::bench {
namespace {

constexpr double kSharedGroup = 1e9;  // More than any path costs.
constexpr double kClash = 1e6;
constexpr int kRounds = 5;
constexpr int kMultipliers = 12;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

}  // namespace

PenaltyPeer::PenaltyPeer(uint32_t node_count, const std::vector<RiskArc>& arcs)
    : arcs_(arcs),
      begin_(node_count + 1),
      penalty_(arcs.size()),
      removed_arcs_(arcs.size()),
      removed_nodes_(node_count),
      distance_(node_count),
      by_(node_count) {
  std::stable_sort(arcs_.begin(), arcs_.end(),
                   [](const RiskArc& a, const RiskArc& b) { return a.tail < b.tail; });
  for (const RiskArc& arc : arcs_) ++begin_[arc.tail + 1];
  for (uint32_t node = 0; node < node_count; ++node) begin_[node + 1] += begin_[node];
  for (uint32_t i = 0; i < arcs_.size(); ++i) {
    arcs_of_edge_.resize(std::max<size_t>(arcs_of_edge_.size(), arcs_[i].edge + 1));
    arcs_of_edge_[arcs_[i].edge].push_back(i);
    for (const uint32_t group : arcs_[i].groups) {
      arcs_of_group_.resize(std::max<size_t>(arcs_of_group_.size(), group + 1));
      arcs_of_group_[group].push_back(i);
    }
  }
}

std::optional<PenaltyPeer::Path> PenaltyPeer::Shortest(double of_cost, double of_delay) {
  std::fill(distance_.begin(), distance_.end(), kInfinite);
  using Item = std::pair<double, uint32_t>;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
  distance_[source_] = 0;
  queue.emplace(0, source_);
  while (!queue.empty()) {
    const auto [distance, node] = queue.top();
    queue.pop();
    if (distance > distance_[node]) continue;
    if (node == target_) break;
    for (uint32_t i = begin_[node]; i < begin_[node + 1]; ++i) {
      const RiskArc& arc = arcs_[i];
      if (removed_arcs_[i] || removed_nodes_[arc.head]) continue;
      const double over = distance + of_cost * arc.cost + of_delay * arc.delay + penalty_[i];
      if (over >= distance_[arc.head]) continue;
      distance_[arc.head] = over;
      by_[arc.head] = i;
      queue.emplace(over, arc.head);
    }
  }
  if (distance_[target_] == kInfinite) return std::nullopt;
  Path path;
  for (uint32_t node = target_; node != source_; node = arcs_[by_[node]].tail) {
    path.push_back(by_[node]);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

double PenaltyPeer::CostOf(const Path& path) const {
  double cost = 0;
  for (const uint32_t arc : path) cost += arcs_[arc].cost + penalty_[arc];
  return cost;
}

uint64_t PenaltyPeer::DelayOf(const Path& path) const {
  uint64_t delay = 0;
  for (const uint32_t arc : path) delay += arcs_[arc].delay;
  return delay;
}

std::optional<PenaltyPeer::Path> PenaltyPeer::Within(uint64_t max_delay) {
  std::optional<Path> cheap = Shortest(1, 0);
  if (!cheap || DelayOf(*cheap) <= max_delay) return cheap;
  std::optional<Path> fast = Shortest(0, 1);
  if (!fast || DelayOf(*fast) > max_delay) return std::nullopt;
  for (int i = 0; i < kMultipliers; ++i) {
    const double multiplier =
        (CostOf(*fast) - CostOf(*cheap)) / static_cast<double>(DelayOf(*cheap) - DelayOf(*fast));
    if (multiplier <= 0) break;
    std::optional<Path> between = Shortest(1, multiplier);
    if (*between == *cheap || *between == *fast) break;
    (DelayOf(*between) <= max_delay ? fast : cheap) = std::move(between);
  }
  return fast;
}

void PenaltyPeer::Forbid(const Path& path) {
  for (const uint32_t arc : path) {
    if (arcs_[arc].head != target_) removed_nodes_[arcs_[arc].head] = true;
    for (const uint32_t same : arcs_of_edge_[arcs_[arc].edge]) removed_arcs_[same] = true;
    for (const uint32_t group : arcs_[arc].groups) {
      for (const uint32_t sharing : arcs_of_group_[group]) penalty_[sharing] += kSharedGroup;
    }
  }
}

void PenaltyPeer::Allow(const Path& path) {
  for (const uint32_t arc : path) {
    removed_nodes_[arcs_[arc].head] = false;
    for (const uint32_t same : arcs_of_edge_[arcs_[arc].edge]) removed_arcs_[same] = false;
    for (const uint32_t group : arcs_[arc].groups) {
      for (const uint32_t sharing : arcs_of_group_[group]) penalty_[sharing] -= kSharedGroup;
    }
  }
}

PenaltyPeer::Path PenaltyPeer::Clashes(const Path& first, const Path& second) const {
  const auto clashes = [&](uint32_t arc) {
    const std::vector<uint32_t>& groups = arcs_[arc].groups;
    return std::any_of(second.begin(), second.end(), [&](uint32_t other) {
      const std::vector<uint32_t>& others = arcs_[other].groups;
      return std::find_first_of(groups.begin(), groups.end(), others.begin(), others.end()) !=
             groups.end();
    });
  };
  Path found;
  std::copy_if(first.begin(), first.end(), std::back_inserter(found), clashes);
  return found;
}

uint64_t PenaltyPeer::Cost(uint32_t source, uint32_t target, uint64_t max_delay) {
  source_ = source;
  target_ = target;
  std::fill(penalty_.begin(), penalty_.end(), 0.0);
  for (int round = 0; round < kRounds; ++round) {
    const std::optional<Path> first = Within(max_delay);
    if (!first) break;
    Forbid(*first);
    const std::optional<Path> second = Within(max_delay);
    Allow(*first);
    const Path clashes = second ? Clashes(*first, *second) : *first;
    if (clashes.empty()) {
      uint64_t cost = 0;
      for (const Path* path : {&*first, &*second}) {
        for (const uint32_t arc : *path) cost += arcs_[arc].cost;
      }
      return cost;
    }
    for (const uint32_t arc : clashes) penalty_[arc] += kClash;
  }
  return UINT64_MAX;
}

}  // namespace srpce::bench
