// How the engine answers the network: what is recomputed, in which order, and what is left alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/build_ted.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

policy::PathIntent LowDelay(int64_t bound_us) {
  policy::PathIntent bounds;
  bounds.max_delay = Microseconds(bound_us);
  return bounds;
}

TEST(ReactionTest, NewPolicyIsComputedInstalledAndAcknowledged) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  const policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_EQ(status.oper_state, OperState::kUp);
  EXPECT_EQ(status.push_state, policy::PushState::kInstalled);
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  EXPECT_EQ(lab.southbound->held(kPolicy)->endpoint_address, *IpAddress::Parse("10.0.0.3"));
  EXPECT_EQ(status.active->metrics.igp_cost, 20U);
  EXPECT_THAT(lab.observer.triggers(), ElementsAre("policy"));
}

TEST(ReactionTest, LinkDownMovesThePolicyAtOnceAndTellsHowLongItTook) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  lab.southbound->on_install = [&] { lab.clock.Advance(milliseconds(3)); };
  lab.Cut("a->c");
  lab.southbound->on_install = nullptr;
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  const policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_EQ(status.last_event_to_push, Duration(milliseconds(3)));
  EXPECT_THAT(status.last_change_reason, HasSubstr("link-down a->c"));
  EXPECT_THAT(lab.observer.triggers(), ElementsAre("policy", "link-down"));
}

TEST(ReactionTest, LinkDownRecomputesInOrderOfPriorityThenKey) {
  Lab lab(kDiamond);
  std::vector<policy::PolicyIntent> intents;
  for (const auto& [color, priority] : {std::pair{1, 200}, {2, 10}, {3, 128}, {4, 10}}) {
    intents.push_back(Dynamic("a", static_cast<uint32_t>(color), "d", ByDelay()));
    intents.back().priority = static_cast<uint8_t>(priority);
  }
  ASSERT_TRUE(lab.Apply(intents).ok());
  lab.southbound->TakeLog();
  lab.Cut("c->d");
  const std::string list = lab.Lists(kPolicy);
  EXPECT_THAT(
      lab.southbound->TakeLog(),
      ElementsAre(absl::StrCat("install a/2/d ", list), absl::StrCat("install a/4/d ", list),
                  absl::StrCat("install a/3/d ", list), absl::StrCat("install a/1/d ", list)));
}

// Of these no distances are kept with the links: any better link is looked into.
TEST(ReactionTest, BetterLinksCountForLossAndVariationAsWell) {
  for (const auto objective : {topology::MetricType::kLoss, topology::MetricType::kVariation}) {
    Lab lab(
        "a<->b igp 10 loss 0.01 var 100\nb<->d igp 10 loss 0.01 var 100\n"
        "a<->c igp 10 loss 0.02 var 200\nc<->d igp 10 loss 0.02 var 200\n");
    policy::PathIntent bounds;
    bounds.objective = objective;
    ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", bounds)}).ok());
    ASSERT_EQ(lab.Nodes(kPolicy), "a b d");
    lab.Edit("a->c", [](auto& attributes) {
      attributes.loss = 0;
      attributes.delay_variation = Microseconds(1);
    });
    lab.Edit("c->d", [](auto& attributes) {
      attributes.loss = 0;
      attributes.delay_variation = Microseconds(1);
    });
    lab.Publish();
    lab.Advance(seconds(12));
    EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << topology::MetricTypeName(objective);
  }
}

TEST(ReactionTest, OnlyPoliciesOnTheLinkAreRecomputed) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d"), Dynamic("a", 1, "c"), Dynamic("c", 1, "d")}).ok());
  const size_t before = lab.observer.computations();
  lab.Cut("b->d");
  EXPECT_EQ(lab.engine().counters().last_sweep_recomputed, 1U);
  EXPECT_EQ(lab.observer.computations() - before, 1U);
}

TEST(ReactionTest, ListThatTheIgpCarriesToTheBestRemainingPathIsNotPushedAgain) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Cut("a->b");
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  EXPECT_EQ(lab.Status(kPolicy).active->metrics.igp_cost, 40U);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty()) << "the node SID of d says it all";
}

