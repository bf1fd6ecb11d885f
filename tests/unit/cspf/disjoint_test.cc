// tests/unit/cspf/disjoint_test.cc -- trap topologies and the risks that paths may share.
#include "lib/cspf/disjoint.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/build_ted.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::NodeOf;
using topology::TedPtr;

class DisjointTest : public testing::Test {
 protected:
  static Query Member(const TedPtr& ted, const char* source, const char* target,
                      const Constraints& constraints = {}) {
    return {
        .source = NodeOf(*ted, source), .target = NodeOf(*ted, target), .constraints = constraints};
  }
  // "s a t | s b t cost 9", or the reason.
  std::string Ask(const TedPtr& ted, const std::vector<Query>& members, Disjointness level,
                  const Budget& budget = {}) {
    const DisjointResult result =
        ComputeDisjoint(*ted, {{.disjointness = level}, members}, workspace_, budget);
    if (const auto* no_path = std::get_if<NoPath>(&result)) {
      no_path_ = *no_path;
      return ReasonName(no_path->reason);
    }
    const auto& answer = std::get<DisjointPaths>(result);
    std::vector<std::string> paths;
    for (size_t i = 0; i < answer.paths.size(); ++i) {
      paths.push_back(support::DescribeLinks(*ted, members[i].source, answer.paths[i].links));
    }
    return absl::StrCat(absl::StrJoin(paths, " | "), " cost ", answer.total_cost);
  }

  Workspace workspace_;
  NoPath no_path_;
};

// The shortest path s-a-b-t uses both ways across: who takes it first finds no second one.
TedPtr Trap() {
  return BuildTed(
      "s<->a igp 1\n"
      "a<->b igp 1\n"
      "b<->t igp 1\n"
      "s<->b igp 4\n"
      "a<->t igp 4\n");
}

TEST_F(DisjointTest, TrapIsSolvedJointly) {
  const TedPtr ted = Trap();
  const Query member = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kLink), "s a t | s b t cost 10");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kSrlgNode), "s a t | s b t cost 10");
}

TEST_F(DisjointTest, TrapWithDifferentHeadendsIsSolvedJointly) {
  const TedPtr ted = BuildTed(
      "s1<->a igp 1\n"
      "s2<->b igp 1\n"
      "a<->b igp 1\n"
      "a<->t1 igp 9\n"
      "b<->t1 igp 1\n"
      "b<->t2 igp 2\n");
  EXPECT_EQ(Ask(ted, {Member(ted, "s1", "t1"), Member(ted, "s2", "t2")}, Disjointness::kLink),
            "s1 a b t1 | s2 b t2 cost 6");
  EXPECT_EQ(Ask(ted, {Member(ted, "s1", "t1"), Member(ted, "s2", "t2")}, Disjointness::kNode),
            "s1 a t1 | s2 b t2 cost 13");
}

TEST_F(DisjointTest, BothDirectionsOfALinkAreOneFibre) {
  const TedPtr ted = BuildTed("a<->b igp 1\na<->c igp 5\nc<->b igp 5\n");
  EXPECT_EQ(Ask(ted, {Member(ted, "a", "b"), Member(ted, "b", "a")}, Disjointness::kLink),
            "a b | b c a cost 11");
}

TEST_F(DisjointTest, ALanIsOneFibre) {
  const TedPtr ted = BuildTed(
      "a<->lan igp 1\n"
      "b<->lan igp 1\n"
      "c<->lan igp 1\n"
      "d<->lan igp 1\n"
      "c<->e igp 9\n"
      "e<->d igp 9\n"
      "node lan pseudonode\n");
  EXPECT_EQ(Ask(ted, {Member(ted, "a", "b"), Member(ted, "c", "d")}, Disjointness::kLink),
            "a lan b | c e d cost 19");
  EXPECT_EQ(Ask(ted, {Member(ted, "a", "b"), Member(ted, "b", "d")}, Disjointness::kLink),
            "NOT_DISJOINT");
  EXPECT_NE(no_path_.message.find("lan"), std::string::npos) << no_path_.message;
}

TEST_F(DisjointTest, ParallelLinksAreTwoFibresUnlessTheyShareADuct) {
  const TedPtr ted = BuildTed("a<->b igp 1 srlg 7\na<->b#2 igp 1 srlg 7,8\n");
  const Query member = Member(ted, "a", "b");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kNode), "a b | a b#2 cost 2");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kSrlg), "NOT_DISJOINT");
  EXPECT_EQ(no_path_.shared_srlgs, std::vector<uint32_t>{7});
  EXPECT_EQ(no_path_.message, "srlg-disjoint: members 1 and 2 cannot avoid sharing SRLG 7");
}

TEST_F(DisjointTest, SrlgTrapIsSolvedJointly) {
  // s-a-t is cheapest but shares a duct with each of the others; those two do not share one.
  const TedPtr ted = BuildTed(
      "s<->a igp 1 srlg 1\n"
      "a<->t igp 1 srlg 2\n"
      "s<->b igp 5 srlg 1\n"
      "b<->t igp 5\n"
      "s<->c igp 6\n"
      "c<->t igp 6 srlg 2\n");
  const Query member = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kLink), "s a t | s b t cost 12");
  const std::string answer = Ask(ted, {member, member}, Disjointness::kSrlg);
  EXPECT_TRUE(answer == "s b t | s c t cost 22" || answer == "s c t | s b t cost 22") << answer;
}

