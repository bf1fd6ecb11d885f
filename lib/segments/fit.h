// lib/segments/fit.h -- one path against one headend: the list, whether it is short enough, and its
// proof.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/segments/compute.h"

namespace srpce::segments {

// What is known of the paths tried so far that did not fit.
struct Shortfall {
  std::optional<uint32_t> fewest_sids;  // Imposed for any path that can be encoded.
  std::optional<uint32_t> limit;        // SIDs the headend of that path could impose.
  std::string no_list;                  // Why the first path that cannot be encoded cannot.
  uint64_t paths = 0;
};

// Returns `path` with its list for `data_plane`, expanded and checked, if the list fits; else notes
// in `shortfall` why not.
std::optional<SegmentRoute> Fit(const Ted& ted, const SegmentQuery& query, const cspf::Path& path,
                                DataPlane data_plane, Shortfall& shortfall);

// What trying one path costs in cspf::Budget labels: encoding and proving it settle about as many
// nodes. Without it a network full of equal paths would be tried for seconds.
inline constexpr uint64_t kLabelsPerTry = 256;
// Returns the verdict when `tries` paths have used up `budget`; nothing while they have not.
// `lower_bound`: no path not tried costs less.
std::optional<cspf::NoPath> OutOfTries(uint64_t tries, uint64_t lower_bound,
                                       const cspf::Budget& budget);

// The data planes to try, best first.
std::vector<DataPlane> PlanesOf(const SegmentQuery& query);

// Returns the verdict when no path fits: kSidDepth if lists exist but are too long, else kNoSid.
cspf::NoPath ToNoPath(const Shortfall& shortfall);

}  // namespace srpce::segments
