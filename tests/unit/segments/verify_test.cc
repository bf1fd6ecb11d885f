// tests/unit/segments/verify_test.cc -- what Expand, CheckPromise, ResolveLabels and ResolveSids
// say, sentence by sentence.
#include "lib/segments/verify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/segments/csid.h"
#include "lib/segments/segment_list.h"
#include "lib/topology/ted_builder.h"
#include "tests/support/build_ted.h"

namespace srpce::segments {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

SegmentList Labels(std::vector<uint32_t> labels) {
  return {.segments = {}, .labels = std::move(labels), .sids = {}};
}
Ipv6Address Sid(const char* text) { return *Ipv6Address::Parse(text); }
SegmentList Sids(std::vector<Ipv6Address> sids) {
  return {.data_plane = DataPlane::kSrv6, .segments = {}, .labels = {}, .sids = std::move(sids)};
}

const char kSquare[] =
    "a<->b igp 10 delay 100 loss 0.1 var 3 bw 10G\n"
    "b<->d igp 10 delay 900 loss 0 var 4 bw 4G\n"
    "a<->c igp 10 delay 300 loss 0.2 var 9 bw 10G\n"
    "c<->d igp 10 delay 300 loss 0 var 0 bw 8G\n";

TEST(ExpandTest, TakesTheWorstOfEachMetricOverBothBranches) {
  const TedPtr ted = BuildTed(kSquare);
  const auto expansion = Expand(*ted, NodeOf(*ted, "a"), Labels({16003}));
  ASSERT_TRUE(expansion.ok()) << expansion.status();
  EXPECT_EQ(expansion->links.size(), 4U);
  EXPECT_FALSE(expansion->single_path);
  EXPECT_EQ(expansion->ends, std::vector<NodeIndex>{NodeOf(*ted, "d")});
  EXPECT_EQ(expansion->worst_delay, Microseconds(1000)) << "over b";
  EXPECT_NEAR(*expansion->worst_loss, 0.2, 1e-12) << "over c";
  EXPECT_EQ(expansion->worst_variation, Microseconds(9)) << "over c";
  EXPECT_EQ(expansion->bottleneck->value, 500'000'000U) << "b->d, 4 Gbit/s";
  EXPECT_EQ(expansion->worst_igp_cost, 20U);
  EXPECT_EQ(expansion->worst_hops, 2U);
}

TEST(ExpandTest, ErrorsNameTheSegmentAndTheNode) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\nc<->d igp 10 down\n");
  const auto message = [&](const SegmentList& list) {
    return Expand(*ted, NodeOf(*ted, "a"), list).status().ToString();
  };
  EXPECT_EQ(message(Labels({16002, 99})), "NOT_FOUND: segment 2: label 99 means nothing to node b");
  EXPECT_EQ(message(Labels({99})),
            "NOT_FOUND: segment 1: label 99: neither an adjacency of headend a nor a prefix known "
            "by it to all next hops");
  EXPECT_EQ(message(Labels({16002, 16004})),
            "FAILED_PRECONDITION: segment 2: node d cannot be reached from b (algorithm 0)");
  EXPECT_EQ(message(Labels({16003, 24005})),
            "FAILED_PRECONDITION: segment 2: link c->d: is not usable");
  EXPECT_EQ(message(Sids({Sid("fcbb:bb00:2::"), Sid("fcbb:bb00:2:77::")})),
            "NOT_FOUND: segment 2: SID fcbb:bb00:77:: means nothing to node b");
  EXPECT_EQ(message(Sids({Sid("fcbb:bb00:2:fd00::"), Sid("fcbb:bb00:3::")})),
            "FAILED_PRECONDITION: segment 1: SID fcbb:bb00:2:fd00:: of node b decapsulates with "
            "segments left");
}

