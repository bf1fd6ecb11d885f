// lib/speaker/bgp/connection.h -- one TCP connection with a peer: what comes is cut into messages,
// what goes is queued.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "lib/base/clock.h"
#include "lib/speaker/bgp/awaitable.h"
#include "lib/speaker/bgp/config.h"
#include "lib/wire/bgp/framing.h"

namespace srpce::speaker::bgp {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Hears of the connection until it calls Close(). Each of these may do that.
  class User {
   public:
    virtual size_t max_length() const = 0;  // Of the next message.
    virtual void OnFrame(const wire::bgp::Frame& frame) = 0;
    virtual void OnBadFrame(const wire::bgp::ProtocolError& error) = 0;
    virtual void OnBroken(const std::string& why) = 0;  // Closed or reset by the peer.
    virtual void OnSendHold() = 0;  // Nothing of what was sent got there for the send hold time.

   protected:
    ~User() = default;
  };

  Connection(boost::asio::ip::tcp::socket socket, bool initiated_here);
  void Start(User& user, std::chrono::milliseconds send_hold);

  // Queues a message. Returns whether the queue is within its bound; the message is in it all the
  // same.
  bool Send(const std::string& message);
  // The user hears no more. What is queued still goes, and what comes is read and forgotten, so
  // that no reset overtakes a NOTIFICATION; until the peer closes too, or for a second.
  void Close();

  // Between these the user gets no messages.
  void Pause() { paused_ = true; }
  void Resume();

  // Something has come that the user has not seen yet.
  bool HasInput() const;
  bool initiated_here() const { return initiated_here_; }
  MonotonicTime since() const { return since_; }
  const Endpoint& local() const { return local_; }
  const Endpoint& remote() const { return remote_; }

 private:
  using Self = std::shared_ptr<Connection>;  // So that it lives as long as the coroutine.

  boost::asio::awaitable<void> Read(Self);
  boost::asio::awaitable<void> Deliver();
  boost::asio::awaitable<void> Write(Self);
  boost::asio::awaitable<void> WatchProgress(Self);
  bool Unwritten() const { return written_ < writing_.size() || !queued_.empty(); }
  uint64_t Acknowledged();
  void ReadingEnded(const boost::system::error_code& error);
  void WritingEnded();
  void CloseSocket();

  boost::asio::ip::tcp::socket socket_;
  const bool initiated_here_;
  const MonotonicTime since_;
  const Endpoint local_;
  const Endpoint remote_;
  User* user_ = nullptr;  // Null once it has called Close().
  bool closing_ = false;
  bool peer_closed_ = false;
  bool all_written_ = false;

  wire::bgp::FrameBuffer in_;
  bool delivering_ = false;
  bool paused_ = false;
  boost::asio::steady_timer resume_;

  std::string writing_;  // The socket has `written_` octets of it.
  size_t written_ = 0;
  std::string queued_;          // What follows.
  uint64_t total_written_ = 0;  // Octets.
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer linger_;
  boost::asio::steady_timer watch_;
  std::chrono::milliseconds send_hold_{};
};

}  // namespace srpce::speaker::bgp
