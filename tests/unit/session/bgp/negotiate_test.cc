#include "lib/session/bgp/negotiate.h"

#include <gtest/gtest.h>

#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::kBgpLs;
using wire::bgp::kIpv4SrPolicy;
using wire::bgp::kIpv4Unicast;
using wire::bgp::Open;

std::string Refusal(const Config& config, const Open& open) {
  const auto error = CheckOpen(config, open);
  if (!error.has_value()) return "accepted";
  return std::to_string(error->notification.subcode) + " " +
         wire::ToHex(wire::AsBytes(error->notification.data)) + " " + error->text;
}

TEST(NegotiateTest, OwnOpenGoesToTheWire) {
  Config config = TestConfig();
  config.local_as = 4200000000;
  config.host_name = "pce1";
  const Open open = MakeOpen(config);
  const auto message = Encode(open);
  ASSERT_TRUE(message.ok()) << message.status();
  const auto again =
      wire::bgp::DecodeOpen(wire::AsBytes(*message).subspan(wire::bgp::kHeaderLength));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, open);
  EXPECT_EQ(again->capabilities.fqdn->host, "pce1");
}

TEST(NegotiateTest, PeerAsIsTheOneWantedOrAny) {
  Config config = TestConfig();
  Open open = PeerOpen();
  config.peer_as = 65000;
  EXPECT_EQ(Refusal(config, open), "accepted");
  config.peer_as = 65001;
  EXPECT_EQ(Refusal(config, open), "2  OPEN: got AS 65000, want 65001");
  config.peer_as.reset();
  open.as_number = 64512;
  EXPECT_EQ(Refusal(config, open), "accepted");
  EXPECT_TRUE(Negotiate(config, open).external);
  open.as_number = 23456;
  EXPECT_EQ(Refusal(config, open), "2  OPEN: got AS 23456, which nobody has");
}

// RFC 6286 s2.1.
TEST(NegotiateTest, IdentifierIsUniqueInsideAnAs) {
  Open open = PeerOpen();
  open.identifier = TestConfig().identifier;
  EXPECT_EQ(Refusal(TestConfig(), open),
            "3  OPEN: got this speaker's own BGP identifier from inside its AS");
  open.as_number = 65001;
  EXPECT_EQ(Refusal(TestConfig(), open), "accepted");
}

// RFC 5492 s3: the data is the capabilities that are missing.
TEST(NegotiateTest, WithoutACommonFamilyThereIsNothingToSay) {
  Open open = PeerOpen();
  open.capabilities.families = {kIpv4Unicast};
  EXPECT_EQ(Refusal(TestConfig(), open),
            "7 010440040047010400010049 OPEN: got no family in common, want bgp-ls or "
            "ipv4-sr-policy");
}

// RFC 4760 s8.
TEST(NegotiateTest, PeerWithoutFamiliesHasIpv4Unicast) {
  Config config = TestConfig();
  config.families = {kBgpLs, kIpv4Unicast};
  Open open = PeerOpen();
  open.capabilities.families.clear();
  EXPECT_EQ(Negotiate(config, open).families, std::vector{kIpv4Unicast});
}

TEST(NegotiateTest, FamiliesAreThoseOfBothInTheOrderOfTheConfiguration) {
  Open open = PeerOpen();
  open.capabilities.families = {kIpv4SrPolicy, kIpv4Unicast, kBgpLs};
  EXPECT_EQ(Negotiate(TestConfig(), open).families, (std::vector{kBgpLs, kIpv4SrPolicy}));
}

TEST(NegotiateTest, HoldTimeIsTheSmallerOne) {
  for (const auto& [here, there, want] :
       {std::tuple(90, 180, 90), std::tuple(90, 30, 30), std::tuple(90, 3, 3), std::tuple(0, 90, 0),
        std::tuple(90, 0, 0)}) {
    Config config = TestConfig();
    config.hold_time = seconds(here);
    Open open = PeerOpen();
    open.hold_time = seconds(there);
    const Negotiated negotiated = Negotiate(config, open);
    EXPECT_EQ(negotiated.hold_time, seconds(want)) << here << " and " << there;
    EXPECT_EQ(negotiated.keepalive_time(), milliseconds(want * 1000 / 3));
  }
}

TEST(NegotiateTest, WhatOneSideCannotIsNotDone) {
  Open open = PeerOpen();
  const Negotiated all = Negotiate(TestConfig(), open);
  EXPECT_TRUE(all.four_octet_as && all.extended_messages && all.route_refresh &&
              all.enhanced_route_refresh && all.peer_restart.has_value());
  EXPECT_EQ(all.update_context().max_length, 65535U);
  open.capabilities = {};
  const Negotiated none = Negotiate(TestConfig(), open);
  EXPECT_FALSE(none.four_octet_as || none.extended_messages || none.route_refresh ||
               none.enhanced_route_refresh || none.peer_restart.has_value());
  EXPECT_EQ(none.update_context().max_length, 4096U);
  EXPECT_FALSE(none.update_context().four_octet_as);
  Config plain = TestConfig();
  plain.extended_messages = false;
  plain.graceful_restart = false;
  const Negotiated here = Negotiate(plain, PeerOpen());
  EXPECT_FALSE(here.extended_messages || here.peer_restart.has_value());
}

TEST(NegotiateTest, PeerTellsItsName) {
  Open open = PeerOpen();
  open.capabilities.fqdn = wire::bgp::Fqdn{"r1", "example.net"};
  EXPECT_EQ(Negotiate(TestConfig(), open).peer_name, "r1.example.net");
  open.capabilities.fqdn = wire::bgp::Fqdn{"r1", ""};
  EXPECT_EQ(Negotiate(TestConfig(), open).peer_name, "r1");
}

}  // namespace
}  // namespace srpce::session::bgp
