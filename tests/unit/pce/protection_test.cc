// Backups in the engine: disjoint from the path in use, ready before it fails, put to use without a
// search, proved again at every change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using cspf::Disjointness;
using policy::OperState;
using policy::ProtectionState;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const policy::PolicyKey kKey{.headend = "a", .color = 1, .endpoint = "z"};

// Three ways of growing cost.
constexpr char kThreeWays[] =
    "a<->b igp 10 delay 100\n"
    "b<->z igp 10 delay 100\n"
    "a<->c igp 20 delay 200\n"
    "c<->z igp 20 delay 200\n"
    "a<->d igp 30 delay 300\n"
    "d<->z igp 30 delay 300\n";

// The shortest path a-b-c-z blocks the only disjoint pair a-b-z / a-c-z.
constexpr char kTrap[] =
    "a<->b igp 10\n"
    "b<->c igp 1\n"
    "c<->z igp 10\n"
    "b<->z igp 50\n"
    "a<->c igp 50\n";

policy::PolicyIntent Protected(policy::Protection protection = {}, policy::PathIntent bounds = {}) {
  policy::PolicyIntent intent = Dynamic("a", 1, "z", std::move(bounds));
  intent.protection = std::move(protection);
  return intent;
}

policy::Protection At(Disjointness level, std::vector<Disjointness> fallbacks = {}) {
  policy::Protection protection;
  protection.disjointness = level;
  protection.fallbacks = std::move(fallbacks);
  return protection;
}

policy::PathIntent Within(int64_t delay) {
  policy::PathIntent bounds;
  bounds.max_delay = Microseconds(delay);
  return bounds;
}

policy::ProtectionStatus ProtectionOf(Lab& lab) {
  const auto status = lab.Status(kKey).protection;
  EXPECT_TRUE(status.has_value());
  return status.value_or(policy::ProtectionStatus());
}

// Node ids of the backup, "-" if there is none.
std::string BackupNodes(Lab& lab) {
  const auto backup = ProtectionOf(lab).backup;
  return backup ? absl::StrJoin(backup->nodes, " ") : "-";
}

// How often the path engine had been asked when each configuration was handed over.
std::vector<size_t>& CountSearchesAtPushes(Lab& lab, std::vector<size_t>& counts) {
  counts.clear();
  lab.southbound->on_install = [&lab, &counts, before = lab.observer.computations()] {
    counts.push_back(lab.observer.computations() - before);
  };
  return counts;
}

void SetSrlgs(Lab& lab, const std::string& link, std::vector<uint32_t> srlgs) {
  lab.Edit(link, [&](topology::LinkAttributes& attributes) { attributes.srlgs = srlgs; });
}

TEST(ProtectionTest, TheBackupIsTheBestPathBesideTheBestPath) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kNode))}).ok());
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
  EXPECT_EQ(BackupNodes(lab), "a c z");
  const policy::ProtectionStatus protection = ProtectionOf(lab);
  EXPECT_EQ(protection.state, ProtectionState::kProtected);
  EXPECT_EQ(protection.achieved, Disjointness::kNode);
  EXPECT_FALSE(protection.joint);
  EXPECT_THAT(protection.failed, IsEmpty());
  EXPECT_TRUE(protection.shared.empty());
  EXPECT_EQ(protection.backup->cost, 40U);
  EXPECT_EQ(lab.southbound->TakeLog().size(), 1U) << "the backup waits, it is not pushed";
  EXPECT_EQ(lab.engine().counters().protection.at("protected"), 1U);
}

