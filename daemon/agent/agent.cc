#include "daemon/agent/agent.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <csignal>
#include <fstream>
#include <utility>

#include "daemon/agent/simulated_forwarding.h"
#include "daemon/log/log.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

constexpr auto kReconcileDelay = std::chrono::milliseconds(20);
constexpr auto kSaveDelay = std::chrono::milliseconds(50);

// What a router that forwards SRv6 needs and an agent must not decide for its operator.
void WarnIfOff(const std::string& setting) {
  std::ifstream file("/proc/sys/net/ipv6/conf/all/" + setting);
  int value = 1;
  if (file >> value && value == 0) {
    log::Warning("net.ipv6.conf.all.", setting, " is 0: this router will not forward SRv6");
  }
}

}  // namespace

Agent::Agent(AgentOptions options)
    : options_(std::move(options)),
      signals_(io_, SIGTERM, SIGINT),
      reconcile_timer_(io_),
      save_timer_(io_) {}

absl::Status Agent::Run() {
  if (options_.simulate) {
    simulated_ = std::make_unique<SimulatedForwarding>();
  } else {
    SRPCE_RETURN_IF_ERROR(StartKernel());
  }
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) Stop();
  });
  MakeSessions();
  // First, so that each session begins with the state of the interfaces.
  if (monitor_ != nullptr) SRPCE_RETURN_IF_ERROR(monitor_->Start());
  for (const auto& session : sessions_) session->Start();
  // Streams are on gRPC's threads: without this the io_context would end when only they are left.
  const auto guard = boost::asio::make_work_guard(io_);
  io_.run();
  if (save_pending_) Save();
  return absl::OkStatus();
}

absl::Status Agent::StartKernel() {
  SRPCE_ASSIGN_OR_RETURN(
      kernel_forwarding_,
      KernelForwarding::Open(options_.config, options_.state_file, [this] { SaveSoon(); }));
  SRPCE_ASSIGN_OR_RETURN(Kernel kernel, Kernel::Open());
  monitor_kernel_.emplace(std::move(kernel));
  SRPCE_ASSIGN_OR_RETURN(
      monitor_, NetworkMonitor::Open(
                    io_, *monitor_kernel_, kernel_forwarding_->protocol(),
                    {.on_interface = [this](const Interface& interface) { OnInterface(interface); },
                     .on_interfaces_changed = [this] { ReconcileSoon(); },
                     // Nothing this agent does itself may lead here, or refused policies would be
                     // tried for ever.
                     .on_own_route_removed =
                         [this](const RouteId& id) {
                           if (kernel_forwarding_->IsInForce(id)) ReconcileSoon();
                         },
                     .on_other_route_changed =
                         [this] {
                           if (kernel_forwarding_->has_refused()) ReconcileSoon();
                         },
                     .on_overrun = [this] { ReconcileSoon(); }}));
  WarnIfOff("forwarding");
  if (options_.config.local_sids_size() > 0) WarnIfOff("seg6_enabled");
  return absl::OkStatus();
}

void Agent::MakeSessions() {
  Forwarding& forwarding =
      options_.simulate ? *simulated_ : static_cast<Forwarding&>(*kernel_forwarding_);
  for (const HeadendCredential& credential : options_.headends) {
    unsynced_.insert(credential.headend);
    HeadendSession::Events events{
        .on_synced = [this, headend = credential.headend] { OnSynced(headend); },
        .on_removed =
            [this] {
              if (kernel_forwarding_ != nullptr && kernel_forwarding_->has_refused()) {
                ReconcileSoon();
              }
            },
        .on_stopped =
            [this] {
              if (--running_sessions_ == 0) io_.stop();
            }};
    sessions_.push_back(std::make_unique<HeadendSession>(
        io_,
        SessionOptions{.headend = credential.headend,
                       .stream = {options_.daemon_address, credential.token}},
        forwarding, std::move(events)));
  }
  running_sessions_ = sessions_.size();
}

void Agent::Stop() {
  log::Info("stopping; what is installed stays");
  if (monitor_ != nullptr) monitor_->Stop();
  for (const auto& session : sessions_) session->Stop();
}

void Agent::OnInterface(const Interface& interface) {
  if (kernel_forwarding_ != nullptr && interface.index == kernel_forwarding_->encap_interface()) {
    if (!interface.up) ReconcileSoon();  // Its routes went with it.
    return;
  }
  const auto& wanted = options_.config.interfaces();
  const bool monitored =
      wanted.empty() ? !interface.loopback
                     : std::find(wanted.begin(), wanted.end(), interface.name) != wanted.end();
  if (!monitored) return;
  log::Info("interface ", interface.name, ": ", interface.up ? "up" : "down");
  for (const auto& session : sessions_) session->ReportLink(interface.name, interface.up);
}

void Agent::OnSynced(const std::string& headend) {
  if (unsynced_.erase(headend) == 1 && unsynced_.empty() && options_.on_ready) options_.on_ready();
}

void Agent::ReconcileSoon() {
  if (reconcile_pending_) return;
  reconcile_pending_ = true;
  reconcile_timer_.expires_after(kReconcileDelay);
  reconcile_timer_.async_wait([this](const boost::system::error_code& error) {
    reconcile_pending_ = false;
    if (error) return;
    for (const LateResult& result : kernel_forwarding_->Reconcile()) {
      log::Info(
          "policy ", policy::ToString(result.key), ": ",
          result.result.ok() ? *result.result : std::string(result.result.status().message()));
      for (const auto& session : sessions_) {
        if (session->headend() == result.key.headend) session->ReportResult(result);
      }
    }
  });
}

void Agent::SaveSoon() {
  if (save_pending_) return;
  save_pending_ = true;
  save_timer_.expires_after(kSaveDelay);
  save_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Save();
  });
}

void Agent::Save() {
  save_pending_ = false;
  if (const absl::Status status = kernel_forwarding_->Save(); !status.ok()) {
    // A restart then finds an older file, asks for what differs and loses no packet.
    log::Error(status.message());
  }
}

}  // namespace srpce::agent
