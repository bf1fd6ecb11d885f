// tests/unit/cspf/explain_test.cc -- the sentences an operator reads.
#include "lib/cspf/explain.h"

#include "gtest/gtest.h"
#include "lib/cspf/wording.h"
#include "tests/support/build_ted.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

class ExplainTest : public testing::Test {
 protected:
  NoPath Ask(const TedPtr& ted, const char* source, const char* target,
             const Constraints& constraints, MetricType objective = MetricType::kIgp) {
    Query query{
        .source = NodeOf(*ted, source), .target = NodeOf(*ted, target), .objective = objective};
    query.constraints = constraints;
    const PathResult result = ComputePath(*ted, query, workspace_);
    EXPECT_TRUE(std::holds_alternative<NoPath>(result));
    return std::holds_alternative<NoPath>(result) ? std::get<NoPath>(result) : NoPath{};
  }
  Workspace workspace_;
};

constexpr uint64_t kGigabit = 125'000'000;  // Bytes per second.

TEST_F(ExplainTest, DelayTellsTheBestAchievable) {
  const TedPtr ted = BuildTed("a<->b igp 1 delay 12345\nb<->c igp 1 delay 7655\n");
  const NoPath no_path = Ask(ted, "a", "c", {.max_delay = Microseconds(10000)});
  EXPECT_EQ(no_path.message, "delay: best achievable 20,000 us, bound 10,000 us");
  EXPECT_EQ(no_path.wanted, 10000);
  EXPECT_EQ(no_path.best_achievable, 20000);
}

TEST_F(ExplainTest, LossIsInPercent) {
  const TedPtr ted = BuildTed("a<->b igp 1 loss 0.1\nb<->c igp 1 loss 0.1\n");
  EXPECT_EQ(Ask(ted, "a", "c", {.max_loss = 0.15}).message,
            "loss: best achievable 19 %, bound 15 %");
}

TEST_F(ExplainTest, BandwidthNamesTheWidestPathAndTheCut) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 bw 4G\n"
      "b<->d igp 1 bw 20G\n"
      "a<->c igp 1 bw 20G\n"
      "c<->d igp 1 bw 3G\n");
  const NoPath no_path = Ask(ted, "a", "d", {.min_bandwidth = {10 * kGigabit}});
  EXPECT_EQ(no_path.reason, Reason::kBandwidth);
  EXPECT_EQ(
      no_path.message,
      "bandwidth: best achievable 4.0 Gb/s, wanted 10.0 Gb/s; blocked by 2 links: a->b, c->d");
  EXPECT_EQ(no_path.blocking_links, (std::vector{LinkOf(*ted, "a->b"), LinkOf(*ted, "c->d")}));
  EXPECT_EQ(no_path.best_achievable, 4.0 * kGigabit);
}

TEST_F(ExplainTest, BandwidthCountsTheOtherBoundsWhereTheyCanBeKept) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 bw 4G delay 500\n"
      "a<->b#2 igp 1 bw 2G delay 10\n");
  const NoPath no_path =
      Ask(ted, "a", "b", {.max_delay = Microseconds(100), .min_bandwidth = {10 * kGigabit}});
  EXPECT_EQ(no_path.best_achievable, 2.0 * kGigabit);
  const NoPath hopeless =
      Ask(ted, "a", "b", {.max_delay = Microseconds(1), .min_bandwidth = {10 * kGigabit}});
  EXPECT_EQ(hopeless.best_achievable, 4.0 * kGigabit)
      << "no path keeps the delay: the filters alone";
}

TEST_F(ExplainTest, UnreachableIsToldFromExcluded) {
  const TedPtr ted = BuildTed("a<->b igp 1\nb<->c igp 1\nd<->e igp 1\n");
  EXPECT_EQ(Ask(ted, "a", "d", {.min_bandwidth = {kGigabit}}).message,
            "unreachable: no usable links lead from a to d");
  EXPECT_EQ(Ask(ted, "a", "c", {.exclude_nodes = {NodeOf(*ted, "b")}}).message,
            "exclusions: they cut every path from a to c; blocked by 1 link: a->b");
  EXPECT_EQ(Ask(ted, "a", "c", {.exclude_nodes = {NodeOf(*ted, "c")}}).message,
            "exclusions: c itself is excluded");
}

TEST_F(ExplainTest, AffinityDataPlaneAndFlexAlgorithmAreNamed) {
  const TedPtr ted = BuildTed("a<->b igp 1 admin 0x4\nnode b no-srv6\n");
  Constraints affinity;
  affinity.exclude_any.Set(2);
  EXPECT_EQ(Ask(ted, "a", "b", affinity).message,
            "affinity: no path from a to b over links of the wanted admin groups; blocked by 1 "
            "link: a->b");
  EXPECT_EQ(Ask(ted, "a", "b", {.data_plane = DataPlane::kSrv6}).message,
            "data plane: b does not announce SRv6");
  EXPECT_EQ(Ask(ted, "a", "b", {.flex_algorithm = 130}).message,
            "flex-algorithm 130: no node announces a definition of it");
  const TedPtr strange = BuildTed(
      "a<->b igp 1\nnode a algo 130\nnode b algo 130\n"
      "fad 130 metric igp priority 9 unsupported on a\nfad 130 metric igp on b\n");
  EXPECT_EQ(Ask(strange, "a", "b", {.flex_algorithm = 130}).message,
            "flex-algorithm 130: the definition that has won says more than is known here");
}

