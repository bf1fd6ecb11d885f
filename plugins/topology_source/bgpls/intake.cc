// plugins/topology_source/bgpls/intake.cc
#include "plugins/topology_source/bgpls/intake.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::bgpls_source {

using wire::bgp::kBgpLs;

Intake::Intake(std::vector<std::string> peer_names, const IntakeSettings& settings,
               const Clock& clock, Oddities& oddities)
    : settings_(settings),
      clock_(clock),
      oddities_(oddities),
      started_(clock.Now()),
      table_(peer_names.size(), settings.max_routes),
      peers_(peer_names.size()) {
  for (size_t peer = 0; peer < peers_.size(); ++peer) {
    peers_[peer].name = std::move(peer_names[peer]);
  }
}

void Intake::SetWaker(std::function<void()> waker) {
  const std::lock_guard lock(waker_mutex_);
  waker_ = std::move(waker);
}

void Intake::Wake() {
  const std::lock_guard lock(waker_mutex_);
  if (waker_) {
    waker_();
  }
}

void Intake::OnUp(size_t peer, const session::bgp::Negotiated& negotiated) {
  {
    const std::lock_guard lock(mutex_);
    Peer& state = peers_[peer];
    state.phase = Phase::kTelling;
    peer_news_ = true;
    state.marks_end = negotiated.peer_restart.has_value();
    state.up_since = clock_.Now();
    state.last_told = state.up_since;
    // It tells all anew; what it no longer says goes when it has.
    table_.MarkOld(peer, /*stale=*/false);
  }
  Wake();
}

void Intake::OnUpdate(size_t peer, const wire::bgp::Update& update) {
  // Who has not taken the changes of before yet has been woken for them.
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = !table_.changed();
    ++counters_.updates;
    peers_[peer].last_told = clock_.Now();
    // Withdrawals first: an UPDATE that has an NLRI in both announces it (RFC 4271 s4.3).
    if (update.mp_unreach && update.mp_unreach->family == kBgpLs) {
      Withdraw(peer, update.mp_unreach->nlri);
    }
    if (update.mp_reach && update.mp_reach->family == kBgpLs) {
      Announce(peer, update);
    }
    if (wire::bgp::EndOfRib(update) == kBgpLs) {
      EndOfTable(peer);
      wake = true;
    }
  }
  if (wake) {
    Wake();
  }
}

void Intake::Announce(size_t peer, const wire::bgp::Update& update) {
  if (update.treat_as_withdraw()) {
    ++counters_.treated_as_withdraw;
    Withdraw(peer, update.mp_reach->nlri);
    return;
  }
  wire::bgpls::NlriList list = wire::bgpls::DecodeNlris(wire::AsBytes(update.mp_reach->nlri));
  CountUnused(peer, list);
  Announcement announcement{.nlris = list.known.size()};
  if (const auto* attribute = update.attributes.Find(wire::bgp::AttributeType::kBgpLs)) {
    announcement.attribute = attribute->value;
  }
  const auto shared = std::make_shared<const Announcement>(std::move(announcement));
  for (wire::bgpls::KnownNlri& nlri : list.known) {
    ++counters_.announced;
    if (!table_.Announce(peer, std::move(nlri), shared)) {
      ++counters_.over_limit;
    }
  }
}

void Intake::Withdraw(size_t peer, const std::string& nlri) {
  const wire::bgpls::NlriList list = wire::bgpls::DecodeNlris(wire::AsBytes(nlri));
  CountUnused(peer, list);
  for (const wire::bgpls::KnownNlri& known : list.known) {
    ++counters_.withdrawn;
    table_.Withdraw(peer, known.key);
  }
}

void Intake::CountUnused(size_t peer, const wire::bgpls::NlriList& list) {
  const auto where = [&] { return absl::StrCat("an UPDATE of peer ", peers_[peer].name); };
  for (const wire::bgpls::UnknownNlri& nlri : list.unknown) {
    ++counters_.unknown_nlris;
    oddities_.Count("NLRI", nlri.type, "", where(), wire::AsBytes(nlri.key));
  }
  for (const wire::bgpls::BadNlri& nlri : list.bad) {
    ++counters_.malformed_nlris;
    oddities_.Count("malformed NLRI", nlri.type, nlri.reason, where(), wire::AsBytes(nlri.key));
  }
  if (!list.overrun.ok()) {
    ++counters_.malformed_nlris;
    oddities_.Count("malformed NLRI", 0, std::string(list.overrun.message()), where());
  }
}

void Intake::EndOfTable(size_t peer) {
  peers_[peer].phase = Phase::kToldAll;
  peer_news_ = true;
  peers_[peer].stale_until.reset();
  table_.SweepOld(peer);
}

