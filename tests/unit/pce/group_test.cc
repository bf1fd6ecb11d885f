// Disjoint groups in the engine: jointly computed, moved as little as possible, never pushed onto a
// shared fibre.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using cspf::Disjointness;
using policy::OperState;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

const policy::PolicyKey kFirst{.headend = "a", .color = 1, .endpoint = "z"};
const policy::PolicyKey kSecond{.headend = "a", .color = 2, .endpoint = "z"};

// The trap: the shortest path a-b-c-z blocks the only disjoint pair a-b-z / a-c-z.
constexpr char kTrap[] =
    "a<->b igp 10\n"
    "b<->c igp 1\n"
    "c<->z igp 10\n"
    "b<->z igp 50\n"
    "a<->c igp 50\n";

// Three ways of growing cost.
constexpr char kThreeWays[] =
    "a<->b igp 10\n"
    "b<->z igp 10\n"
    "a<->c igp 20\n"
    "c<->z igp 20\n"
    "a<->d igp 30\n"
    "d<->z igp 30\n";

std::vector<policy::PolicyIntent> Pair(Disjointness disjointness) {
  return {Member("a", 1, "z", disjointness), Member("a", 2, "z", disjointness)};
}

TEST(GroupTest, TrapIsSolvedJointly) {
  Lab lab(kTrap);
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kLink)).ok());
  const std::set<std::string> paths{lab.Nodes(kFirst), lab.Nodes(kSecond)};
  EXPECT_EQ(paths, (std::set<std::string>{"a b z", "a c z"}));
  EXPECT_EQ(lab.engine().counters().disjoint_groups.at("satisfied"), 1U);
}

TEST(GroupTest, OnlyTheMemberInTroubleMoves) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kNode)).ok());
  const bool first_on_b = lab.Nodes(kFirst) == "a b z";
  lab.southbound->TakeLog();
  lab.Cut("b->z");
  EXPECT_EQ(lab.Nodes(first_on_b ? kFirst : kSecond), "a d z");
  EXPECT_EQ(lab.Nodes(first_on_b ? kSecond : kFirst), "a c z");
  EXPECT_EQ(lab.southbound->TakeLog().size(), 1U);
}

TEST(GroupTest, TheMemberThatMovesKeepsOffTheLanOfTheOther) {
  Lab lab(
      "a<->lan igp 3\n"
      "b<->lan igp 3\n"
      "c<->lan igp 3\n"
      "d<->lan igp 3\n"
      "c<->e igp 1\n"
      "e<->d igp 1\n"
      "c<->f igp 9\n"
      "f<->d igp 9\n"
      "node lan pseudonode\n");
  const policy::PolicyKey other{.headend = "c", .color = 2, .endpoint = "d"};
  ASSERT_TRUE(lab.Apply({Member("a", 1, "b", Disjointness::kLink),
                         Member("c", 2, "d", Disjointness::kLink)})
                  .ok());
  EXPECT_EQ(lab.Nodes(other), "c e d");
  lab.Cut("e->d");
  EXPECT_EQ(lab.Nodes(other), "c f d");
}

TEST(GroupTest, OneThatCannotBeDisjointGoesDownAndTheOtherStays) {
  // Parallel links are pinned by adjacency SIDs: when one goes, its list leads nowhere.
  Lab lab(
      "a<->z#1 igp 10\n"
      "a<->z#2 igp 10\n");
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kLink)).ok());
  const bool first_on_1 = lab.Status(kFirst).active->links[0].local_interface == "1";
  const policy::PolicyKey cut = first_on_1 ? kFirst : kSecond;
  const policy::PolicyKey other = first_on_1 ? kSecond : kFirst;
  const std::string list = lab.Lists(other);
  lab.Cut("a->z#1");
  EXPECT_EQ(lab.Status(cut).oper_state, OperState::kDown);
  ASSERT_TRUE(lab.Status(cut).candidates[0].failure.has_value());
  EXPECT_EQ(lab.Status(cut).candidates[0].failure->reason, cspf::Reason::kNotDisjoint);
  EXPECT_EQ(lab.Lists(other), list);
  EXPECT_EQ(lab.engine().counters().disjoint_groups.at("unsatisfied"), 1U);

  lab.Mend("a->z#1");
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Status(cut).active->links[0].local_interface, "1");
  EXPECT_EQ(lab.Lists(other), list);
}

TEST(GroupTest, IgpThatCarriesAListOntoTheOtherMembersFibreIsFlagged) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kLink)).ok());
  lab.Cut("d->z");
  const bool first_on_b = lab.Nodes(kFirst) == "a b z";
  lab.southbound->TakeLog();
  lab.Cut("b->z");
  EXPECT_TRUE(lab.Status(first_on_b ? kFirst : kSecond).sla_violated);
  EXPECT_FALSE(lab.Status(first_on_b ? kSecond : kFirst).sla_violated);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Mend("d->z");
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(first_on_b ? kFirst : kSecond), "a d z");
  EXPECT_EQ(lab.engine().counters().disjoint_groups.at("satisfied"), 1U);
}