TEST_F(ExplainTest, TwoFiltersThatOnlyTogetherCutAreBothBlamed) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 admin 0x1 bw 1G\n"
      "b<->d igp 1 admin 0x1 bw 1G\n"
      "a<->c igp 1 bw 10G\n"
      "c<->d igp 1 bw 10G\n");
  Constraints constraints{.min_bandwidth = {5 * kGigabit}};
  constraints.include_any.Set(0);
  const NoPath no_path = Ask(ted, "a", "d", constraints);
  EXPECT_EQ(no_path.reason, Reason::kAffinity);
  EXPECT_EQ(no_path.message,
            "affinity: no path from a to d over links of the wanted admin groups, together with "
            "the other constraints; blocked by 1 link: a->c");
}

TEST_F(ExplainTest, AFilterThatCutsByItselfIsBlamedAlone) {
  const TedPtr ted = BuildTed("a<->b igp 1 admin 0x1 bw 1G\n");
  Constraints constraints{.min_bandwidth = {10 * kGigabit}};
  constraints.exclude_any.Set(0);
  EXPECT_EQ(Ask(ted, "a", "b", constraints).message,
            "affinity: no path from a to b over links of the wanted admin groups; blocked by 1 "
            "link: a->b");
}

TEST_F(ExplainTest, OverloadedNodesThatEveryWayPassesAreNamed) {
  const TedPtr one = BuildTed("a<->b igp 1\nb<->c igp 1\nnode b overload\n");
  EXPECT_EQ(Ask(one, "a", "c", {}).message,
            "unreachable: every way from a to c passes b, which is overloaded and carries no "
            "transit");
  const TedPtr two = BuildTed(
      "a<->b igp 1\nb<->d igp 1\na<->c igp 1\nc<->d igp 1\nnode b overload\nnode c overload\n");
  EXPECT_EQ(Ask(two, "a", "d", {}).message,
            "unreachable: every way from a to d passes b or c, which are overloaded and carry no "
            "transit");
  EXPECT_EQ(Ask(one, "a", "a", {.waypoints = {NodeOf(*one, "b")}}).message,
            "waypoint: the leg from b to a is cut: unreachable: every way from b to a passes b, "
            "which is overloaded and carries no transit");
}

TEST_F(ExplainTest, MissingAttributesAreNamed) {
  const TedPtr ted = BuildTed("a<->b igp 1\nb<->c igp 1 delay 5\n");
  const NoPath no_path = Ask(ted, "a", "c", {.max_loss = 0.5}, MetricType::kDelay);
  EXPECT_EQ(no_path.reason, Reason::kMissingAttribute);
  EXPECT_EQ(no_path.message.substr(0, 75),
            "missing attribute: no path from a to c over links that announce delay and l");
}

TEST_F(ExplainTest, WaypointNamesTheLegAndWhatCutsIt) {
  const TedPtr ted = BuildTed("a<->b igp 1 bw 10G\nb<->w igp 1 bw 1G\n");
  const NoPath no_path =
      Ask(ted, "a", "b", {.min_bandwidth = {2 * kGigabit}, .waypoints = {NodeOf(*ted, "w")}});
  EXPECT_EQ(no_path.reason, Reason::kWaypoint);
  EXPECT_EQ(no_path.message,
            "waypoint: the leg from a to w is cut: bandwidth: best achievable 1.0 Gb/s, wanted 2.0 "
            "Gb/s; blocked by 1 link: b->w");
}

TEST_F(ExplainTest, CombinedBoundsTellHowFarOneMissesWithinTheOthers) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10 delay 900\n"
      "a<->b#2 igp 40 delay 100\n");
  const NoPath no_path = Ask(ted, "a", "b", {.max_delay = Microseconds(500), .max_igp_cost = 20});
  EXPECT_EQ(no_path.reason, Reason::kCombinedBounds);
  EXPECT_EQ(no_path.message,
            "bounds: delay and IGP cost can each be kept, but not together: with the others kept, "
            "best achievable delay 900 us, "
            "bound 500 us");
}

TEST_F(ExplainTest, BandwidthsReadWell) {
  EXPECT_EQ(FormatBandwidth({0}), "0 b/s");
  EXPECT_EQ(FormatBandwidth({125}), "1.0 kb/s");
  EXPECT_EQ(FormatBandwidth({1'245'000'000}), "9.96 Gb/s");
  EXPECT_EQ(FormatBandwidth({12'500'000}), "100.0 Mb/s");
}

TEST_F(ExplainTest, EveryReasonHasAName) {
  for (int i = 0; i <= static_cast<int>(Reason::kBudgetExhausted); ++i) {
    EXPECT_STRNE(ReasonName(static_cast<Reason>(i)), "UNKNOWN") << i;
  }
}

}  // namespace
}  // namespace srpce::cspf
