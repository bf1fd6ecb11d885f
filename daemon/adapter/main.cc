// daemon/adapter/main.cc -- srpce-adapter: a topology source as a process of its own.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "daemon/adapter/settings_file.h"
#include "daemon/adapter/source_host.h"
#include "lib/base/status_macros.h"
#include "lib/plugin/registry.h"
#include "plugins/topology_source/bgpls/bgpls_source.h"
#include "plugins/topology_source/file/file_source.h"
#include "plugins/topology_source/gnmi/gnmi_source.h"

namespace srpce::adapter {
namespace {

struct Options {
  std::string plugin;
  plugin::Settings own;  // From options of one subcommand only.
  std::string settings_file;
  std::vector<std::string> settings;
  std::string daemon = "127.0.0.1:50051";
  SourceHostOptions host;
  int ready_fd = -1;
};

// What every source has. `options` is that of the subcommand given in the end.
CLI::App* AddSource(CLI::App& app, const std::string& plugin, const std::string& description,
                    Options& options) {
  CLI::App* source = app.add_subcommand(plugin, description);
  source
      ->add_option("--settings", options.settings_file,
                   "A file with settings of the source, NAME: VALUE a line")
      ->type_name("FILE");
  source
      ->add_option("--set", options.settings,
                   "A setting of the source, as NAME=VALUE; before one of the file")
      ->type_name("NAME=VALUE");
  source->add_option("--daemon", options.daemon, "Where srpced listens")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  source->add_option("--name", options.host.name,
                     absl::StrCat("The name of this source; one stream a name [", plugin, "]"));
  source
      ->add_option("--precedence", options.host.precedence,
                   "Higher wins, attribute by attribute; 0 = the daemon's default")
      ->capture_default_str();
  source->add_option("--hold-time", options.host.hold_time_seconds,
                     "How long what this source said stands after it is gone, in seconds");
  source->add_flag("--keep-forever", options.host.keep_forever,
                   "It stands until taken back, or the daemon restarts");
  source->add_flag(
      "--overlay", options.host.overlay,
      "It amends what other sources announce; alone it makes no node known and no link "
      "usable");
  source->add_option("--ready-fd", options.ready_fd,
                     "Write 'ready' to this file descriptor after the first complete sync");
  source->callback([&options, plugin] {
    options.plugin = plugin;
    if (options.host.name.empty()) {
      options.host.name = plugin;
    }
  });
  return source;
}

void AddFile(CLI::App& app, Options& options) {
  CLI::App* file = AddSource(
      app, "file", "A network from a REPETITA file, with a script of timed changes", options);
  file->add_option("--file", options.own["path"], "The network")->required()->type_name("FILE");
  file->add_option_function<std::string>(
          "--script", [&options](const std::string& path) { options.own["script"] = path; },
          "Timed changes, one a line: @250ms link-down A->B")
      ->type_name("FILE");
  file->add_flag("--once", options.host.once,
                 "End when all has been sent and acknowledged: 0 if nothing was refused");
  file->footer(
      "Examples:\n"
      "  srpce-adapter file --file tests/topologies/Geant2012.graph\n"
      "  srpce-adapter file --file net.graph --script outage.txt --name lab --precedence 200 "
      "--once");
}

void AddBgpls(CLI::App& app, Options& options) {
  CLI::App* bgpls =
      AddSource(app, "bgpls", "The network as BGP-LS peers tell it (RFC 9552)", options);
  bgpls->footer(
      "Example:\n"
      "  srpce-adapter bgpls --set local_as=65000 --set router_id=10.255.0.254 \\\n"
      "      --set peer.r1.address=10.255.0.1 --set peer.r1.as=65000");
}

void AddGnmi(CLI::App& app, Options& options) {
  CLI::App* gnmi = AddSource(
      app, "gnmi", "What routers measure, by gNMI subscriptions; always an overlay", options);
  gnmi->add_option("--targets", options.own["targets"], "The routers, and what to ask them for")
      ->type_name("FILE");
  gnmi->footer(
      "Example:\n"
      "  srpce-adapter gnmi --targets configs/gnmi/targets.yaml --precedence 200");
}

// Those of options and --set before those of the file.
absl::StatusOr<plugin::Settings> SettingsOf(const Options& options) {
  plugin::Settings settings;
  for (const auto& [name, value] : options.own) {
    if (!value.empty()) {
      settings.emplace(name, value);
    }
  }
  for (const std::string& setting : options.settings) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(setting, absl::MaxSplits('=', 1));
    if (setting.find('=') == std::string::npos || !settings.insert(parts).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("--set: got '", setting, "', want NAME=VALUE, each name once"));
    }
  }
  if (!options.settings_file.empty()) {
    SRPCE_ASSIGN_OR_RETURN(plugin::Settings of_file, ReadSettingsFile(options.settings_file));
    settings.merge(of_file);
  }
  return settings;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  // The host has its own, visible, way of trying again: gRPC's must not make it wait two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void SayReady(int fd) {
  static constexpr char kReady[] = "ready\n";
  if (write(fd, kReady, sizeof(kReady) - 1) < 0) {
    perror("srpce-adapter: --ready-fd");
  }
  close(fd);
}

int Run(Options options) {
  // Before any thread starts, so that all inherit it and sigwait below gets the signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  plugin::Registry registry;
  absl::Status status = file_source::RegisterFileSource(registry);
  status.Update(bgpls_source::RegisterBgplsSource(registry));
  status.Update(gnmi_source::RegisterGnmiSource(registry));
  const absl::StatusOr<plugin::Settings> settings = SettingsOf(options);
  if (status.ok()) {
    status = settings.status();
  }
  if (!status.ok()) {
    fprintf(stderr, "srpce-adapter: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  auto source = registry.topology_sources.Make(options.plugin, *settings);
  if (!source.ok()) {
    fprintf(stderr, "srpce-adapter: %s\n", std::string(source.status().message()).c_str());
    return 1;
  }
  options.host.overlay = options.host.overlay || options.plugin == "gnmi";
  options.host.log = [](absl::string_view line) {
    fprintf(stderr, "%s\n", std::string(line).c_str());
  };
  SourceHost host(Connect(options.daemon), *std::move(source), options.host);
  host.Start();
  std::thread watcher([&] {
    if (host.WaitFor([](const SourceHostStats& stats) { return stats.syncs > 0; }) &&
        options.ready_fd >= 0) {
      SayReady(options.ready_fd);
    }
    status = host.Wait();
    kill(getpid(), SIGUSR1);
  });
  int signal = 0;
  sigwait(&signals, &signal);
  host.Stop();
  watcher.join();
  const SourceHostStats stats = host.stats();
  fprintf(stderr, "source %s: %lu sent, %lu accepted, %lu refused\n", options.host.name.c_str(),
          stats.sent, stats.accepted, stats.refused);
  if (!status.ok() && !absl::IsCancelled(status)) {
    fprintf(stderr, "srpce-adapter: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return options.host.once && (stats.refused > 0 || stats.completed == 0) ? 1 : 0;
}

}  // namespace
}  // namespace srpce::adapter

int main(int argc, char** argv) {
  CLI::App app(
      "srpce-adapter: tells srpced of a network, over the same stream as any other topology source",
      "srpce-adapter");
  app.require_subcommand(1);
  srpce::adapter::Options options;
  srpce::adapter::AddFile(app, options);
  srpce::adapter::AddBgpls(app, options);
  srpce::adapter::AddGnmi(app, options);
  CLI11_PARSE(app, argc, argv);
  return srpce::adapter::Run(std::move(options));
}
