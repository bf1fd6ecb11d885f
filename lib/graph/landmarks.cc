#include "lib/graph/landmarks.h"

#include <algorithm>

namespace srpce::graph {
namespace {

int32_t Saturate(Distance distance) {
  return static_cast<int32_t>(std::min<Distance>(distance, Landmarks::kSaturated));
}

// Farthest selection: each landmark is the node farthest from those before it. Nodes no search has
// reached count as farthest, so that every component gets one while there are any left.
Node Farthest(const Digraph& graph, const std::vector<Distance>& nearest) {
  Node best = kNone;
  for (Node node = 0; node < graph.node_count(); ++node) {
    // A node without arcs bounds nothing.
    if (!graph.out(node).empty() && (best == kNone || nearest[node] > nearest[best])) {
      best = node;
    }
  }
  return best;
}

}  // namespace

Landmarks Landmarks::Compute(const Digraph& graph, size_t slot) {
  Landmarks table;
  table.lines_.resize(graph.node_count());
  std::vector<Distance> nearest(graph.node_count(), kUnreachable);
  DistanceTree from;
  DistanceTree to;
  const SlotWeight weight{slot};
  Node landmark = Farthest(graph, nearest);
  if (landmark == kNone) {
    return table;
  }
  // The first pick is arbitrary: start from the periphery it finds.
  Dijkstra(graph, Direction::kForward, landmark, weight, AnyArc{}, from);
  landmark = from.settled().back();
  for (size_t i = 0; i < kLandmarks; ++i) {
    Dijkstra(graph, Direction::kForward, landmark, weight, AnyArc{}, from);
    Dijkstra(graph, Direction::kBackward, landmark, weight, AnyArc{}, to);
    for (Node node = 0; node < graph.node_count(); ++node) {
      table.lines_[node].from[i] = Saturate(from.distance(node));
      table.lines_[node].to[i] = Saturate(to.distance(node));
      nearest[node] = std::min({nearest[node], from.distance(node), to.distance(node)});
    }
    landmark = Farthest(graph, nearest);
  }
  return table;
}

}  // namespace srpce::graph
