// Names of a path intent against a snapshot.
#include "lib/pce/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/build_ted.h"

namespace srpce::pce {
namespace {

using support::LinkOf;
using support::NodeOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

topology::LinkKey Between(const std::string& local, const std::string& remote) {
  topology::LinkKey key;
  key.local_node = local;
  key.remote_node = remote;
  return key;
}

class ResolveTest : public testing::Test {
 protected:
  const topology::TedPtr ted_ = support::BuildTed(
      "a<->b igp 1\n"
      "a<->b#2 igp 1\n"
      "b<->c igp 1\n");
  policy::PathIntent intent_;
};

TEST_F(ResolveTest, FindsNodesByIdAndRouterId) {
  const auto query = Resolve(*ted_, "a", "10.0.0.3", intent_);
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->path.source, NodeOf(*ted_, "a"));
  EXPECT_EQ(query->path.target, NodeOf(*ted_, "c"));
}

TEST_F(ResolveTest, UnknownNodesThatMatterAreErrors) {
  EXPECT_EQ(Resolve(*ted_, "x", "c", intent_).status().message(), "headend: unknown node 'x'");
  EXPECT_EQ(Resolve(*ted_, "a", "x", intent_).status().message(), "endpoint: unknown node 'x'");
  intent_.waypoints = {"b", "x"};
  const absl::Status status = Resolve(*ted_, "a", "c", intent_).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "waypoint: unknown node 'x'");
}

TEST_F(ResolveTest, ALanIsNoEndOfAPathButMayBePassedOrAvoided) {
  const topology::TedPtr ted = support::BuildTed(
      "a<->lan igp 1\nb<->lan igp 1\na<->c igp 5\nc<->b igp 5\nnode lan pseudonode\n");
  EXPECT_EQ(Resolve(*ted, "lan", "b", {}).status().message(),
            "headend: got 'lan', a pseudonode, want a router");
  EXPECT_EQ(Resolve(*ted, "a", "lan", {}).status().message(),
            "endpoint: got 'lan', a pseudonode, want a router");
  const auto route = [&](const policy::PathIntent& intent) {
    cspf::Workspace workspace;
    const auto query = Resolve(*ted, "a", "b", intent);
    const segments::SegmentResult result = *segments::ComputeRoute(*ted, *query, workspace);
    const auto* found = std::get_if<segments::SegmentRoute>(&result);
    return found == nullptr ? std::get<cspf::NoPath>(result).message
                            : support::DescribeLinks(*ted, NodeOf(*ted, "a"), found->path.links);
  };
  intent_.waypoints = {"lan"};
  EXPECT_EQ(route(intent_), "a lan b");
  intent_.waypoints.clear();
  intent_.exclude_nodes = {"lan"};
  EXPECT_EQ(route(intent_), "a c b");
}

TEST_F(ResolveTest, WhatIsNotThereIsAvoidedAnyway) {
  intent_.exclude_nodes = {"x", "b"};
  intent_.exclude_links = {Between("x", "b")};
  const auto query = Resolve(*ted_, "a", "c", intent_);
  ASSERT_TRUE(query.ok());
  EXPECT_THAT(query->path.constraints.exclude_nodes, ElementsAre(NodeOf(*ted_, "b")));
}

TEST_F(ResolveTest, ExcludedLinkWithoutInterfaceMeansAllParallelOnesOfItsDirection) {
  intent_.exclude_links = {Between("a", "b")};
  auto query = Resolve(*ted_, "a", "c", intent_);
  EXPECT_THAT(query->path.constraints.exclude_links,
              UnorderedElementsAre(LinkOf(*ted_, "a->b"), LinkOf(*ted_, "a->b#2")));
  intent_.exclude_links[0].local_interface = "2";
  query = Resolve(*ted_, "a", "c", intent_);
  EXPECT_THAT(query->path.constraints.exclude_links, ElementsAre(LinkOf(*ted_, "a->b#2")));
}

TEST_F(ResolveTest, RefusesValuesOutOfRangeAndAnEndThatIsExcluded) {
  intent_.max_loss = -0.1;
  EXPECT_THAT(std::string(Resolve(*ted_, "a", "c", intent_).status().message()),
              HasSubstr("max_loss: got -0.1, want 0 to 1"));
  intent_ = {};
  intent_.flex_algorithm = 5;
  EXPECT_TRUE(absl::IsInvalidArgument(Resolve(*ted_, "a", "c", intent_).status()));
  intent_ = {};
  intent_.exclude_nodes = {"10.0.0.1"};
  EXPECT_THAT(std::string(Resolve(*ted_, "a", "c", intent_).status().message()),
              HasSubstr("an end of the path"));
}

TEST_F(ResolveTest, WhatIsNotThereIsRefusedWhereAsked) {
  const auto message = [this] {
    return std::string(
        Resolve(*ted_, "a", "c", intent_, UnknownExclusions::kRefused).status().message());
  };
  intent_.exclude_nodes = {"typo"};
  EXPECT_THAT(message(), HasSubstr("exclude_nodes: unknown node 'typo'"));
  intent_ = {};
  intent_.exclude_links.push_back({.local_node = "a", .remote_node = "typo"});
  EXPECT_THAT(message(), HasSubstr("exclude_links: unknown link a->typo"));
}

TEST_F(ResolveTest, RefusesAWaypointThatIsExcluded) {
  intent_.exclude_nodes = {"b"};
  intent_.waypoints = {"10.0.0.2"};
  EXPECT_THAT(std::string(Resolve(*ted_, "a", "c", intent_).status().message()),
              HasSubstr("waypoint: got '10.0.0.2', which is excluded as well"));
}

TEST_F(ResolveTest, CarriesEveryBoundOver) {
  intent_.objective = topology::MetricType::kDelay;
  intent_.max_delay = Microseconds(1);
  intent_.max_igp_cost = 2;
  intent_.max_te_cost = 3;
  intent_.max_hops = 4;
  intent_.max_loss = 0.5;
  intent_.max_variation = Microseconds(6);
  intent_.max_sids = 7;
  intent_.min_bandwidth = {8};
  intent_.exclude_srlgs = {9};
  intent_.data_plane = cspf::DataPlane::kSrv6;
  intent_.flex_algorithm = 128;
  intent_.compress = false;
  const auto query = Resolve(*ted_, "a", "c", intent_);
  ASSERT_TRUE(query.ok());
  const cspf::Constraints& got = query->path.constraints;
  EXPECT_EQ(query->path.objective, topology::MetricType::kDelay);
  EXPECT_EQ(got.max_delay, Microseconds(1));
  EXPECT_EQ(got.max_igp_cost, 2U);
  EXPECT_EQ(got.max_te_cost, 3U);
  EXPECT_EQ(got.max_hops, 4U);
  EXPECT_EQ(got.max_loss, 0.5);
  EXPECT_EQ(got.max_variation, Microseconds(6));
  EXPECT_EQ(query->max_sids, 7U);
  EXPECT_EQ(got.min_bandwidth.value, 8U);
  EXPECT_THAT(got.exclude_srlgs, ElementsAre(9));
  EXPECT_EQ(got.data_plane, cspf::DataPlane::kSrv6);
  EXPECT_EQ(got.flex_algorithm, 128);
  EXPECT_FALSE(query->compress);
}

}  // namespace
}  // namespace srpce::pce
