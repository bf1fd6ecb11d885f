// plugins/topology_source/bgpls/intake.h -- from what the BGP speaker tells to routes: who has told
// all it knows, who is gone, and until when its word stands.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/plugin/source_report.h"
#include "lib/speaker/bgp/client.h"
#include "plugins/topology_source/bgpls/oddities.h"
#include "plugins/topology_source/bgpls/route_table.h"
#include "plugins/topology_source/bgpls/settings.h"

namespace srpce::bgpls_source {

// The speaker's thread writes, another one reads.
class Intake final : public speaker::bgp::Client {
 public:
  // `clock` and `oddities` outlive the intake.
  Intake(std::vector<std::string> peer_names, const IntakeSettings& settings, const Clock& clock,
         Oddities& oddities);

  // Called when there is something new, by the speaker's thread, until another one is set.
  void SetWaker(std::function<void()> waker);

  // speaker::bgp::Client.
  void OnUp(size_t peer, const session::bgp::Negotiated& negotiated) override;
  void OnUpdate(size_t peer, const wire::bgp::Update& update) override;
  void OnRefresh(size_t peer, const wire::bgp::RouteRefresh& refresh) override;
  void OnFamilyDisabled(size_t peer, wire::bgp::Family family, const std::string& reason) override;
  void OnDown(size_t peer, const session::bgp::Down& down) override;

  // Does what is due: routes of peers that have been gone for too long, tables that end in silence.
  void Tick();
  // When Tick has something to do, or FirstSyncDone may change, without a call of the speaker.
  std::optional<MonotonicTime> next_tick() const;

  // Whether what is known is the network: a peer has told all, and so have the others, or they did
  // not in time. Once true, for ever.
  bool FirstSyncDone();

  std::vector<RouteTable::Change> TakeChanges();
  // True once after a peer came, went or has told all.
  bool TakePeerNews();
  // Adds what the table knows of `peer`.
  void AddTo(size_t peer, plugin::SourcePeer& report) const;
  std::vector<plugin::SourceCounter> counters() const;

 private:
  enum class Phase : uint8_t { kDown, kTelling, kToldAll };
  struct Peer {
    Phase phase = Phase::kDown;
    bool marks_end = false;  // Has said that it sends end-of-RIB (RFC 4724 s2).
    MonotonicTime up_since{};
    MonotonicTime last_told{};  // The last UPDATE, or when it came up.
    std::string name{};
    // While it is down, or has not told all again: until when its old routes stand.
    std::optional<MonotonicTime> stale_until{};
  };
  struct Counters {
    uint64_t updates = 0;
    uint64_t announced = 0;
    uint64_t withdrawn = 0;
    uint64_t malformed_nlris = 0;
    uint64_t unknown_nlris = 0;
    uint64_t over_limit = 0;
    uint64_t treated_as_withdraw = 0;
  };

  void Announce(size_t peer, const wire::bgp::Update& update);
  void Withdraw(size_t peer, const std::string& nlri);
  void CountUnused(size_t peer, const wire::bgpls::NlriList& list);
  void EndOfTable(size_t peer);
  // When a peer that has not marked the end of its table counts as having told all.
  MonotonicTime EndsAt(const Peer& peer) const;
  void Wake();

  const IntakeSettings settings_;
  const Clock& clock_;
  Oddities& oddities_;
  const MonotonicTime started_;

  mutable std::mutex mutex_;
  RouteTable table_;
  std::vector<Peer> peers_;
  Counters counters_;
  bool first_sync_done_ = false;
  bool peer_news_ = false;

  std::mutex waker_mutex_;
  std::function<void()> waker_;
};

}  // namespace srpce::bgpls_source
