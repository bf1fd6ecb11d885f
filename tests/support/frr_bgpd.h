// tests/support/frr_bgpd.h -- a real bgpd (Debian's frr) alone, without zebra, on loopback.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace srpce::support {

struct FrrBgpdConfig {
  uint16_t port = 0;    // Where it listens, at 127.0.0.1; 0: it does not.
  std::string lines{};  // Inside "router bgp": neighbours, address families.
  uint32_t as = 65000;
  std::string router_id = "10.0.0.8";
};

class FrrBgpd {
 public:
  static bool IsInstalled();
  static absl::StatusOr<std::unique_ptr<FrrBgpd>> Start(const FrrBgpdConfig& config);
  // Its log, for failures.
  std::string log() const { return process_->output() + process_->errors(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace srpce::support
