// What is acknowledged survives: kill -9 at random moments, and a disk that takes no more.
#include <sys/resource.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/integration/daemon_fixture.h"
#include "tests/support/seed.h"

namespace srpce {
namespace {

using grpc::health::v1::HealthCheckResponse;
using support::DynamicPolicy;
using support::WatchClient;
using testing::HasSubstr;

bool IsInstalled(const v1::PolicyStatus& status) {
  return status.oper_state() == v1::OPER_STATE_UP &&
         status.push_state() == v1::PUSH_STATE_INSTALLED;
}

class RestartTest : public DaemonTest {
 protected:
  std::map<uint32_t, v1::PolicyStatus> ListByColor() {
    std::map<uint32_t, v1::PolicyStatus> policies;
    v1::ListPoliciesRequest request;
    do {
      v1::ListPoliciesResponse page;
      EXPECT_TRUE(policies_->ListPolicies(support::MakeContext().get(), request, &page).ok());
      for (const v1::PolicyStatus& status : page.policies()) {
        policies[status.policy().key().color()] = status;
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return policies;
  }
};

// A client applies one policy after the other, and deletes some, while the daemon is killed.
TEST_F(RestartTest, KilledAtAnyMomentItKeepsWhatItAcknowledged) {
  std::mt19937 random(support::Seed());
  constexpr int kRounds = 6;
  std::set<uint32_t> wanted;  // Acknowledged.
  std::set<uint32_t> unsure;  // Asked for when the daemon died.
  uint32_t next_color = 1;
  for (int round = 0; round < kRounds; ++round) {
    StartDaemon();
    const auto found = ListByColor();
    for (const uint32_t color : wanted) {
      EXPECT_TRUE(found.contains(color))
          << "round " << round << ": acknowledged policy " << color << " is gone";
    }
    for (const auto& [color, status] : found) {
      EXPECT_TRUE(wanted.contains(color) || unsure.contains(color))
          << "round " << round << ": policy " << color;
      if (unsure.contains(color)) {
        wanted.insert(color);
      }
    }
    unsure.clear();

    const uint32_t kill_after = 1 + static_cast<uint32_t>(random() % 40);
    const uint32_t spins = static_cast<uint32_t>(random() % 3000);
    std::atomic<uint32_t> acknowledged{0};
    std::thread client([&] {
      while (true) {
        const bool remove = !wanted.empty() && next_color % 5 == 0;
        const uint32_t color = remove ? *wanted.begin() : next_color;
        ++next_color;
        grpc::Status status;
        if (remove) {
          wanted.erase(color);
          unsure.insert(color);
          v1::DeletePoliciesRequest request;
          *request.add_keys() = DynamicPolicy("a", color, "d").key();
          v1::DeletePoliciesResponse response;
          status = policies_->DeletePolicies(support::MakeContext().get(), request, &response);
        } else {
          unsure.insert(color);
          status = Apply({DynamicPolicy("a", color, "d")});
        }
        if (!status.ok()) {
          return;
        }
        unsure.erase(color);
        if (!remove) {
          wanted.insert(color);
        }
        ++acknowledged;
        acknowledged.notify_one();
      }
    });
    for (uint32_t seen = acknowledged; seen < kill_after; seen = acknowledged) {
      acknowledged.wait(seen);
    }
    for (uint32_t i = 0; i < spins; ++i) {
      std::this_thread::yield();
    }
    daemon_->Kill();
    client.join();
  }
  EXPECT_FALSE(wanted.empty());
}

TEST_F(RestartTest, ARestartWithdrawsNothing) {
  StartDaemon();
  std::map<uint32_t, v1::PolicyStatus> before;
  {
    const auto source = Feed("lab", kDiamond);
    WatchClient watch(channel_);
    ASSERT_TRUE(watch.AwaitSynced());
    constexpr uint32_t kPolicies = 20;
    std::vector<v1::Policy> policies;
    for (uint32_t color = 1; color <= kPolicies; ++color) {
      policies.push_back(DynamicPolicy("a", color, "d"));
    }
    ASSERT_TRUE(Apply(policies).ok());
    std::set<uint32_t> installed;
    while (installed.size() < kPolicies) {
      const auto status = watch.Await(IsInstalled);
      ASSERT_TRUE(status);
      installed.insert(status->policy().key().color());
    }
    before = ListByColor();
    daemon_->Kill();
  }
  StartDaemon();
  // Nobody has told the topology yet: what is installed stays.
  EXPECT_EQ(ListByColor().size(), before.size());
  EXPECT_LE(Metric("srpce_push_total{channel=\"simulated\",result=\"removed\"}"), 0);
  const auto source = Feed("lab", kDiamond);
  WatchClient watch(channel_);
  std::map<uint32_t, v1::PolicyStatus> after;
  while (after.size() < before.size()) {
    const auto status = watch.Await(IsInstalled);
    ASSERT_TRUE(status);
    after[status->policy().key().color()] = *status;
  }
  for (const auto& [color, status] : before) {
    EXPECT_EQ(after[color].active().segment_lists(0).SerializeAsString(),
              status.active().segment_lists(0).SerializeAsString());
  }
  EXPECT_LE(Metric("srpce_push_total{channel=\"simulated\",result=\"removed\"}"), 0);
  EXPECT_LE(Metric("srpce_push_total{channel=\"simulated\",result=\"failed\"}"), 0);
}

TEST_F(RestartTest, AFullDiskStopsNothingButNewPolicies) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  ASSERT_TRUE(Apply({DynamicPolicy("a", 1, "d")}).ok());
  EXPECT_EQ(Metric("srpce_store_healthy"), 1);
  ASSERT_TRUE(AwaitServing("srpce.v1.PolicyService"));

  rlimit before{};
  ASSERT_EQ(prlimit(daemon_->process().pid(), RLIMIT_FSIZE, nullptr, &before), 0);
  const rlimit full{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(prlimit(daemon_->process().pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  const grpc::Status refused = Apply({DynamicPolicy("a", 2, "d")});
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(refused.error_message(), HasSubstr("STORE_FAILED"));
  EXPECT_TRUE(AwaitHealth(channel_, "srpce.v1.PolicyService", HealthCheckResponse::NOT_SERVING));
  EXPECT_TRUE(AwaitServing("srpce.v1.PathComputation"));
  EXPECT_EQ(Metric("srpce_store_healthy"), 0);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  EXPECT_EQ(ListByColor().size(), 1U);

  ASSERT_EQ(prlimit(daemon_->process().pid(), RLIMIT_FSIZE, &before, nullptr), 0);
  EXPECT_TRUE(Apply({DynamicPolicy("a", 3, "d")}).ok());
  EXPECT_TRUE(AwaitServing("srpce.v1.PolicyService"));
  daemon_->Kill();
  StartDaemon();
  const auto policies = ListByColor();
  EXPECT_TRUE(policies.contains(1));
  EXPECT_FALSE(policies.contains(2));
  EXPECT_TRUE(policies.contains(3));
}

}  // namespace
}  // namespace srpce
