// daemon/agent/agent.h -- srpce-agent put together: sessions, forwarding and what the kernel tells,
// on one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "daemon/agent/forwarding.h"
#include "daemon/agent/headend_session.h"
#include "daemon/agent/kernel.h"
#include "daemon/agent/kernel_forwarding.h"
#include "daemon/agent/network_monitor.h"
#include "srpce/config/v1/agent_config.pb.h"

namespace srpce::agent {

struct HeadendCredential {
  std::string headend;
  std::string token;  // Empty: none.
};

struct AgentOptions {
  std::string daemon_address;
  std::vector<HeadendCredential> headends;  // One, or several with `simulate`.
  bool simulate = false;
  std::string state_file;
  config::v1::AgentConfig config;
  std::function<void()> on_ready;  // Once: every headend was in sync.
};

class Agent {
 public:
  explicit Agent(AgentOptions options);
  // Runs until SIGTERM or SIGINT; the kernel keeps what is installed. Errors: what kept it from
  // starting.
  absl::Status Run();

 private:
  absl::Status StartKernel();
  void MakeSessions();
  void Stop();
  void OnInterface(const Interface& interface);
  void OnSynced(const std::string& headend);
  // Put off a little, so that a burst of changes costs one look at the kernel's state, one file.
  void ReconcileSoon();
  void SaveSoon();
  void Save();

  const AgentOptions options_;
  boost::asio::io_context io_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer reconcile_timer_;
  boost::asio::steady_timer save_timer_;
  bool reconcile_pending_ = false;
  bool save_pending_ = false;
  std::unique_ptr<Forwarding> simulated_;
  std::unique_ptr<KernelForwarding> kernel_forwarding_;  // Null with `simulate`.
  std::optional<Kernel> monitor_kernel_;
  std::unique_ptr<NetworkMonitor> monitor_;
  std::vector<std::unique_ptr<HeadendSession>> sessions_;
  std::set<std::string> unsynced_;
  size_t running_sessions_ = 0;
};

}  // namespace srpce::agent
