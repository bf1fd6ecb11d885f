#include "lib/wire/bgpls/te_attributes.h"

#include "absl/strings/str_cat.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

absl::StatusOr<std::array<BytesPerSecondFloat, 8>> ParseUnreserved(const Tlv& tlv) {
  std::array<BytesPerSecondFloat, 8> by_priority{};
  if (tlv.value.size() != 4 * by_priority.size()) return LengthError(tlv, "32");
  Reader reader(tlv.value);
  for (float& bandwidth : by_priority) bandwidth = reader.Float32();
  return by_priority;
}

absl::Status DecodeExtendedAdminGroup(const Tlv& tlv, std::vector<uint32_t>& words) {
  if (!words.empty()) return TlvError(tlv, "got a second one, want one");
  return AppendU32s(tlv, words);
}

bool IsMaskSize(size_t size) { return size == 0 || size == 4 || size == 8; }

}  // namespace

std::optional<absl::Status> DecodeTeTlv(const Tlv& tlv, TeAttributes& te) {
  switch (tlv.type) {
    case kTlvAdminGroup:
      return Once(tlv, ParseU32(tlv), te.admin_group);
    case kTlvExtendedAdminGroup:
      return DecodeExtendedAdminGroup(tlv, te.extended_admin_group);
    case kTlvMaxBandwidth:
      return Once(tlv, ParseFloat(tlv), te.max_bandwidth);
    case kTlvMaxReservableBandwidth:
      return Once(tlv, ParseFloat(tlv), te.max_reservable_bandwidth);
    case kTlvUnreservedBandwidth:
      return Once(tlv, ParseUnreserved(tlv), te.unreserved_bandwidth);
    case kTlvTeMetric:
      return Once(tlv, ParseU32(tlv), te.te_metric);
    case kTlvSrlg:
      return AppendU32s(tlv, te.srlgs);
    default:
      return DecodePerformanceTlv(tlv, te.performance);
  }
}

void Write(const TeAttributes& te, TlvWriter& out) {
  out.AddU32(kTlvAdminGroup, te.admin_group);
  out.AddFloat(kTlvMaxBandwidth, te.max_bandwidth);
  out.AddFloat(kTlvMaxReservableBandwidth, te.max_reservable_bandwidth);
  if (te.unreserved_bandwidth) {
    out.Add(kTlvUnreservedBandwidth, [&](TlvWriter& w) {
      for (const float bandwidth : *te.unreserved_bandwidth) w.Float32(bandwidth);
    });
  }
  out.AddU32(kTlvTeMetric, te.te_metric);
  out.AddU32s(kTlvSrlg, te.srlgs);
  Write(te.performance, out);
  out.AddU32s(kTlvExtendedAdminGroup, te.extended_admin_group);
}

//   | SABM length | UDABM length | reserved:16 | SABM | UDABM | sub-TLVs |
absl::StatusOr<Asla> ParseAsla(const Tlv& tlv, std::vector<Defect>& defects) {
  Reader reader(tlv.value);
  const uint8_t standard_size = reader.U8();
  const uint8_t user_size = reader.U8();
  reader.Skip(2);
  Asla asla;
  asla.standard_mask = ToText(reader.Take(standard_size));
  asla.user_mask = ToText(reader.Take(user_size));
  if (!reader.ok()) return LengthError(tlv, "4 and both masks");
  if (!IsMaskSize(standard_size) || !IsMaskSize(user_size)) {
    return TlvError(tlv, absl::StrCat("got masks of ", standard_size, " and ", user_size,
                                      " bytes, want 0, 4 or 8"));
  }
  TlvWalk walk(reader.TakeAll());
  for (Tlv sub; walk.Next(sub);) {
    const std::optional<absl::Status> status = DecodeTeTlv(sub, asla.te);
    if (!status) {
      asla.unknown.push_back(Keep(sub));
    } else if (!status->ok()) {
      defects.push_back({sub.type, absl::StrCat("in TLV 1122: ", status->message())});
    }
  }
  if (!walk.overrun().ok()) return walk.overrun();
  return asla;
}

void Write(const Asla& asla, TlvWriter& out) {
  out.Require(IsMaskSize(asla.standard_mask.size()) && IsMaskSize(asla.user_mask.size()));
  out.Add(kTlvAsla, [&](TlvWriter& w) {
    w.WriteCount(asla.standard_mask.size());
    w.WriteCount(asla.user_mask.size());
    w.Zeros(2);
    w.PutText(asla.standard_mask);
    w.PutText(asla.user_mask);
    Write(asla.te, w);
    w.AddRaw(asla.unknown);
  });
}

}  // namespace srpce::wire::bgpls
