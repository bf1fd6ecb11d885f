// Sessions that come up, are lost and come back.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/negotiate.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using session::bgp::State;
using testing::HasSubstr;
using wire::bgp::ErrorCode;
using wire::bgp::Keepalive;
using wire::bgp::MessageType;
using wire::bgp::Notification;

struct Transport {
  std::string name;
  std::string listener;   // Where one listens,
  std::string connector;  // and from where the other connects.
  uint32_t other_as;
};
class SpeakersTest : public testing::TestWithParam<Transport> {};

TEST_P(SpeakersTest, ComeUpTellEachOtherAndGoDown) {
  const IpAddress here = Ip(GetParam().listener), there = Ip(GetParam().connector);
  PeerConfig passive = PassivePeer();
  passive.address = there;
  passive.local_address = here;
  passive.session.peer_as = GetParam().other_as;
  const auto listening = StartSpeaker({passive}, {{.address = here, .port = 0}});

  PeerConfig active = ActivePeer(listening->port());
  active.address = here;
  active.local_address = there;
  active.session.local_as = GetParam().other_as;
  active.session.identifier = 0x0a000002;
  const auto connecting = StartSpeaker({active});

  ASSERT_TRUE(listening->client.AwaitUps(1));
  ASSERT_TRUE(connecting->client.AwaitUps(1));
  const session::bgp::Negotiated got = listening->client.ups()[0];
  EXPECT_EQ(got.peer_as, GetParam().other_as);
  EXPECT_EQ(got.external, GetParam().other_as != 65000);
  const std::vector<wire::bgp::Family> families = {kBgpLs, kIpv4SrPolicy};
  EXPECT_EQ(got.families, families);

  connecting->speaker->RequestRefresh(0, kBgpLs);
  EXPECT_TRUE(listening->client.AwaitRefreshes(1));
  const PeerStatus status = connecting->speaker->status()[0];
  EXPECT_TRUE(status.up());
  EXPECT_EQ(status.sessions, 1U);
  EXPECT_EQ(status.remote, (Endpoint{here, listening->port()}).ToString());
  EXPECT_THAT(status.local, HasSubstr(GetParam().connector));
  EXPECT_EQ(status.sent.of(MessageType::kOpen), 1U);
  EXPECT_EQ(status.sent.of(MessageType::kRouteRefresh), 1U);
  EXPECT_EQ(status.received.of(MessageType::kOpen), 1U);
  ASSERT_TRUE(status.negotiated.has_value());

  connecting->speaker->Stop();
  ASSERT_TRUE(listening->client.AwaitDowns(1));
  const session::bgp::Down down = listening->client.downs()[0];
  ASSERT_TRUE(down.received.has_value());
  EXPECT_EQ(connecting->client.downs().size(), 1U);
  EXPECT_EQ(connecting->speaker->status()[0].state, State::kIdle);
  EXPECT_FALSE(connecting->speaker->status()[0].negotiated.has_value());
}

const Transport kTransports[] = {{"Ipv4Internal", "127.0.0.1", "127.0.0.2", 65000},
                                 {"Ipv4External", "127.0.0.1", "127.0.0.2", 4200000000},
                                 {"Ipv6Internal", "::1", "::1", 65000}};
INSTANTIATE_TEST_SUITE_P(All, SpeakersTest, testing::ValuesIn(kTransports),
                         [](const auto& info) { return info.param.name; });

TEST(SessionTest, SeveralPeersAreServedAtOnce) {
  constexpr size_t kPeers = 8;
  std::vector<PeerConfig> peers;
  for (size_t i = 0; i < kPeers; ++i) {
    peers.push_back(PassivePeer());
    peers.back().address = Ip(absl::StrCat("127.0.0.", 10 + i));
  }
  const auto running = StartListening(peers);
  std::vector<BgpPeer> raw;
  for (size_t i = 0; i < kPeers; ++i) {
    wire::bgp::Open open = RemoteOpen();
    open.identifier = static_cast<uint32_t>(100 + i);
    raw.push_back(ConnectUp(*running, {.address = peers[i].address}, open));
  }
  for (size_t i = kPeers; i-- > 0;) EXPECT_OK(raw[i].Send(SomeUpdate(i + 1)));
  for (size_t i = 0; i < kPeers; ++i) {
    ASSERT_TRUE(running->client.AwaitUpdates(1, i));
    EXPECT_EQ(running->client.ups(i)[0].peer_identifier, 100 + i);
    EXPECT_EQ(running->client.updates(i)[0].mp_reach->nlri.size(), i + 1);
  }
  raw[3].Close();
  ASSERT_TRUE(running->client.AwaitDowns(1, 3));
  EXPECT_EQ(running->client.downs(3)[0].reason, "connection failed: closed by the peer");
  for (size_t i = 0; i < kPeers; ++i) EXPECT_EQ(running->speaker->status()[i].up(), i != 3);
}

