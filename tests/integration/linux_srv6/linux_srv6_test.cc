// Real packets: srpced and one srpce-agent a router make Linux kernels forward along computed SRv6
// paths (lab.h draws the network).
//
// The packets prove it: each test reads the counters of every link. Nothing here is simulated but
// delay, which is only announced.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/linux_srv6/lab.h"
#include "tests/integration/linux_srv6/pinger.h"
#include "tests/integration/linux_srv6/route_recorder.h"
#include "tests/support/api_client.h"
#include "tests/support/daemon_process.h"

namespace srpce::lab {
namespace {

using support::IngestClient;
using support::PathText;
using support::WatchClient;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kBehindR8[] = "2001:db8:8::2";
constexpr char kAlsoBehindR8[] = "2001:db8:18::2";
constexpr uint32_t kPings = 200;

double Milliseconds(Pinger::Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

class LinuxSrv6Test : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    auto lab = Lab::Build({.next_csid = GetParam(), .agent = SRPCE_BIN_DIR "/srpce-agent"});
    if (absl::IsPermissionDenied(lab.status())) {
      GTEST_SKIP() << "needs root, to build routers in network namespaces: " << lab.status();
    }
    ASSERT_TRUE(lab.ok()) << lab.status();
    lab_ = *std::move(lab);
    ASSERT_NO_FATAL_FAILURE(StartDaemon());
    for (int n = 1; n <= kRouters; ++n) ASSERT_TRUE(lab_->StartAgent(n).ok());
    for (int n = 1; n <= kRouters; ++n) {
      const absl::Status ready = lab_->AwaitAgent(n);
      ASSERT_TRUE(ready.ok()) << ready;
    }
  }

  void TearDown() override {
    if (!HasFailure() || lab_ == nullptr) return;
    std::printf("--- srpced ---\n%s\n--- agent of r1 ---\n%s\n--- routes of r1 ---\n%s\n",
                daemon_ == nullptr ? "" : daemon_->process().errors().c_str(),
                lab_->agent(1).errors().c_str(), lab_->router(1).Shell("ip -6 route show").c_str());
  }

  // A daemon with the store of the one before, and the network told to it.
  void StartDaemon() {
    ingest_.reset();
    auto daemon = support::DaemonProcess::Start({.program = SRPCE_BIN_DIR "/srpced",
                                                 .folder = lab_->folder(),
                                                 .grpc_listen = lab_->grpc_address(),
                                                 .config = lab_->DaemonConfig()});
    ASSERT_TRUE(daemon.ok()) << daemon.status();
    daemon_ = *std::move(daemon);
    channel_ = daemon_->Connect();
    ingest_ = std::make_unique<IngestClient>(channel_);
    ASSERT_TRUE(ingest_->Hello("lab").has_value());
    for (v1::TopologyUpdate& update : lab_->Topology()) {
      const auto ack = ingest_->Send(std::move(update));
      ASSERT_TRUE(ack.has_value());
      ASSERT_EQ(ack->error(), "");
    }
  }
  void KillDaemon() {
    daemon_->process().Signal(SIGKILL);
    ASSERT_TRUE(daemon_->process().AwaitExit().ok());
  }

