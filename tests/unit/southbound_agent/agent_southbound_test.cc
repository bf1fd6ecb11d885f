#include "plugins/southbound/agent/agent_southbound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/support/seed.h"
#include "tests/unit/southbound_agent/support.h"

namespace srpce::southbound {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FakeSession : public AgentSession {
 public:
  void Wake() override { ++wakes; }
  void Close(const absl::Status& reason) override { closed = reason; }

  std::atomic<int> wakes = 0;
  std::optional<absl::Status> closed;
};

std::string Describe(const AgentCommand& command) {
  if (const auto* install = std::get_if<InstallCommand>(&command)) {
    return absl::StrCat("install ", policy::ToString(install->config->key), " ",
                        install->config->lists[0].list.sids[0].ToString());
  }
  if (const auto* remove = std::get_if<RemoveCommand>(&command)) {
    return absl::StrCat("remove ", policy::ToString(remove->key));
  }
  return "sync done";
}

class AgentSouthboundTest : public testing::Test {
 protected:
  ~AgentSouthboundTest() override { southbound_.Stop(); }

  std::vector<std::string> PopAll(AgentSouthbound::SessionId id) {
    std::vector<std::string> commands;
    while (const auto command = southbound_.Pop(id)) commands.push_back(Describe(*command));
    return commands;
  }
  AgentSouthbound::SessionId Open(const std::string& headend,
                                  std::vector<plugin::InstalledPolicy> installed = {}) {
    session_ = std::make_shared<FakeSession>();
    return southbound_.Open(headend, std::move(installed), session_);
  }
  // Starts, and returns the session of a router that took `config` and has not answered.
  AgentSouthbound::SessionId StartAndSend(const plugin::PolicyConfig& config) {
    southbound_.Start(&listener_, {});
    const auto id = Open(config.key.headend);
    southbound_.Install(config);
    PopAll(id);
    return id;
  }
  void Acknowledge(AgentSouthbound::SessionId id, const plugin::PolicyConfig& config) {
    southbound_.OnResult(id, config.key, config.Fingerprint(), false, absl::OkStatus());
  }

  RecordingListener listener_;
  AgentSouthbound southbound_{{.max_queue = 3}};
  std::shared_ptr<FakeSession> session_;
};

TEST_F(AgentSouthboundTest, HelloSendsOnlyDifferences) {
  const auto same = MakeConfig("r1", 1);
  const auto changed = MakeConfig("r1", 2);
  const auto missing = MakeConfig("r1", 3);
  southbound_.Start(&listener_, {});
  for (const auto& config : {same, changed, missing, MakeConfig("r2", 1)}) {
    southbound_.Install(config);
  }
  const auto id = Open("r1", {{same.key, same.Fingerprint()},
                              {changed.key, changed.Fingerprint() + 1},
                              {{"r1", 4, "r9"}, 77}});
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/2/r9 fc00:1::", "install r1/3/r9 fc00:1::",
                                      "remove r1/4/r9", "sync done"));
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "ok r1/1/r9"));
}

TEST_F(AgentSouthboundTest, WhatIsRestoredIsTheRoutersWordUntilItIsPlanned) {
  const auto older = MakeConfig("r1", 1, "fc00:a::");
  const auto newer = MakeConfig("r1", 1, "fc00:b::");
  const auto unstored = MakeConfig("r1", 2);
  southbound_.Start(&listener_, {{older.key, older}, {unstored.key, std::nullopt}});
  const auto id =
      Open("r1", {{older.key, newer.Fingerprint()}, {unstored.key, unstored.Fingerprint()}});
  EXPECT_THAT(PopAll(id), ElementsAre("sync done")) << "the store is written behind";
  // Planned: now the router is corrected, or found right.
  southbound_.Install(older);
  southbound_.Install(unstored);
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:a::"));
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "ok r1/2/r9"));
  southbound_.Remove(unstored.key);
  EXPECT_THAT(PopAll(id), ElementsAre("remove r1/2/r9"));
}

TEST_F(AgentSouthboundTest, RouterThatConnectsBeforeStartLosesNothing) {
  const auto kept = MakeConfig("r1", 1);
  const auto id = Open("r1", {{kept.key, kept.Fingerprint()}});
  EXPECT_THAT(PopAll(id), IsEmpty());
  southbound_.Start(&listener_, Restored({kept}));
  EXPECT_GT(session_->wakes, 0);
  EXPECT_THAT(PopAll(id), ElementsAre("sync done"));
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "ok r1/1/r9"));
}

TEST_F(AgentSouthboundTest, WithoutSessionInstallIsKeptUntilHello) {
  southbound_.Start(&listener_, {});
  EXPECT_FALSE(southbound_.Install(MakeConfig("r1", 1)));
  EXPECT_FALSE(southbound_.Install(MakeConfig("r1", 2)));
  EXPECT_FALSE(southbound_.Remove({"r1", 2, "r9"}));
  EXPECT_THAT(PopAll(Open("r1")), ElementsAre("install r1/1/r9 fc00:1::", "sync done"));
}

