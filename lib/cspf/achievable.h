// lib/cspf/achievable.h -- the best value that one quantity reaches while the others are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "lib/cspf/additive.h"
#include "lib/cspf/label_search.h"
#include "lib/cspf/link_filter.h"
#include "lib/cspf/solver.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// Returns `query` without any additive bound.
Query WithoutBounds(Query query);

// Returns the path of `query` that is least in `what`, through `filter` in place of its own. Counts
// `labels_left` down by the work done and stops at 0.
Found LeastPath(const topology::Ted& ted, const Query& query, Additive what,
                const LinkFilter& filter, Workspace::Impl& work, uint64_t& labels_left);

// Returns the least sum of `what` that the filters and waypoints of `query` admit, all bounds
// aside. Absent: they admit no path. Takes no budget: each node is settled once, as in a query
// without bounds.
std::optional<double> LeastAlone(const topology::Ted& ted, const Query& query, Additive what,
                                 const LinkFilter& filter, Workspace::Impl& work);

// Returns the most bandwidth that the other filters and the waypoints of `query` admit, all bounds
// aside. Absent: they admit no path, or one that nothing limits. Counts as LeastPath, but does not
// stop at 0. REQUIRES ObjectiveOf(ted, query).
std::optional<double> WidestAlone(const topology::Ted& ted, Query query, Workspace::Impl& work,
                                  uint64_t& labels_left);

// Returns the greatest announced bandwidth below `limit` for which `works`, or 0 if it works for
// that only. Absent: not even for 0. `works` is asked a logarithmic number of times. REQUIRES it
// holds for all that is less than what it holds for.
std::optional<uint64_t> Widest(const topology::Ted& ted, uint64_t limit,
                               const std::function<bool(BytesPerSecond)>& works);

}  // namespace srpce::cspf
