// daemon/srpcectl/source_text.h -- topology sources and what they report of themselves, as text.
#pragma once

#include <string>

#include "srpce/v1/topology.pb.h"

namespace srpce::ctl {

// "connected", "syncing", or "stale": its stream is broken, what it said still counts.
std::string SourceState(const v1::TopologySource& source);

// A line a source, below it a line a peer.
std::string SourcesText(const v1::GetSourcesResponse& response);

// What the sources skipped, those seen most first; or a sentence that says there is nothing.
std::string UnknownText(const v1::GetSourcesResponse& response);

}  // namespace srpce::ctl
