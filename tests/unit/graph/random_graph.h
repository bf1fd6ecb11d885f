// tests/unit/graph/random_graph.h -- random multigraphs for the search tests, and oracles that know
// nothing of the searches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "lib/base/persistent_vector.h"
#include "lib/graph/digraph.h"
#include "tests/support/seed.h"

namespace srpce::graph {

using support::TestSeed;

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Uniform in [low, high].
  uint32_t Between(uint32_t low, uint32_t high) {
    return std::uniform_int_distribution<uint32_t>(low, high)(engine_);
  }
  bool Percent(uint32_t chance) { return Between(1, 100) <= chance; }

 private:
  std::mt19937_64 engine_;
};

enum class Weights : uint8_t {
  kFew,   // 0 to 3: many ties and zeros.
  kMany,  // 1 to 1000.
  kHuge,  // 2^32 - 1, or close to it: sums beyond 32 bits.
};

inline uint32_t RandomWeight(Random& random, Weights weights) {
  switch (weights) {
    case Weights::kFew:
      return random.Between(0, 3);
    case Weights::kMany:
      return random.Between(1, 1000);
    case Weights::kHuge:
      break;
  }
  return random.Percent(50) ? UINT32_MAX : UINT32_MAX - random.Between(0, 2);
}

// Flag bit 0: the arc passes Filter. Bit 1: only as the first arc of a path.
inline constexpr uint32_t kAdmitted = 1;
inline constexpr uint32_t kNoTransit = 2;

struct RandomOptions {
  uint32_t nodes = 8;
  uint32_t edges = 14;
  Weights weights = Weights::kFew;
  uint32_t admitted_percent = 100;
  uint32_t one_way_percent = 0;  // Edges with one arc only.
  uint32_t no_transit_percent = 0;
};

inline ArcData RandomArc(Random& random, const RandomOptions& options) {
  ArcData data;
  for (uint32_t& weight : data.weight) {
    weight = RandomWeight(random, options.weights);
  }
  data.flags = (random.Percent(options.admitted_percent) ? kAdmitted : 0) |
               (random.Percent(options.no_transit_percent) ? kNoTransit : 0);
  return data;
}

// Edges of one or two arcs between random nodes: parallel edges occur, and disconnected parts;
// loops do not.
inline Digraph RandomGraph(Random& random, const RandomOptions& options) {
  Digraph graph;
  const Edit edit;
  for (uint32_t i = 0; i < options.nodes; ++i) {
    graph.AddNode(edit);
  }
  for (uint32_t i = 0; i < options.edges; ++i) {
    const Node a = random.Between(0, options.nodes - 1);
    const Node b = (a + random.Between(1, options.nodes - 1)) % options.nodes;
    const ArcId there = graph.AddArc(a, b, RandomArc(random, options), edit);
    if (random.Percent(options.one_way_percent)) {
      continue;
    }
    ArcData back_data = RandomArc(random, options);
    back_data.reverse = there;
    const ArcId back = graph.AddArc(b, a, back_data, edit);
    ArcData there_data = graph.data(there);
    there_data.reverse = back;
    graph.SetArc(there, there_data, edit);
  }
  return graph;
}

// Admitted arcs; those flagged kNoTransit only out of `source`, as a router in overload carries no
// transit.
struct Filter {
  Node source = kNone;
  bool operator()(const Arc& arc, Node tail, Node /*head*/) const {
    return (arc.data.flags & kAdmitted) != 0 &&
           ((arc.data.flags & kNoTransit) == 0 || tail == source);
  }
};

struct SimplePath {
  uint64_t cost = 0;
  std::vector<ArcId> arcs;

  // Cost, hops, arc ids: the order the searches promise.
  auto Key() const { return std::tuple(cost, arcs.size(), arcs); }
};

// Every path without repeated nodes over the arcs `filter` admits, by depth-first search.
// Unordered.
class AllPaths {
 public:
  AllPaths(const Digraph& graph, Node source, Node target, size_t slot, Filter filter)
      : graph_(graph), target_(target), slot_(slot), filter_(filter), visited_(graph.node_count()) {
    Visit(source);
  }
  const std::vector<SimplePath>& paths() const { return paths_; }
  std::optional<SimplePath> Best() const {
    const auto best =
        std::min_element(paths_.begin(), paths_.end(),
                         [](const auto& a, const auto& b) { return a.Key() < b.Key(); });
    return best == paths_.end() ? std::nullopt : std::optional(*best);
  }

 private:
  void Visit(Node node) {
    if (node == target_) {
      paths_.push_back(path_);
      return;
    }
    visited_[node] = true;
    for (ArcId id = 0; id < graph_.arc_bound(); ++id) {
      if (!graph_.contains(id) || graph_.ends(id).tail != node || visited_[graph_.ends(id).head]) {
        continue;
      }
      const Arc arc{graph_.ends(id).head, id, graph_.data(id)};
      if (!filter_(arc, node, arc.other)) {
        continue;
      }
      path_.arcs.push_back(id);
      path_.cost += arc.data.weight[slot_];
      Visit(arc.other);
      path_.cost -= arc.data.weight[slot_];
      path_.arcs.pop_back();
    }
    visited_[node] = false;
  }

  const Digraph& graph_;
  const Node target_;
  const size_t slot_;
  const Filter filter_;
  std::vector<bool> visited_;
  SimplePath path_;
  std::vector<SimplePath> paths_;
};

// A few shapes that together cover ties, zeros, overflow, filters, one-way arcs and disconnected
// parts.
inline std::vector<RandomOptions> Shapes(uint32_t nodes, uint32_t edges) {
  std::vector<RandomOptions> shapes;
  for (const Weights weights : {Weights::kFew, Weights::kMany, Weights::kHuge}) {
    shapes.push_back({nodes, edges, weights, 100, 0, 0});
    shapes.push_back({nodes, edges, weights, 75, 20, 10});
    shapes.push_back({nodes, edges / 2, weights, 90, 50, 20});
  }
  return shapes;
}

}  // namespace srpce::graph
