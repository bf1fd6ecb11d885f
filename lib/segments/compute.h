// lib/segments/compute.h -- from a question to proven segment lists: search, encode, expand, check.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/verify.h"

namespace srpce::segments {

struct SegmentQuery {
  cspf::Query path;  // path.constraints.data_plane kEither: SR-MPLS if it works, else SRv6.
  // Besides the headend's own MSD; both bound what is imposed: see imposition.h.
  std::optional<uint32_t> max_sids;
  bool compress = true;
  // Segments may spread packets over shortest paths of equal cost; then the worst branch counts, in
  // the cost as in every bound, and all branches keep the filters.
  bool allow_ecmp = false;
};

struct SegmentRoute {
  // Where packets have a choice (expansion.single_path is false): every link they may take, by
  // index, and the worst branch of each metric.
  cspf::Path path;
  SegmentList list;
  Expansion expansion;
  // allow_ecmp: the work budget ended before it was known whether a spread list of the same cost
  // has fewer SIDs.
  bool ran_out = false;
};

using SegmentResult = std::variant<SegmentRoute, cspf::NoPath>;

// Returns the cheapest path within the constraints whose shortest list fits min(max_sids, headend
// MSD), with that list, expanded and checked. Where the plain optimum does not fit, path and list
// are searched for together (list_search.h). With allow_ecmp: the list whose worst branch costs
// least, of those the shortest; where that cannot be proved, the cheapest single path.
// Errors: INTERNAL  a list made for a path does not expand to it: a defect of this program, never a
//                   fact about the network.
absl::StatusOr<SegmentResult> ComputeRoute(const Ted& ted, const SegmentQuery& query,
                                           cspf::Workspace& workspace,
                                           const cspf::Budget& budget = {});

struct DisjointSegmentQuery : cspf::DisjointTerms {
  std::vector<SegmentQuery> members;
};

struct RouteSet {
  std::vector<SegmentRoute> routes{};  // In the order of members.
  cspf::DisjointPaths set;  // Of their paths: the level reached, what is shared, and so on.
};
using RouteSetResult = std::variant<RouteSet, cspf::NoPath>;

// Returns the best set by the terms of `query`, as cspf::ComputeDisjoint, of paths whose shortest
// lists all fit; every ECMP branch of every list is held to it. Exact: what does not fit is left
// out of the search itself.
// Errors: INTERNAL, as ComputeRoute.
absl::StatusOr<RouteSetResult> ComputeRouteSet(const Ted& ted, const DisjointSegmentQuery& query,
                                               cspf::Workspace& workspace,
                                               const cspf::Budget& budget = {});

// The same, the routes alone.
using DisjointSegmentResult = std::variant<std::vector<SegmentRoute>, cspf::NoPath>;
absl::StatusOr<DisjointSegmentResult> ComputeDisjointRoutes(const Ted& ted,
                                                            const DisjointSegmentQuery& query,
                                                            cspf::Workspace& workspace,
                                                            const cspf::Budget& budget = {});

}  // namespace srpce::segments
