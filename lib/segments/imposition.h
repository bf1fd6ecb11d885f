// lib/segments/imposition.h -- what a headend puts on a packet for a segment list, and how much it
// can (RFC 8491, RFC 9352 s4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/segments/segment_list.h"

namespace srpce::segments {

// Returns the SID by which `endpoint` takes packets out of the SRv6 tunnel: its End.DT6, else its
// End.DT46.
std::optional<Ipv6Address> DecapsulationSid(const topology::Node& endpoint);

// Returns what the SRH must hold: `sids` and then the SID that decapsulates. When the last of
// `sids` is just the endpoint's locator (its End), the decapsulation SID takes its place: it leads
// to the same node by the same prefix, and one SID is saved.
std::vector<Ipv6Address> ImposedSids(const std::vector<Ipv6Address>& sids,
                                     const std::optional<Ipv6Address>& decapsulation);

// Labels or SRH entries.
struct Imposition {
  uint32_t depth = 0;             // SRv6: the decapsulation SID included.
  std::optional<uint32_t> limit;  // Absent: any.

  bool fits() const { return !limit || depth <= *limit; }
};

// Returns what `headend` imposes for `list` to `endpoint`, and the least of `max_sids` and its MSD.
// `links`: those the packets take; the MSD of one that leaves the headend counts instead of the
// node's (RFC 8491 s4), for labels.
Imposition Impose(const Ted& ted, NodeIndex headend, NodeIndex endpoint, const SegmentList& list,
                  const std::vector<LinkIndex>& links, std::optional<uint32_t> max_sids);

}  // namespace srpce::segments
