// tests/bench/grpc_bench.cc -- ComputePath over gRPC on the loopback, against an empty method of
// the same server.
//
// The server holds the daemon's own PathService and a method that does nothing. One connection, a
// fixed number of calls always on their way, rounds of one and the other in turn. Every answer is
// checked against the engine asked directly.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/metrics/metrics.h"
#include "daemon/services/call_pool.h"
#include "daemon/services/path_service.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "lib/cspf/potential_cache.h"
#include "lib/pce/resolve.h"
#include "lib/segments/compute.h"
#include "lib/topology/ted_builder.h"
#include "plugins/topology_source/file/file_source.h"
#include "srpce/v1/path.grpc.pb.h"
#include "tests/bench/bench_support.h"

namespace srpce::bench {
namespace {

constexpr int kCallsInFlight = 32;

// Applies what a source says to a builder.
class BuilderSink final : public plugin::StatementSink {
 public:
  explicit BuilderSink(topology::TedBuilder& builder)
      : builder_(builder), source_(*builder.Connect({.name = "bench"}, MonotonicTime{})) {}
  absl::Status Send(const plugin::Statement& statement) override {
    if (const auto* node = std::get_if<plugin::NodeStatement>(&statement)) {
      return builder_.SetNode(source_, node->id, node->attributes, false, {});
    }
    if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
      return builder_.SetLink(source_, link->key, link->attributes, false, {});
    }
    if (const auto* prefix = std::get_if<plugin::PrefixStatement>(&statement)) {
      return builder_.SetPrefix(source_, prefix->node_id, prefix->prefix, prefix->attributes, false,
                                {});
    }
    return absl::OkStatus();
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status WaitUntil(int64_t /*deadline_ms*/) override { return absl::OkStatus(); }

 private:
  topology::TedBuilder& builder_;
  const topology::SourceId source_;
};

topology::TedPtr Geant() {
  const SystemClock clock;
  auto source = file_source::FileSource::Make(
      {{"path", SRPCE_SOURCE_DIR "/tests/topologies/Geant2012.graph"}}, clock);
  topology::TedBuilder builder;
  BuilderSink sink(builder);
  if (!source.ok() || !(*source)->Run(sink).ok()) {
    Die("Geant2012 cannot be read");
  }
  return builder.Publish().ted;
}

// Does nothing, as fast as gRPC can.
class EmptyService final : public grpc::health::v1::Health::CallbackService {
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* /*request*/,
                                  grpc::health::v1::HealthCheckResponse* /*response*/) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// One question for each pair of nodes.
struct Question {
  v1::PathRequest request;
  uint64_t cost = 0;  // Of the answer; kNoPath if there is none.
};
constexpr uint64_t kNoPath = UINT64_MAX;

std::vector<Question> Questions(const topology::Ted& ted, cspf::Workspace& workspace) {
  std::vector<Question> questions;
  for (uint32_t a = 0; a < ted.node_bound(); ++a) {
    for (uint32_t b = 0; b < ted.node_bound(); ++b) {
      if (a == b) {
        continue;
      }
      Question question;
      question.request.set_headend(ted.node(topology::NodeIndex(a)).id);
      question.request.set_endpoint(ted.node(topology::NodeIndex(b)).id);
      const auto query =
          pce::Resolve(ted, question.request.headend(), question.request.endpoint(), {});
      if (!query.ok()) {
        Die(query.status().ToString());
      }
      const auto route = segments::ComputeRoute(ted, *query, workspace);
      if (!route.ok()) {
        Die(route.status().ToString());
      }
      const auto* found = std::get_if<segments::SegmentRoute>(&*route);
      question.cost = found == nullptr ? kNoPath : found->path.cost;
      questions.push_back(std::move(question));
    }
  }
  return questions;
}

// Keeps kCallsInFlight calls of one kind on their way until `total` have been answered.
template <typename Call>
double RequestsPerSecond(size_t total, std::vector<Call>& calls) {
  std::mutex mutex;
  std::condition_variable changed;
  size_t started = 0;
  size_t done = 0;
  std::function<void(Call&)> next = [&](Call& call) {
    size_t number = 0;
    {
      const std::lock_guard lock(mutex);
      if (started == total) {
        return;
      }
      number = started++;
    }
    call.Start(number, [&] {
      next(call);
      const std::lock_guard lock(mutex);
      if (++done == total) {
        changed.notify_one();
      }
    });
  };
  const Stopwatch stopwatch;
  for (Call& call : calls) {
    next(call);
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done == total; });
  return static_cast<double>(total) / (stopwatch.microseconds() / 1e6);
}

// One slot of a client: at most one call at a time.
class PathCall {
 public:
  PathCall(v1::PathComputation::Stub& stub, const std::vector<Question>& questions)
      : stub_(stub), questions_(questions) {}
  void Start(size_t number, std::function<void()> done) {
    const Question& question = questions_[number * 7919 % questions_.size()];
    context_ = std::make_unique<grpc::ClientContext>();
    response_.Clear();
    stub_.async()->ComputePath(
        context_.get(), &question.request, &response_,
        [this, &question, done = std::move(done)](const grpc::Status& status) {
          const uint64_t cost = response_.has_path() ? response_.path().cost() : kNoPath;
          if (!status.ok() || cost != question.cost) {
            Die(absl::StrCat(question.request.ShortDebugString(), ": got cost ", cost, ", want ",
                             question.cost, "; ", status.error_message()));
          }
          done();
        });
  }

