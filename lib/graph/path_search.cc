#include "lib/graph/path_search.h"

#include <cassert>

namespace srpce::graph {

void PathWorkspace::Clear() {
  expanded_nodes_[kForward].clear();
  expanded_nodes_[kBackward].clear();
  offers_.clear();
  meets_.clear();
  shortest_.clear();
  expanded_ = 0;
  touched_ = 0;
}

template <typename Lengths>
void PathWorkspace::Memory<Lengths>::Reset(uint32_t node_count) {
  if (labels.size() < node_count) {
    labels.resize(node_count);
  }
  if (++stamp == 0) {  // Every 2^32 searches old stamps would look fresh.
    labels.assign(labels.size(), Label<Lengths>{});
    stamp = 1;
  }
  heaps[kForward].Clear();
  heaps[kBackward].Clear();
}

template <typename Lengths>
void PathWorkspace::Memory<Lengths>::Walk(const std::vector<ShortestArc>& arcs, Node source,
                                          Node target, FoundPath& path) {
  for (const ShortestArc& arc : arcs) {
    labels[arc.tail].bound[kForward] = kNone;
  }
  for (uint32_t i = 0; i < arcs.size(); ++i) {
    uint32_t& lowest = labels[arcs[i].tail].bound[kForward];
    if (lowest == kNone || arcs[i].arc < arcs[lowest].arc) lowest = i;
  }
  for (Node node = source; node != target;) {
    const ShortestArc& next = arcs[labels[node].bound[kForward]];
    assert(next.tail == node);
    path.arcs.push_back(next.arc);
    node = next.head;
  }
}

template struct PathWorkspace::Memory<ShortLengths>;
template struct PathWorkspace::Memory<LongLengths>;

}  // namespace srpce::graph
