// tests/unit/segments/imposition_test.cc -- how deep a headend's stack gets, and may get.
#include "lib/segments/imposition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/build_ted.h"

namespace srpce::segments {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

Ipv6Address Address(const std::string& text) { return *Ipv6Address::Parse(text); }

struct ImposedCase {
  std::string name;
  std::vector<std::string> list;
  std::vector<std::string> want;
};
class ImposedSidsTest : public testing::TestWithParam<ImposedCase> {};
TEST_P(ImposedSidsTest, EndWithTheDecapsulationSid) {
  std::vector<Ipv6Address> list;
  for (const auto& sid : GetParam().list) list.push_back(Address(sid));
  std::vector<std::string> got;
  for (const auto& sid : ImposedSids(list, Address("fcbb:bb00:8:d6::")))
    got.push_back(sid.ToString());
  EXPECT_EQ(got, GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Lists, ImposedSidsTest,
    testing::Values(
        ImposedCase{"EndOfTheEndpoint",
                    {"fcbb:bb00:4::", "fcbb:bb00:8::"},
                    {"fcbb:bb00:4::", "fcbb:bb00:8:d6::"}},
        ImposedCase{"EndOfAnother", {"fcbb:bb00:4::"}, {"fcbb:bb00:4::", "fcbb:bb00:8:d6::"}},
        ImposedCase{"AdjacencyToTheEndpoint",
                    {"fcbb:bb00:5:e8::"},
                    {"fcbb:bb00:5:e8::", "fcbb:bb00:8:d6::"}},
        ImposedCase{"OwnAdjacencyOfTheEndpoint",
                    {"fcbb:bb00:8:e5::"},
                    {"fcbb:bb00:8:e5::", "fcbb:bb00:8:d6::"}},
        ImposedCase{"Container", {"fcbb:bb00:5:8::"}, {"fcbb:bb00:5:8::", "fcbb:bb00:8:d6::"}},
        ImposedCase{"DecapsulationAlready",
                    {"fcbb:bb00:5::", "fcbb:bb00:8:d6::"},
                    {"fcbb:bb00:5::", "fcbb:bb00:8:d6::"}}),
    [](const auto& test) { return test.param.name; });

SegmentList Sids(const std::vector<std::string>& sids) {
  SegmentList list;
  list.data_plane = DataPlane::kSrv6;
  for (const std::string& sid : sids) list.sids.push_back(Address(sid));
  return list;
}
SegmentList Labels(std::vector<uint32_t> labels) {
  SegmentList list;
  list.labels = std::move(labels);
  return list;
}

TEST(ImposeTest, TheDecapsulationSidCounts) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\nnode a srv6-msd 1\nnode b no-srv6\n");
  const auto impose = [&](const SegmentList& list, const char* endpoint) {
    return Impose(*ted, NodeOf(*ted, "a"), NodeOf(*ted, endpoint), list, {}, std::nullopt);
  };
  EXPECT_EQ(impose(Sids({"fcbb:bb00:3::"}), "c").depth, 1U) << "End.DT6 instead of End";
  EXPECT_TRUE(impose(Sids({"fcbb:bb00:3::"}), "c").fits());
  EXPECT_EQ(impose(Sids({"fcbb:bb00:2:3::"}), "c").depth, 2U);
  EXPECT_FALSE(impose(Sids({"fcbb:bb00:2:3::"}), "c").fits());
  EXPECT_EQ(impose(Sids({"fcbb:bb00:3:fd00::"}), "c").depth, 1U) << "it is there already";
  EXPECT_EQ(impose(Sids({"fcbb:bb00:2::"}), "b").depth, 1U) << "b announces none";
  EXPECT_EQ(impose(Sids({}), "c").depth, 0U) << "nothing to decapsulate";
}

TEST(ImposeTest, TheMsdOfALinkCountsInsteadOfTheNodes) {
  const TedPtr ted = BuildTed(
      "a<->b#1 igp 10 msd 10\na<->b#2 igp 10 msd 1\na<->b#3 igp 10\nb<->c igp 10 msd 1\n"
      "node a msd 2\n");
  const auto limit = [&](const std::vector<std::string>& names, std::optional<uint32_t> max_sids) {
    std::vector<LinkIndex> links;
    for (const std::string& name : names) links.push_back(LinkOf(*ted, name));
    return Impose(*ted, NodeOf(*ted, "a"), NodeOf(*ted, "c"), Labels({1, 2, 3}), links, max_sids)
        .limit;
  };
  EXPECT_EQ(limit({"a->b#1", "b->c"}, {}), 10U);
  EXPECT_EQ(limit({"a->b#2", "b->c"}, {}), 1U);
  EXPECT_EQ(limit({"a->b#3", "b->c"}, {}), 2U) << "it announces none";
  EXPECT_EQ(limit({"a->b#1", "a->b#2", "b->c"}, {}), 1U) << "packets may take either";
  EXPECT_EQ(limit({}, {}), 2U);
  EXPECT_EQ(limit({"a->b#1"}, 4U), 4U);
  EXPECT_EQ(limit({"a->b#1"}, 40U), 10U);
}

}  // namespace
}  // namespace srpce::segments
