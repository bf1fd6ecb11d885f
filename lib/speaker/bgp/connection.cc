#include "lib/speaker/bgp/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "lib/speaker/bgp/socket_options.h"

namespace srpce::speaker::bgp {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

// A peer that floods is served so much at once, then the others and the timers are.
constexpr size_t kReadAtOnce = 64 * 1024;
constexpr milliseconds kTurn{10};
// Messages for a peer that does not read.
constexpr size_t kMaxQueued = 1024 * 1024;
constexpr std::chrono::seconds kLinger{1};
// How often in a send hold time to look.
constexpr int kLooks = 8;

auto Into(error_code& error) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, error);
}

Endpoint LocalOf(const tcp::socket& socket) {
  error_code gone;
  return FromAsio(socket.local_endpoint(gone));
}

Endpoint RemoteOf(const tcp::socket& socket) {
  error_code gone;
  return FromAsio(socket.remote_endpoint(gone));
}

}  // namespace

Connection::Connection(tcp::socket socket, bool initiated_here)
    : socket_(std::move(socket)),
      initiated_here_(initiated_here),
      since_(std::chrono::steady_clock::now()),
      local_(LocalOf(socket_)),
      remote_(RemoteOf(socket_)),
      resume_(socket_.get_executor()),
      wake_(socket_.get_executor()),
      linger_(socket_.get_executor()),
      watch_(socket_.get_executor()) {
  error_code ignored;  // Slower without.
  socket_.set_option(tcp::no_delay(true), ignored);
}

void Connection::Start(User& user, milliseconds send_hold) {
  user_ = &user;
  send_hold_ = send_hold;
  const auto executor = socket_.get_executor();
  boost::asio::co_spawn(executor, Read(shared_from_this()), boost::asio::detached);
  boost::asio::co_spawn(executor, Write(shared_from_this()), boost::asio::detached);
  boost::asio::co_spawn(executor, WatchProgress(shared_from_this()), boost::asio::detached);
}

bool Connection::HasInput() const {
  error_code none;
  return delivering_ || (socket_.is_open() && socket_.available(none) > 0);
}

// ---- Reading

boost::asio::awaitable<void> Connection::Read(Self) {
  error_code error;
  while (true) {
    const auto space = in_.Space(kReadAtOnce).first(kReadAtOnce);
    const size_t count = co_await socket_.async_read_some(
        boost::asio::buffer(space.data(), space.size()), Into(error));
    if (error) break;
    if (closing_) continue;
    in_.Commit(count);
    co_await Deliver();
    while (paused_ && user_ != nullptr) {
      resume_.expires_at(boost::asio::steady_timer::time_point::max());
      co_await resume_.async_wait(Into(error));
      co_await Deliver();
    }
  }
  ReadingEnded(error);
}

// All messages that are whole.
boost::asio::awaitable<void> Connection::Deliver() {
  delivering_ = true;
  auto turn = std::chrono::steady_clock::now();
  while (user_ != nullptr && !paused_) {
    const auto frame = in_.Next(user_->max_length());
    if (!frame.ok()) {
      user_->OnBadFrame(frame.error());
      break;
    }
    if (!frame->has_value()) break;
    user_->OnFrame(**frame);
    if (std::chrono::steady_clock::now() - turn < kTurn) continue;
    co_await boost::asio::post(socket_.get_executor(), boost::asio::use_awaitable);
    turn = std::chrono::steady_clock::now();
  }
  delivering_ = false;
}

void Connection::Resume() {
  paused_ = false;
  resume_.cancel();
}

void Connection::ReadingEnded(const error_code& error) {
  peer_closed_ = true;
  // Who has sent its last may still want to read.
  if (closing_ && !all_written_ && error == boost::asio::error::eof) return;
  CloseSocket();
  if (user_ == nullptr) return;
  user_->OnBroken(error == boost::asio::error::eof ? "closed by the peer" : error.message());
}

// ---- Writing

bool Connection::Send(const std::string& message) {
  queued_ += message;
  wake_.cancel();
  return writing_.size() - written_ + queued_.size() <= kMaxQueued;
}

boost::asio::awaitable<void> Connection::Write(Self) {
  error_code error;
  while (socket_.is_open()) {
    if (!Unwritten()) {
      if (closing_) break;
      wake_.expires_at(boost::asio::steady_timer::time_point::max());
      co_await wake_.async_wait(Into(error));
      continue;
    }
    if (written_ == writing_.size()) {
      writing_ = std::exchange(queued_, {});
      written_ = 0;
    }
    const size_t count =
        co_await socket_.async_write_some(boost::asio::buffer(writing_) + written_, Into(error));
    if (error) co_return;  // Reading says so as well, behind what the peer still had to say.
    written_ += count;
    total_written_ += count;
  }
  WritingEnded();
}

void Connection::WritingEnded() {
  all_written_ = true;
  error_code ignored;
  if (socket_.is_open()) socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (peer_closed_) CloseSocket();
}

uint64_t Connection::Acknowledged() {
  return total_written_ - Unacknowledged(socket_.native_handle());
}

// RFC 9687. What TCP has taken from here may still be here: what counts is what the peer's TCP has
// taken, which it stops to do when nobody reads there.
boost::asio::awaitable<void> Connection::WatchProgress(Self) {
  error_code error;
  const auto look = std::max(send_hold_ / kLooks, milliseconds(1));
  uint64_t seen = 0;
  auto since = std::chrono::steady_clock::now();
  while (true) {
    watch_.expires_after(look);
    co_await watch_.async_wait(Into(error));
    if (user_ == nullptr || !socket_.is_open()) co_return;
    const auto now = std::chrono::steady_clock::now();
    const uint64_t acknowledged = Acknowledged();
    const bool waits = Unwritten() || acknowledged < total_written_;
    if (!waits || acknowledged > seen) {
      seen = acknowledged;
      since = now;
    } else if (now - since >= send_hold_ + look) {  // It may have begun right behind a look.
      user_->OnSendHold();
      co_return;
    }
  }
}

// ---- The end

void Connection::Close() {
  user_ = nullptr;
  closing_ = true;
  resume_.cancel();
  watch_.cancel();
  wake_.cancel();
  if (!socket_.is_open()) return;
  linger_.expires_after(kLinger);
  linger_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled) return;
    // Without it the kernel would keep what the peer does not take.
    error_code ignored;
    self->socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    self->CloseSocket();
  });
}

void Connection::CloseSocket() {
  error_code ignored;
  socket_.close(ignored);
  linger_.cancel();
  watch_.cancel();
  wake_.cancel();
}

}  // namespace srpce::speaker::bgp
