// Prefix TLVs: RFC 9552 s5.3.3, RFC 9085 s2.3, RFC 9351 s4.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class PrefixTlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(PrefixTlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

const TlvCase kCases[] = {
    {"IgpFlags", "0480 0001 80",
     [](Attribute& a) { a.prefix.igp_flags = PrefixAttributes::kDown; }},
    {"RouteTags", "0481 0008 00000001 00000002",
     [](Attribute& a) {
       a.prefix.route_tags = {1, 2};
     }},
    {"ExtendedRouteTags", "0482 0010 0000000100000002 ffffffffffffffff",
     [](Attribute& a) {
       a.prefix.extended_route_tags = {0x100000002, 0xffffffffffffffff};
     }},
    {"Metric", "0483 0004 0000000a", [](Attribute& a) { a.prefix.metric = 10; }},
    {"OspfForwardingAddress", "0484 0004 0a000001",
     [](Attribute& a) { a.prefix.ospf_forwarding_address = Ip("10.0.0.1"); }},
    {"Ospfv3ForwardingAddress", "0484 0010 fd000000000000000000000000000001",
     [](Attribute& a) { a.prefix.ospf_forwarding_address = Ip("fd00::1"); }},
    {"Opaque", "0485 0001 aa", [](Attribute& a) { a.prefix.opaque = {"\xaa"}; }},
    {"PrefixSidsOfThreeAlgorithms",
     "0486 0008 4000 0000 00000001 0486 0008 4080 0000 00000081 0486 0007 6c81 0000 004e20",
     [](Attribute& a) {
       a.prefix.sids = {{.flags = 0x40, .algorithm = 0, .sid = {false, 1}},
                        {.flags = 0x40, .algorithm = 128, .sid = {false, 129}},
                        {.flags = 0x6c, .algorithm = 129, .sid = {true, 20000}}};
     }},
    {"RangeOfPrefixSids", "0487 0010 8000 0064 0486 0008 0000 0000 00000064",
     [](Attribute& a) {
       PrefixSidRange range;
       range.flags = 0x80;
       range.size = 100;
       range.sids = {{.flags = 0, .algorithm = 0, .sid = {false, 100}}};
       a.prefix.sid_ranges = {range};
     }},
    {"AttributeFlags", "0492 0001 20", [](Attribute& a) { a.prefix.attribute_flags = "\x20"; }},
    {"SourceRouterIds", "0493 0004 0aff0001 0493 0010 fc000000000100000000000000000001",
     [](Attribute& a) {
       a.prefix.source_router_ids = {Ip("10.255.0.1"), Ip("fc00:0:1::1")};
     }},
    {"SourceOspfRouterId", "0496 0004 0aff0001",
     [](Attribute& a) { a.prefix.source_ospf_router_id = 0x0aff0001; }},
    {"FlexAlgoPrefixMetrics", "0414 0008 80000000 0000000b 0414 0008 81800000 0000000c",
     [](Attribute& a) {
       a.prefix.flex_algo_metrics = {{.algorithm = 128, .flags = 0, .metric = 11},
                                     {.algorithm = 129, .flags = 0x80, .metric = 12}};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, PrefixTlvTest, testing::ValuesIn(kCases), CaseName);

}  // namespace
}  // namespace srpce::wire::bgpls