 private:
  v1::PathComputation::Stub& stub_;
  const std::vector<Question>& questions_;
  std::unique_ptr<grpc::ClientContext> context_;
  v1::PathResponse response_;
};

class EmptyCall {
 public:
  explicit EmptyCall(grpc::health::v1::Health::Stub& stub) : stub_(stub) {}
  void Start(size_t /*number*/, std::function<void()> done) {
    context_ = std::make_unique<grpc::ClientContext>();
    stub_.async()->Check(context_.get(), &request_, &response_,
                         [done = std::move(done)](const grpc::Status& status) {
                           if (!status.ok()) {
                             Die(status.error_message());
                           }
                           done();
                         });
  }

 private:
  grpc::health::v1::Health::Stub& stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  grpc::health::v1::HealthCheckRequest request_;
  grpc::health::v1::HealthCheckResponse response_;
};

Row Measure(size_t rounds, size_t calls_per_round) {
  const topology::TedPtr ted = Geant();
  cspf::PotentialCache potentials;
  potentials.Refresh(*ted);
  metrics::Metrics metrics("bench");
  services::CallPool pool(2, 256);
  services::PathService paths(
      {}, [&ted] { return ted; }, &potentials, pool, metrics);
  EmptyService empty;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(paths.service());
  builder.RegisterService(&empty);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  const auto path_stub = v1::PathComputation::NewStub(channel);
  const auto empty_stub = grpc::health::v1::Health::NewStub(channel);
  cspf::Workspace workspace(&potentials);
  const std::vector<Question> questions = Questions(*ted, workspace);

  std::vector<PathCall> path_calls;
  std::vector<EmptyCall> empty_calls;
  for (int i = 0; i < kCallsInFlight; ++i) {
    path_calls.emplace_back(*path_stub, questions);
    empty_calls.emplace_back(*empty_stub);
  }
  RequestsPerSecond(calls_per_round, empty_calls);  // Warm up.
  RequestsPerSecond(calls_per_round, path_calls);
  std::vector<double> path_rates;
  std::vector<double> empty_rates;
  for (size_t round = 0; round < rounds; ++round) {
    empty_rates.push_back(RequestsPerSecond(calls_per_round, empty_calls));
    path_rates.push_back(RequestsPerSecond(calls_per_round, path_calls));
  }
  server->Shutdown();
  std::printf(
      "Geant2012: %zu questions, %d calls in flight, %zu rounds of %zu calls, every answer "
      "checked\n",
      questions.size(), kCallsInFlight, rounds, calls_per_round);
  const Summary ours = Summarize(path_rates);
  const Summary peer = Summarize(empty_rates);
  PrintSummary("ComputePath", "requests/s", ours);
  PrintSummary("empty method", "requests/s", peer);
  return {
      "grpc_compute_path/Geant2012",    "requests/s", ours.p50, peer.p50, ours.p50 / peer.p50, 0.6,
      "empty method of the same server"};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  return srpce::bench::Report(
      options, {options.smoke ? srpce::bench::Measure(1, 200) : srpce::bench::Measure(15, 10'000)});
}
