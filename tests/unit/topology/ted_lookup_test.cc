#include <gtest/gtest.h>

#include <string>

#include "lib/topology/ted.h"
#include "tests/support/build_ted.h"

namespace srpce::topology {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;

TedPtr Named(const std::string& name_of_a, const std::string& name_of_b) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b\nnode c\n", builder, source);
  NodeAttributes node;
  node.name = name_of_a;
  EXPECT_TRUE(builder.SetNode(source, "a", node, {.patch = true}, {}).ok());
  node.name = name_of_b;
  EXPECT_TRUE(builder.SetNode(source, "b", node, {.patch = true}, {}).ok());
  return builder.Publish().ted;
}

TEST(FindNodeTest, ByIdNameAndRouterId) {
  const TedPtr ted = Named("par1", "lon1");
  EXPECT_EQ(ted->node(NodeOf(*ted, "a")).id, "a");
  EXPECT_EQ(ted->node(NodeOf(*ted, "lon1")).id, "b");
  EXPECT_EQ(ted->node(NodeOf(*ted, "10.0.0.3")).id, "c");
  EXPECT_EQ(ted->node(NodeOf(*ted, "fc00:0:2::1")).id, "b");
  EXPECT_EQ(ted->node(NodeOf(*ted, "FC00:0:0002:0::1")).id, "b");
  EXPECT_FALSE(ted->FindNode("nowhere"));
  EXPECT_FALSE(ted->FindNode(""));
}

TEST(FindNodeTest, AnIdGoesBeforeAName) {
  const TedPtr ted = Named("b", "lon1");
  EXPECT_EQ(ted->node(NodeOf(*ted, "b")).id, "b");
}

TEST(FindNodeTest, ANameOfTwoNodesFindsNone) {
  EXPECT_FALSE(Named("core", "core")->FindNode("core"));
}

TEST(FindLinkTest, ByInterfaceAndWithoutWhereUnique) {
  const TedPtr ted = BuildTed("a<->b#1\na<->b#2\nb<->c#7\n");
  EXPECT_EQ(ted->link(*ted->FindLink({"a", "b", "2", ""})).key.ToString(), "a->b#2");
  EXPECT_FALSE(ted->FindLink({"a", "b", "", ""}));
  EXPECT_EQ(ted->link(*ted->FindLink({"b", "c", "", ""})).key.ToString(), "b->c#7");
  EXPECT_FALSE(ted->FindLink({"b", "c", "8", ""}));
  EXPECT_FALSE(ted->FindLink({"a", "c", "", ""}));
  EXPECT_EQ(ted->FindParallelLinks(NodeOf(*ted, "a"), NodeOf(*ted, "b")).size(), 2U);
}

TEST(FindPrefixSidTest, SeveralNodesForAnAnycastSid) {
  const TedPtr ted =
      BuildTed("a<->b\nb<->c\nnode a anycast 100\nnode c anycast 100\nnode b algo 128\n");
  EXPECT_EQ(ted->FindPrefixSid(100, 0),
            (std::vector<NodeIndex>{NodeOf(*ted, "a"), NodeOf(*ted, "c")}));
  EXPECT_EQ(ted->FindPrefixSid(2128, 128), std::vector<NodeIndex>{NodeOf(*ted, "b")});
  EXPECT_TRUE(ted->FindPrefixSid(2128, 0).empty());
}

TEST(FindSrv6SidTest, NodeAndAdjacencySids) {
  const TedPtr ted = BuildTed("a<->b\n");
  const auto end = ted->FindSrv6Sid(*Ipv6Address::Parse("fcbb:bb00:1::"));
  ASSERT_EQ(end.size(), 1U);
  EXPECT_EQ(end[0].node, NodeOf(*ted, "a"));
  EXPECT_FALSE(end[0].link);
  const auto end_x = ted->FindSrv6Sid(*Ipv6Address::Parse("fcbb:bb00:2:e001::"));
  ASSERT_EQ(end_x.size(), 1U);
  EXPECT_EQ(end_x[0].node, NodeOf(*ted, "b"));
  EXPECT_EQ(end_x[0].link, LinkOf(*ted, "b->a"));
}

