// lib/pce/resolve.h -- names to indexes: a PathIntent against one TED snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/policy/intent.h"
#include "lib/segments/compute.h"
#include "lib/topology/ted.h"

namespace srpce::pce {

// What to make of excluded nodes and links that the TED does not know.
enum class UnknownExclusions : uint8_t {
  kAvoided,  // A standing policy goes on: what is not there is avoided, and it may come back.
  kRefused,  // A question of the moment: more likely a slip of the pen.
};

// Returns the routers that `name` stands for as an endpoint, ascending: the one with this id,
// unique name or router id, else all who announce the address or prefix, or the SRv6 SID (anycast,
// RFC 8402 s3.3.2). Empty: nobody.
std::vector<topology::NodeIndex> FindEndpoints(const topology::Ted& ted, const std::string& name);

// Returns one query for each router that one of `endpoints` stands for, in that order, those that
// the intent excludes left out. Errors: NOT_FOUND  "waypoint: unknown node 'x'" -- a name the TED
// does not know.
//         INVALID_ARGUMENT  values out of range (max_loss outside 0..1, flex_algorithm 1..127 ...),
//         an end or a waypoint that is excluded, a pseudonode as headend or endpoint.
absl::StatusOr<std::vector<segments::SegmentQuery>> ResolveAll(
    const topology::Ted& ted, const std::string& headend, const std::vector<std::string>& endpoints,
    const policy::PathIntent& intent, UnknownExclusions unknown = UnknownExclusions::kAvoided);

// The same for one endpoint that stands for one router.
// Errors: INVALID_ARGUMENT, too, where it stands for several.
absl::StatusOr<segments::SegmentQuery> Resolve(
    const topology::Ted& ted, const std::string& headend, const std::string& endpoint,
    const policy::PathIntent& intent, UnknownExclusions unknown = UnknownExclusions::kAvoided);

}  // namespace srpce::pce
