// tests/unit/cspf/disjoint_terms_test.cc -- what a set may be asked besides disjointness, on drawn
// maps.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/cspf/disjoint.h"
#include "tests/support/build_ted.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::NodeOf;
using topology::TedPtr;

class DisjointTermsTest : public testing::Test {
 protected:
  static DisjointQuery Pair(const TedPtr& ted, const char* source, const char* target,
                            const DisjointTerms& terms) {
    const Query member{.source = NodeOf(*ted, source), .target = NodeOf(*ted, target)};
    return {terms, {member, member}};
  }
  // "s a t | s b t cost 9", or the reason.
  std::string Ask(const TedPtr& ted, const DisjointQuery& query, const Budget& budget = {}) {
    const DisjointResult result = ComputeDisjoint(*ted, query, workspace_, budget);
    if (const auto* no_path = std::get_if<NoPath>(&result)) {
      no_path_ = *no_path;
      return ReasonName(no_path->reason);
    }
    answer_ = std::get<DisjointPaths>(result);
    std::vector<std::string> paths;
    for (size_t i = 0; i < answer_.paths.size(); ++i) {
      paths.push_back(
          support::DescribeLinks(*ted, query.members[i].source, answer_.paths[i].links));
    }
    return absl::StrCat(absl::StrJoin(paths, " | "), " cost ", answer_.total_cost);
  }

  Workspace workspace_;
  DisjointPaths answer_;
  NoPath no_path_;
};

TEST_F(DisjointTermsTest, InLexicographicOrderTheFirstMemberComesFirst) {
  const TedPtr ted = BuildTed(
      "p<->m igp 1\nm<->q igp 1\n"
      "p<->n igp 4\nn<->q igp 4\n"
      "r<->m igp 1\nm<->z igp 1\n"
      "r<->o igp 3\no<->z igp 3\n");
  DisjointQuery query{{.disjointness = Disjointness::kNode},
                      {{.source = NodeOf(*ted, "r"), .target = NodeOf(*ted, "z")},
                       {.source = NodeOf(*ted, "p"), .target = NodeOf(*ted, "q")}}};
  EXPECT_EQ(Ask(ted, query), "r o z | p m q cost 8");
  query.objective = SetObjective::kLexicographic;
  EXPECT_EQ(Ask(ted, query), "r m z | p n q cost 10");
}

TEST_F(DisjointTermsTest, TheTrapIsLeftForTheObjective) {
  // Least sum: s-a-b-t 3 and s-t 16, together 19. Both ways of the trap cost 10, together 20.
  const TedPtr ted = BuildTed(
      "s<->a igp 1\na<->b igp 1\nb<->t igp 1\n"
      "s<->b igp 9\na<->t igp 9\ns<->t igp 16\n");
  DisjointQuery query = Pair(ted, "s", "t", {});
  EXPECT_EQ(Ask(ted, query), "s a b t | s t cost 19");
  query.objective = SetObjective::kMax;
  const std::string answer = Ask(ted, query);
  EXPECT_TRUE(answer == "s a t | s b t cost 20" || answer == "s b t | s a t cost 20") << answer;
  query.objective = SetObjective::kLexicographic;
  EXPECT_EQ(Ask(ted, query), "s a b t | s t cost 19");
}

// A fast way, a slow one and one between.
const char kDelays[] =
    "s<->a igp 1 delay 10\na<->t igp 1 delay 10\n"
    "s<->b igp 2 delay 50\nb<->t igp 2 delay 50\n"
    "s<->c igp 9 delay 40\nc<->t igp 9 delay 45\n";

TEST_F(DisjointTermsTest, DelaysStayWithinTheDifference) {
  const TedPtr ted = BuildTed(kDelays);
  DisjointQuery query = Pair(ted, "s", "t", {});
  const auto within = [&](int64_t difference) {
    query.max_delay_difference = Microseconds(difference);
    return Ask(ted, query);
  };
  EXPECT_EQ(within(80), "s a t | s b t cost 6");
  EXPECT_EQ(within(79), "s a t | s c t cost 20") << "the slow one is made faster";
  EXPECT_EQ(within(64), "s c t | s b t cost 22") << "the fast one is made slower";
  EXPECT_EQ(within(14), "DELAY_DIFFERENCE_UNREACHABLE");
  EXPECT_EQ(no_path_.message,
            "link-disjoint: every link-disjoint set has delays more than 14 us apart");
  EXPECT_EQ(no_path_.wanted, 14);
  EXPECT_EQ(within(-1), "DELAY_DIFFERENCE_UNREACHABLE");
}

TEST_F(DisjointTermsTest, ADifferenceTakesKnownDelays) {
  const TedPtr ted = BuildTed(absl::StrCat(kDelays, "s<->d igp 1\nd<->t igp 1\n"));
  DisjointQuery query = Pair(ted, "s", "t", {});
  EXPECT_EQ(Ask(ted, query), "s a t | s d t cost 4");
  query.max_delay_difference = Microseconds(1000);
  EXPECT_EQ(Ask(ted, query), "s a t | s b t cost 6");
}

