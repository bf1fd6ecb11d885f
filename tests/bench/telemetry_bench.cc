// tests/bench/telemetry_bench.cc -- ComputePath over gRPC while routers send 100,000 samples a
// second, against the same daemon when they are silent.
//
// A real srpced with its gnmi source; in this process a router for each of the best connected
// nodes, all in one server that sends messages made beforehand, and a client that asks for one path
// after the other. Rounds of silence and load in turn.
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gnmi/gnmi.pb.h"
#include "srpce/v1/path.grpc.pb.h"
#include "tests/bench/bench_support.h"
#include "tests/support/api_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/generators.h"
#include "tests/support/temporary_folder.h"

namespace srpce::bench {
namespace {

constexpr double kSamplesPerSecond = 100'000;
constexpr int kLeaves = 4;    // Average, minimum, maximum, variance.
constexpr int kVariants = 8;  // Messages of one router, sent in turn.

struct Size {
  std::string network;
  size_t routers;
  int rounds;
  std::chrono::milliseconds round;
};

grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

gnmi::PathElem& AddElem(gnmi::Path& path, const std::string& name) {
  gnmi::PathElem& elem = *path.add_elem();
  elem.set_name(name);
  return elem;
}

// One router: which messages it sends, and the stream that took them.
struct Router {
  std::string node;
  std::vector<std::pair<std::string, uint32_t>> interfaces;  // And their delay.
  std::vector<grpc::ByteBuffer> messages;

  size_t samples() const { return interfaces.size() * kLeaves; }
};

// IOS XR's performance measurement: noise of 3 %, and one interface in fifty a third slower.
gnmi::SubscribeResponse MakeMessage(const Router& router, std::mt19937& random) {
  gnmi::SubscribeResponse response;
  gnmi::Notification& n = *response.mutable_update();
  for (const char* name : {"Cisco-IOS-XR-perf-meas-oper:performance-measurement", "nodes", "node",
                           "interfaces", "interface-delay", "interface-last-aggregations"}) {
    AddElem(*n.mutable_prefix(), name);
  }
  for (const auto& [name, delay] : router.interfaces) {
    const double noise = 1 + static_cast<double>(random() % 600) / 10'000 - 0.03;
    const auto us = static_cast<uint64_t>(delay * noise * (random() % 50 == 0 ? 1.33 : 1)) + 1;
    const std::pair<const char*, uint64_t> leaves[kLeaves] = {
        {"average", us + 5}, {"minimum", us}, {"maximum", us + 20}, {"variance", 5}};
    for (const auto& [leaf, value] : leaves) {
      gnmi::Update& update = *n.add_update();
      (*AddElem(*update.mutable_path(), "interface-last-aggregation")
            .mutable_key())["interface-name"] = name;
      AddElem(*update.mutable_path(), "last-aggregation");
      AddElem(*update.mutable_path(), "aggregated-probe-values");
      AddElem(*update.mutable_path(), leaf);
      update.mutable_val()->set_uint_val(value);
    }
  }
  return response;
}

// Answers every subscription; path_target says which router is meant.
class Routers final : public grpc::CallbackGenericService {
 public:
  explicit Routers(std::vector<Router> routers) : routers_(std::move(routers)) {
    pacer_ = std::thread([this] { Pace(); });
  }
  ~Routers() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    pacer_.join();
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* /*context*/) override {
    return new Stream(*this);  // Deletes itself.
  }

