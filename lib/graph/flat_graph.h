// lib/graph/flat_graph.h -- one weight of a graph's arcs, packed for searches of the whole network.
//
// Eight bytes an arc instead of 48 and no pages: a search of everything waits for memory, and reads
// a sixth of it. Making the copy costs about one such search, so it is for several over one
// snapshot: landmark tables, trees that are built in one go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/dijkstra.h"
#include "lib/graph/heap.h"

namespace srpce::graph {

// Immutable. As Dijkstra() would see `graph` in `direction`, but for weights and distances that are
// cut off at kFar.
class FlatGraph {
 public:
  static constexpr uint32_t kNoWay = UINT32_MAX;
  static constexpr uint32_t kFar = UINT32_MAX - 1;

  struct Arc {
    Node other;
    uint32_t weight;
  };

  template <typename Weight, typename Filter>
  FlatGraph(const Digraph& graph, Direction direction, const Weight& weight, const Filter& filter) {
    const bool forward = direction == Direction::kForward;
    first_.reserve(graph.node_count() + 1);
    first_.push_back(0);
    arcs_.reserve(graph.arc_count());
    for (Node node = 0; node < graph.node_count(); ++node) {
      for (const graph::Arc& arc : forward ? graph.out(node) : graph.in(node)) {
        if (!(forward ? filter(arc, node, arc.other) : filter(arc, arc.other, node))) continue;
        arcs_.push_back({arc.other, static_cast<uint32_t>(std::min<Distance>(weight(arc), kFar))});
        largest_ = std::max(largest_, arcs_.back().weight);
      }
      first_.push_back(static_cast<uint32_t>(arcs_.size()));
    }
  }

  uint32_t node_count() const { return static_cast<uint32_t>(first_.size() - 1); }
  std::span<const Arc> arcs(Node node) const {
    return {arcs_.data() + first_[node], arcs_.data() + first_[node + 1]};
  }
  uint32_t largest_weight() const { return largest_; }
  // Start to fetch what arcs() of `node` reads, and then the first of those arcs.
  void PrefetchNode(Node node) const { __builtin_prefetch(&first_[node]); }
  void PrefetchArcs(Node node) const { __builtin_prefetch(arcs_.data() + first_[node]); }

 private:
  std::vector<uint32_t> first_;  // By node: where its arcs begin; and their end.
  std::vector<Arc> arcs_;
  uint32_t largest_ = 0;
};

// Distances of all nodes. Scratch memory of one thread.
class FlatSearch {
 public:
  // Puts the distances between `root` and each node into `distances`, kNoWay where there is none.
  // Small weights go through buckets, one for each distance (Dial 1969), others through a heap.
  // REQUIRES root < graph.node_count().
  void Run(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances);

 private:
  // Distances that are waited for at a time differ by a weight at most, so a ring of buckets will
  // do, and an empty one is passed over in a sixty-fourth of a step.
  class Buckets {
   public:
    static constexpr uint32_t kMost = uint32_t{1} << 16;

    // For weights below `kMost`.
    void Reset(uint32_t largest_weight);
    bool empty() const { return waiting_ == 0; }
    void Push(uint32_t distance, Node node);
    // Returns the least distance waited for and moves who waits for it into `nodes`. REQUIRES
    // !empty().
    uint32_t Take(std::vector<Node>& nodes);

   private:
    std::vector<std::vector<Node>> nodes_;
    std::vector<uint64_t> used_;  // A bit for each bucket.
    uint32_t mask_ = 0;
    uint32_t at_ = 0;  // Nothing waits for less.
    size_t waiting_ = 0;
  };

  void RunByBuckets(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances);
  void RunByHeap(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances);

  Buckets buckets_;
  std::vector<Node> nodes_;  // At the distance that is looked at.
  Heap heap_;
};

}  // namespace srpce::graph
