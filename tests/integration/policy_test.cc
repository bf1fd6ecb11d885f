// Policies through a real srpced: applied, installed, kept when the network changes, watched.
#include <atomic>
#include <future>
#include <thread>

#include "tests/integration/daemon_fixture.h"

namespace srpce {
namespace {

using support::DynamicPolicy;
using support::PathText;
using support::WatchClient;
using testing::HasSubstr;

bool IsInstalled(const v1::PolicyStatus& status) {
  return status.oper_state() == v1::OPER_STATE_UP &&
         status.push_state() == v1::PUSH_STATE_INSTALLED;
}

class PolicyTest : public DaemonTest {
 protected:
  std::vector<v1::Policy> ManyPolicies(uint32_t count) {
    std::vector<v1::Policy> policies;
    for (uint32_t color = 1; color <= count; ++color) {
      policies.push_back(DynamicPolicy("a", color, "d"));
    }
    return policies;
  }
};

TEST_F(PolicyTest, ALinkThatGoesDownMovesThePolicyAndComesBack) {
  StartDaemon(
      "headends: [{headend: '*', southbound: simulated}]\n"
      "engine: {good_news_wait_ms: 1, reoptimize_hold_time_ms: 0}\n");
  const auto source = Feed("lab", kDiamond);
  WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  v1::PathConstraints fastest;
  fastest.set_objective(v1::METRIC_TYPE_DELAY);
  ASSERT_TRUE(Apply({DynamicPolicy("a", 100, "d", fastest)}).ok());
  auto status = watch.Await(IsInstalled);
  ASSERT_TRUE(status);
  EXPECT_EQ(PathText(*status), "a c d");
  ASSERT_EQ(status->active().segment_lists_size(), 1);
  const std::string before = status->active().segment_lists(0).SerializeAsString();

  const topology::LinkKey cut = KeyOf(kDiamond, "c->d");
  ASSERT_EQ(source->Send(support::LinkStateUpdate(cut, false))->error(), "");
  status = watch.Await(
      [](const v1::PolicyStatus& s) { return IsInstalled(s) && PathText(s) == "a b d"; });
  ASSERT_TRUE(status);
  EXPECT_NE(status->active().segment_lists(0).SerializeAsString(), before);
  EXPECT_THAT(status->last_change_reason(), HasSubstr("c->d"));
  EXPECT_TRUE(status->has_last_event_to_push_us());
  EXPECT_GE(Metric("srpce_event_to_push_duration_seconds_count{trigger=\"link-down\"}"), 1);
  EXPECT_EQ(Metric("srpce_policies{state=\"up\"}"), 1);
  EXPECT_GE(Metric("srpce_push_total{channel=\"simulated\",result=\"installed\"}"), 2);
  EXPECT_GE(Metric("srpce_push_duration_seconds_count{channel=\"simulated\"}"), 2);
  EXPECT_EQ(Metric("srpce_agent_sessions"), 0);  // Simulated routers are none.
  EXPECT_EQ(Metric("srpce_policy_sla_violations{sla=\"delay\"}"), 0);
  EXPECT_EQ(Metric("srpce_disjoint_groups{status=\"unsatisfied\"}"), 0);
  EXPECT_EQ(Metric("srpce_ted_links{state=\"unusable\"}"), 2);

  ASSERT_EQ(source->Send(support::LinkStateUpdate(cut, true))->error(), "");
  status = watch.Await(
      [](const v1::PolicyStatus& s) { return IsInstalled(s) && PathText(s) == "a c d"; });
  EXPECT_TRUE(status);
}

// "2 a b d | 1 a c d".
std::string UsesText(const v1::PolicyStatus& status) {
  std::string text;
  const v1::ActivePath& active = status.active();
  for (int i = 0; i < active.uses_size() && i < active.segment_lists_size(); ++i) {
    text += (i > 0 ? " | " : "") + std::to_string(active.segment_lists(i).weight());
    for (const std::string& node : active.uses(i).nodes()) text += " " + node;
  }
  return text;
}

TEST_F(PolicyTest, ASplitGetsNewListsAndWeightsWhenALinkFailsAndOutlivesARestart) {
  const std::string map = std::string(kDiamond) +
                          "a<->e igp 30 te 30 delay 300 bw 10G\n"
                          "e<->d igp 30 te 30 delay 300 bw 10G\n";
  StartDaemon();
  auto source = Feed("lab", map);
  auto watch = std::make_unique<WatchClient>(channel_);
  ASSERT_TRUE(watch->AwaitSynced());
  v1::PathConstraints split;
  split.set_bandwidth_bps(12'000'000'000);
  split.set_max_segment_lists(4);
  ASSERT_TRUE(Apply({DynamicPolicy("a", 100, "d", split)}).ok());
  auto status = watch->Await(IsInstalled);
  ASSERT_TRUE(status);
  EXPECT_EQ(UsesText(*status), "5 a b d | 1 a c d");
  EXPECT_EQ(status->active().uses(0).rate_bps(), 10'000'000'000U);
  EXPECT_EQ(status->active().uses(1).rate_bps(), 2'000'000'000U);
  EXPECT_EQ(status->active().margin().bandwidth_bps(), 0);

  ASSERT_EQ(source->Send(support::LinkStateUpdate(KeyOf(map, "a->b"), false))->error(), "");
  const std::string moved = "5 a c d | 1 a e d";
  const auto is_moved = [&](const v1::PolicyStatus& s) {
    return IsInstalled(s) && UsesText(s) == moved;
  };
  status = watch->Await(is_moved);
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->sla_violated());
  EXPECT_THAT(status->last_change_reason(), HasSubstr("a->b"));
  EXPECT_GE(Metric("srpce_event_to_push_duration_seconds_count{trigger=\"link-down\"}"), 1);

  source.reset();
  watch.reset();
  daemon_->Kill();
  StartDaemon();
  std::string cut = map;
  cut.insert(cut.find('\n'), " down");  // a<->b.
  source = Feed("lab", cut);
  WatchClient again(channel_);
  ASSERT_TRUE(again.AwaitSynced());
  status = again.Await(is_moved);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->policy().candidate_paths(0).dynamic().max_segment_lists(), 4U);
}

TEST_F(PolicyTest, ACutFibreIsAnsweredWithTheBackupAndANewBackupIsComputed) {
  const std::string map = std::string(kDiamond) +
                          "a<->e igp 30 te 30 delay 2000 bw 10G\n"
                          "e<->d igp 30 te 30 delay 2000 bw 10G\n";
  StartDaemon(
      "headends: [{headend: '*', southbound: simulated}]\n"
      "engine: {good_news_wait_ms: 1, reoptimize_hold_time_ms: 0}\n");
  const auto source = Feed("lab", map);
  WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  v1::Policy policy = DynamicPolicy("a", 100, "d");
  policy.mutable_protection()->set_disjointness(v1::DISJOINTNESS_SRLG_NODE);
  ASSERT_TRUE(Apply({policy}).ok());
  auto status = watch.Await(IsInstalled);
  ASSERT_TRUE(status);
  EXPECT_EQ(PathText(*status), "a b d");
  EXPECT_EQ(status->protection().state(), v1::PROTECTION_STATE_PROTECTED);
  EXPECT_EQ(status->protection().achieved(), v1::DISJOINTNESS_SRLG_NODE);
  EXPECT_EQ(status->policy().protection().disjointness(), v1::DISJOINTNESS_SRLG_NODE);
  const v1::ActivePath backup = status->protection().backup();
  EXPECT_EQ(backup.nodes_size(), 3);
  EXPECT_EQ(backup.nodes(1), "c");
  EXPECT_EQ(Metric("srpce_policy_protection{state=\"protected\"}"), 1);

  ASSERT_EQ(source->Send(support::LinkStateUpdate(KeyOf(map, "b->d"), false))->error(), "");
  status = watch.Await([](const v1::PolicyStatus& s) { return s.protection().switches() == 1; });
  ASSERT_TRUE(status);
  ASSERT_EQ(status->active().segment_lists_size(), 1);
  EXPECT_EQ(status->active().segment_lists(0).SerializeAsString(),
            backup.segment_lists(0).SerializeAsString());
  EXPECT_THAT(status->last_change_reason(), HasSubstr("switched to the backup"));
  EXPECT_EQ(status->protection().state(), v1::PROTECTION_STATE_PENDING);
  EXPECT_TRUE(status->has_last_event_to_push_us());
  status = watch.Await([](const v1::PolicyStatus& s) {
    return s.protection().state() == v1::PROTECTION_STATE_PROTECTED;
  });
  ASSERT_TRUE(status);
  EXPECT_EQ(PathText(*status), "a c d");
  ASSERT_EQ(status->protection().backup().nodes_size(), 3);
  EXPECT_EQ(status->protection().backup().nodes(1), "e");
  EXPECT_EQ(Metric("srpce_protection_switches_total"), 1);

  ASSERT_EQ(source->Send(support::LinkStateUpdate(KeyOf(map, "a->e"), false))->error(), "");
  status = watch.Await([](const v1::PolicyStatus& s) {
    return s.protection().state() == v1::PROTECTION_STATE_UNPROTECTED;
  });
  ASSERT_TRUE(status);
  EXPECT_EQ(PathText(*status), "a c d");
  EXPECT_FALSE(status->protection().failed().empty());
  EXPECT_THAT(status->protection().reason(), HasSubstr("not disjoint from the path in use"));
}

TEST_F(PolicyTest, ApplyIsAllOrNothingAndIdempotent) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::Policy bad = DynamicPolicy("a", 0, "d");  // Color 0 does not exist.
  const grpc::Status refused = Apply({DynamicPolicy("a", 1, "d"), bad});
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_message(), HasSubstr("color"));
  v1::GetPolicyRequest get;
  *get.mutable_key() = DynamicPolicy("a", 1, "d").key();
  v1::PolicyStatus status;
  const grpc::Status missing = policies_->GetPolicy(support::MakeContext().get(), get, &status);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(missing.error_message(), HasSubstr("UNKNOWN_POLICY: policy a/1/d"));
  const grpc::Status twice = Apply({DynamicPolicy("a", 1, "d"), DynamicPolicy("a", 1, "d")});
  EXPECT_EQ(twice.error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  ASSERT_TRUE(Apply({DynamicPolicy("a", 1, "d")}).ok());
  const auto installed = watch.Await(IsInstalled);
  ASSERT_TRUE(installed);
  ASSERT_TRUE(Apply({DynamicPolicy("a", 1, "d")}).ok());
  ASSERT_TRUE(policies_->GetPolicy(support::MakeContext().get(), get, &status).ok());
  EXPECT_EQ(status.revision(), installed->revision()) << "a repeated request changed something";
}

TEST_F(PolicyTest, ValidateOnlyChangesNothing) {
  StartDaemon();
  v1::ApplyPoliciesRequest request;
  *request.add_policies() = DynamicPolicy("a", 1, "d");
  request.set_validate_only(true);
  v1::ApplyPoliciesResponse response;
  ASSERT_TRUE(policies_->ApplyPolicies(support::MakeContext().get(), request, &response).ok());
  v1::ListPoliciesResponse list;
  ASSERT_TRUE(policies_->ListPolicies(support::MakeContext().get(), {}, &list).ok());
  EXPECT_EQ(list.policies_size(), 0);
}

TEST_F(PolicyTest, ListsInPages) {
  StartDaemon();
  ASSERT_TRUE(Apply(ManyPolicies(25)).ok());
  ASSERT_TRUE(Apply({DynamicPolicy("b", 7, "c")}).ok());
  std::vector<uint32_t> colors;
  v1::ListPoliciesRequest request;
  request.set_page_size(10);
  request.set_headend("a");
  int pages = 0;
  do {
    v1::ListPoliciesResponse page;
    ASSERT_TRUE(policies_->ListPolicies(support::MakeContext().get(), request, &page).ok());
    EXPECT_LE(page.policies_size(), 10);
    for (const v1::PolicyStatus& status : page.policies()) {
      EXPECT_EQ(status.policy().key().headend(), "a");
      colors.push_back(status.policy().key().color());
    }
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(colors.size(), 25U);
  EXPECT_TRUE(std::is_sorted(colors.begin(), colors.end()));
  request.set_page_token("!");
  v1::ListPoliciesResponse none;
  EXPECT_EQ(policies_->ListPolicies(support::MakeContext().get(), request, &none).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

// Paths of a grid that must cross and may not meet: no such set exists, and to prove it takes long.
TEST_F(PolicyTest, SearchesThatFillTheirQueueDoNotHoldUpReaders) {
  constexpr int kSide = 8;
  constexpr int kMembers = 4;
  StartDaemon(
      "headends: [{headend: '*', southbound: simulated}]\n"
      "limits: {compute_threads: 1, compute_queue: 1}\n");
  const auto name = [](int row, int column) {
    return "n" + std::to_string(row) + "-" + std::to_string(column);
  };
  std::string grid;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      const std::string here = name(row, column);
      grid += column + 1 < kSide ? here + "<->" + name(row, column + 1) + " igp 10\n" : "";
      grid += row + 1 < kSide ? here + "<->" + name(row + 1, column) + " igp 10\n" : "";
    }
  }
  const auto source = Feed("lab", grid);
  v1::PathSetRequest request;
  request.set_disjointness(v1::DISJOINTNESS_NODE);
  for (int i = 0; i < kMembers; ++i) {
    v1::PathRequest* member = request.add_members();
    member->set_headend(name(2 * i, 0));
    member->set_endpoint(name(2 * (kMembers - 1 - i), kSide - 1));
  }
  std::promise<void> full;
  std::atomic<bool> stop{false};
  std::atomic<bool> refused{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        v1::PathSetResponse response;
        const auto status =
            paths_->ComputePathSet(support::MakeContext().get(), request, &response);
        if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
            !refused.exchange(true)) {
          full.set_value();
        }
      }
    });
  }
  full.get_future().wait();
  WatchClient watch(channel_);
  EXPECT_TRUE(watch.AwaitSynced());
  for (int i = 0; i < 20; ++i) {
    v1::ListPoliciesResponse list;
    const auto status = policies_->ListPolicies(support::MakeContext().get(), {}, &list);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  stop = true;
  daemon_->Kill();  // It would finish its searches first.
  for (std::thread& client : clients) {
    client.join();
  }
}

