// lib/cspf/set_cost.h -- what a set of paths costs, as a key that compares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "lib/cspf/disjoint.h"

namespace srpce::cspf {

// Shared risks first, then the objective's terms; less is better, in lexicographic order. Each term
// never falls when a member's cost rises, so that members' lower bounds make one of the set's.
using SetCost = std::vector<uint64_t>;

inline const SetCost kInfiniteCost{UINT64_MAX};

// `costs`: of the members, in order.
inline SetCost CostOfSet(SetObjective objective, uint64_t shared_risks,
                         const std::vector<uint64_t>& costs) {
  SetCost key{shared_risks};
  if (objective == SetObjective::kLexicographic) {
    key.insert(key.end(), costs.begin(), costs.end());
    return key;
  }
  if (objective == SetObjective::kMax) key.push_back(*std::max_element(costs.begin(), costs.end()));
  key.push_back(std::accumulate(costs.begin(), costs.end(), uint64_t{0}));
  return key;
}

// Returns `cost` with each term raised to that of `floor`, which may have fewer: both are lower
// bounds, term by term.
inline SetCost Raised(SetCost cost, const SetCost& floor) {
  for (size_t i = 0; i < floor.size(); ++i) cost[i] = std::max(cost[i], floor[i]);
  return cost;
}

}  // namespace srpce::cspf
