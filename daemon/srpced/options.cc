#include "daemon/srpced/options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::srpced {

ParsedOptions ParseOptions(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app(
      "srpced: Segment Routing path computation element.\n"
      "Learns a network, computes segment lists that keep their promises, installs them, and keeps "
      "them as "
      "the network changes.",
      "srpced");
  app.footer(
      "Exit codes: 0 stopped on SIGTERM or SIGINT, 1 could not start, 2 wrong command line or "
      "configuration.\n"
      "The configuration file is explained in configs/README.md.");
  app.set_version_flag("--version", std::string("srpced ") + SRPCE_VERSION);
  app.add_option("-c,--config", options.config_file,
                 "Configuration file (YAML). Without: the defaults")
      ->type_name("FILE");
  app.add_flag("--check-config", options.check_config,
               "Check the configuration, the token files and the settings of plugins, and exit");
  app.add_flag("--print-config", options.print_config,
               "Print the configuration with all defaults and exit");
  app.add_option("--grpc-listen", options.grpc_listen,
                 "Overrides grpc.listen_address; port 0 takes a free one")
      ->type_name("ADDRESS");
  app.add_option("--metrics-listen", options.metrics_listen,
                 "Overrides metrics.listen_address; \"\" for none")
      ->type_name("ADDRESS");
  app.add_option("--store-path", options.store_path, "Overrides store.path")->type_name("PATH");
  app.add_option(
         "--ready-file", options.ready.file,
         "Write {pid, grpc_address, metrics_address} as JSON to this file once the daemon listens")
      ->type_name("PATH");
  app.add_option("--ready-fd", options.ready.fd,
                 "The same to this file descriptor, which is then closed")
      ->type_name("N");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    parsed.exit_code = app.exit(e) == 0 ? kExitOk : kExitUsage;
  }
  return parsed;
}

absl::StatusOr<config::v1::Config> EffectiveConfig(const Options& options,
                                                   const config::PluginNames& plugins) {
  config::v1::Config config;
  if (!options.config_file.empty()) {
    SRPCE_ASSIGN_OR_RETURN(config, config::LoadConfig(options.config_file, plugins));
  }
  if (options.grpc_listen) {
    config.mutable_grpc()->set_listen_address(*options.grpc_listen);
  }
  if (options.metrics_listen) {
    config.mutable_metrics()->set_listen_address(*options.metrics_listen);
  }
  if (options.store_path) {
    config.mutable_store()->set_path(*options.store_path);
  }
  SRPCE_RETURN_IF_ERROR(config::CheckConfig(config, "command line", plugins));
  return config;
}

}  // namespace srpce::srpced
