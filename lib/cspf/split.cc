// lib/cspf/split.cc -- one path if one carries it all; else the cheapest flow; where its paths may
// not be used, column generation; and then as few paths as may be.
#include "lib/cspf/split.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/few_paths.h"
#include "lib/cspf/path_flow.h"
#include "lib/cspf/path_pool.h"
#include "lib/cspf/path_pricing.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {
namespace {

using graph::Uint128;

// Paths beyond the optimum's among which fewer are looked for.
constexpr size_t kMorePaths = 32;
// Budget of looking for fewer paths at the same cost: a nicety.
constexpr uint64_t kLabelsForFewer = 200 * kLabelsPerProgram;
constexpr double kCostTolerance = 1e-7;

Query WithBandwidth(Query query, uint64_t bandwidth) {
  query.constraints.min_bandwidth = {bandwidth};
  return query;
}

// `rate` without what its arithmetic has added to a whole number.
double Snapped(double rate) {
  const double whole = std::round(rate);
  return std::abs(rate - whole) <= 1e-6 + 1e-9 * whole ? whole : rate;
}

class Splitter {
 public:
  Splitter(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
           const Budget& budget, const PathTest& test)
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

  SplitResult Run();

 private:
  bool Passes(const Path& path);
  SplitResult RunPacking();
  // The cheapest flow, into the pool and, if all its paths may be used, into best_. Returns why
  // there is none, where that is for sure.
  std::optional<NoPath> RunFlow();
  // The cheapest path that carries the demand alone, if it costs no more than `ceiling`.
  std::optional<Path> FindAlone(Uint128 ceiling, PathResult& end);
  SplitResult OnePath();
  // Puts the cheapest paths into the pool. Returns whether it then has all there are.
  bool WidenPool();
  void FindFewer();
  // best_, over as few paths as may be.
  SplitResult AtMost();
  SplitResult Reduce();
  NoPath TooMany(bool proved) const;

  bool Proved(Uint128 cost) const;
  Split Answer(bool proved) const;
  Split Whole(Path path, bool proved) const;
  NoPath Refuse(std::optional<double> most) const;
  NoPath OutOfBudget(const std::string& what) const;

