// daemon/adapter/settings_file.h -- the settings of a source from a file, written as under
// `sources[].settings` of srpced's configuration.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/plugin/registry.h"

namespace srpce::adapter {

// Errors: NOT_FOUND  the file.  INVALID_ARGUMENT  "FILE:LINE: NAME: got X, want Y".
absl::StatusOr<plugin::Settings> ReadSettingsFile(const std::string& path);

}  // namespace srpce::adapter
