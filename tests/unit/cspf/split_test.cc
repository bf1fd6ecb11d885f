// Drawn maps: bandwidth that no single path has.
#include "lib/cspf/split.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/cspf/path_flow.h"
#include "lib/cspf/path_pool.h"
#include "lib/cspf/path_pricing.h"
#include "tests/support/build_ted.h"
#include "tests/support/generators.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

class SplitTest : public testing::Test {
 protected:
  // "6 s a t | 4 s b t cost 12.5", rates in bytes/s, or the reason.
  std::string Ask(const TedPtr& ted, uint64_t demand, const Constraints& constraints = {},
                  uint32_t max_paths = 8, const SplitPathTest& test = {}) {
    const Query path{
        .source = NodeOf(*ted, "s"), .target = NodeOf(*ted, "t"), .constraints = constraints};
    const SplitResult result =
        ComputeSplit(*ted, {path, {demand}, max_paths}, workspace_, budget_, test);
    if (const auto* none = std::get_if<NoPath>(&result)) {
      none_ = *none;
      return ReasonName(none->reason);
    }
    split_ = std::get<Split>(result);
    std::vector<std::string> parts;
    for (const SplitPath& part : split_.paths) {
      parts.push_back(absl::StrCat(part.rate.value, " ",
                                   support::DescribeLinks(*ted, path.source, part.path.links)));
    }
    return absl::StrCat(absl::StrJoin(parts, " | "), " cost ", split_.cost);
  }

  Workspace workspace_;
  Budget budget_;
  NoPath none_;
  Split split_;
};

// Two thin ways of 10 bytes/s each; the lower one is slower and dearer.
TedPtr TwoThinPaths() {
  return BuildTed(
      "s<->a igp 1 delay 100 bw 80\n"
      "a<->t igp 1 delay 100 bw 80\n"
      "s<->b igp 2 delay 400 bw 80\n"
      "b<->t igp 2 delay 400 bw 80\n");
}

TEST_F(SplitTest, OnePathCarriesWhatItCan) {
  EXPECT_EQ(Ask(TwoThinPaths(), 10), "10 s a t cost 2");
  EXPECT_TRUE(split_.proved_optimal);
  EXPECT_EQ(split_.lower_bound, 2);
}

TEST_F(SplitTest, TwoThinPathsCarryWhatNeitherDoes) {
  EXPECT_EQ(Ask(TwoThinPaths(), 16), "10 s a t | 6 s b t cost 2.75");
  EXPECT_TRUE(split_.proved_optimal);
  EXPECT_EQ(split_.lower_bound, 2.75);
}

TEST_F(SplitTest, NoDemandIsOnePath) { EXPECT_EQ(Ask(TwoThinPaths(), 0), "0 s a t cost 2"); }

TEST_F(SplitTest, MoreThanTheMaximumFlowIsRefusedByItsCut) {
  const TedPtr ted = TwoThinPaths();
  EXPECT_EQ(Ask(ted, 21), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 20);
  EXPECT_EQ(none_.wanted, 21);
  EXPECT_EQ(none_.blocking_links.size(), 2U);
}

TEST_F(SplitTest, BoundExcludesTheSecondPath) {
  const TedPtr ted = TwoThinPaths();
  EXPECT_EQ(Ask(ted, 16, {.max_delay = Microseconds(800)}), "10 s a t | 6 s b t cost 2.75");
  EXPECT_EQ(Ask(ted, 16, {.max_delay = Microseconds(799)}), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 10);
  EXPECT_TRUE(none_.blocking_links.empty()) << "links are not what refuses 16 here";
  EXPECT_EQ(Ask(ted, 1, {.max_delay = Microseconds(199)}), "DELAY_BOUND_UNREACHABLE");
}

