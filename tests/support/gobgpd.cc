#include "tests/support/gobgpd.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::support {
namespace {

constexpr const char* kProgram = "/usr/bin/gobgpd";

std::string Neighbor(const GobgpNeighbor& neighbor, const std::string& local_address) {
  std::string text = absl::StrCat("[[neighbors]]\n[neighbors.config]\nneighbor-address = \"",
                                  neighbor.address, "\"\npeer-as = ", neighbor.as, "\n");
  if (!neighbor.password.empty()) {
    absl::StrAppend(&text, "auth-password = \"", neighbor.password, "\"\n");
  }
  // It waits for seconds before it connects at all.
  absl::StrAppend(&text, "[neighbors.timers.config]\nconnect-retry = 1\n",
                  "[neighbors.transport.config]\nlocal-address = \"", local_address, "\"\n");
  absl::StrAppend(&text, neighbor.port == 0 ? "passive-mode = true\n"
                                            : absl::StrCat("remote-port = ", neighbor.port, "\n"));
  for (const std::string& family : neighbor.families) {
    absl::StrAppend(&text, "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\n",
                    "afi-safi-name = \"", family, "\"\n");
  }
  return text;
}

}  // namespace

bool Gobgpd::IsInstalled() { return access(kProgram, X_OK) == 0; }

absl::StatusOr<std::unique_ptr<Gobgpd>> Gobgpd::Start(const GobgpConfig& config) {
  std::string text =
      absl::StrCat("[global.config]\nas = ", config.as, "\nrouter-id = \"", config.router_id,
                   "\"\nlocal-address-list = [\"", config.address, "\"]\nport = ");
  absl::StrAppend(&text, config.port == 0 ? -1 : static_cast<int>(config.port), "\n");
  for (const GobgpNeighbor& neighbor : config.neighbors) {
    text += Neighbor(neighbor, config.address);
  }
  auto gobgpd = std::make_unique<Gobgpd>();
  const std::string file = gobgpd->folder_.Write("gobgpd.toml", text);
  SRPCE_ASSIGN_OR_RETURN(
      gobgpd->process_,
      Process::Spawn(
          {.program = kProgram,
           .args = {"-f", file, "-p", "--pprof-disable", "-l", "debug",
                    absl::StrCat("--api-hosts=unix://", gobgpd->folder_.path(), "/api.sock")}}));
  return gobgpd;
}

}  // namespace srpce::support
