// lib/graph/min_cost_flow.h -- the cheapest flow of a given size, and the few paths it runs along.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/graph/digraph.h"

namespace srpce::graph {

struct CostArc {
  Node tail = kNone;
  Node head = kNone;
  uint64_t capacity = 0;  // More than the demand: unlimited.
  uint64_t cost = 0;      // Of a unit of flow.
};

struct MaxFlow {
  // The maximum flow, or the demand where that is less.
  uint64_t value = 0;
  // value < demand: positions of a minimum cut, whose capacities sum to `value`.
  std::vector<size_t> cut{};
};

// Returns how much of `demand` flows from `source` to `target`, by LEMON's preflow (Goldberg,
// Tarjan 1988). REQUIRES source != target; demand < 2^53.
MaxFlow FindMaxFlow(uint32_t node_count, const std::vector<CostArc>& arcs, Node source, Node target,
                    uint64_t demand);

// Returns by position of the arc a flow of `demand` at the least sum of cost, by LEMON's network
// simplex: seconds for 100,000 nodes. REQUIRES the same; the maximum flow is `demand` or more; no
// path costs 2^60 or more.
std::vector<uint64_t> FindMinCostFlow(uint32_t node_count, const std::vector<CostArc>& arcs,
                                      Node source, Node target, uint64_t demand);

struct FlowPath {
  std::vector<size_t> arcs;  // Positions, from the source on.
  uint64_t rate = 0;
};

// Returns paths without loops that carry the flow `on` from `source` to `target`, the widest first,
// so that they are few: at most one for each arc used. Circulations are left out.
std::vector<FlowPath> Decompose(uint32_t node_count, const std::vector<CostArc>& arcs,
                                std::vector<uint64_t> on, Node source, Node target);

}  // namespace srpce::graph