TEST(FindLocatorTest, TheLongestMatchWins) {
  const TedPtr ted =
      BuildTed("node a locator fcbb:bb00::/40\nnode b locator fcbb:bb00:2::/48\nnode c algo 128\n");
  const auto owner = [&](const char* address) {
    const absl::Span<const SidOwner> owners = ted->FindLocator(*Ipv6Address::Parse(address));
    return owners.empty() ? std::string() : ted->node(owners[0].node).id;
  };
  EXPECT_EQ(owner("fcbb:bb00:2:e001::"), "b");
  EXPECT_EQ(owner("fcbb:bb00:99::"), "a");
  EXPECT_EQ(owner("fcbb:bb80:3::1"), "c");
  EXPECT_EQ(owner("2001:db8::"), "");
}

TEST(FindAnnouncersTest, WithASidOrWithout) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b\n", builder, source);
  const auto set = [&](const char* prefix) {
    ASSERT_TRUE(builder.SetPrefix(source, "b", *IpPrefix::Parse(prefix), {}, {}, {}).ok());
  };
  set("10.0.0.1/32");
  set("fc00:1::/32");
  set("fc00:1:2::/48");
  const TedPtr ted = builder.Publish().ted;
  EXPECT_EQ(ted->FindAnnouncers(*IpPrefix::Parse("10.0.0.1/32")),
            (std::vector<NodeIndex>{NodeOf(*ted, "a"), NodeOf(*ted, "b")}));
  EXPECT_TRUE(ted->FindAnnouncers(*IpPrefix::Parse("10.0.0.0/24")).empty());
  const Ipv6Address address = *Ipv6Address::Parse("fc00:1:2::9");
  EXPECT_EQ(ted->FindAnnouncedPrefix(address, 0), *IpPrefix::Parse("fc00:1:2::/48"));
  EXPECT_EQ(ted->FindAnnouncedPrefix(address, 49), std::nullopt);
  EXPECT_EQ(ted->FindAnnouncedPrefix(*Ipv6Address::Parse("fc00:2::"), 0), std::nullopt);
  ASSERT_TRUE(builder.RemovePrefix(source, "b", *IpPrefix::Parse("fc00:1:2::/48"), {}).ok());
  EXPECT_EQ(builder.Publish().ted->FindAnnouncedPrefix(address, 0),
            *IpPrefix::Parse("fc00:1::/32"));
}

TEST(FindFlexAlgoTest, HighestPriorityThenHighestId) {
  const TedPtr ted = BuildTed(
      "a<->b\n"
      "fad 128 metric igp priority 9 on a\n"
      "fad 128 metric delay priority 9 on b\n"
      "fad 129 metric te priority 10 on a\n"
      "fad 129 metric igp priority 9 on b\n");
  EXPECT_EQ(ted->FindFlexAlgo(128)->metric, MetricType::kDelay);
  EXPECT_EQ(ted->FindFlexAlgo(129)->metric, MetricType::kTe);
  EXPECT_EQ(ted->FindFlexAlgo(130), nullptr);
}

// Who does not know what the winner says stops taking part; the next best is nobody's (s5.3).
TEST(FindFlexAlgoTest, ADefinitionThatIsNotSupportedWinsAllTheSame) {
  const TedPtr ted = BuildTed(
      "a<->b\n"
      "fad 128 metric igp priority 9 unsupported on a\n"
      "fad 128 metric delay priority 8 on b\n"
      "fad 129 metric te priority 10 on a\n"
      "fad 129 metric igp priority 9 unsupported on b\n");
  EXPECT_EQ(ted->FindFlexAlgo(128), nullptr);
  EXPECT_TRUE(ted->HasUnsupportedFlexAlgo(128));
  EXPECT_EQ(ted->FindFlexAlgo(129)->metric, MetricType::kTe);
  EXPECT_FALSE(ted->HasUnsupportedFlexAlgo(129));
  EXPECT_FALSE(ted->HasUnsupportedFlexAlgo(130));
}

