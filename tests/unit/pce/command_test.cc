// What users, restarts and a failing store do to policies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Collects what a watcher is told.
struct Watched {
  std::vector<std::string> events;  // "7 a/1/d up", "8 a/1/d removed".
  uint64_t last = 0;
  int resets = 0;
  int synced = 0;

  PolicyEngine::Watcher Watcher() {
    return [this](const PolicyEngine::WatchCall& call) {
      resets += call.reset ? 1 : 0;
      synced += call.synced ? 1 : 0;
      for (const auto& event : call.events) {
        last = event->revision;
        events.push_back(ToString(event->status.intent.key) + " " +
                         (event->removed ? "removed" : OperStateName(event->status.oper_state)));
      }
      return true;
    };
  }
};

TEST(CommandTest, EqualIntentChangesNothing) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  const uint64_t revision = lab.engine().revision();
  const size_t commits = lab.store.commits();
  const size_t computations = lab.observer.computations();
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(lab.engine().revision(), revision);
  EXPECT_EQ(lab.store.commits(), commits);
  EXPECT_EQ(lab.observer.computations(), computations);
}

TEST(CommandTest, PagesGoOnAfterAKeyAndKeepToTheirHeadend) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d"), Dynamic("a", 2, "d"), Dynamic("b", 1, "d"),
                         Dynamic("b", 2, "d"), Dynamic("c", 1, "d")})
                  .ok());
  const auto page = [&lab](const std::optional<policy::PolicyKey>& after,
                           const std::string& headend, size_t limit) {
    std::vector<std::string> keys;
    for (const auto& policy : lab.engine().Page(after, headend, limit)) {
      keys.push_back(ToString(policy->status.intent.key));
    }
    return keys;
  };
  const policy::PolicyKey a2{.headend = "a", .color = 2, .endpoint = "d"};
  const policy::PolicyKey gone{.headend = "b", .color = 1, .endpoint = "c"};
  EXPECT_THAT(page(std::nullopt, "", 3), ElementsAre("a/1/d", "a/2/d", "b/1/d"));
  EXPECT_THAT(page(a2, "", 10), ElementsAre("b/1/d", "b/2/d", "c/1/d"));
  EXPECT_THAT(page(gone, "", 1), ElementsAre("b/1/d"));
  EXPECT_THAT(page(std::nullopt, "b", 10), ElementsAre("b/1/d", "b/2/d"));
  EXPECT_THAT(page(a2, "b", 1), ElementsAre("b/1/d"));
  EXPECT_THAT(page(policy::PolicyKey{.headend = "b", .color = 2, .endpoint = "d"}, "b", 10),
              IsEmpty());
  EXPECT_THAT(page(gone, "a", 10), IsEmpty());
}

TEST(CommandTest, OneBadPolicyRefusesTheWholeBatchAndEveryDefectIsNamed) {
  Lab lab(kDiamond);
  policy::PolicyIntent bad = Dynamic("a", 0, "d");
  std::get<policy::PathIntent>(bad.candidate_paths[0].definition).max_loss = 2;
  const absl::Status status =
      lab.Apply({Dynamic("a", 1, "d"), bad, Dynamic("a", 2, "d"), Dynamic("a", 2, "d")});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(HasSubstr("color"), HasSubstr("max_loss"), HasSubstr("twice")));
  EXPECT_THAT(lab.engine().List(), IsEmpty());
  EXPECT_THAT(lab.store.policies(), IsEmpty());
}

TEST(CommandTest, BindingSidBelongsToOnePolicyOfAHeadend) {
  Lab lab(kDiamond);
  policy::PolicyIntent first = Dynamic("a", 1, "d");
  policy::PolicyIntent second = Dynamic("a", 2, "d");
  first.binding_label = second.binding_label = 1000;
  ASSERT_TRUE(lab.Apply({first}).ok());
  EXPECT_THAT(std::string(lab.Apply({second}).message()), HasSubstr("policy a/1/d has the same"));
  // On another headend the label is free; and a batch may move it.
  policy::PolicyIntent elsewhere = Dynamic("b", 1, "d");
  elsewhere.binding_label = 1000;
  EXPECT_TRUE(lab.Apply({elsewhere}).ok());
  first.binding_label.reset();
  EXPECT_TRUE(lab.Apply({first, second}).ok());
  EXPECT_EQ(lab.southbound->held(second.key)->binding_label, 1000U);
}

