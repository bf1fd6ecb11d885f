#include "lib/wire/bgpls/segment_routing.h"

#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

constexpr uint32_t kLabelMask = 0xfffff;  // "The 20 rightmost bits", RFC 9085 s2.1.1.
constexpr size_t kLabelSize = 3;
constexpr size_t kIndexSize = 4;

// What is left in `reader`. False if it is neither a label nor an index.
bool ReadSid(Reader& reader, Sid& sid) {
  sid.is_label = reader.remaining() == kLabelSize;
  if (!sid.is_label && reader.remaining() != kIndexSize) return false;
  sid.value = sid.is_label ? reader.U24() & kLabelMask : reader.U32();
  return reader.ok();
}

void WriteSid(const Sid& sid, TlvWriter& out) {
  if (sid.is_label) {
    out.Require(sid.value <= kLabelMask);
    out.WriteU24(sid.value & kLabelMask);
  } else {
    out.U32(sid.value);
  }
}

}  // namespace

//   | flags | reserved | { range size:24 | TLV 1161 } ... |
absl::StatusOr<LabelBlock> ParseLabelBlock(const Tlv& tlv) {
  Reader reader(tlv.value);
  LabelBlock block{.flags = reader.U8(), .ranges = {}};
  reader.Skip(1);
  while (reader.ok() && !reader.empty()) {
    LabelRange range{.size = reader.U24(), .first = {}};
    const uint16_t type = reader.U16();
    Reader label(reader.Take(reader.U16()));
    if (!reader.ok()) break;
    if (type != kTlvSidLabel) return TlvError(tlv, "got a range without TLV 1161");
    if (!ReadSid(label, range.first)) return TlvError(tlv, "TLV 1161: want 3 or 4 bytes");
    block.ranges.push_back(range);
  }
  if (!reader.ok()) return LengthError(tlv, "2 and whole ranges");
  return block;
}

void Write(uint16_t type, const LabelBlock& block, TlvWriter& out) {
  out.Add(type, [&](TlvWriter& w) {
    w.U8(block.flags);
    w.U8(0);
    for (const LabelRange& range : block.ranges) {
      w.WriteU24(range.size);
      w.Add(kTlvSidLabel, [&](TlvWriter& label) { WriteSid(range.first, label); });
    }
  });
}

//   | flags | algorithm | reserved:16 | SID |
absl::StatusOr<PrefixSid> ParsePrefixSid(const Tlv& tlv) {
  Reader reader(tlv.value);
  PrefixSid sid;
  sid.flags = reader.U8();
  sid.algorithm = reader.U8();
  reader.Skip(2);
  if (!ReadSid(reader, sid.sid)) return LengthError(tlv, "7 or 8");
  return sid;
}

void Write(const PrefixSid& sid, TlvWriter& out) {
  out.Add(kTlvPrefixSid, [&](TlvWriter& w) {
    w.U8(sid.flags);
    w.U8(sid.algorithm);
    w.Zeros(2);
    WriteSid(sid.sid, w);
  });
}

//   | flags | reserved | range size:16 | sub-TLVs |
absl::StatusOr<PrefixSidRange> ParsePrefixSidRange(const Tlv& tlv) {
  Reader reader(tlv.value);
  PrefixSidRange range;
  range.flags = reader.U8();
  reader.Skip(1);
  range.size = reader.U16();
  if (!reader.ok()) return LengthError(tlv, "4 or more");
  SRPCE_RETURN_IF_ERROR(ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) {
    if (sub.type == kTlvPrefixSid) return Append(ParsePrefixSid(sub), range.sids);
    range.unknown.push_back(Keep(sub));
    return absl::OkStatus();
  }));
  return range;
}

void Write(const PrefixSidRange& range, TlvWriter& out) {
  out.Add(kTlvSidRange, [&](TlvWriter& w) {
    w.U8(range.flags);
    w.U8(0);
    w.U16(range.size);
    for (const PrefixSid& sid : range.sids) Write(sid, w);
    w.AddRaw(range.unknown);
  });
}

//   | flags | weight | reserved:16 | SID |
absl::StatusOr<AdjacencySid> ParseAdjacencySid(const Tlv& tlv) {
  Reader reader(tlv.value);
  AdjacencySid sid;
  sid.flags = reader.U8();
  sid.weight = reader.U8();
  reader.Skip(2);
  if (!ReadSid(reader, sid.sid)) return LengthError(tlv, "7 or 8");
  return sid;
}

void Write(uint16_t type, const AdjacencySid& sid, TlvWriter& out) {
  out.Add(type, [&](TlvWriter& w) {
    w.U8(sid.flags);
    w.U8(sid.weight);
    w.Zeros(2);
    WriteSid(sid.sid, w);
  });
}

//   | flags | weight | reserved:16 | neighbor: 4 (OSPF) or 6 (IS-IS) octets | SID |
// Four lengths and four meanings: the length alone says which.
absl::StatusOr<LanAdjacencySid> ParseLanAdjacencySid(const Tlv& tlv) {
  const size_t size = tlv.value.size();
  if (size < 11 || size > 14) return LengthError(tlv, "11 to 14");
  Reader reader(tlv.value);
  LanAdjacencySid sid;
  sid.flags = reader.U8();
  sid.weight = reader.U8();
  reader.Skip(2);
  sid.neighbor = ToText(reader.Take(size < 13 ? 4 : 6));
  if (!ReadSid(reader, sid.sid)) return LengthError(tlv, "11 to 14");
  return sid;
}

void Write(const LanAdjacencySid& sid, TlvWriter& out) {
  out.Add(kTlvLanAdjacencySid, [&](TlvWriter& w) {
    w.U8(sid.flags);
    w.U8(sid.weight);
    w.Zeros(2);
    w.Require(sid.neighbor.size() == 4 || sid.neighbor.size() == 6);
    w.PutText(sid.neighbor);
    WriteSid(sid.sid, w);
  });
}

}  // namespace srpce::wire::bgpls
