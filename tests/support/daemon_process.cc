#include "tests/support/daemon_process.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"

namespace srpce::support {
namespace {

// Returns the text of `field` in the one-line JSON object the daemon announces itself with.
std::string FieldOf(const std::string& json, const std::string& field) {
  const std::string begin = absl::StrCat("\"", field, "\":\"");
  const size_t at = json.find(begin);
  if (at == std::string::npos) {
    return "";
  }
  const size_t from = at + begin.size();
  return json.substr(from, json.find('"', from) - from);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DaemonProcess>> DaemonProcess::Start(const DaemonOptions& options) {
  const std::string config = options.folder + "/srpced.yaml";
  std::ofstream(config) << options.config;
  ProcessOptions process;
  process.program = options.program;
  process.args = {"--config",         config,        "--grpc-listen", options.grpc_listen,
                  "--metrics-listen", "127.0.0.1:0", "--store-path",  options.folder + "/srpce.db"};
  process.args.insert(process.args.end(), options.args.begin(), options.args.end());
  process.ready_fd = true;
  std::unique_ptr<DaemonProcess> daemon(new DaemonProcess());
  SRPCE_ASSIGN_OR_RETURN(daemon->process_, Process::Spawn(process));
  SRPCE_ASSIGN_OR_RETURN(const std::string line, daemon->process_->AwaitReadyLine());
  daemon->grpc_address_ = FieldOf(line, "grpc_address");
  daemon->metrics_address_ = FieldOf(line, "metrics_address");
  return daemon;
}

std::shared_ptr<grpc::Channel> DaemonProcess::Connect() const {
  // Channels of equal arguments share one connection, and its back-off; a test wants its own.
  grpc::ChannelArguments args;
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(grpc_address_, grpc::InsecureChannelCredentials(), args);
}

absl::StatusOr<std::string> DaemonProcess::Scrape() const {
  const std::vector<std::string> parts = absl::StrSplit(metrics_address_, ':');
  sockaddr_in address{};
  int port = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port)) {
    return absl::UnavailableError(absl::StrCat("no metrics on '", metrics_address_, "'"));
  }
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, parts[0].c_str(), &address.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  std::string reply;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = read(fd, buffer.data(), buffer.size())) > 0;) {
      reply.append(buffer.data(), static_cast<size_t>(count));
    }
  }
  close(fd);
  if (reply.find(" 200 ") == std::string::npos) {
    return absl::UnavailableError(
        absl::StrCat("metrics on ", metrics_address_, ": got '", reply.substr(0, 100), "'"));
  }
  return reply;
}

absl::StatusOr<int> DaemonProcess::Terminate() {
  process_->Signal(SIGTERM);
  return process_->AwaitExit();
}

void DaemonProcess::Kill() {
  process_->Signal(SIGKILL);
  (void)process_->AwaitExit();
}

double MetricValue(const std::string& page, const std::string& series) {
  double value = -1;
  for (absl::string_view line : absl::StrSplit(page, '\n')) {
    if (absl::ConsumePrefix(&line, absl::StrCat(series, " ")) &&
        absl::SimpleAtod(absl::StripSuffix(line, "\r"), &value)) {
      return value;
    }
  }
  return value;
}

}  // namespace srpce::support
