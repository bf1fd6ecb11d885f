// lib/segments/segment_list.h -- a segment list as a headend gets it (RFC 9256 s4), and the way
// from a path to one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/ip.h"
#include "lib/cspf/query.h"
#include "lib/topology/ted.h"

namespace srpce::segments {

using cspf::DataPlane;  // kSrMpls or kSrv6 in a SegmentList, never kEither.
using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

enum class SegmentKind : uint8_t { kNode, kAdjacency, kAnycast, kBinding };

struct Segment {
  SegmentKind kind = SegmentKind::kNode;
  uint8_t algorithm = topology::kAlgorithmSpf;
  NodeIndex node;  // kNode: the node reached; kAdjacency: the node the SID belongs to.
  // kAnycast: all owners of the SID. Others may announce its prefix, so one is possible.
  std::vector<NodeIndex> anycast;
  std::optional<LinkIndex> link;  // kAdjacency.
  uint32_t label = 0;  // SR-MPLS: as the router that will read it expects it (its own SRGB).
  Ipv6Address sid;     // SRv6: the SID by itself, before any compression.
  std::optional<topology::Srv6SidStructure> structure;
  uint16_t behavior = 0;  // SRv6.
};

struct SegmentList {
  DataPlane data_plane = DataPlane::kSrMpls;
  std::vector<Segment> segments;
  std::vector<uint32_t> labels;  // SR-MPLS: the label stack, first = top.
  // SRv6: what goes into the SRH, first = first visited; full SIDs or NEXT-CSID containers (RFC
  // 9800).
  std::vector<Ipv6Address> sids;

  // Labels, or SRH entries. A headend may have to impose one more: see imposition.h.
  size_t depth() const { return data_plane == DataPlane::kSrMpls ? labels.size() : sids.size(); }
};

// "16004, 24012" or "fcbb:bb00:1:2::, fcbb:bb00:5::".
std::string ToString(const SegmentList& list);

struct EncodeOptions {
  DataPlane data_plane = DataPlane::kSrMpls;
  uint8_t algorithm = topology::kAlgorithmSpf;  // Also try the SIDs of this flexible algorithm.
  bool compress = true;                         // SRv6: pack NEXT-CSIDs where structures allow.
};

// Returns the list with the fewest SIDs (labels; SRv6: SRH entries) that forwards along `links` and
// nothing else: every ECMP choice of every router on the way leads over these links. Node, anycast
// and flex-algorithm SIDs where their shortest path is unique and equal; adjacency SIDs elsewhere.
// Among equally short lists: those first whose last SID the one that decapsulates can take the
// place of (imposition.h), then node SIDs before adjacency SIDs, so that the list survives a change
// best. A label is translated by the SRGB of the router that reads it: the neighbour the headend
// sends to for the first segment, the end of the segment before for the others.
// A list ends where its last SID has been carried out. A final End.X SID crosses its link, which
// routers do only with something left in the SRH (RFC 8986 s4.2): the headend must add a SID of the
// endpoint, such as End.DT6 (imposition.h).
//
// Errors: FAILED_PRECONDITION  some hop has no SID that pins it ("link a->b: no adjacency SID, and
//                              node SID of b is spoilt by ECMP or a shorter way").
//         INVALID_ARGUMENT     options.data_plane is kEither.
absl::StatusOr<SegmentList> Encode(const Ted& ted, NodeIndex headend,
                                   const std::vector<LinkIndex>& links,
                                   const EncodeOptions& options);

// Returns the SIDs the headend can impose for this data plane (RFC 8491, RFC 9352 s4.3), where it
// says. A link may differ: see imposition.h.
std::optional<uint32_t> HeadendMsd(const Ted& ted, NodeIndex headend, DataPlane data_plane);

// Returns the segments that a stack of labels / an SRH of SIDs given by an operator (explicit
// candidate path) stands for at `headend`.
// Errors: NOT_FOUND            a label or SID that nobody on the way owns; the message names its
//                              position and the node that reads it.
//         FAILED_PRECONDITION  what the first label stands for depends on the route, and there is
//                              none, or it has several readings.
absl::StatusOr<SegmentList> ResolveLabels(const Ted& ted, NodeIndex headend,
                                          const std::vector<uint32_t>& labels);
absl::StatusOr<SegmentList> ResolveSids(const Ted& ted, NodeIndex headend,
                                        const std::vector<Ipv6Address>& sids);

}  // namespace srpce::segments
