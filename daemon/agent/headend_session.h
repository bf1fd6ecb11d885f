// daemon/agent/headend_session.h -- speaks for one headend: connects, says what is installed, does
// what it is told, connects again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "daemon/agent/agent_stream.h"
#include "daemon/agent/forwarding.h"

namespace srpce::agent {

// How long to wait before the next attempt: doubles from one failure to the next, less a random
// part so that a thousand routers do not come back at once.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds last, uint32_t seed)
      : first_(first), last_(last), next_(first), random_(seed) {}
  std::chrono::milliseconds Next();
  void Reset() { next_ = first_; }
  // The next wait is the longest.
  void Exhaust() { next_ = last_; }

 private:
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds last_;
  std::chrono::milliseconds next_;
  std::mt19937 random_;
};

struct SessionOptions {
  std::string headend;
  StreamOptions stream;
  std::chrono::milliseconds first_backoff{100};
  std::chrono::milliseconds last_backoff{10'000};
  // A session that was in sync for so long shows that the next attempt may come soon.
  std::chrono::milliseconds stable_after{10'000};
};

// All on the thread that runs `io`, which outlives this, as does `forwarding`.
class HeadendSession {
 public:
  struct Events {
    std::function<void()> on_synced;   // After each connection: what the daemon wants is in force.
    std::function<void()> on_removed;  // A policy went; what was in its way may be tried again.
    std::function<void()> on_stopped;
  };

  HeadendSession(boost::asio::io_context& io, SessionOptions options, Forwarding& forwarding,
                 Events events);

  void Start() { Connect(); }
  // Closes the stream; on_stopped follows. What is installed stays.
  void Stop();
  // Remembers the state and tells the daemon, now or when connected.
  void ReportLink(const std::string& interface, bool up);
  void ReportResult(const LateResult& result);

  const std::string& headend() const { return options_.headend; }

 private:
  void Connect();
  void OnCommand(const v1::AgentCommand& command);
  void OnClosed(const absl::Status& status);
  void Handle(const v1::InstallPolicy& install);
  void Handle(const v1::RemovePolicy& remove);
  void SendLink(const std::string& interface, bool up);

  boost::asio::io_context& io_;
  const SessionOptions options_;
  Forwarding& forwarding_;
  const Events events_;
  Backoff backoff_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<AgentStream> stream_;                             // Null between attempts.
  std::map<std::string, bool> links_;                               // Interface -> up.
  std::optional<std::chrono::steady_clock::time_point> synced_at_;  // Of this session.
  bool stopping_ = false;
};

}  // namespace srpce::agent
