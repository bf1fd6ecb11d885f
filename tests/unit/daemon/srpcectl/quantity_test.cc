// tests/unit/daemon/srpcectl/quantity_test.cc
#include "daemon/srpcectl/quantity.h"

#include <gtest/gtest.h>

namespace srpce::ctl {
namespace {

TEST(QuantityTest, ReadsTimes) {
  EXPECT_EQ(*ParseMicroseconds("10ms"), 10'000U);
  EXPECT_EQ(*ParseMicroseconds("250us"), 250U);
  EXPECT_EQ(*ParseMicroseconds("1.5s"), 1'500'000U);
  EXPECT_EQ(*ParseMicroseconds("42"), 42U);
  for (const char* bad : {"", "ms", "-1ms", "10x", "nan", "inf", "1e30s", "10 m s"}) {
    EXPECT_EQ(ParseMicroseconds(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(QuantityTest, ReadsBandwidths) {
  EXPECT_EQ(*ParseBitsPerSecond("10G"), 10'000'000'000U);
  EXPECT_EQ(*ParseBitsPerSecond("2.5Gbps"), 2'500'000'000U);
  EXPECT_EQ(*ParseBitsPerSecond("400Mb/s"), 400'000'000U);
  EXPECT_EQ(*ParseBitsPerSecond("1000"), 1000U);
  for (const char* bad : {"", "G", "-1G", "10Q", "1e40"}) {
    EXPECT_EQ(std::string(ParseBitsPerSecond(bad).status().message()),
              std::string("got '") + bad + "', want bits per second like 400M or 10G");
  }
}

TEST(QuantityTest, ReadsAffinityBits) {
  EXPECT_EQ(FormatAdminGroup(*ParseAdminGroup("0x3")), "0x3");
  EXPECT_EQ(FormatAdminGroup(*ParseAdminGroup("0,1")), "0x3");
  EXPECT_EQ(FormatAdminGroup(*ParseAdminGroup("0x100000003")), "0x100000003");
  EXPECT_EQ(FormatAdminGroup(*ParseAdminGroup("70,3")),
            "0x40000000000000000"
            "8");
  EXPECT_EQ(FormatAdminGroup(*ParseAdminGroup("0x0")), "0");
  for (const char* bad : {"", "3,", "0xg", "1024", "-1", "0x11111111111111111"}) {
    EXPECT_FALSE(ParseAdminGroup(bad).ok()) << bad;
  }
}

TEST(QuantityTest, ReadsFractions) {
  EXPECT_DOUBLE_EQ(*ParseFraction("0.001"), 0.001);
  EXPECT_DOUBLE_EQ(*ParseFraction("0.1%"), 0.001);
  EXPECT_DOUBLE_EQ(*ParseFraction("1"), 1);
  for (const char* bad : {"", "%", "1.1", "101%", "-0.1", "nan"}) {
    EXPECT_FALSE(ParseFraction(bad).ok()) << bad;
  }
}

TEST(QuantityTest, WritesWhatPeopleRead) {
  EXPECT_EQ(FormatMicroseconds(0), "0 us");
  EXPECT_EQ(FormatMicroseconds(999), "999 us");
  EXPECT_EQ(FormatMicroseconds(12345), "12.345 ms");
  EXPECT_EQ(FormatMicroseconds(20000), "20 ms");
  EXPECT_EQ(FormatSeconds(0.04), "0 s");
  EXPECT_EQ(FormatSeconds(1.57), "1.5 s");
  EXPECT_EQ(FormatSeconds(59.99), "59.9 s");
  EXPECT_EQ(FormatSeconds(60), "1 min");
  EXPECT_EQ(FormatSeconds(3599), "59 min");
  EXPECT_EQ(FormatSeconds(3600), "1 h");
  EXPECT_EQ(FormatSeconds(11'100), "3 h 5 min");
  EXPECT_EQ(FormatSeconds(86'400 * 400 + 7'200), "400 d 2 h");
  EXPECT_EQ(FormatBitsPerSecond(0), "0 b/s");
  EXPECT_EQ(FormatBitsPerSecond(10'000'000'000), "10 Gb/s");
  EXPECT_EQ(FormatBitsPerSecond(7'166'666'000), "7.167 Gb/s");
  EXPECT_EQ(FormatFraction(0.0005), "0.05 %");
  EXPECT_EQ(FormatNumber(100, 0), "100");
  EXPECT_EQ(FormatNumber(1.250, 3), "1.25");
}

}  // namespace
}  // namespace srpce::ctl
