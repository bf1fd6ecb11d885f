// The program over paths on maps small enough to solve by hand.
#include "lib/graph/path_packing.h"

#include <gtest/gtest.h>

#include <vector>

namespace srpce::graph {
namespace {

using Goal = PathPacking::Goal;

TEST(PathPackingTest, CheapestFirstAndTheDearestSetsThePrice) {
  PathPacking packing;
  packing.Add({{7, 6}}, 1);
  packing.Add({{8, 100}}, 4);
  const Packing found = packing.Solve(Goal::kLeastCost, 10, {true, true});
  ASSERT_TRUE(found.solved);
  EXPECT_NEAR(found.rates[0], 6, 1e-6);
  EXPECT_NEAR(found.rates[1], 4, 1e-6);
  EXPECT_NEAR(found.demand_price, 4, 1e-6);
  ASSERT_EQ(found.prices.size(), 1U);
  EXPECT_EQ(found.prices[0].first, (CappedArc{7, 6}));
  EXPECT_NEAR(found.prices[0].second, 3, 1e-6);
}

// Each path takes two of three arcs of 5.
TEST(PathPackingTest, PathsThatOverlapCarryHalves) {
  PathPacking packing;
  packing.Add({{1, 5}, {2, 5}}, 1);
  packing.Add({{2, 5}, {3, 5}}, 1);
  packing.Add({{1, 5}, {3, 5}}, 1);
  const Packing found = packing.Solve(Goal::kMostCarried, 10, {true, true, true});
  EXPECT_NEAR(found.unserved, 2.5, 1e-6);
  for (const double rate : found.rates) EXPECT_NEAR(rate, 2.5, 1e-6);
  EXPECT_NEAR(packing.Solve(Goal::kMostCarried, 10, {true, false, true}).unserved, 5, 1e-6);
  EXPECT_FALSE(packing.Solve(Goal::kLeastCost, 10, {true, true, true}).solved);
}

TEST(PathPackingTest, ArcUsedTwiceCountsTwice) {
  PathPacking packing;
  packing.Add({{1, 9}, {1, 9}}, 1);
  EXPECT_NEAR(packing.Solve(Goal::kMostCarried, 9, {true}).unserved, 4.5, 1e-6);
}

// A drained link's metric does not blur the difference of 1 among the others.
TEST(PathPackingTest, OneDearPathLeavesTheOthersApart) {
  PathPacking packing;
  packing.Add({{1, 10}}, 3);
  packing.Add({{2, 10}}, 2);
  packing.Add({{3, 10}}, UINT32_MAX);
  const Packing found = packing.Solve(Goal::kLeastCost, 10, {true, true, true});
  EXPECT_NEAR(found.rates[1], 10, 1e-6);
  EXPECT_NEAR(found.rates[0], 0, 1e-6);
}

}  // namespace
}  // namespace srpce::graph
