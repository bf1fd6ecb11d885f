// lib/topology/link_change.h -- was a change of a link for the better or the worse?
#pragma once

#include "lib/topology/elements.h"
#include "lib/topology/ted.h"

namespace srpce::topology {

// Returns what became of link `index`. Null: the link was not / is not there. REQUIRES one of them
// is not null.
//
// A change whose direction cannot be told (affinity, SRLGs, SIDs; an attribute that came or went)
// is flagged both ways.
LinkChange CompareLinks(LinkIndex index, const Link* before, const Link* after);

// The bandwidth a path may take: available, else reservable, else capacity.
std::optional<BytesPerSecond> UsableBandwidth(const LinkAttributes& attributes);
// The TE metric, or the IGP metric where none is announced, as routers do.
std::optional<TeMetric> EffectiveTeMetric(const LinkAttributes& attributes);

}  // namespace srpce::topology
