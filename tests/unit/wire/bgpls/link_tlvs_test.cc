// Link TLVs: RFC 9552 s5.3.2, SIDs RFC 9085 s2.2 and RFC 9086 s5, MSD RFC 8814.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class LinkTlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(LinkTlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

const TlvCase kCases[] = {
    {"Msd", "010b 0002 0108", [](Attribute& a) { a.link.msds = {{.type = 1, .value = 8}}; }},
    {"Protection", "0445 0002 2000", [](Attribute& a) { a.link.protection = 0x2000; }},
    {"MplsMask", "0446 0001 c0", [](Attribute& a) { a.link.mpls_protocol_mask = 0xc0; }},
    {"WideMetric", "0447 0003 fffffe", [](Attribute& a) { a.link.igp_metric = 0xfffffe; }},
    {"Opaque", "0449 0002 beef", [](Attribute& a) { a.link.opaque = {"\xbe\xef"}; }},
    {"Name", "044a 0004 65746830", [](Attribute& a) { a.link.name = "eth0"; }},
    {"AdjacencySidsAsLabelAndIndex", "044b 0007 3000 0000 005dc0 044b 0008 0064 0000 00000007",
     [](Attribute& a) {
       a.link.sids.adjacency = {{.flags = 0x30, .weight = 0, .sid = {true, 24000}},
                                {.flags = 0, .weight = 100, .sid = {false, 7}}};
     }},
    {"LanAdjacencySidsOfAllFourShapes",
     "044c 000d 3001 0000 000000000002 005dc1 044c 000e 0000 0000 000000000003 00000009"
     "044c 000b 6000 0000 0a000001 005dc2 044c 000c 0000 0000 0a000002 00000008",
     [](Attribute& a) {
       a.link.sids.lan_adjacency = {
           {.flags = 0x30,
            .weight = 1,
            .neighbor = std::string("\0\0\0\0\0\2", 6),
            .sid = {true, 24001}},
           {.neighbor = std::string("\0\0\0\0\0\3", 6), .sid = {false, 9}},
           {.flags = 0x60, .neighbor = std::string("\x0a\0\0\1", 4), .sid = {true, 24002}},
           {.neighbor = std::string("\x0a\0\0\2", 4), .sid = {false, 8}}};
     }},
    {"PeerSids",
     "044d 0007 c001 0000 004e20 044e 0007 c002 0000 004e21 044f 0008 0003 0000 00000005"
     "044f 0007 c000 0000 004e22",
     [](Attribute& a) {
       a.link.sids.peer_node = {{.flags = 0xc0, .weight = 1, .sid = {true, 20000}}};
       a.link.sids.peer_adjacency = {{.flags = 0xc0, .weight = 2, .sid = {true, 20001}}};
       a.link.sids.peer_set = {{.flags = 0, .weight = 3, .sid = {false, 5}},
                               {.flags = 0xc0, .weight = 0, .sid = {true, 20002}}};
     }},
    {"BundleMembersWithTheirOwnAttributes",
     "0494 0017 0000000b 0441 0004 4e9502f9 044b 0007 3000 0000 005dc3 0494 000a 0000000c 7000 "
     "0002 "
     "0102",
     [](Attribute& a) {
       L2BundleMember first;
       first.descriptor = 11;
       first.te.max_bandwidth = 1.25e9F;
       first.sids.adjacency = {{.flags = 0x30, .weight = 0, .sid = {true, 24003}}};
       L2BundleMember second;
       second.descriptor = 12;
       second.unknown = {{.type = 0x7000, .value = "\x01\x02"}};
       a.link.bundle_members = {first, second};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, LinkTlvTest, testing::ValuesIn(kCases), CaseName);

std::optional<uint32_t> MetricOf(const char* hex) {
  const std::string bytes = FromHex(hex);
  return DecodeAttribute(AsBytes(bytes)).attribute.link.igp_metric;
}

TEST(LinkTlvTest, ReadsIgpMetricsOfOneTwoAndThreeOctets) {
  EXPECT_EQ(MetricOf("0447 0001 0a"), 10U);
  EXPECT_EQ(MetricOf("0447 0002 ffff"), 65535U);
  EXPECT_EQ(MetricOf("0447 0003 010000"), 65536U);
  EXPECT_EQ(MetricOf("0447 0004 00000001"), std::nullopt);
  EXPECT_EQ(MetricOf("0447 0000"), std::nullopt);
}

// A narrow IS-IS metric has 6 bits, and senders leave the others zero. FRR puts a wide metric of up
// to 255 in one octet: 100 must not become 36.
TEST(LinkTlvTest, ReadsAllBitsOfAOneOctetMetric) { EXPECT_EQ(MetricOf("0447 0001 64"), 100U); }

}  // namespace
}  // namespace srpce::wire::bgpls
