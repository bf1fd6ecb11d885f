// srpced -- the Segment Routing path computation element: parse, build, wire, run.
#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "absl/synchronization/mutex.h"
#include "daemon/log/log.h"
#include "daemon/srpced/builtin_plugins.h"
#include "daemon/srpced/daemon.h"
#include "daemon/srpced/options.h"
#include "daemon/srpced/ready.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::srpced {
namespace {

// A stop does not wait longer than this for the reader of the log.
constexpr std::chrono::milliseconds kLogPatience{500};

void InitLog(const config::v1::Log& config) {
  log::Level level = log::Level::kInfo;
  switch (config.level()) {
    case config::v1::LOG_LEVEL_DEBUG:
      level = log::Level::kDebug;
      break;
    case config::v1::LOG_LEVEL_INFO:
      break;
    case config::v1::LOG_LEVEL_WARNING:
      level = log::Level::kWarning;
      break;
    case config::v1::LOG_LEVEL_ERROR:
      level = log::Level::kError;
      break;
  }
  log::InitQueued(level, config.format() == config::v1::LOG_FORMAT_JSON ? log::Format::kJson
                                                                        : log::Format::kText);
}

int Fail(const absl::Status& status, int exit_code) {
  std::cerr << "srpced: " << status.message() << "\n";
  return exit_code;
}

// The signals that stop the daemon. Blocked before any thread starts, so that only Run takes them.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int Run(const config::v1::Config& config, const plugin::Registry& registry,
        const ReadyOptions& ready) {
  const sigset_t signals = StopSignals();
  auto daemon = Daemon::Start(config, registry);
  if (!daemon.ok()) {
    return Fail(daemon.status(), kExitFailed);
  }
  const ReadyReport& addresses = (*daemon)->addresses();
  if (const absl::Status announced = AnnounceReady(addresses, ready); !announced.ok()) {
    return Fail(announced, kExitFailed);
  }
  log::Info("srpced " SRPCE_VERSION ": gRPC on " + addresses.grpc_address + ", metrics on " +
            (addresses.metrics_address.empty()
                 ? "none"
                 : "http://" + addresses.metrics_address + "/metrics"));
  int signal = 0;
  sigwait(&signals, &signal);
  log::Info(std::string("stopping on signal ") + std::to_string(signal));
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // A second one ends the process at once.
  AnnounceStopping(ready);
  (*daemon)->Stop();
  log::Info("stopped");
  return kExitOk;
}

int Main(int argc, const char* const* argv) {
  const auto [options, exit_code] = ParseOptions(argc, argv);
  if (exit_code) {
    return *exit_code;
  }
  plugin::Registry registry;
  if (const absl::Status registered = RegisterBuiltinPlugins(registry); !registered.ok()) {
    return Fail(registered, kExitFailed);
  }
  const auto config = EffectiveConfig(options, NamesOf(registry));
  if (!config.ok()) {
    return Fail(config.status(), kExitUsage);
  }
  if (options.print_config) {
    std::cout << config::ProtoToYaml(*config);
  }
  if (options.check_config) {
    if (const absl::Status checked = Daemon::Check(*config, registry); !checked.ok()) {
      return Fail(checked, kExitUsage);
    }
    std::cout << "configuration is good\n";
  }
  if (options.print_config || options.check_config) {
    return kExitOk;
  }
  InitLog(config->log());
  const int code = Run(*config, registry, options.ready);
  (void)log::Finish(kLogPatience);
  return code;
}

}  // namespace
}  // namespace srpce::srpced

int main(int argc, char** argv) {
  const sigset_t signals = srpce::srpced::StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is a full disk: the store says so, the daemon goes on.
  signal(SIGXFSZ, SIG_IGN);
  // What gRPC says on stderr of a port in use or a peer that left is said better elsewhere.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  // Debian builds abseil with its search for deadlocks on: 6 % of all calls, and an abort on
  // suspicion.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return srpce::srpced::Main(argc, argv);
}
