// plugins/topology_source/file/synthesize.h -- a REPETITA graph plus the Segment Routing attributes
// its format lacks.
#pragma once

#include "absl/status/statusor.h"
#include "plugins/topology_source/file/model.h"
#include "plugins/topology_source/file/repetita.h"
#include "plugins/topology_source/file/settings.h"

namespace srpce::file_source {

// With n = 1 for the first node of the file, 2 for the second ..., and k = 0 for the first link of
// a node in the file:
//   router ids 10.0.(n>>8).(n&255) and fc00:0:n::1, each a host prefix; prefix SID index n on the
//   IPv4 one SRGB as set; adjacency SID first_adjacency_label + k locator fcbb:bb00:n::/48 (F3216);
//   End fcbb:bb00:n:: (uN), End.X fcbb:bb00:n:e000+k:: (uA), End.DT6 fcbb:bb00:n:fd00:: the i-th
//   flexible algorithm: prefix SID index i * stride + n, locator fcbb:bb00+i:n::/48, the definition
//   by every node interface "to-REMOTE", a parallel link "to-REMOTE.2"; addresses 172.16.0.0 + 2p
//   and + 2p + 1 for adjacency p
//
// Opposite edges of the file are paired: first those with equal weight, bandwidth and delay, then
// in the order of the file.
//
// Errors: INVALID_ARGUMENT  more nodes or links than a range of identifiers holds.
absl::StatusOr<Model> Synthesize(const Graph& graph, const SynthesisSettings& settings);

}  // namespace srpce::file_source
