// tests/unit/cspf/compute_path_test.cc -- each constraint on a map drawn for it.
#include "lib/cspf/compute_path.h"

#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/build_ted.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

Query Between(const TedPtr& ted, const char* source, const char* target,
              MetricType objective = MetricType::kIgp) {
  return {.source = NodeOf(*ted, source), .target = NodeOf(*ted, target), .objective = objective};
}

Query Through(const TedPtr& ted, const char* source, const char* waypoint, const char* target) {
  Query query = Between(ted, source, target);
  query.constraints.waypoints = {NodeOf(*ted, waypoint)};
  return query;
}

std::string Answer(const TedPtr& ted, const Query& query) {
  Workspace workspace;
  return support::Describe(*ted, query.source, ComputePath(*ted, query, workspace));
}

// a-b-d costs less; a-c-d is faster.
TedPtr Diamond() {
  return BuildTed(
      "a<->b igp 10 te 1 delay 900 var 5 loss 0.1 bw 10G srlg 1\n"
      "b<->d igp 10 te 1 delay 900 var 5 loss 0.1 bw 10G admin 0x1\n"
      "a<->c igp 20 te 2 delay 100 var 1 loss 0.01 bw 4G\n"
      "c<->d igp 20 te 2 delay 100 var 1 loss 0.01 bw 4G admin 0x2\n");
}

TEST(ComputePathTest, MinimisesTheObjective) {
  const TedPtr ted = Diamond();
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d")), "a b d cost 20");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d", MetricType::kTe)), "a b d cost 2");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d", MetricType::kDelay)), "a c d cost 200");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d", MetricType::kHops)), "a b d cost 2");
}

