// plugins/topology_source/gnmi/gnmi_source.h -- a topology source that subscribes to the telemetry
// of routers (gNMI dial-in) and amends links with what they measure.
//
// Settings: see README.md in this folder. All files are read and checked when the source is made.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/topology_source.h"
#include "plugins/topology_source/gnmi/source_config.h"

namespace srpce::gnmi_source {

class GnmiSource final : public plugin::TopologySource {
 public:
  // `clock` outlives the source.
  GnmiSource(SourceConfig config, const Clock& clock);
  ~GnmiSource() override;

  // Errors: INVALID_ARGUMENT  a setting, or what LoadSourceConfig says.
  static absl::StatusOr<std::unique_ptr<GnmiSource>> Make(const plugin::Settings& settings,
                                                          const Clock& clock);

  std::string name() const override { return "gnmi"; }
  // The first call subscribes; subscriptions outlive streams. Each begins with a sync of what is
  // known: nothing, at first. A target that is not there does not hold up the others.
  absl::Status Run(plugin::StatementSink& sink) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Registers this plugin as "gnmi".
absl::Status RegisterGnmiSource(plugin::Registry& registry);

}  // namespace srpce::gnmi_source
