// What the values of routes become: flags of each protocol, ASLA, definitions of flexible
// algorithms.
#include <gmock/gmock.h>

#include "plugins/topology_source/bgpls/sid_flags.h"
#include "plugins/topology_source/bgpls/statements.h"
#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

topology::NodeAttributes StateOne(const wire::bgpls::Attribute& attribute, Oddities& oddities) {
  const wire::bgpls::Nlri nlri = NodeNlri(Isis(1));
  NodeMembers members;
  members.nodes.push_back({.nlri = &nlri, .attribute = attribute});
  return StateNode("n", members, oddities).attributes;
}

topology::LinkAttributes StateOneLink(const wire::bgpls::LinkAttributes& link) {
  const wire::bgpls::Nlri nlri = LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}});
  Member member{.nlri = &nlri};
  member.attribute.link = link;
  Oddities oddities;
  const auto statement =
      StateLink({"a", "b", "10.0.0.1", ""}, {.members = {0}}, {&member}, oddities);
  EXPECT_THAT(oddities.all(), IsEmpty());
  return statement.attributes;
}

TEST(StateNodeTest, KeepsEveryRangeAndAlgorithm) {
  wire::bgpls::Attribute attribute;
  attribute.node.sr_capabilities = {.ranges = {{1000, {true, 16000}}, {2000, {true, 20000}}}};
  attribute.node.sr_local_block = {.ranges = {{100, {true, 15000}}}};
  attribute.node.sr_algorithms = {0, 1, 128};
  attribute.node.msds = {{1, 10}, {41, 8}, {42, 7}, {44, 6}, {45, 5}, {99, 1}};
  Oddities oddities;
  const topology::NodeAttributes is = StateOne(attribute, oddities);
  EXPECT_THAT(is.srgb,
              ElementsAre(topology::LabelRange{16000, 1000}, topology::LabelRange{20000, 2000}));
  EXPECT_THAT(is.srlb, ElementsAre(topology::LabelRange{15000, 100}));
  EXPECT_THAT(is.algorithms, ElementsAre(0, 1, 128));
  EXPECT_EQ(is.msd, (topology::Msd{10, 8, 7, 6, 5}));
  EXPECT_THAT(oddities.all(), IsEmpty());
}

TEST(StateNodeTest, OverlappingBlocksCostTheSecond) {
  wire::bgpls::Attribute attribute;
  attribute.node.sr_capabilities = {.ranges = {{1000, {true, 16000}}}};
  attribute.node.sr_local_block = {.ranges = {{100, {true, 16500}}}};
  Oddities oddities;
  const topology::NodeAttributes is = StateOne(attribute, oddities);
  EXPECT_THAT(is.srgb, SizeIs(1));
  EXPECT_THAT(is.srlb, IsEmpty());
  EXPECT_THAT(oddities.all(), SizeIs(1));
}

TEST(StateNodeTest, NameThatIsNoTextCostsItself) {
  wire::bgpls::Attribute attribute = RouterIds({"10.255.0.1"});
  attribute.node.name = "\xff\x01";
  Oddities oddities;
  const topology::NodeAttributes is = StateOne(attribute, oddities);
  EXPECT_EQ(is.name, std::nullopt);
  EXPECT_THAT(is.router_ids, SizeIs(1));
  EXPECT_THAT(oddities.all(), SizeIs(1));
}

topology::FlexAlgoDefinition Define(const wire::bgpls::FlexAlgoDefinition& definition) {
  wire::bgpls::Attribute attribute;
  attribute.node.flex_algos = {definition};
  Oddities oddities;
  const topology::NodeAttributes is = StateOne(attribute, oddities);
  EXPECT_THAT(is.flex_algo_definitions, SizeIs(1));
  return is.flex_algo_definitions.empty() ? topology::FlexAlgoDefinition()
                                          : is.flex_algo_definitions[0];
}

TEST(StateNodeTest, DefinitionOfAFlexibleAlgorithm) {
  wire::bgpls::FlexAlgoDefinition definition;
  definition.algorithm = 128;
  definition.metric_type = 1;
  definition.priority = 200;
  definition.exclude_any = {0x1};
  definition.include_any = {0, 0x2};
  definition.include_all = {0x4};
  definition.exclude_srlgs = {7};
  definition.flags = "\x80";
  topology::FlexAlgoDefinition is = Define(definition);
  EXPECT_EQ(is.algorithm, 128);
  EXPECT_EQ(is.metric, topology::MetricType::kDelay);
  EXPECT_EQ(is.priority, 200);
  EXPECT_TRUE(is.exclude_any.Test(0));
  EXPECT_TRUE(is.include_any.Test(33));
  EXPECT_TRUE(is.include_all.Test(2));
  EXPECT_THAT(is.exclude_srlgs, ElementsAre(7));
  EXPECT_FALSE(is.unsupported);
  definition.metric_type = 2;
  EXPECT_EQ(Define(definition).metric, topology::MetricType::kTe);
}