TEST(ProtectionTest, ACutFibreIsAnsweredWithTheBackupBeforeAnySearch) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kNode))}).ok());
  const std::string ready = segments::ToString(ProtectionOf(lab).backup->lists[0].list);
  lab.southbound->TakeLog();
  std::vector<size_t> searches;
  CountSearchesAtPushes(lab, searches);
  lab.Cut("b->z");
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("install a/1/z " + ready));
  EXPECT_THAT(searches, ElementsAre(0U));
  EXPECT_EQ(lab.Nodes(kKey), "a c z");
  EXPECT_EQ(BackupNodes(lab), "a d z") << "the next backup is computed behind the push";
  EXPECT_EQ(ProtectionOf(lab).switches, 1U);
  EXPECT_EQ(lab.engine().counters().protection_switches, 1U);
  EXPECT_EQ(lab.observer.triggers().back(), "link-down");
  EXPECT_THAT(lab.Status(kKey).last_change_reason,
              HasSubstr("link-down b->z: switched to the backup"));
}

TEST(ProtectionTest, WhatTheSwitchLeftToBeGainedIsTakenAtOnce) {
  Lab lab(
      "a<->b igp 10 srlg 1\n"
      "b<->z igp 10\n"
      "a<->c igp 20 srlg 1\n"
      "c<->z igp 20\n"
      "a<->d igp 30\n"
      "d<->z igp 30\n");
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kSrlg))}).ok());
  EXPECT_EQ(BackupNodes(lab), "a d z");
  lab.southbound->TakeLog();
  std::vector<size_t> searches;
  CountSearchesAtPushes(lab, searches);
  lab.Cut("b->z");
  EXPECT_EQ(lab.southbound->TakeLog().size(), 2U);
  ASSERT_EQ(searches.size(), 2U);
  EXPECT_EQ(searches[0], 0U);
  EXPECT_EQ(lab.Nodes(kKey), "a c z");
  EXPECT_EQ(BackupNodes(lab), "a d z");
}

TEST(ProtectionTest, APathThatComesToBreakItsPromiseIsLeftForTheBackupWithoutASearch) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected({}, Within(700))}).ok());
  std::vector<size_t> searches;
  CountSearchesAtPushes(lab, searches);
  lab.SetDelay("b->z", 650);
  EXPECT_THAT(searches, ElementsAre(0U));
  EXPECT_EQ(lab.Nodes(kKey), "a c z");
  EXPECT_FALSE(lab.Status(kKey).sla_violated);
  EXPECT_EQ(BackupNodes(lab), "a d z");
}

TEST(ProtectionTest, WhereTheBestPathHasNoCounterpartBothAreComputedTogether) {
  Lab lab(kTrap);
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  const std::set<std::string> paths{lab.Nodes(kKey), BackupNodes(lab)};
  EXPECT_EQ(paths, (std::set<std::string>{"a b z", "a c z"}));
  EXPECT_TRUE(ProtectionOf(lab).joint);
  // Good news that is none for this policy does not move it back and forth.
  lab.southbound->TakeLog();
  lab.Advance(seconds(60));
  lab.SetIgp("b->z", 49);
  lab.Advance(seconds(60));
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(ProtectionOf(lab).state, ProtectionState::kProtected);
}

TEST(ProtectionTest, ATrapThatOpensIsLeft) {
  Lab lab(std::string(kTrap) + "a<->e igp 20\ne<->z igp 20 down\n");
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  EXPECT_TRUE(ProtectionOf(lab).joint);
  lab.Advance(seconds(60));
  lab.Mend("e->z");
  lab.Advance(seconds(2));
  EXPECT_EQ(lab.Nodes(kKey), "a b c z");
  EXPECT_EQ(BackupNodes(lab), "a e z");
  EXPECT_FALSE(ProtectionOf(lab).joint);
}

