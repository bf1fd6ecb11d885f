// tests/integration/daemon_fixture.h -- a test with a real srpced, and what most of them do with
// it.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "srpce/v1/path.grpc.pb.h"
#include "srpce/v1/policy.grpc.pb.h"
#include "tests/support/api_client.h"
#include "tests/support/build_ted.h"
#include "tests/support/daemon_process.h"
#include "tests/support/temporary_folder.h"

namespace srpce {

inline constexpr char kSrpced[] = SRPCE_BIN_DIR "/srpced";

// a-b-d is cheap, a-c-d is fast.
inline constexpr char kDiamond[] =
    "a<->b igp 10 te 10 delay 900 bw 10G\n"
    "b<->d igp 10 te 10 delay 900 bw 10G\n"
    "a<->c igp 20 te 20 delay 100 bw 10G\n"
    "c<->d igp 20 te 20 delay 100 bw 10G\n";

class DaemonTest : public testing::Test {
 protected:
  // Fails the test if it does not start. Without `config`: simulated routers everywhere.
  void StartDaemon(const std::string& config = "", const std::vector<std::string>& args = {}) {
    support::DaemonOptions options;
    options.program = kSrpced;
    options.folder = folder_.path();
    options.args = args;
    if (!config.empty()) {
      options.config = config;
    }
    auto daemon = support::DaemonProcess::Start(options);
    ASSERT_TRUE(daemon.ok()) << daemon.status();
    daemon_ = *std::move(daemon);
    channel_ = daemon_->Connect();
    paths_ = v1::PathComputation::NewStub(channel_);
    policies_ = v1::PolicyService::NewStub(channel_);
  }

  // Opens a source, and keeps it.
  std::unique_ptr<support::IngestClient> Feed(const std::string& name, const std::string& map,
                                              uint32_t precedence = 0) {
    auto client = std::make_unique<support::IngestClient>(channel_);
    const auto hello = client->Hello(name, precedence);
    EXPECT_TRUE(hello.has_value());
    const auto ack = client->Sync(*support::BuildTed(map));
    EXPECT_TRUE(ack.has_value() && ack->error().empty()) << (ack ? ack->error() : "stream over");
    return client;
  }

  grpc::Status Compute(const v1::PathRequest& request, v1::PathResponse* response) {
    return paths_->ComputePath(support::MakeContext().get(), request, response);
  }
  // "a b d", or the reason there is none, or the status.
  std::string PathOf(const std::string& headend, const std::string& endpoint,
                     const v1::PathConstraints& constraints = {}) {
    v1::PathRequest request;
    request.set_headend(headend);
    request.set_endpoint(endpoint);
    *request.mutable_constraints() = constraints;
    v1::PathResponse response;
    const grpc::Status status = Compute(request, &response);
    if (!status.ok()) {
      return status.error_message();
    }
    return response.has_path() ? support::PathText(headend, response.path())
                               : response.no_path().reason();
  }

  grpc::Status Apply(const std::vector<v1::Policy>& policies,
                     v1::ApplyPoliciesResponse* response = nullptr) {
    v1::ApplyPoliciesRequest request;
    request.mutable_policies()->Assign(policies.begin(), policies.end());
    v1::ApplyPoliciesResponse ignored;
    return policies_->ApplyPolicies(support::MakeContext().get(), request,
                                    response == nullptr ? &ignored : response);
  }

  // Reads the health of `service` until it is `wanted`. False when the daemon went first.
  static bool AwaitHealth(const std::shared_ptr<grpc::Channel>& channel, const std::string& service,
                          grpc::health::v1::HealthCheckResponse::ServingStatus wanted) {
    const auto context = support::MakeContext();
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    const auto stub = grpc::health::v1::Health::NewStub(channel);
    const auto stream = stub->Watch(context.get(), request);
    grpc::health::v1::HealthCheckResponse response;
    bool reached = false;
    while (!reached && stream->Read(&response)) {
      reached = response.status() == wanted;
    }
    context->TryCancel();
    (void)stream->Finish();
    return reached;
  }
  bool AwaitServing(const std::string& service = "") {
    return AwaitHealth(channel_, service, grpc::health::v1::HealthCheckResponse::SERVING);
  }

  double Metric(const std::string& series) {
    const auto page = daemon_->Scrape();
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? support::MetricValue(*page, series) : -1;
  }

  support::TemporaryFolder folder_;
  std::unique_ptr<support::DaemonProcess> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::PathComputation::Stub> paths_;
  std::unique_ptr<v1::PolicyService::Stub> policies_;
};

inline topology::LinkKey KeyOf(const std::string& map, const std::string& link) {
  const topology::TedPtr ted = support::BuildTed(map);
  return ted->link(support::LinkOf(*ted, link)).key;
}

}  // namespace srpce
