// lib/segments/fit.h -- one path against one headend: the list, whether it is short enough, and its
// proof.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lib/segments/compute.h"

namespace srpce::segments {

// What is known of the paths tried so far that did not fit, and of those alone.
struct Shortfall {
  std::optional<uint32_t> fewest_sids;  // Imposed for any path that can be encoded.
  std::optional<uint32_t> limit;        // SIDs the headend of that path could impose.
  std::string no_list;                  // Why the first path that cannot be encoded cannot.
  std::string too_deep;                 // Which router cannot process the first list that is so.
  uint64_t paths = 0;                   // Each once, however many data planes were tried.
};

// Returns `path` with `list`, expanded and held to the query.
// Errors: RESOURCE_EXHAUSTED  a router on the path cannot process the list (RFC 9352 s4).
//         INTERNAL            packets leave the path or break a bound that the search kept: this
//                             program contradicts itself, which says nothing of the network.
absl::StatusOr<SegmentRoute> Prove(const Ted& ted, const SegmentQuery& query,
                                   const cspf::Path& path, SegmentList list);

// Returns `path` with its list for the first data plane of the query whose list fits, proved; else
// nothing, and notes in `shortfall` why not. `potentials`: as IgpView's. Errors: INTERNAL, of
// Prove.
absl::StatusOr<std::optional<SegmentRoute>> Fit(const Ted& ted, const SegmentQuery& query,
                                                const cspf::Path& path, Shortfall& shortfall,
                                                const cspf::PotentialCache* potentials = nullptr);

// What trying one path costs in cspf::Budget labels: encoding and proving it settle about as many
// nodes. Without it a network full of equal paths would be tried for seconds.
inline constexpr uint64_t kLabelsPerTry = 256;
// Returns the verdict when `failures` paths have used up `budget`; nothing while they have not.
// `lower_bound`: no path not tried costs less.
std::optional<cspf::NoPath> OutOfTries(uint64_t failures, uint64_t lower_bound,
                                       const cspf::Budget& budget);

// The data planes to try, best first.
std::span<const DataPlane> PlanesOf(const SegmentQuery& query);

// Returns the verdict when no path fits: kSidDepth if lists exist but are too long, else kNoSid.
cspf::NoPath ToNoPath(const Shortfall& shortfall);

}  // namespace srpce::segments
