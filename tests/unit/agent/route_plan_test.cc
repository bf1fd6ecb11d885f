#include "daemon/agent/route_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srpce::agent {
namespace {

Ipv6Address Address(const std::string& text) { return *Ipv6Address::Parse(text); }

policy::WeightedList List(const std::vector<std::string>& sids, uint32_t weight = 1) {
  policy::WeightedList list;
  list.list.data_plane = cspf::DataPlane::kSrv6;
  for (const std::string& sid : sids) list.list.sids.push_back(Address(sid));
  list.weight = weight;
  return list;
}

plugin::PolicyConfig Config(std::vector<policy::WeightedList> lists) {
  plugin::PolicyConfig config;
  config.key = {"r1", 100, "r8"};
  config.steered_prefixes = {*IpPrefix::Parse("2001:db8:8::/64")};
  config.decapsulation_sid = Address("fcbb:bb00:8:d6::");
  config.lists = std::move(lists);
  return config;
}

const PlanSettings kSettings{.table = 254, .metric = 10, .protocol = 84, .encap_interface = 5};

TEST(RoutePlanTest, OneListBecomesOneNextHop) {
  const auto routes = PlanRoutes(Config({List({"fcbb:bb00:4::", "fcbb:bb00:8::"})}), kSettings);
  ASSERT_TRUE(routes.ok()) << routes.status();
  ASSERT_EQ(routes->size(), 1u);
  const Route& route = routes->front();
  EXPECT_EQ(route.id, (RouteId{*IpPrefix::Parse("2001:db8:8::/64"), 254, 10}));
  EXPECT_EQ(route.protocol, 84);
  ASSERT_EQ(route.next_hops.size(), 1u);
  EXPECT_EQ(route.next_hops[0].interface, 5u);
  EXPECT_EQ(std::get<Seg6Encap>(route.next_hops[0].encapsulation).sids,
            (std::vector{Address("fcbb:bb00:4::"), Address("fcbb:bb00:8:d6::")}));
}

TEST(RoutePlanTest, SeveralListsShareByWeightWithinEightBits) {
  const auto routes =
      PlanRoutes(Config({List({"fcbb:bb00:4::"}, 3000), List({"fcbb:bb00:5::"}, 1000),
                         List({"fcbb:bb00:6::"}, 1)}),
                 kSettings);
  ASSERT_TRUE(routes.ok());
  std::vector<uint32_t> weights;
  for (const NextHop& hop : routes->front().next_hops) weights.push_back(hop.weight);
  EXPECT_THAT(weights, testing::ElementsAre(256, 85, 1));
}

std::vector<uint32_t> KernelWeights(uint32_t first, uint32_t second) {
  const auto routes = PlanRoutes(
      Config({List({"fcbb:bb00:4::"}, first), List({"fcbb:bb00:5::"}, second)}), kSettings);
  std::vector<uint32_t> weights;
  for (const NextHop& hop : routes->front().next_hops) weights.push_back(hop.weight);
  return weights;
}

TEST(RoutePlanTest, WeightsBeyondEightBitsAreScaledWhereTheSharesComeOutBest) {
  EXPECT_THAT(KernelWeights(256, 3), testing::ElementsAre(256, 3));
  EXPECT_THAT(KernelWeights(7167, 4833), testing::ElementsAre(218, 147));  // 256, 173: 0.05 % off.
  EXPECT_THAT(KernelWeights(4'000'000'000, 2'000'000'001), testing::ElementsAre(256, 128));
}

TEST(RoutePlanTest, NothingToSteerMeansTheEndpointItself) {
  auto config = Config({List({"fcbb:bb00:8::"})});
  config.steered_prefixes.clear();
  EXPECT_TRUE(absl::IsFailedPrecondition(PlanRoutes(config, kSettings).status()));
  config.endpoint_address = *IpAddress::Parse("fcff::8");
  EXPECT_EQ(PlanRoutes(config, kSettings)->front().id.destination.ToString(), "fcff::8/128");
}

TEST(RoutePlanTest, BindingSidIsAnEndB6Encaps) {
  auto config = Config({List({"fcbb:bb00:4::"})});
  config.steered_prefixes.clear();
  config.binding_sid = Address("fcbb:bb00:1:b6::");
  const auto routes = PlanRoutes(config, kSettings);
  ASSERT_TRUE(routes.ok()) << routes.status();
  ASSERT_EQ(routes->size(), 1u);
  EXPECT_EQ(routes->front().id.destination.ToString(), "fcbb:bb00:1:b6::/128");
  const auto& local = std::get<Seg6Local>(routes->front().next_hops[0].encapsulation);
  EXPECT_EQ(local.action, static_cast<uint32_t>(Seg6Action::kEndB6Encaps));
  EXPECT_EQ(local.sids, (std::vector{Address("fcbb:bb00:4::"), Address("fcbb:bb00:8:d6::")}));
}

TEST(RoutePlanTest, RefusesWhatThisKernelCannot) {
  policy::WeightedList mpls;
  mpls.list.data_plane = cspf::DataPlane::kSrMpls;
  mpls.list.labels = {16004};
  EXPECT_EQ(PlanRoutes(Config({mpls}), kSettings).status().message(),
            "mpls: kernel has no MPLS forwarding");
  auto no_end = Config({List({"fcbb:bb00:8::"})});
  no_end.decapsulation_sid.reset();
  EXPECT_TRUE(absl::IsFailedPrecondition(PlanRoutes(no_end, kSettings).status()));
  auto v4 = Config({List({"fcbb:bb00:8::"})});
  v4.steered_prefixes = {*IpPrefix::Parse("10.0.0.0/8")};
  EXPECT_TRUE(absl::IsInvalidArgument(PlanRoutes(v4, kSettings).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(PlanRoutes(Config({}), kSettings).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(PlanRoutes(Config({List({})}), kSettings).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      PlanRoutes(Config({List(std::vector<std::string>(127, "fc00:1::"))}), kSettings).status()));
}

}  // namespace
}  // namespace srpce::agent
