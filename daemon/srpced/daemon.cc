#include "daemon/srpced/daemon.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "daemon/adapter/source_host.h"
#include "daemon/log/log.h"
#include "daemon/metrics/exposer.h"
#include "daemon/metrics/metrics.h"
#include "daemon/metrics/state_collectors.h"
#include "daemon/services/call_pool.h"
#include "daemon/services/ingest_service.h"
#include "daemon/services/path_service.h"
#include "daemon/services/policy_agent_service.h"
#include "daemon/services/policy_service.h"
#include "daemon/services/topology_service.h"
#include "daemon/srpced/agent_links.h"
#include "daemon/srpced/health.h"
#include "daemon/srpced/listen.h"
#include "daemon/srpced/southbounds.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/potential_cache.h"
#include "lib/pce/policy_engine.h"
#include "lib/pce/topology_writer.h"

namespace srpce::srpced {
namespace {

// A sync that never ends must not leave searches without bounds.
constexpr Duration kRefreshWhileSyncing = std::chrono::seconds(2);

constexpr int kKeepaliveTimeMs = 20'000;  // A peer that is gone is noticed in this and the timeout.
constexpr int kKeepaliveTimeoutMs = 10'000;
// Enough for conversions, which never wait for anything.
constexpr size_t kConversionThreads = 2;
constexpr int kMinClientPingIntervalMs = 1'000;  // Agents watch their session closely.

pce::PolicyEngineOptions ToEngineOptions(const config::v1::Engine& from,
                                         const cspf::PotentialCache* potentials) {
  using std::chrono::milliseconds;
  pce::PolicyEngineOptions to;
  to.potentials = potentials;
  to.bad_news_quiet = milliseconds(from.bad_news_quiet_ms());
  to.bad_news_max_wait = milliseconds(from.bad_news_max_wait_ms());
  to.good_news_wait = milliseconds(from.good_news_wait_ms());
  to.reoptimize_gain_percent = from.reoptimize_gain_percent();
  to.reoptimize_hold_time = milliseconds(from.reoptimize_hold_time_ms());
  to.max_labels_per_query = from.max_labels_per_query();
  to.compute_threads = from.compute_threads();
  to.watch_history = from.watch_history();
  to.restart_hold_time = milliseconds(from.restart_hold_time_ms());
  return to;
}

absl::StatusOr<std::unique_ptr<plugin::Store>> MakeStore(const config::v1::Store& from,
                                                         const plugin::Registry& registry) {
  plugin::Settings settings(from.settings().begin(), from.settings().end());
  settings["path"] = from.path();
  auto store = registry.stores.Make(from.plugin(), settings);
  if (!store.ok()) {
    return absl::Status(store.status().code(),
                        absl::StrCat("store.path ", from.path(), ": ", store.status().message()));
  }
  return store;
}

absl::StatusOr<std::unique_ptr<plugin::TopologySource>> MakeSource(
    const config::v1::Source& source, const plugin::Registry& registry) {
  auto made = registry.topology_sources.Make(
      source.plugin(), plugin::Settings(source.settings().begin(), source.settings().end()));
  if (!made.ok()) {
    return absl::Status(made.status().code(),
                        absl::StrCat("source ", source.name(), ": ", made.status().message()));
  }
  return made;
}

// What the engine tells: all to the metrics, the store's state to the health service, too.
class EngineObserver final : public pce::PolicyEngineObserver {
 public:
  EngineObserver(metrics::Metrics& metrics, Health& health) : metrics_(metrics), health_(health) {}
  void OnComputation(topology::MetricType objective, const char* result, const char* reason,
                     Duration took) override {
    metrics_.OnComputation(objective, result, reason, took);
  }
  void OnEventToPush(const std::string& trigger, Duration event_to_push) override {
    metrics_.OnEventToPush(trigger, event_to_push);
  }
  void OnPush(const std::string& channel, const char* result) override {
    metrics_.OnPush(channel, result);
  }
  void OnStoreResult(bool ok) override {
    metrics_.OnStoreResult(ok);
    health_.SetStoreHealthy(ok);
  }

 private:
  metrics::Metrics& metrics_;
  Health& health_;
};

}  // namespace

// Members in the order of their making; each may use those above it.
class Daemon::Impl {
 public:
  Impl(const config::v1::Config& config, const plugin::Registry& registry)
      : config_(config), registry_(registry) {}
  ~Impl() { Stop(); }

