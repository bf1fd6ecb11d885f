// tests/unit/segments/nearest_test.cc -- one of several endpoints: named cases, and against all
// simple paths to each of them.
#include "lib/segments/nearest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/build_ted.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using cspf::Reason;
using support::BuildTed;
using support::NodeOf;
using topology::TedPtr;

const char kMap[] =
    "a<->b igp 10 delay 100\nb<->x igp 10 delay 100\nb<->y igp 20 delay 10\na<->z igp 90 delay 5\n";

NearestResult Ask(const Ted& ted, const SegmentQuery& query, const std::vector<std::string>& names,
                  const cspf::Budget& budget = {}) {
  std::vector<NodeIndex> endpoints;
  for (const std::string& name : names) endpoints.push_back(NodeOf(ted, name));
  cspf::Workspace workspace;
  return *ComputeNearest(ted, QueriesTo(query, endpoints), workspace, budget);
}

std::string Text(const Ted& ted, const NearestResult& result) {
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) return cspf::ReasonName(none->reason);
  const auto& [nearest, runner_up] = std::get<NearestRoute>(result);
  const auto text = [&](const EndpointRoute& route) {
    return ted.node(route.endpoint).id + " " + std::to_string(route.route.path.cost);
  };
  return text(nearest) + (runner_up ? ", then " + text(*runner_up) : "");
}

SegmentQuery From(const Ted& ted, const std::string& headend) {
  SegmentQuery query;
  query.path.source = NodeOf(ted, headend);
  query.path.constraints.data_plane = DataPlane::kSrMpls;
  return query;
}

TEST(NearestTest, NamesTheEndpointAndTheRunnerUp) {
  const TedPtr ted = BuildTed(kMap);
  EXPECT_EQ(Text(*ted, Ask(*ted, From(*ted, "a"), {"z", "y", "x"})), "x 20, then y 30");
}

TEST(NearestTest, TheBoundsDecideWhoCanServe) {
  const TedPtr ted = BuildTed(kMap);
  SegmentQuery query = From(*ted, "a");
  query.path.constraints.max_delay = Microseconds(150);
  EXPECT_EQ(Text(*ted, Ask(*ted, query, {"z", "y", "x"})), "y 30, then z 90");
  query.path.constraints.max_delay = Microseconds(50);
  EXPECT_EQ(Text(*ted, Ask(*ted, query, {"z", "y", "x"})), "z 90");
}

TEST(NearestTest, EqualCostsGoToFewerLinksThenToTheFirstNamed) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->x igp 10\na<->y igp 20\na<->z igp 20\n");
  EXPECT_EQ(Text(*ted, Ask(*ted, From(*ted, "a"), {"x", "z", "y"})), "z 20, then y 20");
}

TEST(NearestTest, TheHeadendMayServeItself) {
  const TedPtr ted = BuildTed(kMap);
  EXPECT_EQ(Text(*ted, Ask(*ted, From(*ted, "a"), {"x", "a"})), "a 0, then x 20");
}

TEST(NearestTest, SaysOfEachWhyItCannotBeReached) {
  const TedPtr ted = BuildTed(kMap);
  SegmentQuery query = From(*ted, "a");
  query.path.constraints.max_delay = Microseconds(1);
  const NearestResult result = Ask(*ted, query, {"x", "z"});
  const auto& none = std::get<cspf::NoPath>(result);
  EXPECT_EQ(none.reason, Reason::kDelayBound);
  EXPECT_EQ(none.message,
            "none of 2 endpoints can be reached: x: delay: best achievable 200 us, bound 1 us; z: "
            "delay: best achievable 5 us, bound 1 us");
}

TEST(NearestTest, AnEndpointThatMayBeNearerIsNotPassedOver) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 delay 10\nb<->x igp 1 delay 10\na<->c igp 2 delay 1\nc<->x igp 2 delay 1\n"
      "a<->y igp 50 delay 1\n");
  SegmentQuery query = From(*ted, "a");
  query.path.constraints.max_delay = Microseconds(15);
  EXPECT_EQ(Text(*ted, Ask(*ted, query, {"y", "x"})), "x 4, then y 50");
  const NearestResult result = Ask(*ted, query, {"y", "x"}, {.max_labels = 1});
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr) << Text(*ted, result);
  EXPECT_EQ(none->reason, Reason::kBudgetExhausted);
  ASSERT_TRUE(none->best_found);
  EXPECT_EQ(none->best_found->cost, 50U);
}

TEST(NearestOracleTest, NoEndpointIsNearer) {
  std::mt19937_64 rng(support::TestSeed(20261162));
  support::CaseCount cases;
  int found = 0, second = 0, none = 0;
  cspf::Workspace workspace;
  for (int round = 0; round < support::Cases(4000); ++round) {
    const TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 4, .max_nodes = 7, .oddities = Chance(rng, 50)});
    cases.Add();
    SegmentQuery query = RandomQuery(*ted, rng);
    std::vector<NodeIndex> endpoints;
    std::vector<uint64_t> costs;
    for (uint32_t i = Pick(rng, 1, 4); i > 0; --i) {
      const NodeIndex endpoint = Walk(*ted, rng, 0).headend;
      if (std::find(endpoints.begin(), endpoints.end(), endpoint) != endpoints.end()) continue;
      endpoints.push_back(endpoint);
      query.path.target = endpoint;
      if (const auto cost = Solve(*ted, query).best_cost) costs.push_back(*cost);
    }
    std::sort(costs.begin(), costs.end());
    const NearestResult result = *ComputeNearest(*ted, QueriesTo(query, endpoints), workspace);
    const auto* answer = std::get_if<NearestRoute>(&result);
    ASSERT_EQ(answer != nullptr, !costs.empty()) << "round " << round;
    none += answer == nullptr ? 1 : 0;
    if (answer == nullptr) continue;
    ASSERT_EQ(answer->nearest.route.path.cost, costs[0]) << "round " << round;
    ASSERT_EQ(answer->nearest.route.expansion.ends, std::vector{answer->nearest.endpoint});
    ASSERT_EQ(answer->runner_up.has_value(), costs.size() > 1) << "round " << round;
    ++found;
    if (!answer->runner_up) continue;
    ASSERT_EQ(answer->runner_up->route.path.cost, costs[1]) << "round " << round;
    ASSERT_NE(answer->runner_up->endpoint, answer->nearest.endpoint);
    ++second;
  }
  EXPECT_GT(found, support::Cases(1600));
  EXPECT_GT(second, support::Cases(800));
  EXPECT_GT(none, support::Cases(240));
}

}  // namespace
}  // namespace srpce::segments
