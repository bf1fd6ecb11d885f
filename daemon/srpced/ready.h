// daemon/srpced/ready.h -- tells whoever started the daemon that it listens, and where.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace srpce::srpced {

struct ReadyReport {
  std::string grpc_address;     // "127.0.0.1:50051", with the real port.
  std::string metrics_address;  // "" = none.
};

struct ReadyOptions {
  std::string file;       // "" = none.
  std::optional<int> fd;  // Written once and closed.
};

// Writes {"pid":...,"grpc_address":"...","metrics_address":"..."} and a newline: to the file, which
// appears complete or not at all, and to the descriptor. Tells systemd READY=1 where NOTIFY_SOCKET
// is set (sd_notify(3)).
absl::Status AnnounceReady(const ReadyReport& report, const ReadyOptions& options);
// Tells systemd STOPPING=1 and removes the file.
void AnnounceStopping(const ReadyOptions& options);

}  // namespace srpce::srpced
