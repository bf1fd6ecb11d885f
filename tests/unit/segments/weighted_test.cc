// Weighted segment lists: drawn maps, and against a linear program over all paths whose lists fit.
#include "lib/segments/weighted.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/build_ted.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/exact_lp.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using cspf::NoPath;
using cspf::SplitPath;
using cspf::oracle::Fraction;
using cspf::oracle::Wide;
using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::MetricType;
using topology::TedPtr;

SegmentQuery Query(const Ted& ted, const std::string& from, const std::string& to,
                   DataPlane data_plane = DataPlane::kSrMpls) {
  SegmentQuery query;
  query.path.source = NodeOf(ted, from);
  query.path.target = NodeOf(ted, to);
  query.path.objective = MetricType::kTe;
  query.path.constraints.data_plane = data_plane;
  return query;
}

class WeightedTest : public testing::Test {
 protected:
  // "3 s a t: 16002, 16004 | 1 s b t: 16003, 16004", or the reason.
  std::string Ask(const TedPtr& ted, const SegmentQuery& query, uint64_t demand) {
    const auto result = ComputeWeightedRoutes(*ted, {query, {demand}}, workspace_);
    EXPECT_TRUE(result.ok()) << result.status();
    if (const auto* none = std::get_if<NoPath>(&*result)) {
      none_ = *none;
      return cspf::ReasonName(none->reason);
    }
    routes_ = std::get<WeightedRoutes>(*result);
    return absl::StrJoin(routes_.lists, " | ", [&](std::string* out, const WeightedRoute& list) {
      absl::StrAppend(out, list.weight, " ",
                      support::DescribeLinks(*ted, query.path.source, list.route.path.links), ": ",
                      ToString(list.route.list));
    });
  }

  cspf::Workspace workspace_;
  WeightedRoutes routes_;
  NoPath none_;
};

// s-a-t is short for the IGP; s-b-c-t takes a SID for each hop.
const char kMap[] =
    "s<->a igp 1 te 1 bw 240\na<->t igp 1 te 1 bw 240\n"
    "s<->b igp 9 te 2 bw 240\nb<->c igp 9 te 2 bw 240\nc<->t igp 9 te 2 bw 240\n"
    "s<->t igp 5 te 9 bw 240\n";

TEST_F(WeightedTest, WeightsAreTheRatesWithoutTheirCommonDivisor) {
  const TedPtr ted = BuildTed(kMap);
  EXPECT_EQ(Ask(ted, Query(*ted, "s", "t"), 40), "3 s a t: 16003 | 1 s b c t: 16004, 16005, 16003");
  EXPECT_TRUE(routes_.proved_optimal);
  EXPECT_EQ(routes_.cost, 3);
  EXPECT_EQ(routes_.lists[0].rate.value, 30U);
}

TEST_F(WeightedTest, PathsWhoseListsDoNotFitAreLeftOut) {
  const TedPtr ted = BuildTed(kMap);
  SegmentQuery query = Query(*ted, "s", "t");
  query.max_sids = 1;
  EXPECT_EQ(Ask(ted, query, 40), "3 s a t: 16003 | 1 s t: 24011");
  EXPECT_EQ(routes_.cost, 3.75);
  EXPECT_TRUE(routes_.proved_optimal);
  EXPECT_EQ(Ask(ted, query, 61), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(none_.best_achievable, 60);
  EXPECT_NE(none_.message.find("SID depth"), std::string::npos) << none_.message;
}

TEST_F(WeightedTest, NoListAtAllIsToldFromNoBandwidth) {
  const TedPtr ted = BuildTed(std::string(kMap) + "node s msd 0\n");
  EXPECT_EQ(Ask(ted, Query(*ted, "s", "t"), 40), "MSD_EXCEEDED");
}

TEST_F(WeightedTest, OneDataPlaneForAllLists) {
  const TedPtr ted = BuildTed(kMap);
  EXPECT_EQ(Ask(ted, Query(*ted, "s", "t", DataPlane::kEither), 40),
            Ask(ted, Query(*ted, "s", "t"), 40));
  const TedPtr srv6 = BuildTed(std::string(kMap) + "node b no-mpls\nnode a no-mpls\n");
  Ask(srv6, Query(*srv6, "s", "t", DataPlane::kEither), 80);
  ASSERT_EQ(routes_.lists.size(), 3U);
  for (const WeightedRoute& list : routes_.lists) {
    EXPECT_EQ(list.route.list.data_plane, DataPlane::kSrv6);
  }
}

// What WeightsOf() makes of rates over parallel links of such capacity (bytes/s).
std::vector<uint32_t> Weights(const std::vector<uint64_t>& capacities,
                              const std::vector<uint64_t>& rates) {
  std::string map;
  for (size_t i = 0; i < rates.size(); ++i) {
    absl::StrAppend(&map, "s<->t#", i + 1, " igp 1 bw ", capacities[i] * 8, "\n");
  }
  const TedPtr ted = BuildTed(map);
  std::vector<SplitPath> paths;
  uint64_t demand = 0;
  for (size_t i = 0; i < rates.size(); ++i) {
    const LinkIndex link = LinkOf(*ted, absl::StrCat("s->t#", i + 1));
    paths.push_back({{.links = {link}}, {rates[i]}});
    demand += rates[i];
  }
  const std::vector<uint32_t> weights = WeightsOf(*ted, paths, {demand});
  Wide all = 0;
  for (const uint32_t weight : weights) all += weight;
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_LE(Wide{weights[i]} * static_cast<Wide>(demand), all * static_cast<Wide>(capacities[i]));
  }
  return weights;
}

