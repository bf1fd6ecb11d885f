// tests/unit/cspf/compute_path_oracle_test.cc -- ComputePath and PathEnumerator against all paths
// of random networks.
#include <algorithm>

#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::ForRandomCases;
using oracle::Judge;
using oracle::Network;
using oracle::Show;
using oracle::Walk;
using support::Cases;
using support::TestSeed;

void CheckBest(const Network& network, const Query& query, Workspace& workspace) {
  const Judge judge(network, query);
  const std::vector<Walk> answers = judge.Answers();
  const PathResult result = ComputePath(*network.ted, query, workspace);
  const auto* path = std::get_if<Path>(&result);
  if (answers.empty()) {
    ASSERT_EQ(path, nullptr) << "found " << Show(network, network.WalkOf(path->links));
    return;
  }
  ASSERT_NE(path, nullptr) << std::get<NoPath>(result).message << "; want "
                           << Show(network, answers[0]);
  ASSERT_EQ(Show(network, network.WalkOf(path->links)), Show(network, answers[0]));
  EXPECT_EQ(path->cost, judge.Cost(answers[0]));
  EXPECT_EQ(path->metrics.hops, judge.Sum(answers[0], oracle::kHops));
  if (path->metrics.bottleneck) {
    EXPECT_EQ(path->metrics.bottleneck->value, judge.Width(answers[0]));
  }
}

TEST(ComputePathOracleTest, FindsTheFirstOfAllPathsThatKeepTheConstraints) {
  ForRandomCases(TestSeed(11), Cases(6000), {}, CheckBest);
}

TEST(ComputePathOracleTest, FindsTheFirstUnderManyBounds) {
  ForRandomCases(TestSeed(12), Cases(5000), {.filters = false, .max_bounds = 6, .max_waypoints = 1},
                 CheckBest);
}

// Every path in order, then the end: what is yielded is the whole sorted list, or its first
// hundred.
void CheckSequence(const Network& network, const Query& query, Workspace& workspace) {
  constexpr size_t kMostPaths = 100;
  const Judge judge(network, query);
  const std::vector<Walk> answers = judge.Answers();
  PathEnumerator paths(*network.ted, query, workspace);
  for (size_t i = 0; i < std::min(answers.size(), kMostPaths); ++i) {
    const PathResult result = paths.Next();
    const auto* path = std::get_if<Path>(&result);
    ASSERT_NE(path, nullptr) << "path " << i << " of " << answers.size() << ": "
                             << std::get<NoPath>(result).message;
    ASSERT_EQ(Show(network, network.WalkOf(path->links)), Show(network, answers[i]))
        << "path " << i;
    ASSERT_EQ(path->cost, judge.Cost(answers[i]));
    if (i % 3 == 1)
      ComputePath(*network.ted, {query.target, query.source, query.objective, {}}, workspace);
  }
  if (answers.size() > kMostPaths) return;
  const PathResult end = paths.Next();
  ASSERT_TRUE(std::holds_alternative<NoPath>(end))
      << Show(network, network.WalkOf(std::get<Path>(end).links));
  const PathResult alone = ComputePath(*network.ted, query, workspace);
  const Reason want = answers.empty() ? std::get<NoPath>(alone).reason : Reason::kNoFurtherPath;
  EXPECT_EQ(std::get<NoPath>(end).reason, want);
  EXPECT_EQ(std::get<NoPath>(paths.Next()).reason, want) << "the end stays the end";
}

TEST(PathEnumeratorOracleTest, YieldsAllPathsInOrder) {
  ForRandomCases(TestSeed(21), Cases(3000), {.max_bounds = 2}, CheckSequence);
}

}  // namespace
}  // namespace srpce::cspf
