#include "lib/base/ip.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/hash/hash_testing.h"

namespace srpce {
namespace {

Ipv6Address V6(const char* text) { return *Ipv6Address::Parse(text); }

TEST(Ipv6AddressTest, PrintsCanonically) {
  EXPECT_EQ(V6("2001:DB8:0:0:0:0:0:1").ToString(), "2001:db8::1");
  EXPECT_EQ(V6("::").ToString(), "::");
  EXPECT_EQ(V6("1:0:0:2:0:0:0:3").ToString(),
            "1:0:0:2::3");  // The longer run of zeros is cut (RFC 5952 s4.2.3).
}

TEST(Ipv6AddressTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1", "1::2::3", "10.0.0.1", "12345::", "::1%eth0", "::1 "}) {
    EXPECT_EQ(Ipv6Address::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(Ipv6Address::Parse("x").status().message(),
            "IPv6 address: got 'x', want for example 2001:db8::1");
}

TEST(Ipv6AddressTest, RefusesAnEmbeddedNul) {
  EXPECT_FALSE(Ipv6Address::Parse(std::string("::1\0x", 5)).ok());
}

TEST(Ipv6AddressTest, ReadsBitsFromTheMostSignificant) {
  const Ipv6Address address = V6("fcbb:bb00:1:e001::");
  EXPECT_EQ(address.Bits(0, 32), 0xfcbbbb00U);
  EXPECT_EQ(address.Bits(48, 16), 0xe001U);
  EXPECT_EQ(address.Bits(0, 64), 0xfcbbbb000001e001U);
  EXPECT_EQ(address.Bits(44, 8), 0x1eU);
  EXPECT_EQ(address.Bits(128, 0), 0U);
}

TEST(Ipv6AddressTest, WritesBitsAndLeavesTheOthers) {
  const Ipv6Address address = V6("ffff:ffff::");
  EXPECT_EQ(address.WithBits(4, 8, 0).ToString(), "f00f:ffff::");
  EXPECT_EQ(address.WithBits(112, 16, 0xfffff).ToString(),
            "ffff:ffff::ffff");  // Only the low bits count.
  EXPECT_EQ(address.WithBits(64, 64, 1).ToString(), "ffff:ffff::1");
}

TEST(IpAddressTest, KnowsItsFamily) {
  const IpAddress v4 = *IpAddress::Parse("192.0.2.1");
  EXPECT_TRUE(v4.is_v4());
  EXPECT_EQ(v4.v4(), 0xc0000201U);
  EXPECT_EQ(v4.max_prefix_length(), 32);
  EXPECT_EQ(v4.ToString(), "192.0.2.1");
  const IpAddress v6 = *IpAddress::Parse("2001:db8::1");
  EXPECT_FALSE(v6.is_v4());
  EXPECT_EQ(v6.v6(), V6("2001:db8::1"));
  EXPECT_NE(*IpAddress::Parse("0.0.0.0"), *IpAddress::Parse("::"));
}

TEST(IpAddressTest, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", " 1.2.3.4", "a.b.c.d"}) {
    EXPECT_FALSE(IpAddress::Parse(text).ok()) << text;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string("1.2.3.4\0", 8)).ok());
}

TEST(IpPrefixTest, ClearsTheBitsBeyondItsLength) {
  EXPECT_EQ(IpPrefix::Parse("10.1.2.3/8")->ToString(), "10.0.0.0/8");
  EXPECT_EQ(IpPrefix::Parse("10.1.2.3/0")->ToString(), "0.0.0.0/0");
  EXPECT_EQ(IpPrefix::Parse("fcbb:bb00:ffff::/36")->ToString(), "fcbb:bb00:f000::/36");
  EXPECT_EQ(*IpPrefix::Parse("10.1.2.3/8"), *IpPrefix::Parse("10.9.9.9/8"));
}

TEST(IpPrefixTest, AnAddressAloneIsAHost) {
  EXPECT_EQ(IpPrefix::Parse("10.0.0.1")->ToString(), "10.0.0.1/32");
  EXPECT_TRUE(IpPrefix::Parse("2001:db8::1")->is_host());
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.0/31")->is_host());
}

TEST(IpPrefixTest, RefusesBadLengths) {
  for (const char* text :
       {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.0/8/8", "/8"}) {
    EXPECT_FALSE(IpPrefix::Parse(text).ok()) << text;
  }
  EXPECT_EQ(IpPrefix::Parse("10.0.0.0/33").status().message(),
            "prefix length: got '10.0.0.0/33', want 0 to 32");
}

TEST(IpPrefixTest, ContainsAddressesOfItsFamily) {
  const IpPrefix prefix = *IpPrefix::Parse("10.0.0.0/9");
  EXPECT_TRUE(prefix.Contains(*IpAddress::Parse("10.127.0.1")));
  EXPECT_FALSE(prefix.Contains(*IpAddress::Parse("10.128.0.1")));
  EXPECT_FALSE(IpPrefix::Parse("::/0")->Contains(*IpAddress::Parse("10.0.0.1")));
}

TEST(IpHashTest, EqualValuesHashEqually) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly({IpAddress(), *IpAddress::Parse("::"),
                                                           *IpAddress::Parse("10.0.0.1"),
                                                           *IpAddress::Parse("::1")}));
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly({IpPrefix(), *IpPrefix::Parse("::/0"),
                                                           *IpPrefix::Parse("10.0.0.0/8"),
                                                           *IpPrefix::Parse("10.0.0.0/9")}));
}

}  // namespace
}  // namespace srpce
