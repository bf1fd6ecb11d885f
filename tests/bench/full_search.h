// tests/bench/full_search.h -- our own search of all nodes: what shortcuts are measured by.
#pragma once

#include "lib/graph/reverse_tree.h"
#include "lib/topology/ted.h"
#include "tests/bench/bench_support.h"

namespace srpce::bench {

inline constexpr graph::ReverseTree::Metric kIgpMetric{topology::kIgpWeight,
                                                       topology::kArcUsable | topology::kArcHasIgp};

// How long the IGP distances of all nodes to `target` take, in microseconds, given what the trees
// of one snapshot share.
inline double FullSearchMicroseconds(const graph::FlatGraph& flat, graph::Node target,
                                     graph::ReverseTree::Workspace& work) {
  const Stopwatch stopwatch;
  work.search.Run(flat, target, work.distances);
  return stopwatch.microseconds();
}

}  // namespace srpce::bench
