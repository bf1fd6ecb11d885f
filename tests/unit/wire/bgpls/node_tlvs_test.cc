// Node TLVs: RFC 9552 s5.3.1, RFC 9085 s2.1, RFC 9351, RFC 8814.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class NodeTlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(NodeTlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

const TlvCase kCases[] = {
    {"MultiTopologyWithoutReservedBits", "0107 0004 0002 0fff",
     [](Attribute& a) {
       a.node.multi_topologies = {2, 4095};
     }},
    {"Msd", "010a 0004 010a 2905",
     [](Attribute& a) {
       a.node.msds = {{.type = 1, .value = 10}, {.type = 41, .value = 5}};
     }},
    {"Flags", "0400 0001 c0",
     [](Attribute& a) { a.node.flags = NodeAttributes::kOverload | NodeAttributes::kAttached; }},
    {"OpaqueTwice", "0401 0002 abcd 0401 0000",
     [](Attribute& a) {
       a.node.opaque = {"\xab\xcd", ""};
     }},
    {"Name", "0402 0002 7231", [](Attribute& a) { a.node.name = "r1"; }},
    {"TwoAreas", "0403 0003 490001 0403 0001 48",
     [](Attribute& a) {
       a.node.isis_areas = {std::string("\x49\x00\x01", 3), "\x48"};
     }},
    {"RouterIdsOfBothFamilies",
     "0404 0004 0aff0001 0404 0004 0aff0002 0405 0010 fc000000000100000000000000000001",
     [](Attribute& a) {
       a.local_router_ids = {Ip("10.255.0.1"), Ip("10.255.0.2"), Ip("fc00:0:1::1")};
     }},
    {"RemoteRouterIds", "0406 0004 0aff0001 0407 0010 fc000000000100000000000000000001",
     [](Attribute& a) {
       a.remote_router_ids = {Ip("10.255.0.1"), Ip("fc00:0:1::1")};
     }},
    {"SrgbOfTwoRangesAndAnIndex",
     "040a 0021 c000 001f40 0489 0003 003e80 0007d0 0489 0003 030d40 000001 0489 0004 01000000",
     [](Attribute& a) {
       a.node.sr_capabilities = {
           .flags = 0xc0,
           .ranges = {{8000, {true, 16000}}, {2000, {true, 200000}}, {1, {false, 0x1000000}}}};
     }},
    {"Algorithms", "040b 0003 000180",
     [](Attribute& a) {
       a.node.sr_algorithms = {0, 1, 128};
     }},
    {"Srlb", "040c 000c 0000 0003e8 0489 0003 003a98",
     [](Attribute& a) {
       a.node.sr_local_block = {.flags = 0, .ranges = {{1000, {true, 15000}}}};
     }},
    {"SrmsPreference", "040d 0001 80", [](Attribute& a) { a.node.srms_preference = 128; }},
    {"Srv6Capabilities", "040e 0004 4000 0000",
     [](Attribute& a) { a.node.srv6_capabilities = 0x4000; }},
    {"TwoFlexAlgosWithAllSubTlvs",
     "040f 0004 81020080"
     "040f 0037 800100c8"
     "  0410 0004 00000001 0411 0008 00000000 00000002 0412 0004 00000004"
     "  0413 0001 80 0415 0008 0000000a 0000000b 0416 0002 02fd",
     [](Attribute& a) {
       FlexAlgoDefinition plain;
       plain.algorithm = 129;
       plain.metric_type = 2;
       plain.priority = 128;
       FlexAlgoDefinition full;
       full.algorithm = 128;
       full.metric_type = 1;
       full.priority = 200;
       full.exclude_any = {1};
       full.include_any = {0, 2};
       full.include_all = {4};
       full.flags = "\x80";
       full.exclude_srlgs = {10, 11};
       full.unsupported = {{.protocol = 2, .sub_tlv_types = "\xfd"}};
       a.node.flex_algos = {plain, full};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, NodeTlvTest, testing::ValuesIn(kCases), CaseName);

TEST(NodeTlvTest, MasksReservedBitsOfTopologiesAndLabels) {
  const std::string bytes = FromHex("0107 0002 f002 040c 000c 00ff 0003e8 0489 0003 f03a98");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  EXPECT_THAT(decoded.attribute.node.multi_topologies, testing::ElementsAre(2));
  ASSERT_TRUE(decoded.attribute.node.sr_local_block.has_value());
  EXPECT_EQ(decoded.attribute.node.sr_local_block->ranges[0].first.value, 15000U);
}

}  // namespace
}  // namespace srpce::wire::bgpls