TEST_F(SplitTest, SharedBottleneckLimitsBoth) {
  const TedPtr ted = BuildTed(
      "s<->x igp 1 bw 120\n"
      "x<->a igp 1 bw 80\n"
      "a<->t igp 1 bw 80\n"
      "x<->b igp 2 bw 80\n"
      "b<->t igp 2 bw 80\n");
  EXPECT_EQ(Ask(ted, 15), "10 s x a t | 5 s x b t cost 3.66667");
  EXPECT_EQ(Ask(ted, 16), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 15);
  EXPECT_EQ(none_.blocking_links, std::vector{LinkOf(*ted, "s->x")});
}

// The cheapest path uses the way across; two paths must do without it.
TEST_F(SplitTest, TrapIsSolvedJointly) {
  const TedPtr ted = BuildTed(
      "s<->a igp 1 bw 80\n"
      "a<->b igp 1 bw 80\n"
      "b<->t igp 1 bw 80\n"
      "s<->b igp 4 bw 80\n"
      "a<->t igp 4 bw 80\n");
  EXPECT_EQ(Ask(ted, 10), "10 s a b t cost 3");
  EXPECT_EQ(Ask(ted, 20), "10 s a t | 10 s b t cost 5");
  EXPECT_EQ(Ask(ted, 15), "5 s a b t | 5 s a t | 5 s b t cost 4.33333");
}

TEST_F(SplitTest, ParallelLinksAddUp) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 1 bw 80\n"
      "s<->t#2 igp 1 bw 40\n"
      "s<->t#3 igp 3 bw 80\n");
  EXPECT_EQ(Ask(ted, 20), "10 s t#1 | 5 s t#2 | 5 s t#3 cost 1.5");
}

TEST_F(SplitTest, LinkWithoutBandwidthCarriesNothing) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 1\n"
      "s<->t#2 igp 2 bw 80\n");
  EXPECT_EQ(Ask(ted, 10), "10 s t#2 cost 2");
  EXPECT_EQ(Ask(ted, 11), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 10);
}

TEST_F(SplitTest, WayOntoTheLanCountsAndTheWayOutDoesNot) {
  const TedPtr ted = BuildTed(
      "node lan pseudonode\n"
      "s<->a igp 1 bw 800\n"
      "s<->b igp 2 bw 800\n"
      "a->lan igp 1 bw 80\n"
      "lan->a igp 0\n"
      "b->lan igp 1 bw 80\n"
      "lan->b igp 0\n"
      "t->lan igp 1 bw 80\n"
      "lan->t igp 0 bw 8\n");
  EXPECT_EQ(Ask(ted, 20), "10 s a lan t | 10 s b lan t cost 2.5");
  EXPECT_EQ(Ask(ted, 21), "NO_PATH_BANDWIDTH");
}

TEST_F(SplitTest, LinkPassedTwiceCarriesHalf) {
  const TedPtr ted = BuildTed(
      "s<->a igp 1 bw 80\n"
      "a<->w igp 1 bw 800\n"
      "a<->t igp 1 bw 800\n"
      "s<->b igp 1 bw 800\n"
      "b<->w igp 9 bw 800\n"
      "w<->t igp 9 bw 56\n");
  const Constraints through{.waypoints = {NodeOf(*ted, "w"), NodeOf(*ted, "s")}};
  // s a w, back to s, and a second time over s->a.
  EXPECT_EQ(Ask(ted, 5, through), "5 s a w a s a t cost 6");
  EXPECT_EQ(Ask(ted, 7, through, 1), "7 s b w a s a t cost 14");
  EXPECT_EQ(Ask(ted, 6, through), "4 s a w a s a t | 2 s b w a s a t cost 8.66667");
  EXPECT_TRUE(split_.proved_optimal);
}