TEST(ExpandTest, WhatIsNotInTheTopologyIsAnErrorEverywhere) {
  const TedPtr ted = BuildTed("a<->b igp 10\n");
  const NodeIndex nobody(99);
  EXPECT_EQ(Expand(*ted, nobody, Labels({16001})).status().message(),
            "headend 99: is not in the topology");
  EXPECT_EQ(Encode(*ted, nobody, {}, {}).status().message(), "headend 99: is not in the topology");
  EXPECT_EQ(ResolveLabels(*ted, nobody, {16001}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ResolveSids(*ted, nobody, {Sid("fcbb:bb00:1::")}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(HeadendMsd(*ted, nobody, DataPlane::kSrMpls), std::nullopt);
  auto expansion = Expand(*ted, NodeOf(*ted, "a"), Labels({16002}));
  ASSERT_TRUE(expansion.ok());
  expansion->links = {LinkIndex(77)};
  const cspf::Query query{
      .source = NodeOf(*ted, "a"), .target = NodeOf(*ted, "b"), .constraints = {}};
  EXPECT_EQ(CheckPromise(*ted, query, *expansion).message(), "link 77: is gone");
}

TEST(ExpandTest, NearerAnnouncerWithoutTheSidIsNamed) {
  topology::TedBuilder builder;
  const topology::SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 1\nb<->c igp 10\na<->x igp 1\nc<->d igp 1\n", builder, source);
  const auto message = [&](const SegmentList& list, const char* headend) {
    const TedPtr ted = builder.Publish().ted;
    return Expand(*ted, NodeOf(*ted, headend), list).status().ToString();
  };
  const auto announce = [&](const char* prefix) {
    ASSERT_TRUE(builder.SetPrefix(source, "x", *IpPrefix::Parse(prefix), {}, {}, {}).ok());
  };
  EXPECT_EQ(message(Labels({16003}), "a"), "OK");
  EXPECT_EQ(message(Sids({Sid("fcbb:bb00:3::")}), "a"), "OK");
  announce("10.0.0.3/32");
  announce("fcbb:bb00:3::/64");
  const char* refused =
      "NOT_FOUND: segment 1: node x: announces 10.0.0.3/32 without prefix SID index 3";
  EXPECT_EQ(message(Labels({16003}), "a"), refused);
  EXPECT_EQ(message(Labels({16003}), "b"), refused) << "x is the nearest for b, too";
  EXPECT_EQ(message(Labels({16003}), "x"), refused);
  EXPECT_EQ(message(Labels({16003}), "d"), "OK") << "c is nearer";
  EXPECT_EQ(message(Sids({Sid("fcbb:bb00:3::")}), "a"),
            "NOT_FOUND: segment 1: SID fcbb:bb00:3:: means nothing to node x, which announces "
            "fcbb:bb00:3::/64");
  EXPECT_EQ(message(Sids({Sid("fcbb:bb00:3:4::")}), "a"), "OK") << "outside of the /64";
}

TEST(ExpandTest, LongerRouteBeatsTheRoutersOwnSid) {
  topology::TedBuilder builder;
  const topology::SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 1\nb<->x igp 1\n", builder, source);
  const IpPrefix longer = *IpPrefix::Parse("fcbb:bb00:2::/64");
  ASSERT_TRUE(builder.SetPrefix(source, "x", longer, {}, {}, {}).ok());
  const TedPtr ted = builder.Publish().ted;
  EXPECT_EQ(Expand(*ted, NodeOf(*ted, "b"), Sids({Sid("fcbb:bb00:2::")})).status().message(),
            "segment 1: SID fcbb:bb00:2:: means nothing to node x, which announces "
            "fcbb:bb00:2::/64");
  EXPECT_EQ(Expand(*ted, NodeOf(*ted, "b"), Sids({Sid("fcbb:bb00:2:e001::")}))->ends,
            std::vector<NodeIndex>{NodeOf(*ted, "a")});
}

TEST(ExpandTest, ZeroMetricsThatLoopAreRefused) {
  // a and b each think the other as good a way to d as their own link.
  const TedPtr ted = BuildTed("a<->b igp 0\na<->d igp 10\nb<->d igp 10\n");
  const auto expansion = Expand(*ted, NodeOf(*ted, "a"), Labels({16003}));
  EXPECT_EQ(expansion.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(expansion.status().message().find("loops"), std::string::npos) << expansion.status();
}

TEST(ExpandTest, ZeroMetricThatOnlyLeadsBackIsNoNextHop) {
  const TedPtr chain = BuildTed("a<->b igp 0\nb<->c igp 10\n");
  const auto expansion = Expand(*chain, NodeOf(*chain, "a"), Labels({16003}));
  ASSERT_TRUE(expansion.ok()) << expansion.status();
  EXPECT_EQ(expansion->path,
            (std::vector<LinkIndex>{LinkOf(*chain, "a->b"), LinkOf(*chain, "b->c")}));
  const TedPtr square =
      BuildTed("a<->b igp 0\na<->c igp 0\nb<->d igp 10\nc<->d igp 10\nc<->x igp 0\nx<->y igp 0\n");
  const auto both = Expand(*square, NodeOf(*square, "b"), Labels({16004}));
  EXPECT_EQ(both.status().code(), absl::StatusCode::kFailedPrecondition)
      << "b over a and c, c over a and b";
  // Neither the spur b-x nor what hangs behind it.
  const TedPtr spur = BuildTed("a<->b igp 10\nb<->x igp 0\nx<->y igp 0\nb<->c igp 0\n");
  const auto past = Expand(*spur, NodeOf(*spur, "a"), Labels({16005}));
  ASSERT_TRUE(past.ok()) << past.status();
  EXPECT_EQ(past->path, (std::vector<LinkIndex>{LinkOf(*spur, "a->b"), LinkOf(*spur, "b->c")}));
}

TEST(ExpandTest, RoutersAreHeldToTheSrhTheyCanProcess) {
  topology::TedBuilder builder;
  const topology::SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 10\nb<->c igp 10\nc<->d igp 10\n", builder, source);
  const auto message = [&](const char* node, const topology::Msd& msd, const SegmentList& list) {
    topology::NodeAttributes attributes;
    attributes.msd = msd;
    EXPECT_TRUE(builder.SetNode(source, node, attributes, {.patch = true}, {}).ok());
    const TedPtr ted = builder.Publish().ted;
    const absl::Status status = Expand(*ted, NodeOf(*ted, "a"), list).status();
    attributes.msd = topology::Msd();
    EXPECT_TRUE(builder.SetNode(source, node, attributes, {.patch = true}, {}).ok());
    return status.ToString();
  };
  const auto msd = [](auto field, uint8_t value) {
    topology::Msd limits;
    limits.*field = value;
    return limits;
  };
  const SegmentList three =
      Sids({Sid("fcbb:bb00:2::"), Sid("fcbb:bb00:3::"), Sid("fcbb:bb00:4::")});
  const SegmentList one = Sids({Sid("fcbb:bb00:4::")});
  using topology::Msd;
  EXPECT_EQ(message("b", msd(&Msd::srh_max_segments_left, 2), three), "OK");
  EXPECT_EQ(message("b", msd(&Msd::srh_max_segments_left, 1), three),
            "RESOURCE_EXHAUSTED: segment 1: node b: 2 segments left, can do 1");
  EXPECT_EQ(message("c", msd(&Msd::srh_max_segments_left, 1), three), "OK");
  EXPECT_EQ(message("d", msd(&Msd::srh_max_end_d, 3), three), "OK");
  EXPECT_EQ(message("d", msd(&Msd::srh_max_end_d, 2), three),
            "RESOURCE_EXHAUSTED: segment 3: node d: 3 SIDs to decapsulate, can do 2");
  EXPECT_EQ(message("d", msd(&Msd::srh_max_end_d, 0), one), "OK") << "no SRH";
  EXPECT_EQ(message("b", msd(&Msd::srh_max_segments_left, 0), Sids({Sid("fcbb:bb00:2:4::")})),
            "RESOURCE_EXHAUSTED: segment 1: node b: 1 segments left, can do 0")
      << "End.DT6 of d is added";
  EXPECT_EQ(message("c", msd(&Msd::srh_max_end_pop, 0), three), "OK") << "its End does not pop";
}

TEST(ExpandTest, PenultimatePopIsHeldToItsMsd) {
  topology::TedBuilder builder;
  const topology::SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 10\nb<->c igp 10\n", builder, source);
  topology::NodeAttributes attributes;
  attributes.srv6_sids.emplace_back();
  attributes.srv6_sids[0].sid = Sid("fcbb:bb00:2:e::");
  attributes.srv6_sids[0].behavior = static_cast<uint16_t>(topology::Srv6Behavior::kEndPsp);
  const auto expand = [&](uint8_t max_pop) {
    attributes.msd.emplace().srh_max_end_pop = max_pop;
    EXPECT_TRUE(builder.SetNode(source, "b", attributes, {.patch = true}, {}).ok());
    const TedPtr ted = builder.Publish().ted;
    return Expand(*ted, NodeOf(*ted, "a"), Sids({Sid("fcbb:bb00:2:e::"), Sid("fcbb:bb00:3::")}))
        .status()
        .ToString();
  };
  EXPECT_EQ(expand(2), "OK");
  EXPECT_EQ(expand(1), "RESOURCE_EXHAUSTED: segment 1: node b: 2 SIDs to pop, can do 1");
}

TEST(ExpandTest, FirstLabelWithTwoReadingsIsRefused) {
  // 16104 is index 104 for b and index 4 for c; both lead where their reader is the next hop.
  const TedPtr ted = BuildTed(
      "a<->b igp 10\na<->c igp 10\nb<->e igp 10\nc<->d igp 10\n"
      "node a srgb 50000 200\nnode b srgb 16000 200\nnode c srgb 16100 200\nnode e index 104\nnode "
      "d index 4\n");
  const auto expansion = Expand(*ted, NodeOf(*ted, "a"), Labels({16104}));
  EXPECT_EQ(expansion.status().message(),
            "segment 1: label 16104 at headend a: 2 readings, want 1");
}

TEST(ExpandTest, ALanIsOneHopThatItsRoutersDescribe) {
  const TedPtr ted = BuildTed(
      "a->lan igp 10 delay 100 var 5 loss 0.1 bw 8G admin 0x1\n"
      "b->lan igp 10\n"
      "lan->a igp 0\n"
      "lan->b igp 0\n"
      "node lan pseudonode\n");
  const auto expansion = Expand(*ted, NodeOf(*ted, "a"), Labels({16003}));
  ASSERT_TRUE(expansion.ok()) << expansion.status();
  EXPECT_EQ(expansion->worst_delay, Microseconds(100));
  EXPECT_EQ(expansion->worst_variation, Microseconds(5));
  EXPECT_NEAR(*expansion->worst_loss, 0.1, 1e-12);
  EXPECT_EQ(expansion->worst_hops, 1U);
  EXPECT_EQ(expansion->bottleneck->value, 1'000'000'000U);
  cspf::Query query{.source = NodeOf(*ted, "a"), .target = NodeOf(*ted, "b"), .constraints = {}};
  query.constraints.max_hops = 1;
  query.constraints.max_delay = Microseconds(100);
  query.constraints.max_loss = 0.1;
  query.constraints.min_bandwidth = BytesPerSecond{1'000'000'000};
  query.constraints.include_all.Set(0);
  EXPECT_EQ(CheckPromise(*ted, query, *expansion), absl::OkStatus());
}

class CheckPromiseTest : public testing::Test {
 protected:
  std::string Check(const std::vector<uint32_t>& labels) {
    const auto expansion = Expand(*ted_, query_.source, Labels(labels));
    EXPECT_TRUE(expansion.ok()) << expansion.status();
    const absl::Status status = CheckPromise(*ted_, query_, *expansion);
    return status.ok() ? "ok" : std::string(status.message());
  }

  const TedPtr ted_ = BuildTed(
      "a<->b igp 10 te 10 delay 100 loss 0.1 var 3 bw 8G admin 0x3 srlg 7\n"
      "b<->d igp 10 te 10 delay 900 loss 0 var 4 bw 8G admin 0x1\n"
      "a<->c igp 10 te 20 delay 300 loss 0.2 var 9 bw 4G admin 0x1\n"
      "c<->d igp 10 te 20 delay 300 loss 0 var 0 bw 8G admin 0x1\n");
  cspf::Query query_{.source = NodeOf(*ted_, "a"), .target = NodeOf(*ted_, "d"), .constraints = {}};
  cspf::Constraints& limits_ = query_.constraints;
};

TEST_F(CheckPromiseTest, BoundsAreInclusiveAndHoldForTheWorstBranch) {
  limits_.max_delay = Microseconds(1000);
  limits_.max_igp_cost = 20;
  limits_.max_te_cost = 40;
  limits_.max_hops = 2;
  limits_.max_loss = 0.2;
  limits_.max_variation = Microseconds(9);
  EXPECT_EQ(Check({16003}), "ok");
  limits_.max_delay = Microseconds(999);
  EXPECT_EQ(Check({16003}), "delay: worst ECMP branch 1000 us, bound 999 us");
  EXPECT_EQ(Check({16004, 16003}), "ok") << "over c alone";
  limits_ = {};
  limits_.max_te_cost = 39;
  EXPECT_EQ(Check({16003}), "TE cost: worst ECMP branch 40, bound 39");
  limits_ = {};
  limits_.max_loss = 0.19;
  EXPECT_EQ(Check({16003}), "loss: worst ECMP branch 0.2, bound 0.19");
  limits_ = {};
  limits_.max_hops = 1;
  EXPECT_EQ(Check({16003}), "hops: worst ECMP branch 2, bound 1");
  limits_ = {};
  limits_.max_variation = Microseconds(8);
  EXPECT_EQ(Check({16003}), "delay variation: worst ECMP branch 9 us, bound 8 us");
}

TEST_F(CheckPromiseTest, EveryLinkOfEveryBranchKeepsTheLinkConstraints) {
  limits_.min_bandwidth = BytesPerSecond{1'000'000'000};
  EXPECT_EQ(Check({16003}), "bandwidth: link a->c has 500000000 bytes/s, want 1000000000");
  limits_ = {};
  limits_.exclude_any.Set(1);
  EXPECT_EQ(Check({16003}), "affinity: link a->b carries an excluded bit");
  limits_ = {};
  limits_.include_all.Set(1);
  EXPECT_EQ(Check({16002, 16003}), "affinity: link b->d lacks a bit asked for");
  limits_ = {};
  limits_.include_any.Set(5);
  EXPECT_EQ(Check({16003}), "affinity: link a->b lacks a bit asked for");
  limits_ = {};
  limits_.exclude_srlgs = {7};
  EXPECT_EQ(Check({16003}), "exclusion: link a->b is in SRLG 7");
  limits_ = {};
  limits_.exclude_nodes = {NodeOf(*ted_, "c")};
  EXPECT_EQ(Check({16003}), "exclusion: node c is excluded");
  limits_ = {};
  limits_.exclude_links = {LinkOf(*ted_, "c->d")};
  EXPECT_EQ(Check({16003}), "exclusion: link c->d is excluded");
  EXPECT_EQ(Check({16002, 16003}), "ok");
}

TEST_F(CheckPromiseTest, WaypointsInOrderOnEveryBranch) {
  limits_.waypoints = {NodeOf(*ted_, "b")};
  EXPECT_EQ(Check({16003}), "waypoint: not every branch passes b in its turn");
  EXPECT_EQ(Check({16002, 16003}), "ok");
  limits_.waypoints = {NodeOf(*ted_, "d")};
  EXPECT_EQ(Check({16003}), "ok") << "the endpoint itself";
  limits_.waypoints = {NodeOf(*ted_, "d"), NodeOf(*ted_, "b")};
  EXPECT_EQ(Check({16002, 16003}), "waypoint: not every branch passes b in its turn");
}

TEST_F(CheckPromiseTest, EndsAtTheTarget) {
  EXPECT_EQ(Check({16002}), "endpoint: ends at b, want d");
}

TEST_F(CheckPromiseTest, LinkOutsideTheFlexAlgorithmIsNamed) {
  limits_.flex_algorithm = 128;
  EXPECT_EQ(Check({16003}), "flex-algorithm: link a->b is not in algorithm 128");
}

TEST(ResolveTest, LabelsBecomeSegments) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10\nb<->c#1 igp 10\nb<->c#2 igp 10\nnode c anycast 50\nnode b anycast 50\n");
  const auto list = ResolveLabels(*ted, NodeOf(*ted, "a"), {16002, 24003, 16050});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->segments.size(), 3U);
  EXPECT_EQ(list->segments[0].kind, SegmentKind::kNode);
  EXPECT_EQ(list->segments[0].node, NodeOf(*ted, "b"));
  EXPECT_EQ(list->segments[1].kind, SegmentKind::kAdjacency);
  EXPECT_EQ(list->segments[1].link, LinkOf(*ted, "b->c#1"));
  EXPECT_EQ(list->segments[2].kind, SegmentKind::kAnycast);
  EXPECT_EQ(list->segments[2].anycast.size(), 2U);
  EXPECT_EQ(ResolveLabels(*ted, NodeOf(*ted, "a"), {16002, 24001}).status().ToString(),
            "NOT_FOUND: segment 2: label 24001 means nothing to node b");
}

TEST(ResolveTest, ContainersAreTakenApart) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c#1 igp 10\nb<->c#2 igp 10\n");
  const auto list = ResolveSids(*ted, NodeOf(*ted, "a"),
                                {Sid("fcbb:bb00:2:e003:1:3::"), Sid("fcbb:bb00:3:fd00::")});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->segments.size(), 4U);
  EXPECT_EQ(list->segments[0].link, LinkOf(*ted, "b->c#2"));
  EXPECT_EQ(list->segments[0].sid, Sid("fcbb:bb00:2:e003::"));
  EXPECT_EQ(list->segments[1].node, NodeOf(*ted, "a"));
  EXPECT_EQ(list->segments[2].sid, Sid("fcbb:bb00:3::"));
  EXPECT_EQ(list->segments[3].behavior, 18);
  EXPECT_EQ(list->sids.size(), 2U);
  EXPECT_EQ(ResolveSids(*ted, NodeOf(*ted, "a"), {Sid("fcbb:bb00:9::")}).status().ToString(),
            "NOT_FOUND: segment 1: SID fcbb:bb00:9:: means nothing to node a");
}

TEST(CsidTest, EveryFlavorOfEndAndEndXShifts) {
  for (uint16_t behavior = 1; behavior < 100; ++behavior) {
    const bool end = behavior >= 43 && behavior <= 50;
    const bool end_x = behavior >= 52 && behavior <= 59;  // 59: PSP, USP and USD.
    topology::Srv6Sid sid;
    sid.behavior = behavior;
    sid.structure = topology::Srv6SidStructure{.block = 32, .node = 16};
    EXPECT_EQ(ShiftsContainer(sid), end || end_x) << behavior;
  }
}

TEST(CsidTest, ShiftMovesTheRestUpBehindTheBlock) {
  EXPECT_EQ(ShiftCsid(Sid("fcbb:bb00:1:e001:2:3:4:5"), 32, 32), Sid("fcbb:bb00:2:3:4:5::"));
  EXPECT_EQ(ShiftCsid(Sid("fcbb:bb00:1::"), 32, 16), Sid("fcbb:bb00::"));
  EXPECT_EQ(ShiftCsid(Sid("fcbb:bb00:1:2:3:4:5:6"), 0, 128), Ipv6Address());
  EXPECT_TRUE(SameLeadingBits(Sid("fcbb:bb00:1::"), Sid("fcbb:bb00:1:2::"), 48));
  EXPECT_FALSE(SameLeadingBits(Sid("fcbb:bb00:1::"), Sid("fcbb:bb00:1:2::"), 64));
  EXPECT_TRUE(AnyBitFrom(Sid("::1"), 127));
  EXPECT_FALSE(AnyBitFrom(Sid("::1"), 128));
}

}  // namespace
}  // namespace srpce::segments
