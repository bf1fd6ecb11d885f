#include "tests/support/frr_bgpd.h"

#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::support {
namespace {

constexpr const char* kProgram = "/usr/lib/frr/bgpd";

}  // namespace

bool FrrBgpd::IsInstalled() { return access(kProgram, X_OK) == 0; }

absl::StatusOr<std::unique_ptr<FrrBgpd>> FrrBgpd::Start(const FrrBgpdConfig& config) {
  auto bgpd = std::make_unique<FrrBgpd>();
  const std::string& folder = bgpd->folder_.path();
  const std::string file = bgpd->folder_.Write(
      "bgpd.conf",
      absl::StrCat("log stdout\nrouter bgp ", config.as, "\n bgp router-id ", config.router_id,
                   "\n no bgp ebgp-requires-policy\n no bgp network import-check\n", config.lines));
  const std::vector<std::string> args = {
      "-S",   "-Z", "-n", "-f", file,        "-i", folder + "/bgpd.pid",     "--vty_socket",
      folder, "-P", "0",  "-l", "127.0.0.1", "-p", absl::StrCat(config.port)};
  SRPCE_ASSIGN_OR_RETURN(bgpd->process_, Process::Spawn({.program = kProgram, .args = args}));
  return bgpd;
}

}  // namespace srpce::support
