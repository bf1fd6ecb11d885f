#include "lib/wire/bgpls/performance.h"

#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

constexpr uint8_t kAnomalous = 0x80;

//   | A | reserved:7 | delay:24 |
absl::StatusOr<LinkDelay> ParseLinkDelay(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  Reader reader(tlv.value);
  const bool anomalous = (reader.U8() & kAnomalous) != 0;
  return LinkDelay{.anomalous = anomalous, .delay = Microseconds(reader.U24())};
}

//   | A | reserved:7 | min:24 |
//   |   reserved:8   | max:24 |
absl::StatusOr<MinMaxLinkDelay> ParseMinMaxLinkDelay(const Tlv& tlv) {
  if (tlv.value.size() != 8) return LengthError(tlv, "8");
  Reader reader(tlv.value);
  MinMaxLinkDelay delay;
  delay.anomalous = (reader.U8() & kAnomalous) != 0;
  delay.min = Microseconds(reader.U24());
  reader.Skip(1);
  delay.max = Microseconds(reader.U24());
  return delay;
}

//   | reserved:8 | variation:24 |
absl::StatusOr<Microseconds> ParseDelayVariation(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  Reader reader(tlv.value);
  reader.Skip(1);
  return Microseconds(reader.U24());
}

//   | A | reserved:7 | loss:24 |
absl::StatusOr<LinkLoss> ParseLinkLoss(const Tlv& tlv) {
  if (tlv.value.size() != 4) return LengthError(tlv, "4");
  Reader reader(tlv.value);
  const bool anomalous = (reader.U8() & kAnomalous) != 0;
  return LinkLoss{.anomalous = anomalous, .units = reader.U24()};
}

void WriteWord(bool anomalous, uint64_t value, TlvWriter& out) {
  out.U8(anomalous ? kAnomalous : 0);
  out.WriteU24(value);
}

uint64_t Count(Microseconds delay) { return static_cast<uint64_t>(delay.count()); }

}  // namespace

std::optional<absl::Status> DecodePerformanceTlv(const Tlv& tlv, Performance& performance) {
  switch (tlv.type) {
    case kTlvLinkDelay:
      return Once(tlv, ParseLinkDelay(tlv), performance.delay);
    case kTlvMinMaxLinkDelay:
      return Once(tlv, ParseMinMaxLinkDelay(tlv), performance.min_max_delay);
    case kTlvDelayVariation:
      return Once(tlv, ParseDelayVariation(tlv), performance.delay_variation);
    case kTlvLinkLoss:
      return Once(tlv, ParseLinkLoss(tlv), performance.loss);
    case kTlvResidualBandwidth:
      return Once(tlv, ParseFloat(tlv), performance.residual_bandwidth);
    case kTlvAvailableBandwidth:
      return Once(tlv, ParseFloat(tlv), performance.available_bandwidth);
    case kTlvUtilizedBandwidth:
      return Once(tlv, ParseFloat(tlv), performance.utilized_bandwidth);
    default:
      return std::nullopt;
  }
}

void Write(const Performance& performance, TlvWriter& out) {
  if (const auto& delay = performance.delay) {
    out.Add(kTlvLinkDelay,
            [&](TlvWriter& w) { WriteWord(delay->anomalous, Count(delay->delay), w); });
  }
  if (const auto& delay = performance.min_max_delay) {
    out.Add(kTlvMinMaxLinkDelay, [&](TlvWriter& w) {
      WriteWord(delay->anomalous, Count(delay->min), w);
      WriteWord(false, Count(delay->max), w);
    });
  }
  if (const auto& variation = performance.delay_variation) {
    out.Add(kTlvDelayVariation, [&](TlvWriter& w) { WriteWord(false, Count(*variation), w); });
  }
  if (const auto& loss = performance.loss) {
    out.Add(kTlvLinkLoss, [&](TlvWriter& w) { WriteWord(loss->anomalous, loss->units, w); });
  }
  out.AddFloat(kTlvResidualBandwidth, performance.residual_bandwidth);
  out.AddFloat(kTlvAvailableBandwidth, performance.available_bandwidth);
  out.AddFloat(kTlvUtilizedBandwidth, performance.utilized_bandwidth);
}

}  // namespace srpce::wire::bgpls
