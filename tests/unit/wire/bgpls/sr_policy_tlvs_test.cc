// SR policy state: RFC 9857 s5.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class SrPolicyTlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(SrPolicyTlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

SrSegment Segment(uint8_t type, PolicySid sid) {
  SrSegment segment;
  segment.type = type;
  segment.flags = SrSegment::kSidPresent;
  segment.sid = sid;
  return segment;
}

void AllSegmentTypes(Attribute& a) {
  SrSegmentList list;
  list.flags = 0x2000;
  list.weight = 3;
  const IpAddress v4 = Ip("10.0.0.1"), v4b = Ip("10.0.0.2");
  const IpAddress v6 = Ip("fd00::1"), v6b = Ip("fd00::2");
  const PolicySid label = 16001U;
  const PolicySid sid = Ipv6("fc00::9");
  const auto add = [&](uint8_t type, const PolicySid& with, uint8_t algorithm,
                       const IpAddress& local, uint32_t local_interface, const IpAddress& remote,
                       uint32_t remote_interface) {
    SrSegment segment = Segment(type, with);
    segment.algorithm = algorithm;
    segment.local_address = local;
    segment.local_interface = local_interface;
    segment.remote_address = remote;
    segment.remote_interface = remote_interface;
    list.segments.push_back(segment);
  };
  add(1, label, 128, {}, 0, {}, 0);
  add(2, sid, 128, {}, 0, {}, 0);
  add(3, label, 128, v4, 0, {}, 0);
  add(4, label, 128, v6, 0, {}, 0);
  add(5, label, 0, v4, 7, {}, 0);
  add(6, label, 0, v4, 0, v4b, 0);
  add(7, label, 0, v6, 7, v6b, 8);
  add(8, label, 0, v6, 0, v6b, 0);
  add(9, sid, 128, v6, 0, {}, 0);
  add(10, sid, 0, v6, 7, v6b, 8);
  add(11, sid, 0, v6, 0, v6b, 0);
  a.sr_policy.segment_lists = {list};
}

const char kV6A[] = "fd000000000000000000000000000001";
const char kV6B[] = "fd000000000000000000000000000002";
const char kSid[] = "fc000000000000000000000000000009";

std::string AllSegmentTypesHex() {
  const std::string label = "03e81000", v6a = kV6A, v6b = kV6B, sid = kSid;
  return "04b5 0189 20000000 0000 00 00 00000003"
         "04b6 0009 01008000" +
         label + "80" + "04b6 0015 02008000" + sid + "80" + "04b6 000d 03008000" + label +
         "80 0a000001" + "04b6 0019 04008000" + label + "80" + v6a + "04b6 0010 05008000" + label +
         "0a000001 00000007" + "04b6 0010 06008000" + label + "0a000001 0a000002" +
         "04b6 0030 07008000" + label + v6a + "00000007" + v6b + "00000008" + "04b6 0028 08008000" +
         label + v6a + v6b + "04b6 0025 09008000" + sid + "80" + v6a + "04b6 003c 0a008000" + sid +
         v6a + "00000007" + v6b + "00000008" + "04b6 0034 0b008000" + sid + v6a + v6b;
}