void Intake::OnRefresh(size_t peer, const wire::bgp::RouteRefresh& refresh) {
  if (refresh.family != kBgpLs) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (refresh.subtype == wire::bgp::RouteRefresh::Subtype::kBegin) {
      table_.MarkOld(peer, /*stale=*/false);
    } else if (refresh.subtype == wire::bgp::RouteRefresh::Subtype::kEnd) {
      table_.SweepOld(peer);
    }
  }
  Wake();
}

void Intake::OnFamilyDisabled(size_t peer, wire::bgp::Family family,
                              const std::string& /*reason*/) {
  if (family != kBgpLs) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    table_.MarkOld(peer, /*stale=*/false);
    table_.SweepOld(peer);
  }
  Wake();
}

void Intake::OnDown(size_t peer, const session::bgp::Down& /*down*/) {
  {
    const std::lock_guard lock(mutex_);
    Peer& state = peers_[peer];
    state.phase = Phase::kDown;
    peer_news_ = true;
    table_.MarkOld(peer, /*stale=*/true);
    // From the first loss on: a peer that flaps and never tells all keeps nothing alive.
    if (!state.stale_until) {
      state.stale_until = clock_.Now() + settings_.stale_time;
    }
  }
  Wake();
}

// Some say that they mark the end and do not, and where delays are announced every second there is
// no silence: a whole network must not wait for either for ever.
MonotonicTime Intake::EndsAt(const Peer& peer) const {
  constexpr int kLongTable = 10;
  return peer.marks_end
             ? std::min(peer.last_told + settings_.sync_wait,
                        peer.up_since + kLongTable * settings_.sync_wait)
             : std::min(peer.last_told + settings_.quiet_time, peer.up_since + settings_.sync_wait);
}

void Intake::Tick() {
  const MonotonicTime now = clock_.Now();
  const std::lock_guard lock(mutex_);
  for (size_t peer = 0; peer < peers_.size(); ++peer) {
    Peer& state = peers_[peer];
    if (state.phase == Phase::kTelling && now >= EndsAt(state)) {
      EndOfTable(peer);
    }
    if (state.stale_until && now >= *state.stale_until) {
      state.stale_until.reset();
      table_.SweepOld(peer);
    }
  }
}

std::optional<MonotonicTime> Intake::next_tick() const {
  const std::lock_guard lock(mutex_);
  std::optional<MonotonicTime> next;
  const auto at = [&](MonotonicTime time) { next = next ? std::min(*next, time) : time; };
  for (const Peer& state : peers_) {
    if (state.phase == Phase::kTelling) {
      at(EndsAt(state));
    }
    if (state.stale_until) {
      at(*state.stale_until);
    }
  }
  if (!first_sync_done_ && clock_.Now() < started_ + settings_.sync_wait) {
    at(started_ + settings_.sync_wait);
  }
  return next;
}

bool Intake::FirstSyncDone() {
  const MonotonicTime now = clock_.Now();
  const std::lock_guard lock(mutex_);
  const auto told = [](const Peer& peer) { return peer.phase == Phase::kToldAll; };
  if (std::all_of(peers_.begin(), peers_.end(), told) ||
      (now >= started_ + settings_.sync_wait && std::any_of(peers_.begin(), peers_.end(), told))) {
    first_sync_done_ = true;
  }
  return first_sync_done_;
}

std::vector<RouteTable::Change> Intake::TakeChanges() {
  const std::lock_guard lock(mutex_);
  return table_.TakeChanges();
}

bool Intake::TakePeerNews() {
  const std::lock_guard lock(mutex_);
  return std::exchange(peer_news_, false);
}

void Intake::AddTo(size_t peer, plugin::SourcePeer& report) const {
  const std::lock_guard lock(mutex_);
  report.elements = table_.routes(peer);
  report.stale_elements = table_.stale_routes(peer);
  if (report.up && peers_[peer].phase == Phase::kTelling && report.detail.empty()) {
    report.detail = "end of its table not seen yet";
  }
}

std::vector<plugin::SourceCounter> Intake::counters() const {
  const std::lock_guard lock(mutex_);
  return {{"bgp_updates", counters_.updates},
          {"nlris_announced", counters_.announced},
          {"nlris_withdrawn", counters_.withdrawn},
          {"malformed_nlris", counters_.malformed_nlris},
          {"unknown_nlris", counters_.unknown_nlris},
          {"nlris_over_limit", counters_.over_limit},
          {"updates_treated_as_withdraw", counters_.treated_as_withdraw}};
}

}  // namespace srpce::bgpls_source
