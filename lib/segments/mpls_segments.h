// lib/segments/mpls_segments.h -- from what is wanted of a router to the label that makes it do so.
#pragma once

#include <optional>
#include <vector>

#include "lib/segments/label_table.h"
#include "lib/segments/segment_list.h"

namespace srpce::segments {

// Where a label is read: by the router it is pushed for or, the first one of a list, by all that
// the headend may send to.
struct LabelReader {
  NodeIndex node;
  std::optional<NodeIndex> next_hop;  // Of the headend: one of them. Absent: `node` is no headend.
};

// Returns the prefix segments of `node` in `algorithm`, those that are its own alone left out.
std::vector<PrefixFec> PrefixSegmentsOf(const Ted& ted, NodeIndex node, uint8_t algorithm);

// Returns the segment by which `reader` sends packets along `fec` to `to`, an owner of it. Nothing:
// no label says so, or not to all next hops of the headend.
std::optional<Segment> PrefixSegment(const Ted& ted, const LabelReader& reader,
                                     const PrefixFec& fec, NodeIndex to);

// Returns the segment by which `reader` sends packets over `link` of its own and nothing else.
// Unprotected SIDs first: a protected one lets the router choose another way when the link fails
// (RFC 8402 s3.4).
std::optional<Segment> AdjacencySegment(const Ted& ted, const LabelReader& reader, LinkIndex link);

}  // namespace srpce::segments
