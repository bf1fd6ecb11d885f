// TLVs 1205 and 1206: a segment list and its segments.
#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"
#include "lib/wire/bgpls/sr_policy_state.h"

namespace srpce::wire::bgpls {
namespace {

// Which fields follow the SID, RFC 9857 s5.7.1.
struct SegmentLayout {
  bool srv6 = false;
  bool algorithm = false;
  bool v6 = false;  // The addresses.
  bool local_address = false;
  bool local_interface = false;
  bool remote_address = false;
  bool remote_interface = false;
};

constexpr uint8_t kSegmentTypes = 11;
constexpr SegmentLayout kLayouts[kSegmentTypes] = {
    {.algorithm = true},                                     // A, label
    {.srv6 = true, .algorithm = true},                       // B, SRv6 SID
    {.algorithm = true, .local_address = true},              // C
    {.algorithm = true, .v6 = true, .local_address = true},  // D
    {.local_address = true, .local_interface = true},        // E
    {.local_address = true, .remote_address = true},         // F
    {.v6 = true,
     .local_address = true,
     .local_interface = true,
     .remote_address = true,
     .remote_interface = true},                                            // G
    {.v6 = true, .local_address = true, .remote_address = true},           // H
    {.srv6 = true, .algorithm = true, .v6 = true, .local_address = true},  // I
    {.srv6 = true,
     .v6 = true,
     .local_address = true,
     .local_interface = true,
     .remote_address = true,
     .remote_interface = true},                                                 // J
    {.srv6 = true, .v6 = true, .local_address = true, .remote_address = true},  // K
};

// Null for a type not known.
const SegmentLayout* LayoutOf(uint8_t type) {
  return type >= 1 && type <= kSegmentTypes ? &kLayouts[type - 1] : nullptr;
}

IpAddress ReadAddress(Reader& reader, bool v6) {
  return v6 ? IpAddress::V6(ReadIpv6(reader)) : ReadIpv4(reader);
}

void WriteAddress(const IpAddress& address, bool v6, TlvWriter& out) {
  out.Require(address.is_v4() != v6);
  WriteIp(address, out);
}

//   | type | reserved | flags:16 | SID: 4 or 16 octets | what kLayouts says | sub-TLVs |
absl::StatusOr<SrSegment> ParseSegment(const Tlv& tlv, const SegmentLayout& layout) {
  Reader reader(tlv.value);
  SrSegment segment;
  segment.type = reader.U8();
  reader.Skip(1);
  segment.flags = reader.U16();
  segment.sid = ReadPolicySid(reader, layout.srv6);
  if (layout.algorithm) segment.algorithm = reader.U8();
  if (layout.local_address) segment.local_address = ReadAddress(reader, layout.v6);
  if (layout.local_interface) segment.local_interface = reader.U32();
  if (layout.remote_address) segment.remote_address = ReadAddress(reader, layout.v6);
  if (layout.remote_interface) segment.remote_interface = reader.U32();
  if (!reader.ok()) return LengthError(tlv, "all fields of its segment type");
  SRPCE_RETURN_IF_ERROR(ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) {
    const std::optional<absl::Status> status = DecodeSrv6SidTlv(sub, segment.attributes);
    if (status) return *status;
    segment.unknown.push_back(Keep(sub));
    return absl::OkStatus();
  }));
  return segment;
}

void Write(const SrSegment& segment, TlvWriter& out) {
  const SegmentLayout* layout = LayoutOf(segment.type);
  out.Require(layout != nullptr);
  if (layout == nullptr) return;
  out.Require(std::holds_alternative<Ipv6Address>(segment.sid) == layout->srv6);
  out.Add(kTlvSrSegment, [&](TlvWriter& w) {
    w.U8(segment.type);
    w.U8(0);
    w.U16(segment.flags);
    WritePolicySid(segment.sid, w);
    if (layout->algorithm) w.U8(segment.algorithm);
    if (layout->local_address) WriteAddress(segment.local_address, layout->v6, w);
    if (layout->local_interface) w.U32(segment.local_interface);
    if (layout->remote_address) WriteAddress(segment.remote_address, layout->v6, w);
    if (layout->remote_interface) w.U32(segment.remote_interface);
    Write(segment.attributes, w);
    w.AddRaw(segment.unknown);
  });
}

absl::Status DecodeSegment(const Tlv& sub, SrSegmentList& list) {
  if (sub.value.empty()) return LengthError(sub, "1 or more");
  const SegmentLayout* layout = LayoutOf(sub.value[0]);
  if (layout != nullptr) return Append(ParseSegment(sub, *layout), list.segments);
  list.unknown.push_back(Keep(sub));
  return absl::OkStatus();
}

absl::Status DecodeSubTlv(const Tlv& sub, SrSegmentList& list) {
  switch (sub.type) {
    case kTlvSrSegment:
      return DecodeSegment(sub, list);
    case kTlvSrSegmentListMetric:
      return Append(ParseSrMetric(sub), list.metrics);
    case kTlvSrSegmentListBandwidth:
      return Once(sub, ParseFloat(sub), list.bandwidth);
    case kTlvSrSegmentListIdentifier:
      return Once(sub, ParseU32(sub), list.identifier);
    default:
      list.unknown.push_back(Keep(sub));
      return absl::OkStatus();
  }
}

}  // namespace

//   | flags:16 | reserved:16 | multi-topology:16 | algorithm | reserved | weight:32 | sub-TLVs |
absl::StatusOr<SrSegmentList> ParseSrSegmentList(const Tlv& tlv) {
  Reader reader(tlv.value);
  SrSegmentList list;
  list.flags = reader.U16();
  reader.Skip(2);
  list.multi_topology = reader.U16();
  list.algorithm = reader.U8();
  reader.Skip(1);
  list.weight = reader.U32();
  if (!reader.ok()) return LengthError(tlv, "12 or more");
  SRPCE_RETURN_IF_ERROR(
      ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) { return DecodeSubTlv(sub, list); }));
  return list;
}

void Write(const SrSegmentList& list, TlvWriter& out) {
  out.Add(kTlvSrSegmentList, [&](TlvWriter& w) {
    w.U16(list.flags);
    w.Zeros(2);
    w.U16(list.multi_topology);
    w.U8(list.algorithm);
    w.U8(0);
    w.U32(list.weight);
    for (const SrSegment& segment : list.segments) Write(segment, w);
    for (const SrMetric& metric : list.metrics) {
      w.Require(metric.value.has_value());
      Write(metric, w);
    }
    w.AddFloat(kTlvSrSegmentListBandwidth, list.bandwidth);
    w.AddU32(kTlvSrSegmentListIdentifier, list.identifier);
    w.AddRaw(list.unknown);
  });
}

}  // namespace srpce::wire::bgpls
