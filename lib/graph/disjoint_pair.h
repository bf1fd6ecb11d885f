// lib/graph/disjoint_pair.h -- two paths of least total length that share no edge, or no node
// (Suurballe 1974; Suurballe, Tarjan 1984), without searching all of the graph.
//
// A first shortest path; then a second search, which may cancel arcs of the first by running back
// over them. The two arcs of an edge (ArcData::reverse) count as one. Using both is never shorter
// than using neither, so the second search simply may not.
#pragma once

#include "lib/graph/digraph.h"
#include "lib/graph/disjoint_search.h"
#include "lib/graph/disjoint_workspace.h"
#include "lib/graph/landmarks.h"

namespace srpce::graph {

// Returns whether there are two disjoint paths, and puts the two of least total (cost, hops) into
// `pair`.
//
// Ties: the first search's path is the one FindPath returns. Of the shortest ways of the second
// search the one of fewest arcs is taken, counting those of the first path that it runs back over;
// then that of the lowest arc ids from the source on. So the pair depends on graph, ends, weights,
// filter and kind alone.
//
// `landmarks` as in FindPath. REQUIRES source != target, both < graph.node_count().
template <typename Weight, typename Filter>
bool FindDisjointPair(const Digraph& graph, Node source, Node target, const Weight& weight,
                      const Filter& filter, DisjointKind kind, const Landmarks* landmarks,
                      DisjointWorkspace& work, DisjointPair& pair) {
  const bool guided = landmarks != nullptr && landmarks->guides();
  return DisjointSearch<Weight, Filter>(graph, source, target, weight, filter, kind,
                                        guided ? landmarks : nullptr, work)
      .Run(pair);
}

}  // namespace srpce::graph
