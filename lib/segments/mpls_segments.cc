#include "lib/segments/mpls_segments.h"

#include <algorithm>
#include <utility>

namespace srpce::segments {
namespace {

std::optional<LabelReading> Read(const Ted& ted, const LabelReader& reader, uint32_t label) {
  if (!reader.next_hop) return ReadLabel(ted, reader.node, label);
  absl::StatusOr<LabelReading> reading = ReadFirstLabel(ted, reader.node, label);
  if (!reading.ok()) return std::nullopt;
  return *std::move(reading);
}

}  // namespace

std::vector<PrefixFec> PrefixSegmentsOf(const Ted& ted, NodeIndex node, uint8_t algorithm) {
  std::vector<PrefixFec> fecs;
  for (const topology::Prefix& prefix : ted.node(node).prefixes) {
    for (const topology::PrefixSid& sid : prefix.attributes.sids) {
      if (sid.is_label || sid.algorithm != algorithm) continue;
      std::optional<PrefixFec> fec = FindFec(ted, sid.algorithm, sid.value);
      // Another prefix may have the SID, too, and win.
      if (fec && fec->prefix == prefix.prefix) fecs.push_back(*std::move(fec));
    }
  }
  return fecs;
}

std::optional<Segment> PrefixSegment(const Ted& ted, const LabelReader& reader,
                                     const PrefixFec& fec, NodeIndex to) {
  const std::optional<uint32_t> label =
      LabelAt(ted, reader.next_hop.value_or(reader.node), fec.index);
  if (!label) return std::nullopt;
  const std::optional<LabelReading> reading = Read(ted, reader, *label);
  if (!reading || !reading->fec || !reading->fec->SameAs(fec)) return std::nullopt;
  Segment segment;
  segment.kind = fec.owners.size() > 1 ? SegmentKind::kAnycast : SegmentKind::kNode;
  segment.algorithm = fec.algorithm;
  segment.node = to;
  segment.label = *label;
  if (fec.owners.size() > 1) segment.anycast = fec.SidOwners();
  return segment;
}

std::optional<Segment> AdjacencySegment(const Ted& ted, const LabelReader& reader, LinkIndex link) {
  std::vector<topology::AdjacencySid> sids = ted.link(link).attributes.adjacency_sids;
  const auto rank = [](const topology::AdjacencySid& sid) {
    return std::pair(sid.is_set, sid.backup);
  };
  std::stable_sort(sids.begin(), sids.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  for (const topology::AdjacencySid& sid : sids) {
    const std::optional<uint32_t> label = AdjacencyLabel(ted, reader.node, sid);
    const std::optional<LabelReading> reading = label ? Read(ted, reader, *label) : std::nullopt;
    if (!reading || reading->adjacency != std::vector<LinkIndex>{link}) continue;
    Segment segment;
    segment.kind = SegmentKind::kAdjacency;
    segment.node = reader.node;
    segment.link = link;
    segment.label = *label;
    return segment;
  }
  return std::nullopt;
}

}  // namespace srpce::segments
