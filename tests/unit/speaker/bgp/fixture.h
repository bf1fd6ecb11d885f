// Speakers over loopback, and what their clients were told.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/speaker/bgp/speaker.h"
#include "tests/support/bgp_peer.h"

namespace srpce::speaker::bgp {

using support::BgpListener;
using support::BgpPeer;
using support::BgpPeerOptions;
using wire::bgp::kBgpLs;
using wire::bgp::kIpv4SrPolicy;

// Keeps what it is told. Await...() return whether it came in time.
class Recorder final : public Client {
 public:
  void OnUp(size_t peer, const session::bgp::Negotiated& negotiated) override;
  void OnUpdate(size_t peer, const wire::bgp::Update& update) override;
  void OnRefresh(size_t peer, const wire::bgp::RouteRefresh& refresh) override;
  void OnFamilyDisabled(size_t peer, wire::bgp::Family family, const std::string& reason) override;
  void OnDown(size_t peer, const session::bgp::Down& down) override;
  // For Speaker::Start().
  Log log();

  bool AwaitUps(size_t count, size_t peer = 0);
  bool AwaitDowns(size_t count, size_t peer = 0);
  bool AwaitUpdates(size_t count, size_t peer = 0);
  bool AwaitRefreshes(size_t count, size_t peer = 0);
  bool AwaitDisabled(size_t count, size_t peer = 0);
  bool AwaitLog(const std::string& part);
  // Called on the speaker's thread for each UPDATE, outside the lock.
  std::function<void(size_t peer)> on_update;

  // All that came so far.
  std::vector<session::bgp::Negotiated> ups(size_t peer = 0);
  std::vector<session::bgp::Down> downs(size_t peer = 0);
  std::vector<wire::bgp::Update> updates(size_t peer = 0);
  std::vector<std::string> lines();

 private:
  struct Told {
    std::vector<session::bgp::Negotiated> ups;
    std::vector<session::bgp::Down> downs;
    std::vector<wire::bgp::Update> updates;
    size_t update_count = 0;
    size_t refreshes = 0;
    size_t disabled = 0;
  };
  Told& Of(size_t peer);
  bool Await(const std::function<bool()>& condition);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Told> told_;
  std::vector<std::string> lines_;
};

IpAddress Ip(const std::string& text);

// AS 65000, 10.0.0.1, BGP-LS and IPv4 SR policies; retries at once where it may.
session::bgp::Config LocalSession();
// What AS 65000, 10.0.0.2 sends that can the same.
wire::bgp::Open RemoteOpen();
// A peer at 127.0.0.1 that connects itself.
PeerConfig PassivePeer();
// A peer at 127.0.0.1 that is connected to.
PeerConfig ActivePeer(uint16_t port);

// A speaker and its client; an error ends the test.
struct Running {
  Recorder client;
  std::unique_ptr<Speaker> speaker;
  uint16_t port() const { return speaker->listening().front().port; }
};
std::unique_ptr<Running> StartSpeaker(std::vector<PeerConfig> peers,
                                      std::vector<Endpoint> listen = {});
// Listening on 127.0.0.1.
std::unique_ptr<Running> StartListening(std::vector<PeerConfig> peers);

// A raw peer whose session with `running` is up; tries again where it is refused.
BgpPeer ConnectUp(Running& running, const BgpPeerOptions& options = {},
                  const wire::bgp::Open& open = RemoteOpen());
// The same with whoever listens at `to`.
BgpPeer ConnectUp(const Endpoint& to, const BgpPeerOptions& options, const wire::bgp::Open& open);

// An UPDATE of BGP-LS with `size` octets of NLRI that say nothing.
wire::bgp::Update SomeUpdate(size_t size);

// EXPECT_OK for statuses.
#define EXPECT_OK(expression) EXPECT_EQ((expression), absl::OkStatus())
#define ASSERT_OK(expression) ASSERT_EQ((expression), absl::OkStatus())

}  // namespace srpce::speaker::bgp
