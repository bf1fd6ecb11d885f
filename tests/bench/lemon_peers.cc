#include <lemon/adaptors.h>
#include <lemon/bin_heap.h>
#include <lemon/dijkstra.h>
#include <lemon/maps.h>
#include <lemon/quad_heap.h>
#include <lemon/radix_heap.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "tests/bench/peers.h"

namespace srpce::bench {
namespace {

using lemon::StaticDigraph;

struct LemonArcs {
  StaticDigraph digraph;
  std::vector<int64_t> length;
  std::vector<uint64_t> capacity;
  std::vector<uint64_t> mask;
};

// Reads a vector by arc, as StaticDigraph::ArcMap does.
struct LengthMap {
  using Key = StaticDigraph::Arc;
  using Value = int64_t;
  const LemonArcs* arcs;
  Value operator[](Key arc) const {
    return arcs->length[static_cast<size_t>(StaticDigraph::id(arc))];
  }
};

struct FilterMap {
  using Key = StaticDigraph::Arc;
  using Value = bool;
  const LemonArcs* arcs;
  PeerFilter filter;
  Value operator[](Key arc) const {
    const auto i = static_cast<size_t>(StaticDigraph::id(arc));
    return arcs->capacity[i] >= filter.min_capacity && (arcs->mask[i] & filter.exclude_any) == 0;
  }
};

using Filtered = lemon::FilterArcs<const StaticDigraph, const FilterMap>;
using HeapMap = StaticDigraph::NodeMap<int>;
// The distance is all that is asked. (LEMON's map of arcs by node does not compile in C++20
// anyway.)
using NoPredecessors = lemon::NullMap<StaticDigraph::Node, StaticDigraph::Arc>;

template <typename LemonHeap>
class LemonPeer : public Peer {
 public:
  LemonPeer(std::string name, std::shared_ptr<const LemonArcs> arcs, Ends ends)
      : name_(std::move(name)),
        arcs_(std::move(arcs)),
        ends_(ends),
        positions_(arcs_->digraph),
        heap_(positions_) {}

  std::string name() const override { return name_; }

  uint64_t Distance(uint32_t source, uint32_t target, const PeerFilter& filter) override {
    if (ends_ == Ends::kAfterAll) {
      return Search(arcs_->digraph, source, target, [](auto& search, auto start, auto end) {
        search.run(start);
        return search.reached(end);
      });
    }
    const FilterMap filter_map{arcs_.get(), filter};
    return Search(Filtered(arcs_->digraph, filter_map), source, target,
                  [](auto& search, auto start, auto end) { return search.run(start, end); });
  }

 private:
  template <typename Graph, typename Run>
  uint64_t Search(const Graph& graph, uint32_t source, uint32_t target, const Run& run) {
    using Plain = lemon::Dijkstra<Graph, LengthMap>;
    using Tuned = typename Plain::template SetPredMap<NoPredecessors>::Create::template SetHeap<
        LemonHeap, HeapMap>::Create;
    const LengthMap lengths{arcs_.get()};
    NoPredecessors predecessors;
    Tuned search(graph, lengths);
    search.predMap(predecessors).heap(heap_, positions_);
    const auto end = StaticDigraph::node(static_cast<int>(target));
    const bool found = run(search, StaticDigraph::node(static_cast<int>(source)), end);
    return found ? static_cast<uint64_t>(search.dist(end)) : kNoPath;
  }

  std::string name_;
  std::shared_ptr<const LemonArcs> arcs_;
  Ends ends_;
  HeapMap positions_;
  LemonHeap heap_;
};

}  // namespace

std::vector<std::unique_ptr<Peer>> LemonPeers(const graph::Digraph& graph, size_t slot,
                                              uint32_t flags, Ends ends) {
  auto arcs = std::make_shared<LemonArcs>();
  std::vector<std::pair<std::pair<int, int>, const graph::Arc*>> list;
  for (graph::Node tail = 0; tail < graph.node_count(); ++tail) {
    for (const graph::Arc& arc : graph.out(tail)) {
      if ((arc.data.flags & flags) == flags) {
        list.push_back({{static_cast<int>(tail), static_cast<int>(arc.other)}, &arc});
      }
    }
  }
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::pair<int, int>> arc_ends;
  for (const auto& [pair, arc] : list) {
    arc_ends.push_back(pair);
    arcs->length.push_back(arc->data.weight[slot]);
    arcs->capacity.push_back(arc->data.capacity);
    arcs->mask.push_back(arc->data.mask);
  }
  arcs->digraph.build(static_cast<int>(graph.node_count()), arc_ends.begin(), arc_ends.end());
  std::vector<std::unique_ptr<Peer>> peers;
  peers.push_back(
      std::make_unique<LemonPeer<lemon::BinHeap<int64_t, HeapMap>>>("LEMON BinHeap", arcs, ends));
  peers.push_back(
      std::make_unique<LemonPeer<lemon::QuadHeap<int64_t, HeapMap>>>("LEMON QuadHeap", arcs, ends));
  return peers;
}

}  // namespace srpce::bench
