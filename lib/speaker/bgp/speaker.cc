#include "lib/speaker/bgp/speaker.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/speaker/bgp/awaitable.h"
#include "lib/speaker/bgp/peer.h"
#include "lib/speaker/bgp/socket_options.h"

namespace srpce::speaker::bgp {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Lines about who is no peer: the first at once, then one in this time.
constexpr std::chrono::seconds kLinePause{10};
// Where accept() fails, mostly for want of file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

absl::Status SystemError(const std::string& where, const error_code& error) {
  return absl::ErrnoToStatus(error.value(), where);
}

bool MayUse(const PeerConfig& peer, const Endpoint& listener) {
  return peer.address.family() == listener.address.family() &&
         (!peer.local_address.has_value() || listener.address.is_unspecified() ||
          *peer.local_address == listener.address);
}

// What the peers' connections have to have before they are accepted.
absl::Status SetPeerOptions(int socket, const Endpoint& listener,
                            const std::vector<PeerConfig>& peers) {
  CloseOnExec(socket);
  const auto family = listener.address.family();
  int most_hops = 0;
  bool all_limited = true;
  for (const PeerConfig& peer : peers) {
    if (!MayUse(peer, listener)) continue;
    all_limited = all_limited && peer.ttl_security_hops.has_value();
    most_hops = std::max<int>(most_hops, peer.ttl_security_hops.value_or(0));
    if (!peer.md5_key.empty()) {
      SRPCE_RETURN_IF_ERROR(SetMd5Key(socket, peer.address, peer.md5_key));
    }
  }
  if (most_hops == 0) return absl::OkStatus();
  SRPCE_RETURN_IF_ERROR(SendGreatestTtl(socket, family));
  // Else each connection is limited when it is known whose it is.
  return all_limited ? LimitHops(socket, family, static_cast<uint8_t>(most_hops))
                     : absl::OkStatus();
}

}  // namespace

class Speaker::Impl {
 public:
  Impl(const Config& config, Client& client, Log log);

  absl::Status Listen(const Config& config);
  void Run();
  void Stop();

  Shared shared;  // First, as all sockets and timers are of its io_context.
  std::vector<Endpoint> listening;
  std::vector<std::unique_ptr<Peer>> peers;
  std::atomic<uint64_t> unknown{0};

 private:
  boost::asio::awaitable<void> Accept(tcp::acceptor& listener);
  void OnAccepted(tcp::socket socket);
  void LogLimited(const std::string& text);

  std::vector<tcp::acceptor> listeners_;
  MonotonicTime next_line_{};
  uint64_t lines_left_out_ = 0;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::once_flag stopped_;
  std::thread thread_;
};

Speaker::Impl::Impl(const Config& config, Client& client, Log log) {
  shared.log = std::move(log);
  for (size_t i = 0; i < config.peers.size(); ++i) {
    peers.push_back(std::make_unique<Peer>(shared, client, i, config.peers[i]));
  }
}

absl::Status Speaker::Impl::Listen(const Config& config) {
  for (const Endpoint& wanted : config.listen) {
    const std::string where = wanted.ToString();
    const tcp::endpoint endpoint = ToAsio(wanted);
    tcp::acceptor& listener = listeners_.emplace_back(shared.io);
    error_code error;
    listener.open(endpoint.protocol(), error);
    if (!error) listener.set_option(boost::asio::socket_base::reuse_address(true), error);
    if (!error && !wanted.address.is_v4()) {
      listener.set_option(boost::asio::ip::v6_only(true), error);
    }
    if (error) return SystemError(where, error);
    const auto set = SetPeerOptions(listener.native_handle(), wanted, config.peers);
    if (!set.ok()) return absl::Status(set.code(), absl::StrCat(where, ": ", set.message()));
    listener.bind(endpoint, error);
    if (!error) listener.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) return SystemError(where, error);
    listening.push_back(FromAsio(listener.local_endpoint()));
  }
  return absl::OkStatus();
}

void Speaker::Impl::Run() {
  work_.emplace(shared.io.get_executor());
  for (tcp::acceptor& listener : listeners_) {
    boost::asio::co_spawn(shared.io, Accept(listener), boost::asio::detached);
  }
  boost::asio::post(shared.io, [this] {
    for (const auto& peer : peers) peer->Start();
  });
  thread_ = std::thread([this] { shared.io.run(); });
}

void Speaker::Impl::Stop() {
  std::call_once(stopped_, [this] {
    if (!thread_.joinable()) return;
    boost::asio::post(shared.io, [this] {
      error_code ignored;
      for (tcp::acceptor& listener : listeners_) listener.close(ignored);
      for (const auto& peer : peers) peer->Stop();
      work_.reset();
    });
    thread_.join();  // When the last connection is closed.
  });
}

boost::asio::awaitable<void> Speaker::Impl::Accept(tcp::acceptor& listener) {
  boost::asio::steady_timer pause(shared.io);
  while (listener.is_open()) {
    error_code error;
    tcp::socket socket(shared.io);
    co_await listener.async_accept(socket,
                                   boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!error) {
      OnAccepted(std::move(socket));
    } else if (listener.is_open()) {
      LogLimited(absl::StrCat("cannot accept a connection: ", error.message()));
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
  }
}

void Speaker::Impl::OnAccepted(tcp::socket socket) {
  error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;  // Gone already.
  const tcp::endpoint local = socket.local_endpoint(error);
  const Endpoint from = FromAsio(remote);
  for (const auto& peer : peers) {
    if (!peer->Takes(from.address, FromAsio(local).address)) continue;
    return peer->OnAccepted(std::move(socket));
  }
  unknown.fetch_add(1, std::memory_order_relaxed);
  socket.set_option(boost::asio::socket_base::linger(true, 0), error);
  socket.close(error);
  LogLimited(absl::StrCat("closed a connection from ", from.ToString(), ", which is no peer's"));
}

void Speaker::Impl::LogLimited(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_line_) {
    ++lines_left_out_;
    return;
  }
  next_line_ = now + kLinePause;
  const uint64_t left_out = std::exchange(lines_left_out_, 0);
  if (shared.log == nullptr) return;
  shared.log(left_out == 0 ? text : absl::StrCat(text, "; ", left_out, " such lines left out"));
}

absl::StatusOr<std::unique_ptr<Speaker>> Speaker::Start(const Config& config, Client& client,
                                                        Log log) {
  SRPCE_RETURN_IF_ERROR(Validate(config));
  auto impl = std::make_unique<Impl>(config, client, std::move(log));
  SRPCE_RETURN_IF_ERROR(impl->Listen(config));
  impl->Run();
  return std::unique_ptr<Speaker>(new Speaker(std::move(impl)));
}

Speaker::Speaker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Speaker::~Speaker() { Stop(); }

void Speaker::Stop() { impl_->Stop(); }

std::vector<Endpoint> Speaker::listening() const { return impl_->listening; }

std::vector<PeerStatus> Speaker::status() const {
  std::vector<PeerStatus> all;
  for (const auto& peer : impl_->peers) all.push_back(peer->status());
  return all;
}

uint64_t Speaker::unknown_connections() const { return impl_->unknown.load(); }

void Speaker::RequestRefresh(size_t peer, wire::bgp::Family family) {
  if (peer >= impl_->peers.size()) return;
  boost::asio::post(impl_->shared.io, [target = impl_->peers[peer].get(), family] {
    target->RequestRefresh(family);
  });
}

}  // namespace srpce::speaker::bgp
