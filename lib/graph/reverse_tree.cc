#include "lib/graph/reverse_tree.h"

#include <algorithm>
#include <cassert>

namespace srpce::graph {

FlatGraph ReverseTree::Flatten(const Digraph& graph, const Metric& metric) {
  return {graph, Direction::kBackward, SlotWeight{metric.slot}, [&](const Arc& arc, Node, Node) {
            return (arc.data.flags & metric.required_flags) == metric.required_flags;
          }};
}

ReverseTree::ReverseTree(const FlatGraph& flat, Node target, const Metric& metric, Workspace& work)
    : target_(target), metric_(metric) {
  work.search.Run(flat, target, work.distances);
  const Edit edit;
  distances_.Grow(flat.node_count(), kNoWay, edit);
  for (Node node = 0; node < flat.node_count(); ++node) {
    if (work.distances[node] != kNoWay) distances_.Set(node, work.distances[node], edit);
  }
}

bool ReverseTree::StillBounds(const Digraph& graph, std::span<const Node> changed) const {
  return std::all_of(changed.begin(), changed.end(), [&](Node node) {
    const std::span<const Arc> arcs = graph.out(node);
    return std::all_of(arcs.begin(), arcs.end(), [&](const Arc& arc) {
      const uint32_t next = distance(arc.other);
      return !Counts(arc) || next == kNoWay || distance(node) <= Sum(arc, next);
    });
  });
}

// True if an arc of `node` leads on to one that is nearer and keeps its distance. Arcs of weight 0
// do not count: nodes might hold each other. Those held by nothing else are found again.
bool ReverseTree::IsHeld(const Digraph& graph, Node node, const Workspace& work) const {
  const uint32_t distance = distances_[node];
  const std::span<const Arc> arcs = graph.out(node);
  return std::any_of(arcs.begin(), arcs.end(), [&](const Arc& arc) {
    const uint32_t next = this->distance(arc.other);
    return next < distance && work.lost[arc.other] == 0 && Counts(arc) &&
           Sum(arc, next) <= distance;
  });
}

// The distance of `node` over those of its neighbours that hold.
uint32_t ReverseTree::Least(const Digraph& graph, Node node, const Workspace& work) const {
  uint32_t least = kNoWay;
  for (const Arc& arc : graph.out(node)) {
    const uint32_t next = distances_[arc.other];
    if (next != kNoWay && work.lost[arc.other] == 0 && Counts(arc)) {
      least = std::min(least, Sum(arc, next));
    }
  }
  return least;
}

// Nodes are judged by ascending old distance, so that all that could hold one has been judged
// before.
bool ReverseTree::FindLost(const Digraph& graph, std::span<const Node> changed, Workspace& work,
                           size_t most) const {
  work.heap.Clear();
  work.lost_nodes.clear();
  for (const Node node : changed) {
    if (node != target_ && distances_[node] != kNoWay) work.heap.Push(distances_[node], node);
  }
  while (!work.heap.empty()) {
    const Node node = work.heap.top_node();
    work.heap.Pop();
    if (work.lost[node] != 0 || IsHeld(graph, node, work)) continue;
    if (work.lost_nodes.size() == most) return false;
    work.lost[node] = 1;
    work.lost_nodes.push_back(node);
    for (const Arc& arc : graph.in(node)) {
      const uint32_t behind = distances_[arc.other];
      if (behind != kNoWay && arc.other != target_ && work.lost[arc.other] == 0 && Counts(arc) &&
          behind >= distances_[node] && Sum(arc, distances_[node]) <= behind) {
        work.heap.Push(behind, arc.other);
      }
    }
  }
  return true;
}

bool ReverseTree::Repair(const Digraph& graph, std::span<const Node> changed, Workspace& work,
                         size_t most) {
  assert(graph.node_count() >= node_count());
  const Edit edit;
  if (node_count() < graph.node_count()) distances_.Grow(graph.node_count(), kNoWay, edit);
  work.lost.resize(std::max<size_t>(work.lost.size(), node_count()));
  const bool few = FindLost(graph, changed, work, most);
  work.heap.Clear();
  size_t moved = 0;
  const auto offer = [&](Node node, uint32_t distance) {
    distances_.Set(node, distance, edit);
    if (distance != kNoWay) work.heap.Push(distance, node);
    ++moved;
  };
  // Least() leaves the lost ones out, so these may be offered in any order.
  for (const Node node : work.lost_nodes) {
    if (few) offer(node, Least(graph, node, work));
  }
  for (const Node node : changed) {
    if (!few || node == target_ || work.lost[node] != 0) continue;
    const uint32_t least = Least(graph, node, work);
    if (least < distances_[node]) offer(node, least);
  }
  for (const Node node : work.lost_nodes) {
    work.lost[node] = 0;
  }
  while (!work.heap.empty() && moved <= most) {
    const Node node = work.heap.top_node();
    const auto distance = static_cast<uint32_t>(work.heap.top_key());
    work.heap.Pop();
    if (distance != distances_[node]) continue;
    for (const Arc& arc : graph.in(node)) {
      if (!Counts(arc)) continue;
      const uint32_t sum = Sum(arc, distance);
      if (sum < distances_[arc.other]) offer(arc.other, sum);
    }
  }
  return few && moved <= most;
}

}  // namespace srpce::graph
