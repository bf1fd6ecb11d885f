// tests/bench/plain_graph.h -- a graph as lists of numbers, and peers that need no more: for
// packages whose headers do not compile as C++20.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace srpce::bench {

struct PlainArc {
  uint32_t tail = 0;
  uint32_t head = 0;
  uint32_t cost = 0;
  uint32_t delay = 0;
};
struct PlainGraph {
  uint32_t node_count = 0;
  std::vector<PlainArc> arcs;
};

// LEMON's Suurballe: the least total cost of two paths that share no arc.
class SuurballePeer {
 public:
  explicit SuurballePeer(const PlainGraph& graph);
  ~SuurballePeer();
  // UINT64_MAX: there are no two.
  uint64_t Cost(uint32_t source, uint32_t target);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Boost's r_c_shortest_paths: the least cost within a bound on delay.
class ResourcePeer {
 public:
  explicit ResourcePeer(const PlainGraph& graph);
  ~ResourcePeer();
  // UINT64_MAX: there is no path.
  uint64_t Cost(uint32_t source, uint32_t target, uint64_t max_delay);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::bench