TEST(CommandTest, HeadendIsANodeIdAndNoOtherName) {
  Lab lab(kDiamond);
  EXPECT_THAT(std::string(lab.Apply({Dynamic("10.0.0.1", 1, "d")}).message()),
              HasSubstr("headend: got '10.0.0.1', another name of node 'a'; want its id"));
  EXPECT_TRUE(lab.Apply({Dynamic("not there yet", 1, "d")}).ok());
}

TEST(CommandTest, EndpointMayBeAnAddress) {
  Lab lab(kDiamond);
  const policy::PolicyKey key{.headend = "a", .color = 1, .endpoint = "10.0.0.3"};
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "10.0.0.3")}).ok());
  EXPECT_EQ(lab.Status(key).oper_state, OperState::kUp);
  lab.Restart();
  EXPECT_EQ(lab.Status(key).oper_state, OperState::kUp);
}

TEST(CommandTest, HeadendThatTurnsOutToBeAnotherNameIsNotWithdrawn) {
  Lab lab(kDiamond, {}, /*start=*/false);
  lab.Restart(/*learn=*/false);
  ASSERT_TRUE(lab.Apply({Dynamic("10.0.0.1", 1, "d")}).ok());
  lab.Publish();
  policy::PolicyIntent changed = Dynamic("10.0.0.1", 1, "d");
  changed.priority = 7;
  EXPECT_TRUE(lab.Apply({changed}).ok());
}

TEST(CommandTest, BindingSidIsNoneOfTheHeadendsOwn) {
  Lab lab(kDiamond);
  policy::PolicyIntent intent = Dynamic("a", 1, "d");
  intent.binding_label = 16000;
  EXPECT_THAT(std::string(lab.Apply({intent}).message()),
              HasSubstr("binding_label: got 16000, which is in the headend's SRGB 16000 to 23999"));
  const topology::Link& link =
      lab.ted->link(topology::LinkIndex(lab.ted->graph().out(0).front().id));
  ASSERT_EQ(lab.ted->node(link.local).id, "a");
  intent.binding_label = link.attributes.adjacency_sids.at(0).label;
  EXPECT_THAT(std::string(lab.Apply({intent}).message()),
              HasSubstr("which the headend announces for link a->b"));
  intent.binding_label.reset();
  intent.binding_sid = lab.ted->node(link.remote).attributes.srv6_sids.at(0).sid;
  EXPECT_THAT(std::string(lab.Apply({intent}).message()), HasSubstr("a SID of node b"));
  // Of the headend's own it may be one: routers announce those of their policies.
  intent.binding_sid = lab.ted->node(link.local).attributes.srv6_sids.at(0).sid;
  EXPECT_TRUE(lab.Apply({intent}).ok());
}

TEST(CommandTest, BindingSidOfAPolicyDoesNotStandInTheWayOfChangesToIt) {
  Lab lab(kDiamond, {}, /*start=*/false);
  lab.Restart(/*learn=*/false);
  policy::PolicyIntent intent = Dynamic("a", 1, "d");
  intent.binding_label = 16000;  // In the SRGB that is not known yet.
  ASSERT_TRUE(lab.Apply({intent}).ok());
  lab.Publish();
  intent.priority = 7;
  EXPECT_TRUE(lab.Apply({intent}).ok());
  intent.binding_label = 16001;
  EXPECT_THAT(std::string(lab.Apply({intent}).message()), HasSubstr("SRGB"));
}

TEST(CommandTest, MembersOfAGroupMustAgreeAlsoWithThoseThatAreThere) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Member("a", 1, "d", cspf::Disjointness::kLink)}).ok());
  EXPECT_THAT(std::string(lab.Apply({Member("a", 2, "d", cspf::Disjointness::kNode)}).message()),
              HasSubstr("group g"));
  EXPECT_TRUE(lab.Apply({Member("a", 1, "d", cspf::Disjointness::kNode),
                         Member("a", 2, "d", cspf::Disjointness::kNode)})
                  .ok());
}

