// Traffic engineering and performance of links: RFC 9552 s5.3.2, RFC 9104, RFC 8571, RFC 9294.
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

class TeTlvTest : public testing::TestWithParam<TlvCase> {};
TEST_P(TeTlvTest, IsReadAndWrittenAsInItsFigure) { ExpectBothWays(GetParam()); }

const TlvCase kCases[] = {
    {"AdminGroup", "0440 0004 80000001", [](Attribute& a) { a.link.te.admin_group = 0x80000001; }},
    {"ExtendedAdminGroup", "0495 000c 00000001 00000000 80000000",
     [](Attribute& a) {
       a.link.te.extended_admin_group = {1, 0, 0x80000000};
     }},
    {"Bandwidths", "0441 0004 4e9502f9 0442 0004 49989680",
     [](Attribute& a) {
       a.link.te.max_bandwidth = 1.25e9F;
       a.link.te.max_reservable_bandwidth = 1.25e6F;
     }},
    {"UnreservedBandwidthByPriority",
     "0443 0020 3f800000 40000000 40400000 40800000 40a00000 40c00000 40e00000 00000000",
     [](Attribute& a) { a.link.te.unreserved_bandwidth = {1, 2, 3, 4, 5, 6, 7, 0}; }},
    {"TeMetric", "0444 0004 00000064", [](Attribute& a) { a.link.te.te_metric = 100; }},
    {"Srlgs", "0448 0008 00000001 ffffffff",
     [](Attribute& a) {
       a.link.te.srlgs = {1, 0xffffffff};
     }},
    {"Delay", "045a 0004 000005dc",
     [](Attribute& a) {
       a.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(1500)};
     }},
    {"AnomalousDelayAtItsLargest", "045a 0004 80ffffff",
     [](Attribute& a) {
       a.link.te.performance.delay = {.anomalous = true, .delay = Microseconds(16777215)};
     }},
    {"MinMaxDelay", "045b 0008 00000578 000006a4",
     [](Attribute& a) {
       a.link.te.performance.min_max_delay = {
           .anomalous = false, .min = Microseconds(1400), .max = Microseconds(1700)};
     }},
    // Syntax only: that min is above max is judged elsewhere.
    {"AnomalousMinMaxDelayTheWrongWayRound", "045b 0008 80000002 00000001",
     [](Attribute& a) {
       a.link.te.performance.min_max_delay = {
           .anomalous = true, .min = Microseconds(2), .max = Microseconds(1)};
     }},
    {"DelayVariation", "045c 0004 00000032",
     [](Attribute& a) { a.link.te.performance.delay_variation = Microseconds(50); }},
    {"Loss", "045d 0004 00000d05",
     [](Attribute& a) { a.link.te.performance.loss = {.anomalous = false, .units = 3333}; }},
    {"AnomalousLoss", "045d 0004 80fffffe",
     [](Attribute& a) { a.link.te.performance.loss = {.anomalous = true, .units = 0xfffffe}; }},
    {"MeasuredBandwidths", "045e 0004 4e6e6b28 045f 0004 4e5693a4 0460 0004 4cbebc20",
     [](Attribute& a) {
       a.link.te.performance.residual_bandwidth = 1e9F;
       a.link.te.performance.available_bandwidth = 9e8F;
       a.link.te.performance.utilized_bandwidth = 1e8F;
     }},
    {"AslaForSrPolicyAndAUserApplicationBesideTheLinksOwn",
     "0440 0004 00000001"
     "0462 0024 04 08 0000 40000000 0102030405060708 0440 0004 00000002 045a 0004 00000064 7fff "
     "0000",
     [](Attribute& a) {
       a.link.te.admin_group = 1;
       Asla asla;
       asla.standard_mask = std::string("\x40\0\0\0", 4);
       asla.user_mask = "\1\2\3\4\5\6\7\x08";
       asla.te.admin_group = 2;
       asla.te.performance.delay = {.anomalous = false, .delay = Microseconds(100)};
       asla.unknown = {{.type = 0x7fff, .value = ""}};
       a.link.asla = {asla};
     }},
    {"AslaForAnyApplication", "0462 000c 00 00 0000 0444 0004 00000007",
     [](Attribute& a) {
       Asla asla;
       asla.te.te_metric = 7;
       a.link.asla = {asla};
     }},
};
INSTANTIATE_TEST_SUITE_P(Rfc, TeTlvTest, testing::ValuesIn(kCases), CaseName);

TEST(TeTlvTest, LossIsInUnitsOfThreeMillionthsOfAPercent) {
  EXPECT_DOUBLE_EQ((LinkLoss{.anomalous = false, .units = 0xfffffe}.fraction()), 0.50331642);
  EXPECT_NEAR((LinkLoss{.anomalous = false, .units = 3333}.fraction()), 0.0001, 1e-7);
}

TEST(TeTlvTest, SetsOfReservedBitsChangeNothing) {
  const std::string bytes =
      FromHex("045a 0004 7f0005dc 045b 0008 7f000578 ff0006a4 045c 0004 ff000032");
  const Performance got = DecodeAttribute(AsBytes(bytes)).attribute.link.te.performance;
  Performance want;
  want.delay = {.anomalous = false, .delay = Microseconds(1500)};
  want.min_max_delay = {.anomalous = false, .min = Microseconds(1400), .max = Microseconds(1700)};
  want.delay_variation = Microseconds(50);
  EXPECT_TRUE(got == want);
}

}  // namespace
}  // namespace srpce::wire::bgpls