TEST_F(AgentSouthboundTest, QueueHoldsTheLatestOfEachPolicy) {
  southbound_.Start(&listener_, {});
  const auto id = Open("r1");
  PopAll(id);
  EXPECT_TRUE(southbound_.Install(MakeConfig("r1", 1, "fc00:a::")));
  EXPECT_TRUE(southbound_.Install(MakeConfig("r1", 1, "fc00:b::")));
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:b::"));
  // Sent, not answered: the same again is on its way, another is not.
  EXPECT_TRUE(southbound_.Install(MakeConfig("r1", 1, "fc00:b::")));
  EXPECT_THAT(PopAll(id), IsEmpty());
  EXPECT_TRUE(southbound_.Install(MakeConfig("r1", 1, "fc00:c::")));
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:c::"));
}

TEST_F(AgentSouthboundTest, WhatTheRouterHoldsIsNotSentAgain) {
  const auto config = MakeConfig("r1", 1);
  const auto id = StartAndSend(config);
  Acknowledge(id, config);
  listener_.Take();
  EXPECT_TRUE(southbound_.Install(config));
  EXPECT_THAT(PopAll(id), IsEmpty());
  EXPECT_THAT(listener_.Take(), ElementsAre("ok r1/1/r9"));
  // Lost by the router (somebody removed its route): asked for again, it is sent again.
  southbound_.OnResult(id, config.key, config.Fingerprint(), false,
                       absl::FailedPreconditionError("gone"));
  EXPECT_TRUE(southbound_.Install(config));
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:1::"));
}

TEST_F(AgentSouthboundTest, InstallWhileTheRemovalIsOnItsWayIsSent) {
  const auto config = MakeConfig("r1", 1);
  const auto id = StartAndSend(config);
  Acknowledge(id, config);
  EXPECT_TRUE(southbound_.Remove(config.key));
  EXPECT_THAT(PopAll(id), ElementsAre("remove r1/1/r9"));
  EXPECT_TRUE(southbound_.Install(config));
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:1::"));
}

TEST_F(AgentSouthboundTest, RemovalOfWhatWasNeverSentIsDoneAtOnce) {
  southbound_.Start(&listener_, {});
  const auto id = Open("r1");
  PopAll(id);
  southbound_.Install(MakeConfig("r1", 1));
  EXPECT_TRUE(southbound_.Remove({"r1", 1, "r9"}));
  EXPECT_THAT(PopAll(id), IsEmpty());
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "removed r1/1/r9"));
}

// The router keeps in mind what it refused, and tries it again when its routes change.
TEST_F(AgentSouthboundTest, WhatTheRouterRefusedIsRemovedToo) {
  const auto config = MakeConfig("r1", 1);
  const auto id = StartAndSend(config);
  southbound_.OnResult(id, config.key, config.Fingerprint(), false,
                       absl::FailedPreconditionError("no route"));
  EXPECT_TRUE(southbound_.Remove(config.key));
  EXPECT_THAT(PopAll(id), ElementsAre("remove r1/1/r9"));
  southbound_.OnResult(id, config.key, 0, true, absl::OkStatus());
  EXPECT_TRUE(southbound_.Remove(config.key));
  EXPECT_THAT(PopAll(id), IsEmpty());
}

TEST_F(AgentSouthboundTest, WhatIsInstalledLateAndNotWantedAnyMoreIsRemoved) {
  southbound_.Start(&listener_, {});
  const auto id = Open("r1");
  PopAll(id);
  const auto config = MakeConfig("r1", 1);
  southbound_.OnResult(id, config.key, config.Fingerprint(), false, absl::OkStatus());
  EXPECT_THAT(PopAll(id), ElementsAre("remove r1/1/r9"));
}

TEST_F(AgentSouthboundTest, NewerSessionReplacesTheOlder) {
  southbound_.Start(&listener_, Restored({MakeConfig("r1", 1)}));
  const auto old_id = Open("r1");
  const auto old_session = session_;
  const auto id = Open("r1");
  ASSERT_TRUE(old_session->closed.has_value());
  EXPECT_EQ(old_session->closed->code(), absl::StatusCode::kAborted);
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "down r1", "up r1"));
  // The old one is not heard any more, and its end ends nothing.
  southbound_.OnLinkEvent(old_id, "eth0", false, MonotonicTime());
  southbound_.Closed(old_id);
  EXPECT_THAT(PopAll(old_id), IsEmpty());
  EXPECT_THAT(listener_.Take(), IsEmpty());
  EXPECT_THAT(PopAll(id), ElementsAre("install r1/1/r9 fc00:1::", "sync done"));
  EXPECT_EQ(southbound_.counters().replaced, 1u);
}

