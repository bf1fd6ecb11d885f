// A malformed TLV is listed, the others stay (RFC 9552 s8.2.2).
#include <gmock/gmock.h>

#include "lib/wire/bgpls/code_points.h"
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

constexpr char kBefore[] = "0402 0002 7231";  // Node name.
constexpr char kAfter[] = "04c2 0001 55";     // A type nobody knows.

struct DefectCase {
  std::string name;
  std::string hex;
  uint16_t type;
  std::string reason;
};
void PrintTo(const DefectCase& c, std::ostream* out) { *out << c.name; }

class DefectTest : public testing::TestWithParam<DefectCase> {};

TEST_P(DefectTest, IsNamedAndTheNeighboursStay) {
  const std::string bytes = FromHex(kBefore + GetParam().hex + kAfter);
  ASSERT_FALSE(bytes.empty());
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  EXPECT_FALSE(decoded.overrun);
  ASSERT_EQ(decoded.defects.size(), 1U);
  EXPECT_EQ(decoded.defects[0].type, GetParam().type);
  EXPECT_EQ(decoded.defects[0].reason, GetParam().reason);
  EXPECT_EQ(decoded.attribute.node.name, "r1");
  EXPECT_EQ(decoded.attribute.unknown.size(), 1U);
}

const DefectCase kCases[] = {
    {"NumberTooShort", "0444 0003 000001", kTlvTeMetric,
     "TLV 1092 TE default metric: got 3 bytes, want 4"},
    {"NumberTooLong", "0440 0005 0000000100", kTlvAdminGroup,
     "TLV 1088 administrative group: got 5 bytes, want 4"},
    {"DelayOfThreeOctets", "045a 0003 0005dc", kTlvLinkDelay,
     "TLV 1114 unidirectional link delay: got 3 bytes, want 4"},
    {"MinMaxDelayOfFour", "045b 0004 00000578", kTlvMinMaxLinkDelay,
     "TLV 1115 min/max unidirectional link delay: got 4 bytes, want 8"},
    {"UnreservedOfSeven", "0443 0004 3f800000", kTlvUnreservedBandwidth,
     "TLV 1091 unreserved bandwidth: got 4 bytes, want 32"},
    {"MetricOfFourOctets", "0447 0004 00000001", kTlvIgpMetric,
     "TLV 1095 IGP metric: got 4 bytes, want 1, 2 or 3"},
    {"SrlgCutOff", "0448 0006 000000010000", kTlvSrlg,
     "TLV 1096 shared risk link groups: got 6 bytes, want a multiple of 4"},
    {"MsdCutOff", "010a 0003 010a29", kTlvNodeMsd,
     "TLV 266 node MSD: got 3 bytes, want a multiple of 2"},
    {"AddressOfNoFamily", "0484 0008 0000000000000000", kTlvOspfForwardingAddress,
     "TLV 1156 OSPF forwarding address: got 8 bytes, want 4 or 16"},
    {"SidOfFiveOctets", "044b 0009 0000 0000 0000000001", kTlvAdjacencySid,
     "TLV 1099 adjacency SID: got 9 bytes, want 7 or 8"},
    {"LanSidWithoutSid", "044c 000a 0000 0000 000000000002", kTlvLanAdjacencySid,
     "TLV 1100 LAN adjacency SID: got 10 bytes, want 11 to 14"},
    {"PrefixSidWithoutSid", "0486 0004 00000000", kTlvPrefixSid,
     "TLV 1158 prefix SID: got 4 bytes, want 7 or 8"},
    {"SrgbCutOff", "040a 000b c000 001f40 0489 0003 003e", kTlvSrCapabilities,
     "TLV 1034 SR capabilities: got 11 bytes, want 2 and whole ranges"},
    {"SrgbWithoutSid", "040a 000c c000 001f40 0488 0003 003e80", kTlvSrCapabilities,
     "TLV 1034 SR capabilities: got a range without TLV 1161"},
    {"SrgbWithAShortLabel", "040a 000b c000 001f40 0489 0002 003e", kTlvSrCapabilities,
     "TLV 1034 SR capabilities: TLV 1161: want 3 or 4 bytes"},
    {"EndXCutOff", "0452 0015 0034 00 00 00 00 fcbbbb000004e00200000000000000", kTlvSrv6EndX,
     "TLV 1106 SRv6 End.X SID: got 21 bytes, want 22 or more"},
    {"EndXWithABadStructure",
     "0452 001d 0034 00 00 00 00 fcbbbb000004e0020000000000000000 04e4 0003 201010", kTlvSrv6EndX,
     "TLV 1252 SRv6 SID structure: got 3 bytes, want 4"},
    {"EndXWithAnOverrun",
     "0452 001d 0034 00 00 00 00 fcbbbb000004e0020000000000000000 04e4 0004 201010", kTlvSrv6EndX,
     "TLV 1252 SRv6 SID structure: got 3 bytes, want the 4 it says"},
    {"LocatorCutOff", "048a 0007 00000000000000", kTlvSrv6Locator,
     "TLV 1162 SRv6 locator: got 7 bytes, want 8 or more"},
    // Without one constraint it would be another algorithm.
    {"FlexAlgoWithABadConstraint", "040f 000b 80000080 0410 0003 000001", kTlvFlexAlgoDefinition,
     "TLV 1040 flexible algorithm exclude any: got 3 bytes, want a multiple of 4"},
    {"AslaWithAMaskOfThree", "0462 0007 03 00 0000 400000", kTlvAsla,
     "TLV 1122 application-specific link attributes: got masks of 3 and 0 bytes, want 0, 4 or 8"},
    {"AslaShorterThanItsMasks", "0462 0008 04 04 0000 40000000", kTlvAsla,
     "TLV 1122 application-specific link attributes: got 8 bytes, want 4 and both masks"},
    {"BindingSidShort", "04b1 000b 4000 0000 05dc1000 000000", kTlvSrBindingSid,
     "TLV 1201 SR binding SID: got 11 bytes, want 12"},
    {"SegmentListWithABadSegment",
     "04b5 0018 00000000 0000 00 00 00000001 04b6 0008 01008000 03e81000", kTlvSrSegmentList,
     "TLV 1206 SR segment: got 8 bytes, want all fields of its segment type"},
    {"SecondName", "0402 0002 7232", kTlvNodeName,
     "TLV 1026 node name: got a second one, want one"},
};
INSTANTIATE_TEST_SUITE_P(All, DefectTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(DefectTest, InsideAslaCostsOneAttributeOnly) {
  const std::string bytes =
      FromHex("0462 001b 04 00 0000 40000000 0440 0004 00000002 045a 0003 000064 7fff 0000");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  ASSERT_EQ(decoded.defects.size(), 1U);
  EXPECT_EQ(decoded.defects[0].type, kTlvLinkDelay);
  EXPECT_EQ(decoded.defects[0].reason,
            "in TLV 1122: TLV 1114 unidirectional link delay: got 3 bytes, want 4");
  ASSERT_EQ(decoded.attribute.link.asla.size(), 1U);
  EXPECT_EQ(decoded.attribute.link.asla[0].te.admin_group, 2U);
  EXPECT_EQ(decoded.attribute.link.asla[0].unknown.size(), 1U);
}

TEST(DefectTest, InsideABundleMemberCostsOneAttributeOnly) {
  const std::string bytes =
      FromHex("0494 0016 0000000b 044b 0006 3000 0000 5dc3 0444 0004 00000007");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  ASSERT_EQ(decoded.defects.size(), 1U);
  EXPECT_EQ(decoded.defects[0].type, kTlvAdjacencySid);
  ASSERT_EQ(decoded.attribute.link.bundle_members.size(), 1U);
  EXPECT_EQ(decoded.attribute.link.bundle_members[0].te.te_metric, 7U);
}

TEST(DefectTest, AnOverrunIsSaidAndWhatCameBeforeStays) {
  const std::string bytes = FromHex("0402 0002 7231 0444 0004 0000");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  EXPECT_TRUE(decoded.overrun);
  ASSERT_EQ(decoded.defects.size(), 1U);
  EXPECT_EQ(decoded.defects[0].type, kTlvTeMetric);
  EXPECT_EQ(decoded.attribute.node.name, "r1");
}

}  // namespace
}  // namespace srpce::wire::bgpls
