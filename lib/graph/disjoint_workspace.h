// lib/graph/disjoint_workspace.h -- what a search for disjoint paths is asked for, answers, and
// works with.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/heap.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {

enum class DisjointKind : uint8_t {
  kEdge,
  kNode
};  // kNode: also edge-disjoint; source and target are spared.

struct DisjointPair {
  FoundPath first;  // The lesser by (cost, hops, arc ids).
  FoundPath second;
};

// Scratch memory of FindDisjointPair. Not thread-safe.
class DisjointWorkspace {
 private:
  template <typename Weight, typename Filter>
  friend class DisjointSearch;

  static constexpr uint32_t kForward = 0;
  static constexpr uint32_t kBackward = 1;

  // One cache line: what both sides know of a state. Lengths are doubled, for the sake of averaged
  // bounds, and reduced: that of an arc is 2 * length + potential(tail) - potential(head). Modulo
  // 2^128, for potentials may be negative.
  struct alignas(64) Label {
    Length length[2];  // From the source; to the target.
    Length potential;
    ArcId arc[2];  // The arc it came by, or kInside.
    uint32_t stamp;
    uint8_t settled;  // These have a bit for each side.
    uint8_t tied;     // Another arc gives the same length.
    uint8_t collected;
  };
  // A node of the first path, from the source on.
  struct Step {
    Node node;
    ArcId arc;      // Leads here; kNone at the source.
    ArcId reverse;  // Of the same edge.
    Distance weight;
    bool cancelled;
  };
  // An arc of a shortest path of states.
  struct StateArc {
    uint32_t tail;
    ArcId arc;
    uint32_t head;
  };
  struct UsedArc {
    Node tail;
    ArcId arc;
    Node head;
    Distance weight;
    bool taken;
  };

  void Reset(uint32_t node_count);
  void ResetSearch();
  void NotePlaces(uint32_t node_count);
  // Of the shortest paths in tight_ leaves the one with the fewest arcs in it; of those the one
  // with the lowest arc ids from `source` on.
  void Walk(uint32_t source, uint32_t target);
  // Splits used_ into two paths, lowest arc ids first.
  void Split(Node source, Node target, DisjointPair& pair);

  std::vector<Label> labels_;    // Of nodes; then of the first path's, entered from outside.
  std::vector<uint32_t> place_;  // On the first path, of the nodes that are.
  std::vector<uint32_t> to_go_;  // By state: arcs to the target. Scratch of Walk.
  Heap heaps_[2];
  std::vector<uint32_t> meets_;  // States where both sides' lengths add up to the best.
  std::vector<uint32_t> stack_;
  std::vector<StateArc> tight_;
  std::vector<StateArc> walked_;
  std::vector<Step> first_;
  std::vector<UsedArc> used_;
  uint32_t stamp_ = 0;
};

}  // namespace srpce::graph
