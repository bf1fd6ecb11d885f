// tests/unit/segments/compute_route_test.cc -- routes within a SID limit: named cases.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/segments/compute.h"
#include "lib/segments/fit.h"
#include "lib/topology/ted_builder.h"
#include "tests/support/build_ted.h"

namespace srpce::segments {
namespace {

using cspf::Reason;
using support::BuildTed;
using support::NodeOf;
using topology::MetricType;
using topology::TedPtr;

SegmentQuery Query(const Ted& ted, const std::string& from, const std::string& to,
                   MetricType objective = MetricType::kIgp,
                   DataPlane data_plane = DataPlane::kEither) {
  SegmentQuery query;
  query.path.source = NodeOf(ted, from);
  query.path.target = NodeOf(ted, to);
  query.path.objective = objective;
  query.path.constraints.data_plane = data_plane;
  return query;
}

// "a b d: 16002, 16004 cost 20", or the reason.
std::string Text(const Ted& ted, const SegmentQuery& query, const SegmentResult& result) {
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) return cspf::ReasonName(none->reason);
  const SegmentRoute& route = std::get<SegmentRoute>(result);
  return support::DescribeLinks(ted, query.path.source, route.path.links) + ": " +
         ToString(route.list) + " cost " + std::to_string(route.path.cost);
}

std::string Answer(const Ted& ted, const SegmentQuery& query) {
  cspf::Workspace workspace;
  return Text(ted, query, *ComputeRoute(ted, query, workspace));
}

// The fast way a-b-c-d-e takes three SIDs, a-b-e two, a-e one.
const char kDelayMap[] =
    "a<->b igp 10 delay 10\nb<->c igp 50 delay 10\nc<->d igp 50 delay 10\nd<->e igp 50 delay 10\n"
    "a<->e igp 10 delay 500\nb<->e igp 10 delay 300\n";

TEST(ComputeRouteTest, TakesADearerPathWhenTheBestNeedsTooManySids) {
  const TedPtr ted = BuildTed(kDelayMap);
  SegmentQuery query = Query(*ted, "a", "e", MetricType::kDelay, DataPlane::kSrMpls);
  EXPECT_EQ(Answer(*ted, query), "a b c d e: 16003, 16004, 16005 cost 40");
  query.max_sids = 2;
  EXPECT_EQ(Answer(*ted, query), "a b e: 16002, 16005 cost 310");
  query.max_sids = 1;
  EXPECT_EQ(Answer(*ted, query), "a e: 16005 cost 500");
}

TEST(ComputeRouteTest, HeadendAndLinkMsdLimitTheStack) {
  const TedPtr node = BuildTed(std::string(kDelayMap) + "node a msd 2\n");
  EXPECT_EQ(Answer(*node, Query(*node, "a", "e", MetricType::kDelay, DataPlane::kSrMpls)),
            "a b e: 16002, 16005 cost 310");
  const TedPtr link = BuildTed(
      "a<->b igp 10 delay 10 msd 1\nb<->e igp 10 delay 300\na<->e igp 10 delay 500 msd 1\n");
  EXPECT_EQ(Answer(*link, Query(*link, "a", "e", MetricType::kDelay, DataPlane::kSrMpls)),
            "a e: 16003 cost 500");
}

TEST(ComputeRouteTest, LinkMsdReplacesTheNodesEvenIfLarger) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10 delay 10 msd 10\nb<->c igp 50 delay 10\nc<->d igp 50 delay 10\n"
      "d<->e igp 50 delay 10\na<->e igp 10 delay 500\nb<->e igp 10 delay 300\nnode a msd 2\n");
  EXPECT_EQ(Answer(*ted, Query(*ted, "a", "e", MetricType::kDelay, DataPlane::kSrMpls)),
            "a b c d e: 16003, 16004, 16005 cost 40");
}