TEST(CommandTest, ValidateOnlyChangesNothing) {
  Lab lab(kDiamond);
  EXPECT_TRUE(lab.Apply({Dynamic("a", 1, "d")}, /*validate_only=*/true).ok());
  EXPECT_FALSE(lab.Apply({Dynamic("a", 0, "d")}, /*validate_only=*/true).ok());
  EXPECT_THAT(lab.engine().List(), IsEmpty());
}

TEST(CommandTest, DeleteWithdrawsAndIsIdempotent) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  EXPECT_EQ(lab.Delete({kPolicy, {.headend = "x", .color = 1, .endpoint = "y"}}), 1U);
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("remove a/1/d"));
  EXPECT_EQ(lab.Delete({kPolicy}), 0U);
  EXPECT_THAT(lab.store.policies(), IsEmpty());
  EXPECT_FALSE(lab.engine().Get(kPolicy).has_value());
}

TEST(CommandTest, ChangedIntentIsComputedAnewAndPushedIfItDiffers) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  policy::PathIntent bounds;
  bounds.max_delay = Microseconds(1000);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", bounds)}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
}

TEST(CommandTest, IntentChangedBeforeTheTopologyIsKnownIsComputedWhenItIs) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  lab.Restart(/*learn=*/false);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  lab.Publish(/*syncing=*/true);
  lab.Publish();
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << "the path in use keeps every bound, but was not asked";
}

TEST(CommandTest, FullDiskRefusesNewPoliciesAndTheEngineGoesOn) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.store.Fail(absl::ResourceExhaustedError("disk full"));
  EXPECT_EQ(lab.Apply({Dynamic("a", 2, "d")}).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(lab.engine().List().size(), 1U);
  EXPECT_EQ(lab.Delete({kPolicy}), 0U);
  lab.Cut("a->b");
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  EXPECT_FALSE(lab.engine().counters().store_healthy);
  EXPECT_THAT(lab.engine().counters().store_error, HasSubstr("disk full"));

  lab.store.Fail(absl::OkStatus());
  lab.Settle();  // Wakes the retry.
  EXPECT_TRUE(lab.engine().counters().store_healthy);
  EXPECT_EQ(lab.store.policies().at(kPolicy).installed->Fingerprint(),
            lab.southbound->held(kPolicy)->Fingerprint())
      << "what was installed meanwhile is stored late, not lost";
}

TEST(CommandTest, AnyOtherStoreErrorIsUnavailable) {
  Lab lab(kDiamond);
  lab.store.Fail(absl::InternalError("odd"));
  EXPECT_EQ(lab.Apply({Dynamic("a", 2, "d")}).code(), absl::StatusCode::kUnavailable);
}

TEST(CommandTest, RestartLosesNothingWithdrawsNothingAndPushesNothing) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d"), Dynamic("a", 2, "d")}).ok());
  const uint64_t revision = lab.engine().revision();
  const std::string lists = lab.Lists(kPolicy);
  lab.southbound->TakeLog();

  lab.Restart(/*learn=*/false);
  EXPECT_EQ(lab.engine().List().size(), 2U);
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
  EXPECT_TRUE(lab.southbound->held(kPolicy).has_value());
  EXPECT_GT(lab.engine().revision(), revision) << "no revision is given out twice";

  lab.Publish();
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kUp);
  EXPECT_EQ(lab.Lists(kPolicy), lists);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  // A list that came from the store is watched over like any other.
  lab.Cut("b->d");
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
}

TEST(CommandTest, WhatTheStoreHadNotTakenYetIsNeitherWithdrawnNorForgotten) {
  Lab lab(kDiamond);
  // The disk is full between the intent and what became of it.
  lab.southbound->on_install = [&] { lab.store.Fail(absl::ResourceExhaustedError("disk full")); };
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d"), Dynamic("a", 2, "d")}).ok());
  lab.southbound->on_install = nullptr;
  lab.StopEngine();
  lab.store.Fail(absl::OkStatus());
  ASSERT_FALSE(lab.store.policies().at(kPolicy).installed.has_value());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  EXPECT_EQ(lab.Delete({{.headend = "a", .color = 2, .endpoint = "d"}}), 1U);
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("remove a/2/d")) << "it may have it";
  lab.Publish();
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kUp);
}

