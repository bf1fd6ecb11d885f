// tests/unit/convert/topology_test.cc -- what a source says survives the wire unchanged; what does
// not fit is named.
#include "proto/convert/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srpce::convert {
namespace {

using testing::HasSubstr;

Ipv6Address Sid(const char* text) { return *Ipv6Address::Parse(text); }

topology::NodeAttributes FullNode() {
  return {.name = "ams",
          .asn = 65000,
          .router_ids = {*IpAddress::Parse("10.0.0.1"), *IpAddress::Parse("fc00::1")},
          .srgb = {{16000, 8000}, {30000, 100}},
          .srlb = {{15000, 1000}},
          .algorithms = {0, 128},
          .flex_algo_definitions = {{.algorithm = 128,
                                     .metric = topology::MetricType::kDelay,
                                     .priority = 200,
                                     .exclude_any = topology::AdminGroup({1}),
                                     .include_any = topology::AdminGroup({2}),
                                     .include_all = topology::AdminGroup({0, 4}),
                                     .exclude_srlgs = {7, 9},
                                     .unsupported = true}},
          .locators = {{.prefix = *IpPrefix::Parse("fcbb:bb00:1::/48"),
                        .algorithm = 128,
                        .metric = 3,
                        .anycast = true}},
          .srv6_sids = {{.sid = Sid("fcbb:bb00:1::"),
                         .behavior = 43,
                         .structure = topology::Srv6SidStructure{32, 16, 0, 80}}},
          .msd = topology::Msd{.base_mpls_imposition = 10, .srh_max_h_encaps = 5},
          .overload = true,
          .pseudonode = false,
          .multi_topology_ids = {0, 2},
          .position = topology::GeoPosition{52.4, 4.9}};
}

topology::LinkAttributes FullLink() {
  return {.up = false,
          .igp_metric = 10,
          .te_metric = 0xffffffff,
          .delay = Microseconds(900),
          .min_delay = Microseconds(800),
          .max_delay = Microseconds(1000),
          .delay_variation = Microseconds(5),
          .loss = 0.25,
          .delay_anomalous = true,
          .capacity = BytesPerSecond{1'250'000'000},
          .reservable = BytesPerSecond{1'000'000'000},
          .available = BytesPerSecond{500'000'000},
          .admin_group = topology::AdminGroup({1, 0, 2}),
          .srlgs = std::vector<uint32_t>{},
          .adjacency_sids = {{.label = 24001, .backup = true},
                             {.label = 5, .is_index = true, .is_set = true, .weight = 3},
                             {.label = 6, .is_index = true, .is_local = false}},
          .srv6_sids = {{.sid = Sid("fcbb:bb00:1:e000::"),
                         .behavior = 52,
                         .algorithm = 128,
                         .backup = true,
                         .is_set = true}},
          .local_address = *IpAddress::Parse("10.1.0.1"),
          .remote_address = *IpAddress::Parse("fd00::2"),
          .msd_base_mpls_imposition = 6,
          .multi_topology_id = 2};
}

TEST(ConvertTopologyTest, NodeSurvivesTheWire) {
  v1::NodeAttributes proto;
  ToProto(FullNode(), &proto);
  EXPECT_EQ(*FromProto(proto), FullNode());
}

TEST(ConvertTopologyTest, LinkSurvivesTheWire) {
  v1::LinkAttributes proto;
  ToProto(FullLink(), &proto);
  EXPECT_EQ(*FromProto(proto), FullLink());
}

TEST(ConvertTopologyTest, NothingStatedStaysNothing) {
  EXPECT_EQ(*FromProto(v1::LinkAttributes()), topology::LinkAttributes());
  EXPECT_EQ(*FromProto(v1::NodeAttributes()), topology::NodeAttributes());
}

TEST(ConvertTopologyTest, PrefixSurvivesTheWire) {
  const topology::PrefixAttributes prefix{
      .metric = 5,
      .sids = {{.algorithm = 0, .value = 7, .no_php = true},
               {.algorithm = 128, .value = 16007, .is_label = true, .explicit_null = true}},
      .node_sid = true,
      .anycast = false};
  v1::PrefixAttributes proto;
  ToProto(prefix, &proto);
  EXPECT_EQ(*FromProto(proto), prefix);
}

TEST(ConvertTopologyTest, EveryStatementSurvivesTheWire) {
  const topology::LinkKey key{"a", "b", "e1", "e2"};
  const IpPrefix prefix = *IpPrefix::Parse("10.0.0.1/32");
  const std::vector<plugin::Statement> statements = {
      plugin::SyncBegin{},
      plugin::SyncEnd{},
      plugin::NodeStatement{"a", FullNode(), true, false},
      plugin::LinkStatement{key, FullLink(), false, true},
      plugin::PrefixStatement{"a", prefix, {.metric = 1}, true, false},
      plugin::NodeRemoval{"a"},
      plugin::LinkRemoval{key},
      plugin::PrefixRemoval{"a", prefix},
      plugin::SourceReport{.peers = {{.name = "p"}}, .unknown = {}, .counters = {}}};
  for (const plugin::Statement& statement : statements) {
    v1::TopologyUpdate first;
    ToProto(statement, &first);
    const auto read = FromProto(first);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->index(), statement.index());
    v1::TopologyUpdate second;
    ToProto(*read, &second);
    EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString()) << first.DebugString();
  }
}

TEST(ConvertTopologyTest, AStatementSaysWhetherItIsAPatchAndWhetherItIsStale) {
  v1::TopologyUpdate node;
  node.mutable_node()->set_id("a");
  EXPECT_FALSE(std::get<plugin::NodeStatement>(*FromProto(node)).stale);
  node.set_stale(true);
  EXPECT_TRUE(std::get<plugin::NodeStatement>(*FromProto(node)).stale);
  EXPECT_FALSE(std::get<plugin::NodeStatement>(*FromProto(node)).patch);
  v1::TopologyUpdate link;
  link.mutable_link();
  link.set_stale(true);
  EXPECT_TRUE(std::get<plugin::LinkStatement>(*FromProto(link)).stale);
  v1::TopologyUpdate prefix;
  prefix.mutable_prefix()->mutable_key()->set_prefix("10.0.0.1/32");
  prefix.set_stale(true);
  EXPECT_TRUE(std::get<plugin::PrefixStatement>(*FromProto(prefix)).stale);
}

TEST(ConvertTopologyTest, ALinkMayBeNamedByItsInterface) {
  const topology::LinkKey key{"a", "", "eth0", ""};
  v1::TopologyUpdate update;
  ToProto(plugin::LinkStatement{key, FullLink()}, &update);
  EXPECT_EQ(std::get<plugin::LinkStatement>(*FromProto(update)).key, key);
  ToProto(plugin::LinkRemoval{key}, &update);
  EXPECT_EQ(std::get<plugin::LinkRemoval>(*FromProto(update)).key, key);
}

TEST(ConvertTopologyTest, LabelBeyondTwentyBitsIsRefusedByName) {
  v1::TopologyUpdate update;
  update.mutable_link()->mutable_key()->set_local_node("a");
  update.mutable_link()->mutable_key()->set_remote_node("b");
  update.mutable_link()->mutable_attributes()->add_adjacency_sids()->set_label(1 << 20);
  const auto read = FromProto(update);
  EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(read.status().message()),
              HasSubstr("link a->b: adjacency_sids.label: got 1048576, want 0 to 1048575"));
}

