// plugins/topology_source/bgpls/bgpls_source.h -- a topology source that learns the network from
// BGP-LS peers (RFC 9552).
//
//     speaker -> Intake (routes of every peer) -> NetworkView (statements) -> sink
//     speaker's thread                            the thread of Run()
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/topology_source.h"
#include "lib/speaker/bgp/speaker.h"
#include "plugins/topology_source/bgpls/intake.h"
#include "plugins/topology_source/bgpls/network_view.h"
#include "plugins/topology_source/bgpls/oddities.h"
#include "plugins/topology_source/bgpls/settings.h"

namespace srpce::bgpls_source {

class BgplsSource final : public plugin::TopologySource {
 public:
  // Listens to nobody before the first Run, so that settings can be checked beside a running
  // daemon. `clock` outlives the source.
  BgplsSource(BgplsSettings settings, const Clock& clock);

  // Errors: as ParseSettings.
  static absl::StatusOr<std::unique_ptr<BgplsSource>> Make(const plugin::Settings& settings,
                                                           const Clock& clock);

  std::string name() const override { return "bgpls"; }
  // BGP sessions outlive streams: the sync of the first Run ends when the peers have told all,
  // later ones begin with a sync of what is known. Errors: as TopologySource; an address that
  // cannot be listened on.
  absl::Status Run(plugin::StatementSink& sink) override;

  // Where it listens; empty before Run.
  std::vector<speaker::bgp::Endpoint> listening() const;

 private:
  absl::Status StartSpeaker();
  absl::Status SendSync(plugin::StatementSink& sink);
  absl::Status SendChanges(plugin::StatementSink& sink);
  absl::Status SendReportIfDue(plugin::StatementSink& sink);
  absl::Status WaitForNews(plugin::StatementSink& sink);
  plugin::SourceReport Report() const;

  const BgplsSettings settings_;
  const Clock& clock_;
  Oddities oddities_;
  Intake intake_;
  NetworkView view_;
  mutable std::mutex speaker_mutex_;
  std::unique_ptr<speaker::bgp::Speaker> speaker_;  // Last: it calls intake_.

  // Of the present stream.
  MonotonicTime opened_{};
  MonotonicTime next_report_{};
};

// Registers this plugin as "bgpls".
absl::Status RegisterBgplsSource(plugin::Registry& registry);

}  // namespace srpce::bgpls_source