TEST(ReactionTest, ListsThatKeepTheirPromiseAreNotRecomputed) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", LowDelay(3000))}).ok());
  const size_t before = lab.observer.computations();
  lab.SetDelay("a->b", 1500);
  EXPECT_EQ(lab.observer.computations(), before);
  EXPECT_EQ(lab.Status(kPolicy).active->margin.delay, Microseconds(500));
}

TEST(ReactionTest, DelayThatBreaksTheBoundMovesThePolicy) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", LowDelay(2000))}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  lab.SetDelay("b->d", 1001, /*one_way=*/true);
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  EXPECT_EQ(lab.observer.triggers().back(), "sla");
}

TEST(ReactionTest, BrokenBoundWithoutAlternativeKeepsTheForwardingPathAndSaysSo) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", LowDelay(2000))}).ok());
  lab.Edit("a->c", [](topology::LinkAttributes& link) { link.min_delay = Microseconds(9000); });
  lab.SetDelay("a->b", 5000);
  policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_EQ(status.oper_state, OperState::kUp);
  EXPECT_TRUE(status.sla_violated);
  EXPECT_EQ(status.active->margin.delay, Microseconds(-4000));
  EXPECT_FALSE(status.candidates[0].valid);
  EXPECT_EQ(lab.engine().counters().sla_violations.at("delay"), 1U);
  EXPECT_TRUE(lab.southbound->held(kPolicy).has_value());

  lab.SetDelay("a->b", 900);
  status = lab.Status(kPolicy);
  EXPECT_FALSE(status.sla_violated) << "the path is good again: no wait is needed to see that";
}

TEST(ReactionTest, PolicyWithoutAnyWayGoesDownIsWithdrawnAndComesBackAfterTheGoodNewsWait) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.Cut("a->b");
  lab.Cut("a->c");
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kDown);
  EXPECT_EQ(lab.Status(kPolicy).candidates[0].failure->reason, cspf::Reason::kUnreachable);
  EXPECT_FALSE(lab.southbound->held(kPolicy).has_value());
  lab.Advance(seconds(2));
  lab.southbound->TakeLog();

  lab.Mend("a->c");
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty()) << "good news waits";
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  EXPECT_EQ(lab.observer.triggers().back(), "link-up");
}

TEST(ReactionTest, NodeSidListSpoiledByAMetricChangeElsewhereIsReplaced) {
  // The list to e pins a-b-e with node SIDs; a new equal-cost way over c, not on the path, would
  // split the traffic.
  Lab lab(
      "a<->b igp 10 delay 1\n"
      "b<->e igp 10 delay 1\n"
      "a<->c igp 10 delay 900\n"
      "c<->e igp 50 delay 900\n");
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "e", LowDelay(10))}).ok());
  const policy::PolicyKey key{.headend = "a", .color = 1, .endpoint = "e"};
  const std::string before = lab.Lists(key);
  lab.SetIgp("c->e", 10);
  EXPECT_NE(lab.Lists(key), before);
  EXPECT_EQ(lab.Nodes(key), "a b e");
  EXPECT_FALSE(lab.Status(key).sla_violated);
  EXPECT_EQ(lab.southbound->held(key)->lists.size(), 1U);
}

TEST(ReactionTest, MetricFallTooFarAwayTouchesNobody) {
  Lab lab(
      "a<->b igp 10\n"
      "b<->e igp 10\n"
      "e<->f igp 10\n"
      "f<->g igp 1000\n");
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "e")}).ok());
  const policy::PolicyKey key{.headend = "a", .color = 1, .endpoint = "e"};
  const uint64_t generation = lab.Status(key).active->generation;
  lab.SetIgp("f->g", 500);
  EXPECT_EQ(lab.Status(key).active->generation, generation) << "it need not even be expanded";
}

TEST(ReactionTest, OverloadOfATransitNodeMovesThePolicy) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  topology::NodeAttributes overload;
  overload.overload = true;
  ASSERT_TRUE(lab.builder.SetNode(lab.source, "b", overload, {.patch = true}, {}).ok());
  lab.Publish();
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
}

