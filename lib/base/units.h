// lib/base/units.h -- quantities whose unit is part of the type.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace srpce {

// Link and path delay. On the wire 24 bits of microseconds (RFC 8570 s4.1).
using Microseconds = std::chrono::microseconds;

// Bandwidth as on the wire: bytes, not bits (RFC 5305 s3.4).
struct BytesPerSecond {
  uint64_t value = 0;

  constexpr auto operator<=>(const BytesPerSecond&) const = default;
};

constexpr uint64_t kBitsPerByte = 8;

// Returns `bits_per_second` in bytes per second. Rounds up: a demand is never understated.
constexpr BytesPerSecond DemandFromBits(uint64_t bits_per_second) {
  return {bits_per_second / kBitsPerByte + (bits_per_second % kBitsPerByte != 0 ? 1 : 0)};
}
// Returns `bits_per_second` in bytes per second. Rounds down: a supply is never overstated.
constexpr BytesPerSecond SupplyFromBits(uint64_t bits_per_second) {
  return {bits_per_second / kBitsPerByte};
}

using IgpMetric = uint32_t;  // 24 bits in IS-IS wide metrics (RFC 5305), 16 in OSPF.
using TeMetric = uint32_t;   // RFC 5305 s3.7.

}  // namespace srpce