// The ways by m and by n run in the same ducts; a second pair of links to m does not.
TedPtr Steps() {
  return BuildTed(
      "s<->m igp 1 srlg 1\nm<->t igp 1 srlg 2\n"
      "s<->n igp 2 srlg 1\nn<->t igp 2 srlg 2\n"
      "s<->m#2 igp 5\nm<->t#2 igp 5\n");
}

TEST_F(DisjointTermsTest, FallbacksAreTriedInOrder) {
  const TedPtr ted = Steps();
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kSrlgNode});
  EXPECT_EQ(Ask(ted, query), "s n t | s m#2 t#2 cost 14");
  const TedPtr cut = BuildTed(
      "s<->m igp 1 srlg 1\nm<->t igp 1 srlg 2\n"
      "s<->n igp 2 srlg 1\nn<->t igp 2 srlg 2\n");
  query = Pair(cut, "s", "t", {.disjointness = Disjointness::kSrlgNode});
  EXPECT_EQ(Ask(cut, query), "NOT_DISJOINT");
  query.fallbacks = {Disjointness::kNode, Disjointness::kLink};
  EXPECT_EQ(Ask(cut, query), "s m t | s n t cost 6");
  EXPECT_EQ(answer_.achieved, Disjointness::kNode);
  EXPECT_FALSE(answer_.fully_disjoint);
  ASSERT_EQ(answer_.shared.size(), 1U);
  EXPECT_EQ(answer_.shared[0].second, 1U);
  EXPECT_EQ(answer_.shared[0].shared.srlgs, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(answer_.shared_risks, 2U);
  ASSERT_EQ(answer_.failed.size(), 1U);
  EXPECT_EQ(answer_.failed[0].level, Disjointness::kSrlgNode);
  EXPECT_EQ(answer_.failed[0].why.message,
            "srlg-node-disjoint: members 1 and 2 cannot avoid sharing SRLG 1, SRLG 2");
}

TEST_F(DisjointTermsTest, AFallbackThatIsNoWeakerIsPassedOver) {
  const TedPtr ted = BuildTed("s<->m igp 1\nm<->t igp 1\n");
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kNode});
  query.fallbacks = {Disjointness::kNode, Disjointness::kSrlgNode, Disjointness::kLink};
  query.allow_sharing = true;
  EXPECT_EQ(Ask(ted, query), "s m t | s m t cost 4");
  ASSERT_EQ(answer_.failed.size(), 2U);
  EXPECT_EQ(answer_.failed[0].level, Disjointness::kNode);
  EXPECT_EQ(answer_.failed[1].level, Disjointness::kLink);
  EXPECT_FALSE(answer_.achieved.has_value());
  EXPECT_EQ(answer_.shared_risks, 3U) << "two links and a router";
}

TEST_F(DisjointTermsTest, MaximallyDisjointMembersShareTheBridgeOnly) {
  // Both trap and bridge: c-d must be shared, and before it s-a-b-c alone would take both ways.
  const TedPtr ted = BuildTed(
      "s<->a igp 1\na<->b igp 1\nb<->c igp 1\ns<->b igp 9\na<->c igp 9\n"
      "c<->d igp 1\n"
      "d<->e igp 1\ne<->t igp 1\nd<->f igp 2\nf<->t igp 2\n");
  DisjointQuery query = Pair(ted, "s", "t", {.allow_sharing = true});
  const std::string answer = Ask(ted, query);
  EXPECT_EQ(answer_.total_cost, 28U) << answer;
  EXPECT_EQ(answer_.shared_risks, 1U);
  ASSERT_EQ(answer_.shared.size(), 1U);
  EXPECT_EQ(answer_.shared[0].shared.links, std::vector{support::LinkOf(*ted, "c->d")});
  ASSERT_EQ(answer_.failed.size(), 1U);
  EXPECT_EQ(answer_.failed[0].why.blocking_links, std::vector{support::LinkOf(*ted, "c->d")});
  EXPECT_FALSE(answer_.achieved.has_value());
}

TEST_F(DisjointTermsTest, SharingIsTheLastResortOfADeclaredLadder) {
  const TedPtr ted = BuildTed("s<->m igp 1\ns<->m#2 igp 2\nm<->t igp 1\nm<->t#2 igp 2\n");
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kNode});
  query.allow_sharing = true;
  EXPECT_EQ(Ask(ted, query), "s m t | s m#2 t#2 cost 6");
  EXPECT_EQ(answer_.achieved, Disjointness::kSrlg) << "kept though it was not asked for";
  ASSERT_EQ(answer_.shared.size(), 1U);
  EXPECT_EQ(answer_.shared[0].shared.nodes, std::vector{NodeOf(*ted, "m")});
}