TEST(StateNodeTest, DefinitionThatSaysMoreIsUnsupported) {
  const auto unsupported = [](auto change) {
    wire::bgpls::FlexAlgoDefinition definition;
    definition.algorithm = 129;
    change(definition);
    return Define(definition).unsupported;
  };
  EXPECT_FALSE(unsupported([](auto&) {}));
  EXPECT_TRUE(unsupported([](auto& d) { d.metric_type = 3; }));
  EXPECT_TRUE(unsupported([](auto& d) { d.calculation_type = 1; }));
  EXPECT_TRUE(unsupported([](auto& d) { d.flags = "\x40"; }));
  EXPECT_TRUE(unsupported([](auto& d) { d.flags = std::string("\x80\x01", 2); }));
  EXPECT_FALSE(unsupported([](auto& d) { d.flags = std::string("\x80\x00", 2); }));
  EXPECT_TRUE(unsupported([](auto& d) { d.unknown = {{1, ""}}; }));
  EXPECT_TRUE(unsupported([](auto& d) { d.unsupported = {{2, "\x07"}}; }));
}

TEST(StateLinkTest, AttributesForSrPoliciesComeFirst) {
  wire::bgpls::LinkAttributes link;
  link.te.te_metric = 1;
  link.te.admin_group = 0x1;
  link.te.srlgs = {1};
  EXPECT_EQ(StateOneLink(link).te_metric, 1U);
  wire::bgpls::Asla any;
  any.te.te_metric = 2;
  any.te.admin_group = 0x2;
  link.asla.push_back(any);
  EXPECT_EQ(StateOneLink(link).te_metric, 2U);
  wire::bgpls::Asla flex;
  flex.standard_mask = std::string("\x10\0\0\0", 4);
  flex.te.te_metric = 3;
  flex.te.performance.delay = {.anomalous = true, .delay = Microseconds(9)};
  link.asla.push_back(flex);
  EXPECT_EQ(StateOneLink(link).te_metric, 2U) << "that is for flexible algorithms";
  EXPECT_EQ(StateOneLink(link).delay, Microseconds(9)) << "a measurement is a fact for all";
  EXPECT_EQ(StateOneLink(link).delay_anomalous, true);
  wire::bgpls::Asla policy;
  policy.standard_mask = std::string("\x50\0\0\0", 4);
  policy.te.te_metric = 4;
  link.asla.push_back(policy);
  const topology::LinkAttributes is = StateOneLink(link);
  EXPECT_EQ(is.te_metric, 4U);
  EXPECT_TRUE(is.admin_group->Test(1)) << "what it does not say, the next one does";
  EXPECT_EQ(is.srlgs, std::vector<uint32_t>{1});
}