TEST_F(DisjointTest, AMemberEndInsideAnotherPathIsSharedUnlessItIsItsEndToo) {
  const TedPtr ted = BuildTed("s<->m igp 1\nm<->t igp 1\ns<->t igp 9\n");
  EXPECT_EQ(Ask(ted, {Member(ted, "s", "t"), Member(ted, "m", "t")}, Disjointness::kNode),
            "s t | m t cost 10");
  EXPECT_EQ(Ask(ted, {Member(ted, "s", "m"), Member(ted, "m", "t")}, Disjointness::kNode),
            "s m | m t cost 2");
}

TEST_F(DisjointTest, EachMemberKeepsItsOwnConstraints) {
  const TedPtr ted = BuildTed(
      "s<->a igp 1 delay 100\n"
      "a<->t igp 1 delay 100\n"
      "s<->b igp 5 delay 10\n"
      "b<->t igp 5 delay 10\n"
      "s<->c igp 9 delay 1\n"
      "c<->t igp 9 delay 1\n");
  EXPECT_EQ(
      Ask(ted, {Member(ted, "s", "t", {.max_delay = Microseconds(20)}), Member(ted, "s", "t")},
          Disjointness::kLink),
      "s b t | s a t cost 12");
  const Query fast = Member(ted, "s", "t", {.max_delay = Microseconds(20)});
  EXPECT_EQ(Ask(ted, {fast, fast}, Disjointness::kLink), "s b t | s c t cost 28");
  EXPECT_EQ(Ask(ted, {fast, fast, fast}, Disjointness::kLink), "NOT_DISJOINT");
  EXPECT_EQ(
      Ask(ted, {fast, Member(ted, "s", "t", {.max_delay = Microseconds(1)})}, Disjointness::kLink),
      "DELAY_BOUND_UNREACHABLE");
  EXPECT_EQ(no_path_.message, "member 2 alone: delay: best achievable 2 us, bound 1 us");
}

TEST_F(DisjointTest, TheCutThatForbidsItIsNamed) {
  const TedPtr ted = BuildTed(
      "s<->a igp 1\ns<->b igp 1\na<->c igp 1\nb<->c igp 1\n"
      "c<->d igp 1\n"
      "d<->e igp 1\nd<->f igp 1\ne<->t igp 1\nf<->t igp 1\n");
  const Query member = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kLink), "NOT_DISJOINT");
  EXPECT_EQ(no_path_.message,
            "link-disjoint: 2 paths wanted, at most 1 exist; 2 must cross 1 link: c->d");
  EXPECT_EQ(no_path_.blocking_links, std::vector{support::LinkOf(*ted, "c->d")});
}

TEST_F(DisjointTest, TheNodeThatForbidsItIsNamed) {
  const TedPtr ted =
      BuildTed("s<->a igp 1\ns<->b igp 1\na<->c igp 1\nb<->c igp 1\nc<->t igp 1\nc<->t#2 igp 1\n");
  const Query member = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kNode), "NOT_DISJOINT");
  EXPECT_NE(no_path_.message.find("2 must cross node c"), std::string::npos) << no_path_.message;
  EXPECT_EQ(no_path_.blocking_links, std::vector{support::LinkOf(*ted, "a->c")});
}

TEST_F(DisjointTest, ALanOrNodeIsNamedWhereItLeavesFewerPathsThanThereAreLinks) {
  const TedPtr ted = BuildTed(
      "s<->a#1 igp 1\ns<->a#2 igp 1\na<->t#1 igp 1\na<->t#2 igp 1\na<->t#3 igp 1\n"
      "node lan pseudonode\nu<->lan#1 igp 1\nu<->lan#2 igp 1\n"
      "lan<->v#1 igp 0\nlan<->v#2 igp 0\nlan<->v#3 igp 0\n");
  const Query by_node = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {by_node, by_node, by_node}, Disjointness::kNode), "NOT_DISJOINT");
  EXPECT_EQ(no_path_.message,
            "node-disjoint: 3 paths wanted, at most 1 exist; 3 must cross node a");
  const Query by_lan = Member(ted, "u", "v");
  EXPECT_EQ(Ask(ted, {by_lan, by_lan, by_lan}, Disjointness::kLink), "NOT_DISJOINT");
  EXPECT_EQ(no_path_.message,
            "link-disjoint: 3 paths wanted, at most 1 exist; 3 must cross node lan");
}

TEST_F(DisjointTest, ExhaustedBudgetGivesTheBestSetAndABound) {
  const TedPtr ted = BuildTed(
      "s<->a igp 1 srlg 1\na<->t igp 1 srlg 2\n"
      "s<->b igp 5 srlg 1\nb<->t igp 5\n"
      "s<->c igp 6\nc<->t igp 6 srlg 2\n"
      "s<->d igp 50\nd<->t igp 50\n");
  const Query member = Member(ted, "s", "t");
  EXPECT_EQ(Ask(ted, {member, member}, Disjointness::kSrlg, {.max_labels = 3}), "BUDGET_EXHAUSTED");
  ASSERT_TRUE(no_path_.lower_bound.has_value());
  EXPECT_LE(*no_path_.lower_bound, 22U);
  ASSERT_EQ(no_path_.best_found_set.size(), 2U);
  EXPECT_TRUE(FindSharedRisks(*ted, no_path_.best_found_set[0].links,
                              no_path_.best_found_set[1].links, Disjointness::kSrlg)
                  .empty());
}

TEST_F(DisjointTest, LevelsHaveNames) {
  EXPECT_STREQ(DisjointnessName(Disjointness::kLink), "link");
  EXPECT_STREQ(DisjointnessName(Disjointness::kSrlgNode), "srlg-node");
}

}  // namespace
}  // namespace srpce::cspf