struct BoundCase {
  std::string name;
  Constraints constraints;
  std::string want;
};
class ComputePathBoundTest : public testing::TestWithParam<BoundCase> {};
TEST_P(ComputePathBoundTest, PicksTheCheapestPathWithinTheBound) {
  const TedPtr ted = Diamond();
  Query query = Between(ted, "a", "d");
  query.constraints = GetParam().constraints;
  EXPECT_EQ(Answer(ted, query), GetParam().want);
}
const BoundCase kBoundCases[] = {
    {"DelayIsInclusive", {.max_delay = Microseconds(1800)}, "a b d cost 20"},
    {"DelayForcesDetour", {.max_delay = Microseconds(1799)}, "a c d cost 40"},
    {"DelayTooTight", {.max_delay = Microseconds(199)}, "DELAY_BOUND_UNREACHABLE"},
    {"IgpIsInclusive", {.max_igp_cost = 20}, "a b d cost 20"},
    {"IgpTooTight", {.max_igp_cost = 19}, "IGP_BOUND_UNREACHABLE"},
    {"TeTooTight", {.max_te_cost = 1}, "TE_BOUND_UNREACHABLE"},
    {"HopsTooTight", {.max_hops = 1}, "HOP_BOUND_UNREACHABLE"},
    {"LossIsInclusive", {.max_loss = 0.19}, "a b d cost 20"},
    {"LossForcesDetour", {.max_loss = 0.189}, "a c d cost 40"},
    {"LossTooTight", {.max_loss = 0.0198}, "LOSS_BOUND_UNREACHABLE"},
    {"VariationForcesDetour", {.max_variation = Microseconds(9)}, "a c d cost 40"},
    {"VariationTooTight", {.max_variation = Microseconds(1)}, "VARIATION_BOUND_UNREACHABLE"},
    {"EachButNotBoth",
     {.max_delay = Microseconds(1000), .max_igp_cost = 30},
     "COMBINED_BOUNDS_UNREACHABLE"},
    {"NegativeDelayIsNeverKept", {.max_delay = Microseconds(-1)}, "DELAY_BOUND_UNREACHABLE"},
    {"BandwidthForcesDetour",
     {.max_delay = Microseconds(1800), .min_bandwidth = {1'250'000'000}},
     "a b d cost 20"},
    {"BandwidthTooMuch", {.min_bandwidth = {1'250'000'001}}, "NO_PATH_BANDWIDTH"},
    {"SrlgExcluded", {.exclude_srlgs = {1}}, "a c d cost 40"},
};
INSTANTIATE_TEST_SUITE_P(Diamond, ComputePathBoundTest, testing::ValuesIn(kBoundCases),
                         [](const auto& info) { return info.param.name; });

TEST(ComputePathTest, AffinitiesBeyond64BitsCount) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 admin-bits 70\n"
      "b<->d igp 1 admin-bits 70,3\n"
      "a<->c igp 2 admin-bits 3\n"
      "c<->d igp 2 admin-bits 3\n");
  Query query = Between(ted, "a", "d");
  query.constraints.exclude_any.Set(70);
  EXPECT_EQ(Answer(ted, query), "a c d cost 4");
  query.constraints = {};
  query.constraints.include_all.Set(70);
  EXPECT_EQ(Answer(ted, query), "a b d cost 2");
  query.constraints.include_all.Set(3);
  EXPECT_EQ(Answer(ted, query), "NO_PATH_AFFINITY");
  query.constraints = {};
  query.constraints.include_any.Set(3);
  EXPECT_EQ(Answer(ted, query), "a c d cost 4");
}

TEST(ComputePathTest, EqualCostsGoToFewerHopsThenLowerLinkIndexes) {
  const TedPtr ted = BuildTed(
      "a<->b igp 0\n"
      "b<->d igp 4\n"
      "a<->d igp 4\n"
      "a<->d#2 igp 4\n");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d")), "a d cost 4");
  Query query = Between(ted, "a", "d");
  query.constraints.exclude_links = {LinkOf(*ted, "a->d")};
  EXPECT_EQ(Answer(ted, query), "a d#2 cost 4");
}

TEST(ComputePathTest, SourceIsTargetWithAnEmptyPath) {
  const TedPtr ted = Diamond();
  EXPECT_EQ(Answer(ted, Between(ted, "a", "a")), "a cost 0");
  EXPECT_EQ(Answer(ted, Through(ted, "a", "d", "a")), "a b d b a cost 40");
}

TEST(ComputePathTest, OverloadedNodesCarryNoTransitButMayBeEnds) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1\n"
      "b<->d igp 1\n"
      "a<->c igp 5\n"
      "c<->d igp 5\n"
      "node b overload\n");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d")), "a c d cost 10");
  EXPECT_EQ(Answer(ted, Between(ted, "b", "c")), "b a c cost 6");
  EXPECT_EQ(Answer(ted, Between(ted, "c", "b")), "c a b cost 6");
  EXPECT_EQ(Answer(ted, Through(ted, "a", "b", "d")), "NO_PATH_WAYPOINT");
}

TEST(ComputePathTest, AnOverloadedHeadendIsNotPassedAgainAfterAWaypoint) {
  const TedPtr ted = BuildTed(
      "a<->w igp 1\n"
      "a<->d igp 1\n"
      "node a overload\n");
  EXPECT_EQ(Answer(ted, Through(ted, "a", "w", "d")), "NO_PATH_WAYPOINT");
}

TEST(ComputePathTest, WaypointsAndBoundsAreKeptTogether) {
  // The cheapest leg a-w takes so much delay that no way on from w is left.
  const TedPtr ted = BuildTed(
      "a<->x igp 1 delay 50\n"
      "x<->w igp 1 delay 50\n"
      "a<->w igp 9 delay 10\n"
      "w<->d igp 1 delay 30\n");
  Query query = Through(ted, "a", "w", "d");
  EXPECT_EQ(Answer(ted, query), "a x w d cost 3");
  query.constraints.max_delay = Microseconds(100);
  EXPECT_EQ(Answer(ted, query), "a w d cost 10");
  query.constraints.max_delay = Microseconds(39);
  EXPECT_EQ(Answer(ted, query), "DELAY_BOUND_UNREACHABLE");
}

TEST(ComputePathTest, LinksWithoutTheAttributeAreNotUsed) {
  const TedPtr ted = BuildTed(
      "a<->d igp 1\n"
      "a<->b igp 5 delay 10\n"
      "b<->d igp 5 delay 10\n");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d")), "a d cost 1");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d", MetricType::kDelay)), "a b d cost 20");
  Query bounded = Between(ted, "a", "d");
  bounded.constraints.max_delay = Microseconds(1000);
  EXPECT_EQ(Answer(ted, bounded), "a b d cost 10");
  EXPECT_EQ(Answer(ted, Between(ted, "a", "d", MetricType::kTe)), "a d cost 1")
      << "TE falls back to IGP";
}

