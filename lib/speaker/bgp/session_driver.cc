#include "lib/speaker/bgp/session_driver.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/speaker/bgp/socket_options.h"
#include "lib/wire/bgp/message.h"

namespace srpce::speaker::bgp {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using session::bgp::State;
using session::bgp::Timer;
using std::chrono::milliseconds;
namespace fsm = session::bgp;

constexpr milliseconds kSendHold = std::chrono::minutes(8);  // RFC 9687 s4.2, at least.
// How long to wait for input that is there but was not read yet, and how late a timer has to be for
// that to be likely.
constexpr milliseconds kHoldGrace{100};
constexpr milliseconds kLate{20};
// How long an OPEN waits for the one on the connection that is to stay.
constexpr std::chrono::seconds kOpenPatience{1};

milliseconds SendHold(const PeerConfig& peer) {
  if (peer.send_hold.has_value()) return *peer.send_hold;
  return std::max(kSendHold, milliseconds(2 * peer.session.hold_time));
}

// RFC 4271 s10: peers are not to beat in step.
bool HasJitter(Timer timer) {
  return timer == Timer::kConnectRetry || timer == Timer::kKeepalive || timer == Timer::kIdleHold;
}

// Ready to connect. Errors: the system's.
absl::Status Prepare(const PeerConfig& peer, tcp::socket& socket) {
  const tcp::endpoint remote = ToAsio({.address = peer.address, .port = peer.port});
  error_code error;
  socket.open(remote.protocol(), error);
  if (error) return absl::UnavailableError(error.message());
  const int handle = socket.native_handle();
  CloseOnExec(handle);
  if (!peer.md5_key.empty()) {
    SRPCE_RETURN_IF_ERROR(SetMd5Key(handle, peer.address, peer.md5_key));
  }
  SRPCE_RETURN_IF_ERROR(LimitTtl(handle, peer));
  if (peer.local_address.has_value()) {
    socket.bind(ToAsio({.address = *peer.local_address, .port = 0}), error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("from ", peer.local_address->ToString(), ": ", error.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

SessionDriver::SessionDriver(boost::asio::io_context& io, std::mt19937& random,
                             const PeerConfig& peer, Owner& owner)
    : io_(io), random_(random), peer_(peer), owner_(owner), config_(peer.session), patience_(io) {
  for (size_t i = 0; i < fsm::kTimers; ++i) {
    timers_.push_back({.timer = boost::asio::steady_timer(io)});
  }
}

void SessionDriver::BeFirst(uint32_t failures) {
  config_ = peer_.session;
  session_.failures = failures;
}

void SessionDriver::LetGo() {
  for (NumberedTimer& timer : timers_) timer.timer.cancel();
  Do(fsm::Close());
}

// ---- Events and actions

void SessionDriver::Tell(fsm::Event event) {
  events_.push_back(std::move(event));
  if (telling_) return;
  const auto self = shared_from_this();
  telling_ = true;
  while (!events_.empty()) {
    fsm::Event next = std::move(events_.front());
    events_.pop_front();
    fsm::Step step = fsm::Handle(config_, std::move(session_), std::move(next));
    session_ = std::move(step.session);
    owner_.OnState(*this);
    for (const fsm::Action& action : step.actions) {
      std::visit([this](const auto& one) { Do(one); }, action);
    }
  }
  telling_ = false;
  owner_.OnSettled();
}

void SessionDriver::Do(const fsm::Connect&) {
  attempt_ = std::make_shared<tcp::socket>(io_);
  boost::asio::co_spawn(io_, Connect(shared_from_this(), attempt_), boost::asio::detached);
}

boost::asio::awaitable<void> SessionDriver::Connect(std::shared_ptr<SessionDriver> self,
                                                    Socket socket) {
  if (self->attempt_ != socket) co_return;
  const Endpoint remote{.address = self->peer_.address, .port = self->peer_.port};
  std::string failure;
  if (const absl::Status prepared = Prepare(self->peer_, *socket); !prepared.ok()) {
    failure = std::string(prepared.message());
  } else {
    error_code error;
    co_await socket->async_connect(ToAsio(remote),
                                   boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error) failure = error.message();
  }
  if (self->attempt_ != socket) co_return;  // Given up meanwhile.
  if (failure.empty()) {
    self->Adopt(std::move(*socket), /*initiated_here=*/true);
  } else {
    self->attempt_.reset();
    self->Tell(fsm::ConnectionFailed{.text = absl::StrCat(remote.ToString(), ": ", failure)});
  }
}

void SessionDriver::Adopt(tcp::socket socket, bool initiated_here) {
  const Socket other = std::exchange(attempt_, nullptr);
  error_code ignored;
  if (other != nullptr && !initiated_here) other->close(ignored);
  connection_ = std::make_shared<Connection>(std::move(socket), initiated_here);
  connection_->Start(*this, SendHold(peer_));
  Tell(fsm::ConnectionUp());
}

void SessionDriver::Do(const fsm::Close&) {
  held_open_.reset();
  has_waited_ = false;
  patience_.cancel();
  error_code ignored;
  if (attempt_ != nullptr) std::exchange(attempt_, nullptr)->close(ignored);
  if (connection_ != nullptr) std::exchange(connection_, nullptr)->Close();
}

void SessionDriver::Do(const fsm::Send& send) {
  const auto octets = wire::bgp::Encode(send.message, session_.negotiated.update_context());
  if (connection_ == nullptr) return;
  if (!octets.ok()) {
    return Tell(fsm::ConnectionFailed{.text = std::string(octets.status().message())});
  }
  owner_.CountSent(TypeOf(send.message));
  if (!connection_->Send(*octets)) {
    Tell(fsm::AutomaticStop{.cease = wire::bgp::subcode::kOutOfResources});
  }
}

// ---- Timers

void SessionDriver::Do(const fsm::StartTimer& start) {
  auto& [timer, starts] = timers_[static_cast<size_t>(start.timer)];
  std::chrono::duration<double, std::milli> wait(start.duration);
  if (HasJitter(start.timer)) wait *= std::uniform_real_distribution<>(0.75, 1.0)(random_);
  timer.expires_after(std::chrono::duration_cast<boost::asio::steady_timer::duration>(wait));
  timer.async_wait([weak = weak_from_this(), number = ++starts,
                    which = start.timer](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || self == nullptr) return;
    if (self->timers_[static_cast<size_t>(which)].starts == number) self->Expired(which);
  });
}

void SessionDriver::Do(const fsm::StopTimer& stop) {
  auto& [timer, starts] = timers_[static_cast<size_t>(stop.timer)];
  ++starts;
  timer.cancel();
}

void SessionDriver::Expired(Timer timer) {
  // If this speaker is late itself, the peer is not dead: what it sent is still to be read.
  if (timer == Timer::kHold && connection_ != nullptr) {
    const auto due = timers_[static_cast<size_t>(timer)].timer.expiry();
    const bool late = std::chrono::steady_clock::now() - due > kLate;
    if (late || connection_->HasInput()) {
      return Do(fsm::StartTimer{.timer = timer, .duration = kHoldGrace});
    }
  }
  if (timer == Timer::kConnectRetry && attempt_ != nullptr) owner_.OnNoAnswer();
  Tell(fsm::TimerExpired{.timer = timer});
}

// ---- What comes from the connection

size_t SessionDriver::max_length() const { return session_.negotiated.update_context().max_length; }

bool SessionDriver::AwaitsOpen() const {
  return state() == State::kOpenSent || session_.runs(Timer::kDelayOpen);
}

void SessionDriver::OnFrame(const wire::bgp::Frame& frame) {
  const auto self = shared_from_this();  // A lost collision may let it go.
  owner_.CountReceived(frame.type);
  auto message = wire::bgp::Decode(frame, session_.negotiated.update_context());
  if (!message.ok()) return OnBadFrame(message.error());
  auto* open = std::get_if<wire::bgp::Open>(&*message);
  // An OPEN that is refused anyway, perhaps not even of this peer, must not cost the other session.
  const bool acceptable = open != nullptr && AwaitsOpen() && !fsm::CheckOpen(config_, *open);
  if (acceptable) return Judge(std::move(*open));
  Tell(fsm::MessageReceived{.message = std::move(*message)});
}

void SessionDriver::Judge(wire::bgp::Open open) {
  switch (owner_.ResolveCollision(*this, open)) {
    case Collision::kGoOn:
      return Tell(fsm::MessageReceived{.message = std::move(open)});
    case Collision::kWait:
      return HoldOpen(std::move(open));
    case Collision::kLost:
      return;
  }
}

void SessionDriver::HoldOpen(wire::bgp::Open open) {
  held_open_ = std::move(open);
  connection_->Pause();
  patience_.expires_after(kOpenPatience);
  patience_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || self == nullptr) return;
    self->has_waited_ = true;
    self->ReleaseOpen();
  });
}

void SessionDriver::ReleaseOpen() {
  if (!held_open_.has_value() || connection_ == nullptr) return;
  patience_.cancel();
  connection_->Resume();
  Judge(*std::exchange(held_open_, std::nullopt));
}

void SessionDriver::OnBadFrame(const wire::bgp::ProtocolError& error) {
  owner_.CountBadMessage();
  Tell(fsm::DecodeFailed{.error = error});
}

void SessionDriver::OnBroken(const std::string& why) { Tell(fsm::ConnectionFailed{.text = why}); }

void SessionDriver::OnSendHold() { Tell(fsm::SendHoldExpired()); }

}  // namespace srpce::speaker::bgp