TEST(ConvertTopologyTest, TextThatIsNoAddressIsRefusedByName) {
  v1::LinkAttributes proto;
  proto.set_local_address("10.0.0");
  EXPECT_THAT(std::string(FromProto(proto).status().message()),
              HasSubstr("local_address: IP address: got '10.0.0'"));
}

TEST(ConvertTopologyTest, ALinkOfOverlaysAloneSaysWhyItIsNotUsable) {
  topology::TedBuilder builder;
  const auto igp = builder.Connect({.name = "igp", .hold_time = {}}, {});
  const auto overlay = builder.Connect({.name = "lab", .hold_time = {}, .overlay = true}, {});
  for (const char* node : {"a", "b"}) {
    ASSERT_TRUE(builder.SetNode(*igp, node, {}, {}, {}).ok());
  }
  ASSERT_TRUE(builder.SetLink(*igp, {"a", "b", "", ""}, {}, {}, {}).ok());
  ASSERT_TRUE(builder.SetLink(*overlay, {"b", "a", "", ""}, {}, {}, {}).ok());
  const topology::TedPtr ted = builder.Publish().ted;
  for (const topology::LinkKey& key : {topology::LinkKey{"a", "b", "", ""}, {"b", "a", "", ""}}) {
    v1::TopologyLink link;
    ToProto(*ted, ted->link(*ted->FindLink(key)), &link);
    EXPECT_EQ(link.unusable_reason(), "only overlays speak of it, or of the reverse direction");
  }
}

TEST(ConvertTopologyTest, UpdateWithoutStatementIsRefused) {
  v1::TopologyUpdate update;
  update.set_sequence(9);
  EXPECT_THAT(std::string(FromProto(update).status().message()),
              HasSubstr("update 9: got no statement"));
}

}  // namespace
}  // namespace srpce::convert