TEST(ComputePathTest, FlexAlgorithmKeepsToItsTopologyAndMetric) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 delay 900\n"
      "b<->d igp 1 delay 900\n"
      "a<->c igp 9 delay 100\n"
      "c<->d igp 9 delay 100\n"
      "a<->e igp 9 delay 1 admin 0x1\n"
      "e<->d igp 9 delay 1\n"
      "a<->f igp 1 delay 2\n"
      "f<->d igp 1 delay 2\n"
      "node a algo 128\nnode b algo 128\nnode c algo 128\nnode d algo 128\nnode e algo 128\n"
      "fad 128 metric delay exclude-any 0x1 priority 200 on a\n"
      "fad 129 metric te on a\n");
  Query query = Between(ted, "a", "d");
  query.constraints.flex_algorithm = 128;
  EXPECT_EQ(Answer(ted, query), "a c d cost 200");
  query.target = NodeOf(*ted, "f");
  EXPECT_EQ(Answer(ted, query), "NO_PATH_FLEX_ALGORITHM") << "f does not take part";
  query.constraints.flex_algorithm = 200;
  EXPECT_EQ(Answer(ted, query), "NO_PATH_FLEX_ALGORITHM") << "not defined";
}

TEST(ComputePathTest, FlexAlgorithmWithTeMetricDoesNotFallBackToIgp) {
  const TedPtr ted = BuildTed(
      "a<->d igp 1\n"
      "a<->b igp 1 te 7\n"
      "b<->d igp 1 te 7\n"
      "node a algo 128\nnode b algo 128\nnode d algo 128\n"
      "fad 128 metric te on a\n");
  Query query = Between(ted, "a", "d");
  query.constraints.flex_algorithm = 128;
  EXPECT_EQ(Answer(ted, query), "a b d cost 14");
}

TEST(ComputePathTest, FlexAlgorithmWithDelayTakesNoAverageForTheLeast) {
  const TedPtr ted = BuildTed(
      "a<->d igp 1 avg-delay 1\n"
      "a<->b igp 1 delay 7\n"
      "b<->d igp 1 delay 7\n"
      "node a algo 128\nnode b algo 128\nnode d algo 128\n"
      "fad 128 metric delay on a\n");
  Query query = Between(ted, "a", "d", MetricType::kDelay);
  EXPECT_EQ(Answer(ted, query), "a d cost 1");
  query.constraints.flex_algorithm = 128;
  EXPECT_EQ(Answer(ted, query), "a b d cost 14");
}

TEST(ComputePathTest, DataPlaneNeedsEveryNodeButLans) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1\n"
      "b<->d igp 1\n"
      "a<->lan igp 5\n"
      "lan<->d igp 5\n"
      "node b no-mpls\n"
      "node lan pseudonode no-sr\n");
  Query query = Between(ted, "a", "d");
  EXPECT_EQ(Answer(ted, query), "a b d cost 2");
  query.constraints.data_plane = DataPlane::kSrMpls;
  EXPECT_EQ(Answer(ted, query), "a lan d cost 5");
  query.constraints.data_plane = DataPlane::kSrv6;
  EXPECT_EQ(Answer(ted, query), "a b d cost 2");
  query.constraints.data_plane = DataPlane::kSrMpls;
  query.target = NodeOf(*ted, "b");
  EXPECT_EQ(Answer(ted, query), "NO_PATH_DATA_PLANE");
}

