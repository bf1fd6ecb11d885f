// daemon/agent/agent_config.h -- reads and checks srpce-agent's files: configuration, tokens,
// headends.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "daemon/agent/agent.h"
#include "srpce/config/v1/agent_config.pb.h"

namespace srpce::agent {

// Errors: NOT_FOUND  the file. INVALID_ARGUMENT  every mistake as "file:line: field: got X, want
// Y".
absl::StatusOr<config::v1::AgentConfig> LoadAgentConfig(const std::string& path);
absl::StatusOr<config::v1::AgentConfig> ParseAgentConfig(absl::string_view yaml,
                                                         const std::string& file);

// The file's one line, a bearer token. Errors: NOT_FOUND, INVALID_ARGUMENT  empty.
absl::StatusOr<std::string> LoadToken(const std::string& path);

// One headend a line, and its token if it has one: "r1 secret". Empty lines and lines with # are
// skipped. Errors: NOT_FOUND, INVALID_ARGUMENT  "file:line: ...".
absl::StatusOr<std::vector<HeadendCredential>> LoadHeadends(const std::string& path);

}  // namespace srpce::agent