TEST(CommandTest, HeadendThatHoldsSomethingNewerThanTheStoreIsCorrectedWhenItIsPlanned) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  const std::string stored = lab.Lists(kPolicy);
  lab.store.Fail(absl::ResourceExhaustedError("disk full"));
  lab.Cut("a->c");
  ASSERT_NE(lab.Lists(kPolicy), stored);
  lab.Mend("a->c");
  lab.StopEngine();
  lab.store.Fail(absl::OkStatus());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Publish();
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("install a/1/d " + stored));
}

TEST(CommandTest, RestartKeepsAPathThatHysteresisKept) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  lab.Edit("a->b", [](topology::LinkAttributes& link) { link.min_delay = Microseconds(495); });
  lab.Edit("b->d", [](topology::LinkAttributes& link) { link.min_delay = Microseconds(495); });
  lab.Publish();
  lab.southbound->TakeLog();
  lab.Restart();
  lab.Advance(seconds(2));
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
}

TEST(CommandTest, HalfASyncAfterARestartMovesNothing) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  lab.Switch("b->d", false);
  lab.Switch("c->d", false);
  lab.Publish(/*syncing=*/true);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
  // A source that never ends its sync is waited for no longer than restart_hold_time.
  lab.Advance(seconds(61));
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("remove a/1/d"));
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kDown);
}

TEST(CommandTest, HeadendMissingFromTheTopologyKeepsWhatItHas) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.LoseTopology();
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(CommandTest, WatcherSeesThePresentStateThenEveryChange) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  Watched watched;
  const uint64_t id = lab.engine().Watch(0, watched.Watcher());
  lab.Settle();
  EXPECT_EQ(watched.resets, 1);
  EXPECT_EQ(watched.synced, 1);
  EXPECT_THAT(watched.events, ElementsAre("a/1/d up"));
  lab.Delete({kPolicy});
  EXPECT_EQ(watched.events.back(), "a/1/d removed");
  lab.engine().Unwatch(id);
  const size_t seen = watched.events.size();
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(watched.events.size(), seen);
}

TEST(CommandTest, WatcherResumesWithWhatItMissedAndIsResetBeyondHistory) {
  PolicyEngineOptions options;
  options.watch_history = 3;
  Lab lab(kDiamond, options);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  const uint64_t revision = lab.engine().revision();
  lab.Delete({kPolicy});
  Watched resumed;
  lab.engine().Watch(revision, resumed.Watcher());
  lab.Settle();
  EXPECT_EQ(resumed.resets, 0);
  EXPECT_THAT(resumed.events, ElementsAre("a/1/d removed"));

  for (uint32_t color = 2; color < 6; ++color) {
    ASSERT_TRUE(lab.Apply({Dynamic("a", color, "d")}).ok());
  }
  Watched late;
  lab.engine().Watch(revision, late.Watcher());
  Watched from_the_future;
  lab.engine().Watch(lab.engine().revision() + 5, from_the_future.Watcher());
  lab.Settle();
  EXPECT_EQ(late.resets, 1);
  EXPECT_EQ(late.events.size(), 4U);
  EXPECT_EQ(from_the_future.resets, 1);
  EXPECT_EQ(late.last, lab.engine().revision());
}

TEST(CommandTest, RevisionFromBeforeARestartIsReset) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  const uint64_t revision = lab.engine().revision();
  lab.Restart();
  Watched watched;
  lab.engine().Watch(revision, watched.Watcher());
  lab.Settle();
  EXPECT_EQ(watched.resets, 1);
}

TEST(CommandTest, WatcherMayEndItselfFromInsideItsCall) {
  Lab lab(kDiamond);
  int calls = 0;
  uint64_t id = 0;
  std::promise<void> known;
  id = lab.engine().Watch(0, [&](const PolicyEngine::WatchCall&) {
    known.get_future().wait();
    ++calls;
    lab.engine().Unwatch(id);
    return true;
  });
  known.set_value();
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(calls, 1);
}

TEST(CommandTest, StopAnswersWhatWaits) {
  Lab lab(kDiamond);
  lab.engine().Stop();
  std::promise<absl::Status> answer;
  lab.engine().Apply({Dynamic("a", 1, "d")}, false,
                     [&](const absl::Status& status, uint64_t) { answer.set_value(status); });
  EXPECT_TRUE(absl::IsCancelled(answer.get_future().get()));
}

}  // namespace
}  // namespace srpce::pce
