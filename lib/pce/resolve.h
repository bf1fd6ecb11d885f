// lib/pce/resolve.h -- names to indexes: a PathIntent against one TED snapshot.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/policy/intent.h"
#include "lib/segments/compute.h"
#include "lib/topology/ted.h"

namespace srpce::pce {

// Errors: NOT_FOUND  "waypoint: unknown node 'x'" -- a name the TED does not know. Excluded links
// and nodes that are unknown are no error:
//         what is not there is avoided.
//         INVALID_ARGUMENT  values out of range (max_loss outside 0..1, flex_algorithm 1..127 ...);
//         a pseudonode as headend or endpoint.
absl::StatusOr<segments::SegmentQuery> Resolve(const topology::Ted& ted, const std::string& headend,
                                               const std::string& endpoint,
                                               const policy::PathIntent& intent);

}  // namespace srpce::pce