TEST_F(PolicyTest, DeletingIsSeenByWatchersAndRouters) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  ASSERT_TRUE(Apply({DynamicPolicy("a", 1, "d")}).ok());
  ASSERT_TRUE(watch.Await(IsInstalled));
  v1::DeletePoliciesRequest request;
  *request.add_keys() = DynamicPolicy("a", 1, "d").key();
  *request.add_keys() = DynamicPolicy("a", 2, "d").key();  // Never was: no error.
  v1::DeletePoliciesResponse response;
  ASSERT_TRUE(policies_->DeletePolicies(support::MakeContext().get(), request, &response).ok());
  EXPECT_EQ(response.deleted(), 1U);
  bool removed = false;
  while (!removed) {
    const auto message = watch.Read();
    ASSERT_TRUE(message);
    for (const v1::PolicyEvent& event : message->events()) {
      removed = removed || event.removed();
    }
  }
  response.Clear();
  ASSERT_TRUE(policies_->DeletePolicies(support::MakeContext().get(), request, &response).ok());
  EXPECT_EQ(response.deleted(), 0U);
}

TEST_F(PolicyTest, AWatchResumesWhereItEnded) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  uint64_t revision = 0;
  {
    WatchClient watch(channel_);
    ASSERT_TRUE(watch.AwaitSynced());
    ASSERT_TRUE(Apply({DynamicPolicy("a", 1, "d")}).ok());
    ASSERT_TRUE(watch.Await(IsInstalled));
    revision = watch.revision();
  }
  ASSERT_TRUE(Apply({DynamicPolicy("a", 2, "d")}).ok());
  WatchClient again(channel_, revision);
  const auto first = again.Read();
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->reset());
  for (const v1::PolicyEvent& event : first->events()) {
    EXPECT_GT(event.revision(), revision);
    EXPECT_EQ(event.status().policy().key().color(), 2U);
  }
}