TEST(ProtectionTest, ARiskGroupThatComesToBothMovesTheBackupAlone) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kSrlg))}).ok());
  EXPECT_EQ(BackupNodes(lab), "a c z");
  lab.southbound->TakeLog();
  SetSrlgs(lab, "a->b", {7});
  SetSrlgs(lab, "c->z", {7});
  lab.Publish();
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
  EXPECT_EQ(BackupNodes(lab), "a d z");
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(ProtectionTest, ABackupThatIsTooSlowNowIsReplacedOrGone) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected({}, Within(700))}).ok());
  EXPECT_EQ(BackupNodes(lab), "a c z");
  lab.SetDelay("c->z", 600);
  EXPECT_EQ(BackupNodes(lab), "a d z");
  const uint64_t revision = lab.engine().revision();
  lab.SetDelay("d->z", 600);
  EXPECT_EQ(BackupNodes(lab), "-");
  EXPECT_GT(lab.engine().revision(), revision) << "watchers are told";
  const policy::ProtectionStatus protection = ProtectionOf(lab);
  EXPECT_EQ(protection.state, ProtectionState::kUnprotected);
  EXPECT_THAT(protection.reason, HasSubstr("delay"));
  EXPECT_EQ(lab.engine().counters().protection.at("unprotected"), 1U);
  EXPECT_EQ(lab.Status(kKey).oper_state, OperState::kUp);
}

TEST(ProtectionTest, ABackupThatFailsAloneIsReplacedUnseenByTheHeadend) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  lab.southbound->TakeLog();
  lab.Cut("a->c");
  EXPECT_EQ(BackupNodes(lab), "a d z");
  lab.Cut("a->d");
  EXPECT_EQ(BackupNodes(lab), "-");
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(ProtectionTest, BothFailingIsAnsweredWithASearchAndABackupBehindIt) {
  // What is fast is dear for the IGP, so that lists pin their way.
  Lab lab(
      "a<->b igp 90 delay 100\n"
      "b<->z igp 90 delay 100\n"
      "a<->c igp 80 delay 200\n"
      "c<->z igp 80 delay 200\n"
      "a<->d igp 70 delay 300\n"
      "d<->z igp 70 delay 300\n"
      "a<->e igp 10 delay 400\n"
      "e<->z igp 10 delay 400\n");
  policy::PolicyIntent intent = Protected();
  intent.candidate_paths[0].definition = ByDelay();
  ASSERT_TRUE(lab.Apply({intent}).ok());
  lab.southbound->TakeLog();
  std::vector<size_t> searches;
  CountSearchesAtPushes(lab, searches);
  lab.Switch("b->z", false);
  lab.Switch("c->z", false);
  lab.Publish();
  EXPECT_THAT(searches, ElementsAre(1U)) << "the backup is not waited for";
  EXPECT_EQ(lab.Nodes(kKey), "a d z");
  EXPECT_EQ(BackupNodes(lab), "a e z");
  EXPECT_EQ(ProtectionOf(lab).switches, 0U);
}

TEST(ProtectionTest, WithoutABackupTheCutIsNamedAndALinkThatComesUpEndsIt) {
  Lab lab(
      "a<->b igp 10\n"
      "b<->z igp 10\n"
      "b<->c igp 10\n"
      "c<->z igp 10\n"
      "a<->c igp 50 down\n");
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  policy::ProtectionStatus protection = ProtectionOf(lab);
  EXPECT_EQ(protection.state, ProtectionState::kUnprotected);
  ASSERT_EQ(protection.failed.size(), 1U);
  EXPECT_EQ(protection.failed[0].why.reason, cspf::Reason::kNotDisjoint);
  ASSERT_EQ(protection.failed[0].why.blocking_links.size(), 1U);
  EXPECT_EQ(lab.ted->link(protection.failed[0].why.blocking_links[0]).key.ToString(), "a->b");
  lab.Mend("a->c");
  lab.Advance(seconds(2));
  EXPECT_EQ(ProtectionOf(lab).state, ProtectionState::kProtected);
  EXPECT_EQ(BackupNodes(lab), "a c z");
}