  void AwaitAll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return streams_.size() == routers_.size(); });
  }
  void SetRunning(bool running) {
    const std::lock_guard lock(mutex_);
    running_ = running;
    changed_.notify_all();
  }
  uint64_t sent() const { return sent_.load(); }

 private:
  class Stream final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Stream(Routers& of) : of_(of) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) {
        {
          const std::lock_guard lock(of_.mutex_);
          for (auto it = of_.streams_.begin(); it != of_.streams_.end(); ++it) {
            if (it->second == this) {
              of_.streams_.erase(it);
              break;
            }
          }
        }
        Finish(grpc::Status::OK);
        return;
      }
      gnmi::SubscribeRequest request;
      if (grpc::SerializationTraits<gnmi::SubscribeRequest>::Deserialize(&request_, &request)
              .ok()) {
        gnmi::SubscribeResponse synced;
        synced.set_sync_response(true);
        sync_ = ToBytes(synced);
        const std::lock_guard lock(of_.mutex_);
        writing_ = true;
        of_.streams_[std::stoul(request.subscribe().prefix().target())] = this;
        of_.changed_.notify_all();
        StartWrite(&sync_);
      }
      StartRead(&request_);
    }
    void OnWriteDone(bool /*ok*/) override {
      const std::lock_guard lock(of_.mutex_);
      writing_ = false;
    }
    void OnDone() override { delete this; }
    // REQUIRES the mutex held. Returns what was given to gRPC: nothing while it has not taken the
    // last, as a router whose buffers are full.
    size_t Send(const Router& router) {
      if (std::exchange(writing_, true)) {
        return 0;
      }
      StartWrite(&router.messages[next_++ % router.messages.size()]);
      return router.samples();
    }

   private:
    Routers& of_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer sync_;
    bool writing_ = false;
    size_t next_ = 0;
  };

  // Each router in turn, so that all together send kSamplesPerSecond.
  void Pace() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      changed_.wait(lock, [this] { return stopping_ || running_; });
      const auto start = std::chrono::steady_clock::now();
      uint64_t due = 0;  // Samples, since `start`.
      size_t turn = 0;
      while (running_ && !stopping_) {
        const double passed =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        while (static_cast<double>(due) < passed * kSamplesPerSecond) {
          const size_t i = turn++ % routers_.size();
          due += routers_[i].samples();
          const auto stream = streams_.find(i);
          if (stream != streams_.end()) {
            sent_ += stream->second->Send(routers_[i]);
          }
        }
        changed_.wait_for(lock, std::chrono::milliseconds(2));
      }
    }
  }

  const std::vector<Router> routers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<size_t, Stream*> streams_;
  bool running_ = false;
  bool stopping_ = false;
  std::atomic<uint64_t> sent_ = 0;
  std::thread pacer_;
};

std::vector<Router> BestConnected(const support::GeneratedNetwork& network, size_t count) {
  std::map<uint32_t, Router> by_node;
  for (size_t i = 0; i < network.links.size(); ++i) {
    const topology::LinkKey key = support::KeyOf(network, i);
    Router& router = by_node[network.links[i].local];
    router.node = key.local_node;
    router.interfaces.emplace_back(key.local_interface, network.links[i].delay_us);
  }
  std::vector<Router> routers;
  for (auto& [node, router] : by_node) {
    routers.push_back(std::move(router));
  }
  std::stable_sort(routers.begin(), routers.end(), [](const Router& a, const Router& b) {
    return a.interfaces.size() > b.interfaces.size();
  });
  routers.resize(std::min(count, routers.size()));
  std::mt19937 random(7);
  for (Router& router : routers) {
    for (int i = 0; i < kVariants; ++i) {
      router.messages.push_back(ToBytes(MakeMessage(router, random)));
    }
  }
  return routers;
}

// Returns the daemon's configuration.
std::string WriteConfig(const support::TemporaryFolder& folder, const std::string& address,
                        const std::vector<Router>& routers) {
  std::string yaml = absl::StrCat("mapping_files: [", SRPCE_SOURCE_DIR,
                                  "/configs/gnmi/iosxr-perf-meas.yaml]\ntargets:\n");
  for (size_t i = 0; i < routers.size(); ++i) {
    absl::StrAppend(&yaml, "  - {name: ", routers[i].node, ", node: ", routers[i].node,
                    ", address: \"", address, "\", mappings: [iosxr-perf-meas], encoding: proto, ",
                    "insecure: true, silence_ms: 3600000, path_target: \"", i, "\"}\n");
  }
  return absl::StrCat(
      "sources:\n  - {plugin: gnmi, name: telemetry, precedence: 200, overlay: true, "
      "settings: {targets: ",
      folder.Write("targets.yaml", yaml), "}}\n");
}

class Client {
 public:
  Client(const std::shared_ptr<grpc::Channel>& channel, uint32_t nodes)
      : stub_(v1::PathComputation::NewStub(channel)), nodes_(nodes) {}

