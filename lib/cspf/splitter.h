// lib/cspf/splitter.h -- one split query under way; see split.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/cspf/path_pool.h"
#include "lib/cspf/path_pricing.h"
#include "lib/cspf/split.h"

namespace srpce::cspf {

// Stays where it is: its parts refer to one another.
class Splitter {
 public:
  Splitter(const topology::Ted& ted, const SplitQuery& query, Workspace& workspace,
           const Budget& budget, const SplitPathTest& test);
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  SplitResult Run();

 private:
  bool Passes(const Path& path);
  // Column generation.
  SplitResult RunPacking();
  // The cheapest flow, into the pool and, if all its paths may be used, into best_. Returns why
  // there is none, where that is for sure.
  std::optional<NoPath> RunFlow();
  // The cheapest path that carries the demand alone, if it costs no more than `ceiling`.
  std::optional<Path> FindAlone(graph::Uint128 ceiling, PathResult& end);
  // The answer for max_paths 1, and for no demand.
  SplitResult OnePath();
  // Puts the cheapest paths into the pool. Returns whether it then has all there are.
  bool WidenPool();
  // The cost of best_ stays; each round must do with fewer paths than the one before.
  void FindFewer();
  // best_, over as few paths as may be.
  SplitResult AtMost();
  // best_ has more than max_paths_.
  SplitResult Reduce();
  NoPath TooMany(bool proved) const;

  bool Proved(graph::Uint128 cost) const;
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
  const SplitPathTest& test_;
  uint64_t labels_left_;
  std::map<std::vector<LinkIndex>, bool> passes_;  // What the test has said.
  PathPool pool_;
  PathPricing pricing_;
  std::optional<WholeSplit> best_;
  double least_cost_ = 0;  // Of all splits: sum of rate * cost.
  std::vector<LinkIndex> cut_;
};

}  // namespace srpce::cspf
