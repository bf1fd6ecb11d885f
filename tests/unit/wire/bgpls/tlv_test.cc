#include "lib/wire/bgpls/tlv.h"

#include <gmock/gmock.h>

#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

std::vector<std::string> Walked(absl::string_view hex, absl::Status* end) {
  const std::string bytes = FromHex(hex);
  TlvWalk walk(AsBytes(bytes));
  std::vector<std::string> seen;
  for (Tlv tlv; walk.Next(tlv);) seen.push_back(std::to_string(tlv.type) + ":" + ToHex(tlv.value));
  *end = walk.overrun();
  return seen;
}

TEST(TlvWalkTest, GoesFromOneToTheNext) {
  absl::Status end;
  EXPECT_THAT(Walked("0001 0002 aabb 0002 0000 ffff 0001 cc", &end),
              testing::ElementsAre("1:aabb", "2:", "65535:cc"));
  EXPECT_TRUE(end.ok());
  EXPECT_THAT(Walked("", &end), testing::IsEmpty());
  EXPECT_TRUE(end.ok());
}

TEST(TlvWalkTest, StopsWhereOneRunsOverTheEnd) {
  absl::Status end;
  EXPECT_THAT(Walked("0001 0001 aa 045a 0004 0102", &end), testing::ElementsAre("1:aa"));
  EXPECT_EQ(end.message(), "TLV 1114 unidirectional link delay: got 2 bytes, want the 4 it says");
  EXPECT_THAT(Walked("0001 0001 aa 045a 00", &end), testing::ElementsAre("1:aa"));
  EXPECT_EQ(end.message(), "TLV header: got 3 bytes, want 4");
}

TEST(TlvWalkTest, StaysAtTheEnd) {
  const std::string bytes = FromHex("0001 0005 aa");
  TlvWalk walk(AsBytes(bytes));
  Tlv tlv;
  EXPECT_FALSE(walk.Next(tlv));
  EXPECT_EQ(walk.overrun_type(), 1);
  EXPECT_FALSE(walk.Next(tlv));
}

TEST(TlvTest, LengthErrorsNameTheTlvAndBothLengths) {
  const std::string value = FromHex("0102 03");
  const Tlv tlv{.type = kTlvTeMetric, .value = AsBytes(value)};
  EXPECT_EQ(ParseU32(tlv).status().message(), "TLV 1092 TE default metric: got 3 bytes, want 4");
  std::vector<uint16_t> list;
  EXPECT_EQ(AppendU16s(tlv, 0xffff, list).message(),
            "TLV 1092 TE default metric: got 3 bytes, want a multiple of 2");
  EXPECT_THAT(list, testing::IsEmpty());
}

TEST(TlvTest, OfTwoThatShouldBeOneTheFirstStays) {
  const Tlv tlv{.type = kTlvNodeName, .value = {}};
  std::optional<std::string> name;
  EXPECT_TRUE(Once<std::string>(tlv, std::string("a"), name).ok());
  EXPECT_EQ(Once<std::string>(tlv, std::string("b"), name).message(),
            "TLV 1026 node name: got a second one, want one");
  EXPECT_EQ(name, "a");
}

TEST(TlvWriterTest, WritesOneInTheOther) {
  TlvWriter out;
  out.Add(1, [](TlvWriter& w) {
    w.U8(0xaa);
    w.Add(2, [](TlvWriter& sub) { sub.U16(0xbbcc); });
  });
  EXPECT_TRUE(out.fits());
  EXPECT_EQ(ToHex(out.bytes()), "00010007aa00020002bbcc");
}

TEST(TlvWriterTest, SaysWhatDoesNotFit) {
  TlvWriter wide;
  wide.WriteU24(0xffffff);
  EXPECT_TRUE(wide.fits());
  wide.WriteU24(0x1000000);
  EXPECT_FALSE(wide.fits());
  TlvWriter count;
  count.WriteCount(255);
  EXPECT_TRUE(count.fits());
  count.WriteCount(256);
  EXPECT_FALSE(count.fits());
  TlvWriter length;
  length.Add(1, [](TlvWriter& w) { w.Zeros(65535); });
  EXPECT_TRUE(length.fits());
  length.Add(1, [](TlvWriter& w) { w.Zeros(65536); });
  EXPECT_FALSE(length.fits());
}

TEST(TlvTest, OrderIsByTypeAndThenAsItCame) {
  const std::string bytes = FromHex("0003 0001 01 0001 0000 0003 0001 00 0002 0000");
  EXPECT_EQ(ToHex(AsBytes(InTypeOrder(AsBytes(bytes)))),
            "00010000000200000003000101"
            "0003000100");
}

}  // namespace
}  // namespace srpce::wire::bgpls
