#include <lemon/smart_graph.h>
#include <lemon/suurballe.h>

#include "tests/bench/plain_graph.h"

namespace srpce::bench {

struct SuurballePeer::Impl {
  using Graph = lemon::SmartDigraph;

  explicit Impl(const PlainGraph& plain) : lengths(graph) {
    graph.reserveNode(static_cast<int>(plain.node_count));
    graph.reserveArc(static_cast<int>(plain.arcs.size()));
    for (uint32_t i = 0; i < plain.node_count; ++i) graph.addNode();
    for (const PlainArc& arc : plain.arcs) {
      const Graph::Arc added = graph.addArc(Graph::nodeFromId(static_cast<int>(arc.tail)),
                                            Graph::nodeFromId(static_cast<int>(arc.head)));
      lengths[added] = arc.cost;
    }
  }

  Graph graph;
  Graph::ArcMap<int64_t> lengths;
};

SuurballePeer::SuurballePeer(const PlainGraph& graph) : impl_(new Impl(graph)) {}
SuurballePeer::~SuurballePeer() = default;

uint64_t SuurballePeer::Cost(uint32_t source, uint32_t target) {
  lemon::Suurballe<Impl::Graph, Impl::Graph::ArcMap<int64_t>> search(impl_->graph, impl_->lengths);
  const int found = search.run(Impl::Graph::nodeFromId(static_cast<int>(source)),
                               Impl::Graph::nodeFromId(static_cast<int>(target)), 2);
  return found == 2 ? static_cast<uint64_t>(search.totalLength()) : UINT64_MAX;
}

}  // namespace srpce::bench
