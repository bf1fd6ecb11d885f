#include "lib/topology/elements.h"

#include <gtest/gtest.h>

namespace srpce::topology {
namespace {

AdminGroup Bits(std::initializer_list<uint32_t> bits) {
  AdminGroup group;
  for (const uint32_t bit : bits) {
    group.Set(bit);
  }
  return group;
}

TEST(AdminGroupTest, TrailingZeroWordsDoNotMatter) {
  EXPECT_EQ(AdminGroup({5, 0, 0}), AdminGroup({5}));
  EXPECT_TRUE(AdminGroup({0, 0}).empty());
}

TEST(AdminGroupTest, HoldsBitsBeyond32) {
  const AdminGroup group = Bits({0, 31, 32, 255});
  EXPECT_TRUE(group.Test(0) && group.Test(31) && group.Test(32) && group.Test(255));
  EXPECT_FALSE(group.Test(1) || group.Test(254) || group.Test(10000));
}

TEST(AdminGroupTest, Low64IsTheFirstTwoWords) {
  EXPECT_EQ(Bits({0, 33, 63, 64}).low64(), (uint64_t{1} << 63) | (uint64_t{1} << 33) | 1);
  EXPECT_TRUE(Bits({63}).fits64());
  EXPECT_FALSE(Bits({64}).fits64());
}

TEST(AdminGroupTest, IntersectsWhenOneBitIsShared) {
  EXPECT_TRUE(Bits({1, 70}).Intersects(Bits({70})));
  EXPECT_FALSE(Bits({1, 70}).Intersects(Bits({2, 71, 200})));
  EXPECT_FALSE(Bits({}).Intersects(Bits({1})));
}

TEST(AdminGroupTest, ContainsNeedsEveryBit) {
  EXPECT_TRUE(Bits({1, 70}).Contains(Bits({70})));
  EXPECT_TRUE(Bits({1}).Contains(Bits({})));
  EXPECT_FALSE(Bits({1}).Contains(Bits({1, 70})));
}

TEST(LinkKeyTest, TextNamesTheInterfaceWhereThereIsOne) {
  EXPECT_EQ((LinkKey{"a", "b", "", "x"}.ToString()), "a->b");
  EXPECT_EQ((LinkKey{"a", "b", "ge-0/0/1", ""}.ToString()), "a->b#ge-0/0/1");
}

TEST(LinkTest, ChargesTheMinimumDelayBeforeTheAverage) {
  Link link;
  EXPECT_EQ(link.charged_delay(), std::nullopt);
  link.attributes.delay = Microseconds(9);
  EXPECT_EQ(link.charged_delay(), Microseconds(9));
  link.attributes.min_delay = Microseconds(7);
  EXPECT_EQ(link.charged_delay(), Microseconds(7));
}

TEST(NodeTest, DisplayNameFallsBackToTheId) {
  Node node;
  node.id = "0000.0000.0001";
  EXPECT_EQ(node.display_name(), "0000.0000.0001");
  node.attributes.name = "par1";
  EXPECT_EQ(node.display_name(), "par1");
}

}  // namespace
}  // namespace srpce::topology
