// lib/cspf/split.cc -- one path if one carries it all; else the cheapest flow; where its paths may
// not be used, column generation; and then as few paths as may be.
#include "lib/cspf/split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/cspf/additive.h"
#include "lib/cspf/path_flow.h"
#include "lib/cspf/splitter.h"

namespace srpce::cspf {

namespace {

Query WithBandwidth(Query query, uint64_t bandwidth) {
  query.constraints.min_bandwidth = {bandwidth};
  return query;
}

// `rate` without what its arithmetic has added to a whole number.
double Snapped(double rate) {
  const double whole = std::round(rate);
  return std::abs(rate - whole) <= 1e-6 + 1e-9 * whole ? whole : rate;
}

}  // namespace

Splitter::Splitter(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
                   const Budget& budget, const SplitPathTest& test)
    : ted_(ted),
      demand_(query.demand.value),
      max_paths_(std::max(query.max_paths, 1U)),
      any_(WithBandwidth(query.path, 0)),
      carrying_(WithBandwidth(query.path, 1)),
      workspace_(workspace),
      budget_(budget),
      test_(test),
      labels_left_(budget.max_labels),
      pool_(ted, demand_),
      pricing_(
          ted, carrying_, workspace, [this](const Path& path) { return Passes(path); },
          labels_left_) {}

bool Splitter::Passes(const Path& path) {
  if (!test_.passes) return true;
  const auto [known, is_new] = passes_.try_emplace(path.links, false);
  if (is_new) {
    labels_left_ -= std::min(labels_left_, test_.labels);
    known->second = test_.passes(path);
  }
  return known->second;
}

SplitResult Splitter::Run() {
  PathEnumerator paths(ted_, any_, workspace_, {labels_left_});
  PathResult first = paths.Next();
  labels_left_ = paths.labels_left();
  if (NoPath* none = std::get_if<NoPath>(&first)) return std::move(*none);
  Path& path = std::get<Path>(first);
  least_cost_ = static_cast<double>(path.cost) * static_cast<double>(demand_);
  if (pool_.Width(path) >= demand_ && Passes(path)) return Whole(std::move(path), true);
  if (max_paths_ == 1 || demand_ == 0) return OnePath();
  if (any_.constraints.waypoints.empty()) {
    if (std::optional<NoPath> none = RunFlow()) return *std::move(none);
  }
  if (best_) return AtMost();
  return RunPacking();
}

SplitResult Splitter::RunPacking() {
  const PathPricing::End carried = pricing_.CarryMost(pool_);
  if (!pricing_.carried_all() || pool_.size() == 0) {
    const std::optional<double>& most = pricing_.most_carried();
    if (carried == PathPricing::End::kDone && pool_.size() == 0 && test_.passes) {
      return NoPath{.reason = Reason::kNoFurtherPath,
                    .message = "paths: none of those that keep the constraints is fit for use"};
    }
    std::optional<double> known;
    if (carried == PathPricing::End::kDone) {
      known = Snapped(static_cast<double>(demand_) - pricing_.unserved());
    }
    const bool refused = most && *most < static_cast<double>(demand_);
    if (!cut_.empty() || refused) return Refuse(known);
    return OutOfBudget("to find out how much all paths carry together");
  }
  pricing_.CostLeast(pool_);
  least_cost_ = std::max(least_cost_, pricing_.least_cost());
  best_ = pool_.Cheapest(pool_.All());
  if (!best_) return OutOfBudget("to carry it in whole bytes: it is within a few of the most");
  return AtMost();
}

std::optional<NoPath> Splitter::RunFlow() {
  PathFlow flow = FindPathFlow(ted_, any_, demand_);
  if (flow.most < demand_) {
    cut_ = std::move(flow.cut);
    if (!BoundsOf(any_.constraints).empty() || test_.passes) return std::nullopt;
    return Refuse(static_cast<double>(flow.most));
  }
  if (flow.parts.empty()) return std::nullopt;
  least_cost_ = static_cast<double>(flow.cost);
  std::vector<uint64_t> rates;
  bool all = true;
  for (PathFlow::Part& part : flow.parts) {
    if (!KeepsBounds(part.path.metrics, any_.constraints) || !Passes(part.path)) {
      all = false;
      continue;
    }
    pool_.Add(std::move(part.path));
    rates.push_back(part.rate);
  }
  if (all) best_ = pool_.Priced(std::move(rates));
  return std::nullopt;
}

SplitResult ComputeSplit(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
                         const Budget& budget, const SplitPathTest& test) {
  return Splitter(ted, query, workspace, budget, test).Run();
}

}  // namespace srpce::cspf
