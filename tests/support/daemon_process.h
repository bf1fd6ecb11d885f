// tests/support/daemon_process.h -- a real srpced, on free ports, in a folder of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/process.h"

namespace grpc {
class Channel;
}

namespace srpce::support {

struct DaemonOptions {
  std::string program;  // srpced.
  // For the configuration and the store; outlives the daemon, and may be that of an earlier one.
  std::string folder;
  std::string grpc_listen = "127.0.0.1:0";  // A free port. Another for a daemon that comes back.
  // Besides listen addresses and the store, which are given on the command line.
  std::string config = "headends:\n  - {headend: \"*\", southbound: simulated}\n";
  std::vector<std::string> args;
};

class DaemonProcess {
 public:
  // Returns a daemon that listens. Errors: UNAVAILABLE  it ended; what it said is in the message.
  static absl::StatusOr<std::unique_ptr<DaemonProcess>> Start(const DaemonOptions& options);

  const std::string& grpc_address() const { return grpc_address_; }
  const std::string& metrics_address() const { return metrics_address_; }
  // A new connection. Stubs of one daemon may share one.
  std::shared_ptr<grpc::Channel> Connect() const;
  // The metrics page. Errors: UNAVAILABLE.
  absl::StatusOr<std::string> Scrape() const;

  Process& process() { return *process_; }
  // SIGTERM, and the exit code.
  absl::StatusOr<int> Terminate();
  // SIGKILL: as a power cut, as far as this process is concerned.
  void Kill();

 private:
  DaemonProcess() = default;

  std::unique_ptr<Process> process_;
  std::string grpc_address_;
  std::string metrics_address_;
};

// Returns the value of the sample `series` ("srpce_ready", "srpce_policies{state=\"up\"}") of a
// metrics page, or -1.
double MetricValue(const std::string& page, const std::string& series);

}  // namespace srpce::support