TEST(WeightsOfTest, RateOfAnySizeWithACommonDivisorStaysExact) {
  EXPECT_EQ(Weights({12'500'000'000, 50'000'000'000}, {12'500'000'000, 50'000'000'000}),
            (std::vector<uint32_t>{1, 4}));
}

TEST(WeightsOfTest, RoundingGoesWhereThereIsRoom) {
  constexpr uint64_t kRate = 12'500'000'001;
  EXPECT_FALSE(Weights({kRate, 2 * kRate}, {kRate, kRate + 7}).empty());
  EXPECT_FALSE(Weights({2 * kRate, kRate + 7}, {kRate, kRate + 7}).empty());
  EXPECT_FALSE(Weights({kRate, kRate + 1, 2 * kRate}, {kRate, kRate + 1, 3}).empty());
}

TEST(WeightsOfTest, NoRoomAndNoDivisorHaveNoWeights) {
  EXPECT_TRUE(Weights({12'500'000'001, 12'500'000'008}, {12'500'000'001, 12'500'000'008}).empty());
}

// The first two links have no room for rounding, so the third gets what it takes.
TEST_F(WeightedTest, SplitTooFineForWeightsIsMadeCoarser) {
  const TedPtr ted = BuildTed(
      "s<->t#1 igp 1 te 1 bw 100000000008\n"
      "s<->t#2 igp 1 te 2 bw 100000000040\n"
      "s<->t#3 igp 1 te 3 bw 8000\n");
  constexpr uint64_t kDemand = 25'000'000'006;
  Ask(ted, Query(*ted, "s", "t"), kDemand);
  ASSERT_EQ(routes_.lists.size(), 3U);
  Wide all = 0;
  for (const WeightedRoute& list : routes_.lists) all += list.weight;
  for (const WeightedRoute& list : routes_.lists) {
    const uint64_t capacity = ted->graph().data(list.route.path.links[0].value()).capacity;
    EXPECT_LE(Wide{list.weight} * kDemand, all * static_cast<Wide>(capacity));
  }
  EXPECT_EQ(Ask(BuildTed("s<->t#1 igp 1 te 1 bw 100000000008\n"
                         "s<->t#2 igp 1 te 2 bw 100000000040\n"),
                Query(*ted, "s", "t"), kDemand),
            "NO_PATH_BANDWIDTH");
}

// The whole answer as text.
std::string Told(const TedPtr& ted, const SegmentQuery& query, uint64_t demand,
                 cspf::Workspace& workspace) {
  const auto result = ComputeWeightedRoutes(*ted, {query, {demand}}, workspace);
  if (!result.ok()) return result.status().ToString();
  if (const auto* none = std::get_if<NoPath>(&*result)) return none->message;
  const auto& routes = std::get<WeightedRoutes>(*result);
  std::string text = absl::StrCat(routes.cost, " ", routes.lower_bound);
  for (const WeightedRoute& list : routes.lists) {
    absl::StrAppend(&text, " | ", list.weight, " ", list.rate.value, " ",
                    ToString(list.route.list));
  }
  return text;
}

TedPtr RandomMap(std::mt19937_64& rng) {
  const uint32_t nodes = Pick(rng, 4, 6);
  std::string map;
  for (uint32_t i = 0; i < nodes + Pick(rng, 1, 5); ++i) {
    const uint32_t from = i < nodes ? i : Pick(rng, 0, nodes - 1);
    const uint32_t to = (from + Pick(rng, 1, nodes - 1)) % nodes;
    absl::StrAppend(&map, "n", from, "<->n", to, "#", i + 1, " igp ", Pick(rng, 1, 4), " te ",
                    Pick(rng, 1, 9), " delay ", Pick(rng, 1, 9), " bw ", 8 * Pick(rng, 1, 9) * 100,
                    Chance(rng, 20) ? " no-adj" : "", "\n");
  }
  return BuildTed(map);
}

struct Verdict {
  Fraction most;
  std::optional<Fraction> least;  // Cost of the demand.
};