// Many ducts, crosswise: hard enough to run out of a few labels.
TedPtr Ducts() {
  return BuildTed(
      "s<->a igp 1 srlg 1\na<->t igp 1 srlg 2\n"
      "s<->b igp 5 srlg 1\nb<->t igp 5\n"
      "s<->c igp 6\nc<->t igp 6 srlg 2\n"
      "s<->d igp 50\nd<->t igp 50\n");
}

TEST_F(DisjointTermsTest, ALevelNotProvedAnswersWithTheBestSetFound) {
  const TedPtr ted = Ducts();
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kSrlg});
  query.fallbacks = {Disjointness::kLink};
  const std::string answer = Ask(ted, query, {.max_labels = 8});
  EXPECT_FALSE(answer_.proved_optimal) << answer;
  EXPECT_EQ(answer_.achieved, Disjointness::kSrlg);
  EXPECT_TRUE(answer_.fully_disjoint);
  EXPECT_LE(answer_.lower_bound, 22U);
  EXPECT_GE(answer_.lower_bound, 12U);
}

TEST_F(DisjointTermsTest, ALevelNotRefutedIsNotCalledImpossible) {
  // Each way can be left for another, but every two share a duct.
  const TedPtr ted = BuildTed(
      "s<->a igp 1 srlg 1\na<->t igp 1 srlg 2\n"
      "s<->b igp 2 srlg 1\nb<->t igp 2 srlg 3\n"
      "s<->c igp 3 srlg 2\nc<->t igp 3 srlg 3\n");
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kSrlg});
  query.fallbacks = {Disjointness::kLink};
  EXPECT_EQ(Ask(ted, query, {.max_labels = 12}), "s a t | s b t cost 6");
  ASSERT_EQ(answer_.failed.size(), 1U);
  EXPECT_EQ(answer_.failed[0].why.reason, Reason::kBudgetExhausted);
  EXPECT_EQ(answer_.achieved, Disjointness::kLink);
  EXPECT_EQ(Ask(ted, query), "s a t | s b t cost 6");
  ASSERT_EQ(answer_.failed.size(), 1U);
  EXPECT_EQ(answer_.failed[0].why.reason, Reason::kNotDisjoint);
}

TEST_F(DisjointTermsTest, AllLevelsTriedAreNamed) {
  const TedPtr ted = BuildTed("s<->m igp 1\nm<->t igp 1\n");
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kSrlgNode});
  query.fallbacks = {Disjointness::kLink};
  EXPECT_EQ(Ask(ted, query), "NOT_DISJOINT");
  EXPECT_EQ(no_path_.message,
            "srlg-node-disjoint: 2 paths wanted, at most 1 exist; 2 must cross 1 link: s->m; "
            "link-disjoint: 2 paths wanted, at most 1 exist; 2 must cross 1 link: s->m");
}

TEST_F(DisjointTermsTest, TheSameQuestionHasTheSameAnswer) {
  const TedPtr ted = Ducts();
  DisjointQuery query = Pair(ted, "s", "t", {.disjointness = Disjointness::kSrlgNode});
  query.members.push_back(query.members[0]);
  query.allow_sharing = true;
  const std::string answer = Ask(ted, query);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(ted, query), answer);
}

// A test that refuses paths through a router.
class Refusal : public PathTest {
 public:
  Refusal(const topology::Ted& ted, NodeIndex node) : ted_(ted), node_(node) {}
  bool Passes(size_t member, const Path& path, uint64_t&) override {
    return member == 0 || std::none_of(path.links.begin(), path.links.end(), [&](LinkIndex link) {
             return ted_.link(link).remote == node_;
           });
  }
  bool JudgesAlike(size_t a, size_t b) const override { return (a == 0) == (b == 0); }

 private:
  const topology::Ted& ted_;
  const NodeIndex node_;
};

TEST_F(DisjointTermsTest, APathThatFailsItsTestIsNotUsed) {
  const TedPtr ted = BuildTed(kDelays);
  const DisjointQuery query = Pair(ted, "s", "t", {});
  Refusal test(*ted, NodeOf(*ted, "a"));
  const DisjointResult result = ComputeDisjoint(*ted, query, workspace_, {}, &test);
  const auto& paths = std::get<DisjointPaths>(result).paths;
  EXPECT_EQ(support::DescribeLinks(*ted, query.members[0].source, paths[0].links), "s a t");
  EXPECT_EQ(support::DescribeLinks(*ted, query.members[1].source, paths[1].links), "s b t");
  Refusal none(*ted, NodeOf(*ted, "t"));
  const DisjointResult refused = ComputeDisjoint(*ted, query, workspace_, {}, &none);
  EXPECT_EQ(std::get<NoPath>(refused).reason, Reason::kNoFurtherPath);
  EXPECT_EQ(std::get<NoPath>(refused).message, "member 2 alone: no path passes the test");
}

}  // namespace
}  // namespace srpce::cspf