const TlvCase kCases[] = {
    {"BindingSidOfMpls", "04b1 000c 4000 0000 05dc1000 00000000",
     [](Attribute& a) {
       a.sr_policy.binding_sids = {{.flags = 0x4000, .sid = 24001U, .specified = 0U}};
     }},
    {"BindingSidOfSrv6",
     "04b1 0024 c000 0000 fc000000000000000000000000000009 00000000000000000000000000000000",
     [](Attribute& a) {
       a.sr_policy.binding_sids = {
           {.flags = 0xc000, .sid = Ipv6("fc00::9"), .specified = Ipv6("::")}};
     }},
    {"Srv6BindingSid",
     "04bc 0034 8000 0000 fc000000000000000000000000000009 00000000000000000000000000000000"
     "  04e2 0004 000e 00 00 04e4 0004 20101000",
     [](Attribute& a) {
       Srv6BindingSid binding;
       binding.flags = 0x8000;
       binding.sid = Ipv6("fc00::9");
       binding.attributes.behavior = {.behavior = 0x0e, .flags = 0, .algorithm = 0};
       binding.attributes.structure = {
           .locator_block = 32, .locator_node = 16, .function = 16, .argument = 0};
       a.sr_policy.srv6_binding_sids = {binding};
     }},
    {"StateAndNames", "04b2 0008 8000 5800 00000064 04b3 0003 6c6f77 04bd 0004 676f6c64",
     [](Attribute& a) {
       a.sr_policy.state = {.priority = 128,
                            .flags = SrCandidatePathState::kActive |
                                     SrCandidatePathState::kEvaluated |
                                     SrCandidatePathState::kValidSidList,
                            .preference = 100};
       a.sr_policy.candidate_path_name = "low";
       a.sr_policy.policy_name = "gold";
     }},
    {"AllConstraints",
     "04b4 005c 4000 0000 0002 80 00"
     "  04b8 0014 01 02 01 00 00000001 00000002 00000003 00000004"
     "  04b9 0008 0000000a 0000000b 04ba 0004 4e9502f9"
     "  04bb 0008 a0 20 0000 00000063 04be 0008 c000 0000 00000064"
     "  04bf 000c 01 20 0000 00000005 000003e8",
     [](Attribute& a) {
       SrConstraints constraints;
       constraints.flags = 0x4000;
       constraints.multi_topology = 2;
       constraints.algorithm = 128;
       constraints.affinity = {.exclude_any = {1}, .include_any = {2, 3}, .include_all = {4}};
       constraints.srlgs = {10, 11};
       constraints.bandwidth = 1.25e9F;
       constraints.disjoint = {
           .request_flags = 0xa0, .status_flags = 0x20, .group = std::string("\0\0\0\x63", 4)};
       constraints.bidirectional = {.flags = 0xc000, .group = std::string("\0\0\0\x64", 4)};
       constraints.metrics = {{.type = 1, .flags = 0x20, .margin = 5, .bound = 1000}};
       a.sr_policy.constraints = constraints;
     }},
    {"EverySegmentType", AllSegmentTypesHex(), AllSegmentTypes},
    {"TwoListsWithMetricBandwidthAndIdentifier",
     "04b5 000c 00000000 0000 00 00 00000001"
     "04b5 003d 80000000 0002 80 00 00000002"
     "  04b6 0009 01000000 03e81000 00 04b7 0010 01 10 0000 00000000 000003e8 00000384"
     "  04c0 0004 4e9502f9 04c1 0004 00000007",
     [](Attribute& a) {
       SrSegmentList empty;
       empty.weight = 1;
       SrSegmentList list;
       list.flags = 0x8000;
       list.multi_topology = 2;
       list.algorithm = 128;
       list.weight = 2;
       list.segments = {Segment(1, 16001U)};
       list.segments[0].flags = 0;
       list.metrics = {{.type = 1, .flags = 0x10, .margin = 0, .bound = 1000, .value = 900}};
       list.bandwidth = 1.25e9F;
       list.identifier = 7;
       a.sr_policy.segment_lists = {empty, list};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, SrPolicyTlvTest, testing::ValuesIn(kCases), CaseName);

TEST(SrPolicyTlvTest, KeepsASegmentOfAnUnknownType) {
  const std::string bytes = FromHex("04b5 0014 00000000 0000 00 00 00000001 04b6 0004 63008000");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  EXPECT_THAT(decoded.defects, testing::IsEmpty());
  ASSERT_EQ(decoded.attribute.sr_policy.segment_lists.size(), 1U);
  EXPECT_EQ(decoded.attribute.sr_policy.segment_lists[0].unknown.size(), 1U);
}

}  // namespace
}  // namespace srpce::wire::bgpls
