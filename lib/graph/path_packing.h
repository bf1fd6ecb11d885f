// lib/graph/path_packing.h -- the linear program over known paths: how much each carries, so that
// no arc carries more than its capacity.
//
// The master problem of column generation (Ford, Fulkerson 1958). Solved in floating point by CLP:
// the caller rounds rates and prices to integers and proves with those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/graph/digraph.h"

namespace srpce::graph {

struct CappedArc {
  ArcId arc = kNone;
  uint64_t capacity = 0;

  auto operator<=>(const CappedArc&) const = default;
};

struct Packing {
  bool solved = false;        // False: CLP gave up, for numbers too far apart.
  double unserved = 0;        // Of the demand; what is lost in the arithmetic is left out.
  std::vector<double> rates;  // By path.
  // The duals: no known path is cheaper, its arcs' prices added, than `demand_price`.
  double demand_price = 0;
  std::vector<std::pair<CappedArc, double>> prices;  // Not 0. By arc.
};

class PathPacking {
 public:
  enum class Goal : uint8_t {
    kMostCarried,  // Costs aside.
    kLeastCost,    // Of carrying it all. Not solved where that cannot be.
  };

  // `arcs`: those whose capacity counts, each as often as the path uses it.
  void Add(const std::vector<CappedArc>& arcs, uint64_t cost);
  size_t size() const { return paths_.size(); }

  // Returns the optimum over the paths of which `allowed`. REQUIRES demand > 0.
  Packing Solve(Goal goal, uint64_t demand, const std::vector<bool>& allowed) const;

 private:
  struct Use {
    size_t arc;  // Position in arcs_.
    uint32_t times;
  };
  struct KnownPath {
    std::vector<Use> uses;
    double cost;
  };

  // Row of each arc that the allowed paths could overload; arcs_.size() for the others.
  std::vector<size_t> RowsOf(double demand, const std::vector<bool>& allowed) const;

  std::vector<CappedArc> arcs_;
  absl::flat_hash_map<ArcId, size_t> position_;
  std::vector<KnownPath> paths_;
};

}  // namespace srpce::graph
