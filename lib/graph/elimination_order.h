// lib/graph/elimination_order.h -- in which order to take a graph's nodes out so that few arcs are
// added: minimum degree (Tinney, Walker 1967; George, Liu 1989).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/graph/digraph.h"

namespace srpce::graph {

// The elimination game: when a node goes, its neighbours become neighbours of each other. What it
// had as neighbours then are its upper neighbours.
struct Elimination {
  std::vector<Node> order;             // The node that goes first comes first.
  std::vector<uint32_t> first = {0};   // order[i] has upper_neighbours[first[i] .. first[i + 1]).
  std::vector<Node> upper_neighbours;  // In no order.
};

// Returns an order for `graph`, whatever the directions and flags of its arcs, or nullopt once it
// is clear that there would be more than `most` pairs of a node and an upper neighbour: small-world
// cores have none that is good. Of nodes with equally few neighbours the one with the least beneath
// it goes first, which keeps chains of upper neighbours short. O(sum of d^2 and d log n) for nodes
// with d upper neighbours.
std::optional<Elimination> EliminateByDegree(const Digraph& graph, size_t most);

}  // namespace srpce::graph
