// lib/cspf/path_pool.h -- the paths a split may use, and the best rates over them in whole bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "lib/cspf/query.h"
#include "lib/graph/heap.h"
#include "lib/graph/path_packing.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// Capacities kept, demand carried: checked in integers.
struct WholeSplit {
  std::vector<uint64_t> rates{};  // Bytes/s, by path of the pool.
  graph::Uint128 cost = 0;        // Sum of rate * cost.

  size_t used() const;
};

class PathPool {
 public:
  using Goal = graph::PathPacking::Goal;

  PathPool(const topology::Ted& ted, uint64_t demand) : ted_(ted), demand_(demand) {}

  // Returns false if it is there already.
  bool Add(Path path);
  size_t size() const { return paths_.size(); }
  const Path& path(size_t at) const { return paths_[at]; }
  uint64_t demand() const { return demand_; }
  std::vector<bool> All() const { return std::vector<bool>(size(), true); }

  // The most that `path` carries alone.
  uint64_t Width(const Path& path) const;
  graph::Packing Solve(Goal goal, const std::vector<bool>& allowed) const {
    return packing_.Solve(goal, demand_, allowed);
  }
  // Returns `packing` in whole bytes, or nothing if they do not carry the demand; then the bytes
  // lost are fewer than the paths, so that Cheapest() asks for as many more.
  std::optional<WholeSplit> Whole(const graph::Packing& packing) const;
  // Returns the cheapest rates over the paths of which `allowed`.
  std::optional<WholeSplit> Cheapest(const std::vector<bool>& allowed) const;
  // REQUIRES rates that keep capacities and sum to the demand.
  WholeSplit Priced(std::vector<uint64_t> rates) const;

 private:
  class Load;

  const topology::Ted& ted_;
  const uint64_t demand_;
  std::vector<Path> paths_;
  std::vector<std::vector<graph::CappedArc>> arcs_;  // Of each path: what counts, ascending.
  std::set<std::vector<LinkIndex>> known_;
  graph::PathPacking packing_;
};

}  // namespace srpce::cspf