TEST(ReactionTest, GoodNewsWaitsAndTakesOnlyWhatGainsEnoughAfterTheHoldTime) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");  // 1000 us.
  lab.Advance(seconds(60));

  lab.Edit("a->b", [](topology::LinkAttributes& link) { link.min_delay = Microseconds(480); });
  lab.Edit("b->d", [](topology::LinkAttributes& link) { link.min_delay = Microseconds(480); });
  lab.Publish();
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << "4 % better: less than the gain asked for";

  lab.SetDelay("a->b", 400);
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << "good news waits";
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");

  lab.SetDelay("a->c", 100);
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d") << "moved a second ago: the hold time is 10 s";
  lab.Advance(seconds(9));
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << "tried again by itself when the hold time is over";
}

TEST(ReactionTest, SteadyStreamOfGoodNewsDoesNotPutOffReoptimisation) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  lab.Advance(seconds(60));
  lab.SetDelay("a->b", 1);
  lab.SetDelay("b->d", 1);
  int waited_ms = 0;
  for (int i = 0; i < 40 && lab.Nodes(kPolicy) != "a b d"; ++i) {
    lab.clock.Advance(milliseconds(50));
    waited_ms += 50;
    lab.SetDelay("c->d", 499 - i);  // Always something better, somewhere.
  }
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  EXPECT_LE(waited_ms, 1000);
}

TEST(ReactionTest, SteadyStreamOfBadNewsIsActedOnWithinTheMaximumWait) {
  PolicyEngineOptions options;
  options.bad_news_quiet = milliseconds(5);
  options.bad_news_max_wait = milliseconds(20);
  Lab lab(kDiamond, options);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  lab.southbound->TakeLog();
  lab.Switch("a->c", false);
  lab.PublishNow();
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty()) << "quiet time is not over, round " << i;
    lab.clock.Advance(milliseconds(4));
    lab.Edit("b->d",
             [&](topology::LinkAttributes& link) { link.min_delay = Microseconds(1600 + i); });
    lab.PublishNow();
  }
  lab.Advance(milliseconds(4));  // 20 ms after the first event, 4 ms after the last.
  EXPECT_THAT(lab.southbound->TakeLog(), SizeIs(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
}

TEST(ReactionTest, ChangeThatArrivesDuringASweepIsNotLost) {
  Lab lab(kDiamond);
  std::vector<policy::PolicyIntent> intents;
  for (uint32_t color = 1; color <= 200; ++color) {
    intents.push_back(Dynamic("a", color, "d", ByDelay()));
  }
  ASSERT_TRUE(lab.Apply(intents).ok());
  // While the first of them is pushed over b, the way over b breaks and the one over c returns.
  bool done = false;
  lab.southbound->on_install = [&] {
    if (!std::exchange(done, true)) {
      lab.Switch("a->c", true);
      lab.Switch("a->b", false);
      lab.PublishNow();
    }
  };
  lab.Cut("a->c");
  for (uint32_t color = 1; color <= 200; ++color) {
    EXPECT_EQ(lab.Nodes({.headend = "a", .color = color, .endpoint = "d"}), "a c d") << color;
  }
  EXPECT_EQ(lab.engine().counters().generation, lab.ted->generation());
}

// Prefers the way over c, which alone is fast enough; any other way will do.
policy::PolicyIntent FastElseAny() {
  policy::PolicyIntent intent = Dynamic("a", 1, "d", LowDelay(1500));
  intent.candidate_paths[0].preference = 200;
  intent.candidate_paths.emplace_back();
  intent.candidate_paths[1].discriminator = 1;
  return intent;
}

TEST(ReactionTest, LowerPreferenceServesUntilTheHigherIsValidAgain) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({FastElseAny()}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  lab.Cut("c->d");
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  EXPECT_EQ(lab.Status(kPolicy).active->candidate, 1U);
  EXPECT_EQ(lab.southbound->held(kPolicy)->preference, 100U);
  lab.Mend("c->d");
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Status(kPolicy).active->candidate, 1U) << "moved a second ago, and keeps its bound";
  // A link that flaps does not put it off.
  lab.Cut("c->d");
  lab.Mend("c->d");
  lab.Advance(seconds(9));
  EXPECT_EQ(lab.Status(kPolicy).active->candidate, 0U) << "preference is no matter of gain";
}

