// tests/unit/segments/list_oracle.h -- what packets with a list do in the packet simulation,
// against what lib/segments says of it.
#pragma once

#include <vector>

#include "lib/segments/compute.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/verify.h"
#include "tests/support/packet_sim.h"
#include "tests/support/report_case.h"

namespace srpce::segments {

support::SimResult Send(support::PacketSim& packets, NodeIndex headend, const SegmentList& list);

// Expects that Expand() says of a list what packets do: links, ends, worst values; or that it is
// refused for a reason that packets meet. Returns false if the simulation could not follow all.
bool ExpectExpandAgrees(const Ted& ted, support::PacketSim& packets, NodeIndex headend,
                        const SegmentList& list);

// Expects that all packets with `list` take `links`, whatever they may choose between, and that
// Expand() says so.
void ExpectFollows(const Ted& ted, support::PacketSim& packets, NodeIndex headend,
                   const SegmentList& list, const std::vector<LinkIndex>& links);

// The same for a route to `target`, with the expansion it comes with.
void ExpectDelivered(const Ted& ted, support::PacketSim& packets, const SegmentQuery& query,
                     const SegmentRoute& route);

// A question about one list, network aside: at `headend`, by `options`.
support::Case ListCase(NodeIndex headend, const EncodeOptions& options = {});
NodeIndex HeadendOf(const support::Case& asked);
EncodeOptions OptionsOf(const support::Case& asked);

}  // namespace srpce::segments