// As IGPs announce it: what a LAN costs and carries is said by the routers on it, the pseudonode's
// own links have metric 0 and nothing else.
TedPtr Lan() {
  return BuildTed(
      "a->lan igp 10 delay 100 var 5 loss 0.1 bw 10G admin 0x1\n"
      "b->lan igp 10 delay 100 var 5 loss 0.1 bw 10G admin 0x1\n"
      "lan->a igp 0\n"
      "lan->b\n"
      "node lan pseudonode\n"
      "fad 128 metric delay include-any 0x1 on a\n"
      "node a algo 128\n"
      "node b algo 128\n");
}
struct LanCase {
  std::string name;
  MetricType objective = MetricType::kIgp;
  std::function<void(Constraints&)> constrain;
  std::string want;
};
class ComputePathLanTest : public testing::TestWithParam<LanCase> {};
TEST_P(ComputePathLanTest, ALanIsOneHopThatItsRoutersDescribe) {
  const TedPtr ted = Lan();
  Query query = Between(ted, "a", "b", GetParam().objective);
  GetParam().constrain(query.constraints);
  EXPECT_EQ(Answer(ted, query), GetParam().want);
}
const LanCase kLanCases[] = {
    {"Igp", MetricType::kIgp, [](Constraints&) {}, "a lan b cost 10"},
    {"Te", MetricType::kTe, [](Constraints&) {}, "a lan b cost 10"},
    {"Delay", MetricType::kDelay, [](Constraints&) {}, "a lan b cost 100"},
    {"Hops", MetricType::kHops, [](Constraints&) {}, "a lan b cost 1"},
    {"MaxHops", MetricType::kIgp, [](Constraints& c) { c.max_hops = 1; }, "a lan b cost 10"},
    {"MaxDelay", MetricType::kIgp, [](Constraints& c) { c.max_delay = Microseconds(100); },
     "a lan b cost 10"},
    {"MaxLoss", MetricType::kIgp, [](Constraints& c) { c.max_loss = 0.1; }, "a lan b cost 10"},
    {"MaxVariation", MetricType::kIgp, [](Constraints& c) { c.max_variation = Microseconds(5); },
     "a lan b cost 10"},
    {"Bandwidth", MetricType::kIgp, [](Constraints& c) { c.min_bandwidth = {1'250'000'000}; },
     "a lan b cost 10"},
    {"TooLittleBandwidth", MetricType::kIgp,
     [](Constraints& c) { c.min_bandwidth = {1'250'000'001}; }, "NO_PATH_BANDWIDTH"},
    {"IncludeAny", MetricType::kIgp, [](Constraints& c) { c.include_any.Set(0); },
     "a lan b cost 10"},
    {"IncludeAll", MetricType::kIgp, [](Constraints& c) { c.include_all.Set(0); },
     "a lan b cost 10"},
    {"IncludeWide", MetricType::kIgp, [](Constraints& c) { c.include_all.Set(70); },
     "NO_PATH_AFFINITY"},
    {"FlexAlgorithm", MetricType::kIgp, [](Constraints& c) { c.flex_algorithm = 128; },
     "a lan b cost 100"},
};
INSTANTIATE_TEST_SUITE_P(Lan, ComputePathLanTest, testing::ValuesIn(kLanCases),
                         [](const auto& param) { return param.param.name; });

TEST(ComputePathTest, MetricsOverALanAreThoseOfTheWayOntoIt) {
  const TedPtr ted = Lan();
  const PathMetrics metrics = Measure(*ted, {LinkOf(*ted, "a->lan"), LinkOf(*ted, "lan->b")});
  EXPECT_EQ(metrics.igp_cost, 10U);
  EXPECT_EQ(metrics.delay, Microseconds(100));
  EXPECT_EQ(metrics.variation, Microseconds(5));
  EXPECT_NEAR(*metrics.loss, 0.1, 1e-12);
  EXPECT_EQ(metrics.hops, 1U);
  EXPECT_EQ(metrics.bottleneck->value, 1'250'000'000U);
  EXPECT_EQ(Measure(*ted, {LinkOf(*ted, "lan->b")}).bottleneck, std::nullopt);
}

TEST(ComputePathTest, HugeMetricsDoNotOverflow) {
  std::string text;
  for (int i = 0; i < 40; ++i)
    absl::StrAppend(&text, "n", i, "<->n", i + 1, " igp 1 te 4294967295 delay 10\n");
  const TedPtr ted = BuildTed(text);
  Query query = Between(ted, "n0", "n40", MetricType::kTe);
  Workspace workspace;
  EXPECT_EQ(std::get<Path>(ComputePath(*ted, query, workspace)).cost, 40 * uint64_t{UINT32_MAX});
  query.objective = MetricType::kIgp;
  query.constraints.max_te_cost = 40 * uint64_t{UINT32_MAX};
  EXPECT_EQ(std::get<Path>(ComputePath(*ted, query, workspace)).cost, 40U);
  query.constraints.max_te_cost = 40 * uint64_t{UINT32_MAX} - 1;
  EXPECT_EQ(std::get<NoPath>(ComputePath(*ted, query, workspace)).reason, Reason::kTeBound);
}

TEST(ComputePathTest, MetricsOfThePathAreItsSums) {
  const TedPtr ted = Diamond();
  Workspace workspace;
  const Path path = std::get<Path>(ComputePath(*ted, Between(ted, "a", "d"), workspace));
  EXPECT_EQ(path.metrics.igp_cost, 20U);
  EXPECT_EQ(path.metrics.te_cost, 2U);
  EXPECT_EQ(path.metrics.delay, Microseconds(1800));
  EXPECT_EQ(path.metrics.variation, Microseconds(10));
  EXPECT_NEAR(path.metrics.loss.value(), 0.19, 1e-12);
  EXPECT_EQ(path.metrics.hops, 2U);
  EXPECT_EQ(path.metrics.bottleneck, BytesPerSecond{1'250'000'000});
  const PathMetrics none = Measure(*ted, {});
  EXPECT_EQ(none.igp_cost, 0U);
  EXPECT_EQ(none.bottleneck, std::nullopt);
}

// `stages` diamonds in a row, whose ways trade cost for delay in amounts no two of which add up
// alike: no label dominates another.
std::string Ladder(int stages) {
  std::string text;
  for (int i = 0; i < stages; ++i) {
    const int trade = 1 << i;
    absl::StrAppend(&text, "n", i, "<->u", i, " igp ", trade, " delay 0\n");
    absl::StrAppend(&text, "u", i, "<->n", i + 1, " igp 0 delay 0\n");
    absl::StrAppend(&text, "n", i, "<->v", i, " igp 0 delay ", trade, "\n");
    absl::StrAppend(&text, "v", i, "<->n", i + 1, " igp 0 delay 0\n");
  }
  return text;
}

TEST(ComputePathTest, ExhaustedBudgetGivesTheBestFoundAndABound) {
  const TedPtr ted = BuildTed(Ladder(14));
  Query query = Between(ted, "n0", "n14");
  query.constraints.max_delay = Microseconds((1 << 13) - 1);
  query.constraints.max_variation.reset();
  Workspace workspace;
  const Path best = std::get<Path>(ComputePath(*ted, query, workspace));
  EXPECT_EQ(best.cost, uint64_t{1} << 13) << "cost + delay = 2^14 - 1 on every path";
  const NoPath stopped = std::get<NoPath>(ComputePath(*ted, query, workspace, {.max_labels = 100}));
  EXPECT_EQ(stopped.reason, Reason::kBudgetExhausted);
  ASSERT_TRUE(stopped.best_found.has_value());
  ASSERT_TRUE(stopped.lower_bound.has_value());
  EXPECT_LE(stopped.best_found->metrics.delay.value(), *query.constraints.max_delay);
  EXPECT_GE(stopped.best_found->cost, best.cost);
  EXPECT_LE(*stopped.lower_bound, best.cost);
}

// With two bounds a state keeps many labels, and comparing them is most of the work.
TEST(ComputePathTest, TheBudgetCountsComparisonsOfLabelsToo) {
  constexpr uint32_t kSide = 30;
  std::mt19937 rng(7);
  std::string text;
  const auto link = [&](uint32_t a, uint32_t b) {
    absl::StrAppend(&text, "n", a, "<->n", b, " igp ", 1 + rng() % 1000);
    absl::StrAppend(&text, " te ", 1 + rng() % 1000);
    absl::StrAppend(&text, " delay ", 1 + rng() % 1000, "\n");
  };
  for (uint32_t node = 0; node < kSide * kSide; ++node) {
    if (node % kSide + 1 < kSide) link(node, node + 1);
    if (node + kSide < kSide * kSide) link(node, node + kSide);
  }
  const TedPtr ted = BuildTed(text);
  const std::string corner = absl::StrCat("n", kSide * kSide - 1);
  Workspace workspace;
  const auto least = [&](MetricType objective) {
    return std::get<Path>(
               ComputePath(*ted, Between(ted, "n0", corner.c_str(), objective), workspace))
        .cost;
  };
  Query query = Between(ted, "n0", corner.c_str());
  query.constraints.max_delay =
      Microseconds(static_cast<int64_t>(least(MetricType::kDelay) * 14 / 10));
  query.constraints.max_te_cost = least(MetricType::kTe) * 14 / 10;
  EXPECT_TRUE(std::holds_alternative<Path>(ComputePath(*ted, query, workspace)));
  // More than the labels that it settles.
  const PathResult stopped = ComputePath(*ted, query, workspace, {.max_labels = 60'000});
  ASSERT_TRUE(std::holds_alternative<NoPath>(stopped));
  EXPECT_EQ(std::get<NoPath>(stopped).reason, Reason::kBudgetExhausted);
}

TEST(PathEnumeratorTest, StopsWhenTheBudgetIsSpent) {
  const TedPtr ted = BuildTed(Ladder(10));
  Workspace workspace;
  PathEnumerator paths(*ted, Between(ted, "n0", "n10"), workspace, {.max_labels = 2000});
  uint64_t last_cost = 0;
  for (;;) {
    const PathResult result = paths.Next();
    if (const auto* no_path = std::get_if<NoPath>(&result)) {
      EXPECT_EQ(no_path->reason, Reason::kBudgetExhausted);
      EXPECT_GE(no_path->lower_bound.value_or(0), last_cost);
      return;
    }
    ASSERT_GE(std::get<Path>(result).cost, last_cost);
    last_cost = std::get<Path>(result).cost;
  }
}

TEST(PathEnumeratorTest, ProvesTheEndWithoutWalkingADeadEnd) {
  // One path, beside a mesh of dead ends in which there are millions of ways.
  std::string text = "s<->a igp 1\na<->t igp 1\n";
  for (int i = 0; i < 12; ++i) {
    absl::StrAppend(&text, "s<->m", i, " igp 1\n");
    for (int j = 0; j < i; ++j) absl::StrAppend(&text, "m", i, "<->m", j, " igp 1\n");
  }
  const TedPtr ted = BuildTed(text);
  Workspace workspace;
  PathEnumerator paths(*ted, Between(ted, "s", "t"), workspace, {.max_labels = 10'000});
  EXPECT_TRUE(std::holds_alternative<Path>(paths.Next()));
  EXPECT_EQ(std::get<NoPath>(paths.Next()).reason, Reason::kNoFurtherPath);
}

}  // namespace
}  // namespace srpce::cspf
