// tests/unit/cspf/guided_search_test.cc -- whatever guides the search for a bounded path, and
// however early it falls over to exact bounds, the answer is the same.
#include "lib/cspf/guided_search.h"

#include <random>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "lib/cspf/solver.h"
#include "tests/support/generators.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::Judge;
using oracle::Network;
using oracle::Show;
using oracle::Walk;
using support::Cases;
using support::TestSeed;

// Exact bounds only, a fall-over at once, after a few labels, never.
constexpr uint64_t kMostLabels[] = {0, 1, 5, 1'000'000};

std::string ShowBest(const Network& network, const Query& query, Workspace& workspace) {
  const PathResult result = ComputePath(*network.ted, query, workspace);
  const auto* path = std::get_if<Path>(&result);
  return path == nullptr ? "none" : Show(network, network.WalkOf(path->links));
}

void CheckAllWays(const Network& network, const Query& query, Workspace& workspace) {
  const std::vector<Walk> answers = Judge(network, query).Answers();
  const std::string want = answers.empty() ? "none" : Show(network, answers[0]);
  for (const bool unguided : {false, true}) {
    for (const uint64_t most : kMostLabels) {
      workspace.impl().guided_options = {.most_labels = most, .unguided = unguided};
      ASSERT_EQ(ShowBest(network, query, workspace), want)
          << "after " << most << (unguided ? " labels, unguided" : " labels");
    }
  }
}

TEST(GuidedSearchOracleTest, AnyLimitFindsTheFirstOfAllPaths) {
  oracle::ForRandomCases(TestSeed(71), Cases(3000), {.max_bounds = 2, .max_waypoints = 0},
                         CheckAllWays);
}

TEST(GuidedSearchOracleTest, AnyLimitFindsTheFirstOfAllPathsWithoutFilters) {
  oracle::ForRandomCases(TestSeed(72), Cases(3000),
                         {.filters = false, .max_bounds = 3, .max_waypoints = 0}, CheckAllWays);
}

// Networks large enough that the balls do not cover them, asked with bounds around what the
// unbounded paths have.
class GuidedSearchTest : public testing::TestWithParam<const char*> {
 protected:
  static constexpr TreeCacheOptions kNoTrees{.max_bytes = 0};
  static constexpr TreeCacheOptions kTreesAtOnce{.build_after = 1};

  Path Least(NodeIndex source, NodeIndex target, MetricType metric) {
    return std::get<Path>(ComputePath(*ted_, {source, target, metric, {}}, plain_));
  }

  Query RandomQuery() {
    std::uniform_int_distribution<uint32_t> node(0, ted_->node_bound() - 1);
    std::uniform_int_distribution<int> percent(-20, 120);
    Query query{NodeIndex(node(random_)), NodeIndex(node(random_)), MetricType::kIgp, {}};
    const Path cheap = Least(query.source, query.target, MetricType::kIgp);
    const Path fast = Least(query.source, query.target, MetricType::kDelay);
    const auto between = [&](int64_t least, int64_t most) {
      return std::max<int64_t>(0, least + (most - least) * percent(random_) / 100);
    };
    query.constraints.max_delay =
        Microseconds(between(fast.metrics.delay->count(), cheap.metrics.delay->count()));
    if (random_() % 3 == 0) {
      query.constraints.max_hops =
          static_cast<uint32_t>(between(fast.metrics.hops, cheap.metrics.hops + 2));
    }
    if (random_() % 4 == 0) query.constraints.exclude_nodes = {NodeIndex(node(random_))};
    if (random_() % 4 == 0) query.constraints.min_bandwidth = BytesPerSecond{1'250'000'000};
    return query;
  }

  std::vector<LinkIndex> Links(const Query& query, Workspace& workspace, uint64_t most_labels) {
    workspace.impl().guided_options = {.most_labels = most_labels, .unguided = true};
    const PathResult result = ComputePath(*ted_, query, workspace);
    const auto* path = std::get_if<Path>(&result);
    return path == nullptr ? std::vector<LinkIndex>{LinkIndex(graph::kNone)} : path->links;
  }

  std::mt19937 random_{TestSeed(73)};
  const topology::TedPtr ted_ = support::BuildTed(support::NamedNetwork(GetParam()), false);
  Workspace plain_;
};

TEST_P(GuidedSearchTest, LandmarksAndTreesAndLimitsChangeNoAnswer) {
  PotentialCache landmarks(kNoTrees);
  landmarks.Refresh(*ted_);
  PotentialCache trees(kTreesAtOnce);
  Workspace with_landmarks(&landmarks);
  Workspace with_trees(&trees);
  int found = 0;
  for (int i = 0; i < Cases(60); ++i) {
    const Query query = RandomQuery();
    const std::vector<LinkIndex> want = Links(query, plain_, 0);
    found += want != std::vector<LinkIndex>{LinkIndex(graph::kNone)};
    Links(query, with_trees, 0);  // Asks for the trees.
    trees.Refresh(*ted_);
    for (Workspace* workspace : {&plain_, &with_landmarks, &with_trees}) {
      for (const uint64_t most : {3, 40, 1'000'000}) {
        ASSERT_EQ(Links(query, *workspace, most), want) << "query " << i << ", limit " << most;
      }
    }
  }
  EXPECT_GT(found, 0);
}

// A run that gives up must not have touched the budget; one that does not is within both limits.
TEST_P(GuidedSearchTest, KeepsItsLimitAndTheBudget) {
  int gave_up = 0;
  int answered = 0;
  for (int i = 0; i < Cases(40); ++i) {
    const Query query = RandomQuery();
    LinkFilter filter;
    filter.Compile(*ted_, query);
    if (!AllowsEnds(query, filter)) continue;
    const std::optional<GuidedQuery> guided = GuidedQueryOf(query, Additive::kIgp);
    ASSERT_TRUE(guided.has_value());
    GuidedSearch search;
    for (const uint64_t most : {2, 30, 10'000}) {
      uint64_t left = 100;
      const bool ended = search.Run(*ted_, query, filter, *guided, most, left).has_value();
      EXPECT_LE(100 - left, std::min<uint64_t>(most, 100));
      if (!ended) {
        EXPECT_EQ(left, 100U);
      }
      ++(ended ? answered : gave_up);
    }
  }
  EXPECT_GT(gave_up, 0);
  EXPECT_GT(answered, 0);
}

TEST_P(GuidedSearchTest, WithLittleBudgetTheBoundsToldStillHold) {
  PotentialCache landmarks(kNoTrees);
  landmarks.Refresh(*ted_);
  Workspace workspace(&landmarks);
  int exhausted = 0;
  for (int i = 0; i < Cases(40); ++i) {
    const Query query = RandomQuery();
    const PathResult whole = ComputePath(*ted_, query, plain_);
    const auto* want = std::get_if<Path>(&whole);
    for (const uint64_t labels : {0, 3, 20}) {
      const PathResult result = ComputePath(*ted_, query, workspace, {.max_labels = labels});
      if (const auto* path = std::get_if<Path>(&result)) {
        ASSERT_NE(want, nullptr);
        EXPECT_EQ(path->links, want->links);
      } else if (const auto& none = std::get<NoPath>(result);
                 none.reason == Reason::kBudgetExhausted && none.lower_bound) {
        ++exhausted;
        if (want != nullptr) {
          EXPECT_LE(*none.lower_bound, want->cost);
        }
      }
    }
  }
  EXPECT_GT(exhausted, 0);
}

INSTANTIATE_TEST_SUITE_P(Networks, GuidedSearchTest, testing::Values("isp1k", "ring1k"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace srpce::cspf