TEST(ComputeRouteTest, TheDecapsulationSidCountsAgainstTheMsd) {
  const std::string map = "a<->b igp 10\nb<->c igp 10\na<->c igp 5\n";
  const auto answer = [&](const char* more) {
    const TedPtr ted = BuildTed(map + more);
    SegmentQuery query = Query(*ted, "a", "c", MetricType::kIgp, DataPlane::kSrv6);
    query.path.constraints.waypoints = {NodeOf(*ted, "b")};
    return Answer(*ted, query);
  };
  EXPECT_EQ(answer("node a srv6-msd 1\n"), "MSD_EXCEEDED") << "fcbb:bb00:2:3:: and End.DT6";
  EXPECT_EQ(answer("node a srv6-msd 2\n"), "a b c: fcbb:bb00:2:3:: cost 20");
}

TEST(ComputeRouteTest, RouterThatCannotProcessTheListIsNamed) {
  topology::TedBuilder builder;
  const topology::SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 10\nb<->c igp 10\na<->c igp 5\n", builder, source);
  topology::NodeAttributes limited;
  limited.msd.emplace().srh_max_segments_left = 0;
  ASSERT_TRUE(builder.SetNode(source, "b", limited, {.patch = true}, {}).ok());
  const TedPtr ted = builder.Publish().ted;
  SegmentQuery query = Query(*ted, "a", "c", MetricType::kIgp, DataPlane::kSrv6);
  query.path.constraints.waypoints = {NodeOf(*ted, "b")};
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(*ted, query, workspace);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, Reason::kSidDepth);
  EXPECT_NE(none->message.find("node b: 1 segments left, can do 0"), std::string::npos)
      << none->message;
}

TEST(ComputeRouteTest, SaysHowManySidsWouldDo) {
  const TedPtr ted = BuildTed(kDelayMap);
  SegmentQuery query = Query(*ted, "a", "e", MetricType::kDelay, DataPlane::kSrMpls);
  query.path.constraints.max_delay = Microseconds(200);
  query.max_sids = 2;
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(*ted, query, workspace);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, Reason::kSidDepth);
  EXPECT_EQ(none->wanted, 2);
  EXPECT_EQ(none->best_achievable, 3);
}

TEST(ComputeRouteTest, EitherDataPlaneFallsOverToSrv6) {
  const TedPtr no_labels = BuildTed("a<->b igp 10\nb<->c igp 10\nnode b no-mpls\n");
  EXPECT_EQ(Answer(*no_labels, Query(*no_labels, "a", "c")), "a b c: fcbb:bb00:3:: cost 20");
  const TedPtr deep = BuildTed(std::string(kDelayMap) + "node a msd 2\n");
  SegmentQuery query = Query(*deep, "a", "e", MetricType::kDelay);
  query.path.constraints.max_delay = Microseconds(200);
  EXPECT_EQ(Answer(*deep, query), "a b c d e: fcbb:bb00:3:4:5:: cost 40");
}

TEST(ComputeRouteTest, NamesTheLinkThatHasNoSid) {
  const TedPtr ted = BuildTed("a<->b#1 igp 10 no-adj\na<->b#2 igp 10 no-adj\n");
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(*ted, Query(*ted, "a", "b"), workspace);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, Reason::kNoSid);
  EXPECT_NE(none->message.find("link a->b#1: no adjacency SID"), std::string::npos)
      << none->message;
}

TEST(ComputeRouteTest, SourceIsTargetTakesNoSids) {
  const TedPtr ted = BuildTed("a<->b igp 10\n");
  EXPECT_EQ(Answer(*ted, Query(*ted, "a", "a")), "a:  cost 0");
}

TEST(ComputeRouteTest, BudgetThatRunsOutIsSaid) {
  const TedPtr ted = BuildTed(kDelayMap);
  SegmentQuery query = Query(*ted, "a", "e", MetricType::kDelay, DataPlane::kSrMpls);
  query.max_sids = 1;
  cspf::Workspace workspace;
  EXPECT_EQ(Text(*ted, query, *ComputeRoute(*ted, query, workspace, {.max_labels = 1})),
            "BUDGET_EXHAUSTED");
}

