// tests/bench/full_search.h -- our own search of all nodes: what shortcuts are measured by.
#pragma once

#include "lib/graph/dijkstra.h"
#include "lib/topology/ted.h"
#include "tests/bench/bench_support.h"

namespace srpce::bench {

// How long the IGP distances of all nodes to `target` take, in microseconds.
inline double FullSearchMicroseconds(const graph::Digraph& graph, graph::Node target,
                                     graph::DistanceTree& tree) {
  constexpr uint32_t kFlags = topology::kArcUsable | topology::kArcHasIgp;
  const Stopwatch stopwatch;
  graph::Dijkstra(
      graph, graph::Direction::kBackward, target, graph::SlotWeight{topology::kIgpWeight},
      [](const graph::Arc& arc, graph::Node, graph::Node) {
        return (arc.data.flags & kFlags) == kFlags;
      },
      tree);
  return stopwatch.microseconds();
}

}  // namespace srpce::bench