TEST_F(SplitTest, FewerPathsAtMoreCost) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 1 bw 40\n"
      "s<->t#2 igp 2 bw 40\n"
      "s<->t#3 igp 3 bw 40\n"
      "s<->t#4 igp 9 bw 64\n"
      "s<->t#5 igp 20 bw 200\n");
  EXPECT_EQ(Ask(ted, 12), "5 s t#1 | 5 s t#2 | 2 s t#3 cost 1.75");
  EXPECT_EQ(Ask(ted, 12, {}, 2), "5 s t#1 | 7 s t#4 cost 5.66667");
  EXPECT_TRUE(split_.proved_optimal);
  EXPECT_EQ(split_.lower_bound, 1.75);
  EXPECT_EQ(Ask(ted, 12, {}, 1), "12 s t#5 cost 20");
  EXPECT_EQ(Ask(ted, 34, {}, 2), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, std::nullopt);
  EXPECT_EQ(Ask(ted, 26, {}, 1), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 25);
}

TEST_F(SplitTest, FewestPathsOfEqualCost) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 1 bw 24\n"
      "s<->t#2 igp 1 bw 24\n"
      "s<->t#3 igp 1 bw 24\n"
      "s<->t#4 igp 1 bw 72\n");
  EXPECT_EQ(Ask(ted, 9), "9 s t#4 cost 1");
  Ask(ted, 12);
  EXPECT_EQ(split_.paths.size(), 2U);
}

// The slow way in may not be followed by the slow way out.
TEST_F(SplitTest, BoundPairsWaysInWithWaysOut) {
  const TedPtr ted = BuildTed(
      "s->a igp 1 delay 1 bw 40\n"
      "a->s igp 1 delay 1 bw 40\n"
      "a<->b igp 0 delay 1 bw 800\n"
      "b<->t#1 igp 1 delay 5 bw 40\n"
      "b<->t#2 igp 1 delay 2 bw 40\n"
      "s<->c igp 1 delay 4 bw 40\n"
      "c<->b igp 0 delay 1 bw 800\n");
  EXPECT_EQ(Ask(ted, 10, {.max_delay = Microseconds(7)}), "5 s a b t#1 | 5 s c b t#2 cost 2");
  EXPECT_EQ(Ask(ted, 11, {.max_delay = Microseconds(7)}), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 10);
}

TEST_F(SplitTest, PathsThatDoNotPassTheTestAreLeftOut) {
  const TedPtr ted = TwoThinPaths();
  const LinkIndex cheap = LinkOf(*ted, "s->a");
  const SplitPathTest not_cheap{[&](const Path& path) { return path.links.front() != cheap; }, 1};
  EXPECT_EQ(Ask(ted, 10, {}, 8, not_cheap), "10 s b t cost 4");
  EXPECT_EQ(Ask(ted, 11, {}, 8, not_cheap), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 10);
  const SplitPathTest nothing{[](const Path&) { return false; }, 1};
  EXPECT_EQ(Ask(ted, 10, {}, 8, nothing), "NO_FURTHER_PATH");
}

