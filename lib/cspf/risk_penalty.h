// lib/cspf/risk_penalty.h -- paths that keep away from risks as far as they can.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/cspf/shared_risks.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {

// How many of the risks added each link runs.
class RiskPenalty {
 public:
  // `ted` outlives the object.
  explicit RiskPenalty(const topology::Ted& ted) : ted_(ted) {}

  // A risk added twice counts twice.
  void Add(const std::vector<Risk>& risks);
  uint64_t Of(LinkIndex link) const;

 private:
  uint64_t CountOf(const Risk& risk) const;

  const topology::Ted& ted_;
  absl::flat_hash_map<uint64_t, uint32_t> counts_;
};

// Returns the path of least (sum of penalties, cost) that the query's filters allow, waypoints kept
// and bounds ignored. A risk met on several links is counted on each: a heuristic for sets.
std::optional<Path> SolvePenalised(const topology::Ted& ted, const Query& query,
                                   const RiskPenalty& penalty, Workspace::Impl& work,
                                   uint64_t& labels_left);

}  // namespace srpce::cspf