TEST(ReactionTest, LinkThatFlapsUnderThePreferredCandidateMovesThePolicyOncePerHoldTime) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({FastElseAny()}).ok());
  lab.southbound->TakeLog();
  for (int second = 0; second < 60; second += 2) {
    lab.Cut("c->d");
    lab.Mend("c->d");
    lab.Advance(seconds(2));
  }
  EXPECT_LE(lab.southbound->TakeLog().size(), 2U * 60 / 10);
}

TEST(ReactionTest, ExplicitListsAreExpandedAndHeldToTheirPromise) {
  Lab lab(kDiamond);
  policy::PolicyIntent intent = Dynamic("a", 1, "d");
  intent.candidate_paths[0].definition =
      std::vector<policy::ExplicitSegmentList>{{.labels = {16004, 16003}, .sids = {}}};  // c, d.
  intent.candidate_paths[0].promise = LowDelay(1200);
  ASSERT_TRUE(lab.Apply({intent}).ok());
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d");
  lab.SetDelay("a->c", 701);
  policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_TRUE(status.sla_violated);
  EXPECT_THAT(status.candidates[0].error, HasSubstr("delay"));
  lab.Cut("a->c");
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d c d") << "the node SID of c leads there another way";
}

TEST(ReactionTest, ExplicitListOfUnknownLabelsSaysWhichOne) {
  Lab lab(kDiamond);
  policy::PolicyIntent intent = Dynamic("a", 1, "d");
  intent.candidate_paths[0].definition =
      std::vector<policy::ExplicitSegmentList>{{.labels = {16004, 17999}, .sids = {}}};
  ASSERT_TRUE(lab.Apply({intent}).ok());
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kDown);
  EXPECT_THAT(lab.Status(kPolicy).candidates[0].error, HasSubstr("17999"));
}

TEST(ReactionTest, UnknownHeadendWaitsAndUnknownEndpointIsDown) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("z", 1, "d"), Dynamic("a", 1, "z")}).ok());
  EXPECT_EQ(lab.Status({.headend = "z", .color = 1, .endpoint = "d"}).oper_state,
            OperState::kPending);
  const auto down = lab.Status({.headend = "a", .color = 1, .endpoint = "z"});
  EXPECT_EQ(down.oper_state, OperState::kDown);
  EXPECT_THAT(down.last_change_reason, HasSubstr("unknown node 'z'"));
}

TEST(ReactionTest, HeadendThatRefusesTakesThePolicyDown) {
  Lab lab(kDiamond);
  lab.southbound->answer = absl::FailedPreconditionError("label stack too deep");
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  const policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_EQ(status.oper_state, OperState::kDown);
  EXPECT_EQ(status.push_state, policy::PushState::kFailed);
  EXPECT_THAT(status.push_error, HasSubstr("too deep"));
  EXPECT_EQ(lab.observer.pushes("failed"), 1U);
}

TEST(ReactionTest, RemovalThatTheHeadendRefusesIsTriedAgain) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d"), Dynamic("a", 2, "d")}).ok());
  const policy::PolicyKey second{.headend = "a", .color = 2, .endpoint = "d"};
  lab.southbound->removal_answer = absl::InternalError("the kernel kept it");
  EXPECT_EQ(lab.Delete({kPolicy, second}), 2U);
  lab.southbound->removal_answer = absl::OkStatus();
  ASSERT_TRUE(lab.Apply({Dynamic("a", 2, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Advance(seconds(10));
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("remove a/1/d")) << "the other is back";
  lab.Advance(seconds(10));
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(ReactionTest, WithoutASessionThePolicyWaitsAndIsSentWhenItComes) {
  Lab lab(kDiamond);
  lab.southbound->has_session = false;
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  EXPECT_EQ(lab.Status(kPolicy).push_state, policy::PushState::kWaiting);
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kUp);
  lab.southbound->listener()->OnSession("a", true);
  lab.Settle();
  EXPECT_EQ(lab.Status(kPolicy).push_state, policy::PushState::kSent);
  EXPECT_TRUE(lab.engine().sessions().at("a"));
}

}  // namespace
}  // namespace srpce::pce
