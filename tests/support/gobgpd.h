// tests/support/gobgpd.h -- a real gobgpd (Debian's gobgpd) with BGP-LS neighbours on loopback.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace srpce::support {

struct GobgpNeighbor {
  std::string address;
  uint32_t as = 0;
  uint16_t port = 0;       // To connect to; 0: it waits for the neighbour.
  std::string password{};  // TCP MD5; empty: none.
  std::vector<std::string> families{"ls"};
};

struct GobgpConfig {
  std::string address = "127.0.0.1";  // Where it listens, and connects from.
  uint16_t port = 0;                  // 0: it does not listen.
  uint32_t as = 65000;
  std::string router_id = "10.0.0.9";
  std::vector<GobgpNeighbor> neighbors{};
};

class Gobgpd {
 public:
  static bool IsInstalled();
  static absl::StatusOr<std::unique_ptr<Gobgpd>> Start(const GobgpConfig& config);
  // Its log, for failures.
  std::string log() const { return process_->output(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace srpce::support
