// One bad NLRI costs exactly that one (RFC 9552 s8.2.2).
#include <gmock/gmock.h>

#include "lib/wire/bgpls/nlri.h"

namespace srpce::wire::bgpls {
namespace {

std::string Node(uint32_t number) {
  Nlri nlri;
  Writer id;
  id.Zeros(2);
  id.U32(number);
  nlri.local_node.igp_router_id = IgpRouterId(id.text());
  return *EncodeNlri(nlri);
}

TEST(NlriListTest, OneBadAmongAThousandCostsOne) {
  std::string bytes;
  for (uint32_t i = 0; i < 1000; ++i) {
    std::string node = Node(i);
    if (i == 500) node[node.size() - 7] = 5;  // The length of its router id.
    bytes += node;
  }
  const NlriList list = DecodeNlris(AsBytes(bytes));
  EXPECT_EQ(list.known.size(), 999U);
  ASSERT_EQ(list.bad.size(), 1U);
  EXPECT_EQ(list.bad[0].type, 1);
  EXPECT_TRUE(list.overrun.ok());
}

TEST(NlriListTest, UnknownTypesAreKeptAndCostNoNeighbour) {
  const std::string unknown = FromHex("0007 0003 010203");
  const std::string bytes = Node(1) + unknown + FromHex("0000 0000") + Node(2);
  const NlriList list = DecodeNlris(AsBytes(bytes));
  EXPECT_EQ(list.known.size(), 2U);
  ASSERT_EQ(list.unknown.size(), 2U);
  EXPECT_EQ(list.unknown[0].type, 7);
  EXPECT_EQ(list.unknown[0].key, unknown);
  EXPECT_THAT(list.bad, testing::IsEmpty());
}

TEST(NlriListTest, ALengthOverTheEndEndsTheListAndSaysWhere) {
  const std::string bytes = Node(1) + FromHex("0001 0020 02");
  const NlriList list = DecodeNlris(AsBytes(bytes));
  EXPECT_EQ(list.known.size(), 1U);
  EXPECT_EQ(list.overrun.message(), "NLRI at byte 27 of 32 runs over the end");
  const std::string header = Node(1) + FromHex("0001 00");
  EXPECT_EQ(DecodeNlris(AsBytes(header)).overrun.message(),
            "NLRI at byte 27 of 30 runs over the end");
}

TEST(NlriListTest, OfNothingIsNothing) {
  const NlriList list = DecodeNlris({});
  EXPECT_THAT(list.known, testing::IsEmpty());
  EXPECT_TRUE(list.overrun.ok());
}

}  // namespace
}  // namespace srpce::wire::bgpls
