// The map language of tests/support/build_ted.h gives what its header says.
#include "tests/support/build_ted.h"

#include <gtest/gtest.h>

namespace srpce::support {
namespace {

using topology::Link;
using topology::Node;
using topology::Srv6Behavior;

const Node& NodeAt(const topology::Ted& ted, absl::string_view name) {
  return ted.node(NodeOf(ted, name));
}
const Link& LinkAt(const topology::Ted& ted, absl::string_view name) {
  return ted.link(LinkOf(ted, name));
}

TEST(BuildTedTest, NodesGetNumbersInTheOrderTheyAreNamed) {
  const auto ted = BuildTed("x<->y igp 10\n# a remark\nz->x\n");
  const Node& z = NodeAt(*ted, "z");
  EXPECT_EQ(z.attributes.router_ids[0].ToString(), "10.0.0.3");
  EXPECT_EQ(z.attributes.router_ids[1].ToString(), "fc00:0:3::1");
  EXPECT_EQ(z.attributes.srgb, (std::vector<topology::LabelRange>{{16000, 8000}}));
  EXPECT_EQ(z.attributes.locators[0].prefix.ToString(), "fcbb:bb00:3::/48");
  ASSERT_EQ(z.prefixes.size(), 1U);
  EXPECT_EQ(z.prefixes[0].prefix.ToString(), "10.0.0.3/32");
  EXPECT_EQ(z.prefixes[0].attributes.sids[0].value, 3U);
}

TEST(BuildTedTest, LinksGetAdjacencySidsInTheOrderOfTheText) {
  const auto ted = BuildTed("a<->b\nb<->c\n");
  EXPECT_EQ(LinkAt(*ted, "a->b").attributes.adjacency_sids[0].label, 24001U);
  EXPECT_EQ(LinkAt(*ted, "b->c").attributes.adjacency_sids[0].label, 24003U);
  const auto& end_x = LinkAt(*ted, "b->c").attributes.srv6_sids[0];
  EXPECT_EQ(end_x.sid.ToString(), "fcbb:bb00:2:e002::");
  EXPECT_EQ(end_x.behavior, static_cast<uint16_t>(Srv6Behavior::kEndXNextCsid));
  EXPECT_EQ(end_x.structure, (topology::Srv6SidStructure{32, 16, 16, 64}));
}

TEST(BuildTedTest, LinkAttributesGoToBothDirections) {
  const auto ted = BuildTed(
      "a<->b#2 igp 1 te 2 delay 3 max-delay 4 var 5 loss 0.5 bw 10G rsv 8M avail 8k admin 0x3 "
      "admin-bits 70 srlg 1,2 "
      "down adj 777 msd 3\n");
  const auto& a = LinkAt(*ted, "b->a#2").attributes;
  EXPECT_EQ(a.igp_metric, 1U);
  EXPECT_EQ(a.te_metric, 2U);
  EXPECT_EQ(a.delay, Microseconds(3));
  EXPECT_EQ(a.min_delay, Microseconds(3));
  EXPECT_EQ(a.max_delay, Microseconds(4));
  EXPECT_EQ(a.delay_variation, Microseconds(5));
  EXPECT_EQ(a.loss, 0.5);
  EXPECT_EQ(a.capacity, BytesPerSecond{1250000000});
  EXPECT_EQ(a.reservable, BytesPerSecond{1000000});
  EXPECT_EQ(a.available, BytesPerSecond{1000});
  EXPECT_TRUE(a.admin_group->Test(0) && a.admin_group->Test(1) && a.admin_group->Test(70));
  EXPECT_EQ(a.srlgs, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(a.up, false);
  EXPECT_EQ(a.adjacency_sids[0].label, 777U);
  EXPECT_EQ(a.msd_base_mpls_imposition, 3);
  EXPECT_EQ(LinkAt(*ted, "a->b#2").attributes.igp_metric, 1U);
}

TEST(BuildTedTest, NodesMayLackParts) {
  const auto ted = BuildTed(
      "a<->b\nb<->c\nc<->d\nd<->e\nnode a no-sr\nnode b no-mpls\nnode c no-srv6\nnode d "
      "id-only\nnode e pseudonode\n");
  EXPECT_TRUE(NodeAt(*ted, "a").attributes.srgb.empty() &&
              NodeAt(*ted, "a").attributes.locators.empty());
  EXPECT_TRUE(NodeAt(*ted, "a").prefixes[0].attributes.sids.empty());
  EXPECT_TRUE(NodeAt(*ted, "b").attributes.srgb.empty() &&
              !NodeAt(*ted, "b").attributes.locators.empty());
  EXPECT_TRUE(LinkAt(*ted, "b->c").attributes.adjacency_sids.empty());
  EXPECT_FALSE(LinkAt(*ted, "b->c").attributes.srv6_sids.empty());
  EXPECT_TRUE(!NodeAt(*ted, "c").attributes.srgb.empty() &&
              NodeAt(*ted, "c").attributes.locators.empty());
  EXPECT_FALSE(NodeAt(*ted, "d").known);
  EXPECT_EQ(NodeAt(*ted, "e").attributes.pseudonode, true);
  EXPECT_TRUE(LinkAt(*ted, "d->e").attributes.adjacency_sids.empty());
}

TEST(BuildTedTest, NodeAttributes) {
  const auto ted = BuildTed(
      "node a srgb 1000 10 srgb 2000 20 index 5 algo 128 msd 6 srv6-msd 7 overload anycast 300 "
      "locator "
      "fc01:0:a::/48 classic-srv6\n");
  const Node& a = NodeAt(*ted, "a");
  EXPECT_EQ(a.attributes.srgb, (std::vector<topology::LabelRange>{{1000, 10}, {2000, 20}}));
  EXPECT_EQ(a.attributes.algorithms, (std::vector<uint8_t>{0, 128}));
  EXPECT_EQ(a.attributes.msd->base_mpls_imposition, 6);
  EXPECT_EQ(a.attributes.msd->srh_max_h_encaps, 7);
  EXPECT_EQ(a.attributes.overload, true);
  EXPECT_EQ(a.attributes.locators[0].prefix.ToString(), "fc01:0:a::/48");
  EXPECT_EQ(a.attributes.locators[1].prefix.ToString(), "fcbb:bb80:1::/48");
  EXPECT_EQ(a.attributes.srv6_sids[0].behavior, static_cast<uint16_t>(Srv6Behavior::kEnd));
  EXPECT_EQ(a.attributes.srv6_sids[1].sid.ToString(), "fc01:0:a:fd00::");
  ASSERT_EQ(a.prefixes.size(), 2U);
  EXPECT_EQ(a.prefixes[0].attributes.sids[1].value, 5128U);
  EXPECT_EQ(a.prefixes[1].prefix.ToString(), "10.1.1.44/32");
  EXPECT_EQ(a.prefixes[1].attributes.anycast, true);
}

TEST(BuildTedTest, DefinitionsAreAnnouncedByTheirNode) {
  const auto ted = BuildTed(
      "fad 130 metric te exclude-any 0x1 include-any 0x2 include-all 0x4 exclude-srlg 9 priority 7 "
      "on a\n");
  const topology::FlexAlgoDefinition& fad = *ted->FindFlexAlgo(130);
  EXPECT_EQ(fad.metric, topology::MetricType::kTe);
  EXPECT_TRUE(fad.exclude_any.Test(0) && fad.include_any.Test(1) && fad.include_all.Test(2));
  EXPECT_EQ(fad.exclude_srlgs, std::vector<uint32_t>{9});
  EXPECT_EQ(fad.priority, 7);
}

TEST(BuildTedTest, PathsAreShownByNodeAndInterface) {
  const auto ted = BuildTed("a<->b\nb<->c#2\n");
  EXPECT_EQ(DescribeLinks(*ted, NodeOf(*ted, "a"), {LinkOf(*ted, "a->b"), LinkOf(*ted, "b->c#2")}),
            "a b c#2");
}

TEST(BuildTedDeathTest, DiesWithTheLineOnAMistake) {
  EXPECT_DEATH(BuildTed("a<->b colour 3\n"),
               "line 'a<->b colour 3': got 'colour', want an attribute");
  EXPECT_DEATH(BuildTed("a<->b igp\n"), "ends too early");
  EXPECT_DEATH(BuildTed("a<->b loss 2\n"), "link a->b: loss: got 2, want 0 to 1");
  EXPECT_DEATH(BuildTed("hello\n"), "want a link, 'node' or 'fad'");
}

}  // namespace
}  // namespace srpce::support
