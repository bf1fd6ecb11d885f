#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/dijkstra_shortest_paths_no_color_map.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <utility>

#include "tests/bench/peers.h"

namespace srpce::bench {
namespace {

struct BoostArc {
  uint64_t length = 0;
  uint64_t capacity = 0;
  uint64_t mask = 0;
};
using BoostGraph =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, BoostArc>;
using Vertex = boost::graph_traits<BoostGraph>::vertex_descriptor;
using Edge = boost::graph_traits<BoostGraph>::edge_descriptor;

struct Admits {
  const BoostGraph* graph = nullptr;
  PeerFilter filter;
  bool operator()(const Edge& edge) const {
    const BoostArc& arc = (*graph)[edge];
    return arc.capacity >= filter.min_capacity && (arc.mask & filter.exclude_any) == 0;
  }
};
using Filtered = boost::filtered_graph<BoostGraph, Admits>;

struct Found {};
struct StopAtTarget : boost::default_dijkstra_visitor {
  explicit StopAtTarget(Vertex target) : target(target) {}
  template <typename Graph>
  void examine_vertex(Vertex vertex, const Graph&) const {
    if (vertex == target) {
      throw Found();
    }
  }
  Vertex target;
};

class BoostPeer : public Peer {
 public:
  BoostPeer(std::shared_ptr<const BoostGraph> graph, bool colors, Ends ends)
      : graph_(std::move(graph)),
        colors_(colors),
        ends_(ends),
        distances_(boost::num_vertices(*graph_)) {}

  std::string name() const override {
    return colors_ ? "Boost dijkstra" : "Boost dijkstra_no_color_map";
  }

  uint64_t Distance(uint32_t source, uint32_t target, const PeerFilter& filter) override {
    if (ends_ == Ends::kAfterAll) {
      Search(*graph_, source, boost::default_dijkstra_visitor());
    } else {
      try {
        Search(Filtered(*graph_, Admits{graph_.get(), filter}), source, StopAtTarget(target));
      } catch (const Found&) {
      }
    }
    return distances_[target];
  }

 private:
  template <typename Graph, typename Visitor>
  void Search(const Graph& graph, uint32_t source, const Visitor& visitor) {
    const auto parameters = boost::weight_map(boost::get(&BoostArc::length, graph))
                                .distance_map(boost::make_iterator_property_map(
                                    distances_.begin(), boost::get(boost::vertex_index, *graph_)))
                                .distance_inf(kNoPath)
                                .visitor(visitor);
    if (colors_) {
      boost::dijkstra_shortest_paths(graph, Vertex{source}, parameters);
    } else {
      boost::dijkstra_shortest_paths_no_color_map(graph, Vertex{source}, parameters);
    }
  }

  std::shared_ptr<const BoostGraph> graph_;
  bool colors_;
  Ends ends_;
  std::vector<uint64_t> distances_;
};

}  // namespace

std::vector<std::unique_ptr<Peer>> BoostPeers(const graph::Digraph& graph, size_t slot,
                                              uint32_t flags, Ends ends) {
  std::vector<std::pair<Vertex, Vertex>> arc_ends;
  std::vector<BoostArc> arcs;
  for (graph::Node tail = 0; tail < graph.node_count(); ++tail) {
    for (const graph::Arc& arc : graph.out(tail)) {
      if ((arc.data.flags & flags) == flags) {
        arc_ends.emplace_back(tail, arc.other);
        arcs.push_back({arc.data.weight[slot], arc.data.capacity, arc.data.mask});
      }
    }
  }
  const auto shared = std::make_shared<const BoostGraph>(
      boost::edges_are_sorted, arc_ends.begin(), arc_ends.end(), arcs.begin(), graph.node_count());
  std::vector<std::unique_ptr<Peer>> peers;
  peers.push_back(std::make_unique<BoostPeer>(shared, true, ends));
  peers.push_back(std::make_unique<BoostPeer>(shared, false, ends));
  return peers;
}

}  // namespace srpce::bench
