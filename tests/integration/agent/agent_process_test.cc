// srpce-agent as a process, with simulated routers: no root needed.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/api_client.h"
#include "tests/support/build_ted.h"
#include "tests/support/daemon_process.h"
#include "tests/support/process.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_folder.h"

namespace srpce {
namespace {

using support::IngestClient;
using support::Process;
using support::WatchClient;
using testing::HasSubstr;

constexpr char kMap[] =
    "a<->b igp 10 delay 900\n"
    "b<->d igp 10 delay 900\n"
    "a<->c igp 20 delay 100\n"
    "c<->d igp 20 delay 100\n";

class AgentProcessTest : public testing::Test {
 protected:
  std::string address() const { return "unix:" + folder_.path() + "/grpc.sock"; }

  std::unique_ptr<Process> SpawnAgent(std::vector<std::string> args, bool ready_fd = false) {
    args.insert(args.end(), {"--daemon", address()});
    auto agent = Process::Spawn(
        {.program = SRPCE_BIN_DIR "/srpce-agent", .args = args, .ready_fd = ready_fd});
    EXPECT_TRUE(agent.ok()) << agent.status();
    return *std::move(agent);
  }
  // One process that is the agent of every node of the map.
  void StartAgent() {
    agent_.reset();
    agent_ = SpawnAgent(
        {"--simulate", "--headend", "a", "--headend", "b", "--headend", "c", "--headend", "d"},
        /*ready_fd=*/true);
  }
  void StartDaemon() {
    ingest_.reset();
    auto daemon = support::DaemonProcess::Start(
        {.program = SRPCE_BIN_DIR "/srpced",
         .folder = folder_.path(),
         .grpc_listen = address(),
         .config = "agents: {allow_anonymous: true}\n"
                   "headends:\n  - {headend: \"*\", southbound: agent}\n"});
    ASSERT_TRUE(daemon.ok()) << daemon.status();
    daemon_ = *std::move(daemon);
    channel_ = daemon_->Connect();
    ingest_ = std::make_unique<IngestClient>(channel_);
    ASSERT_TRUE(ingest_->Hello("map").has_value());
    const auto ack = ingest_->Sync(*support::BuildTed(kMap));
    ASSERT_TRUE(ack.has_value());
    ASSERT_EQ(ack->error(), "");
  }
  void Apply(const std::string& headend, uint32_t color, const std::string& endpoint) {
    v1::ApplyPoliciesRequest request;
    *request.add_policies() = support::DynamicPolicy(headend, color, endpoint);
    v1::ApplyPoliciesResponse response;
    const auto status = v1::PolicyService::NewStub(channel_)->ApplyPolicies(
        support::MakeContext().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  void AwaitInstalled(uint32_t color) {
    WatchClient watch(channel_);
    std::string last;
    const auto found = watch.Await([&](const v1::PolicyStatus& status) {
      if (status.policy().key().color() != color) return false;
      last = status.ShortDebugString();
      return status.push_state() == v1::PUSH_STATE_INSTALLED;
    });
    EXPECT_TRUE(found.has_value()) << "color " << color << ": " << last;
  }
  void Kill(Process& process) {
    process.Signal(SIGKILL);
    ASSERT_TRUE(process.AwaitExit().ok());
  }

  support::TemporaryFolder folder_;
  std::unique_ptr<support::DaemonProcess> daemon_;
  std::unique_ptr<Process> agent_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<IngestClient> ingest_;
};

TEST_F(AgentProcessTest, ConfigurationMistakeIsRefusedWithItsLine) {
  const std::string config = folder_.Write("agent.yaml", "route_metric: 10\nroute_metrik: 10\n");
  const auto agent = SpawnAgent({"--headend", "a", "--config", config});
  const auto exit = agent->AwaitExit();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 1);
  EXPECT_THAT(agent->errors(), HasSubstr("agent.yaml:2:"));
}

TEST_F(AgentProcessTest, SeveralHeadendsNeedSimulation) {
  const auto agent = SpawnAgent({"--headend", "a", "--headend", "b"});
  const auto exit = agent->AwaitExit();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 1);
  EXPECT_THAT(agent->errors(), HasSubstr("--simulate"));
}

TEST_F(AgentProcessTest, WaitsForADaemonThatIsNotThereYetAndStopsWhenTold) {
  StartAgent();
  ASSERT_NO_FATAL_FAILURE(StartDaemon());
  const auto ready = agent_->AwaitReadyLine();
  ASSERT_TRUE(ready.ok()) << ready.status() << agent_->errors();
  Kill(daemon_->process());
  agent_->Signal(SIGTERM);
  const auto exit = agent_->AwaitExit();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 0) << agent_->errors();
}

// The end of the last session ends the agent; gRPC's thread was once still in its io_context then.
TEST_F(AgentProcessTest, StopsCleanlyInTheMiddleOfASession) {
  ASSERT_NO_FATAL_FAILURE(StartDaemon());
  for (int round = 0; round < 30; ++round) {
    StartAgent();
    ASSERT_TRUE(agent_->AwaitReadyLine().ok()) << agent_->errors();
    agent_->Signal(round % 2 == 0 ? SIGTERM : SIGINT);
    const auto exit = agent_->AwaitExit();
    ASSERT_TRUE(exit.ok()) << exit.status();
    ASSERT_EQ(*exit, 0) << agent_->errors();
  }
}

TEST_F(AgentProcessTest, KillsAtRandomMomentsLoseNoPolicy) {
  std::mt19937 random(support::Seed());
  const std::vector<std::pair<std::string, std::string>> ways = {
      {"a", "d"}, {"b", "c"}, {"d", "a"}, {"c", "b"}};
  ASSERT_NO_FATAL_FAILURE(StartDaemon());
  StartAgent();
  uint32_t color = 0;
  for (int round = 0; round < 8; ++round) {
    const auto& [headend, endpoint] = ways[random() % ways.size()];
    ASSERT_NO_FATAL_FAILURE(Apply(headend, ++color, endpoint));
    // Whatever was on its way at this moment.
    switch (random() % 3) {
      case 0:
        Kill(*agent_);
        StartAgent();
        break;
      case 1:
        Kill(daemon_->process());
        ASSERT_NO_FATAL_FAILURE(StartDaemon());
        break;
      default:
        break;
    }
  }
  for (uint32_t c = 1; c <= color; ++c) AwaitInstalled(c);
  EXPECT_EQ(color, 8u);
}

}  // namespace
}  // namespace srpce
