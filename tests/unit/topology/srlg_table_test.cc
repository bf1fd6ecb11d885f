#include "lib/topology/srlg_table.h"

#include <gtest/gtest.h>

namespace srpce::topology {
namespace {

class SrlgTableTest : public testing::Test {
 protected:
  SrlgTableTest() { table_.Init(sets_, edit_); }
  uint32_t Acquire(const SrlgTable::Set& set) { return table_.Acquire(set, sets_, edit_); }

  Edit edit_;
  SrlgTable::Sets sets_;
  SrlgTable table_;
};

TEST_F(SrlgTableTest, TheEmptySetIsZero) {
  EXPECT_EQ(Acquire({}), 0U);
  table_.Release(0, sets_);
  EXPECT_EQ(Acquire({}), 0U);
}

TEST_F(SrlgTableTest, EqualSetsShareANumber) {
  const uint32_t group = Acquire({1, 2});
  EXPECT_NE(group, 0U);
  EXPECT_EQ(Acquire({1, 2}), group);
  EXPECT_NE(Acquire({1}), group);
  EXPECT_EQ(*sets_[group], (SrlgTable::Set{1, 2}));
}

TEST_F(SrlgTableTest, ANumberIsGivenAwayOnceNobodyUsesIt) {
  const uint32_t group = Acquire({1});
  Acquire({1});
  table_.Release(group, sets_);
  EXPECT_NE(Acquire({2}), group);
  const SrlgTable::Sets snapshot = sets_;
  edit_.Seal();
  table_.Release(group, sets_);
  EXPECT_EQ(Acquire({3}), group);
  EXPECT_EQ(*sets_[group], SrlgTable::Set{3});
  EXPECT_EQ(*snapshot[group], SrlgTable::Set{1});  // Old snapshots keep what they had.
}

}  // namespace
}  // namespace srpce::topology
