// lib/speaker/bgp/peer.h -- one peer: its session, for a while a second one (RFC 4271 s6.8), and
// what is known of both.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/speaker/bgp/client.h"
#include "lib/speaker/bgp/config.h"
#include "lib/speaker/bgp/session_driver.h"

namespace srpce::speaker::bgp {

// What all peers of a speaker share.
struct Shared {
  boost::asio::io_context io{1};
  std::mt19937 random{std::random_device()()};
  std::function<void(absl::string_view)> log{};
};

// All on the speaker's thread, but status().
class Peer final : public SessionDriver::Owner {
 public:
  Peer(Shared& shared, Client& client, size_t index, PeerConfig config);

  void Start();
  void Stop();  // For good.
  // Whether a connection from `remote` to `local` is this peer's.
  bool Takes(const IpAddress& remote, const IpAddress& local) const;
  // REQUIRES Takes().
  void OnAccepted(boost::asio::ip::tcp::socket socket);
  void RequestRefresh(wire::bgp::Family family);

  const PeerConfig& config() const { return config_; }
  PeerStatus status() const;

 private:
  void OnState(const SessionDriver& driver) override;
  void OnUp(const SessionDriver& driver, const session::bgp::Negotiated& negotiated) override;
  void OnDown(const SessionDriver& driver, const session::bgp::Down& down) override;
  void OnUpdate(const wire::bgp::Update& update) override;
  void OnRefresh(const wire::bgp::RouteRefresh& refresh) override;
  void OnFamilyDisabled(const session::bgp::DisableFamily& disable) override;
  void OnNoAnswer() override;
  SessionDriver::Collision ResolveCollision(SessionDriver& driver,
                                            const wire::bgp::Open& open) override;
  void OnSettled() override;
  void CountReceived(wire::bgp::MessageType type) override;
  void CountSent(wire::bgp::MessageType type) override;
  void CountBadMessage() override;

  std::shared_ptr<SessionDriver> MakeDriver();
  bool PeerHasRestarted(const SessionDriver& known, const SessionDriver& fresh) const;
  bool HasTooManyConnections();
  void ExchangeRoles();
  void ReleaseOpens();
  void Publish();
  void Fail(const std::string& reason);
  void Log(absl::string_view text) const;

  Shared& shared_;
  Client& client_;
  const size_t index_;
  const PeerConfig config_;
  std::shared_ptr<SessionDriver> first_;   // What is told of the peer is of this one.
  std::shared_ptr<SessionDriver> second_;  // A connection too much; null most of the time.
  std::vector<std::weak_ptr<Connection>> accepted_;
  bool stopped_ = false;
  bool resolving_ = false;  // What ends now is no failure.
  MonotonicTime up_since_{};
  std::string told_failure_;  // So that each attempt that fails does not give a line.
  const Connection* published_ = nullptr;

  mutable std::mutex mutex_;  // Guards the status, which only the speaker's thread changes.
  PeerStatus status_;
};

}  // namespace srpce::speaker::bgp
