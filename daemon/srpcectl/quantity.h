// daemon/srpcectl/quantity.h -- numbers with units as people write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "srpce/v1/path.pb.h"

namespace srpce::ctl {

// "10ms", "250us", "1.5s" or, without a unit, microseconds. Errors of all: INVALID_ARGUMENT "got X,
// want Y".
absl::StatusOr<uint64_t> ParseMicroseconds(absl::string_view text);
// Bits per second: "400M", "2.5G", "10Gbps", "1000000".
absl::StatusOr<uint64_t> ParseBitsPerSecond(absl::string_view text);
// Affinity bits: "0x3", or bit positions "0,1,70".
absl::StatusOr<v1::AdminGroup> ParseAdminGroup(absl::string_view text);
// "0.001" or "0.1%".
absl::StatusOr<double> ParseFraction(absl::string_view text);

std::string FormatMicroseconds(uint64_t us);    // "250 us", "12.345 ms".
std::string FormatSeconds(double seconds);      // "1.5 s", "12 min", "3 h 5 min", "4 d 2 h".
std::string FormatBitsPerSecond(uint64_t bps);  // "10 Gb/s", "7.167 Gb/s".
std::string FormatAdminGroup(const v1::AdminGroup& group);  // "0x3"; "0" when empty.
std::string FormatFraction(double fraction);                // "0.05 %".
// At most `digits` after the point, none that are zero at the end.
std::string FormatNumber(double value, int digits);

}  // namespace srpce::ctl