  const topology::Ted& ted_;
  const uint64_t demand_;
  const size_t max_paths_;
  const Query any_;       // Whatever bandwidth links have.
  const Query carrying_;  // Without those that have none.
  Workspace& workspace_;
  const Budget budget_;
  const PathTest& test_;
  uint64_t labels_left_;
  std::map<std::vector<LinkIndex>, bool> passes_;  // What the test has said.
  PathPool pool_;
  PathPricing pricing_;
  std::optional<WholeSplit> best_;
  double least_cost_ = 0;  // Of all splits: sum of rate * cost.
  std::vector<LinkIndex> cut_;
};

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

std::optional<Path> Splitter::FindAlone(Uint128 ceiling, PathResult& end) {
  PathEnumerator paths(ted_, WithBandwidth(any_, demand_), workspace_, {labels_left_});
  for (;;) {
    const uint64_t before = paths.labels_left();
    end = paths.Next();
    labels_left_ -= std::min(labels_left_, before - paths.labels_left());
    Path* path = std::get_if<Path>(&end);
    if (path == nullptr || Uint128{path->cost} * demand_ > ceiling) return std::nullopt;
    // Through waypoints a link may be passed more than once.
    if (pool_.Width(*path) >= demand_ && Passes(*path)) return std::move(*path);
    if (labels_left_ == 0) {
      end = OutOfBudget("to find one path that carries it all");
      return std::nullopt;
    }
  }
}

SplitResult Splitter::OnePath() {
  PathResult end;
  if (std::optional<Path> path = FindAlone(~Uint128{0}, end)) {
    return Whole(*std::move(path), true);
  }
  NoPath none = std::get<NoPath>(std::move(end));
  if (none.reason != Reason::kNoFurtherPath || test_.passes) return none;
  return OutOfBudget("to tell how much a path through the waypoints carries");
}

bool Splitter::WidenPool() {
  PathEnumerator paths(ted_, carrying_, workspace_, {labels_left_});
  for (size_t i = 0; i < kMorePaths && labels_left_ > 0; ++i) {
    const uint64_t before = paths.labels_left();
    PathResult next = paths.Next();
    labels_left_ -= std::min(labels_left_, before - paths.labels_left());
    if (const NoPath* none = std::get_if<NoPath>(&next)) {
      return none->reason == Reason::kNoFurtherPath;
    }
    if (Passes(std::get<Path>(next))) pool_.Add(std::get<Path>(std::move(next)));
  }
  return false;
}

// The cost stays; each round must do with fewer paths than the one before.
void Splitter::FindFewer() {
  uint64_t labels = std::min(labels_left_, kLabelsForFewer);
  labels_left_ -= labels;
  while (best_->used() > 2) {
    std::optional<WholeSplit> fewer = FewPaths(pool_, best_->used() - 1, labels).Run(best_->cost);
    if (!fewer) break;
    best_ = std::move(fewer);
  }
  labels_left_ += labels;
}

SplitResult Splitter::AtMost() {
  if (best_->used() > max_paths_) return Reduce();
  PathResult end;
  if (best_->used() > 1) {
    std::optional<Path> path = FindAlone(best_->cost, end);
    if (path) return Whole(*std::move(path), Proved(best_->cost));
  }
  if (best_->used() > 2) {
    WidenPool();
    FindFewer();
  }
  return Answer(Proved(best_->cost));
}

SplitResult Splitter::Reduce() {
  PathResult end;
  if (std::optional<Path> path = FindAlone(~Uint128{0}, end)) {
    if (Uint128{path->cost} * demand_ <= best_->cost) {
      return Whole(*std::move(path), Proved(best_->cost));
    }
    pool_.Add(*std::move(path));
  }
  const bool all_known = WidenPool();
  FewPaths search(pool_, max_paths_, labels_left_);
  std::optional<WholeSplit> fewer = search.Run(~Uint128{0} >> 1);
  const bool complete = all_known && search.complete();
  if (!fewer) return TooMany(complete);
  best_ = std::move(fewer);
  FindFewer();
  return Answer(complete || Proved(best_->cost));
}

NoPath Splitter::TooMany(bool proved) const {
  if (proved) {
    return {.reason = Reason::kBandwidth,
            .message = absl::StrCat("bandwidth: no ", max_paths_, " paths together carry ",
                                    FormatBandwidth({demand_}), ", but ", best_->used(), " do"),
            .wanted = static_cast<double>(demand_)};
  }
  NoPath none = OutOfBudget(absl::StrCat("to find ", max_paths_, " paths that carry ",
                                         FormatBandwidth({demand_}), "; ", best_->used(), " do"));
  for (const SplitPath& part : Answer(false).paths) none.best_found_set.push_back(part.path);
  return none;
}

bool Splitter::Proved(Uint128 cost) const {
  double rounding = 0;
  for (size_t i = 0; i < best_->rates.size(); ++i) {
    if (best_->rates[i] > 0) rounding += static_cast<double>(pool_.path(i).cost);
  }
  return static_cast<double>(cost) <= least_cost_ * (1 + kCostTolerance) + rounding;
}

Split Splitter::Answer(bool proved) const {
  Split split;
  for (size_t i = 0; i < best_->rates.size(); ++i) {
    if (best_->rates[i] > 0) split.paths.push_back({pool_.path(i), {best_->rates[i]}});
  }
  std::sort(split.paths.begin(), split.paths.end(), [](const SplitPath& a, const SplitPath& b) {
    const auto key = [](const Path& path) { return std::tuple(path.cost, path.links.size()); };
    const auto left = key(a.path), right = key(b.path);
    return left != right ? left < right : a.path.links < b.path.links;
  });
  const auto demand = static_cast<double>(demand_);
  split.cost = static_cast<double>(best_->cost) / demand;
  split.proved_optimal = proved;
  split.lower_bound = std::min(least_cost_ / demand, split.cost);
  return split;
}

Split Splitter::Whole(Path path, bool proved) const {
  Split split{.cost = static_cast<double>(path.cost), .proved_optimal = proved};
  split.lower_bound = split.cost;
  if (demand_ > 0) {
    split.lower_bound = std::min(split.cost, least_cost_ / static_cast<double>(demand_));
  }
  split.paths.push_back({std::move(path), {demand_}});
  return split;
}

NoPath Splitter::Refuse(std::optional<double> most) const {
  NoPath none{.reason = Reason::kBandwidth,
              .message = "bandwidth: all paths together carry too little",
              .wanted = static_cast<double>(demand_),
              .best_achievable = most,
              .blocking_links = cut_};
  if (most) {
    none.message = absl::StrCat("bandwidth: all paths together carry ",
                                FormatBandwidth({static_cast<uint64_t>(*most)}));
  }
  absl::StrAppend(&none.message, ", wanted ", FormatBandwidth({demand_}));
  if (!cut_.empty()) absl::StrAppend(&none.message, "; limited by ", LinkNames(ted_, cut_));
  return none;
}

NoPath Splitter::OutOfBudget(const std::string& what) const {
  return {.reason = Reason::kBudgetExhausted,
          .message = absl::StrCat("budget: ", budget_.max_labels, " labels were not enough ", what),
          .lower_bound = static_cast<uint64_t>(
              least_cost_ / static_cast<double>(std::max<uint64_t>(demand_, 1)))};
}

}  // namespace

SplitResult ComputeSplit(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
                         const Budget& budget, const PathTest& test) {
  return Splitter(ted, query, workspace, budget, test).Run();
}

}  // namespace srpce::cspf
