#include "tests/unit/speaker/bgp/fixture.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "lib/session/bgp/negotiate.h"

namespace srpce::speaker::bgp {

using std::chrono::milliseconds;

namespace {
constexpr size_t kKeptUpdates = 10'000;  // A flood is only counted.
}  // namespace

Recorder::Told& Recorder::Of(size_t peer) {
  if (told_.size() <= peer) told_.resize(peer + 1);
  return told_[peer];
}

bool Recorder::Await(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, BgpPeer::kPatience, condition);
}

void Recorder::OnUp(size_t peer, const session::bgp::Negotiated& negotiated) {
  const std::lock_guard lock(mutex_);
  Of(peer).ups.push_back(negotiated);
  changed_.notify_all();
}

void Recorder::OnUpdate(size_t peer, const wire::bgp::Update& update) {
  if (on_update != nullptr) on_update(peer);
  const std::lock_guard lock(mutex_);
  Told& told = Of(peer);
  ++told.update_count;
  if (told.updates.size() < kKeptUpdates) told.updates.push_back(update);
  changed_.notify_all();
}

void Recorder::OnRefresh(size_t peer, const wire::bgp::RouteRefresh&) {
  const std::lock_guard lock(mutex_);
  ++Of(peer).refreshes;
  changed_.notify_all();
}

void Recorder::OnFamilyDisabled(size_t peer, wire::bgp::Family, const std::string&) {
  const std::lock_guard lock(mutex_);
  ++Of(peer).disabled;
  changed_.notify_all();
}

void Recorder::OnDown(size_t peer, const session::bgp::Down& down) {
  const std::lock_guard lock(mutex_);
  Of(peer).downs.push_back(down);
  changed_.notify_all();
}

Log Recorder::log() {
  return [this](absl::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
    changed_.notify_all();
  };
}

bool Recorder::AwaitUps(size_t count, size_t peer) {
  return Await([&] { return Of(peer).ups.size() >= count; });
}
bool Recorder::AwaitDowns(size_t count, size_t peer) {
  return Await([&] { return Of(peer).downs.size() >= count; });
}
bool Recorder::AwaitUpdates(size_t count, size_t peer) {
  return Await([&] { return Of(peer).update_count >= count; });
}
bool Recorder::AwaitRefreshes(size_t count, size_t peer) {
  return Await([&] { return Of(peer).refreshes >= count; });
}
bool Recorder::AwaitDisabled(size_t count, size_t peer) {
  return Await([&] { return Of(peer).disabled >= count; });
}
bool Recorder::AwaitLog(const std::string& part) {
  return Await([&] {
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](const std::string& line) { return absl::StrContains(line, part); });
  });
}

std::vector<session::bgp::Negotiated> Recorder::ups(size_t peer) {
  const std::lock_guard lock(mutex_);
  return Of(peer).ups;
}
std::vector<session::bgp::Down> Recorder::downs(size_t peer) {
  const std::lock_guard lock(mutex_);
  return Of(peer).downs;
}
std::vector<wire::bgp::Update> Recorder::updates(size_t peer) {
  const std::lock_guard lock(mutex_);
  return Of(peer).updates;
}
std::vector<std::string> Recorder::lines() {
  const std::lock_guard lock(mutex_);
  return lines_;
}

IpAddress Ip(const std::string& text) { return IpAddress::Parse(text).value(); }

session::bgp::Config LocalSession() {
  session::bgp::Config config;
  config.local_as = 65000;
  config.identifier = 0x0a000001;
  config.families = {kBgpLs, kIpv4SrPolicy};
  config.connect_retry = milliseconds(200);
  config.idle_hold = milliseconds(10);
  config.idle_hold_max = milliseconds(100);
  return config;
}

wire::bgp::Open RemoteOpen() {
  session::bgp::Config config = LocalSession();
  config.identifier = 0x0a000002;
  return session::bgp::MakeOpen(config);
}

PeerConfig PassivePeer() {
  PeerConfig peer = ActivePeer(179);
  peer.session.passive = true;
  return peer;
}

PeerConfig ActivePeer(uint16_t port) {
  PeerConfig peer;
  peer.name = "p";
  peer.address = Ip("127.0.0.1");
  peer.port = port;
  peer.session = LocalSession();
  return peer;
}

std::unique_ptr<Running> StartSpeaker(std::vector<PeerConfig> peers, std::vector<Endpoint> listen) {
  auto running = std::make_unique<Running>();
  const Config config{.listen = std::move(listen), .peers = std::move(peers)};
  auto speaker = Speaker::Start(config, running->client, running->client.log());
  if (!speaker.ok()) {
    std::cerr << speaker.status() << "\n";
    std::abort();
  }
  running->speaker = *std::move(speaker);
  return running;
}

std::unique_ptr<Running> StartListening(std::vector<PeerConfig> peers) {
  return StartSpeaker(std::move(peers), {{.address = Ip("127.0.0.1"), .port = 0}});
}

BgpPeer ConnectUp(Running& running, const BgpPeerOptions& options, const wire::bgp::Open& open) {
  return ConnectUp(running.speaker->listening().front(), options, open);
}

BgpPeer ConnectUp(const Endpoint& to, const BgpPeerOptions& options, const wire::bgp::Open& open) {
  const auto deadline = std::chrono::steady_clock::now() + BgpPeer::kPatience;
  while (true) {
    auto peer = BgpPeer::Connect(to.address, to.port, options);
    const absl::Status answer = peer.ok() ? peer->Handshake(open).status() : peer.status();
    if (answer.ok()) return *std::move(peer);
    // Refused: a session that has just ended takes none for a while.
    const bool refused = absl::IsUnavailable(answer);
    if (refused && std::chrono::steady_clock::now() < deadline) continue;
    EXPECT_OK(answer);
    return BgpPeer(-1);
  }
}

wire::bgp::Update SomeUpdate(size_t size) {
  wire::bgp::Update update;
  update.attributes.origin = wire::bgp::Origin::kIgp;
  update.attributes.as_path.emplace();
  update.attributes.local_pref = 100;
  update.mp_reach = wire::bgp::MpReach{
      .family = kBgpLs, .next_hop = std::string(4, '\1'), .nlri = std::string(size, '\0')};
  return update;
}

}  // namespace srpce::speaker::bgp
