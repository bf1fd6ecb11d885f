// lib/segments/resolve.cc -- what an operator's labels and SIDs stand for. Reads, does not route:
// whether packets get there is for Expand.
#include <optional>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/segments/label_table.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {
namespace {

absl::Status NoHeadend(NodeIndex headend) {
  return absl::NotFoundError(absl::StrCat("headend ", headend.value(), ": is not in the topology"));
}

std::vector<NodeIndex> NodesOf(std::span<const Owner> owners) {
  std::vector<NodeIndex> nodes;
  for (const Owner& owner : owners) {
    nodes.push_back(owner.node);
  }
  return nodes;
}

std::vector<NodeIndex> FarEnds(const Ted& ted, const std::vector<LinkIndex>& links) {
  std::vector<NodeIndex> ends;
  for (const LinkIndex link : links) {
    const auto ways = AdjacencyWays(ted, link);
    if (ways.empty()) ends.push_back(ted.link(link).remote);
    for (const auto& way : ways) {
      ends.push_back(ted.link(way.back()).remote);
    }
  }
  return ends;
}

std::string Names(const Ted& ted, const std::vector<NodeIndex>& nodes) {
  std::string names;
  for (const NodeIndex node : nodes) {
    absl::StrAppend(&names, names.empty() ? "" : " or ", ted.node(node).display_name());
  }
  return names;
}

Segment ToSegment(const LabelReading& reading, NodeIndex reader, uint32_t label) {
  Segment segment;
  segment.label = label;
  segment.node = reader;
  if (!reading.adjacency.empty()) {
    segment.kind = SegmentKind::kAdjacency;
    segment.link = reading.adjacency.front();
  } else if (reading.fec) {
    segment.algorithm = reading.fec->algorithm;
    segment.anycast = reading.fec->SidOwners();
    segment.node = segment.anycast.front();
    if (reading.fec->owners.size() > 1) {
      segment.kind = SegmentKind::kAnycast;
    } else {
      segment.anycast.clear();
    }
  }
  return segment;
}

// The first of `readers` that knows `label`.
absl::StatusOr<std::pair<NodeIndex, LabelReading>> FindReader(const Ted& ted,
                                                              const std::vector<NodeIndex>& readers,
                                                              uint32_t label, bool first) {
  if (first) {
    absl::StatusOr<LabelReading> reading = ReadFirstLabel(ted, readers.front(), label);
    if (!reading.ok()) return reading.status();
    return std::pair(readers.front(), *std::move(reading));
  }
  for (const NodeIndex reader : readers) {
    if (std::optional<LabelReading> reading = ReadLabel(ted, reader, label)) {
      return std::pair(reader, *std::move(reading));
    }
  }
  return absl::NotFoundError(
      absl::StrCat("label ", label, " means nothing to node ", Names(ted, readers)));
}

SegmentKind KindOf(SidAction action) {
  switch (action) {
    case SidAction::kEndX:
      return SegmentKind::kAdjacency;
    case SidAction::kOther:
      return SegmentKind::kBinding;
    case SidAction::kEnd:
    case SidAction::kDecap:
      break;
  }
  return SegmentKind::kNode;
}

// Where `destination` is carried out: at a reader itself, else at the owners of its locator.
std::optional<std::pair<NodeIndex, SidReading>> FindExecutor(const Ted& ted,
                                                             std::vector<NodeIndex>& readers,
                                                             const Ipv6Address& destination) {
  for (int routed = 0; routed < 2; ++routed) {
    for (const NodeIndex reader : readers) {
      if (std::optional<SidReading> reading = ReadSid(ted, reader, destination)) {
        return std::pair(reader, *std::move(reading));
      }
    }
    const std::optional<LocatorRoute> route = FindRoute(ted, destination);
    if (!route) break;
    readers = NodesOf(route->owners);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<SegmentList> ResolveLabels(const Ted& ted, NodeIndex headend,
                                          const std::vector<uint32_t>& labels) {
  if (!ted.HasNode(headend)) return NoHeadend(headend);
  SegmentList list;
  list.data_plane = DataPlane::kSrMpls;
  list.labels = labels;
  std::vector<NodeIndex> readers{headend};
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto found = FindReader(ted, readers, labels[i], i == 0);
    if (!found.ok()) {
      return absl::Status(found.status().code(),
                          absl::StrCat("segment ", i + 1, ": ", found.status().message()));
    }
    const auto& [reader, reading] = *found;
    list.segments.push_back(ToSegment(reading, reader, labels[i]));
    if (!reading.adjacency.empty()) {
      readers = FarEnds(ted, reading.adjacency);
    } else if (reading.fec) {
      readers = reading.fec->SidOwners();
    }
  }
  return list;
}

absl::StatusOr<SegmentList> ResolveSids(const Ted& ted, NodeIndex headend,
                                        const std::vector<Ipv6Address>& sids) {
  if (!ted.HasNode(headend)) return NoHeadend(headend);
  SegmentList list;
  list.data_plane = DataPlane::kSrv6;
  list.sids = sids;
  std::vector<NodeIndex> readers{headend};
  Srv6Cursor cursor;
  cursor.done = sids.empty();
  if (!cursor.done) cursor.destination = sids.front();
  while (!cursor.done) {
    const auto found = FindExecutor(ted, readers, cursor.destination);
    if (!found) {
      return absl::NotFoundError(absl::StrCat("segment ", cursor.entry + 1, ": SID ",
                                              cursor.destination.ToString(),
                                              " means nothing to node ", Names(ted, readers)));
    }
    const auto& [node, reading] = *found;
    const SidAction action = ActionOf(reading.sid.behavior);
    Segment segment;
    segment.kind = KindOf(action);
    segment.algorithm = reading.sid.algorithm;
    segment.node = node;
    segment.sid = reading.sid.sid;
    segment.structure = reading.sid.structure;
    segment.behavior = reading.sid.behavior;
    if (action == SidAction::kEndX && !reading.adjacency.empty()) {
      segment.link = reading.adjacency.front();
      readers = FarEnds(ted, reading.adjacency);
    } else if (action == SidAction::kEnd && readers.size() > 1) {
      segment.kind = SegmentKind::kAnycast;
      segment.anycast = readers;
    } else {
      readers = {node};
    }
    list.segments.push_back(std::move(segment));
    Advance(reading.sid, sids, cursor);
  }
  return list;
}

}  // namespace srpce::segments