TEST(FindFlexAlgoTest, RouterIdsCompareAsNumbers) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  const auto winner = [&](const std::string& low, const std::string& high) {
    for (const std::string& id : {high, low}) {
      NodeAttributes attributes;
      attributes.flex_algo_definitions = {
          {.algorithm = 128,
           .metric = id == high ? MetricType::kDelay : MetricType::kIgp,
           .priority = 9}};
      EXPECT_TRUE(builder.SetNode(source, id, attributes, {}, {}).ok());
    }
    const TedPtr ted = builder.Publish().ted;
    EXPECT_TRUE(builder.RemoveNode(source, low, {}).ok());
    EXPECT_TRUE(builder.RemoveNode(source, high, {}).ok());
    return ted->FindFlexAlgo(128)->metric == MetricType::kDelay ? high : low;
  };
  EXPECT_EQ(winner("10.0.0.9", "10.0.0.10"), "10.0.0.10");
  EXPECT_EQ(winner("1.2.3.4", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(winner("0000.0000.0009", "0000.0000.0010"), "0000.0000.0010");
}

// The flags and numbers a search reads, one link each.
TEST(ArcDataTest, SaysWhatTheLinkAndItsEndsAnnounce) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10 delay 900 avail 8k srlg 3,1\n"
      "b<->c te 7 admin-bits 1,64 bw 16k rsv 24k\n"
      "c<->d igp 16777215\n"
      "node a overload\n"
      "node b no-mpls\n"
      "node c no-srv6\n"
      "node d pseudonode\n");
  const auto data = [&](const char* link) { return ted->graph().data(LinkOf(*ted, link).value()); };
  const graph::ArcData ab = data("a->b");
  EXPECT_EQ(ab.flags, kArcUsable | kArcHasIgp | kArcHasTe | kArcHasDelay | kArcHasCapacity |
                          kArcTailOverloaded | kArcTailSrMpls | kArcTailSrv6 | kArcHeadSrv6);
  EXPECT_EQ(ab.weight, (std::array<uint32_t, 3>{10, 10, 900}));
  EXPECT_EQ(ab.capacity, 1000U);
  EXPECT_EQ(ted->srlgs(ab.group), (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(ab.reverse, LinkOf(*ted, "b->a").value());
  const graph::ArcData bc = data("b->c");
  EXPECT_EQ(bc.flags, kArcUsable | kArcHasTe | kArcTeAnnounced | kArcHasCapacity |
                          kArcWideAdminGroup | kArcTailSrv6 | kArcHeadSrMpls);
  EXPECT_EQ(bc.capacity, 3000U);  // Reservable goes before the maximum.
  EXPECT_EQ(bc.mask, 2U);
  EXPECT_EQ(bc.group, 0U);
  const graph::ArcData cd = data("c->d");  // The maximum metric is not in SPF (RFC 5305 s3).
  EXPECT_EQ(cd.flags, kArcUsable | kArcHasTe | kArcTailSrMpls | kArcHeadPseudonode);
}

TEST(ArcDataTest, LinksOutOfALanCostNothingAndCarryEverything) {
  const TedPtr ted = BuildTed(
      "a->lan igp 10\n"
      "lan->a igp 7 te 8 delay 9 bw 16k admin 0x1\n"
      "b->lan igp 10\n"
      "lan->b\n"
      "node lan pseudonode\n");
  for (const char* link : {"lan->a", "lan->b"}) {
    const graph::ArcData data = ted->graph().data(LinkOf(*ted, link).value());
    EXPECT_EQ(data.flags, kArcUsable | kArcHasIgp | kArcHasTe | kArcTeAnnounced | kArcHasDelay |
                              kArcHasCapacity | kArcTailPseudonode | kArcHeadSrMpls | kArcHeadSrv6);
    EXPECT_EQ(data.weight, (std::array<uint32_t, 3>{0, 0, 0}));
    EXPECT_EQ(data.capacity, UINT64_MAX);
    EXPECT_EQ(data.mask, 0U);
  }
}

TEST(DecreaseEpochTest, GrowsOnlyWhenAWeightMayHaveBecomeLess) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b igp 10 delay 100\n", builder, source);
  const auto epochs = [&](const LinkAttributes& patch) {
    EXPECT_TRUE(builder.SetLink(source, {"a", "b", "", ""}, patch, {.patch = true}, {}).ok());
    const TedPtr ted = builder.Publish().ted;
    return std::array<uint64_t, 3>{ted->decrease_epoch(0), ted->decrease_epoch(1),
                                   ted->decrease_epoch(2)};
  };
  LinkAttributes patch;
  const auto start = epochs(patch);
  patch.up = false;
  EXPECT_EQ(epochs(patch), start);
  patch.up = true;
  patch.delay = patch.min_delay = Microseconds(101);
  EXPECT_EQ(epochs(patch), start);
  patch.delay = patch.min_delay = Microseconds(99);
  const auto faster = epochs(patch);
  EXPECT_EQ(faster, (std::array<uint64_t, 3>{start[0], start[1], start[2] + 1}));
  patch.te_metric = 50;  // Replaces the IGP metric 10 as TE metric: an increase.
  EXPECT_EQ(epochs(patch), faster);
}

}  // namespace
}  // namespace srpce::topology
