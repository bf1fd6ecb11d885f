// lib/cspf/path_flow.h -- the cheapest flow over the links a query may use, as paths.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/cspf/query.h"
#include "lib/graph/heap.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

struct PathFlow {
  struct Part {
    Path path;
    uint64_t rate = 0;  // Bytes/s.
  };
  // What all paths carry together, or the demand where that is less.
  uint64_t most = 0;
  // Where that is less than the demand: a minimum cut.
  std::vector<LinkIndex> cut{};
  // Else: what carries the demand at the least cost. Empty in networks too large to look for it, or
  // with costs too large to be summed up.
  std::vector<Part> parts{};
  graph::Uint128 cost = 0;  // Sum of rate * cost.
};

// Returns the flow of `demand` bytes/s that keeps the filters of `query`, its bounds aside.
// REQUIRES no waypoints, source != target, ObjectiveOf(ted, query), 0 < demand < 2^53.
PathFlow FindPathFlow(const topology::Ted& ted, const Query& query, uint64_t demand);

}  // namespace srpce::cspf