  static v1::Policy LowLatency(uint32_t color, const std::string& prefix) {
    v1::PathConstraints constraints;
    constraints.set_objective(v1::METRIC_TYPE_DELAY);
    constraints.set_max_delay_us(10'000);  // What the shortest path without r4-r5 breaks.
    constraints.set_data_plane(v1::DATA_PLANE_SRV6);
    v1::Policy policy = support::DynamicPolicy("r1", color, "r8", constraints);
    policy.add_steered_prefixes(prefix);
    return policy;
  }
  void Apply(const v1::Policy& policy) {
    v1::ApplyPoliciesRequest request;
    *request.add_policies() = policy;
    v1::ApplyPoliciesResponse response;
    const auto status = v1::PolicyService::NewStub(channel_)->ApplyPolicies(
        support::MakeContext().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  // Waits until the policy of `color` is acknowledged by r1 on `path`.
  std::optional<v1::PolicyStatus> AwaitInstalled(uint32_t color, const std::string& path) {
    WatchClient watch(channel_);
    std::string last = "nothing";
    auto found = watch.Await([&](const v1::PolicyStatus& status) {
      if (status.policy().key().color() != color) return false;
      last = status.ShortDebugString();
      return status.push_state() == v1::PUSH_STATE_INSTALLED && PathText(status) == path;
    });
    EXPECT_TRUE(found.has_value()) << "want installed on " << path << ", got " << last;
    return found;
  }

  // Has packets run over r4 and r5 by a policy, counted from here on, and every change of r1's
  // routes recorded.
  void SteerAndRecord() {
    Apply(LowLatency(100, "2001:db8:8::/64"));
    ASSERT_TRUE(AwaitInstalled(100, "r1 r4 r5 r8").has_value());
    pinger_ = std::make_unique<Pinger>(lab_->host1(), kBehindR8);
    ASSERT_TRUE(pinger_->AwaitReplies(1));
    pinger_->Settle();
    auto routes = RouteRecorder::Open(lab_->router(1));
    ASSERT_TRUE(routes.ok());
    routes_.emplace(*std::move(routes));
  }

  // Answered pings must have gone over the links of `path`, and over no other link in that
  // direction.
  void ExpectPacketsOn(Pinger& pinger, const std::vector<int>& path) {
    pinger.Settle();  // None on its way, so that none of before is counted.
    const auto before = lab_->Sent();
    ASSERT_TRUE(pinger.AwaitReplies(kPings));
    const auto after = lab_->Sent();
    std::set<std::string> wanted;
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      wanted.insert(absl::StrCat("r", path[i], "-r", path[i + 1]));
    }
    // Replies come back by the shortest path; neighbour discovery is a few packets anywhere.
    const std::set<std::string> replies = {"r8-r3", "r3-r2", "r2-r1"};
    std::string counts;
    for (const auto& [link, sent] : after) {
      const uint64_t packets = sent - before.at(link);
      if (packets > 0) absl::StrAppend(&counts, " ", link, "=", packets);
      if (wanted.contains(link)) {
        EXPECT_GE(packets, kPings) << link;
      } else if (!replies.contains(link)) {
        EXPECT_LT(packets, kPings / 10) << link;
      }
    }
    std::printf("[ packets  ]%s\n", counts.c_str());
  }

  std::unique_ptr<Lab> lab_;
  std::unique_ptr<support::DaemonProcess> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<IngestClient> ingest_;
  // Of SteerAndRecord.
  std::unique_ptr<Pinger> pinger_;
  std::optional<RouteRecorder> routes_;
};

TEST_P(LinuxSrv6Test, PacketsFollowThePolicyAndMoveWhenALinkIsCut) {
  Pinger pinger(lab_->host1(), kBehindR8);
  ASSERT_TRUE(pinger.AwaitReplies(1));
  ExpectPacketsOn(pinger, {1, 2, 3, 8});  // Before any policy: the shortest path.

  Apply(LowLatency(100, "2001:db8:8::/64"));
  ASSERT_TRUE(AwaitInstalled(100, "r1 r4 r5 r8").has_value());
  ExpectPacketsOn(pinger, {1, 4, 5, 8});
  EXPECT_EQ(pinger.Settle().lost, 0u) << "being steered into a policy must not cost a packet";

  // Nobody tells the daemon but the agents of r4 and r5; the routing protocol is slower.
  ASSERT_TRUE(lab_->Cut(4, 5).ok());
  const auto moved = AwaitInstalled(100, "r1 r6 r7 r8");
  ASSERT_TRUE(moved.has_value());
  ASSERT_TRUE(pinger.AwaitReplies(kPings));
  const Pinger::Account account = pinger.Settle();
  ASSERT_TRUE(lab_->ConvergeIgp().ok());
  ExpectPacketsOn(pinger, {1, 6, 7, 8});
  std::printf(
      "[ failover ] lost %u of %u packets at one a millisecond, longest silence %.1f ms; the "
      "daemon's event to push "
      "%.0f us\n",
      account.lost, account.sent, Milliseconds(account.longest_silence),
      moved->last_event_to_push_us());
  EXPECT_THAT(moved->last_change_reason(), HasSubstr("link-down r"));
  EXPECT_GT(moved->last_event_to_push_us(), 0);
  EXPECT_LT(account.lost, account.sent);

  // The interface comes back: the agent's word is taken back, and the better path is used again,
  // without a loss.
  pinger.Settle();
  ASSERT_TRUE(lab_->Mend(4, 5).ok());
  ASSERT_TRUE(AwaitInstalled(100, "r1 r4 r5 r8").has_value());
  ExpectPacketsOn(pinger, {1, 4, 5, 8});
  EXPECT_EQ(pinger.Settle().lost, 0u);
}

// r4's shortest path to r6 is by r1: only an adjacency SID (End.X) sends a packet over the link
// between them.
TEST_P(LinuxSrv6Test, AdjacencySidsCarryPacketsOverLinksNoShortestPathUses) {
  v1::Policy policy = LowLatency(200, "2001:db8:18::/64");
  v1::PathConstraints* constraints = policy.mutable_candidate_paths(0)->mutable_dynamic();
  constraints->add_waypoints("r4");
  for (const auto& [from, to] : {std::pair("r1", "r6"), std::pair("r4", "r5"),
                                 std::pair("r4", "r2"), std::pair("r1", "r2")}) {
    v1::LinkKey* excluded = constraints->add_exclude_links();
    excluded->set_local_node(from);
    excluded->set_remote_node(to);
  }
  Apply(policy);
  ASSERT_TRUE(AwaitInstalled(200, "r1 r4 r6 r7 r8").has_value());
  Pinger steered(lab_->host1(), kAlsoBehindR8);
  ASSERT_TRUE(steered.AwaitReplies(1));
  ExpectPacketsOn(steered, {1, 4, 6, 7, 8});
}

TEST_P(LinuxSrv6Test, DaemonThatIsKilledAndRestartedWithdrawsNothing) {
  ASSERT_NO_FATAL_FAILURE(SteerAndRecord());

  ASSERT_NO_FATAL_FAILURE(KillDaemon());
  ASSERT_NO_FATAL_FAILURE(ExpectPacketsOn(*pinger_, {1, 4, 5, 8}));
  ASSERT_NO_FATAL_FAILURE(StartDaemon());
  ASSERT_TRUE(AwaitInstalled(100, "r1 r4 r5 r8").has_value());
  ASSERT_NO_FATAL_FAILURE(ExpectPacketsOn(*pinger_, {1, 4, 5, 8}));
  EXPECT_EQ(pinger_->Settle().lost, 0u);
  EXPECT_THAT(routes_->Take(), IsEmpty()) << "the restart touched a route";

  // And it is in charge again.
  ASSERT_TRUE(lab_->Cut(4, 5).ok());
  ASSERT_TRUE(AwaitInstalled(100, "r1 r6 r7 r8").has_value());
}

TEST_P(LinuxSrv6Test, AgentThatIsKilledAndRestartedResynchronisesByDifference) {
  ASSERT_NO_FATAL_FAILURE(SteerAndRecord());

  lab_->agent(1).Signal(SIGKILL);
  ASSERT_TRUE(lab_->agent(1).AwaitExit().ok());
  Apply(LowLatency(300, "2001:db8:18::/64"));  // While nobody is there to install it.
  ASSERT_NO_FATAL_FAILURE(ExpectPacketsOn(*pinger_, {1, 4, 5, 8}));
  ASSERT_TRUE(lab_->StartAgent(1).ok());
  ASSERT_TRUE(lab_->AwaitAgent(1).ok()) << lab_->agent(1).errors();
  ASSERT_TRUE(AwaitInstalled(300, "r1 r4 r5 r8").has_value());
  ASSERT_TRUE(AwaitInstalled(100, "r1 r4 r5 r8").has_value());

  EXPECT_THAT(routes_->Take(), Each(StartsWith("set 2001:db8:18::/64")))
      << "what was installed already was touched";
  EXPECT_EQ(lab_->router(1).Shell("ip -6 route show 2001:db8:8::/64 proto 84 | wc -l"), "1\n");
  EXPECT_EQ(pinger_->Settle().lost, 0u);
}

INSTANTIATE_TEST_SUITE_P(Sids, LinuxSrv6Test, testing::Values(false, true),
                         [](const auto& test) { return test.param ? "NextCsid" : "Classic"; });

}  // namespace
}  // namespace srpce::lab
