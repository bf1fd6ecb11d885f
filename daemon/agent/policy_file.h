// daemon/agent/policy_file.h -- which policies the agent has installed, kept over its restarts: the
// kernel keeps routes, not fingerprints.
//
// One JSON object a line, each a srpce.v1.InstallPolicy. Written whole and renamed into place, so a
// crash leaves the old or the new.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/plugin/southbound.h"

namespace srpce::agent {

struct RememberedPolicy {
  plugin::PolicyConfig config;
  uint64_t fingerprint = 0;  // As the daemon said it: never computed here.
};

// A file that is not there is empty. Errors: DATA_LOSS  with the line that cannot be read; the rest
// is still returned by `policies`, which may not be null.
absl::Status ReadPolicyFile(const std::string& path, std::vector<RememberedPolicy>* policies);

// Errors: INTERNAL, RESOURCE_EXHAUSTED (disk full): the file is as it was.
absl::Status WritePolicyFile(const std::string& path,
                             const std::vector<RememberedPolicy>& policies);

}  // namespace srpce::agent