TEST_F(SplitTest, LargeNumbersStayExact) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 16777212 bw 100G\n"
      "s<->t#2 igp 16777213 bw 100G\n");
  EXPECT_EQ(Ask(ted, 24'999'999'999), "12500000000 s t#1 | 12499999999 s t#2 cost 1.67772e+07");
  EXPECT_EQ(Ask(ted, 25'000'000'001), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 25e9);
}

TEST_F(SplitTest, NoBudgetIsSaid) {
  budget_.max_labels = 0;
  EXPECT_EQ(Ask(TwoThinPaths(), 16, {.max_delay = Microseconds(799)}), "BUDGET_EXHAUSTED");
}

// Two methods that share nothing, on a network too large to list its paths.
TEST_F(SplitTest, ColumnGenerationCostsWhatTheFlowDoes) {
  const support::GeneratedNetwork network = support::NamedNetwork("isp1k");
  const TedPtr ted = support::BuildTed(network);
  std::mt19937 rng(7);
  std::uniform_int_distribution<uint32_t> pick(0, network.node_count - 1);
  size_t several = 0;
  for (int i = 0; i < 40; ++i) {
    Query query{.source = NodeIndex(pick(rng)), .target = NodeIndex(pick(rng))};
    if (query.source == query.target) continue;
    const uint64_t demand = 1'000'000'000 + rng() % 8 * 700'000'000;
    const PathFlow flow = FindPathFlow(*ted, query, demand);
    several += flow.parts.size() > 1;
    query.constraints.min_bandwidth = {1};
    uint64_t labels = Budget().max_labels;
    PathPool pool(*ted, demand);
    PathPricing pricing(
        *ted, query, workspace_, [](const Path&) { return true; }, labels);
    ASSERT_EQ(pricing.CarryMost(pool), PathPricing::End::kDone);
    EXPECT_NEAR(static_cast<double>(demand) - pricing.unserved(), static_cast<double>(flow.most),
                1);
    if (!pricing.carried_all()) continue;
    ASSERT_EQ(pricing.CostLeast(pool), PathPricing::End::kDone);
    const auto cost = static_cast<double>(flow.cost);
    EXPECT_LE(pricing.least_cost(), cost);
    EXPECT_GE(pricing.least_cost(), cost * (1 - 1e-7));
  }
  EXPECT_GT(several, 10U);
}

class PathPoolTest : public testing::Test {
 protected:
  using Rates = std::vector<uint64_t>;

  Path MakePath(const std::vector<std::string>& names, uint64_t cost) const {
    Path path{.cost = cost};
    for (const std::string& name : names) path.links.push_back(LinkOf(*ted_, name));
    return path;
  }
  static Rates Whole(const PathPool& pool, std::vector<double> rates) {
    const auto split = pool.Whole({.solved = true, .rates = std::move(rates)});
    return split ? split->rates : Rates();
  }

  const TedPtr ted_ = BuildTed(
      "s<->x igp 1 bw 80\n"
      "x<->t#1 igp 1 bw 800\n"
      "x<->t#2 igp 2 bw 800\n"
      "s<->y igp 1 bw 40\n"
      "s<->z igp 1 bw 40\n"
      "s<->t igp 9 bw 800\n");
};

// The linear program is solved in floating point: what it says is never taken at its word.
TEST_F(PathPoolTest, WholeRatesKeepWhatTheProgramBreaks) {
  PathPool pool(*ted_, 20);
  pool.Add(MakePath({"s->x", "x->t#1"}, 2));
  pool.Add(MakePath({"s->x", "x->t#2"}, 3));
  pool.Add(MakePath({"s->t"}, 9));
  EXPECT_FALSE(pool.Add(MakePath({"s->t"}, 9)));
  EXPECT_EQ(Whole(pool, {6.5, 3.5, 10}), (Rates{7, 3, 10}));
  EXPECT_EQ(Whole(pool, {8, 4, 8}), (Rates{8, 2, 10})) << "the link s->x has two too many";
  EXPECT_EQ(Whole(pool, {5, 5, 12}), (Rates{5, 5, 10}));
  EXPECT_EQ(Whole(pool, {10.0000001, 0.0000001, 10}), (Rates{10, 0, 10}));
  EXPECT_EQ(Whole(pool, {10, 0, 0}), Rates()) << "nothing known to carry the rest";
}

TEST_F(PathPoolTest, LinkPassedTwiceHasRoomForHalf) {
  PathPool pool(*ted_, 6);
  pool.Add(MakePath({"s->x", "x->s", "s->x", "x->t#1"}, 4));
  pool.Add(MakePath({"s->t"}, 9));
  EXPECT_EQ(Whole(pool, {4.9, 0.9}), (Rates{5, 1}));
}

// Both cheap ways carry 2.5: no byte that rounding takes from them can go back.
TEST_F(PathPoolTest, BytesLostByRoundingGoToAFurtherPath) {
  PathPool pool(*ted_, 5);
  pool.Add(MakePath({"s->y", "y->s", "s->y"}, 1));
  pool.Add(MakePath({"s->z", "z->s", "s->z"}, 2));
  pool.Add(MakePath({"s->t"}, 9));
  const auto split = pool.Cheapest(pool.All());
  ASSERT_TRUE(split.has_value());
  EXPECT_EQ(split->rates, (Rates{2, 2, 1}));
}

}  // namespace
}  // namespace srpce::cspf
