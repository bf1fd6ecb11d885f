// What weighted lists put on links, and splits to the nearest of several endpoints.
#include "lib/segments/link_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/segments/nearest.h"
#include "lib/segments/weighted.h"
#include "tests/support/build_ted.h"

namespace srpce::segments {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using testing::HasSubstr;

// Capacities in bytes/s: 100, 50, none announced, and a LAN that b leaves to c.
const char kMap[] =
    "a<->b#1 igp 1 bw 800\na<->b#2 igp 1 bw 400\na<->b#3 igp 1\n"
    "b->lan igp 1 bw 320\nlan->b igp 0\nlan->c igp 0\nc->lan igp 1 bw 320\nnode lan pseudonode\n";

TEST(LinkLoadTest, SharesOfListsOverOneLinkAddUp) {
  const topology::TedPtr ted = BuildTed(kMap);
  const std::vector<LinkIndex> wide = {LinkOf(*ted, "a->b#1")};
  const std::vector<LinkIndex> thin = {LinkOf(*ted, "a->b#2")};
  const auto both = TightestLink(*ted, {{wide, 2}, {wide, 1}, {thin, 1}}, {120});
  ASSERT_TRUE(both.has_value());
  EXPECT_EQ(both->link, wide[0]);
  EXPECT_EQ(both->load.value, 90U);
  EXPECT_EQ(both->capacity.value, 100U);
  EXPECT_EQ(both->headroom(), 10);
  EXPECT_TRUE(both->fits());
  EXPECT_EQ(TightestLink(*ted, {{wide, 2}, {wide, 1}, {thin, 1}}, {136})->headroom(), -2);
}

TEST(LinkLoadTest, LoadIsRoundedUpSoThatAFractionTooMuchDoesNotFit) {
  const topology::TedPtr ted = BuildTed("a<->b#1 igp 1 bw 264\na<->b#2 igp 1 bw 800\n");
  const std::vector<LinkIndex> first = {LinkOf(*ted, "a->b#1")};
  const std::vector<LinkIndex> second = {LinkOf(*ted, "a->b#2")};
  EXPECT_TRUE(TightestLink(*ted, {{first, 1}, {second, 2}}, {99})->fits());
  EXPECT_FALSE(TightestLink(*ted, {{first, 1}, {second, 2}}, {100})->fits()) << "33 1/3 over 33";
  const auto huge = TightestLink(*ted, {{first, UINT32_MAX}, {second, 1}}, {(1ULL << 53) - 1});
  EXPECT_EQ(huge->link, first[0]);
}

TEST(LinkLoadTest, LinkThatAnnouncesNothingCarriesNothingAndOneOutOfALanAnything) {
  const topology::TedPtr ted = BuildTed(kMap);
  const std::vector<LinkIndex> silent = {LinkOf(*ted, "a->b#3")};
  EXPECT_FALSE(TightestLink(*ted, {{silent, 1}}, {1})->fits());
  const std::vector<LinkIndex> over_lan = {LinkOf(*ted, "b->lan"), LinkOf(*ted, "lan->c")};
  EXPECT_EQ(TightestLink(*ted, {{over_lan, 1}}, {30})->headroom(), 10);
  const std::vector<LinkIndex> out = {LinkOf(*ted, "lan->c")};
  EXPECT_FALSE(TightestLink(*ted, {{out, 1}}, {1'000'000}).has_value());
}

TEST(LinkLoadTest, RatesAreRoundedUp) {
  EXPECT_EQ(RateOf(1, 3, {100}).value, 34U);
  EXPECT_EQ(RateOf(3, 3, {100}).value, 100U);
}

class NearestWeightedTest : public testing::Test {
 protected:
  NearestWeightedResult Ask(uint64_t demand) {
    SegmentQuery query;
    query.path.source = NodeOf(*ted_, "s");
    query.path.constraints.data_plane = DataPlane::kSrMpls;
    const auto result = ComputeNearestWeighted(
        *ted_, QueriesTo(query, {NodeOf(*ted_, "far"), NodeOf(*ted_, "near")}), {demand},
        /*max_lists=*/4, workspace_);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result;
  }
  std::string EndpointFor(uint64_t demand) {
    const NearestWeightedResult result = Ask(demand);
    const auto* split = std::get_if<NearestWeighted>(&result);
    return split == nullptr ? "none" : ted_->node(split->endpoint).id;
  }

  // 60 bytes/s to near, 200 to far.
  const topology::TedPtr ted_ = BuildTed(
      "s<->near#1 igp 1 bw 400\ns<->near#2 igp 2 bw 80\n"
      "s<->far#1 igp 5 bw 800\ns<->far#2 igp 6 bw 800\n");
  cspf::Workspace workspace_;
};

TEST_F(NearestWeightedTest, CheapestThatHasRoomIsTaken) {
  EXPECT_EQ(EndpointFor(60), "near");
  EXPECT_EQ(EndpointFor(61), "far");
  EXPECT_EQ(std::get<NearestWeighted>(Ask(60)).routes.lists.size(), 2U);
}

TEST_F(NearestWeightedTest, RefusalSaysWhatEachCarries) {
  const NearestWeightedResult result = Ask(201);
  const auto* none = std::get_if<cspf::NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reason, cspf::Reason::kBandwidth);
  EXPECT_THAT(none->message, HasSubstr("far: bandwidth"));
  EXPECT_THAT(none->message, HasSubstr("near: bandwidth"));
}

}  // namespace
}  // namespace srpce::segments
