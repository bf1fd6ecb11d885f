// What becomes of UPDATE and ROUTE-REFRESH in an Established session (RFC 4760 s7, RFC 7606, RFC
// 2918, RFC 7313).
#include <gtest/gtest.h>

#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::Approach;
using wire::bgp::Family;
using wire::bgp::kBgpLs;
using wire::bgp::kIpv4SrPolicy;
using wire::bgp::kIpv4Unicast;
using wire::bgp::kIpv6Unicast;
using wire::bgp::RouteRefresh;
using wire::bgp::Update;

Update Announce(Family family) {
  Update update;
  update.mp_reach.emplace().family = family;
  update.mp_reach->nlri = "nlri";
  return update;
}

Update Broken(Family family) {
  Update update;
  wire::bgp::UpdateError error;
  error.approach = Approach::kFamilyDisable;
  error.family = family;
  error.error.notification.code = wire::bgp::ErrorCode::kUpdate;
  error.error.notification.subcode = wire::bgp::subcode::kOptionalAttribute;
  error.error.text = "broken";
  update.errors.push_back(error);
  return update;
}

TEST(RoutesTest, RoutesOfNegotiatedFamiliesAreDelivered) {
  Driver driver;
  driver.To(State::kEstablished);
  driver.Receive(Announce(kIpv4SrPolicy));
  ASSERT_NE(driver.Find<DeliverUpdate>(), nullptr);
  EXPECT_EQ(driver.Find<DeliverUpdate>()->update.mp_reach->nlri, "nlri");
  EXPECT_TRUE(driver.Find<DeliverUpdate>()->update.errors.empty());
}

TEST(RoutesTest, RoutesOfOtherFamiliesAreNotAndThatIsTold) {
  Driver driver;
  driver.To(State::kEstablished);
  Update update = Announce(kBgpLs);
  update.mp_unreach.emplace().family = kIpv6Unicast;
  update.nlri = {*IpPrefix::Parse("10.0.0.0/8")};
  update.withdrawn = {*IpPrefix::Parse("11.0.0.0/8")};
  driver.Receive(update);
  const Update& got = driver.Find<DeliverUpdate>()->update;
  EXPECT_TRUE(got.mp_reach.has_value());
  EXPECT_FALSE(got.mp_unreach.has_value());
  EXPECT_TRUE(got.nlri.empty() && got.withdrawn.empty());
  ASSERT_EQ(got.errors.size(), 3U);
  EXPECT_EQ(got.errors[0].error.text, "UPDATE: got routes of ipv6-unicast, which is not in use");
  EXPECT_EQ(got.approach(), Approach::kAttributeDiscard);
}

// A withdrawal that was taken out must not look like an end-of-RIB.
TEST(RoutesTest, WhatWasTakenOutLeavesNoEndOfRib) {
  Driver driver;
  driver.To(State::kEstablished);
  Update update;
  update.withdrawn = {*IpPrefix::Parse("11.0.0.0/8")};
  driver.Receive(update);
  EXPECT_EQ(EndOfRib(driver.Find<DeliverUpdate>()->update), std::nullopt);
}

TEST(RoutesTest, OneOfTwoFamiliesIsDisabled) {
  Driver driver;
  driver.To(State::kEstablished);
  EXPECT_EQ(driver.Receive(Broken(kIpv4SrPolicy)),
            "Established: start Hold 90000 ms; disable ipv4-sr-policy: broken; deliver UPDATE");
  driver.Receive(Announce(kIpv4SrPolicy));
  EXPECT_FALSE(driver.Find<DeliverUpdate>()->update.mp_reach.has_value()) << "no more of it";
  driver.Receive(Announce(kBgpLs));
  EXPECT_TRUE(driver.Find<DeliverUpdate>()->update.mp_reach.has_value());
  EXPECT_EQ(driver.Receive(Broken(kIpv4SrPolicy)),
            "Established: start Hold 90000 ms; deliver UPDATE")
      << "once is enough";
}

TEST(RoutesTest, LastFamilyIsNotDisabledButTheSessionReset) {
  Driver driver;
  driver.To(State::kEstablished);
  driver.Receive(Broken(kIpv4SrPolicy));
  EXPECT_EQ(driver.Receive(Broken(kBgpLs)),
            "Idle: start Hold 90000 ms; send NOTIFICATION UPDATE Message Error/Optional Attribute "
            "Error; stop Hold; stop Keepalive; stop Stable; close; down: broken; start IdleHold "
            "1000 ms");
}

TEST(RoutesTest, BrokenFamilyThatIsNotInUseIsNoMatter) {
  Driver driver;
  driver.To(State::kEstablished);
  EXPECT_EQ(driver.Receive(Broken(kIpv6Unicast)),
            "Established: start Hold 90000 ms; deliver UPDATE");
}

TEST(RoutesTest, RefreshIsForFamiliesInUse) {
  Driver driver;
  driver.To(State::kEstablished);
  EXPECT_EQ(driver.Receive(RouteRefresh{.family = kIpv4Unicast}), "Established");
  EXPECT_EQ(driver.Receive(RouteRefresh{.family = kBgpLs}),
            "Established: deliver ROUTE-REFRESH bgp-ls 0");
  EXPECT_EQ(driver.Tell(RefreshWanted{.family = kIpv4Unicast}), "Established");
}

// RFC 7313 s4.
TEST(RoutesTest, MarkersAreForThoseWhoSaidSo) {
  const RouteRefresh begin{.family = kBgpLs, .subtype = RouteRefresh::Subtype::kBegin};
  const RouteRefresh unknown{.family = kBgpLs, .subtype = static_cast<RouteRefresh::Subtype>(3)};
  Driver driver;
  driver.To(State::kEstablished);
  EXPECT_EQ(driver.Receive(begin), "Established: deliver ROUTE-REFRESH bgp-ls 1");
  EXPECT_EQ(driver.Receive(unknown), "Established");
  wire::bgp::Open plain = PeerOpen();
  plain.capabilities.enhanced_route_refresh = false;
  Driver old;
  old.To(State::kEstablished, plain);
  EXPECT_EQ(old.Receive(begin), "Established");
}

TEST(RoutesTest, RefreshIsAskedOfThoseWhoAnswer) {
  wire::bgp::Open plain = PeerOpen();
  plain.capabilities.route_refresh = false;
  Driver driver;
  driver.To(State::kEstablished, plain);
  EXPECT_EQ(driver.Tell(RefreshWanted{.family = kBgpLs}), "Established");
}

}  // namespace
}  // namespace srpce::session::bgp
