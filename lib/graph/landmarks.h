// lib/graph/landmarks.h -- lower bounds of distances from a few precomputed trees (ALT: Goldberg,
// Harrelson 2005).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/dijkstra.h"

namespace srpce::graph {

// Distances from and to kLandmarks nodes over all arcs, whatever their flags, in one cache line a
// node.
//
// By the triangle inequality they bound the distance between any two nodes from below,
// consistently. Filters, failures and increases of weights only lengthen paths, so the bounds stay
// true; a lower weight or a new arc makes a table invalid. Nodes added since have bound 0.
// Immutable once computed.
class Landmarks {
 public:
  static constexpr size_t kLandmarks = 8;
  // Distances are cut off here, which keeps bounds true and consistent and differences within
  // int32_t.
  static constexpr int32_t kSaturated = INT32_MAX;

  struct alignas(64) Line {
    std::array<int32_t, kLandmarks> from{};  // Landmark to node.
    std::array<int32_t, kLandmarks> to{};    // Node to landmark.
  };

  // Picks landmarks far from each other and runs 2 * kLandmarks searches over weight slot `slot`.
  static Landmarks Compute(const Digraph& graph, size_t slot);
  // The same with weight(arc), for a caller that wants bounds on less than the weights there are
  // now.
  static Landmarks Compute(const Digraph& graph,
                           const std::function<Distance(const Arc& arc)>& weight);

  // Returns these bounds times numerator / denominator, each distance rounded down: they hold, and
  // are consistent, for arcs that weigh so much less. REQUIRES numerator <= denominator.
  Landmarks Scaled(uint32_t numerator, uint32_t denominator) const;

  // Whether searching between two nodes is cheaper with these bounds than without, on average: true
  // in wide networks (rings, grids), false in small worlds, where bounds cost more than the nodes
  // they spare. Found by sampling when the table is computed.
  bool guides() const { return guides_; }

  uint32_t node_count() const { return static_cast<uint32_t>(lines_.size()); }
  const Line& line(Node node) const { return lines_[node]; }

  // A lower bound of the distance from `tail` to `head`; 0 for nodes the table does not know.
  Distance Bound(Node tail, Node head) const {
    return tail < node_count() && head < node_count() ? Bound(lines_[tail], lines_[head]) : 0;
  }
  static uint32_t Bound(const Line& tail, const Line& head) {
    std::array<int32_t, kLandmarks> most;  // Lane by lane: the compiler makes vector code of this.
    for (size_t i = 0; i < kLandmarks; ++i) {
      const int32_t by_from = head.from[i] - tail.from[i];
      const int32_t by_to = tail.to[i] - head.to[i];
      most[i] = by_from < by_to ? by_to : by_from;
    }
    int32_t bound = 0;
    for (const int32_t each : most) {
      bound = bound < each ? each : bound;
    }
    return static_cast<uint32_t>(bound);
  }

 private:
  template <typename Weight>
  static Landmarks ComputeWith(const Digraph& graph, const Weight& weight);

  std::vector<Line> lines_;
  bool guides_ = false;
};

}  // namespace srpce::graph
