// tests/unit/graph/lemon_oracle.h -- a filtered Digraph as LEMON's StaticDigraph, and its
// distances.
#pragma once

#include <lemon/dijkstra.h>
#include <lemon/maps.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {

struct LemonGraph {
  lemon::StaticDigraph digraph;
  std::vector<ArcId> arcs;  // By LEMON's arc number.

  // `split`: node v enters at v and leaves at v + node_count, through an arc of its own (kNone in
  // `arcs`).
  LemonGraph(const Digraph& graph, Filter filter, bool split = false) {
    const uint32_t shift = split ? graph.node_count() : 0;
    std::vector<std::tuple<int, int, ArcId>> list;
    for (ArcId id = 0; id < graph.arc_bound(); ++id) {
      if (graph.contains(id)) {
        const ArcEnds ends = graph.ends(id);
        if (filter({ends.head, id, graph.data(id)}, ends.tail, ends.head)) {
          list.emplace_back(ends.tail + shift, ends.head, id);
        }
      }
    }
    for (Node node = 0; split && node < graph.node_count(); ++node) {
      list.emplace_back(node, node + shift, kNone);
    }
    std::sort(list.begin(), list.end());
    std::vector<std::pair<int, int>> ends;
    for (const auto& [tail, head, id] : list) {
      ends.emplace_back(tail, head);
      arcs.push_back(id);
    }
    digraph.build(static_cast<int>(graph.node_count() + shift), ends.begin(), ends.end());
  }

  lemon::StaticDigraph::Node node(Node node) const {
    return lemon::StaticDigraph::node(static_cast<int>(node));
  }
};

// kUnreachable where there is no path.
inline std::vector<Distance> LemonDistances(const Digraph& graph, Node source, Filter filter,
                                            size_t slot) {
  const LemonGraph peer(graph, filter);
  lemon::StaticDigraph::ArcMap<int64_t> lengths(peer.digraph);
  for (size_t i = 0; i < peer.arcs.size(); ++i) {
    lengths[lemon::StaticDigraph::arc(static_cast<int>(i))] = graph.data(peer.arcs[i]).weight[slot];
  }
  // LEMON's own map of arcs by node does not compile in C++20; distances need none.
  using NoPredecessors = lemon::NullMap<lemon::StaticDigraph::Node, lemon::StaticDigraph::Arc>;
  using Dijkstra = lemon::Dijkstra<lemon::StaticDigraph, lemon::StaticDigraph::ArcMap<int64_t>>;
  NoPredecessors predecessors;
  Dijkstra::SetPredMap<NoPredecessors>::Create dijkstra(peer.digraph, lengths);
  dijkstra.predMap(predecessors).run(peer.node(source));
  std::vector<Distance> distances;
  for (Node node = 0; node < graph.node_count(); ++node) {
    distances.push_back(dijkstra.reached(peer.node(node))
                            ? static_cast<Distance>(dijkstra.dist(peer.node(node)))
                            : kUnreachable);
  }
  return distances;
}

}  // namespace srpce::graph
