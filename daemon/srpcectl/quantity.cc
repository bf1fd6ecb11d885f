// daemon/srpcectl/quantity.cc
#include "daemon/srpcectl/quantity.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace srpce::ctl {
namespace {

absl::Status Error(absl::string_view got, absl::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("got '", got, "', want ", want));
}

// A number times the unit it ends with; the units are tried in order.
absl::StatusOr<uint64_t> ParseWithUnit(
    absl::string_view text, const std::vector<std::pair<absl::string_view, double>>& units,
    absl::string_view want) {
  absl::string_view digits = text;
  double factor = 1;
  for (const auto& [unit, value] : units) {
    if (absl::ConsumeSuffix(&digits, unit)) {
      factor = value;
      break;
    }
  }
  double value = 0;
  if (!absl::SimpleAtod(digits, &value) || !(value >= 0) || !(value * factor <= 1e18)) {
    return Error(text, want);
  }
  return static_cast<uint64_t>(std::llround(value * factor));
}

}  // namespace

absl::StatusOr<uint64_t> ParseMicroseconds(absl::string_view text) {
  return ParseWithUnit(text, {{"us", 1}, {"ms", 1e3}, {"s", 1e6}}, "a time like 10ms or 250us");
}

absl::StatusOr<uint64_t> ParseBitsPerSecond(absl::string_view text) {
  absl::string_view digits = text;
  if (!absl::ConsumeSuffix(&digits, "bps")) {
    absl::ConsumeSuffix(&digits, "b/s");
  }
  const auto bps = ParseWithUnit(
      digits, {{"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}}, "bits per second");
  return bps.ok() ? bps : Error(text, "bits per second like 400M or 10G");
}

absl::StatusOr<v1::AdminGroup> ParseAdminGroup(absl::string_view text) {
  constexpr uint32_t kMaxBit = 1023;
  v1::AdminGroup group;
  uint64_t bits = 0;
  if (absl::StartsWith(text, "0x")) {
    if (!absl::SimpleHexAtoi(text, &bits)) {
      return Error(text, "at most 64 bits in hexadecimal; name higher ones by position: 0,1,70");
    }
    for (; bits != 0; bits >>= 32) {
      group.add_words(static_cast<uint32_t>(bits));
    }
    return group;
  }
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    uint32_t bit = 0;
    if (!absl::SimpleAtoi(item, &bit) || bit > kMaxBit) {
      return Error(text, "affinity bits like 0x3, or positions up to 1023 like 0,1,70");
    }
    while (group.words_size() <= static_cast<int>(bit / 32)) {
      group.add_words(0);
    }
    const int word = static_cast<int>(bit / 32);
    group.set_words(word, group.words(word) | 1U << bit % 32);
  }
  return group;
}

absl::StatusOr<double> ParseFraction(absl::string_view text) {
  absl::string_view digits = text;
  const double factor = absl::ConsumeSuffix(&digits, "%") ? 0.01 : 1;
  double value = 0;
  if (!absl::SimpleAtod(digits, &value) || !(value >= 0 && value * factor <= 1)) {
    return Error(text, "a fraction from 0 to 1, or a percentage like 0.1%");
  }
  return value * factor;
}

std::string FormatNumber(double value, int digits) {
  std::string text = absl::StrFormat("%.*f", digits, value);
  if (absl::StrContains(text, '.')) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
      text.pop_back();
    }
  }
  return text;
}

std::string FormatMicroseconds(uint64_t us) {
  return us < 1000 ? absl::StrCat(us, " us")
                   : absl::StrCat(FormatNumber(static_cast<double>(us) / 1e3, 3), " ms");
}

std::string FormatSeconds(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 60 * kMinute;
  constexpr double kDay = 24 * kHour;
  if (seconds < kMinute) {
    return absl::StrCat(FormatNumber(std::floor(seconds * 10) / 10, 1), " s");
  }
  if (seconds < kHour) {
    return absl::StrCat(FormatNumber(std::floor(seconds / kMinute), 0), " min");
  }
  // Two units, the second left out where it is 0.
  const auto two = [seconds](double large, const char* large_name, double small,
                             const char* small_name) {
    const double rest = std::floor(std::fmod(seconds, large) / small);
    return absl::StrCat(FormatNumber(std::floor(seconds / large), 0), large_name,
                        rest == 0 ? "" : absl::StrCat(" ", FormatNumber(rest, 0), small_name));
  };
  return seconds < kDay ? two(kHour, " h", kMinute, " min") : two(kDay, " d", kHour, " h");
}

std::string FormatBitsPerSecond(uint64_t bps) {
  static constexpr std::pair<double, const char*> kUnits[] = {
      {1e12, "Tb/s"}, {1e9, "Gb/s"}, {1e6, "Mb/s"}, {1e3, "kb/s"}};
  const auto value = static_cast<double>(bps);
  for (const auto& [factor, unit] : kUnits) {
    if (value >= factor) {
      return absl::StrCat(FormatNumber(value / factor, 3), " ", unit);
    }
  }
  return absl::StrCat(bps, " b/s");
}

std::string FormatAdminGroup(const v1::AdminGroup& group) {
  std::string text;
  for (int i = group.words_size(); i-- > 0;) {
    if (text.empty()) {
      text = group.words(i) == 0 ? "" : absl::StrFormat("0x%x", group.words(i));
    } else {
      absl::StrAppendFormat(&text, "%08x", group.words(i));
    }
  }
  return text.empty() ? "0" : text;
}

std::string FormatFraction(double fraction) {
  return absl::StrCat(FormatNumber(fraction * 100, 6), " %");
}

}  // namespace srpce::ctl
