// lib/cspf/split.h -- several paths that together carry a bandwidth no single one has (RFC 9256
// s2.2: traffic is split over segment lists in proportion to their weights).
#pragma once

#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"

namespace srpce::cspf {

struct SplitQuery {
  // Each path keeps all of it by itself, but min_bandwidth, which is not read.
  Query path;
  // Of all paths together: on every link the rates of the paths over it sum to at most its capacity
  // (graph::ArcData::capacity). Links that announce no bandwidth carry nothing, links out of a LAN
  // anything. Less than 2^53.
  BytesPerSecond demand;
  uint32_t max_paths = 8;  // That a headend takes for one candidate path.
};

struct SplitPath {
  Path path;
  BytesPerSecond rate;
};

struct Split {
  // The rates sum to the demand exactly. By (cost, hops, link sequence).
  std::vector<SplitPath> paths{};
  double cost = 0;  // Of a unit of demand: sum of rate * cost / demand.
  // No split of at most max_paths costs less by more than a share of 1e-7 and, for each path, what
  // one byte/s of it costs.
  bool proved_optimal = false;
  double lower_bound = 0;  // No split of however many paths costs less, as `cost` is.
};

using SplitResult = std::variant<Split, NoPath>;

// What else each path must pass, for a caller whose last constraint lives elsewhere (segment list
// depth).
struct SplitPathTest {
  std::function<bool(const Path&)> passes{};  // Empty: all do. Asked once for each path.
  uint64_t labels = 0;                        // Of Budget: what asking costs.
};

// Returns the cheapest split. At equal cost one path comes before several; three and more give way
// to fewer where such are found, within a part of the budget, among the paths known, which in small
// networks are all.
//
// Without bounds, waypoints and `test` a minimum-cost flow; else, where its paths break them, and
// in large networks a linear program over paths, which are made as its prices ask for them (column
// generation). Rates and bounds are judged in integers. At most max_paths is NP-hard beyond one
// (Baier, Köhler, Skutella 2005): a search over the paths known. The flow is not charged to
// the budget.
//
// NoPath: what ComputePath says where not even one path keeps the constraints. kNoFurtherPath: none
// passes `test`. kBandwidth: best_achievable is the most that any number of paths carry together
// (max_paths 1: the widest path; absent: only max_paths stands against it), blocking_links a
// minimum cut where the cut alone refuses the demand. kBudgetExhausted: also where no max_paths
// paths were found and it is not proved that there are none; best_found_set then carries the demand
// over more; and where paths of fractional rates would just carry the demand, but whole bytes of
// them do not.
// REQUIRES what ComputePath does; max_paths > 0.
SplitResult ComputeSplit(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
                         const Budget& budget = {}, const SplitPathTest& test = {});

}  // namespace srpce::cspf
