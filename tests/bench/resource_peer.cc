#include <algorithm>
#include <boost/config.hpp>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/r_c_shortest_paths.hpp>

#include "tests/bench/plain_graph.h"

namespace srpce::bench {
namespace {

struct VertexNumber {
  int number = 0;
};
struct ArcCosts {
  int number = 0;
  uint64_t cost = 0;
  uint64_t delay = 0;
};
using Graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, VertexNumber, ArcCosts>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

struct Resources {
  uint64_t cost = 0;
  uint64_t delay = 0;
};
bool operator==(const Resources& a, const Resources& b) {
  return a.cost == b.cost && a.delay == b.delay;
}
bool operator<(const Resources& a, const Resources& b) {
  return a.cost != b.cost ? a.cost < b.cost : a.delay < b.delay;
}

struct Extend {
  uint64_t max_delay;
  bool operator()(const Graph& graph, Resources& to, const Resources& from, Edge edge) const {
    to = {from.cost + graph[edge].cost, from.delay + graph[edge].delay};
    return to.delay <= max_delay;
  }
};
struct Dominates {
  bool operator()(const Resources& a, const Resources& b) const {
    return a.cost <= b.cost && a.delay <= b.delay;
  }
};

}  // namespace

struct ResourcePeer::Impl {
  Graph graph;
};

ResourcePeer::ResourcePeer(const PlainGraph& plain) : impl_(new Impl{Graph(plain.node_count)}) {
  for (uint32_t i = 0; i < plain.node_count; ++i) impl_->graph[i].number = static_cast<int>(i);
  int number = 0;
  for (const PlainArc& arc : plain.arcs) {
    boost::add_edge(arc.tail, arc.head, ArcCosts{number++, arc.cost, arc.delay}, impl_->graph);
  }
}
ResourcePeer::~ResourcePeer() = default;

uint64_t ResourcePeer::Cost(uint32_t source, uint32_t target, uint64_t max_delay) {
  const Graph& graph = impl_->graph;
  // All that are Pareto-optimal: the overload for one returns any of them.
  std::vector<std::vector<Edge>> paths;
  std::vector<Resources> optima;
  boost::r_c_shortest_paths(graph, boost::get(&VertexNumber::number, graph),
                            boost::get(&ArcCosts::number, graph), Vertex{source}, Vertex{target},
                            paths, optima, Resources(), Extend{max_delay}, Dominates(),
                            std::allocator<boost::r_c_shortest_paths_label<Graph, Resources>>(),
                            boost::default_r_c_shortest_paths_visitor());
  uint64_t least = UINT64_MAX;
  for (const Resources& found : optima) least = std::min(least, found.cost);
  return least;
}

}  // namespace srpce::bench
