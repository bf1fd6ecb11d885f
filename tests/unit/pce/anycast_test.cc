// Policies to an anycast address, and over ECMP: who is taken, and what happens when the network
// changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using testing::ElementsAre;
using testing::HasSubstr;

// Two replicas of a service, x the nearer one.
const char kReplicas[] =
    "a<->b igp 10 delay 100\nb<->x igp 10 delay 100\nb<->y igp 20 delay 50\n"
    "node x anycast 77\nnode y anycast 77\n";
const char kService[] = "10.1.0.77";
const policy::PolicyKey kToService{.headend = "a", .color = 1, .endpoint = kService};

TEST(AnycastTest, TheNearestReplicaIsTakenAndSteersTheAddress) {
  Lab lab(kReplicas);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, kService)}).ok());
  EXPECT_EQ(lab.Nodes(kToService), "a b x");
  const auto held = lab.southbound->held(kToService);
  EXPECT_EQ(held->endpoint_address, *IpAddress::Parse(kService));
  EXPECT_THAT(held->steered_prefixes, ElementsAre(*IpPrefix::Parse("10.1.0.77/32")));
}

TEST(AnycastTest, ACutMovesItToTheOtherReplicaAndBack) {
  Lab lab(kReplicas);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, kService)}).ok());
  lab.Cut("b->x");
  EXPECT_EQ(lab.Nodes(kToService), "a b y");
  lab.Mend("b->x");
  lab.Advance(std::chrono::minutes(5));
  EXPECT_EQ(lab.Nodes(kToService), "a b x");
}

TEST(AnycastTest, AReplicaThatIsWithdrawnIsLeft) {
  Lab lab(kReplicas);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, kService)}).ok());
  ASSERT_TRUE(lab.builder.RemovePrefix(lab.source, "x", *IpPrefix::Parse("10.1.0.77/32"), {}).ok());
  lab.Publish();
  EXPECT_EQ(lab.Nodes(kToService), "a b y");
  EXPECT_EQ(lab.Status(kToService).oper_state, OperState::kUp);
  EXPECT_THAT(lab.southbound->held(kToService)->steered_prefixes,
              ElementsAre(*IpPrefix::Parse("10.1.0.77/32")))
      << "also with one announcer left";
}

TEST(AnycastTest, TheBoundsDecideWhoServes) {
  Lab lab(kReplicas);
  policy::PathIntent fast;
  fast.max_delay = Microseconds(150);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, kService, fast)}).ok());
  EXPECT_EQ(lab.Nodes(kToService), "a b y");
  fast.max_delay = Microseconds(10);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 2, kService, fast)}).ok());
  const policy::PolicyStatus none = lab.Status({"a", 2, kService});
  EXPECT_EQ(none.oper_state, OperState::kDown);
  EXPECT_THAT(none.candidates[0].failure->message, HasSubstr("none of 2 endpoints"));
}

TEST(AnycastTest, ListsOfOneCandidateEndAtOneReplica) {
  Lab lab(kReplicas);
  policy::PolicyIntent intent = Dynamic("a", 1, kService);
  intent.candidate_paths[0].definition = std::vector<policy::ExplicitSegmentList>{
      {.data_plane = cspf::DataPlane::kSrMpls, .labels = {16003}},
      {.data_plane = cspf::DataPlane::kSrMpls, .labels = {16004}}};
  ASSERT_TRUE(lab.Apply({intent}).ok());
  EXPECT_EQ(lab.Lists(kToService), "16003");
}

// a to d twice takes both ways around the cheapest link b-c; the service is reached besides.
TEST(AnycastTest, AMemberToSeveralRoutersDoesNotKeepTheOthersFromAJointSearch) {
  Lab lab(
      "a<->b igp 10\nb<->c igp 10\nc<->d igp 10\na<->c igp 30\nb<->d igp 30\n"
      "a<->x igp 10\nx<->y igp 10\nnode x anycast 77\nnode y anycast 77\n");
  ASSERT_TRUE(lab.Apply({Member("a", 1, "d", cspf::Disjointness::kLink),
                         Member("a", 2, "d", cspf::Disjointness::kLink),
                         Member("a", 3, kService, cspf::Disjointness::kLink)})
                  .ok());
  const std::set<std::string> pair = {lab.Nodes({"a", 1, "d"}), lab.Nodes({"a", 2, "d"})};
  EXPECT_EQ(pair, (std::set<std::string>{"a b d", "a c d"}));
  EXPECT_EQ(lab.Nodes({"a", 3, kService}), "a x");
}

// Two ways of one cost; the one over c is slower.
const char kEqual[] =
    "a<->b igp 10 delay 10\nb<->d igp 10 delay 10\na<->c igp 10 delay 10\nc<->d igp 10 delay 30\n"
    "a<->e igp 50 delay 10\ne<->d igp 50 delay 10\n";

TEST(EcmpPolicyTest, OneSidOverBothWaysAndTheWorstOfThemCounts) {
  Lab lab(kEqual);
  policy::PathIntent spread;
  spread.allow_ecmp = true;
  spread.max_delay = Microseconds(50);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", spread)}).ok());
  EXPECT_EQ(lab.Lists(kPolicy), "16003");
  const policy::PolicyStatus status = lab.Status(kPolicy);
  EXPECT_EQ(status.active->metrics.delay, Microseconds(40));
  EXPECT_EQ(status.active->margin.delay, Microseconds(10));
  EXPECT_EQ(status.active->links.size(), 4U);
}

TEST(EcmpPolicyTest, ABranchThatGetsTooSlowIsLeft) {
  Lab lab(kEqual);
  policy::PathIntent spread;
  spread.allow_ecmp = true;
  spread.max_delay = Microseconds(50);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", spread)}).ok());
  lab.SetDelay("c->d", 500);
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  EXPECT_EQ(lab.Status(kPolicy).active->metrics.delay, Microseconds(20));
}

}  // namespace
}  // namespace srpce::pce
