#include "lib/graph/path_search.h"

#include <cassert>

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
  expanded_nodes_[kForward].clear();
  expanded_nodes_[kBackward].clear();
  offers_.clear();
  meets_.clear();
  shortest_.clear();
  expanded_ = 0;
  touched_ = 0;
}

void PathWorkspace::Walk(Node source, Node target, FoundPath& path) {
  for (const ShortestArc& arc : shortest_) {
    labels_[arc.tail].bound[kForward] = kNone;
  }
  for (uint32_t i = 0; i < shortest_.size(); ++i) {
    uint32_t& lowest = labels_[shortest_[i].tail].bound[kForward];
    if (lowest == kNone || shortest_[i].arc < shortest_[lowest].arc) lowest = i;
  }
  for (Node node = source; node != target;) {
    const ShortestArc& next = shortest_[labels_[node].bound[kForward]];
    assert(next.tail == node);
    path.arcs.push_back(next.arc);
    node = next.head;
  }
}

}  // namespace srpce::graph
