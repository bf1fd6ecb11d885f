#include "lib/graph/path_packing.h"

#include <algorithm>
#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>

namespace srpce::graph {
namespace {

// Rates are shares of the demand. Of costs a millionth of the dearest counts as 1: were that 1, a
// dear path, as one over a link drained by its metric, would make all others equal within the
// tolerance.
constexpr double kTolerance = 1e-9;
constexpr double kCostRange = 1e6;

}  // namespace

void PathPacking::Add(const std::vector<CappedArc>& arcs, uint64_t cost) {
  KnownPath path{.uses = {}, .cost = static_cast<double>(cost)};
  for (const CappedArc& arc : arcs) {
    const size_t position = position_.try_emplace(arc.arc, arcs_.size()).first->second;
    if (position == arcs_.size()) arcs_.push_back(arc);
    const auto use = std::find_if(path.uses.begin(), path.uses.end(),
                                  [&](const Use& other) { return other.arc == position; });
    if (use != path.uses.end()) {
      ++use->times;
    } else {
      path.uses.push_back({position, 1});
    }
  }
  paths_.push_back(std::move(path));
}

std::vector<size_t> PathPacking::RowsOf(double demand, const std::vector<bool>& allowed) const {
  std::vector<double> most(arcs_.size(), 0);
  for (size_t i = 0; i < paths_.size(); ++i) {
    for (const Use& use : paths_[i].uses) {
      if (allowed[i]) most[use.arc] = std::max(most[use.arc], demand * use.times);
    }
  }
  std::vector<size_t> rows(arcs_.size(), arcs_.size());
  size_t count = 0;
  for (size_t arc = 0; arc < arcs_.size(); ++arc) {
    if (most[arc] > static_cast<double>(arcs_[arc].capacity)) rows[arc] = count++;
  }
  return rows;
}

// Row 0 is the demand, column 0 what is not served.
Packing PathPacking::Solve(Goal goal, uint64_t demand, const std::vector<bool>& allowed) const {
  const auto scale = static_cast<double>(demand);
  const std::vector<size_t> rows = RowsOf(scale, allowed);
  double cost_unit = 1;
  for (const KnownPath& path : paths_) cost_unit = std::max(cost_unit, path.cost / kCostRange);
  const bool carry = goal == Goal::kMostCarried;

  std::vector<int> row_of = {0}, column_of = {0};
  std::vector<double> entries = {1}, costs = {carry ? 1.0 : 0.0}, limits = {1};
  std::vector<size_t> columns(paths_.size(), 0);
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (!allowed[i]) continue;
    columns[i] = costs.size();
    const auto add = [&](size_t row, double times) {
      row_of.push_back(static_cast<int>(row));
      column_of.push_back(static_cast<int>(columns[i]));
      entries.push_back(times);
    };
    add(0, 1);
    for (const Use& use : paths_[i].uses) {
      if (rows[use.arc] < arcs_.size()) add(rows[use.arc] + 1, use.times);
    }
    costs.push_back(carry ? 0 : paths_[i].cost / cost_unit);
  }
  for (size_t arc = 0; arc < arcs_.size(); ++arc) {
    if (rows[arc] < arcs_.size()) {
      limits.push_back(static_cast<double>(arcs_[arc].capacity) / scale);
    }
  }
  std::vector<double> most(costs.size(), COIN_DBL_MAX);
  most[0] = carry ? 1 : 0;
  std::vector<double> least(limits.size(), -COIN_DBL_MAX);
  least[0] = 1;

  ClpSimplex simplex;
  simplex.setLogLevel(0);
  simplex.setPrimalTolerance(kTolerance);
  simplex.setDualTolerance(kTolerance);
  CoinPackedMatrix matrix(true, row_of.data(), column_of.data(), entries.data(),
                          static_cast<CoinBigIndex>(entries.size()));
  matrix.setDimensions(static_cast<int>(limits.size()), static_cast<int>(costs.size()));
  simplex.loadProblem(matrix, nullptr, most.data(), costs.data(), least.data(), limits.data());
  simplex.primal();

  Packing packing;
  packing.solved = simplex.status() == 0;
  if (!packing.solved) return packing;
  const double* shares = simplex.getColSolution();
  const double* duals = simplex.getRowPrice();
  const double unit = carry ? 1 : cost_unit;
  packing.unserved = shares[0] > kTolerance ? shares[0] * scale : 0;
  packing.demand_price = std::max(0.0, duals[0] * unit);
  packing.rates.resize(paths_.size());
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (allowed[i]) packing.rates[i] = std::max(0.0, shares[columns[i]] * scale);
  }
  for (size_t arc = 0; arc < arcs_.size(); ++arc) {
    if (rows[arc] == arcs_.size()) continue;
    const double price = -duals[rows[arc] + 1] * unit;
    if (price > 0) packing.prices.emplace_back(arcs_[arc], price);
  }
  return packing;
}

}  // namespace srpce::graph
