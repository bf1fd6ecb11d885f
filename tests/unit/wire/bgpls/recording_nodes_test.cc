// What the recorded session says of its eight routers, against the description beside it.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/wire/bgpls/recording.h"
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Router {
  uint32_t number;
  uint32_t srgb_first;
  uint32_t srgb_size;
  uint8_t msd;
  bool srv6;
};
void PrintTo(const Router& router, std::ostream* out) { *out << "r" << router.number; }

constexpr Router kRouters[] = {
    {1, 16000, 8000, 10, true},  {2, 16000, 8000, 10, true}, {3, 200000, 2000, 10, true},
    {4, 16000, 8000, 10, true},  {5, 16000, 8000, 5, true},  {6, 16000, 8000, 10, true},
    {7, 16000, 8000, 10, false}, {8, 16000, 8000, 10, true},
};

class RecordedRouterTest : public testing::TestWithParam<Router> {
 protected:
  static const std::map<std::string, Held>& Table() {
    static const auto* table = new std::map<std::string, Held>(FullTable());
    return *table;
  }
  static std::string Id() { return absl::StrCat("isis-l2 0000.0000.000", GetParam().number); }
  // Null if it was not announced.
  static const Attribute* Find(const std::string& nlri) {
    const auto at = Table().find(nlri);
    return at == Table().end() ? nullptr : &at->second.attribute;
  }
};

TEST_P(RecordedRouterTest, AnnouncesItself) {
  const Attribute* node = Find("node " + Id());
  ASSERT_NE(node, nullptr);
  Attribute want;
  want.local_router_ids = {Ip(absl::StrCat("10.255.0.", GetParam().number).c_str()),
                           Ip(absl::StrCat("fc00:0:", GetParam().number, "::1").c_str())};
  want.node.name = "vm";
  want.node.isis_areas = {std::string("\x49\x00\x01", 3)};
  want.node.multi_topologies = {0, 2};
  want.node.msds = {{.type = 1, .value = GetParam().msd}};
  want.node.sr_capabilities = {.flags = 0xc0,
                               .ranges = {{GetParam().srgb_size, {true, GetParam().srgb_first}}}};
  if (GetParam().srv6) want.node.srv6_capabilities = 0;
  EXPECT_TRUE(*node == want);
}

TEST_P(RecordedRouterTest, AnnouncesPrefixSidsOfItsLoopbacks) {
  const uint32_t number = GetParam().number;
  const Attribute* v4 = Find(absl::StrCat("ipv4 prefix ", Id(), " 10.255.0.", number, "/32"));
  ASSERT_NE(v4, nullptr);
  EXPECT_EQ(v4->prefix.metric, 10U);
  EXPECT_THAT(v4->prefix.sids,
              ElementsAre(PrefixSid{.flags = 0x40, .algorithm = 0, .sid = {false, number}}));
  const Attribute* v6 =
      Find(absl::StrCat("ipv6 prefix ", Id(), " fc00:0:", number, "::1/128 mt 2"));
  ASSERT_NE(v6, nullptr);
  EXPECT_THAT(v6->prefix.sids,
              ElementsAre(PrefixSid{.flags = 0x40, .algorithm = 0, .sid = {false, 1000 + number}}));
}

TEST_P(RecordedRouterTest, AnnouncesItsLocatorAndMicroSid) {
  const uint32_t number = GetParam().number;
  const Attribute* locator =
      Find(absl::StrCat("ipv6 prefix ", Id(), " fcbb:bb00:", number, "::/48 mt 2"));
  const Attribute* sid = Find(absl::StrCat("srv6 sid ", Id(), " fcbb:bb00:", number, ":: mt 2"));
  ASSERT_EQ(locator != nullptr, GetParam().srv6);
  ASSERT_EQ(sid != nullptr, GetParam().srv6);
  if (!GetParam().srv6) return;
  EXPECT_THAT(locator->prefix.locators, ElementsAre(Srv6Locator{}));
  EXPECT_EQ(locator->prefix.metric, 0U);
  EXPECT_EQ(sid->srv6_sid.behavior,
            (Srv6EndpointBehavior{.behavior = 0x2b, .flags = 0, .algorithm = 0}));
  EXPECT_EQ(
      sid->srv6_sid.structure,
      (Srv6SidStructure{.locator_block = 32, .locator_node = 16, .function = 16, .argument = 0}));
}

INSTANTIATE_TEST_SUITE_P(All, RecordedRouterTest, testing::ValuesIn(kRouters),
                         [](const auto& info) { return absl::StrCat("R", info.param.number); });

TEST(RecordingTest, HoldsNothingBadAndNothingUnknown) {
  size_t nlris = 0;
  for (const RecordedUpdate& update : ReadRecording()) {
    const DecodedAttribute decoded = DecodeAttribute(AsBytes(update.attribute));
    EXPECT_THAT(decoded.defects, IsEmpty());
    EXPECT_THAT(decoded.attribute.unknown, IsEmpty());
    for (const std::string* bytes : {&update.reached, &update.withdrawn}) {
      const NlriList list = DecodeNlris(AsBytes(*bytes));
      EXPECT_THAT(list.bad, IsEmpty());
      EXPECT_THAT(list.unknown, IsEmpty());
      EXPECT_TRUE(list.overrun.ok());
      for (const KnownNlri& known : list.known) EXPECT_THAT(known.nlri.unknown, IsEmpty());
      nlris += list.known.size();
    }
  }
  EXPECT_EQ(nlris, 126U + 4U + 4U) << "the table, link 1 withdrawn, link 1 again";
}

TEST(RecordingTest, HoldsEightNodesAndTheirPrefixes) {
  std::map<NlriType, int> count;
  for (const auto& [text, held] : FullTable()) ++count[held.nlri.type];
  EXPECT_EQ(count[NlriType::kNode], 8);
  EXPECT_EQ(count[NlriType::kIpv4Prefix], 8 + 2 * 11) << "loopbacks, and both ends of 11 links";
  EXPECT_EQ(count[NlriType::kIpv6Prefix], 8 + 7 + 2 * 11) << "and the locators";
  EXPECT_EQ(count[NlriType::kSrv6Sid], 7);
  EXPECT_EQ(count[NlriType::kLink], 2 * 11 * 2) << "both topologies";
}

}  // namespace
}  // namespace srpce::wire::bgpls