TEST(ProtectionTest, TheLadderIsWalkedDownAndUpAgain) {
  // Every way passes through m; two fibres lead to it and two from it.
  Lab lab(
      "a<->b igp 1\n"
      "b<->m igp 1\n"
      "a<->m igp 10\n"
      "m<->z igp 1\n"
      "m<->z#2 igp 10\n"
      "a<->z igp 99 down\n");
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kSrlgNode,
                                      {Disjointness::kNode, Disjointness::kLink}))})
                  .ok());
  policy::ProtectionStatus protection = ProtectionOf(lab);
  EXPECT_EQ(protection.state, ProtectionState::kProtected);
  EXPECT_EQ(protection.achieved, Disjointness::kLink);
  ASSERT_EQ(protection.failed.size(), 2U);
  EXPECT_EQ(protection.failed[0].level, Disjointness::kSrlgNode);
  EXPECT_EQ(protection.failed[1].level, Disjointness::kNode);
  ASSERT_EQ(protection.shared.nodes.size(), 1U);
  EXPECT_EQ(lab.ted->node(protection.shared.nodes[0]).id, "m");
  EXPECT_EQ(lab.engine().counters().protection.at("degraded"), 1U);
  lab.Mend("a->z");
  lab.Advance(seconds(2));
  EXPECT_EQ(ProtectionOf(lab).achieved, Disjointness::kSrlgNode);
  EXPECT_EQ(BackupNodes(lab), "a z");
}

TEST(ProtectionTest, AtLastAsLittleAsCanBeIsShared) {
  Lab lab(
      "a<->b igp 1\n"
      "b<->z igp 1\n"
      "b<->z#2 igp 5\n");
  policy::Protection protection;
  ASSERT_TRUE(lab.Apply({Protected(protection)}).ok());
  EXPECT_EQ(ProtectionOf(lab).state, ProtectionState::kUnprotected);
  protection.allow_sharing = true;
  ASSERT_TRUE(lab.Apply({Protected(protection)}).ok());
  const policy::ProtectionStatus status = ProtectionOf(lab);
  EXPECT_EQ(status.state, ProtectionState::kProtected);
  EXPECT_FALSE(status.achieved.has_value());
  ASSERT_EQ(status.shared.links.size(), 1U);
  EXPECT_EQ(lab.ted->link(status.shared.links[0]).key.ToString(), "a->b");
  EXPECT_EQ(BackupNodes(lab), "a b z");
  // The link that is not shared may fail.
  lab.Cut("b->z");
  EXPECT_EQ(ProtectionOf(lab).switches, 1U);
}

TEST(ProtectionTest, ListsThatWereGivenAreProtectedByOneThatIsComputed) {
  Lab lab(kThreeWays);
  policy::PolicyIntent intent = Protected(At(Disjointness::kNode));
  intent.candidate_paths[0].definition =
      std::vector<policy::ExplicitSegmentList>{{.labels = {24005, 24007}}};
  ASSERT_TRUE(lab.Apply({intent}).ok());
  EXPECT_EQ(lab.Nodes(kKey), "a c z");
  EXPECT_EQ(BackupNodes(lab), "a b z");
  lab.Cut("a->c");
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
}

TEST(ProtectionTest, EveryBranchOfThePathInUseIsKeptAwayFrom) {
  Lab lab(
      "a<->b igp 10\n"
      "b<->z igp 10\n"
      "a<->c igp 10\n"
      "c<->z igp 10\n"
      "a<->d igp 30\n"
      "d<->z igp 30\n");
  policy::PathIntent spread;
  spread.allow_ecmp = true;
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kNode), spread)}).ok());
  EXPECT_EQ(lab.Status(kKey).active->links.size(), 4U);
  EXPECT_EQ(BackupNodes(lab), "a d z");
}

TEST(ProtectionTest, ALanIsOneFibre) {
  Lab lab(
      "a<->lan igp 3\n"
      "b<->lan igp 3\n"
      "c<->lan igp 3\n"
      "b<->z igp 1\n"
      "c<->z igp 2\n"
      "a<->d igp 30\n"
      "d<->z igp 30\n"
      "node lan pseudonode\n");
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  EXPECT_EQ(BackupNodes(lab), "a d z");
}

