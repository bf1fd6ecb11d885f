// lib/plugin/setting_text.h -- the text of a setting as a value; what all plugins say of a wrong
// one.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace srpce::plugin {

// INVALID_ARGUMENT  "got 'X', want Y".
inline absl::Status WrongSetting(absl::string_view got, absl::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("got '", got, "', want ", want));
}

template <typename T>
absl::Status ParseNumber(absl::string_view text, uint64_t min, uint64_t max, T& to) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < min || value > max) {
    return WrongSetting(text, absl::StrCat("a whole number from ", min, " to ", max));
  }
  to = static_cast<T>(value);
  return absl::OkStatus();
}

inline absl::Status ParseBool(absl::string_view text, bool& to) {
  return absl::SimpleAtob(text, &to) ? absl::OkStatus() : WrongSetting(text, "true or false");
}

}  // namespace srpce::plugin
