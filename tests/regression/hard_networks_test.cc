// tests/regression/hard_networks_test.cc -- networks that path computation and segment lists have
// to get right, as texts: the form in which the random tests print what fails.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "lib/segments/compute.h"
#include "tests/support/build_ted.h"
#include "tests/support/packet_sim.h"
#include "tests/support/query_text.h"

namespace srpce {
namespace {

using support::BuildTed;
using support::QueryOf;

// "a b d: 16002, 16004", or the reason; and the packets go there.
std::string Route(const char* map, const char* query_text) {
  const topology::TedPtr ted = BuildTed(map);
  const segments::SegmentQuery query = QueryOf(*ted, query_text);
  cspf::Workspace workspace;
  const segments::SegmentResult result = *segments::ComputeRoute(*ted, query, workspace);
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) return cspf::ReasonName(none->reason);
  const auto& route = std::get<segments::SegmentRoute>(result);
  support::PacketSim packets(*ted);
  const support::SimResult sim = route.list.data_plane == segments::DataPlane::kSrMpls
                                     ? packets.SendLabels(query.path.source, route.list.labels)
                                     : packets.SendSids(query.path.source, route.list.sids);
  EXPECT_TRUE(sim.Follows(route.path.links)) << map;
  return support::DescribeLinks(*ted, query.path.source, route.path.links) + ": " +
         ToString(route.list);
}

// b and c cost nothing between them: packets for d may go round before they leave, so that no node
// SID alone takes them over b.
constexpr char kZeroCycle[] =
    "a<->b igp 10\n"
    "a<->c igp 10\n"
    "b<->c igp 0\n"
    "b<->d igp 10\n"
    "c<->d igp 10\n";

TEST(HardNetworksTest, ZeroMetricCycleIsNotGoneRound) {
  EXPECT_EQ(Route(kZeroCycle, "a->d igp plane mpls"), "a b d: 24001, 24007");
  EXPECT_EQ(Route(kZeroCycle, "a->d igp via c plane mpls"), "a c d: 24003, 24009");
  EXPECT_EQ(Route(kZeroCycle, "a->d igp max-hops 1"), "HOP_BOUND_UNREACHABLE");
}

// A LAN is one hop; an adjacency SID onto it may reach any of its routers.
constexpr char kLan[] =
    "node lan pseudonode\n"
    "a->lan igp 10\nlan->a igp 0\n"
    "b->lan igp 10\nlan->b igp 0\n"
    "c->lan igp 10\nlan->c igp 0\n"
    "b<->d igp 10\n"
    "c<->d igp 10\n";

TEST(HardNetworksTest, LanTakesANodeSidToChooseTheRouter) {
  EXPECT_EQ(Route(kLan, "a->d igp plane mpls max-hops 2"), "a lan b d: 16003, 16005");
  EXPECT_EQ(Route(kLan, "a->d igp via c plane mpls"), "a lan c d: 16004, 16005");
  EXPECT_EQ(Route(kLan, "a->d igp exclude-node lan"), "NO_PATH_EXCLUDED");
}

// Equal parallel links are told apart by adjacency SIDs alone.
constexpr char kParallel[] =
    "a<->b#1 igp 10 srlg 1\n"
    "a<->b#2 igp 10 srlg 2\n"
    "a<->b#3 igp 20\n"
    "b<->c igp 10\n";

TEST(HardNetworksTest, ParallelLinksTakeAdjacencySids) {
  EXPECT_EQ(Route(kParallel, "a->c igp plane mpls"), "a b#1 c: 24001, 16003");
  EXPECT_EQ(Route(kParallel, "a->c igp exclude-srlg 1 plane mpls"), "a b#2 c: 24003, 16003");
  EXPECT_EQ(Route(kParallel, "a->c igp exclude-srlg 1,2 plane mpls"), "a b#3 c: 24005, 16003");
}

// As a random network is printed: everything is said, nothing is there by default.
constexpr char kShrunk[] =
    "node n0 bare srgb 30000 2 srgb 16000 3 prefix 10.0.0.0/32,sid=1\n"
    "node n1 bare srgb 20000 200 prefix 10.0.1.0/32,sid=2,no-php\n"
    "node n2 bare srgb 16000 200 prefix 10.0.2.0/32,sid=3,no-php\n"
    "n0<->n1#1 igp 1 te 0\n"
    "n1<->n2#2 igp 1 te 4294967295\n"
    "n0<->n2#3 igp 4 te 4294967295\n";

TEST(HardNetworksTest, LabelsAreThoseOfTheRouterThatReadsThem) {
  EXPECT_EQ(Route(kShrunk, "n0->n2 igp plane mpls"), "n0 n1#1 n2#2: 20003");
  EXPECT_EQ(Route(kShrunk, "n0->n2 te via n1 plane mpls"), "n0 n1#1 n2#2: 20003");
  EXPECT_EQ(Route(kShrunk, "n0->n2 te max-te 4294967294"), "TE_BOUND_UNREACHABLE");
}

}  // namespace
}  // namespace srpce
