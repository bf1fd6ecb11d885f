// gobgpd 3.10 as the other side: both ways to connect, signed, and a route through it. Skipped
// where it is not installed.
#include <gmock/gmock.h>

#include "lib/wire/bgpls/nlri.h"
#include "tests/support/gobgpd.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using support::GobgpConfig;
using support::Gobgpd;

constexpr const char* kSpeakerAddress = "127.0.0.2";

class GobgpTest : public testing::TestWithParam<std::string> {  // The MD5 key.
 protected:
  void SetUp() override {
    if (!Gobgpd::IsInstalled()) GTEST_SKIP() << "gobgpd is not installed";
  }
  static uint16_t FreePort() { return (*BgpListener::Listen())->port(); }
  // gobgpd at 127.0.0.1 as a peer.
  static PeerConfig Peer() {
    PeerConfig peer = ActivePeer(179);
    peer.name = "gobgp";
    peer.local_address = Ip(kSpeakerAddress);
    peer.md5_key = GetParam();
    peer.session.families = {kBgpLs};
    return peer;
  }
  static void ExpectUp(Running& running) {
    ASSERT_TRUE(running.client.AwaitUps(1));
    const session::bgp::Negotiated negotiated = running.client.ups()[0];
    EXPECT_EQ(negotiated.peer_as, 65000U);
    EXPECT_EQ(negotiated.peer_identifier, 0x0a000009U);
    EXPECT_EQ(negotiated.families, std::vector<wire::bgp::Family>{kBgpLs});
    EXPECT_TRUE(negotiated.four_octet_as);
    EXPECT_TRUE(negotiated.route_refresh);
  }
};

TEST_P(GobgpTest, IsConnectedTo) {
  const uint16_t port = FreePort();
  GobgpConfig config;
  config.port = port;
  config.neighbors = {{.address = kSpeakerAddress, .as = 65000, .password = GetParam()}};
  const auto gobgpd = Gobgpd::Start(config);
  ASSERT_OK(gobgpd.status());
  PeerConfig peer = Peer();
  peer.port = port;
  const auto running = StartSpeaker({peer});
  ExpectUp(*running);
}

TEST_P(GobgpTest, Connects) {
  PeerConfig peer = Peer();
  peer.session.passive = true;
  const auto running = StartSpeaker({peer}, {{.address = Ip(kSpeakerAddress), .port = 0}});
  GobgpConfig config;
  config.neighbors = {
      {.address = kSpeakerAddress, .as = 65000, .port = running->port(), .password = GetParam()}};
  const auto gobgpd = Gobgpd::Start(config);
  ASSERT_OK(gobgpd.status());
  ExpectUp(*running);
}

INSTANTIATE_TEST_SUITE_P(All, GobgpTest, testing::Values("", "a shared secret"),
                         [](const auto& info) { return info.index == 0 ? "Plain" : "Md5"; });

class GobgpRelayTest : public GobgpTest {};

std::string NodeNlri() {
  wire::bgpls::Nlri node;
  node.identifier = 7;
  node.local_node.as_number = 65001;
  node.local_node.igp_router_id = wire::bgpls::IgpRouterId(absl::string_view("\0\0\0\0\0\1", 6));
  return *EncodeNlri(node);
}

TEST_P(GobgpRelayTest, RoutesComeThroughItAndGoWhenItDies) {
  const uint16_t port = FreePort();
  GobgpConfig config;
  config.port = port;
  config.neighbors = {{.address = kSpeakerAddress, .as = 65000},
                      {.address = "127.0.0.3", .as = 65001}};
  auto gobgpd = Gobgpd::Start(config);
  ASSERT_OK(gobgpd.status());
  PeerConfig peer = Peer();
  peer.port = port;
  const auto running = StartSpeaker({peer});
  ExpectUp(*running);

  wire::bgp::Open open = RemoteOpen();
  open.as_number = 65001;
  open.capabilities.four_octet_as = 65001;
  BgpPeer source =
      ConnectUp({Ip("127.0.0.1"), port}, BgpPeerOptions{.address = Ip("127.0.0.3")}, open);
  wire::bgp::Update update = SomeUpdate(0);
  update.attributes.local_pref.reset();
  update.attributes.as_path->push_back({.numbers = {65001}});
  update.mp_reach->nlri = NodeNlri();
  ASSERT_OK(source.Send(update));
  ASSERT_TRUE(running->client.AwaitUpdates(1)) << (*gobgpd)->log();
  const wire::bgp::Update got = running->client.updates()[0];
  ASSERT_TRUE(got.mp_reach.has_value());
  EXPECT_EQ(got.mp_reach->nlri, NodeNlri());
  EXPECT_TRUE(got.errors.empty());

  gobgpd->reset();
  ASSERT_TRUE(running->client.AwaitDowns(1));
  gobgpd = Gobgpd::Start(config);
  ASSERT_OK(gobgpd.status());
  EXPECT_TRUE(running->client.AwaitUps(2)) << (*gobgpd)->log();
}

INSTANTIATE_TEST_SUITE_P(All, GobgpRelayTest, testing::Values(""),
                         [](const auto&) { return "Plain"; });

}  // namespace
}  // namespace srpce::speaker::bgp
