// lib/graph/dijkstra.h -- one-to-many shortest distances over a filtered graph (Dijkstra 1959).
//
// All searches of this folder take two functors:
//   weight(arc)             -> Distance, the arc's non-negative length; see SlotWeight, HopWeight.
//   filter(arc, tail, head) -> bool, whether the arc may be used. It must not depend on how the
//   tail was reached.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/heap.h"

namespace srpce::graph {

// ArcData::weight[slot].
struct SlotWeight {
  static constexpr bool kBelow32Bits = true;  // So searches may use ShortLengths.
  size_t slot = 0;
  Distance operator()(const Arc& arc) const { return arc.data.weight[slot]; }
};

// Every arc counts one.
struct HopWeight {
  static constexpr bool kBelow32Bits = true;
  Distance operator()(const Arc&) const { return 1; }
};

struct AnyArc {
  bool operator()(const Arc&, Node /*tail*/, Node /*head*/) const { return true; }
};

enum class Direction : uint8_t { kForward, kBackward };

// Distances from (forward) or to (backward) a root. Reset() is O(1) unless the graph grew; one tree
// serves many searches without allocating. Not thread-safe.
class DistanceTree {
 public:
  // kUnreachable where the search did not come. Exact for settled nodes, else an upper bound.
  Distance distance(Node node) const {
    return reached(node) ? labels_[node].distance : kUnreachable;
  }
  bool reached(Node node) const { return node < labels_.size() && labels_[node].stamp == stamp_; }
  // The arc by which the best known path reaches `node` (forward) or leaves it (backward); kNone at
  // the root.
  ArcId parent_arc(Node node) const { return reached(node) ? labels_[node].arc : kNone; }
  // Nodes in the order they were settled.
  const std::vector<Node>& settled() const { return settled_; }

 private:
  template <typename Weight, typename Filter, typename Visit>
  friend void Dijkstra(const Digraph& graph, Direction direction, Node root, const Weight& weight,
                       const Filter& filter, DistanceTree& tree, const Visit& visit);

  struct Label {
    Distance distance = 0;
    ArcId arc = kNone;
    uint32_t stamp = 0;
  };

  void Reset(uint32_t node_count) {
    if (labels_.size() < node_count) {
      labels_.resize(node_count);
    }
    if (++stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
      labels_.assign(labels_.size(), Label{});
      stamp_ = 1;
    }
    heap_.Clear();
    settled_.clear();
  }

  std::vector<Label> labels_;
  std::vector<Node> settled_;
  Heap heap_;
  uint32_t stamp_ = 0;
};

// Fills `tree` from `root` in order of (distance, node) until visit(node, distance), called as each
// node is settled, returns false. O(E + V log V) in practice. REQUIRES root < graph.node_count().
template <typename Weight, typename Filter, typename Visit>
void Dijkstra(const Digraph& graph, Direction direction, Node root, const Weight& weight,
              const Filter& filter, DistanceTree& tree, const Visit& visit) {
  tree.Reset(graph.node_count());
  const bool forward = direction == Direction::kForward;
  tree.labels_[root] = {0, kNone, tree.stamp_};
  tree.heap_.Push(0, root);
  while (!tree.heap_.empty()) {
    const Node node = tree.heap_.top_node();
    const auto distance = static_cast<Distance>(tree.heap_.top_key());
    tree.heap_.Pop();
    if (distance != tree.labels_[node].distance) {
      continue;  // A shorter entry of this node was settled before. Equal entries do not occur:
                 // only less is pushed.
    }
    tree.settled_.push_back(node);
    if (!visit(node, distance)) {
      return;
    }
    for (const Arc& arc : forward ? graph.out(node) : graph.in(node)) {
      DistanceTree::Label& label = tree.labels_[arc.other];
      const Distance candidate = distance + weight(arc);
      if (label.stamp == tree.stamp_ && label.distance <= candidate) {
        continue;
      }
      if (!(forward ? filter(arc, node, arc.other) : filter(arc, arc.other, node))) {
        continue;
      }
      label = {candidate, arc.id, tree.stamp_};
      tree.heap_.Push(candidate, arc.other);
    }
  }
}

// The whole tree.
template <typename Weight, typename Filter>
void Dijkstra(const Digraph& graph, Direction direction, Node root, const Weight& weight,
              const Filter& filter, DistanceTree& tree) {
  Dijkstra(graph, direction, root, weight, filter, tree, [](Node, Distance) { return true; });
}

}  // namespace srpce::graph
