// Drawn flows; lib/cspf's splits are checked against an exact program on random networks.
#include "lib/graph/min_cost_flow.h"

#include <gtest/gtest.h>

#include <vector>

namespace srpce::graph {
namespace {

constexpr uint64_t kUnlimited = UINT64_MAX;
using Flow = std::vector<uint64_t>;
using Positions = std::vector<size_t>;

TEST(MinCostFlowTest, FillsTheCheaperOfParallelArcsFirst) {
  const std::vector<CostArc> arcs = {{0, 1, 5, 3}, {0, 1, 4, 1}, {0, 1, kUnlimited, 7}};
  EXPECT_EQ(FindMinCostFlow(2, arcs, 0, 1, 10), (Flow{5, 4, 1}));
}

TEST(MinCostFlowTest, TakesBackWhatASecondPathNeeds) {
  // 0-1-2-3 is cheapest alone; two units do without 1-2.
  const std::vector<CostArc> arcs = {
      {0, 1, 1, 1}, {1, 2, 1, 1}, {2, 3, 1, 1}, {0, 2, 1, 4}, {1, 3, 1, 4}};
  EXPECT_EQ(FindMinCostFlow(4, arcs, 0, 3, 2), (Flow{1, 0, 1, 1, 1}));
}

TEST(MinCostFlowTest, LargeNumbersStayExact) {
  constexpr uint64_t kDemand = (uint64_t{1} << 53) - 1;
  constexpr uint64_t kDear = uint64_t{1} << 58;
  const std::vector<CostArc> arcs = {{0, 1, kDemand - 1, kDear - 1}, {0, 1, kUnlimited, kDear}};
  EXPECT_EQ(FindMaxFlow(2, arcs, 0, 1, kDemand).value, kDemand);
  EXPECT_EQ(FindMinCostFlow(2, arcs, 0, 1, kDemand), (Flow{kDemand - 1, 1}));
}

TEST(MinCostFlowTest, TooMuchIsRefusedByACut) {
  const std::vector<CostArc> arcs = {{1, 2, 9, 0}, {0, 1, kUnlimited, 0}, {1, 2, 3, 0}};
  EXPECT_EQ(FindMaxFlow(3, arcs, 0, 2, 12).value, 12U);
  const MaxFlow flow = FindMaxFlow(3, arcs, 0, 2, 13);
  EXPECT_EQ(flow.value, 12U);
  EXPECT_EQ(flow.cut, (Positions{0, 2}));
}

TEST(DecomposeTest, WidestPathFirstAndNoCirculation) {
  // 5 over 0-1-3, 2 over 0-2-3; 1-2-1 goes round.
  const std::vector<CostArc> arcs = {{0, 1, 9, 0}, {1, 3, 9, 0}, {0, 2, 9, 0},
                                     {2, 3, 9, 0}, {1, 2, 9, 0}, {2, 1, 9, 0}};
  const std::vector<FlowPath> paths = Decompose(4, arcs, {5, 5, 2, 2, 4, 4}, 0, 3);
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].arcs, (Positions{0, 1}));
  EXPECT_EQ(paths[0].rate, 5U);
  EXPECT_EQ(paths[1].arcs, (Positions{2, 3}));
  EXPECT_EQ(paths[1].rate, 2U);
}

}  // namespace
}  // namespace srpce::graph
