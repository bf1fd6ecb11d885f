// lib/segments/shortest_dag.h -- every link that packets may take from a node towards a prefix: all
// shortest paths at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/segments/igp_view.h"

namespace srpce::segments {

struct DagArc {
  graph::Node tail = graph::kNone;
  graph::Node head = graph::kNone;
  topology::LinkIndex link;

  bool operator==(const DagArc&) const = default;
};

// The union of the shortest paths from one node to the nearest of several owners. Where metrics are
// zero two routers may take each other for a next hop: then it is cyclic.
struct ShortestDag {
  graph::Distance cost = graph::kUnreachable;  // With the owner's prefix metric.
  std::vector<DagArc> arcs;                    // By (tail, link).
};

// Returns where packets from `start` may go on their way to `owners`: at each router every next hop
// of least cost that has a shortest way not through the router itself. A packet ends at the first
// owner it meets, and overloaded nodes are not passed through. Empty and unreachable if there is no
// way, if `view` does not exist or if `start` does not take part in it.
//
// Bidirectional search for one owner, backward search for several: only nodes nearer than the
// target are visited. Scratch memory and the latest answers are kept per thread; an answer is
// reused only for the same snapshot (TED lineage and generation). REQUIRES start is no owner;
// owners are in the TED.
std::shared_ptr<const ShortestDag> FindShortestDag(const IgpView& view, topology::NodeIndex start,
                                                   std::span<const Owner> owners);

// Links that adjoin from `start`, all admitted by a view, and the sum of their metrics.
struct Stretch {
  topology::NodeIndex start;
  std::span<const topology::LinkIndex> links;
  graph::Distance cost = 0;
};
// Where a way is, after how much.
struct Stop {
  graph::Node node = graph::kNone;
  graph::Distance cost = 0;
};
// Whether a stretch is the only way, and what the search has found out besides.
struct Uniqueness {
  bool holds = false;
  // The first so many links are the only way to where they end, and with the next one they are not.
  std::optional<size_t> only_links;
  std::vector<Stop> cheaper;  // A way from start to end that costs less.
};

// Returns whether `stretch` is the only way from its start to `owners`: each router on it has
// exactly one next hop, the next link. Looks at no way that costs more, and gives up as soon as a
// cheaper one is known.
Uniqueness JudgeUniqueness(const IgpView& view, const Stretch& stretch,
                           std::span<const Owner> owners);

}  // namespace srpce::segments
