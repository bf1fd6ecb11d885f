// decode(encode(x)) == x, for structs with any of their fields set; and what is cut or changed is
// still read to a struct that can be written and read again.
#include <gtest/gtest.h>

#include "tests/support/seed.h"
#include "tests/unit/wire/bgpls/random_structs.h"

namespace srpce::wire::bgpls {
namespace {

TEST(RoundTripTest, OfAttributes) {
  Draw draw(support::TestSeed(41));
  support::CaseCount count;
  for (int i = 0; i < support::Cases(4000); ++i) {
    const Attribute attribute = RandomAttribute(draw);
    const auto bytes = EncodeAttribute(attribute);
    ASSERT_TRUE(bytes.ok()) << bytes.status() << " case " << i;
    const DecodedAttribute decoded = DecodeAttribute(AsBytes(*bytes));
    for (const Defect& defect : decoded.defects) FAIL() << defect.reason << " case " << i;
    ASSERT_TRUE(decoded.attribute == attribute) << "case " << i;
    count.Add();
  }
}

TEST(RoundTripTest, OfNlris) {
  Draw draw(support::TestSeed(42));
  support::CaseCount count;
  for (int i = 0; i < support::Cases(20000); ++i) {
    const Nlri nlri = RandomNlri(draw);
    const auto bytes = EncodeNlri(nlri);
    ASSERT_TRUE(bytes.ok()) << bytes.status() << " case " << i;
    const NlriList list = DecodeNlris(AsBytes(*bytes));
    for (const BadNlri& bad : list.bad) FAIL() << bad.reason << " case " << i;
    ASSERT_EQ(list.known.size(), 1U) << "case " << i;
    ASSERT_TRUE(list.known[0].nlri == nlri) << ToString(nlri) << " case " << i;
    ASSERT_EQ(list.known[0].key, *bytes);
    count.Add();
  }
}

// What was read of damaged bytes can be written, and reads the same again.
TEST(RoundTripTest, OfDamagedAttributes) {
  Draw draw(support::TestSeed(43));
  support::CaseCount count;
  for (int i = 0; i < support::Cases(8000); ++i) {
    std::string bytes = *EncodeAttribute(RandomAttribute(draw));
    if (bytes.empty()) continue;
    for (uint64_t n = 1 + draw.Below(4); n > 0; --n) {
      bytes[draw.Below(bytes.size())] = static_cast<char>(draw.U8());
    }
    if (draw.Coin(4)) bytes.resize(draw.Below(bytes.size()));
    const auto once = EncodeAttribute(DecodeAttribute(AsBytes(bytes)).attribute);
    ASSERT_TRUE(once.ok()) << once.status() << " case " << i;
    const DecodedAttribute again = DecodeAttribute(AsBytes(*once));
    for (const Defect& defect : again.defects) FAIL() << defect.reason << " case " << i;
    ASSERT_EQ(*EncodeAttribute(again.attribute), *once) << "case " << i;
    count.Add();
  }
}

}  // namespace
}  // namespace srpce::wire::bgpls