TEST(GroupTest, RiskThatComesToBeSharedIsFlaggedAndTrafficStays) {
  Lab lab(
      "a<->b igp 10 srlg 1\n"
      "b<->z igp 10\n"
      "a<->c igp 20 srlg 2\n"
      "c<->z igp 20\n");
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kSrlg)).ok());
  lab.southbound->TakeLog();
  lab.Edit("a->c", [](topology::LinkAttributes& link) { link.srlgs = {1}; });
  lab.Publish();
  EXPECT_TRUE(lab.Status(kSecond).sla_violated || lab.Status(kFirst).sla_violated);
  EXPECT_EQ(lab.engine().counters().sla_violations.at("disjoint"), 1U);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Edit("a->c", [](topology::LinkAttributes& link) { link.srlgs = {2}; });
  lab.Publish();
  EXPECT_EQ(lab.engine().counters().sla_violations.count("disjoint"), 0U);
}

TEST(GroupTest, LowerCandidateIsHeldToTheGroupToo) {
  Lab lab(kThreeWays);
  std::vector<policy::PolicyIntent> pair = Pair(Disjointness::kLink);
  std::get<policy::PathIntent>(pair[1].candidate_paths[0].definition).max_igp_cost = 40;
  pair[1].candidate_paths.emplace_back();
  pair[1].candidate_paths[1].preference = 50;
  pair[1].candidate_paths[1].discriminator = 1;
  ASSERT_TRUE(lab.Apply(pair).ok());
  lab.Cut("c->z");
  // Within 40 only a-b-z is left: the joint plan gives it to the second, who has no other way
  // within the bound.
  EXPECT_EQ(lab.engine().counters().disjoint_groups.at("satisfied"), 1U);
  const std::set<std::string> paths{lab.Nodes(kFirst), lab.Nodes(kSecond)};
  EXPECT_EQ(paths, (std::set<std::string>{"a b z", "a d z"}));
  lab.Cut("b->z");
  // Nothing is left within the second's bound, and one way only for both.
  EXPECT_EQ(lab.engine().counters().disjoint_groups.at("unsatisfied"), 1U);
}

TEST(GroupTest, ExplicitMemberIsFixedAndTheOtherKeepsAway) {
  Lab lab(kThreeWays);
  std::vector<policy::PolicyIntent> pair = Pair(Disjointness::kNode);
  // Nodes in order of their names in the map: a 1, b 2, z 3, c 4, d 5.
  pair[1].candidate_paths[0].definition =
      std::vector<policy::ExplicitSegmentList>{{.labels = {16002, 16003}, .sids = {}}};
  ASSERT_TRUE(lab.Apply(pair).ok());
  EXPECT_EQ(lab.Nodes(kSecond), "a b z");
  EXPECT_EQ(lab.Nodes(kFirst), "a c z");
}

TEST(GroupTest, NewMemberOfAGroupDoesNotMoveTheOthers) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kLink)).ok());
  lab.southbound->TakeLog();
  ASSERT_TRUE(lab.Apply({Member("a", 3, "z", Disjointness::kLink)}).ok());
  EXPECT_EQ(lab.Nodes({.headend = "a", .color = 3, .endpoint = "z"}), "a d z");
  EXPECT_EQ(lab.southbound->TakeLog().size(), 1U);
}

TEST(GroupTest, ChangedIntentOfAMemberIsComputedAnew) {
  Lab lab(
      "a<->b igp 10 delay 900\n"
      "b<->z igp 10 delay 900\n"
      "a<->c igp 20 delay 800\n"
      "c<->z igp 20 delay 800\n"
      "a<->d igp 30 delay 100\n"
      "d<->z igp 30 delay 100\n");
  ASSERT_TRUE(lab.Apply(Pair(Disjointness::kLink)).ok());
  const std::string other = lab.Lists(kFirst);
  ASSERT_TRUE(lab.Apply({Member("a", 2, "z", Disjointness::kLink, ByDelay())}).ok());
  EXPECT_EQ(lab.Nodes(kSecond), "a d z");
  EXPECT_EQ(lab.Lists(kFirst), other);
}

TEST(GroupTest, DifferentHeadendsAreKeptApart) {
  Lab lab(
      "a<->x igp 10\n"
      "b<->x igp 10\n"
      "x<->z igp 10\n"
      "b<->y igp 50\n"
      "y<->z igp 50\n");
  ASSERT_TRUE(lab.Apply({Member("a", 1, "z", Disjointness::kNode),
                         Member("b", 1, "z", Disjointness::kNode)})
                  .ok());
  EXPECT_EQ(lab.Nodes(kFirst), "a x z");
  EXPECT_EQ(lab.Nodes({.headend = "b", .color = 1, .endpoint = "z"}), "b y z");
}

}  // namespace
}  // namespace srpce::pce