  absl::Status Start();
  void Stop();
  const ReadyReport& addresses() const { return addresses_; }

 private:
  void MakeWriter();
  void NotifyRefresher(const pce::TedUpdate& update);
  void AwaitFirstSync();
  absl::Status MakeEngine();
  void MakeServices();
  absl::Status StartServer();
  absl::Status StartMetrics();
  absl::Status StartSources();
  void AddServiceCollector();

  const config::v1::Config config_;
  const plugin::Registry& registry_;
  const SystemClock clock_;
  metrics::Metrics metrics_{SRPCE_VERSION};
  Health health_{metrics_};
  EngineObserver observer_{metrics_, health_};
  cspf::PotentialCache potentials_{{.max_bytes = size_t{config_.engine().tree_memory_mib()} << 20}};
  std::unique_ptr<cspf::PotentialRefresher> refresher_;
  MonotonicTime last_refresh_{};  // Only of the writer thread.
  std::unique_ptr<plugin::Store> store_;
  std::unique_ptr<pce::TopologyWriter>
      writer_;  // Stopped before what its listener calls: see Stop.
  std::unique_ptr<AgentLinks> agent_links_;
  std::unique_ptr<Southbounds> southbounds_;
  std::unique_ptr<pce::PolicyEngine> engine_;
  std::unique_ptr<services::CallPool> searches_;
  std::unique_ptr<services::CallPool> conversions_;
  services::SourceReports reports_;
  std::unique_ptr<services::IngestService> ingest_;
  std::unique_ptr<services::TopologyService> topology_;
  std::unique_ptr<services::PathService> paths_;
  std::unique_ptr<services::PolicyService> policies_;
  std::unique_ptr<grpc::Service> agents_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<metrics::MetricsExposer> exposer_;
  std::vector<std::unique_ptr<adapter::SourceHost>> sources_;
  bool synced_ = false;    // Some source has; writer thread.
  std::thread readiness_;  // Waits for sources_, if there are any.
  ReadyReport addresses_;
};

absl::Status Daemon::Impl::Start() {
  SRPCE_ASSIGN_OR_RETURN(store_, MakeStore(config_.store(), registry_));
  MakeWriter();
  SRPCE_RETURN_IF_ERROR(MakeEngine());
  MakeServices();
  SRPCE_RETURN_IF_ERROR(StartMetrics());
  SRPCE_RETURN_IF_ERROR(StartServer());
  return StartSources();
}

// Nothing comes in before the engine has started, so the listener may name what is made later.
void Daemon::Impl::MakeWriter() {
  refresher_ = std::make_unique<cspf::PotentialRefresher>(&potentials_);
  writer_ = std::make_unique<pce::TopologyWriter>(clock_, [this](const pce::TedUpdate& update) {
    engine_->OnTedUpdate(update);
    agent_links_->OnTedUpdate(update);
    NotifyRefresher(update);
    metrics_.OnTedChange(clock_.WallNow());
  });
  writer_->SetApplyObserver([this](Duration took) {
    metrics_.OnTedApply(took);
    if (config_.sources().empty()) {
      AwaitFirstSync();
    }
  });
  agent_links_ = std::make_unique<AgentLinks>(
      *writer_, std::chrono::seconds(config_.topology().hold_time_seconds()));
}

// A first table comes in hundreds of batches, each of which makes the bounds of before worthless:
// they would be computed for all of them, beside the work of taking the table in.
void Daemon::Impl::NotifyRefresher(const pce::TedUpdate& update) {
  const MonotonicTime now = clock_.Now();
  if (!update.syncing || now >= last_refresh_ + kRefreshWhileSyncing) {
    last_refresh_ = now;
    refresher_->Notify(update.ted);
  }
}

// On the writer thread, after each batch.
void Daemon::Impl::AwaitFirstSync() {
  if (synced_) {
    return;
  }
  for (const topology::SourceStatus& source : writer_->sources()) {
    synced_ = synced_ || source.ever_synced;
  }
  if (synced_) {
    health_.SetReady();
  }
}

absl::Status Daemon::Impl::MakeEngine() {
  SRPCE_ASSIGN_OR_RETURN(southbounds_,
                         Southbounds::Make(config_, registry_, *agent_links_, metrics_));
  engine_ = std::make_unique<pce::PolicyEngine>(
      ToEngineOptions(config_.engine(), &potentials_), clock_, *store_, southbounds_->all(),
      [this](const std::string& headend) { return southbounds_->Of(headend); }, &observer_);
  const absl::Status started = engine_->Start();
  if (!started.ok()) {
    return absl::Status(started.code(), absl::StrCat("store.path ", config_.store().path(), ": ",
                                                     started.message()));
  }
  metrics::AddTopologyCollector(metrics_, *writer_, clock_);
  metrics::AddPolicyCollector(metrics_, *engine_);
  return absl::OkStatus();
}

void Daemon::Impl::MakeServices() {
  const config::v1::Limits& limits = config_.limits();
  const auto ted = [this] { return writer_->ted(); };
  searches_ =
      std::make_unique<services::CallPool>(limits.compute_threads(), limits.compute_queue());
  conversions_ = std::make_unique<services::CallPool>(kConversionThreads, limits.compute_queue());
  services::IngestOptions ingest;
  ingest.window = config_.topology().window();
  ingest.window_bytes = config_.topology().window_bytes();
  ingest.max_streams = limits.max_ingest_streams();
  ingest.default_hold_time = std::chrono::seconds(config_.topology().hold_time_seconds());
  ingest_ = std::make_unique<services::IngestService>(ingest, *writer_, reports_, clock_, metrics_);
  topology_ = std::make_unique<services::TopologyService>(limits.max_topology_reads(), *writer_,
                                                          reports_, clock_, metrics_);
  services::PathServiceOptions paths;
  paths.inline_labels = limits.inline_labels();
  paths.max_labels = config_.engine().max_labels_per_query();
  paths_ = std::make_unique<services::PathService>(paths, ted, &potentials_, *searches_, metrics_);
  services::PolicyServiceOptions policies;
  policies.max_watches = limits.max_watches();
  policies.watch_queue_events = limits.watch_queue_events();
  policies.waiting_changes_bytes = limits.waiting_changes_bytes();
  policies_ =
      std::make_unique<services::PolicyService>(policies, *engine_, ted, *conversions_, metrics_);
  agents_ = southbounds_->MakeAgentService();
  services::AddSourceReportCollector(metrics_, reports_, *writer_);
  AddServiceCollector();
}

void Daemon::Impl::AddServiceCollector() {
  metrics_.AddCollector([this](metrics::Samples& out) {
    const cspf::TreeCache& trees = potentials_.trees();
    out.Gauge("srpce_reverse_trees", "Endpoints whose distances are kept and repaired.", {},
              static_cast<double>(trees.size()));
    out.Gauge("srpce_reverse_trees_bytes", "Memory of the reverse trees.", {},
              static_cast<double>(trees.bytes()));
    southbounds_->Collect(out);
    out.Gauge("srpce_ingest_streams", "Open TopologyIngest streams.", {},
              static_cast<double>(ingest_->streams()));
    out.Gauge("srpce_topology_reads", "Open GetTopology streams.", {},
              static_cast<double>(topology_->reads()));
    out.Gauge("srpce_policy_watches", "Open WatchPolicies streams.", {},
              static_cast<double>(policies_->watches()));
    out.Gauge("srpce_compute_queue_depth", "Searches of calls that wait for a thread.", {},
              static_cast<double>(searches_->queue_depth()));
    out.Gauge("srpce_conversion_queue_depth",
              "Lists, watches and large applies that wait for a thread.", {},
              static_cast<double>(conversions_->queue_depth()));
    out.Counter("srpce_log_lines_dropped_total", "Lines of the log its reader was too slow for.",
                {}, static_cast<double>(log::DroppedLines()));
  });
}

absl::Status Daemon::Impl::StartMetrics() {
  const std::string& address = config_.metrics().listen_address();
  if (address.empty()) {
    return absl::OkStatus();
  }
  SRPCE_RETURN_IF_ERROR(ProbeListen("metrics.listen_address", address));
  SRPCE_ASSIGN_OR_RETURN(exposer_, metrics::MetricsExposer::Listen(address, metrics_));
  if (!IsLocalOnly(address)) {
    log::Warning("metrics.listen_address ", address,
                 ": other machines reach it, without TLS or authorization");
  }
  addresses_.metrics_address =
      absl::StrCat(address.substr(0, address.rfind(':')), ":", exposer_->port());
  return absl::OkStatus();
}

absl::Status Daemon::Impl::StartServer() {
  const config::v1::Limits& limits = config_.limits();
  const std::string& address = config_.grpc().listen_address();
  grpc::EnableDefaultHealthCheckService(true);
  if (config_.grpc().reflection()) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  // With SO_REUSEPORT, gRPC's default, a second daemon on the same port would take half of the
  // calls unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(limits.max_streams_per_connection()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinClientPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  grpc::ResourceQuota quota("srpced");
  builder.SetResourceQuota(quota.Resize(limits.grpc_memory_bytes()));
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.max_message_bytes()));
  for (grpc::Service* service :
       {ingest_->service(), topology_->service(), paths_->service(), policies_->service()}) {
    builder.RegisterService(service);
  }
  if (agents_ != nullptr) {
    builder.RegisterService(agents_.get());
  }
  server_ = builder.BuildAndStart();
  const bool unix_socket = absl::StartsWith(address, "unix:");
  if (server_ == nullptr || (port == 0 && !unix_socket)) {
    server_ = nullptr;
    SRPCE_RETURN_IF_ERROR(ProbeListen("grpc.listen_address", address));
    return absl::UnavailableError(absl::StrCat("grpc.listen_address: cannot listen on ", address));
  }
  addresses_.grpc_address =
      unix_socket ? address : absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
  if (!IsLocalOnly(address)) {
    log::Warning("grpc.listen_address ", address,
                 ": other machines reach it, and there is neither TLS nor authorization: whoever "
                 "does can change the topology and every policy; keep it to a management network");
  }
  health_.Attach(server_->GetHealthCheckService());
  return absl::OkStatus();
}

