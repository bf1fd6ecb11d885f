#include "lib/wire/bgpls/sr_policy_constraints.h"

#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

std::vector<uint32_t> ReadWords(Reader& reader, size_t count) {
  std::vector<uint32_t> words;
  for (Reader part(reader.Take(4 * count)); !part.empty();) words.push_back(part.U32());
  return words;
}

//   | exclude-any words | include-any words | include-all words | reserved | words ... |
absl::StatusOr<SrAffinityConstraint> ParseAffinity(const Tlv& tlv) {
  Reader reader(tlv.value);
  const size_t exclude_any = reader.U8();
  const size_t include_any = reader.U8();
  const size_t include_all = reader.U8();
  reader.Skip(1);
  SrAffinityConstraint affinity;
  affinity.exclude_any = ReadWords(reader, exclude_any);
  affinity.include_any = ReadWords(reader, include_any);
  affinity.include_all = ReadWords(reader, include_all);
  if (!reader.ok() || !reader.empty()) return LengthError(tlv, "4 and the words it counts");
  return affinity;
}

void Write(const SrAffinityConstraint& affinity, TlvWriter& out) {
  out.Add(kTlvSrAffinityConstraint, [&](TlvWriter& w) {
    const std::vector<uint32_t>* const lists[] = {&affinity.exclude_any, &affinity.include_any,
                                                  &affinity.include_all};
    for (const auto* list : lists) w.WriteCount(list->size());
    w.U8(0);
    for (const auto* list : lists) {
      for (const uint32_t word : *list) w.U32(word);
    }
  });
}

//   | request flags | status flags | reserved:16 | group |
absl::StatusOr<SrDisjointGroup> ParseDisjointGroup(const Tlv& tlv) {
  if (tlv.value.size() < 8) return LengthError(tlv, "8 or more");
  Reader reader(tlv.value);
  SrDisjointGroup group;
  group.request_flags = reader.U8();
  group.status_flags = reader.U8();
  reader.Skip(2);
  group.group = ToText(reader.TakeAll());
  return group;
}

//   | flags:16 | reserved:16 | group |
absl::StatusOr<SrBidirectionalGroup> ParseBidirectionalGroup(const Tlv& tlv) {
  if (tlv.value.size() < 8) return LengthError(tlv, "8 or more");
  Reader reader(tlv.value);
  SrBidirectionalGroup group;
  group.flags = reader.U16();
  reader.Skip(2);
  group.group = ToText(reader.TakeAll());
  return group;
}

absl::Status DecodeSubTlv(const Tlv& sub, SrConstraints& constraints) {
  switch (sub.type) {
    case kTlvSrAffinityConstraint:
      return Once(sub, ParseAffinity(sub), constraints.affinity);
    case kTlvSrSrlgConstraint:
      return AppendU32s(sub, constraints.srlgs);
    case kTlvSrBandwidthConstraint:
      return Once(sub, ParseFloat(sub), constraints.bandwidth);
    case kTlvSrDisjointGroup:
      return Once(sub, ParseDisjointGroup(sub), constraints.disjoint);
    case kTlvSrBidirectionalGroup:
      return Once(sub, ParseBidirectionalGroup(sub), constraints.bidirectional);
    case kTlvSrMetricConstraint:
      return Append(ParseSrMetric(sub), constraints.metrics);
    default:
      constraints.unknown.push_back(Keep(sub));
      return absl::OkStatus();
  }
}

}  // namespace

//   | type | flags | reserved:16 | margin:32 | bound:32 | value:32 (TLV 1207 only) |
absl::StatusOr<SrMetric> ParseSrMetric(const Tlv& tlv) {
  const bool has_value = tlv.type == kTlvSrSegmentListMetric;
  if (tlv.value.size() != (has_value ? 16 : 12)) return LengthError(tlv, has_value ? "16" : "12");
  Reader reader(tlv.value);
  SrMetric metric;
  metric.type = reader.U8();
  metric.flags = reader.U8();
  reader.Skip(2);
  metric.margin = reader.U32();
  metric.bound = reader.U32();
  if (has_value) metric.value = reader.U32();
  return metric;
}

void Write(const SrMetric& metric, TlvWriter& out) {
  out.Add(metric.value ? kTlvSrSegmentListMetric : kTlvSrMetricConstraint, [&](TlvWriter& w) {
    w.U8(metric.type);
    w.U8(metric.flags);
    w.Zeros(2);
    w.U32(metric.margin);
    w.U32(metric.bound);
    if (metric.value) w.U32(*metric.value);
  });
}

//   | flags:16 | reserved:16 | multi-topology:16 | algorithm | reserved | sub-TLVs |
absl::StatusOr<SrConstraints> ParseSrConstraints(const Tlv& tlv) {
  Reader reader(tlv.value);
  SrConstraints constraints;
  constraints.flags = reader.U16();
  reader.Skip(2);
  constraints.multi_topology = reader.U16();
  constraints.algorithm = reader.U8();
  reader.Skip(1);
  if (!reader.ok()) return LengthError(tlv, "8 or more");
  SRPCE_RETURN_IF_ERROR(
      ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) { return DecodeSubTlv(sub, constraints); }));
  return constraints;
}

void Write(const SrConstraints& constraints, TlvWriter& out) {
  out.Add(kTlvSrCandidatePathConstraints, [&](TlvWriter& w) {
    w.U16(constraints.flags);
    w.Zeros(2);
    w.U16(constraints.multi_topology);
    w.U8(constraints.algorithm);
    w.U8(0);
    if (constraints.affinity) Write(*constraints.affinity, w);
    w.AddU32s(kTlvSrSrlgConstraint, constraints.srlgs);
    w.AddFloat(kTlvSrBandwidthConstraint, constraints.bandwidth);
    if (const auto& disjoint = constraints.disjoint) {
      w.Add(kTlvSrDisjointGroup, [&](TlvWriter& sub) {
        sub.U8(disjoint->request_flags);
        sub.U8(disjoint->status_flags);
        sub.Zeros(2);
        sub.Require(disjoint->group.size() >= 4);
        sub.PutText(disjoint->group);
      });
    }
    if (const auto& bidirectional = constraints.bidirectional) {
      w.Add(kTlvSrBidirectionalGroup, [&](TlvWriter& sub) {
        sub.U16(bidirectional->flags);
        sub.Zeros(2);
        sub.Require(bidirectional->group.size() >= 4);
        sub.PutText(bidirectional->group);
      });
    }
    for (const SrMetric& metric : constraints.metrics) {
      w.Require(!metric.value);
      Write(metric, w);
    }
    w.AddRaw(constraints.unknown);
  });
}

}  // namespace srpce::wire::bgpls
