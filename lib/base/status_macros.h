// lib/base/status_macros.h -- early return on an absl::Status that is not OK.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status of `expression` from the enclosing function unless it is OK.
#define SRPCE_RETURN_IF_ERROR(expression)                     \
  do {                                                        \
    if (absl::Status status_ = (expression); !status_.ok()) { \
      return status_;                                         \
    }                                                         \
  } while (false)

#define SRPCE_STATUS_CONCAT_INNER_(a, b) a##b
#define SRPCE_STATUS_CONCAT_(a, b) SRPCE_STATUS_CONCAT_INNER_(a, b)

#define SRPCE_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) {                                            \
    return std::move(result).status();                           \
  }                                                              \
  declaration = *std::move(result)

// Evaluates `expression` (an absl::StatusOr), returns its status on error, else assigns the value
// to `declaration`.
#define SRPCE_ASSIGN_OR_RETURN(declaration, expression) \
  SRPCE_ASSIGN_OR_RETURN_(SRPCE_STATUS_CONCAT_(statusor_, __LINE__), declaration, expression)