absl::Status Daemon::Impl::StartSources() {
  for (const config::v1::Source& source : config_.sources()) {
    SRPCE_ASSIGN_OR_RETURN(auto made, MakeSource(source, registry_));
    adapter::SourceHostOptions options;
    options.name = source.name();
    options.precedence = source.precedence();
    if (source.has_hold_time_seconds()) {
      options.hold_time_seconds = source.hold_time_seconds();
    }
    options.overlay = source.overlay();
    options.window = config_.topology().window();
    options.log = [](absl::string_view line) { log::Info(line); };
    sources_.push_back(std::make_unique<adapter::SourceHost>(server_->InProcessChannel({}),
                                                             std::move(made), std::move(options)));
  }
  for (const auto& source : sources_) {
    source->Start();
  }
  if (sources_.empty()) {
    return absl::OkStatus();  // The first sync of any other source will do: AwaitFirstSync.
  }
  readiness_ = std::thread([this] {
    for (const auto& source : sources_) {
      if (!source->WaitFor([](const adapter::SourceHostStats& stats) { return stats.syncs > 0; })) {
        return;  // Stopping.
      }
    }
    health_.SetReady();
  });
  return absl::OkStatus();
}

void Daemon::Impl::Stop() {
  health_.SetStopping();
  for (const auto& source : sources_) {
    source->Stop();
  }
  if (readiness_.joinable()) {
    readiness_.join();
  }
  if (server_ != nullptr) {
    ingest_->Drain();
    topology_->Drain();
    policies_->Drain();
    southbounds_->EndSessions();
    server_->Shutdown(std::chrono::system_clock::now() +
                      std::chrono::milliseconds(config_.grpc().drain_ms()));
    health_.Detach();
    server_.reset();
  }
  metrics_.RemoveCollectors();
  exposer_.reset();
  searches_.reset();
  conversions_.reset();
  if (engine_ != nullptr) {
    engine_->Stop();
  }
  writer_.reset();  // Ends the last caller of the engine and of agent_links_.
}

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const config::v1::Config& config,
                                                      const plugin::Registry& registry) {
  auto impl = std::make_unique<Impl>(config, registry);
  SRPCE_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<Daemon>(new Daemon(std::move(impl)));
}

absl::Status Daemon::Check(const config::v1::Config& config, const plugin::Registry& registry) {
  const SystemClock clock;
  metrics::Metrics metrics(SRPCE_VERSION);
  pce::TopologyWriter writer(clock, nullptr);
  AgentLinks links(writer, std::chrono::seconds(0));
  SRPCE_RETURN_IF_ERROR(Southbounds::Make(config, registry, links, metrics).status());
  for (const config::v1::Source& source : config.sources()) {
    SRPCE_RETURN_IF_ERROR(MakeSource(source, registry).status());
  }
  return absl::OkStatus();
}

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Daemon::~Daemon() = default;
const ReadyReport& Daemon::addresses() const { return impl_->addresses(); }
void Daemon::Stop() { impl_->Stop(); }

}  // namespace srpce::srpced