// It is dropped with the revision to resume from; another watcher sees everything.
TEST_F(PolicyTest, AWatcherThatStopsReadingIsDroppedAlone) {
  StartDaemon(
      "headends: [{headend: '*', southbound: simulated}]\nlimits: {watch_queue_events: 3000}\n");
  const auto source = Feed("lab", kDiamond);
  WatchClient slow(channel_);
  ASSERT_TRUE(slow.AwaitSynced());
  const auto other_channel = daemon_->Connect();
  WatchClient good(other_channel);
  ASSERT_TRUE(good.AwaitSynced());

  // Changes until the slow one's stream and queue are full.
  constexpr uint32_t kPolicies = 150;
  constexpr uint32_t kMaxRounds = 400;
  uint32_t rounds = 0;
  while (Metric("srpce_policy_watches_dropped_total") < 1 && rounds < kMaxRounds) {
    std::vector<v1::Policy> policies = ManyPolicies(kPolicies);
    for (v1::Policy& policy : policies) {
      policy.set_name("round-" + std::to_string(rounds));
    }
    ASSERT_TRUE(Apply(policies).ok());
    const auto seen = good.Await([&](const v1::PolicyStatus& status) {
      return status.policy().key().color() == kPolicies &&
             status.policy().name() == policies.back().name();
    });
    ASSERT_TRUE(seen) << "the good watcher was dropped: " << good.Finish().error_message();
    ++rounds;
  }
  EXPECT_LT(rounds, kMaxRounds);
  const grpc::Status status = slow.Finish();  // Reads what had been sent, then the verdict.
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << rounds << " rounds";
  EXPECT_THAT(status.error_message(), HasSubstr("SLOW_READER"));
  EXPECT_THAT(status.error_message(), HasSubstr("from_revision"));
}

}  // namespace
}  // namespace srpce
