#include "lib/wire/bgpls/flex_algo.h"

#include "lib/base/status_macros.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

//   | protocol-id | sub-TLV types |
absl::StatusOr<FlexAlgoUnsupported> ParseUnsupported(const Tlv& tlv) {
  Reader reader(tlv.value);
  FlexAlgoUnsupported unsupported;
  unsupported.protocol = reader.U8();
  if (!reader.ok()) return LengthError(tlv, "1 or more");
  unsupported.sub_tlv_types = ToText(reader.TakeAll());
  return unsupported;
}

absl::Status DecodeSubTlv(const Tlv& sub, FlexAlgoDefinition& definition) {
  switch (sub.type) {
    case kTlvFlexAlgoExcludeAny:
      return AppendU32s(sub, definition.exclude_any);
    case kTlvFlexAlgoIncludeAny:
      return AppendU32s(sub, definition.include_any);
    case kTlvFlexAlgoIncludeAll:
      return AppendU32s(sub, definition.include_all);
    case kTlvFlexAlgoFlags:
      return Once(sub, ParseText(sub), definition.flags);
    case kTlvFlexAlgoExcludeSrlg:
      return AppendU32s(sub, definition.exclude_srlgs);
    case kTlvFlexAlgoUnsupported:
      return Append(ParseUnsupported(sub), definition.unsupported);
    default:
      definition.unknown.push_back(Keep(sub));
      return absl::OkStatus();
  }
}

}  // namespace

//   | algorithm | metric type | calculation type | priority | sub-TLVs |
absl::StatusOr<FlexAlgoDefinition> ParseFlexAlgoDefinition(const Tlv& tlv) {
  Reader reader(tlv.value);
  FlexAlgoDefinition definition;
  definition.algorithm = reader.U8();
  definition.metric_type = reader.U8();
  definition.calculation_type = reader.U8();
  definition.priority = reader.U8();
  if (!reader.ok()) return LengthError(tlv, "4 or more");
  SRPCE_RETURN_IF_ERROR(
      ForEachTlv(reader.TakeAll(), [&](const Tlv& sub) { return DecodeSubTlv(sub, definition); }));
  return definition;
}

void Write(const FlexAlgoDefinition& definition, TlvWriter& out) {
  out.Add(kTlvFlexAlgoDefinition, [&](TlvWriter& w) {
    w.U8(definition.algorithm);
    w.U8(definition.metric_type);
    w.U8(definition.calculation_type);
    w.U8(definition.priority);
    w.AddU32s(kTlvFlexAlgoExcludeAny, definition.exclude_any);
    w.AddU32s(kTlvFlexAlgoIncludeAny, definition.include_any);
    w.AddU32s(kTlvFlexAlgoIncludeAll, definition.include_all);
    w.AddText(kTlvFlexAlgoFlags, definition.flags);
    w.AddU32s(kTlvFlexAlgoExcludeSrlg, definition.exclude_srlgs);
    for (const FlexAlgoUnsupported& unsupported : definition.unsupported) {
      w.Add(kTlvFlexAlgoUnsupported, [&](TlvWriter& sub) {
        sub.U8(unsupported.protocol);
        sub.PutText(unsupported.sub_tlv_types);
      });
    }
    w.AddRaw(definition.unknown);
  });
}

//   | algorithm | flags | reserved:16 | metric:32 |
absl::StatusOr<FlexAlgoPrefixMetric> ParseFlexAlgoPrefixMetric(const Tlv& tlv) {
  if (tlv.value.size() != 8) return LengthError(tlv, "8");
  Reader reader(tlv.value);
  FlexAlgoPrefixMetric metric;
  metric.algorithm = reader.U8();
  metric.flags = reader.U8();
  reader.Skip(2);
  metric.metric = reader.U32();
  return metric;
}

void Write(const FlexAlgoPrefixMetric& metric, TlvWriter& out) {
  out.Add(kTlvFlexAlgoPrefixMetric, [&](TlvWriter& w) {
    w.U8(metric.algorithm);
    w.U8(metric.flags);
    w.Zeros(2);
    w.U32(metric.metric);
  });
}

}  // namespace srpce::wire::bgpls
