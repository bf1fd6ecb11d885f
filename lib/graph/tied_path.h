// lib/graph/tied_path.h -- the path of the tie rule among several that are equally short, by the
// lengths of all ways to the target.
//
// Ways of one cost and as many hops differ first at a node that both reach: the one that leaves it
// by the lower arc comes first. So from the source on the lowest arc that some shortest way takes
// is the next, and nothing is searched.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/graph/ancestor_labels.h"
#include "lib/graph/digraph.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {

// Puts the path that FindPath names into `path`. Returns false where it does not see it: it may be
// longer than `distances` say, or too long to be told from others. REQUIRES as GoalSearch. O(arcs
// of the path's nodes, times the depth of the elimination tree).
template <typename Weight, typename Filter>
bool FollowTies(const Digraph& graph, const Weight& weight, const Filter& filter,
                const LabelDistances& distances, Node source, FoundPath& path) {
  path.arcs.clear();
  uint32_t cost = distances.distance(source);
  if (cost >= LabelDistances::kFar) return false;
  path.cost = cost;
  std::optional<uint32_t> hops = distances.hops(source, cost);
  if (!hops) return false;
  for (Node node = source; node != distances.target();) {
    const Arc* next = nullptr;
    for (const Arc& arc : graph.out(node)) {
      const Distance spent = weight(arc);
      if (spent > cost) continue;
      const auto left = static_cast<uint32_t>(cost - spent);
      if (distances.distance(arc.other) != left || distances.hops(arc.other, left) != *hops - 1 ||
          !filter(arc, node, arc.other)) {
        continue;
      }
      next = &arc;
      break;
    }
    if (next == nullptr) return false;
    path.arcs.push_back(next->id);
    cost -= static_cast<uint32_t>(weight(*next));
    --*hops;
    node = next->other;
  }
  return true;
}

}  // namespace srpce::graph
