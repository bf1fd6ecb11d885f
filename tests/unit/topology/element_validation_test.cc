// What is refused, with the words a source gets to see; and odd values that are legal and must be
// kept.
#include "lib/topology/element_validation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace srpce::topology {
namespace {

IpPrefix Prefix6(const char* text) { return *IpPrefix::Parse(text); }
Srv6Sid Sid(const char* text) {
  Srv6Sid sid;
  sid.sid = *Ipv6Address::Parse(text);
  return sid;
}
std::string Long() { return std::string(256, 'x'); }

struct NodeCase {
  std::string name;
  std::function<void(NodeAttributes&)> change;
  std::string want;  // The message; empty: accepted.
};

class ValidateNodeTest : public testing::TestWithParam<NodeCase> {};

TEST_P(ValidateNodeTest, SaysWhatItGotAndWants) {
  NodeAttributes node;
  GetParam().change(node);
  const absl::Status status = ValidateNode("a", node);
  EXPECT_EQ(status.message(), GetParam().want);
  EXPECT_EQ(status.ok(), GetParam().want.empty());
}

const NodeCase kNodeCases[] = {
    {"Nothing", [](NodeAttributes&) {}, ""},
    {"EmptyName", [](NodeAttributes& n) { n.name = ""; },
     "node a: name: got '', want 1 to 255 octets"},
    {"LongName", [](NodeAttributes& n) { n.name = Long(); },
     "node a: name: got 256 octets, want at most 255"},
    {"ControlCharacter", [](NodeAttributes& n) { n.name = "a\nb"; },
     "node a: name: got 'a\\nb', want no control characters"},
    {"EmptySrgb",
     [](NodeAttributes& n) {
       n.srgb = {{16000, 0}};
     },
     "node a: SRGB: got 0 labels from 16000, want at least 1"},
    {"WholeLabelSpace",
     [](NodeAttributes& n) {
       n.srgb = {{16, kMaxLabel - 15}};
     },
     ""},
    {"SrgbBeyondLabels",
     [](NodeAttributes& n) {
       n.srgb = {{kMaxLabel, 2}};
     },
     "node a: SRGB: got 1048575-1048576, want labels 16 to 1048575"},
    {"SrgbOverflow",
     [](NodeAttributes& n) {
       n.srgb = {{16000, UINT32_MAX}};
     },
     "node a: SRGB: got 16000-4294983294, want labels 16 to 1048575"},
    {"SpecialLabels",
     [](NodeAttributes& n) {
       n.srlb = {{15, 10}};
     },
     "node a: SRLB: got 15-24, want labels 16 to 1048575"},
    {"SeveralSrgbRanges",
     [](NodeAttributes& n) {
       n.srgb = {{17000, 1000}, {16000, 1000}};
     },
     ""},
    {"SrgbRangesOverlap",
     [](NodeAttributes& n) {
       n.srgb = {{17000, 1000}, {16000, 1001}};
     },
     "node a: SRGB and SRLB: got 16000-17000 and 17000-17999, want ranges that do not overlap"},
    {"SrlbInsideSrgb",
     [](NodeAttributes& n) {
       n.srgb = {{16000, 8000}};
       n.srlb = {{17000, 10}};
     },
     "node a: SRGB and SRLB: got 16000-23999 and 17000-17009, want ranges that do not overlap"},
    {"UnspecifiedRouterId", [](NodeAttributes& n) { n.router_ids = {IpAddress()}; },
     "node a: router id: got 0.0.0.0, want an address of the node"},
    {"LowFlexAlgo",
     [](NodeAttributes& n) { n.flex_algo_definitions.emplace_back().algorithm = 127; },
     "node a: flex-algo definition: got 127, want an algorithm of 128 to 255"},
    {"FlexAlgoTwice", [](NodeAttributes& n) { n.flex_algo_definitions.resize(2); },
     "node a: flex-algo definition: got 128 twice, want each algorithm once"},
    {"FlexAlgoByHops",
     [](NodeAttributes& n) { n.flex_algo_definitions.emplace_back().metric = MetricType::kHops; },
     "node a: flex-algo definition 128: metric: got hops, want IGP, TE or delay (RFC 9350 s5.1)"},
    {"Ipv4Locator",
     [](NodeAttributes& n) { n.locators.emplace_back().prefix = Prefix6("10.0.0.0/8"); },
     "node a: locator: got 10.0.0.0/8, want an IPv6 prefix such as fcbb:bb00:1::/48"},
    {"EmptyLocator", [](NodeAttributes& n) { n.locators.emplace_back().prefix = Prefix6("::/0"); },
     "node a: locator: got ::/0, want an IPv6 prefix such as fcbb:bb00:1::/48"},
    {"LocatorTwice",
     [](NodeAttributes& n) {
       n.locators.emplace_back().prefix = Prefix6("fc00:1::/48");
       n.locators.push_back(n.locators[0]);
       n.locators[1].algorithm = 128;
     },
     "node a: locator: got fc00:1::/48 twice, want one algorithm per prefix (RFC 9352 s7.1)"},
    {"UnspecifiedSid", [](NodeAttributes& n) { n.srv6_sids = {Sid("::")}; },
     "node a: SRv6 SID: got ::, want a unicast IPv6 address"},
    {"MulticastSid", [](NodeAttributes& n) { n.srv6_sids = {Sid("ff02::1")}; },
     "node a: SRv6 SID: got ff02::1, want a unicast IPv6 address"},
    {"SidTwice",
     [](NodeAttributes& n) {
       n.srv6_sids = {Sid("fc00::1"), Sid("fc00::1")};
     },
     "node a: SRv6 SID: got fc00::1 twice, want each SID once"},
    {"UnknownBehavior",
     [](NodeAttributes& n) {
       n.srv6_sids = {Sid("fc00::1")};
       n.srv6_sids[0].behavior = 0x7fff;
     },
     ""},
    {"StructureTooLong",
     [](NodeAttributes& n) {
       n.srv6_sids = {Sid("fc00::1")};
       n.srv6_sids[0].structure = Srv6SidStructure{64, 32, 16, 17};
     },
     "node a: SRv6 SID fc00::1: structure: got 64+32+16+17 bits, want block + node of at least 1 "
     "and at most 128 in "
     "all (RFC 9352 s9)"},
    {"StructureOfAllBits",
     [](NodeAttributes& n) {
       n.srv6_sids = {Sid("fc00::1")};
       n.srv6_sids[0].structure = Srv6SidStructure{32, 16, 16, 64};
     },
     ""},
    {"StructureWithoutLocator",
     [](NodeAttributes& n) {
       n.srv6_sids = {Sid("fc00::1")};
       n.srv6_sids[0].structure = Srv6SidStructure{0, 0, 16, 0};
     },
     "node a: SRv6 SID fc00::1: structure: got 0+0+16+0 bits, want block + node of at least 1 and "
     "at most 128 in "
     "all (RFC 9352 s9)"},
    {"TopologyId", [](NodeAttributes& n) { n.multi_topology_ids = {4096}; },
     "node a: multi-topology id: got 4096, want at most 4095"},
    {"Latitude",
     [](NodeAttributes& n) {
       n.position = GeoPosition{90.5, 0};
     },
     "node a: latitude: got 90.5, want -90 to 90 degrees"},
    {"Longitude",
     [](NodeAttributes& n) {
       n.position = GeoPosition{0, std::nan("")};
     },
     "node a: longitude: got nan, want -180 to 180 degrees"},
    {"TooManyLocators", [](NodeAttributes& n) { n.locators.resize(1025); },
     "node a: number of locators: got 1025, want at most 1024"},
};
INSTANTIATE_TEST_SUITE_P(Node, ValidateNodeTest, testing::ValuesIn(kNodeCases),
                         [](const auto& info) { return info.param.name; });

TEST(ValidateNodeNameTest, TakesUtf8Only) {
  NodeAttributes node;
  for (const char* good :
       {"Z\xc3\xbcrich", "\xe6\x9d\xb1\xe4\xba\xac", "\xf0\x9f\x97\xba", "\xf4\x8f\xbf\xbf"}) {
    node.name = good;
    EXPECT_TRUE(ValidateNode("a", node).ok()) << good;
  }
  // Latin-1, a lone continuation, a cut sequence, overlong forms, a surrogate, beyond U+10FFFF.
  for (const char* bad : {"Z\xfcrich", "\x80", "\xe6\x9d", "\xc0\xaf", "\xe0\x80\xaf",
                          "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    node.name = bad;
    EXPECT_FALSE(ValidateNode("a", node).ok()) << bad;
  }
  node.name = "Z\xfcrich";
  EXPECT_EQ(ValidateNode("Z\xc3\xbcrich", node).message(),
            "node Z\xc3\xbcrich: name: got 'Z\\xfcrich', want UTF-8");
}

TEST(ValidateNodeIdTest, RefusesEmptyLongAndUnprintableIds) {
  EXPECT_EQ(ValidateNode("", {}).message(), "node : id: got '', want 1 to 255 octets");
  EXPECT_FALSE(ValidateNode(Long(), {}).ok());
  EXPECT_FALSE(ValidateNode(std::string("a\0b", 3), {}).ok());
}

struct LinkCase {
  std::string name;
  std::function<void(LinkAttributes&)> change;
  std::string want;
};

class ValidateLinkTest : public testing::TestWithParam<LinkCase> {};

TEST_P(ValidateLinkTest, SaysWhatItGotAndWants) {
  LinkAttributes link;
  GetParam().change(link);
  const absl::Status status = ValidateLink({"a", "b", "1", ""}, link);
  EXPECT_EQ(status.message(), GetParam().want);
  EXPECT_EQ(status.ok(), GetParam().want.empty());
}

const LinkCase kLinkCases[] = {
    {"Nothing", [](LinkAttributes&) {}, ""},
    {"IgpMaximum", [](LinkAttributes& l) { l.igp_metric = 16777215; }, ""},
    {"IgpZero", [](LinkAttributes& l) { l.igp_metric = 0; }, ""},
    {"IgpTooHigh", [](LinkAttributes& l) { l.igp_metric = 16777216; },
     "link a->b#1: IGP metric: got 16777216, want at most 16777215"},
    {"TeOfOspf", [](LinkAttributes& l) { l.te_metric = UINT32_MAX; }, ""},
    {"DelayMaximum", [](LinkAttributes& l) { l.delay = Microseconds(16777215); }, ""},
    {"DelayTooHigh", [](LinkAttributes& l) { l.delay = Microseconds(16777216); },
     "link a->b#1: delay: got 16777216 us, want 0 to 16777215 us"},
    {"DelayNegative", [](LinkAttributes& l) { l.min_delay = Microseconds(-1); },
     "link a->b#1: min delay: got -1 us, want 0 to 16777215 us"},
    {"VariationTooHigh",
     [](LinkAttributes& l) { l.delay_variation = Microseconds(int64_t{1} << 40); },
     "link a->b#1: delay variation: got 1099511627776 us, want 0 to 16777215 us"},
    {"MinAboveMax",
     [](LinkAttributes& l) {
       l.min_delay = Microseconds(3);
       l.max_delay = Microseconds(2);
     },
     "link a->b#1: min delay: got 3 us, want at most the max delay 2 us"},
    {"MinIsMax", [](LinkAttributes& l) { l.min_delay = l.max_delay = Microseconds(3); }, ""},
    {"LossOne", [](LinkAttributes& l) { l.loss = 1; }, ""},
    {"LossTooHigh", [](LinkAttributes& l) { l.loss = 1.5; },
     "link a->b#1: loss: got 1.5, want 0 to 1"},
    {"LossNegative", [](LinkAttributes& l) { l.loss = -0.25; },
     "link a->b#1: loss: got -0.25, want 0 to 1"},
    {"LossNotANumber", [](LinkAttributes& l) { l.loss = std::nan(""); },
     "link a->b#1: loss: got nan, want 0 to 1"},
    {"CapacityAbsurd", [](LinkAttributes& l) { l.capacity = BytesPerSecond{UINT64_MAX}; },
     "link a->b#1: capacity: got 18446744073709551615 bytes/s, want at most 2305843009213693951"},
    {"ReservableAboveCapacity",
     [](LinkAttributes& l) {
       l.capacity = BytesPerSecond{1};
       l.reservable = BytesPerSecond{2};  // Oversubscription is configured like this.
     },
     ""},
    {"AdminGroupTooLong",
     [](LinkAttributes& l) { l.admin_group = AdminGroup(std::vector<uint32_t>(65, 1)); },
     "link a->b#1: admin group words: got 65, want at most 64"},
    {"TooManySrlgs", [](LinkAttributes& l) { l.srlgs = std::vector<uint32_t>(1025); },
     "link a->b#1: number of SRLGs: got 1025, want at most 1024"},
    {"ReservedLabel", [](LinkAttributes& l) { l.adjacency_sids = {{.label = 3}}; },
     "link a->b#1: adjacency SID: got 3, want 16 to 1048575"},
    {"LabelTooHigh", [](LinkAttributes& l) { l.adjacency_sids = {{.label = 1048576}}; },
     "link a->b#1: adjacency SID: got 1048576, want 16 to 1048575"},
    {"SmallIndex", [](LinkAttributes& l) { l.adjacency_sids = {{.label = 3, .is_index = true}}; },
     ""},
    {"TopologyId", [](LinkAttributes& l) { l.multi_topology_id = 5000; },
     "link a->b#1: multi-topology id: got 5000, want at most 4095"},
    {"UnnumberedAddress", [](LinkAttributes& l) { l.local_address = IpAddress(); }, ""},
};
INSTANTIATE_TEST_SUITE_P(Link, ValidateLinkTest, testing::ValuesIn(kLinkCases),
                         [](const auto& info) { return info.param.name; });

TEST(ValidateLinkKeyTest, RefusesLoopsAndBadNames) {
  EXPECT_EQ(ValidateLink({"a", "a", "", ""}, {}).message(),
            "link a->a: remote node: got 'a', want another node than the local one");
  EXPECT_EQ(ValidateLink({"a", "", "", ""}, {}).message(),
            "link a->: remote node: got '', want 1 to 255 octets, or a local interface instead");
  EXPECT_FALSE(ValidateLink({"a", "b", Long(), ""}, {}).ok());
  EXPECT_FALSE(ValidateLink({"a", "b", "", Long()}, {}).ok());
}

TEST(ValidateLinkKeyTest, AnInterfaceMayStandForTheRemoteNode) {
  EXPECT_EQ(ValidateLink({"a", "", "eth0", ""}, {}), absl::OkStatus());
  EXPECT_FALSE(ValidateLink({"", "", "eth0", ""}, {}).ok());
  EXPECT_FALSE(ValidateLink({"a", "", Long(), ""}, {}).ok());
  LinkAttributes link;
  link.loss = 2;
  EXPECT_EQ(ValidateLink({"a", "", "eth0", ""}, link).message(),
            "link a#eth0: loss: got 2, want 0 to 1");
}

TEST(ValidatePrefixTest, RefusesTwoSidsOfOneAlgorithm) {
  PrefixAttributes prefix;
  prefix.sids = {{.algorithm = 128, .value = 1}, {.algorithm = 128, .value = 2}};
  EXPECT_EQ(
      ValidatePrefix("a", Prefix6("10.0.0.1"), prefix).message(),
      "prefix 10.0.0.1/32 of a: prefix SID: got two of algorithm 128, want one per algorithm");
}

TEST(ValidatePrefixTest, RefusesLabelsAndIndexesBeyondTheLabelSpace) {
  PrefixAttributes prefix;
  prefix.sids = {{.value = 1048576}};
  EXPECT_EQ(ValidatePrefix("a", Prefix6("10.0.0.1"), prefix).message(),
            "prefix 10.0.0.1/32 of a: prefix SID index: got 1048576, want at most 1048575");
  prefix.sids = {{.value = 15, .is_label = true}};
  EXPECT_EQ(ValidatePrefix("a", Prefix6("10.0.0.1"), prefix).message(),
            "prefix 10.0.0.1/32 of a: prefix SID label: got 15, want 16 to 1048575");
}

}  // namespace
}  // namespace srpce::topology
