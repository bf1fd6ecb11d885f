#include "lib/graph/disjoint_pair.h"

#include <cassert>
#include <tuple>

namespace srpce::graph {

void DisjointWorkspace::Reset(uint32_t node_count) {
  if (marks_.size() < node_count) {
    marks_.resize(node_count);
    labels_.resize(2 * size_t{node_count});
  }
  if (stamp_ >=
      UINT32_MAX -
          // A query takes two stamps; before they run out and old ones look fresh, start over.
          2) {
    labels_.assign(labels_.size(), Label{});
    marks_.assign(marks_.size(), Mark{});
    stamp_ = 0;
  }
  ++stamp_;
  heap_.Clear();
  used_.clear();
  cancelled_.clear();
}

void DisjointWorkspace::Split(Node source, Node target, DisjointPair& pair) {
  std::sort(used_.begin(), used_.end(), [](const UsedArc& a, const UsedArc& b) {
    return std::tie(a.tail, a.arc) < std::tie(b.tail, b.arc);
  });
  for (FoundPath* path : {&pair.first, &pair.second}) {
    path->arcs.clear();
    path->cost = 0;
    for (Node node = source; node != target;) {
      const auto next = std::find_if(used_.begin(), used_.end(),
                                     [node](const UsedArc& arc) { return arc.tail == node; });
      assert(next != used_.end());
      path->arcs.push_back(next->arc);
      path->cost += next->weight;
      node = next->head;
      used_.erase(next);
    }
  }
  const auto order = [](const FoundPath& path) { return std::tuple(path.cost, path.arcs.size()); };
  if (std::tuple(order(pair.second), pair.second.arcs) <
      std::tuple(order(pair.first), pair.first.arcs)) {
    std::swap(pair.first, pair.second);
  }
}

}  // namespace srpce::graph
