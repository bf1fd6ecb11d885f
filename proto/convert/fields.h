// proto/convert/fields.h -- small helpers of the converters: narrow numbers and parse text with
// errors that name the field.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"

namespace srpce::convert {

// Prefixes the message of an error with `where`.
inline absl::Status At(absl::string_view where, const absl::Status& status) {
  return status.ok() ? status
                     : absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

// Collects the first error while a message is read field by field.
class FieldReader {
 public:
  explicit FieldReader(std::string where) : where_(std::move(where)) {}

  // Returns `value` as T; an error if it does not fit or is over `max`.
  template <typename T>
  T Narrow(absl::string_view field, uint64_t value, uint64_t max = std::numeric_limits<T>::max()) {
    if (value > max) {
      Fail(field, absl::InvalidArgumentError(absl::StrCat("got ", value, ", want 0 to ", max)));
      return T{};
    }
    return static_cast<T>(value);
  }

  // Returns the value of `result`, or a default-made one and the error.
  template <typename T>
  T Take(absl::string_view field, absl::StatusOr<T> result) {
    if (!result.ok()) {
      Fail(field, result.status());
      return T{};
    }
    return *std::move(result);
  }

  void Fail(absl::string_view field, const absl::Status& error) {
    if (status_.ok()) {
      status_ = At(where_.empty() ? std::string(field) : absl::StrCat(where_, ".", field), error);
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  std::string where_;
  absl::Status status_;
};

}  // namespace srpce::convert