TEST_F(AgentSouthboundTest, RouterThatTakesNothingIsCutAndResynchronises) {
  southbound_.Start(&listener_, {});
  PopAll(Open("r1"));
  for (uint32_t color = 1; color <= 3; ++color) {
    EXPECT_TRUE(southbound_.Install(MakeConfig("r1", color)));
  }
  EXPECT_FALSE(southbound_.Install(MakeConfig("r1", 4)));
  ASSERT_TRUE(session_->closed.has_value());
  EXPECT_EQ(session_->closed->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1", "down r1"));
  EXPECT_EQ(southbound_.counters().overflows, 1u);
  EXPECT_EQ(PopAll(Open("r1")).size(),
            5u);  // All four, and sync done: the bound is for what comes besides.
}

TEST_F(AgentSouthboundTest, FirstSyncIsNotHeldToTheBound) {
  std::vector<plugin::PolicyConfig> desired;
  for (uint32_t color = 1; color <= 50; ++color) desired.push_back(MakeConfig("r1", color));
  southbound_.Start(&listener_, Restored(desired));
  const auto id = Open("r1");
  EXPECT_TRUE(southbound_.Install(MakeConfig("r1", 51)));
  EXPECT_EQ(PopAll(id).size(), 52u);
}

TEST_F(AgentSouthboundTest, PoliciesOfOtherHeadendsAreIgnored) {
  const auto others = MakeConfig("r2", 1);
  southbound_.Start(&listener_, Restored({others}));
  const auto id = Open("r1", {{others.key, others.Fingerprint()}});
  EXPECT_THAT(PopAll(id), ElementsAre("sync done"));
  southbound_.OnResult(id, others.key, others.Fingerprint(), true, absl::OkStatus());
  EXPECT_THAT(listener_.Take(), ElementsAre("up r1"));
  EXPECT_EQ(southbound_.counters().foreign, 2u);
}

TEST_F(AgentSouthboundTest, ResultsAndLinkEventsReachTheListenerInOrder) {
  southbound_.Start(&listener_, {});
  const auto id = Open("r1");
  southbound_.OnResult(id, {"r1", 1, "r9"}, 5, false, absl::FailedPreconditionError("no MPLS"));
  southbound_.OnLinkEvent(id, "eth0", false, MonotonicTime());
  southbound_.Closed(id);
  EXPECT_THAT(listener_.Take(),
              ElementsAre("up r1", "error r1/1/r9: no MPLS", "link r1 eth0 down", "down r1"));
}

TEST_F(AgentSouthboundTest, StopEndsSessionsAndSilencesTheListener) {
  southbound_.Start(&listener_, {});
  const auto id = Open("r1");
  southbound_.Stop();
  ASSERT_TRUE(session_->closed.has_value());
  EXPECT_EQ(session_->closed->code(), absl::StatusCode::kUnavailable);
  listener_.Take();
  southbound_.OnLinkEvent(id, "eth0", false, MonotonicTime());
  EXPECT_THAT(listener_.Take(), IsEmpty());
  EXPECT_EQ(Open("r1"), 0u);
  EXPECT_EQ(session_->closed->code(), absl::StatusCode::kUnavailable);
}

// A router that does as told, with sessions that come and go at random, must end up with what is
// wanted.
TEST_F(AgentSouthboundTest, RandomChangesAndSessionsConverge) {
  std::mt19937 random(support::Seed());
  const auto pick = [&](uint32_t n) {
    return std::uniform_int_distribution<uint32_t>(0, n - 1)(random);
  };
  southbound_.Start(&listener_, {});
  std::map<policy::PolicyKey, uint64_t> wanted;
  std::map<policy::PolicyKey, uint64_t> router;
  AgentSouthbound::SessionId id = 0;
  const auto take_one = [&] {
    const auto command = southbound_.Pop(id);
    if (!command) return false;
    if (const auto* install = std::get_if<InstallCommand>(&*command)) {
      router[install->config->key] = install->fingerprint;
      southbound_.OnResult(id, install->config->key, install->fingerprint, false, absl::OkStatus());
    } else if (const auto* remove = std::get_if<RemoveCommand>(&*command)) {
      router.erase(remove->key);
      southbound_.OnResult(id, remove->key, remove->fingerprint, true, absl::OkStatus());
    }
    return true;
  };
  for (int step = 0; step < 20'000; ++step) {
    const policy::PolicyKey key{"r1", 1 + pick(6), "r9"};
    switch (pick(5)) {
      case 0:
      case 1: {
        const auto config = MakeConfig("r1", key.color, absl::StrCat("fc00:", 1 + pick(3), "::"));
        wanted[key] = config.Fingerprint();
        southbound_.Install(config);
        break;
      }
      case 2:
        wanted.erase(key);
        southbound_.Remove(key);
        break;
      case 3:
        take_one();
        break;
      default:
        if (pick(20) == 0) {
          std::vector<plugin::InstalledPolicy> installed;
          for (const auto& [held, fingerprint] : router) installed.push_back({held, fingerprint});
          id = Open("r1", installed);
        }
    }
  }
  id = Open("r1", [&] {
    std::vector<plugin::InstalledPolicy> installed;
    for (const auto& [held, fingerprint] : router) installed.push_back({held, fingerprint});
    return installed;
  }());
  while (take_one()) {
  }
  EXPECT_EQ(router, wanted);
}

}  // namespace
}  // namespace srpce::southbound
