#include "lib/graph/landmarks.h"

#include <algorithm>
#include <random>

#include "lib/graph/path_search.h"

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

template <typename Weight>
std::vector<Landmarks::Line> Lines(const Digraph& graph, const Weight& weight) {
  std::vector<Landmarks::Line> lines(graph.node_count());
  std::vector<Distance> nearest(graph.node_count(), kUnreachable);
  DistanceTree from;
  DistanceTree to;
  Node landmark = Farthest(graph, nearest);
  if (landmark == kNone) {
    return lines;
  }
  // The first pick is arbitrary: start from the periphery it finds.
  Dijkstra(graph, Direction::kForward, landmark, weight, AnyArc{}, from);
  landmark = from.settled().back();
  for (size_t i = 0; i < Landmarks::kLandmarks; ++i) {
    Dijkstra(graph, Direction::kForward, landmark, weight, AnyArc{}, from);
    Dijkstra(graph, Direction::kBackward, landmark, weight, AnyArc{}, to);
    for (Node node = 0; node < graph.node_count(); ++node) {
      lines[node].from[i] = Saturate(from.distance(node));
      lines[node].to[i] = Saturate(to.distance(node));
      nearest[node] = std::min({nearest[node], from.distance(node), to.distance(node)});
    }
    landmark = Farthest(graph, nearest);
  }
  return lines;
}

// Touching a node costs about twice as much with a bound: another cache line, and the arithmetic.
constexpr uint64_t kBoundCost = 2;
constexpr int kSamples = 24;

template <typename Weight>
bool Guides(const Digraph& graph, const Weight& weight, const Landmarks& table) {
  std::minstd_rand random(1);  // The same table for the same graph.
  PathWorkspace work;
  FoundPath path;
  uint64_t without = 0;
  uint64_t with = 0;
  for (int i = 0; i < kSamples; ++i) {
    const auto source = static_cast<Node>(random() % graph.node_count());
    const auto target = static_cast<Node>(random() % graph.node_count());
    FindPath(graph, source, target, weight, AnyArc{}, nullptr, work, path);
    without += work.touched();
    PathSearch<Weight, AnyArc>(graph, weight, AnyArc{}, &table, work).Run(source, target, path);
    with += work.touched();
  }
  return with * kBoundCost < without;
}

}  // namespace

template <typename Weight>
Landmarks Landmarks::ComputeWith(const Digraph& graph, const Weight& weight) {
  Landmarks table;
  table.lines_ = Lines(graph, weight);
  table.guides_ = graph.node_count() > 0 && Guides(graph, weight, table);
  return table;
}

Landmarks Landmarks::Compute(const Digraph& graph, size_t slot) {
  return ComputeWith(graph, SlotWeight{slot});
}

Landmarks Landmarks::Compute(const Digraph& graph,
                             const std::function<Distance(const Arc& arc)>& weight) {
  return ComputeWith(graph, weight);
}

}  // namespace srpce::graph
