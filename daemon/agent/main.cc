// daemon/agent/main.cc -- srpce-agent: command line in, Agent out.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "daemon/agent/agent.h"
#include "daemon/agent/agent_config.h"
#include "daemon/log/log.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

// The end does not wait longer than this for the reader of the log.
constexpr std::chrono::milliseconds kLogPatience{500};

struct Flags {
  std::string daemon = "127.0.0.1:50051";
  std::vector<std::string> headends;
  std::string headend_file;
  std::string token_file;
  std::string config;
  std::string state_file;
  std::string netns;
  bool simulate = false;
  bool check = false;
  bool json_log = false;
  int ready_fd = -1;
};

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--daemon", flags.daemon, "Where srpced listens: host:port or unix:/path")
      ->capture_default_str();
  app.add_option("--headend", flags.headends,
                 "Node id of this router. With --simulate it may be repeated");
  app.add_option("--headend-file", flags.headend_file,
                 "With --simulate: a headend a line, with its token if it has one");
  app.add_option("--token-file", flags.token_file,
                 "File with the bearer token that makes this agent the headend's");
  app.add_option("--config", flags.config, "YAML: local SIDs, metric, interfaces");
  app.add_option("--state-file", flags.state_file,
                 "Where to keep what is installed, so that a restart asks for differences only");
  app.add_option("--netns", flags.netns, "Network namespace of the router: a name or a path");
  app.add_option("--ready-fd", flags.ready_fd,
                 "Write \"ready\" and a newline here once all headends were in sync");
  app.add_flag("--simulate", flags.simulate, "Keep policies in memory, program nothing");
  app.add_flag("--check", flags.check, "Check the files, then exit");
  app.add_flag("--log-json", flags.json_log, "Log JSON lines");
  app.footer(
      "Connects to srpced, installs the SR policies it is told as kernel routes (IPv6 segment "
      "routing) and\n"
      "reports links that go down. When it stops, what it installed stays in force.\n\n"
      "  srpce-agent --daemon pce.example.net:50051 --headend r1 --token-file /etc/srpce/r1.token "
      "\\\n"
      "              --config /etc/srpce/agent.yaml --state-file /var/lib/srpce/agent.json\n"
      "  srpce-agent --daemon unix:/run/srpce/grpc.sock --simulate --headend r1 --headend r2");
}

// Before any thread: a thread keeps the namespace it was born in.
absl::Status EnterNamespace(const std::string& name) {
  const std::string path = absl::StrContains(name, "/") ? name : "/run/netns/" + name;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool entered = fd >= 0 && ::setns(fd, CLONE_NEWNET) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (entered) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("--netns ", path, ": ", std::strerror(error)));
}

absl::StatusOr<AgentOptions> MakeOptions(const Flags& flags) {
  AgentOptions options;
  options.daemon_address = flags.daemon;
  options.simulate = flags.simulate;
  options.state_file = flags.state_file;
  std::string token;
  if (!flags.token_file.empty()) {
    SRPCE_ASSIGN_OR_RETURN(token, LoadToken(flags.token_file));
  }
  for (const std::string& headend : flags.headends) options.headends.push_back({headend, token});
  if (!flags.headend_file.empty()) {
    SRPCE_ASSIGN_OR_RETURN(const auto more, LoadHeadends(flags.headend_file));
    options.headends.insert(options.headends.end(), more.begin(), more.end());
  }
  if (options.headends.empty()) {
    return absl::InvalidArgumentError("--headend: got none, want the node id of this router");
  }
  if (options.headends.size() > 1 && (!flags.simulate || !token.empty())) {
    return absl::InvalidArgumentError(
        "--headend: got more than one, which needs --simulate, and tokens from --headend-file");
  }
  if (!flags.config.empty()) {
    SRPCE_ASSIGN_OR_RETURN(options.config, LoadAgentConfig(flags.config));
  }
  if (flags.ready_fd >= 0) {
    options.on_ready = [fd = flags.ready_fd] {
      constexpr char kReady[] = "ready\n";
      if (::write(fd, kReady, sizeof kReady - 1) < 0) {
        log::Warning("--ready-fd ", fd, ": ", std::strerror(errno));
      }
      ::close(fd);
    };
  }
  return options;
}

log::Format LogFormat(const Flags& flags) {
  return flags.json_log ? log::Format::kJson : log::Format::kText;
}

// From now on a reader of the log that stalls holds up no route. The log's thread takes no signals.
void QueueLog(const Flags& flags) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  log::InitQueued(log::Level::kInfo, LogFormat(flags));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

absl::Status RunAgent(const Flags& flags) {
  SRPCE_ASSIGN_OR_RETURN(AgentOptions options, MakeOptions(flags));
  if (flags.check) return absl::OkStatus();
  if (!flags.netns.empty()) SRPCE_RETURN_IF_ERROR(EnterNamespace(flags.netns));
  QueueLog(flags);
  return Agent(std::move(options)).Run();
}

}  // namespace
}  // namespace srpce::agent

int main(int argc, char** argv) {
  CLI::App app("srpce-agent: carries out a Linux router's SR policies", "srpce-agent");
  srpce::agent::Flags flags;
  srpce::agent::Declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  // Debian builds abseil with its search for deadlocks on: it costs, and it aborts on suspicion.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  srpce::log::Init(srpce::log::Level::kInfo, srpce::agent::LogFormat(flags));
  const absl::Status status = srpce::agent::RunAgent(flags);
  if (!status.ok()) srpce::log::Error(status.message());
  srpce::log::Finish(srpce::agent::kLogPatience);
  return status.ok() ? 0 : 1;
}