// RFC 4271 s4.4: keepalives at a third of the hold time. s6.5: without any, the peer is dead.
TEST(SessionTest, HoldTimerEndsTheSessionOfAPeerThatSaysNothing) {
  PeerConfig peer = PassivePeer();
  peer.session.hold_time = std::chrono::seconds(3);  // The least there is.
  const auto running = StartListening({peer});
  BgpPeer raw = ConnectUp(*running);
  EXPECT_OK(raw.Await<Keepalive>().status());
  EXPECT_OK(raw.Await<Keepalive>().status());
  const auto notification = raw.AwaitNotification();
  ASSERT_OK(notification.status());
  EXPECT_EQ(notification->code, ErrorCode::kHoldTimerExpired);
  ASSERT_TRUE(running->client.AwaitDowns(1));
  EXPECT_EQ(running->client.downs()[0].reason, "hold timer expired");
  EXPECT_OK(raw.AwaitClose().status());
}

TEST(SessionTest, KeepalivesKeepTheSessionUp) {
  PeerConfig peer = PassivePeer();
  peer.session.hold_time = std::chrono::seconds(3);
  const auto running = StartListening({peer});
  BgpPeer raw = ConnectUp(*running);
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::seconds(5)) {
    ASSERT_OK(raw.Await<Keepalive>().status());  // Comes each second at the latest.
    ASSERT_OK(raw.Send(Keepalive()));
  }
  EXPECT_TRUE(running->speaker->status()[0].up());
}

TEST(SessionTest, ConnectsAgainWhenThePeerIsBack) {
  auto listener = *BgpListener::Listen();
  const auto running = StartSpeaker({ActivePeer(listener->port())});
  for (size_t i = 1; i <= 3; ++i) {
    auto raw = listener->Accept();
    ASSERT_OK(raw.status());
    ASSERT_OK(raw->Handshake(RemoteOpen()).status());
    ASSERT_TRUE(running->client.AwaitUps(i));
    if (i % 2 == 0) raw->Reset();
    raw->Close();
    ASSERT_TRUE(running->client.AwaitDowns(i));
  }
  EXPECT_EQ(running->speaker->status()[0].sessions, 3U);
}

TEST(SessionTest, ARefusedConnectionIsSaidOnceAndTriedAgain) {
  auto listener = *BgpListener::Listen();
  const uint16_t port = listener->port();
  listener.reset();
  const auto running = StartSpeaker({ActivePeer(port)});
  const std::string reason =
      absl::StrCat("connection failed: 127.0.0.1:", port, ": Connection refused");
  ASSERT_TRUE(running->client.AwaitLog(reason));
  EXPECT_EQ(running->speaker->status()[0].last_down, reason);
  EXPECT_TRUE(running->client.downs().empty());
  running->speaker->Stop();
  EXPECT_EQ(running->client.lines().size(), 1U) << testing::PrintToString(running->client.lines());
}

// RFC 4724: what the client is told to keep.
TEST(SessionTest, DownSaysWhatIsRetained) {
  const auto running = StartListening({PassivePeer()});
  wire::bgp::Open open = RemoteOpen();
  auto& restart = open.capabilities.graceful_restart.emplace();
  restart.time = std::chrono::seconds(120);
  restart.entries = {{.family = kBgpLs}};
  BgpPeer raw = ConnectUp(*running, {}, open);
  ASSERT_TRUE(running->client.AwaitUps(1));
  raw.Close();
  ASSERT_TRUE(running->client.AwaitDowns(1));
  EXPECT_EQ(running->client.downs()[0].retain, std::vector<wire::bgp::Family>{kBgpLs});
  EXPECT_EQ(running->client.downs()[0].retain_for, std::chrono::seconds(120));
}

// RFC 7606 s2: the session stays, the other family goes on.
TEST(SessionTest, FamilyWithBrokenRoutesIsDisabled) {
  const auto running = StartListening({PassivePeer()});
  BgpPeer raw = ConnectUp(*running);
  wire::bgp::Update broken = SomeUpdate(8);
  std::string octets = *Encode(broken, raw.context());
  const size_t next_hop_length = octets.find(std::string("\x40\x04\x47\x04", 4)) + 3;
  octets[next_hop_length] = '\xff';  // Beyond the attribute.
  ASSERT_OK(raw.Send(octets));
  EXPECT_TRUE(running->client.AwaitDisabled(1));
  ASSERT_OK(raw.Send(wire::bgp::MakeEndOfRib(kIpv4SrPolicy)));
  EXPECT_TRUE(running->client.AwaitUpdates(2));
  EXPECT_TRUE(running->speaker->status()[0].up());
  EXPECT_EQ(running->speaker->status()[0].flawed_updates, 1U);
}

TEST(SessionTest, WrongAsIsRefusedWithItsNotification) {
  PeerConfig peer = PassivePeer();
  peer.session.peer_as = 65001;
  const auto running = StartListening({peer});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Send(RemoteOpen()));
  const auto notification = raw->AwaitNotification();
  ASSERT_OK(notification.status());
  EXPECT_EQ(Describe(*notification), "OPEN Message Error/Bad Peer AS");
  EXPECT_TRUE(running->client.AwaitLog("AS"));
  EXPECT_TRUE(running->client.ups().empty());
}

}  // namespace
}  // namespace srpce::speaker::bgp
