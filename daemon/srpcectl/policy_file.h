// daemon/srpcectl/policy_file.h -- policies as people write them: YAML or JSON, several documents
// in a file.
//
// A document is one policy, or has "policies:" with a list of them. Fields as in
// proto/srpce/v1/policy.proto, enum values in lower case. Several candidate paths without
// discriminators get 1, 2 ... in their order.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "srpce/v1/policy.pb.h"

namespace srpce::ctl {

// Errors: INVALID_ARGUMENT  one "file:line: field: got X, want Y" a line; also when there is no
// policy at all.
absl::StatusOr<std::vector<v1::Policy>> ParsePolicies(absl::string_view text,
                                                      const std::string& file);

// `path` "-" is standard input.
absl::StatusOr<std::vector<v1::Policy>> ReadPolicies(const std::string& path);

}  // namespace srpce::ctl
