// lib/graph/min_cut.h -- maximum flow and the minimum cut that proves it (Ford, Fulkerson 1956), to
// explain why there is no path.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/graph/augmenting_cut.h"
#include "lib/graph/digraph.h"

namespace srpce::graph {

struct FlowArc {
  Node tail;
  Node head;
  ArcId arc;
  uint32_t capacity;  // kUncuttable: unlimited.
};

// Returns the minimum cut between `source` and `target` nearest to the target, by LEMON's preflow.
// REQUIRES source != target.
MinCut FindMinCut(uint32_t node_count, const std::vector<FlowArc>& arcs, Node source, Node target);

// Returns a minimum cut of a graph with capacity(arc, tail, head) -> uint32_t: 0 = not there,
// kUncuttable = unlimited. Of several minimum cuts the one next to the end that is cheaper to
// explore, deterministically. REQUIRES source != target.
//
// "Which refused arcs, if admitted, would open a path": refused ones 1, admitted ones kUncuttable;
// the cut is among the refused. "How many disjoint paths": admitted ones 1. Opposite arcs of an
// edge may each carry one, which no maximum needs. A flow of `enough` ends the search, without a
// cut.
template <typename Capacity>
MinCut FindMinCut(const Digraph& graph, Node source, Node target, const Capacity& capacity,
                  uint64_t enough = UINT64_MAX) {
  return AugmentingCut<Capacity>(graph, source, target, capacity).Run(enough);
}

}  // namespace srpce::graph
