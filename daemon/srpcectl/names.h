// daemon/srpcectl/names.h -- links and policies as text.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "srpce/v1/policy.pb.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::ctl {

// "A->B" or "A->B#interface". Errors of all: INVALID_ARGUMENT "got X, want Y".
absl::StatusOr<v1::LinkKey> ParseLink(absl::string_view text);
std::string ToText(const v1::LinkKey& key);      // "A->B": parallel links look alike.
std::string ToFullText(const v1::LinkKey& key);  // "A->B#interface".

// "headend/color/endpoint".
absl::StatusOr<v1::PolicyKey> ParsePolicyKey(absl::string_view text);
std::string ToText(const v1::PolicyKey& key);

struct EndPair {
  std::string headend;
  std::string endpoint;
};
// "headend:endpoint", or "headend->endpoint" where a name has a colon.
absl::StatusOr<EndPair> ParseEndPair(absl::string_view text);

}  // namespace srpce::ctl