TEST(ProtectionTest, ABackupMayKeepLessThanThePathInUse) {
  Lab lab(kThreeWays);
  policy::Protection protection;
  protection.constraints = Within(900);
  ASSERT_TRUE(lab.Apply({Protected(protection, Within(300))}).ok());
  EXPECT_EQ(BackupNodes(lab), "a c z");
  EXPECT_EQ(ProtectionOf(lab).backup->margin.delay, Microseconds(500));
  lab.Cut("b->z");
  EXPECT_EQ(lab.Nodes(kKey), "a c z");
  EXPECT_TRUE(lab.Status(kKey).sla_violated);
  EXPECT_EQ(BackupNodes(lab), "a d z");
  // One late path is not left for another.
  lab.southbound->TakeLog();
  lab.SetDelay("c->z", 210);
  lab.SetDelay("c->z", 220);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Mend("b->z");
  lab.Advance(seconds(12));
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
  EXPECT_FALSE(lab.Status(kKey).sla_violated);
}

TEST(ProtectionTest, AfterARestartTheBackupIsComputedAgainAndNothingIsPushed) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected(At(Disjointness::kNode))}).ok());
  lab.southbound->TakeLog();
  lab.Restart();
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(BackupNodes(lab), "a c z");
  lab.Cut("a->b");
  EXPECT_EQ(ProtectionOf(lab).switches, 1U);
}

TEST(ProtectionTest, WhileTheTopologyIsKnownInPartNothingIsLookedFor) {
  PolicyEngineOptions options;
  Lab lab(kThreeWays, options);
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  lab.Switch("a->c", false);
  lab.Publish(/*syncing=*/true);
  EXPECT_EQ(lab.Nodes(kKey), "a b z");
  EXPECT_EQ(ProtectionOf(lab).state, ProtectionState::kPending);
  lab.Publish(/*syncing=*/false);
  lab.Advance(seconds(2));
  EXPECT_EQ(BackupNodes(lab), "a d z");
}

TEST(ProtectionTest, OfANetworkThatIsNotKnownNoBackupIsClaimed) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  lab.LoseTopology();
  const policy::ProtectionStatus protection = ProtectionOf(lab);
  EXPECT_EQ(protection.state, ProtectionState::kPending);
  EXPECT_FALSE(protection.backup.has_value());
  EXPECT_THAT(protection.reason, HasSubstr("UNKNOWN_NODE"));
}

TEST(ProtectionTest, ProtectionThatIsNotWantedAnyMoreIsNotReported) {
  Lab lab(kThreeWays);
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "z")}).ok());
  EXPECT_FALSE(lab.Status(kKey).protection.has_value());
  lab.southbound->TakeLog();
  lab.Cut("a->c");
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(ProtectionTest, APolicyWithoutAPathHasNoBackup) {
  Lab lab("a<->b igp 10\nb<->z igp 10\n");
  ASSERT_TRUE(lab.Apply({Protected()}).ok());
  lab.Cut("a->b");
  EXPECT_EQ(lab.Status(kKey).oper_state, OperState::kDown);
  EXPECT_EQ(ProtectionOf(lab).state, ProtectionState::kUnprotected);
  EXPECT_EQ(ProtectionOf(lab).reason, "no path is in use");
}

TEST(ProtectionTest, GroupAndProtectionAreNotForOnePolicy) {
  policy::PolicyIntent intent = Member("a", 1, "z", Disjointness::kLink);
  intent.protection.emplace();
  EXPECT_THAT(std::string(policy::Validate(intent).message()),
              HasSubstr("policy a/1/z: protection: the policy is in disjoint group g"));
  intent.disjoint.reset();
  intent.protection->constraints = policy::PathIntent{.max_hops = 0};
  EXPECT_THAT(std::string(policy::Validate(intent).message()),
              HasSubstr("protection: constraints: max_hops: got 0"));
}

}  // namespace
}  // namespace srpce::pce
