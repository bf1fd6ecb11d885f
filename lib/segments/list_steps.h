// lib/segments/list_steps.h -- from the steps that a search found to links and to SIDs.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/segments/list_search.h"
#include "lib/segments/segment_list.h"

namespace srpce::segments {

// Returns the links of `steps` in travel order; nothing if some step leaves a choice, or packets
// would pass a node twice.
std::optional<std::vector<LinkIndex>> LinksOf(const Ted& ted, std::span<const ListStep> steps);

// Returns the list with the fewest SIDs whose segments are `steps`, each over all its branches.
// Errors: FAILED_PRECONDITION  some step has no SID that does it.
absl::StatusOr<SegmentList> ListOf(const Ted& ted, std::span<const ListStep> steps,
                                   const EncodeOptions& options);

}  // namespace srpce::segments
