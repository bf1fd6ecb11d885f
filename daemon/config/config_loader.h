// daemon/config/config_loader.h -- the configuration of srpced: read, checked as a whole, printed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/yaml/yaml_to_proto.h"
#include "srpce/config/v1/config.pb.h"

namespace srpce::config {

// The plugins of this process, to check names against.
struct PluginNames {
  std::vector<std::string> stores;
  std::vector<std::string> southbounds;
  std::vector<std::string> topology_sources;
};

// Reads `path` and checks it. "${config_dir}" in a text stands for the folder of the file; other
// relative paths start at the working directory. Errors: NOT_FOUND / PERMISSION_DENIED  the file.
// INVALID_ARGUMENT  every mistake, one "file:line: field: what" a line.
absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const PluginNames& plugins);

// The same from text, for tests.
absl::StatusOr<v1::Config> ParseConfig(absl::string_view yaml, const std::string& file,
                                       const std::string& config_dir, const PluginNames& plugins);

// Checks what no single field can tell: addresses, names of plugins, fields that go together.
// `file` begins each error. Errors: INVALID_ARGUMENT  as LoadConfig, without lines.
absl::Status CheckConfig(const v1::Config& config, const std::string& file,
                         const PluginNames& plugins);

// An address to listen on, taken apart. Exactly one of host and unix_path is set.
struct ListenAddress {
  std::string host;
  int port = 0;
  std::string unix_path;
};
// Errors: INVALID_ARGUMENT  not "host:port", "[v6]:port" or "unix:/path".
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

}  // namespace srpce::config
