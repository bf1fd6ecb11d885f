// lib/wire/bgpls/performance.h -- measured delay, loss and bandwidth of a link (RFC 8571; the
// fields are those of RFC 8570).
#pragma once

#include <optional>

#include "lib/base/units.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

// Bandwidth as it is on the wire: IEEE 754, bytes per second (RFC 5305 s3.4).
using BytesPerSecondFloat = float;

struct LinkDelay {         // TLV 1114.
  bool anomalous = false;  // A bit: above a threshold until below the reuse threshold.
  Microseconds delay{};    // 24 bits.

  bool operator==(const LinkDelay&) const = default;
};

struct MinMaxLinkDelay {  // TLV 1115. That min is above max is for lib/topology to judge.
  bool anomalous = false;
  Microseconds min{};
  Microseconds max{};

  bool operator==(const MinMaxLinkDelay&) const = default;
};

struct LinkLoss {  // TLV 1117.
  bool anomalous = false;
  uint32_t units = 0;  // Of 0.000003 percent, 24 bits.

  double fraction() const { return units * 3e-8; }
  bool operator==(const LinkLoss&) const = default;
};

struct Performance {
  std::optional<LinkDelay> delay;
  std::optional<MinMaxLinkDelay> min_max_delay;
  std::optional<Microseconds> delay_variation;
  std::optional<LinkLoss> loss;
  std::optional<BytesPerSecondFloat> residual_bandwidth;
  std::optional<BytesPerSecondFloat> available_bandwidth;
  std::optional<BytesPerSecondFloat> utilized_bandwidth;

  bool operator==(const Performance&) const = default;
};

// Nothing if the TLV is none of 1114 to 1120.
std::optional<absl::Status> DecodePerformanceTlv(const Tlv& tlv, Performance& performance);
void Write(const Performance& performance, TlvWriter& out);

}  // namespace srpce::wire::bgpls