// `kServed` puts carrying before cost.
Verdict Exact(const Ted& ted, const Brute& brute, uint64_t demand) {
  constexpr Wide kServed = 1'000'000;
  const auto solve = [&](uint64_t limit) {
    std::map<LinkIndex, std::vector<int>> by_link;
    std::vector<Wide> gain;
    for (size_t i = 0; i < brute.fitting.size(); ++i) {
      gain.push_back(kServed - static_cast<Wide>(brute.fitting[i].first));
      for (const LinkIndex link : brute.fitting[i].second) {
        by_link[link].resize(brute.fitting.size());
        by_link[link][i] = 1;
      }
    }
    std::vector<std::vector<int>> rows = {std::vector<int>(brute.fitting.size(), 1)};
    std::vector<uint64_t> limits = {limit};
    for (auto& [link, row] : by_link) {
      rows.push_back(row);
      limits.push_back(ted.graph().data(link.value()).capacity);
    }
    Fraction served, cost;
    const std::vector<Fraction> rates = cspf::oracle::Maximise(rows, limits, gain);
    for (size_t i = 0; i < rates.size(); ++i) {
      served = served + rates[i];
      cost = cost + rates[i] * Fraction(static_cast<Wide>(brute.fitting[i].first));
    }
    return std::pair(served, cost);
  };
  Verdict verdict{.most = solve(100'000).first};
  const auto [served, cost] = solve(demand);
  if (served == Fraction(static_cast<Wide>(demand))) verdict.least = cost;
  return verdict;
}

void CheckWeights(const Ted& ted, const WeightedRoutes& routes, uint64_t demand) {
  std::map<LinkIndex, Wide> on;
  Wide all = 0;
  for (const WeightedRoute& list : routes.lists) {
    EXPECT_GT(list.weight, 0U);
    EXPECT_TRUE(list.route.expansion.single_path);
    all += list.weight;
    for (const LinkIndex link : list.route.expansion.path) on[link] += list.weight;
  }
  for (const auto& [link, weight] : on) {
    EXPECT_LE(weight * static_cast<Wide>(demand),
              all * static_cast<Wide>(ted.graph().data(link.value()).capacity));
  }
}

// Linear programs are solved by a library that says nothing of threads.
TEST_F(WeightedTest, ThreadsDoNotDisturbOneAnother) {
  struct Case {
    TedPtr ted;
    SegmentQuery query;
    uint64_t demand;
    std::string want;
  };
  std::mt19937_64 rng(support::TestSeed(11));
  std::vector<Case> cases;
  for (int i = 0; i < support::Cases(320); ++i) {
    Case one{RandomMap(rng), {}, Pick(rng, 4, 14) * 100, ""};
    one.query = Query(*one.ted, "n0", "n1");
    one.query.path.constraints.max_delay = Microseconds(Pick(rng, 8, 20));
    one.want = Told(one.ted, one.query, one.demand, workspace_);
    cases.push_back(std::move(one));
  }
  std::atomic<int> differ = 0;
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      cspf::Workspace workspace;
      for (size_t i = 0; i < cases.size(); ++i) {
        const Case& one = cases[(i + thread * 40) % cases.size()];
        differ += Told(one.ted, one.query, one.demand, workspace) != one.want;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differ, 0);
}

TEST_F(WeightedTest, AgreesWithTheProgramOverAllPathsThatFit) {
  std::mt19937_64 rng(support::TestSeed(7));
  support::CaseCount cases;
  int several = 0, refused = 0, dearer = 0;
  for (int i = 0; i < support::Cases(1000) && !HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("case ", i));
    cases.Add();
    const TedPtr ted = RandomMap(rng);
    SegmentQuery query = Query(*ted, "n0", "n1");
    query.max_sids = Pick(rng, 1, 3);
    if (Chance(rng, 40)) query.path.constraints.max_delay = Microseconds(Pick(rng, 5, 25));
    const Brute brute = Solve(*ted, query);
    if (brute.fitting.empty()) continue;
    const uint64_t demand = Pick(rng, 1, 18) * 100;
    const Verdict want = Exact(*ted, brute, demand);
    query.path.constraints.min_bandwidth = {Pick(rng, 0, 2000)};  // Not read.
    const std::string got = Ask(ted, query, demand);
    if (!want.least) {
      EXPECT_EQ(got, "NO_PATH_BANDWIDTH");
      EXPECT_NEAR(none_.best_achievable.value_or(0), want.most.value(), 1e-3);
      ++refused;
      continue;
    }
    ASSERT_NE(got, "NO_PATH_BANDWIDTH") << none_.message;
    CheckWeights(*ted, routes_, demand);
    EXPECT_TRUE(routes_.proved_optimal);
    EXPECT_NEAR(routes_.cost * static_cast<double>(demand), want.least->value(), 1e-3) << got;
    several += routes_.lists.size() > 1;
    query.max_sids.reset();
    Ask(ted, query, demand);
    dearer += routes_.cost * static_cast<double>(demand) < want.least->value() - 1e-3;
  }
  std::printf("%d over several lists, %d refused, %d dearer for their lists\n", several, refused,
              dearer);
  if (!support::kAllCases) return;
  EXPECT_GT(several, 30);
  EXPECT_GT(refused, 30);
  EXPECT_GT(dearer, 3);
}

}  // namespace
}  // namespace srpce::segments
