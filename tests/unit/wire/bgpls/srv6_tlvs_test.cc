// SRv6 TLVs: RFC 9514 s4 to s8.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class Srv6TlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(Srv6TlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

Srv6EndX EndX(const char* sid) {
  Srv6EndX end_x;
  end_x.behavior = 0x34;
  end_x.algorithm = 128;
  end_x.weight = 7;
  end_x.sid = Ipv6(sid);
  end_x.structure = {.locator_block = 32, .locator_node = 16, .function = 16, .argument = 0};
  return end_x;
}

const TlvCase kCases[] = {
    {"TwoEndXWithAndWithoutStructure",
     "0452 001e 0034 00 80 07 00 fcbbbb000004e0020000000000000000 04e4 0004 20101000"
     "0452 0016 0005 80 00 00 00 fcbbbb000004e0030000000000000000",
     [](Attribute& a) {
       Srv6EndX bare;
       bare.behavior = 5;
       bare.flags = 0x80;
       bare.sid = Ipv6("fcbb:bb00:4:e003::");
       a.link.sids.end_x = {EndX("fcbb:bb00:4:e002::"), bare};
     }},
    {"IsisLanEndX",
     "0453 0024 0034 00 80 07 00 000000000002 fcbbbb000004e0020000000000000000 04e4 0004 20101000",
     [](Attribute& a) {
       a.link.sids.lan_end_x = {
           {.neighbor = std::string("\0\0\0\0\0\2", 6), .end_x = EndX("fcbb:bb00:4:e002::")}};
     }},
    {"Ospfv3LanEndX",
     "0454 0022 0034 00 80 07 00 0a000001 fcbbbb000004e0020000000000000000 04e4 0004 20101000",
     [](Attribute& a) {
       a.link.sids.lan_end_x = {
           {.neighbor = std::string("\x0a\0\0\1", 4), .end_x = EndX("fcbb:bb00:4:e002::")}};
     }},
    {"LocatorsOfTwoAlgorithms",
     "048a 0008 00000000 00000000 048a 000d 80800000 0000000a 7000 0001 ee",
     [](Attribute& a) {
       Srv6Locator flexible;
       flexible.flags = 0x80;
       flexible.algorithm = 128;
       flexible.metric = 10;
       flexible.unknown = {{.type = 0x7000, .value = "\xee"}};
       a.prefix.locators = {Srv6Locator{}, flexible};
     }},
    {"SidOfAnEndpoint", "04e2 0004 002b 40 80 04e4 0004 20101000",
     [](Attribute& a) {
       a.srv6_sid.behavior = {.behavior = 0x2b, .flags = 0x40, .algorithm = 128};
       a.srv6_sid.structure = {
           .locator_block = 32, .locator_node = 16, .function = 16, .argument = 0};
     }},
    {"SidOfABgpPeer", "04e3 000c c0 05 0000 0000fde8 0aff0009",
     [](Attribute& a) {
       a.srv6_sid.peer_node = {
           .flags = 0xc0, .weight = 5, .peer_as = 65000, .peer_bgp_id = Ip("10.255.0.9")};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, Srv6TlvTest, testing::ValuesIn(kCases), CaseName);

}  // namespace
}  // namespace srpce::wire::bgpls
