// plugins/topology_source/bgpls/bgpls_source.cc
#include "plugins/topology_source/bgpls/bgpls_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "lib/base/status_macros.h"
#include "lib/session/bgp/text.h"

namespace srpce::bgpls_source {
namespace {

using std::chrono::milliseconds;

// How often a source tells of itself. Of a peer that comes or goes it tells at once.
constexpr Duration kReportInterval = std::chrono::seconds(5);

// Statements of a first table that are made before they are sent: the daemon works on them while
// the next are made.
constexpr size_t kPart = 4096;

std::vector<std::string> NamesOf(const BgplsSettings& settings) {
  std::vector<std::string> names;
  for (const speaker::bgp::PeerConfig& peer : settings.speaker.peers) {
    names.push_back(peer.name);
  }
  return names;
}

}  // namespace

BgplsSource::BgplsSource(BgplsSettings settings, const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      intake_(NamesOf(settings_), settings_.intake, clock, oddities_),
      view_(oddities_) {}

absl::StatusOr<std::unique_ptr<BgplsSource>> BgplsSource::Make(const plugin::Settings& settings,
                                                               const Clock& clock) {
  SRPCE_ASSIGN_OR_RETURN(BgplsSettings parsed, ParseSettings(settings));
  return std::make_unique<BgplsSource>(std::move(parsed), clock);
}

absl::Status BgplsSource::StartSpeaker() {
  const std::lock_guard lock(speaker_mutex_);
  if (speaker_ == nullptr) {
    SRPCE_ASSIGN_OR_RETURN(speaker_,
                           speaker::bgp::Speaker::Start(settings_.speaker, intake_, nullptr));
  }
  return absl::OkStatus();
}

std::vector<speaker::bgp::Endpoint> BgplsSource::listening() const {
  const std::lock_guard lock(speaker_mutex_);
  return speaker_ == nullptr ? std::vector<speaker::bgp::Endpoint>() : speaker_->listening();
}

absl::Status BgplsSource::Run(plugin::StatementSink& sink) {
  opened_ = clock_.Now();
  next_report_ = opened_;
  intake_.SetWaker([&sink] { sink.Wake(); });
  const absl::Cleanup forget = [this] { intake_.SetWaker(nullptr); };
  SRPCE_RETURN_IF_ERROR(StartSpeaker());
  SRPCE_RETURN_IF_ERROR(SendSync(sink));
  while (true) {
    intake_.Tick();
    SRPCE_RETURN_IF_ERROR(SendChanges(sink));
    SRPCE_RETURN_IF_ERROR(SendReportIfDue(sink));
    SRPCE_RETURN_IF_ERROR(WaitForNews(sink));
  }
}

// What peers tell goes out while they still tell: the sync ends when they have told all. It does
// not begin before there is something, so that a source without peers takes nothing away.
absl::Status BgplsSource::SendSync(plugin::StatementSink& sink) {
  view_.Apply(intake_.TakeChanges());
  view_.TakeChanges();  // Part of all there is.
  std::vector<plugin::Statement> statements = view_.All();
  bool begun = false;
  for (bool done = false; !done; statements = view_.TakeChanges(kPart)) {
    intake_.Tick();
    // Asked first: what had been told by then is among the changes.
    const bool told_all = intake_.FirstSyncDone();
    view_.Apply(intake_.TakeChanges());
    done = told_all && !view_.changed();
    if (!begun && (done || !statements.empty())) {
      SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncBegin()));
      begun = true;
    }
    for (const plugin::Statement& statement : statements) {
      SRPCE_RETURN_IF_ERROR(sink.Send(statement));
    }
    SRPCE_RETURN_IF_ERROR(SendReportIfDue(sink));
    if (!told_all && !view_.changed()) {
      SRPCE_RETURN_IF_ERROR(WaitForNews(sink));
    }
  }
  SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncEnd()));
  return sink.Flush();
}

absl::Status BgplsSource::SendChanges(plugin::StatementSink& sink) {
  view_.Apply(intake_.TakeChanges());
  for (const plugin::Statement& statement : view_.TakeChanges()) {
    SRPCE_RETURN_IF_ERROR(sink.Send(statement));
  }
  return absl::OkStatus();
}

plugin::SourceReport BgplsSource::Report() const {
  plugin::SourceReport report;
  const MonotonicTime now = clock_.Now();
  const std::vector<speaker::bgp::PeerStatus> status = speaker_->status();
  for (size_t i = 0; i < status.size(); ++i) {
    const speaker::bgp::PeerConfig& config = settings_.speaker.peers[i];
    plugin::SourcePeer& peer = report.peers.emplace_back();
    peer.name = config.name;
    peer.address = status[i].remote.empty()
                       ? speaker::bgp::Endpoint{config.address, config.port}.ToString()
                       : status[i].remote;
    peer.state = session::bgp::Name(status[i].state);
    peer.up = status[i].up();
    peer.detail = peer.up ? "" : status[i].last_down;
    peer.sessions = status[i].sessions;
    peer.seconds_in_state = std::chrono::duration<double>(now - status[i].since).count();
    intake_.AddTo(i, peer);
  }
  report.unknown = oddities_.all();
  report.counters = intake_.counters();
  return report;
}

absl::Status BgplsSource::SendReportIfDue(plugin::StatementSink& sink) {
  if (!intake_.TakePeerNews() && clock_.Now() < next_report_) {
    return absl::OkStatus();
  }
  next_report_ = clock_.Now() + kReportInterval;
  return sink.Send(Report());
}

absl::Status BgplsSource::WaitForNews(plugin::StatementSink& sink) {
  const MonotonicTime next = std::min(intake_.next_tick().value_or(next_report_), next_report_);
  // Up: a wait that ends a moment too early would spin until it is time.
  const auto deadline = std::chrono::ceil<milliseconds>(next - opened_);
  return sink.WaitUntil(deadline.count() + 1);
}

absl::Status RegisterBgplsSource(plugin::Registry& registry) {
  // Outlives every source; has no state.
  static const SystemClock* const kClock = new SystemClock();
  return registry.topology_sources.Add(
      "bgpls",
      [](const plugin::Settings& settings)
          -> absl::StatusOr<std::unique_ptr<plugin::TopologySource>> {
        return BgplsSource::Make(settings, *kClock);
      });
}

}  // namespace srpce::bgpls_source
