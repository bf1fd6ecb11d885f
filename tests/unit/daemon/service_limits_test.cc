// What the services of the API refuse when too much waits, over a real gRPC channel in one process.
#include <gmock/gmock.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "daemon/metrics/metrics.h"
#include "daemon/services/call_pool.h"
#include "daemon/services/policy_service.h"
#include "daemon/services/topology_service.h"
#include "lib/pce/policy_engine.h"
#include "lib/pce/topology_writer.h"
#include "tests/support/api_client.h"

namespace srpce::services {
namespace {

using support::MakeContext;
using testing::HasSubstr;

// Commits the first policies when it is let.
class HeldStore final : public plugin::Store {
 public:
  std::string name() const override { return "held"; }
  absl::StatusOr<plugin::StoreState> Load() override { return plugin::StoreState(); }
  absl::Status Commit(const plugin::StoreBatch& batch) override {
    if (!batch.put_intents.empty() && !std::exchange(asked_, true)) {
      asked.set_value();
      release.get_future().wait();
    }
    return absl::OkStatus();
  }

  std::promise<void> asked;
  std::promise<void> release;

 private:
  bool asked_ = false;
};

class ServiceLimitsTest : public testing::Test {
 protected:
  void Serve(grpc::Service* service) {
    grpc::ServerBuilder builder;
    builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }

  SystemClock clock_;
  metrics::Metrics metrics_{"test"};
  pce::TopologyWriter writer_{clock_, nullptr};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ServiceLimitsTest, ChangesBeyondTheLimitAreRefusedWhileOthersWait) {
  HeldStore store;
  pce::PolicyEngine engine(
      {}, clock_, store, {}, [](const std::string&) { return nullptr; }, nullptr);
  ASSERT_TRUE(engine.Start().ok());
  CallPool pool(1, 1);
  PolicyService service(
      {.waiting_changes_bytes = 100}, engine, [this] { return writer_.ted(); }, pool, metrics_);
  Serve(service.service());
  const auto stub = v1::PolicyService::NewStub(channel_);
  const auto apply = [&stub](uint32_t color) {
    v1::ApplyPoliciesRequest request;
    *request.add_policies() = support::DynamicPolicy("a", color, std::string(80, 'd'));
    v1::ApplyPoliciesResponse response;
    return stub->ApplyPolicies(MakeContext().get(), request, &response);
  };
  auto first = std::async(std::launch::async, apply, 1U);  // Alone it may be larger.
  store.asked.get_future().wait();
  const grpc::Status second = apply(2);
  EXPECT_EQ(second.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(second.error_message(), HasSubstr("TOO_MANY_CHANGES"));
  EXPECT_THAT(second.error_message(), HasSubstr("try again"));
  store.release.set_value();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(apply(2).ok());
  server_->Shutdown();
  engine.Stop();
}

class TopologyReadsTest : public ServiceLimitsTest {
 protected:
  static constexpr int kNodes = 1000;  // Several messages.
  void SetUp() override {
    std::promise<void> published;
    writer_.Submit(
        [this](topology::TedBuilder& builder, MonotonicTime now) {
          const auto source = builder.Connect({.name = "lab"}, now);
          for (int i = 0; i < kNodes; ++i) {
            EXPECT_TRUE(builder.SetNode(*source, "n" + std::to_string(i), {}, {}, now).ok());
          }
          return absl::OkStatus();
        },
        [&](const absl::Status&, uint64_t) { published.set_value(); });
    published.get_future().wait();
    Serve(service_.service());
    stub_ = v1::TopologyService::NewStub(channel_);
  }
  void TearDown() override { server_->Shutdown(); }

  SourceReports reports_;
  TopologyService service_{/*max_reads=*/1, writer_, reports_, clock_, metrics_};
  std::unique_ptr<v1::TopologyService::Stub> stub_;
  v1::Topology part_;
};

TEST_F(TopologyReadsTest, AReadBeyondTheLimitIsRefusedUntilAnotherEnds) {
  const auto context = MakeContext();
  const auto first = stub_->GetTopology(context.get(), {});
  ASSERT_TRUE(first->Read(&part_));
  const auto refused = MakeContext();
  const auto second = stub_->GetTopology(refused.get(), {});
  EXPECT_FALSE(second->Read(&part_));
  const grpc::Status status = second->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("TOO_MANY_STREAMS: 1 reads are open"));
  while (first->Read(&part_)) {
  }
  EXPECT_TRUE(first->Finish().ok());
  while (service_.reads() > 0) {  // The client may hear of the end before the server does.
    std::this_thread::yield();
  }
  const auto again = MakeContext();
  EXPECT_TRUE(stub_->GetTopology(again.get(), {})->Read(&part_));
}

TEST_F(TopologyReadsTest, DrainingEndsAReadThatIsNotThrough) {
  const auto context = MakeContext();
  const auto stream = stub_->GetTopology(context.get(), {});
  ASSERT_TRUE(stream->Read(&part_));
  service_.Drain();
  int nodes = part_.nodes_size();
  while (stream->Read(&part_)) {
    nodes += part_.nodes_size();
  }
  EXPECT_LT(nodes, kNodes);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// Its write fails, which frees the snapshot and the place.
TEST_F(TopologyReadsTest, AReaderThatCancelsMakesRoom) {
  const auto context = MakeContext();
  const auto stream = stub_->GetTopology(context.get(), {});
  ASSERT_TRUE(stream->Read(&part_));
  context->TryCancel();
  while (service_.reads() > 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace srpce::services
