#include "lib/speaker/bgp/peer.h"

#include <boost/asio/socket_base.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/collision.h"
#include "lib/session/bgp/text.h"
#include "lib/speaker/bgp/socket_options.h"

namespace srpce::speaker::bgp {
namespace {

using boost::asio::ip::tcp;
using session::bgp::State;
namespace fsm = session::bgp;

// Of one peer, those included that are being closed.
constexpr size_t kMaxConnections = 8;

// With a reset: nothing of it stays here.
void Refuse(tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

fsm::Connection Seen(const SessionDriver& driver) {
  return {.state = driver.state(), .initiated_here = driver.connection()->initiated_here()};
}

}  // namespace

Peer::Peer(Shared& shared, Client& client, size_t index, PeerConfig config)
    : shared_(shared), client_(client), index_(index), config_(std::move(config)) {
  first_ = MakeDriver();
  status_.since = std::chrono::steady_clock::now();
}

std::shared_ptr<SessionDriver> Peer::MakeDriver() {
  return std::make_shared<SessionDriver>(shared_.io, shared_.random, config_, *this);
}

void Peer::Start() { first_->Tell(fsm::ManualStart()); }

void Peer::Stop() {
  stopped_ = true;
  if (second_ != nullptr) second_->Tell(fsm::ManualStop());
  first_->Tell(fsm::ManualStop());
}

void Peer::RequestRefresh(wire::bgp::Family family) {
  first_->Tell(fsm::RefreshWanted{.family = family});
}

// ---- Connections

bool Peer::Takes(const IpAddress& remote, const IpAddress& local) const {
  return remote == config_.address &&
         (!config_.local_address.has_value() || *config_.local_address == local);
}

bool Peer::HasTooManyConnections() {
  std::erase_if(accepted_, [](const auto& connection) { return connection.expired(); });
  return accepted_.size() >= kMaxConnections;
}

void Peer::OnAccepted(tcp::socket socket) {
  if (stopped_ || first_->state() == State::kIdle || HasTooManyConnections()) {
    return Refuse(std::move(socket));
  }
  const absl::Status set = LimitTtl(socket.native_handle(), config_);
  if (!set.ok()) {
    Fail(std::string(set.message()));
    return Refuse(std::move(socket));
  }
  CloseOnExec(socket.native_handle());
  std::shared_ptr<SessionDriver> driver = first_;
  // An attempt to connect that is under way is not given up for it: the peer may just have done the
  // same, and then there would be no connection.
  if (!AwaitsConnection(first_->session()) || first_->is_connecting()) {
    // A peer opens one more only when it has lost the one before.
    if (second_ != nullptr) second_->Tell(fsm::CollisionLost());
    driver = MakeDriver();
    driver->BeSecond();
    driver->Tell(fsm::ManualStart());
    second_ = driver;
  }
  driver->Adopt(std::move(socket), /*initiated_here=*/false);
  accepted_.push_back(driver->connection());
}

// The peer had a session, and opens a connection as if it had none (RFC 4724 s5). One that was
// already open when the session came up, or that this speaker opened, is of two that connect at
// once.
bool Peer::PeerHasRestarted(const SessionDriver& known, const SessionDriver& fresh) const {
  const auto& restart = known.session().negotiated.peer_restart;
  return known.state() == State::kEstablished && restart.has_value() && !restart->entries.empty() &&
         !fresh.connection()->initiated_here() && fresh.connection()->since() > up_since_;
}

SessionDriver::Collision Peer::ResolveCollision(SessionDriver& driver,
                                                const wire::bgp::Open& open) {
  using Collision = SessionDriver::Collision;
  const std::shared_ptr<SessionDriver> other = &driver == first_.get() ? second_ : first_;
  if (other == nullptr || other->connection() == nullptr) return Collision::kGoOn;
  const fsm::Speakers speakers{.local_as = config_.session.local_as,
                               .local_identifier = config_.session.identifier,
                               .peer_as = open.as_number,
                               .peer_identifier = open.identifier};
  fsm::Connection existing = Seen(*other);
  const fsm::Verdict verdict =
      fsm::ResolveCollision(existing, Seen(driver), speakers, PeerHasRestarted(*other, driver));
  if (verdict == fsm::Verdict::kBothGoOn) {
    // The peer is about to say on the other connection who it is, and then that one stays. Were
    // this one confirmed meanwhile, each side could end up closing what the other has kept.
    existing.state = State::kOpenConfirm;
    const bool other_stays =
        fsm::ResolveCollision(existing, Seen(driver), speakers, false) == fsm::Verdict::kCloseNew;
    const bool waits = other_stays && other->state() == State::kOpenSent && !driver.has_waited();
    return waits ? Collision::kWait : Collision::kGoOn;
  }
  resolving_ = true;
  if (verdict == fsm::Verdict::kCloseNew) {
    driver.Tell(fsm::CollisionLost());
  } else if (other->state() == State::kEstablished) {
    other->Tell(fsm::ConnectionFailed{.text = "the peer has restarted and connected again"});
  } else {
    other->Tell(fsm::CollisionLost());
  }
  resolving_ = false;
  return verdict == fsm::Verdict::kCloseNew ? Collision::kLost : Collision::kGoOn;
}

// What it waited for has come, or never will.
void Peer::ReleaseOpens() {
  const auto release = [](const std::shared_ptr<SessionDriver>& driver,
                          const std::shared_ptr<SessionDriver>& other) {
    if (driver == nullptr || !driver->holds_open()) return;
    if (other == nullptr || other->state() != State::kOpenSent) driver->ReleaseOpen();
  };
  release(std::shared_ptr(first_), std::shared_ptr(second_));
  release(std::shared_ptr(second_), std::shared_ptr(first_));
}

void Peer::ExchangeRoles() {
  std::swap(first_, second_);
  first_->BeFirst(second_->session().failures);
  second_->BeSecond();
}

void Peer::OnSettled() {
  const auto is_over = [](const SessionDriver& driver) {
    return driver.connection() == nullptr && !driver.is_connecting();
  };
  if (second_ != nullptr && !stopped_) {
    if (is_over(*first_) && !is_over(*second_)) ExchangeRoles();
    if (is_over(*second_)) std::exchange(second_, nullptr)->LetGo();
  }
  ReleaseOpens();
  Publish();
}

// ---- What the session says

void Peer::OnState(const SessionDriver& driver) {
  if (&driver == first_.get()) Publish();
}

void Peer::OnUp(const SessionDriver& driver, const fsm::Negotiated& negotiated) {
  if (&driver == second_.get()) {
    ExchangeRoles();
    // Not of a connection that is there: the peer may just be deciding for that one.
    if (second_->connection() == nullptr) second_->LetGo();
    Publish();
  }
  up_since_ = std::chrono::steady_clock::now();
  told_failure_.clear();
  {
    const std::lock_guard lock(mutex_);
    ++status_.sessions;
  }
  Log(absl::StrCat(fsm::Describe(fsm::Up{negotiated}), " at ",
                   driver.connection()->remote().ToString()));
  client_.OnUp(index_, negotiated);
}

void Peer::OnDown(const SessionDriver& driver, const fsm::Down& down) {
  if (down.was_up) {
    {
      const std::lock_guard lock(mutex_);
      status_.last_down = down.reason;
    }
    Log(fsm::Describe(down));
    client_.OnDown(index_, down);
  } else if (&driver == first_.get() && !resolving_ && !stopped_) {
    Fail(down.reason);
  }
}

void Peer::OnNoAnswer() {
  const Endpoint remote{.address = config_.address, .port = config_.port};
  // The kernel drops what is signed with another key, or not at all, without a word.
  Fail(absl::StrCat("no answer from ", remote.ToString(),
                    config_.md5_key.empty() ? "" : "; is the MD5 key the same there?"));
}

void Peer::Fail(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    status_.last_down = reason;
  }
  if (std::exchange(told_failure_, reason) != reason) Log(absl::StrCat("failed: ", reason));
}

void Peer::OnUpdate(const wire::bgp::Update& update) {
  if (!update.errors.empty()) {
    const std::lock_guard lock(mutex_);
    ++status_.flawed_updates;
  }
  client_.OnUpdate(index_, update);
}

void Peer::OnRefresh(const wire::bgp::RouteRefresh& refresh) { client_.OnRefresh(index_, refresh); }

void Peer::OnFamilyDisabled(const fsm::DisableFamily& disable) {
  Log(fsm::Describe(disable));
  client_.OnFamilyDisabled(index_, disable.family, disable.reason);
}

void Peer::Log(absl::string_view text) const {
  if (shared_.log != nullptr) shared_.log(absl::StrCat("peer '", config_.name, "': ", text));
}

// ---- Status

void Peer::Publish() {
  const State state = first_->state();
  const Connection* const connection = first_->connection().get();
  if (state == status_.state && connection == published_) return;
  const std::lock_guard lock(mutex_);
  if (state != status_.state) status_.since = std::chrono::steady_clock::now();
  status_.state = state;
  published_ = connection;
  status_.local = connection == nullptr ? "" : connection->local().ToString();
  status_.remote = connection == nullptr ? "" : connection->remote().ToString();
  status_.negotiated.reset();
  if (state == State::kEstablished) status_.negotiated = first_->session().negotiated;
}

PeerStatus Peer::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Peer::CountReceived(wire::bgp::MessageType type) {
  const std::lock_guard lock(mutex_);
  status_.received.Count(type);
}

void Peer::CountSent(wire::bgp::MessageType type) {
  const std::lock_guard lock(mutex_);
  status_.sent.Count(type);
}

void Peer::CountBadMessage() {
  const std::lock_guard lock(mutex_);
  ++status_.bad_messages;
}

}  // namespace srpce::speaker::bgp
