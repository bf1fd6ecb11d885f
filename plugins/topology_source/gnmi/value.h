// plugins/topology_source/gnmi/value.h -- what targets send, as the quantities of a link. Nothing a
// target sends is believed before it is in range.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gnmi/gnmi.pb.h"
#include "lib/base/ip.h"
#include "plugins/topology_source/gnmi/mapping.h"

namespace srpce::gnmi_source {

// A leaf as it came.
using Scalar = std::variant<bool, int64_t, uint64_t, double, std::string>;
// One mostly: no memory of its own.
using Scalars = absl::InlinedVector<Scalar, 1>;

// Returns the values of `value`: one, or those of a leaf-list. JSON is not for here.
// Errors: INVALID_ARGUMENT  "got X, want Y".
absl::StatusOr<Scalars> ToScalars(const gnmi::TypedValue& value);

// What a leaf means: a number in the attribute's unit, truth, a counter, or addresses.
using Quantity = std::variant<double, bool, uint64_t, std::vector<IpAddress>>;

// Errors: INVALID_ARGUMENT  not a value of the attribute: wrong type, NaN, negative, too large.
absl::StatusOr<Quantity> ToQuantity(const ValueRule& rule, const Scalars& scalars);

// Called with the values of the rule's keys and of the leaf.
using LeafVisitor =
    std::function<void(const std::vector<std::string>& keys, const Scalars& scalars)>;
// Called with why a branch was skipped.
using ErrorVisitor = std::function<void(absl::string_view what)>;

// Errors: INVALID_ARGUMENT  "got X, want JSON".
absl::StatusOr<google::protobuf::Value> ParseJson(const std::string& text);

// Finds the leaves of `rule` in what stands at the rule's first `depth` elems; `keys` holds the
// keys of those. Lists are arrays of objects that hold their keys (RFC 7951 s5.4).
void VisitJson(const ValueRule& rule, size_t depth, const std::vector<std::string>& keys,
               const google::protobuf::Value& json, const LeafVisitor& leaf,
               const ErrorVisitor& error);

}  // namespace srpce::gnmi_source
