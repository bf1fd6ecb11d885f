// lib/segments/follow_dag.h -- what packets have met once they have gone down a ShortestDag, the
// worst of all branches.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lib/segments/shortest_dag.h"

namespace srpce::segments {

// Returns the nodes that `dag` does not leave, in the order they are reached, each with the join of
// what `take(arc, met)` makes of `start_met` on every way there. Nothing: links of metric 0 let
// packets go round. `Met` has Join(). `choice` is called where packets have one.
template <typename Met, typename Take, typename Choice>
std::optional<std::vector<std::pair<graph::Node, Met>>> FollowDag(const ShortestDag& dag,
                                                                  graph::Node start,
                                                                  const Met& start_met,
                                                                  const Take& take,
                                                                  const Choice& choice) {
  struct Stop {
    graph::Node node = graph::kNone;
    size_t waiting_for = 0;  // Links not yet followed into it.
    std::optional<Met> met;
  };
  std::vector<graph::Node> nodes{start};
  for (const DagArc& arc : dag.arcs) nodes.push_back(arc.head);
  std::sort(nodes.begin(), nodes.end());
  std::vector<Stop> stops;
  for (const graph::Node node : nodes) {
    if (stops.empty() || stops.back().node != node) stops.push_back({node, 0, {}});
    ++stops.back().waiting_for;
  }
  const auto stop_of = [&](graph::Node node) -> Stop& {
    return *std::lower_bound(stops.begin(), stops.end(), node,
                             [](const Stop& a, graph::Node b) { return a.node < b; });
  };
  Stop& first = stop_of(start);
  first.met = start_met;
  std::vector<std::pair<graph::Node, Met>> ends;
  std::vector<graph::Node> ready;
  if (--first.waiting_for == 0) ready.push_back(start);  // No link led to it when it was counted.
  size_t followed = 0;
  while (!ready.empty()) {
    const graph::Node node = ready.back();
    ready.pop_back();
    const Met here = *stop_of(node).met;
    auto arc = std::lower_bound(dag.arcs.begin(), dag.arcs.end(), node,
                                [](const DagArc& a, graph::Node tail) { return a.tail < tail; });
    const auto begin = arc;
    for (; arc != dag.arcs.end() && arc->tail == node; ++arc, ++followed) {
      Stop& next = stop_of(arc->head);
      const Met there = take(*arc, here);
      if (next.met) {
        next.met->Join(there);
      } else {
        next.met = there;
      }
      if (--next.waiting_for == 0) ready.push_back(arc->head);
    }
    if (arc == begin) ends.emplace_back(node, here);
    if (arc - begin > 1) choice();
  }
  if (followed != dag.arcs.size()) return std::nullopt;
  return ends;
}

}  // namespace srpce::segments
