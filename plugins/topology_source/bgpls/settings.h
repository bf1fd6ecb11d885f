// plugins/topology_source/bgpls/settings.h -- the settings of the BGP-LS source, as typed values.
// README.md lists them.
#pragma once

#include <chrono>
#include <cstddef>

#include "absl/status/statusor.h"
#include "lib/plugin/registry.h"
#include "lib/speaker/bgp/config.h"

namespace srpce::bgpls_source {

struct IntakeSettings {
  // How long routes stand after their peer is gone; 0: not at all.
  std::chrono::milliseconds stale_time{std::chrono::seconds(300)};
  // The first sync ends without peers that have not told all by then, if another one has.
  std::chrono::milliseconds sync_wait{std::chrono::seconds(60)};
  // A peer that says nothing for so long has told all, if it does not mark the end of its table.
  std::chrono::milliseconds quiet_time{std::chrono::seconds(5)};
  size_t max_routes = 1'000'000;  // Of one peer.
};

struct BgplsSettings {
  speaker::bgp::Config speaker{};
  IntakeSettings intake{};
};

// Reads the files the settings name. Errors: INVALID_ARGUMENT  "bgpls source: SETTING: got X, want
// Y"; also for a setting that does not exist. What a file's reading fails with.
absl::StatusOr<BgplsSettings> ParseSettings(const plugin::Settings& settings);

}  // namespace srpce::bgpls_source