TEST(ComputeRouteTest, ManyEqualPathsAreNotTriedOneByOne) {
  // A ladder of diamonds: 2^12 paths of one cost, none of which a single label pins.
  std::string map;
  for (int i = 0; i < 12; ++i) {
    const std::string from = "x" + std::to_string(i), to = "x" + std::to_string(i + 1);
    for (const char* side : {"l", "r"}) {
      const std::string middle = side + std::to_string(i);
      map += from + "<->" + middle + " igp 10\n" + middle + "<->" + to + " igp 10\n";
    }
  }
  const TedPtr ted = BuildTed(map);
  SegmentQuery query = Query(*ted, "x0", "x12", MetricType::kIgp, DataPlane::kSrMpls);
  query.max_sids = 1;
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(*ted, query, workspace, {.max_labels = 50'000});
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, Reason::kSidDepth);
  EXPECT_EQ(none->wanted, 1);
  EXPECT_EQ(none->best_achievable, 13) << none->message;
  query.max_sids = 13;
  EXPECT_EQ(std::get<SegmentRoute>(*ComputeRoute(*ted, query, workspace)).path.cost, 240U);
}

TEST(ComputeDisjointRoutesTest, SaysThatDisjointListsDoNotFit) {
  const TedPtr ted =
      BuildTed("a<->b igp 10\nb<->d igp 10\na<->c igp 10\nc<->d igp 50\nb<->c igp 10\n");
  DisjointSegmentQuery query;
  query.members = {Query(*ted, "a", "d", MetricType::kIgp, DataPlane::kSrMpls),
                   Query(*ted, "a", "d", MetricType::kIgp, DataPlane::kSrMpls)};
  cspf::Workspace workspace;
  EXPECT_EQ(
      std::get<std::vector<SegmentRoute>>(*ComputeDisjointRoutes(*ted, query, workspace)).size(),
      2U);
  query.members[0].max_sids = 1;
  query.members[1].max_sids = 1;
  const DisjointSegmentResult result = *ComputeDisjointRoutes(*ted, query, workspace);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, Reason::kNotDisjoint) << "each has a path that fits: " << none->message;
  EXPECT_EQ(none->wanted, 1);
}

TEST(ComputeDisjointRoutesTest, PathsThatCanBeExpressedAreNotCountedAsThoseThatCannot) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10\nb<->d igp 10\na<->e#1 igp 20 no-adj\na<->e#2 igp 20 no-adj\n"
      "e<->d igp 20 no-adj\n");
  for (const DataPlane data_plane : {DataPlane::kSrMpls, DataPlane::kEither}) {
    DisjointSegmentQuery query;
    query.members = {Query(*ted, "a", "d", MetricType::kIgp, data_plane),
                     Query(*ted, "a", "d", MetricType::kIgp, data_plane)};
    cspf::Workspace workspace;
    const DisjointSegmentResult result = *ComputeDisjointRoutes(*ted, query, workspace);
    const auto* none = std::get_if<cspf::NoPath>(&result);
    ASSERT_NE(none, nullptr);
    EXPECT_EQ(none->reason, Reason::kNotDisjoint);
    EXPECT_NE(none->message.find("none of 2 paths can be expressed"), std::string::npos)
        << none->message;
  }
}

TEST(ProveTest, AListThatLeavesItsPathIsOurDefect) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->d igp 10\na<->c igp 10\nc<->d igp 10\n");
  const SegmentQuery query = Query(*ted, "a", "d", MetricType::kIgp, DataPlane::kSrMpls);
  cspf::Workspace workspace;
  const SegmentResult result = *ComputeRoute(*ted, query, workspace);
  const SegmentRoute& route = std::get<SegmentRoute>(result);
  EXPECT_TRUE(Prove(*ted, query, route.path, route.list).ok());
  SegmentList wrong = route.list;
  wrong.labels = {16003};  // Over both b and c.
  EXPECT_EQ(Prove(*ted, query, route.path, wrong).status().ToString(),
            "INTERNAL: list 16003: leaves the path it was made for");
  wrong.labels = {99};
  EXPECT_EQ(Prove(*ted, query, route.path, wrong).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace srpce::segments
