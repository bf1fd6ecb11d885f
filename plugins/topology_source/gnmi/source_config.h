// plugins/topology_source/gnmi/source_config.h -- the targets file and the mapping files it names,
// checked as a whole.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plugins/topology_source/gnmi/mapping.h"
#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

// What is asked of one target and what the answers mean.
struct TargetPlan {
  std::vector<Subscription> subscriptions;
  std::vector<ValueRule> rules;
};

struct SourceConfig {
  config::v1::GnmiTargets file;
  std::vector<TargetPlan> plans;  // As file.targets().
};

// Reads all. Paths in the targets file start at its folder.
// Errors: INVALID_ARGUMENT  every mistake of a file, one "FILE:LINE: field: got X, want Y" a line.
//         NOT_FOUND, PERMISSION_DENIED ...  a file that cannot be read.
absl::StatusOr<SourceConfig> LoadSourceConfig(const std::string& path);

// Errors: the system's.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);
// The first line, without the space around it.
absl::StatusOr<std::string> ReadFirstLine(const std::string& path);

}  // namespace srpce::gnmi_source
