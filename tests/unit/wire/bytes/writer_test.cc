#include "lib/wire/bytes/writer.h"

#include <gtest/gtest.h>

namespace srpce::wire {
namespace {

TEST(WriterTest, WritesNumbersInNetworkOrder) {
  Writer writer;
  writer.U8(0x01);
  writer.U16(0x0203);
  writer.U24(0x040506);
  writer.U32(0x0708090a);
  writer.U64(0x0b0c0d0e0f101112);
  writer.Float32(1.5F);
  writer.Zeros(1);
  writer.PutText("a");
  EXPECT_EQ(ToHex(writer.bytes(), 64), "0102030405060708090a0b0c0d0e0f1011123fc000000061");
}

TEST(WriterTest, FillsInLengths) {
  Writer writer;
  const Writer::Place outer = writer.Begin(2);
  writer.U8(0xff);
  const Writer::Place inner = writer.Begin(1);
  writer.U16(0xaabb);
  EXPECT_TRUE(writer.End(inner));
  EXPECT_TRUE(writer.End(outer, /*more=*/2));
  EXPECT_EQ(ToHex(writer.bytes()), "0006ff02aabb");
}

TEST(WriterTest, SaysWhenALengthDoesNotFit) {
  Writer writer;
  const Writer::Place place = writer.Begin(1);
  writer.Zeros(255);
  EXPECT_TRUE(writer.End(place));
  writer.U8(0);
  EXPECT_FALSE(writer.End(place));
}

}  // namespace
}  // namespace srpce::wire
