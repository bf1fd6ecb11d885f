#include "lib/graph/only_path.h"

#include <algorithm>

namespace srpce::graph {
OnlyPath OnlyPathSearch::Run(const LazyDistances& distances, Node source, FoundPath& path) {
  path.arcs.clear();
  path.cost = 0;
  if (source == distances.target()) return OnlyPath::kFound;
  const uint32_t length = distances.distance(source);
  if (length == LazyDistances::kNoWay) return OnlyPath::kNone;
  if (length == LazyDistances::kFar) return OnlyPath::kUnclear;
  path.cost = length;
  return Ascend(distances, distances.hierarchy_.rank_[source], path) ? OnlyPath::kFound
                                                                     : OnlyPath::kUnclear;
}

OnlyPath OnlyPathSearch::Run(const LabelDistances& distances, Node source, FoundPath& path) {
  path.arcs.clear();
  path.cost = 0;
  if (source == distances.target()) return OnlyPath::kFound;
  const AncestorLabels& labels = distances.labels_;
  const uint32_t from = labels.hierarchy_.rank_[source];
  const uint32_t to = distances.target_rank_;
  const uint32_t length = labels.Distance(from, to);
  if (length == AncestorLabels::kNoWay) return OnlyPath::kNone;
  if (length == AncestorLabels::kFar) return OnlyPath::kUnclear;
  path.cost = length;
  const AncestorLabels::Top top = labels.FewestHops(from, to, length);
  if (top.tied || top.hops >= AncestorLabels::kMostHops) return OnlyPath::kUnclear;
  if (!Walk(labels.up_, labels.begin_[from], top.depth, path)) return OnlyPath::kUnclear;
  const auto ascended = static_cast<std::ptrdiff_t>(path.arcs.size());
  if (!Walk(labels.down_, labels.begin_[to], top.depth, path)) return OnlyPath::kUnclear;
  std::reverse(path.arcs.begin() + ascended, path.arcs.end());
  return OnlyPath::kFound;
}

// Goes to the ancestor of that depth, arc by arc. Returns false at a tie.
bool OnlyPathSearch::Walk(const AncestorLabels::Labels& direction, AncestorLabels::Begin at,
                          uint32_t depth, FoundPath& path) {
  while (true) {
    const AncestorLabels::Choice choice = direction.choices[at.label + depth];
    if (choice == AncestorLabels::kThere) return true;
    if ((choice & AncestorLabels::kTied) != 0) return false;
    const AncestorLabels::Step& step = direction.steps[at.pair + choice];
    path.arcs.push_back(step.arc);
    at = step.next;
  }
}

// Goes up as long as that is on a shortest path, then down. Returns false at a tie.
bool OnlyPathSearch::Ascend(const LazyDistances& distances, uint32_t rank, FoundPath& path) {
  const Hierarchy& hierarchy = distances.hierarchy_;
  const HierarchyWeights& weights = distances.weights_;
  const auto& known = distances.work_.known;
  while (true) {
    const uint32_t length = known[rank].distance;
    uint32_t next = kNone;
    for (uint32_t pair = hierarchy.first_[rank]; pair < hierarchy.first_[rank + 1]; ++pair) {
      if (weights.up_[pair] + known[hierarchy.above_[pair]].distance != length) continue;
      if (next != kNone || (weights.up_via_[pair] & HierarchyWeights::kTied) != 0) return false;
      next = pair;
    }
    if (distances.DescentLength(rank) == length) {
      return next == kNone && Descend(distances, rank, path);
    }
    Unpack(weights, {rank, next, true}, path);
    rank = hierarchy.above_[next];
  }
}

bool OnlyPathSearch::Descend(const LazyDistances& distances, uint32_t rank, FoundPath& path) {
  const auto& descents = distances.work_.descents;
  if (descents[rank].tied) return false;
  while (descents[rank].to != kNone) {
    Unpack(distances.weights_, {descents[rank].to, descents[rank].pair, false}, path);
    rank = descents[rank].to;
  }
  return true;
}

// Adds the arcs that `step` stands for.
void OnlyPathSearch::Unpack(const HierarchyWeights& weights, const Step& step, FoundPath& path) {
  const Hierarchy& hierarchy = weights.hierarchy();
  steps_.assign(1, step);
  while (!steps_.empty()) {
    const auto [below, pair, up] = steps_.back();
    steps_.pop_back();
    const auto via = up ? weights.up_via_[pair] : weights.down_via_[pair];
    const uint32_t id = via & HierarchyWeights::kIdMask;
    if ((via & HierarchyWeights::kOverRank) == 0) {
      path.arcs.push_back(id);
      continue;
    }
    const uint32_t with_below = hierarchy.PairOf(id, below);
    const uint32_t with_above = hierarchy.PairOf(id, hierarchy.above_[pair]);
    // Down to the rank between, then up from it: what comes first is pushed last.
    steps_.push_back({id, up ? with_above : with_below, true});
    steps_.push_back({id, up ? with_below : with_above, false});
  }
}

}  // namespace srpce::graph