  // Microseconds of each answer.
  std::vector<double> AskFor(std::chrono::milliseconds time) {
    std::vector<double> latencies;
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
      v1::PathRequest request;
      request.set_headend(support::GeneratedNodeId(static_cast<uint32_t>(random_()) % nodes_));
      do {
        request.set_endpoint(support::GeneratedNodeId(static_cast<uint32_t>(random_()) % nodes_));
      } while (request.endpoint() == request.headend());
      request.mutable_constraints()->set_objective(
          latencies.size() % 2 == 0 ? v1::METRIC_TYPE_IGP : v1::METRIC_TYPE_DELAY);
      grpc::ClientContext context;
      v1::PathResponse response;
      const Stopwatch stopwatch;
      const grpc::Status status = stub_->ComputePath(&context, request, &response);
      latencies.push_back(stopwatch.microseconds());
      if (!status.ok() || !response.has_path()) {
        Die(absl::StrCat(request.ShortDebugString(), ": no path: ", status.error_message()));
      }
    }
    return latencies;
  }

 private:
  const std::unique_ptr<v1::PathComputation::Stub> stub_;
  const uint32_t nodes_;
  std::mt19937 random_{11};
};

std::vector<Row> Measure(const Size& size) {
  const support::GeneratedNetwork network = support::NamedNetwork(size.network);
  const std::vector<Router> plan = BestConnected(network, size.routers);
  size_t links = 0;
  for (const Router& router : plan) {
    links += router.interfaces.size();
  }
  Routers routers(plan);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&routers);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  const support::TemporaryFolder folder;
  auto daemon = support::DaemonProcess::Start(
      {.program = SRPCE_BIN_DIR "/srpced",
       .folder = folder.path(),
       .config = WriteConfig(folder, absl::StrCat("127.0.0.1:", port), plan)});
  if (!daemon.ok()) Die(std::string(daemon.status().message()));
  const auto channel = (*daemon)->Connect();
  support::IngestClient igp(channel);
  if (!igp.Hello("igp") || !igp.Sync(*support::BuildTed(network, /*sids=*/true))) Die("ingest");
  routers.AwaitAll();

  Client client(channel, network.node_count);
  (void)client.AskFor(size.round);  // Warm up.
  std::vector<double> quiet;
  std::vector<double> loaded;
  std::vector<double> ratios;
  double rate = 0;
  for (int i = 0; i < size.rounds; ++i) {
    const std::vector<double> without = client.AskFor(size.round);
    routers.SetRunning(true);
    (void)client.AskFor(size.round / 4);  // A steady stream, not its first moments.
    const uint64_t before = routers.sent();
    const Stopwatch stopwatch;
    const std::vector<double> with = client.AskFor(size.round);
    rate += static_cast<double>(routers.sent() - before) / (stopwatch.microseconds() / 1e6) /
            size.rounds;
    routers.SetRunning(false);
    (void)client.AskFor(size.round / 4);
    ratios.push_back(Summarize(without).p50 / Summarize(with).p50);
    quiet.insert(quiet.end(), without.begin(), without.end());
    loaded.insert(loaded.end(), with.begin(), with.end());
  }
  daemon->reset();
  server->Shutdown(std::chrono::system_clock::now());
  std::printf("%s: %zu routers, %zu links, %.0f samples/s taken\n", size.network.c_str(),
              plan.size(), links, rate);
  if (rate < 0.95 * kSamplesPerSecond) {
    std::printf("want %.0f\n", kSamplesPerSecond);
  }
  const Summary without = Summarize(quiet);
  const Summary with = Summarize(loaded);
  PrintSummary("ComputePath, routers silent", "us", without);
  PrintSummary("ComputePath under load", "us", with);
  const std::string name = "telemetry_compute_path/" + size.network;
  // A rate that was not reached proves nothing.
  const double p50 = rate < 0.95 * kSamplesPerSecond ? 0 : Summarize(ratios).p50;
  std::printf("ratio of the p50s, middle of %d rounds: %.3f\n", size.rounds, p50);
  return {{name + "/p50", "us", with.p50, without.p50, p50, 0.8, "the same, routers silent"},
          {name + "/p99", "us", with.p99, without.p99, without.p99 / with.p99, 0,
           "the same, routers silent"}};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // As srpced does.
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  return srpce::bench::Report(
      options,
      srpce::bench::Measure(
          options.smoke ? srpce::bench::Size{"isp1k", 20, 1, std::chrono::milliseconds(200)}
                        : srpce::bench::Size{"isp10k", 100, 11, std::chrono::milliseconds(2000)}));
}
