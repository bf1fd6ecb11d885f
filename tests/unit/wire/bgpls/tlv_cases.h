// tests/unit/wire/bgpls/tlv_cases.h -- one TLV written by hand from its figure, and what it says.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "lib/wire/bgpls/attribute.h"

namespace srpce::wire::bgpls {

struct TlvCase {
  std::string name;
  std::string hex;  // Of the whole attribute.
  std::function<void(Attribute&)> want;
};

inline void PrintTo(const TlvCase& c, std::ostream* out) { *out << c.name; }

inline Attribute WantOf(const TlvCase& c) {
  Attribute attribute;
  c.want(attribute);
  return attribute;
}

// Decoding gives `want` and nothing else, encoding gives the bytes back.
inline void ExpectBothWays(const TlvCase& c) {
  const std::string bytes = FromHex(c.hex);
  ASSERT_FALSE(bytes.empty()) << "not hex";
  const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
  for (const Defect& defect : decoded.defects) ADD_FAILURE() << defect.reason;
  EXPECT_FALSE(decoded.overrun);
  EXPECT_TRUE(decoded.attribute == WantOf(c)) << "decoded otherwise";
  const auto encoded = EncodeAttribute(WantOf(c));
  ASSERT_TRUE(encoded.ok()) << encoded.status();
  EXPECT_EQ(ToHex(AsBytes(*encoded), 512), ToHex(AsBytes(bytes), 512));
}

inline IpAddress Ip(const char* text) { return *IpAddress::Parse(text); }
inline Ipv6Address Ipv6(const char* text) { return *Ipv6Address::Parse(text); }

inline std::string CaseName(const testing::TestParamInfo<TlvCase>& info) { return info.param.name; }

}  // namespace srpce::wire::bgpls
