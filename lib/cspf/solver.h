// lib/cspf/solver.h -- the search behind ComputePath, without explanations: what conflict search
// and explanations call many times.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/guided_search.h"
#include "lib/cspf/label_search.h"
#include "lib/cspf/link_filter.h"
#include "lib/graph/disjoint_pair.h"
#include "lib/graph/hierarchy.h"
#include "lib/graph/landmarks.h"
#include "lib/graph/only_path.h"
#include "lib/graph/path_search.h"
#include "lib/graph/reverse_tree.h"

namespace srpce::cspf {

// When a bounded query is tried by GuidedSearch first.
struct GuidedOptions {
  // After so many labels exact bounds are computed. They are worth about as much, and a question
  // that took so many so far is likely to take many more. 0: at once. Absent: by the size of the
  // network.
  std::optional<uint64_t> most_labels{};
  // Where no landmarks and no tree bound the objective, too. Balls alone are slower than the
  // unbounded search, which often has the answer.
  bool unguided = false;
};

struct Workspace::Impl {
  const PotentialCache* potentials = nullptr;
  LinkFilter filter;
  graph::PathWorkspace path;
  graph::FoundPath leg;
  graph::DisjointWorkspace disjoint;
  graph::DisjointPair pair;
  LabelSearch labels;
  GuidedSearch guided;
  GuidedOptions guided_options;
  graph::ReverseTree::Workspace trees;
  graph::OnlyPathSearch only;
  graph::LazyDistances::Workspace distances;
};

struct Solution {
  enum class Status : uint8_t { kFound, kNone, kExhausted };
  Status status = Status::kNone;
  Path path{};                 // kFound.
  std::optional<Path> best{};  // kExhausted: keeps the constraints.
  uint64_t lower_bound = 0;    // kExhausted.
};

// Returns the answer of ComputePath. Counts `labels_left` down by the work done; only bounded
// queries stop at 0. The path's links are put into `memory`, which an earlier answer may have left.
Solution Solve(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
               uint64_t& labels_left, std::vector<LinkIndex> memory = {});
// The same through `filter` in place of the query's own. REQUIRES ObjectiveOf(ted, query).
Solution Solve(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
               Workspace::Impl& work, uint64_t& labels_left, std::vector<LinkIndex> memory = {});

// Returns the links of the least path in `objective` that `filter` allows, waypoints kept, bounds
// ignored. Counts as Solve. REQUIRES objective is a metric of a Query.
std::optional<std::vector<LinkIndex>> SolveUnbounded(const topology::Ted& ted, const Query& query,
                                                     Additive objective, const LinkFilter& filter,
                                                     Workspace::Impl& work, uint64_t& labels_left,
                                                     std::vector<LinkIndex> memory = {});

// True if source, target and waypoints may be used.
bool AllowsEnds(const Query& query, const LinkFilter& filter);

// Returns the path over `links` with its metrics and its cost in `objective`.
Path MakePath(const topology::Ted& ted, std::vector<LinkIndex> links, Additive objective);

// Lower bounds for searches that minimise `objective`; null where there are none.
std::shared_ptr<const graph::Landmarks> LandmarksFor(const topology::Ted& ted, Additive objective,
                                                     const Workspace::Impl& work);
Guides GuidesFor(const topology::Ted& ted, const Workspace::Impl& work);

}  // namespace srpce::cspf
