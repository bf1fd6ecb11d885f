#include "lib/wire/bgpls/attribute.h"

#include <gmock/gmock.h>

#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

TEST(AttributeTest, KeepsUnknownTlvsAsTheyCame) {
  const std::string bytes = FromHex("0000 0001 aa 0402 0002 7231 04c2 0000 ffff 0002 bbcc");
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  EXPECT_THAT(decoded.defects, testing::IsEmpty());
  EXPECT_THAT(decoded.attribute.unknown,
              testing::ElementsAre(RawTlv{0, "\xaa"}, RawTlv{1218, ""}, RawTlv{65535, "\xbb\xcc"}));
  EXPECT_EQ(*EncodeAttribute(decoded.attribute), bytes);
}

TEST(AttributeTest, IsWrittenInOrderOfType) {
  Attribute attribute;
  attribute.link.te.extended_admin_group = {1};
  attribute.prefix.metric = 10;
  attribute.node.name = "r1";
  attribute.unknown = {{.type = 1, .value = ""}};
  EXPECT_EQ(ToHex(AsBytes(*EncodeAttribute(attribute))),
            "00010000"
            "040200027231"
            "048300040000000a"
            "0495000400000001");
}

TEST(AttributeTest, RefusesToWriteWhatDoesNotFit) {
  const auto refused = [](const std::function<void(Attribute&)>& set) {
    Attribute attribute;
    set(attribute);
    return !EncodeAttribute(attribute).ok();
  };
  EXPECT_TRUE(refused([](Attribute& a) { a.link.igp_metric = 1 << 24; }));
  EXPECT_TRUE(refused([](Attribute& a) {
    a.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(1 << 24)};
  }));
  EXPECT_TRUE(refused([](Attribute& a) {
    a.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(-1)};
  }));
  EXPECT_TRUE(refused([](Attribute& a) { a.node.name = std::string(65536, 'x'); }));
  EXPECT_TRUE(refused([](Attribute& a) {
    a.link.sids.adjacency = {{.flags = 0, .weight = 0, .sid = {true, 1 << 20}}};
  }));
  EXPECT_TRUE(refused([](Attribute& a) {
    a.link.sids.lan_adjacency = {{.neighbor = "12345", .sid = {false, 1}}};
  }));
  EXPECT_TRUE(refused([](Attribute& a) {
    a.sr_policy.binding_sids = {{.flags = 0x8000, .sid = 1U, .specified = 0U}};
  }));
  EXPECT_FALSE(refused([](Attribute& a) { a.link.igp_metric = (1 << 24) - 1; }));
}

TEST(AttributeTest, OfNothingIsNothing) {
  EXPECT_EQ(*EncodeAttribute(Attribute{}), "");
  const DecodedAttribute decoded = DecodeAttribute({});
  EXPECT_TRUE(decoded.attribute == Attribute{});
  EXPECT_FALSE(decoded.overrun);
}

}  // namespace
}  // namespace srpce::wire::bgpls
