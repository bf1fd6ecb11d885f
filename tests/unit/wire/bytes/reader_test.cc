#include "lib/wire/bytes/reader.h"

#include <gtest/gtest.h>

namespace srpce::wire {
namespace {

TEST(ReaderTest, ReadsNumbersInNetworkOrder) {
  const std::string bytes = FromHex("01 0203 040506 0708090a 0b0c0d0e0f101112 3fc00000");
  Reader reader(AsBytes(bytes));
  EXPECT_EQ(reader.U8(), 0x01);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U24(), 0x040506U);
  EXPECT_EQ(reader.U32(), 0x0708090aU);
  EXPECT_EQ(reader.U64(), 0x0b0c0d0e0f101112U);
  EXPECT_EQ(reader.Float32(), 1.5F);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.empty());
}

TEST(ReaderTest, GivesNothingBeyondTheEndAndSaysSo) {
  const std::string bytes = FromHex("0102 03");
  Reader reader(AsBytes(bytes));
  EXPECT_EQ(reader.U32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0) << "after a short read nothing is left to be misread";
  EXPECT_FALSE(reader.ok());
}

TEST(ReaderTest, TakesPieces) {
  const std::string bytes = FromHex("0102030405");
  Reader reader(AsBytes(bytes));
  EXPECT_EQ(ToHex(reader.Take(2)), "0102");
  reader.Skip(1);
  EXPECT_EQ(ToHex(reader.TakeAll()), "0405");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.Take(0).empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.Take(1).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(HexTest, CutsOffWhatIsLong) {
  const std::string bytes = FromHex("00010203");
  EXPECT_EQ(ToHex(AsBytes(bytes), 3), "000102...");
  EXPECT_EQ(ToHex(AsBytes(bytes), 4), "00010203");
  EXPECT_EQ(ToHex({}), "");
}

TEST(HexTest, IsNotReadFromWhatIsNone) {
  EXPECT_EQ(FromHex("0 0\n1 1"), std::string("\x00\x11", 2));
  EXPECT_EQ(FromHex("001"), "");
  EXPECT_EQ(FromHex("0g"), "");
}

}  // namespace
}  // namespace srpce::wire
