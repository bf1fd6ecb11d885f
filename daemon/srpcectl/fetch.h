// daemon/srpcectl/fetch.h -- the topology, its sources, and links of it by name.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daemon/srpcectl/context.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::ctl {

// Returns the parts of the snapshot joined to one. The message of an error is ready for people.
absl::StatusOr<v1::Topology> FetchTopology(const Context& context,
                                           const std::vector<std::string>& nodes);

// Returns the sources of these names, all if there are none, the pages joined. Errors: as above.
absl::StatusOr<v1::GetSourcesResponse> FetchSources(const Context& context,
                                                    const std::vector<std::string>& names);

// Returns the link that `wanted` means, with its interfaces. Errors: NOT_FOUND; INVALID_ARGUMENT
// several parallel links, and `wanted` names no interface: the message lists them.
absl::StatusOr<v1::TopologyLink> FindLink(const v1::Topology& topology, const v1::LinkKey& named);

// Returns the other direction of `link`: by its interfaces where they are known, else the only link
// back. Errors: NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<v1::TopologyLink> FindReverse(const v1::Topology& topology, const v1::LinkKey& link);

}  // namespace srpce::ctl
