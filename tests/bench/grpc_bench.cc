// tests/bench/grpc_bench.cc -- ComputePath over gRPC on the loopback, against an empty method of
// the same server.
//
// The server holds the daemon's own PathService and a method that does nothing. One connection, a
// fixed number of calls always on their way, rounds of one and the other in turn. Every answer is
// checked against the engine asked directly.
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
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
      return builder_.SetNode(source_, node->id, node->attributes, {}, {});
    }
    if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
      return builder_.SetLink(source_, link->key, link->attributes, {}, {});
    }
    if (const auto* prefix = std::get_if<plugin::PrefixStatement>(&statement)) {
      return builder_.SetPrefix(source_, prefix->node_id, prefix->prefix, prefix->attributes, {},
                                {});
    }
    return absl::OkStatus();
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status WaitUntil(int64_t /*deadline_ms*/) override { return absl::OkStatus(); }
  void Wake() override {}

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
  std::shuffle(questions.begin(), questions.end(), std::mt19937(1));  // As strangers ask.
  return questions;
}

// One kind of call, with the requests to send in turn. Bytes on both sides: what a client does with
// an answer is no work of the server, and is done when the clock has stopped.
struct Caller {
  grpc::GenericStub& stub;
  std::string method;
  std::vector<grpc::ByteBuffer> requests;
};

// Keeps kCallsInFlight calls on their way until `total` have been answered.
class Round {
 public:
  Round(Caller& caller, size_t total) : caller_(caller), answers_(total) {}

  double RequestsPerSecond() {
    const Stopwatch stopwatch;
    for (int i = 0; i < kCallsInFlight; ++i) {
      Next();
    }
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return done_ == answers_.size(); });
    return static_cast<double>(answers_.size()) / (stopwatch.microseconds() / 1e6);
  }
  // Of call `i`, which sent requests[i % requests.size()].
  const grpc::ByteBuffer& answer(size_t i) const { return answers_[i].response; }

 private:
  struct Answer {
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer response;
  };

  void Next() {
    const size_t number = started_.fetch_add(1);
    if (number >= answers_.size()) return;
    Answer& answer = answers_[number];
    answer.context = std::make_unique<grpc::ClientContext>();
    caller_.stub.UnaryCall(answer.context.get(), caller_.method, grpc::StubOptions(),
                           &caller_.requests[number % caller_.requests.size()], &answer.response,
                           [this, &answer](const grpc::Status& status) {
                             if (!status.ok()) Die(status.error_message());
                             answer.context.reset();
                             Next();
                             const std::lock_guard lock(mutex_);
                             if (++done_ == answers_.size()) finished_.notify_one();
                           });
  }

  Caller& caller_;
  std::vector<Answer> answers_;
  std::atomic<size_t> started_ = 0;
  std::mutex mutex_;
  std::condition_variable finished_;
  size_t done_ = 0;
};

grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

void Check(const Question& question, grpc::ByteBuffer bytes) {
  v1::PathResponse response;
  const grpc::Status status =
      grpc::SerializationTraits<v1::PathResponse>::Deserialize(&bytes, &response);
  const uint64_t cost = response.has_path() ? response.path().cost() : kNoPath;
  if (!status.ok() || cost != question.cost) {
    Die(absl::StrCat(question.request.ShortDebugString(), ": got cost ", cost, ", want ",
                     question.cost, "; ", status.error_message()));
  }
}

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
  grpc::GenericStub stub(channel);
  cspf::Workspace workspace(&potentials);
  const std::vector<Question> questions = Questions(*ted, workspace);
  Caller path_caller{stub, "/srpce.v1.PathComputation/ComputePath", {}};
  for (const Question& question : questions) {
    path_caller.requests.push_back(ToBytes(question.request));
  }
  Caller empty_caller{
      stub, "/grpc.health.v1.Health/Check", {ToBytes(grpc::health::v1::HealthCheckRequest())}};

  std::vector<double> path_rates;
  std::vector<double> empty_rates;
  std::vector<double> ratios;  // Of one round: the machine is not equally fast for all of them.
  for (size_t i = 0; i <= rounds; ++i) {
    Round empty_round(empty_caller, calls_per_round);
    Round path_round(path_caller, calls_per_round);
    const double empty_rate = empty_round.RequestsPerSecond();
    const double path_rate = path_round.RequestsPerSecond();
    for (size_t call = 0; call < calls_per_round; ++call) {
      Check(questions[call % questions.size()], path_round.answer(call));
    }
    if (i == 0) continue;  // Warm up.
    empty_rates.push_back(empty_rate);
    path_rates.push_back(path_rate);
    ratios.push_back(path_rate / empty_rate);
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
  return {"grpc_compute_path/Geant2012",
          "requests/s",
          ours.p50,
          peer.p50,
          Summarize(ratios).p50,
          0.6,
          "empty method of the same server"};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // As srpced does.
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  return srpce::bench::Report(
      options, {options.smoke ? srpce::bench::Measure(1, 200) : srpce::bench::Measure(41, 5'000)});
}
