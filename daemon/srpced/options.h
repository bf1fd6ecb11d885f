// daemon/srpced/options.h -- the command line of srpced.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "daemon/config/config_loader.h"
#include "daemon/srpced/ready.h"

namespace srpce::srpced {

struct Options {
  std::string config_file;  // "" = defaults only.
  bool check_config = false;
  bool print_config = false;
  std::optional<std::string> grpc_listen;
  std::optional<std::string> metrics_listen;
  std::optional<std::string> store_path;
  ReadyOptions ready;
};

// Returns the options, or the exit code when there is nothing more to do: 0 after --help and
// --version, kExitUsage after a mistake. What there is to say was printed.
struct ParsedOptions {
  Options options;
  std::optional<int> exit_code;
};
ParsedOptions ParseOptions(int argc, const char* const* argv);

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // Could not start, or did not stop cleanly.
inline constexpr int kExitUsage = 2;   // Command line or configuration.

// Reads the configuration file, if any, and puts the command line's words over it. Errors: see
// config::LoadConfig.
absl::StatusOr<config::v1::Config> EffectiveConfig(const Options& options,
                                                   const config::PluginNames& plugins);

}  // namespace srpce::srpced
