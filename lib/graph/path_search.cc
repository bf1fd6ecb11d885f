#include "lib/graph/path_search.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace srpce::graph {

void PathWorkspace::Reset(uint32_t node_count) {
  if (labels_.size() < node_count) {
    labels_.resize(node_count);
  }
  if (++stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
    labels_.assign(labels_.size(), Label{});
    stamp_ = 1;
  }
  heaps_[kForward].Clear();
  heaps_[kBackward].Clear();
  meets_.clear();
  shortest_.clear();
  expanded_ = 0;
  touched_ = 0;
}

void PathWorkspace::Walk(Node source, Node target, FoundPath& path) {
  const auto order = [](const ShortestArc& a, const ShortestArc& b) {
    return std::tie(a.tail, a.arc) < std::tie(b.tail, b.arc);
  };
  std::sort(shortest_.begin(), shortest_.end(), order);
  for (Node node = source; node != target;) {
    const auto next =
        std::lower_bound(shortest_.begin(), shortest_.end(), ShortestArc{node, 0, 0}, order);
    assert(next != shortest_.end() && next->tail == node);
    path.arcs.push_back(next->arc);
    node = next->head;
  }
}

}  // namespace srpce::graph
