#include "daemon/agent/srh.h"

#include <gtest/gtest.h>

namespace srpce::agent {
namespace {

std::vector<Ipv6Address> Sids(const std::vector<std::string>& texts) {
  std::vector<Ipv6Address> sids;
  for (const std::string& text : texts) sids.push_back(*Ipv6Address::Parse(text));
  return sids;
}

// By hand from RFC 8754 s2: Hdr Ext Len 4, type 4, Segments Left 1, Last Entry 1, last SID first.
TEST(SrhTest, SidsAreOnTheWireInReverse) {
  const auto srh = EncodeSrh(Sids({"fc00:1::", "fc00:2::"}));
  ASSERT_TRUE(srh.ok());
  const std::vector<uint8_t> want = {0,    4, 4, 1, 1, 0, 0, 0,                          //
                                     0xfc, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                     0xfc, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(*srh, want);
}

TEST(SrhTest, DecodingGivesWhatWasEncoded) {
  std::vector<std::string> texts;
  for (size_t n = 1; n <= kMaxSids; ++n) {
    texts.push_back("fc00:" + std::to_string(n) + "::");
    const auto srh = EncodeSrh(Sids(texts));
    ASSERT_TRUE(srh.ok()) << n;
    ASSERT_EQ(srh->size(), 8 + 16 * n);
    const auto sids = DecodeSrh(*srh);
    ASSERT_TRUE(sids.ok()) << n;
    EXPECT_EQ(*sids, Sids(texts));
  }
}

TEST(SrhTest, RefusesNoSidAndTooMany) {
  EXPECT_FALSE(EncodeSrh({}).ok());
  EXPECT_FALSE(EncodeSrh(std::vector<Ipv6Address>(kMaxSids + 1)).ok());
}

TEST(SrhTest, RefusesEveryTruncation) {
  const auto srh = EncodeSrh(Sids({"fc00:1::", "fc00:2::", "fc00:3::"}));
  for (size_t length = 0; length < srh->size(); ++length) {
    EXPECT_FALSE(DecodeSrh(std::span(srh->data(), length)).ok()) << length;
  }
}

TEST(SrhTest, RefusesLastEntryBeyondTheHeader) {
  auto srh = *EncodeSrh(Sids({"fc00:1::"}));
  srh[4] = 7;
  EXPECT_FALSE(DecodeSrh(srh).ok());
}

}  // namespace
}  // namespace srpce::agent