TEST(StateLinkTest, BandwidthsAndGroups) {
  wire::bgpls::LinkAttributes link;
  link.te.max_bandwidth = 1.25e9F;
  link.te.max_reservable_bandwidth = 1e9F;
  link.te.unreserved_bandwidth.emplace();
  link.te.unreserved_bandwidth->fill(8e8F);
  (*link.te.unreserved_bandwidth)[6] = 5e8F;
  link.te.extended_admin_group = {0, 0x80000000};
  topology::LinkAttributes is = StateOneLink(link);
  EXPECT_EQ(is.capacity, BytesPerSecond{1'250'000'000});
  EXPECT_EQ(is.reservable, BytesPerSecond{1'000'000'000});
  EXPECT_EQ(is.available, BytesPerSecond{500'000'000}) << "the least of the priorities";
  EXPECT_TRUE(is.admin_group->Test(63));
  link.te.performance.available_bandwidth = 9e8F;
  EXPECT_EQ(StateOneLink(link).available, BytesPerSecond{900'000'000}) << "measured";
}

TEST(SidFlagsTest, EachProtocolHasItsOwnBits) {
  const auto sid = [](ProtocolId protocol, uint8_t flags, bool label = true) {
    return AdjacencySidOf(protocol, {.flags = flags, .weight = 2, .sid = {label, 100}});
  };
  using A = topology::AdjacencySid;
  EXPECT_EQ(sid(ProtocolId::kIsisLevel2, 0x30), (A{.label = 100, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kIsisLevel2, 0x78),
            (A{.label = 100, .backup = true, .is_set = true, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kIsisLevel1, 0x10, false),
            (A{.label = 100, .is_index = true, .is_local = true, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kOspfv2, 0x60), (A{.label = 100, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kOspfv2, 0xf0),
            (A{.label = 100, .backup = true, .is_set = true, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kOspfv3, 0x00, false),
            (A{.label = 100, .is_index = true, .is_local = false, .weight = 2}));
  EXPECT_EQ(sid(ProtocolId::kBgp, 0xe0), (A{.label = 100, .backup = true, .weight = 2}));
  EXPECT_TRUE(IsForIpv6(ProtocolId::kIsisLevel2, {.flags = 0xb0}));
  EXPECT_FALSE(IsForIpv6(ProtocolId::kIsisLevel2, {.flags = 0x30}));
  EXPECT_FALSE(IsForIpv6(ProtocolId::kOspfv2, {.flags = 0x80}));
  EXPECT_TRUE(IsForIpv6(ProtocolId::kOspfv3, {.flags = 0}));

  const auto prefix = [](ProtocolId protocol, uint8_t flags) {
    return PrefixSidOf(protocol, {.flags = flags, .algorithm = 128, .sid = {false, 7}});
  };
  using P = topology::PrefixSid;
  EXPECT_EQ(prefix(ProtocolId::kIsisLevel2, 0x60),
            (P{.algorithm = 128, .value = 7, .no_php = true}));
  EXPECT_EQ(prefix(ProtocolId::kIsisLevel2, 0x50),
            (P{.algorithm = 128, .value = 7, .explicit_null = true}));
  EXPECT_EQ(prefix(ProtocolId::kOspfv2, 0x40), (P{.algorithm = 128, .value = 7, .no_php = true}));
}

TEST(SidFlagsTest, WhosePrefixItIs) {
  wire::bgpls::PrefixAttributes prefix;
  EXPECT_TRUE(IsOwn(ProtocolId::kIsisLevel2, std::nullopt, prefix));
  EXPECT_EQ(IsNodePrefix(ProtocolId::kIsisLevel2, prefix), std::nullopt);
  EXPECT_EQ(IsAnycast(ProtocolId::kIsisLevel2, prefix), std::nullopt);
  prefix.attribute_flags = "\x20";  // N.
  EXPECT_TRUE(IsOwn(ProtocolId::kIsisLevel2, std::nullopt, prefix));
  EXPECT_EQ(IsNodePrefix(ProtocolId::kIsisLevel2, prefix), true);
  EXPECT_EQ(IsAnycast(ProtocolId::kIsisLevel2, prefix), false);
  EXPECT_EQ(IsNodePrefix(ProtocolId::kOspfv3, prefix), true);
  EXPECT_EQ(IsNodePrefix(ProtocolId::kOspfv2, prefix), false);
  prefix.attribute_flags = "\x08";  // A of IS-IS.
  EXPECT_EQ(IsAnycast(ProtocolId::kIsisLevel2, prefix), true);
  EXPECT_EQ(IsAnycast(ProtocolId::kOspfv2, prefix), std::nullopt);
  prefix.attribute_flags = "\x80";  // X of IS-IS, AC of OSPFv3.
  EXPECT_FALSE(IsOwn(ProtocolId::kIsisLevel2, std::nullopt, prefix));
  EXPECT_EQ(IsAnycast(ProtocolId::kOspfv3, prefix), true);
  prefix.attribute_flags = "\x40";  // R of IS-IS, N of OSPFv2.
  EXPECT_FALSE(IsOwn(ProtocolId::kIsisLevel2, std::nullopt, prefix));
  EXPECT_TRUE(IsOwn(ProtocolId::kOspfv2, 1, prefix));
  EXPECT_FALSE(IsOwn(ProtocolId::kOspfv2, 2, prefix));
  EXPECT_FALSE(IsOwn(ProtocolId::kOspfv2, 5, prefix));
  EXPECT_EQ(IsNodePrefix(ProtocolId::kOspfv2, prefix), true);
  wire::bgpls::PrefixAttributes locator;
  locator.locators = {{.flags = 0x80}};
  EXPECT_FALSE(IsOwn(ProtocolId::kIsisLevel2, std::nullopt, locator)) << "D flag";
  EXPECT_TRUE(IsOwn(ProtocolId::kOspfv3, 1, locator));
  EXPECT_EQ(IsAnycast(ProtocolId::kOspfv3, locator), true);
}

}  // namespace
}  // namespace srpce::bgpls_source
