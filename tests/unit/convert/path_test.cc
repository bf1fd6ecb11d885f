// tests/unit/convert/path_test.cc -- what a controller asks for survives the wire; absurd numbers
// are refused by name.
#include "proto/convert/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "proto/convert/topology.h"
#include "tests/support/build_ted.h"

namespace srpce::convert {
namespace {

using testing::HasSubstr;

policy::PathIntent FullIntent() {
  return {.objective = topology::MetricType::kDelay,
          .max_delay = Microseconds(10'000),
          .max_igp_cost = 100,
          .max_te_cost = 200,
          .max_hops = 5,
          .max_loss = 0.01,
          .max_variation = Microseconds(50),
          .max_sids = 6,
          .min_bandwidth = BytesPerSecond{1'250'000'000},
          .include_any = topology::AdminGroup({1}),
          .include_all = topology::AdminGroup({2}),
          .exclude_any = topology::AdminGroup({0, 0, 1}),
          .exclude_nodes = {"x"},
          .exclude_links = {{"a", "b", "e1", ""}},
          .exclude_srlgs = {3},
          .waypoints = {"w1", "w2"},
          .data_plane = cspf::DataPlane::kSrv6,
          .flex_algorithm = 128,
          .compress = false,
          .allow_ecmp = true,
          .max_lists = 3};
}

TEST(ConvertPathTest, ConstraintsSurviveTheWire) {
  v1::PathConstraints proto;
  ToProto(FullIntent(), &proto);
  EXPECT_EQ(*FromProto(proto), FullIntent());
}

TEST(ConvertPathTest, OneListIsNoSplit) {
  v1::PathConstraints proto;
  proto.set_max_segment_lists(1);
  EXPECT_EQ(*FromProto(proto), policy::PathIntent());
  ToProto(policy::PathIntent(), &proto);
  EXPECT_EQ(FromProto(proto)->max_lists, 1U);
}

TEST(ConvertPathTest, SplitSaysWhatEachListCarries) {
  segments::WeightedRoutes routes;
  routes.cost = 2.5;
  routes.proved_optimal = true;
  routes.lower_bound = 2.5;
  routes.lists.resize(2);
  routes.lists[0].weight = 2;
  routes.lists[0].route.path.cost = 2;
  routes.lists[1].weight = 1;
  const topology::TedPtr ted = support::BuildTed("a<->b igp 1\n");
  v1::PathSplit proto;
  ToProto(*ted, routes, BytesPerSecond{125}, &proto);
  ASSERT_EQ(proto.paths_size(), 2);
  EXPECT_EQ(proto.paths(0).path().cost(), 2U);
  EXPECT_EQ(proto.paths(0).path().segment_list().weight(), 2U);
  EXPECT_DOUBLE_EQ(proto.paths(0).share(), 2.0 / 3);
  EXPECT_EQ(proto.paths(0).rate_bps(), 84U * 8);  // Rounded up to whole bytes.
  EXPECT_EQ(proto.paths(1).rate_bps(), 42U * 8);
  EXPECT_EQ(proto.cost(), 2.5);
  EXPECT_TRUE(proto.proved_optimal());
  EXPECT_EQ(proto.lower_bound(), 2.5);
}

TEST(ConvertPathTest, NothingAskedMeansNoLimit) {
  EXPECT_EQ(*FromProto(v1::PathConstraints()), policy::PathIntent());
}

TEST(ConvertPathTest, BandwidthIsNeverUnderstated) {
  v1::PathConstraints proto;
  proto.set_bandwidth_bps(9);
  EXPECT_EQ(FromProto(proto)->min_bandwidth.value, 2U);
}

TEST(ConvertPathTest, LossThatIsNoFractionIsRefused) {
  for (const double loss : {-0.1, 1.5, std::nan("")}) {
    v1::PathConstraints proto;
    proto.set_max_loss_fraction(loss);
    EXPECT_THAT(std::string(FromProto(proto).status().message()),
                HasSubstr("max_loss_fraction: got"))
        << loss;
  }
}

TEST(ConvertPathTest, AlgorithmBetweenSpfAndFlexIsRefused) {
  v1::PathConstraints proto;
  proto.set_flex_algorithm(5);
  EXPECT_THAT(std::string(FromProto(proto).status().message()),
              HasSubstr("flex_algorithm: got 5, want 0 or 128 to 255"));
}

TEST(ConvertPathTest, AbsurdDelayBoundIsRefused) {
  v1::PathConstraints proto;
  proto.set_max_delay_us(UINT64_MAX);
  EXPECT_THAT(std::string(FromProto(proto).status().message()),
              HasSubstr("max_delay_us: got 18446744073709551615"));
}

TEST(ConvertPathTest, TermsOfASetAreRead) {
  v1::PathSetRequest proto;
  proto.set_disjointness(v1::DISJOINTNESS_SRLG_NODE);
  proto.set_objective(v1::SET_OBJECTIVE_LEXICOGRAPHIC);
  proto.set_max_delay_difference_us(250);
  proto.add_fallbacks(v1::DISJOINTNESS_NODE);
  proto.set_allow_sharing(true);
  const cspf::DisjointTerms terms = *FromProto(proto);
  EXPECT_EQ(terms.disjointness, cspf::Disjointness::kSrlgNode);
  EXPECT_EQ(terms.objective, cspf::SetObjective::kLexicographic);
  EXPECT_EQ(terms.max_delay_difference, Microseconds(250));
  EXPECT_EQ(terms.fallbacks, std::vector{cspf::Disjointness::kNode});
  EXPECT_TRUE(terms.allow_sharing);
  proto.add_fallbacks(static_cast<v1::Disjointness>(99));
  EXPECT_THAT(std::string(FromProto(proto).status().message()),
              HasSubstr("fallbacks: got disjointness 99"));
}

TEST(ConvertPathTest, EnumValuesOfALaterVersionAreRefused) {
  EXPECT_FALSE(FromProto(static_cast<v1::MetricType>(99)).ok());
  EXPECT_FALSE(FromProto(static_cast<v1::DataPlane>(99)).ok());
  EXPECT_FALSE(FromProto(static_cast<v1::Disjointness>(99)).ok());
}

}  // namespace
}  // namespace srpce::convert
