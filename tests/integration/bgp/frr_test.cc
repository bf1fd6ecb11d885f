// FRR's bgpd 8.4 as the other side: IPv4 unicast, signed, with GTSM. Skipped where it is not
// installed.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/support/frr_bgpd.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using support::FrrBgpd;
using support::FrrBgpdConfig;
using testing::ElementsAre;

constexpr uint32_t kFrrAs = 65000;
constexpr uint32_t kSpeakerAs = 65001;

struct Case {
  std::string name;
  bool signs = false;
  bool limits_hops = false;
  bool frr_connects = false;
};
class FrrTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!FrrBgpd::IsInstalled()) GTEST_SKIP() << "FRR is not installed: apt-get install frr";
  }
  // bgpd at 127.0.0.1 as a peer of 127.0.0.2.
  static PeerConfig Peer(uint16_t port) {
    PeerConfig peer = ActivePeer(port);
    peer.name = "frr";
    peer.local_address = Ip("127.0.0.2");
    peer.session.local_as = kSpeakerAs;
    peer.session.peer_as = kFrrAs;
    peer.session.families = {wire::bgp::kIpv4Unicast};
    peer.session.passive = GetParam().frr_connects;
    if (GetParam().signs) peer.md5_key = "secret";
    if (GetParam().limits_hops) peer.ttl_security_hops = 1;
    return peer;
  }
  // `port`: of the speaker, if bgpd is to connect.
  static std::string Neighbor(uint16_t port) {
    const std::string neighbor = " neighbor 127.0.0.2 ";
    std::string lines = absl::StrCat(neighbor, "remote-as ", kSpeakerAs, "\n", neighbor,
                                     "disable-connected-check\n", neighbor,
                                     "update-source 127.0.0.1\n", neighbor, "timers connect 1\n");
    if (GetParam().frr_connects) {
      absl::StrAppend(&lines, neighbor, "port ", port, "\n");
    } else {
      absl::StrAppend(&lines, neighbor, "passive\n");
    }
    if (GetParam().signs) absl::StrAppend(&lines, neighbor, "password secret\n");
    if (GetParam().limits_hops) absl::StrAppend(&lines, neighbor, "ttl-security hops 1\n");
    return absl::StrCat(lines, " address-family ipv4 unicast\n  network 192.0.2.0/24\n");
  }
};

TEST_P(FrrTest, ComesUpAndSendsItsRoute) {
  FrrBgpdConfig config;
  config.as = kFrrAs;
  config.port = (*BgpListener::Listen())->port();
  const auto running = StartSpeaker({Peer(config.port)}, {{.address = Ip("127.0.0.2"), .port = 0}});
  config.lines = Neighbor(running->port());
  const auto bgpd = FrrBgpd::Start(config);
  ASSERT_OK(bgpd.status());
  ASSERT_TRUE(running->client.AwaitUps(1))
      << running->speaker->status()[0].last_down << (*bgpd)->log();
  const session::bgp::Negotiated negotiated = running->client.ups()[0];
  EXPECT_EQ(negotiated.peer_as, kFrrAs);
  EXPECT_EQ(negotiated.peer_identifier, 0x0a000008U);
  EXPECT_TRUE(negotiated.external);
  EXPECT_THAT(negotiated.families, ElementsAre(wire::bgp::kIpv4Unicast));

  // The route, and the end of the table (RFC 4724).
  ASSERT_TRUE(running->client.AwaitUpdates(2)) << (*bgpd)->log();
  const auto updates = running->client.updates();
  EXPECT_THAT(updates[0].nlri, ElementsAre(*IpPrefix::Parse("192.0.2.0/24")));
  EXPECT_TRUE(updates[0].errors.empty());
  EXPECT_EQ(wire::bgp::EndOfRib(updates[1]), wire::bgp::kIpv4Unicast);

  running->speaker->RequestRefresh(0, wire::bgp::kIpv4Unicast);
  EXPECT_TRUE(running->client.AwaitUpdates(3)) << (*bgpd)->log();
  EXPECT_TRUE(running->client.downs().empty());
}

const Case kCases[] = {{"IsConnectedTo"},
                       {"IsConnectedToSigned", true},
                       {"IsConnectedToNear", false, true},
                       {"Connects", false, false, true},
                       {"ConnectsSigned", true, false, true},
                       {"ConnectsNear", false, true, true},
                       {"ConnectsSignedAndNear", true, true, true}};
INSTANTIATE_TEST_SUITE_P(All, FrrTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace srpce::speaker::bgp
