// tests/unit/segments/extremes_test.cc -- lists over 2^16 hops, 64 parallel links, no cost at all:
// answers known in closed form.
#include <gtest/gtest.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "lib/segments/compute.h"
#include "lib/topology/element_validation.h"
#include "tests/support/extreme_networks.h"
#include "tests/support/packet_sim.h"

namespace srpce::segments {
namespace {

using support::BuildTed;
using support::kManyHops;
using topology::LinkAttributes;
using topology::TedPtr;

constexpr uint64_t kMaxTe = UINT32_MAX;
constexpr uint64_t kMaxIgp = topology::kMaxIgpMetric - 1;
constexpr uint32_t kParallel = 64;

LinkAttributes Dearest(uint32_t /*position*/) {
  LinkAttributes link;
  link.igp_metric = static_cast<uint32_t>(kMaxIgp);
  link.te_metric = static_cast<uint32_t>(kMaxTe);
  link.delay = link.min_delay = topology::kMaxDelay;
  link.loss = 0;
  return link;
}

// In each bundle link i is i us slower and i dearer in TE; all have one IGP metric.
LinkAttributes Ranked(uint32_t position) {
  LinkAttributes link;
  link.igp_metric = 10;
  link.te_metric = position % kParallel + 1;
  link.delay = link.min_delay = Microseconds(position % kParallel + 1);
  link.loss = position % kParallel == kParallel - 1 ? 1.0 : 0.0;
  return link;
}

LinkAttributes Free(uint32_t /*position*/) {
  LinkAttributes link;
  link.igp_metric = 0;
  return link;
}

SegmentRoute Route(const Ted& ted, const SegmentQuery& query) {
  cspf::Workspace workspace;
  const absl::StatusOr<SegmentResult> result = ComputeRoute(ted, query, workspace);
  EXPECT_TRUE(result.ok()) << result.status();
  const auto* route = std::get_if<SegmentRoute>(&*result);
  EXPECT_NE(route, nullptr) << std::get<cspf::NoPath>(*result).message;
  return route == nullptr ? SegmentRoute{} : *route;
}

SegmentQuery Ends(const Ted& ted, cspf::MetricType objective) {
  SegmentQuery query{.path = {NodeIndex(0), NodeIndex(ted.node_bound() - 1), objective},
                     .max_sids = {}};
  query.path.constraints.data_plane = DataPlane::kSrMpls;
  return query;
}

TEST(ExtremesTest, OneLabelGoesDownTheDearestChain) {
  const TedPtr ted = BuildTed(support::Chain(kManyHops, Dearest));
  const SegmentRoute route = Route(*ted, Ends(*ted, cspf::MetricType::kTe));
  EXPECT_EQ(route.list.labels, std::vector<uint32_t>{100'000 + kManyHops + 1});
  EXPECT_EQ(route.path.links.size(), kManyHops);
  EXPECT_EQ(route.expansion.path, route.path.links);
  EXPECT_EQ(route.expansion.worst_hops, kManyHops);
  EXPECT_EQ(route.expansion.worst_igp_cost, kManyHops * kMaxIgp);
  EXPECT_EQ(route.expansion.worst_te_cost, kManyHops * kMaxTe);
  EXPECT_EQ(route.expansion.worst_delay, kManyHops * topology::kMaxDelay);
}

TEST(ExtremesTest, OneLabelOfAFlexibleAlgorithmGoesDownTheDearestChain) {
  support::Draft draft = support::Chain(kManyHops, Dearest);
  topology::FlexAlgoDefinition definition;
  definition.algorithm = 128;
  definition.metric = cspf::MetricType::kTe;
  AddAlgorithm(definition, draft);
  // The way of algorithm 0 is another: one label of it does not do.
  LinkAttributes shortcut;
  shortcut.igp_metric = 1;
  AddLink(0, kManyHops, shortcut, draft);
  const TedPtr ted = BuildTed(draft);
  SegmentQuery query = Ends(*ted, cspf::MetricType::kIgp);
  query.path.constraints.flex_algorithm = 128;
  const SegmentRoute route = Route(*ted, query);
  EXPECT_EQ(route.list.labels,
            std::vector<uint32_t>{100'000 + support::kFlexIndex + kManyHops + 1});
  EXPECT_EQ(route.path.links.size(), kManyHops);
  EXPECT_EQ(route.path.cost, kManyHops * kMaxTe);
  EXPECT_EQ(route.expansion.worst_te_cost, kManyHops * kMaxTe);
}

// 64^20 ways: worst values without counting them.
TEST(ExtremesTest, NodeSidSpreadsOverAllParallelLinks) {
  constexpr uint32_t kHops = 20;
  const TedPtr ted = BuildTed(support::Ladder(kHops, kParallel, Ranked));
  SegmentList list;
  list.labels = {100'000 + kHops + 1};
  const absl::StatusOr<Expansion> expansion = Expand(*ted, NodeIndex(0), list);
  ASSERT_TRUE(expansion.ok()) << expansion.status();
  EXPECT_FALSE(expansion->single_path);
  EXPECT_EQ(expansion->links.size(), kHops * kParallel);
  EXPECT_EQ(expansion->ends, std::vector<NodeIndex>{NodeIndex(kHops)});
  EXPECT_EQ(expansion->worst_te_cost, kHops * kParallel);
  EXPECT_EQ(expansion->worst_delay, Microseconds(kHops * kParallel));
  EXPECT_EQ(expansion->worst_igp_cost, kHops * 10);
  EXPECT_EQ(expansion->worst_hops, kHops);
  EXPECT_EQ(expansion->worst_loss, 1.0);
}

TEST(ExtremesTest, EachParallelLinkTakesItsAdjacencySid) {
  constexpr uint32_t kHops = 5;
  const TedPtr ted = BuildTed(support::Ladder(kHops, kParallel, Ranked));
  const SegmentRoute route = Route(*ted, Ends(*ted, cspf::MetricType::kTe));
  ASSERT_EQ(route.list.labels.size(), kHops);
  for (uint32_t hop = 0; hop < kHops; ++hop) {
    EXPECT_EQ(route.list.labels[hop], 600'000 + 2 * kParallel * hop);
  }
  support::PacketSim packets(*ted);
  EXPECT_TRUE(packets.SendLabels(NodeIndex(0), route.list.labels).Follows(route.path.links));
}

TEST(ExtremesTest, FreeRingIsNotGoneRound) {
  constexpr uint32_t kHops = 9;
  const TedPtr ted = BuildTed(support::Ring(kHops, Free));
  support::PacketSim packets(*ted);
  for (uint32_t target = 1; target < kHops; ++target) {
    SegmentQuery query = Ends(*ted, cspf::MetricType::kIgp);
    query.path.target = NodeIndex(target);
    const SegmentRoute route = Route(*ted, query);
    EXPECT_EQ(route.path.links.size(), std::min(target, kHops - target));
    EXPECT_TRUE(packets.SendLabels(NodeIndex(0), route.list.labels).Follows(route.path.links));
  }
}

TEST(ExtremesTest, LabelOfAnUnreachablePartIsRefused) {
  support::Draft draft = support::Chain(100, Dearest);
  draft.links[100].attributes.up = false;
  const TedPtr ted = BuildTed(draft);
  SegmentList list;
  list.labels = {100'101};
  EXPECT_EQ(Expand(*ted, NodeIndex(0), list).status().code(),
            absl::StatusCode::kFailedPrecondition);
  list.labels = {100'050, 100'101};
  EXPECT_EQ(Expand(*ted, NodeIndex(0), list).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace srpce::segments
