// lib/graph/reverse_tree.h -- distances of all nodes to one target, repaired after a change of the
// graph instead of computed anew (Ramalingam, Reps 1996).
//
// They are exact for the arcs that carry all of some flags, whatever a query's filter leaves of
// them: so they bound every filtered distance from below, and consistently. GoalSearch is guided by
// them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/distance_pages.h"
#include "lib/graph/flat_graph.h"
#include "lib/graph/heap.h"

namespace srpce::graph {

// A value: copies share what they have in common, so that readers keep theirs while it is repaired.
class ReverseTree {
 public:
  static constexpr uint32_t kNoWay = FlatGraph::kNoWay;  // The target cannot be reached.
  // At least so far; longer distances are cut off here, which leaves the bounds true.
  static constexpr uint32_t kFar = FlatGraph::kFar;

  // Which arcs count, by which weight.
  struct Metric {
    size_t slot = 0;
    uint32_t required_flags = 0;

    bool operator==(const Metric&) const = default;
  };

  // Scratch memory of one thread.
  struct Workspace {
    FlatSearch search;
    std::vector<uint32_t> distances;
    Heap heap;
    std::vector<uint8_t> lost;  // By node: its distance does not hold any more.
    std::vector<Node> lost_nodes;
  };

  // The arcs that count, for trees of several targets.
  static FlatGraph Flatten(const Digraph& graph, const Metric& metric);
  // REQUIRES flat = Flatten(the graph, metric), target < flat.node_count().
  ReverseTree(const FlatGraph& flat, Node target, const Metric& metric, Workspace& work);
  ReverseTree(const Digraph& graph, Node target, const Metric& metric, Workspace& work)
      : ReverseTree(Flatten(graph, metric), target, metric, work) {}

  Node target() const { return target_; }
  const Metric& metric() const { return metric_; }
  uint32_t node_count() const { return distances_.size(); }
  // Of a node that came after the tree: 0.
  uint32_t distance(Node node) const { return node < node_count() ? distances_[node] : 0; }
  // Starts to fetch what distance() reads.
  void Prefetch(Node node) const {
    if (node < node_count()) distances_.Prefetch(node);
  }
  // At most, of a tree of so many nodes.
  static size_t BytesFor(uint32_t node_count) {
    return sizeof(ReverseTree) + DistancePages::BytesFor(node_count);
  }

  // True if the distances bound those of `graph` from below, and consistently, though they are of
  // an earlier graph: no arc that leaves one of `changed`, where alone the two differ, is shorter
  // than its end's distances say. Failures and higher weights leave it so. O(arcs of `changed`).
  bool StillBounds(const Digraph& graph, std::span<const Node> changed) const;

  // Makes the distances those of `graph`, whose arcs differ from those the tree knows only where
  // they leave one of `changed`. O(k log k) for k arcs at the nodes whose distance changes or is
  // found again. Returns false, with a tree that is of no use any more, when those are more than
  // `most`: a new tree costs about as much. REQUIRES graph.node_count() >= node_count().
  bool Repair(const Digraph& graph, std::span<const Node> changed, Workspace& work,
              size_t most = SIZE_MAX);

 private:
  bool Counts(const Arc& arc) const {
    return (arc.data.flags & metric_.required_flags) == metric_.required_flags;
  }
  // `distance` over `arc` to its head. REQUIRES distance != kNoWay.
  uint32_t Sum(const Arc& arc, uint32_t distance) const {
    const uint64_t sum = uint64_t{arc.data.weight[metric_.slot]} + distance;
    return sum < kFar ? static_cast<uint32_t>(sum) : kFar;
  }
  bool IsHeld(const Digraph& graph, Node node, const Workspace& work) const;
  uint32_t Least(const Digraph& graph, Node node, const Workspace& work) const;
  bool FindLost(const Digraph& graph, std::span<const Node> changed, Workspace& work,
                size_t most) const;

  Node target_;
  Metric metric_;
  DistancePages distances_;
};

}  // namespace srpce::graph
