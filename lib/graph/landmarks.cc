#include "lib/graph/landmarks.h"

#include <algorithm>
#include <random>

#include "lib/graph/flat_graph.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {
namespace {

int32_t Saturate(uint32_t distance) {
  return static_cast<int32_t>(std::min<uint32_t>(distance, Landmarks::kSaturated));
}

// Farthest selection: each landmark is the node farthest from those before it. Nodes no search has
// reached count as farthest, so that every component gets one while there are any left.
Node Farthest(const Digraph& graph, const std::vector<uint32_t>& nearest) {
  Node best = kNone;
  for (Node node = 0; node < graph.node_count(); ++node) {
    // A node without arcs bounds nothing.
    if (!graph.out(node).empty() && (best == kNone || nearest[node] > nearest[best])) {
      best = node;
    }
  }
  return best;
}

// The first that no other reached node is farther away than. REQUIRES one is reached.
Node FarthestReached(const std::vector<uint32_t>& distances) {
  const auto key = [](uint32_t distance) {  // What is not reached comes last.
    return distance == FlatGraph::kNoWay ? 0 : distance + 1;
  };
  const auto farthest = std::max_element(distances.begin(), distances.end(),
                                         [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  return static_cast<Node>(farthest - distances.begin());
}

template <typename Weight>
std::vector<Landmarks::Line> Lines(const Digraph& graph, const Weight& weight) {
  std::vector<Landmarks::Line> lines(graph.node_count());
  std::vector<uint32_t> nearest(graph.node_count(), FlatGraph::kNoWay);
  Node landmark = Farthest(graph, nearest);
  if (landmark == kNone) {
    return lines;
  }
  const FlatGraph forward(graph, Direction::kForward, weight, AnyArc{});
  const FlatGraph backward(graph, Direction::kBackward, weight, AnyArc{});
  FlatSearch search;
  std::vector<uint32_t> from;
  std::vector<uint32_t> to;
  // The first pick is arbitrary: start from the periphery it finds.
  search.Run(forward, landmark, from);
  landmark = FarthestReached(from);
  for (size_t i = 0; i < Landmarks::kLandmarks; ++i) {
    search.Run(forward, landmark, from);
    search.Run(backward, landmark, to);
    for (Node node = 0; node < graph.node_count(); ++node) {
      lines[node].from[i] = Saturate(from[node]);
      lines[node].to[i] = Saturate(to[node]);
      nearest[node] = std::min({nearest[node], from[node], to[node]});
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

// Over an arc of weight w, at least a = numerator / denominator of the difference d of two
// distances, those rounded down differ by less than a * d + 1, so by w at most.
Landmarks Landmarks::Scaled(uint32_t numerator, uint32_t denominator) const {
  const auto scale = [&](std::array<int32_t, kLandmarks>& distances) {
    for (int32_t& distance : distances) {
      distance =
          static_cast<int32_t>(uint64_t{static_cast<uint32_t>(distance)} * numerator / denominator);
    }
  };
  Landmarks scaled = *this;
  for (Line& line : scaled.lines_) {
    scale(line.from);
    scale(line.to);
  }
  return scaled;
}

}  // namespace srpce::graph
