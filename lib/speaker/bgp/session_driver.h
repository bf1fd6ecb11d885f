// lib/speaker/bgp/session_driver.h -- runs one session::bgp::Session: its actions become timers,
// connections and octets; what comes of those becomes events (lib/session/bgp/README.md).
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "lib/session/bgp/fsm.h"
#include "lib/speaker/bgp/awaitable.h"
#include "lib/speaker/bgp/config.h"
#include "lib/speaker/bgp/connection.h"

namespace srpce::speaker::bgp {

class SessionDriver final : public Connection::User,
                            public std::enable_shared_from_this<SessionDriver> {
 public:
  enum class Collision : uint8_t {
    kGoOn,
    kLost,  // `driver` was told so.
    kWait,  // For the OPEN on the other one. ReleaseOpen() asks again, at the latest in a second.
  };
  // The peer whose session it is.
  class Owner {
   public:
    virtual void OnState(const SessionDriver& driver) = 0;  // May have changed.
    virtual void OnUp(const SessionDriver& driver, const session::bgp::Negotiated& negotiated) = 0;
    virtual void OnDown(const SessionDriver& driver, const session::bgp::Down& down) = 0;
    virtual void OnUpdate(const wire::bgp::Update& update) = 0;
    virtual void OnRefresh(const wire::bgp::RouteRefresh& refresh) = 0;
    virtual void OnFamilyDisabled(const session::bgp::DisableFamily& disable) = 0;
    virtual void OnNoAnswer() = 0;  // To an attempt to connect, until it is tried again.
    // An OPEN that `driver` would accept has come, and its session is not told yet: is there
    // another connection with the peer (RFC 4271 s6.8)?
    virtual Collision ResolveCollision(SessionDriver& driver, const wire::bgp::Open& open) = 0;
    // All actions of an event are done. The driver may be let go.
    virtual void OnSettled() = 0;
    virtual void CountReceived(wire::bgp::MessageType type) = 0;
    virtual void CountSent(wire::bgp::MessageType type) = 0;
    virtual void CountBadMessage() = 0;

   protected:
    ~Owner() = default;
  };

  SessionDriver(boost::asio::io_context& io, std::mt19937& random, const PeerConfig& peer,
                Owner& owner);
  ~SessionDriver() { LetGo(); }
  SessionDriver(const SessionDriver&) = delete;
  SessionDriver& operator=(const SessionDriver&) = delete;

  // A second session: it never connects, and ends where a first one would start again.
  void BeSecond() { config_.passive = true; }
  // From now on the only one. `failures` are those of the session whose place it takes.
  void BeFirst(uint32_t failures);

  // Handles `event` and does what follows; behind what is being done, if called from within that.
  void Tell(session::bgp::Event event);
  // Makes `socket` this session's connection. Other attempts are given up.
  void Adopt(boost::asio::ip::tcp::socket socket, bool initiated_here);
  // An OPEN has come and waits.
  bool holds_open() const { return held_open_.has_value(); }
  bool has_waited() const { return has_waited_; }  // For long enough.
  void ReleaseOpen();
  // Ends without a word.
  void LetGo();

  const session::bgp::Session& session() const { return session_; }
  session::bgp::State state() const { return session_.state; }
  const std::shared_ptr<Connection>& connection() const { return connection_; }  // May be null.
  bool is_connecting() const { return attempt_ != nullptr; }

 private:
  using Socket = std::shared_ptr<boost::asio::ip::tcp::socket>;

  size_t max_length() const override;
  void OnFrame(const wire::bgp::Frame& frame) override;
  void OnBadFrame(const wire::bgp::ProtocolError& error) override;
  void OnBroken(const std::string& why) override;
  void OnSendHold() override;

  void Do(const session::bgp::Connect&);
  void Do(const session::bgp::Close&);
  void Do(const session::bgp::Send& send);
  void Do(const session::bgp::StartTimer& start);
  void Do(const session::bgp::StopTimer& stop);
  void Do(const session::bgp::Up& up) { owner_.OnUp(*this, up.negotiated); }
  void Do(const session::bgp::Down& down) { owner_.OnDown(*this, down); }
  void Do(const session::bgp::DeliverUpdate& deliver) { owner_.OnUpdate(deliver.update); }
  void Do(const session::bgp::DeliverRefresh& deliver) { owner_.OnRefresh(deliver.refresh); }
  void Do(const session::bgp::DisableFamily& disable) { owner_.OnFamilyDisabled(disable); }

  static boost::asio::awaitable<void> Connect(std::shared_ptr<SessionDriver> self, Socket socket);
  void Expired(session::bgp::Timer timer);
  void Judge(wire::bgp::Open open);
  void HoldOpen(wire::bgp::Open open);
  bool AwaitsOpen() const;

  boost::asio::io_context& io_;
  std::mt19937& random_;
  const PeerConfig& peer_;
  Owner& owner_;
  session::bgp::Config config_;
  session::bgp::Session session_;
  std::shared_ptr<Connection> connection_;
  Socket attempt_;  // To connect; null if none is under way.
  std::deque<session::bgp::Event> events_;
  bool telling_ = false;
  struct NumberedTimer {
    boost::asio::steady_timer timer;
    uint64_t starts = 0;  // An expiry under way may be of a start before.
  };
  std::vector<NumberedTimer> timers_;
  std::optional<wire::bgp::Open> held_open_;
  bool has_waited_ = false;
  boost::asio::steady_timer patience_;
};

}  // namespace srpce::speaker::bgp
