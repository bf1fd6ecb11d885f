// proto/yaml/yaml_documents.h -- the documents of a YAML text, safe on any text.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace YAML {
class Node;
}

namespace srpce::config {

// Errors: INVALID_ARGUMENT  "file:line: not YAML: ...". `file` is only for that.
absl::StatusOr<std::vector<YAML::Node>> LoadDocuments(absl::string_view text,
                                                      const std::string& file);

}  // namespace srpce::config
