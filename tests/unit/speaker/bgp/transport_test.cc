// TCP MD5 signatures, GTSM, and who may connect.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "absl/strings/match.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// RFC 2385.
class Md5Test : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Running> Listening(const std::string& key) {
    PeerConfig peer = PassivePeer();
    peer.address = peer_;
    peer.md5_key = key;
    return StartSpeaker({peer}, {{.address = here_, .port = 0}});
  }
  std::unique_ptr<Running> Connecting(uint16_t port, const std::string& key) {
    PeerConfig peer = ActivePeer(port);
    peer.address = here_;
    peer.local_address = peer_;
    peer.session.identifier = 0x0a000002;
    peer.md5_key = key;
    return StartSpeaker({peer});
  }
  const IpAddress here_ = Ip(GetParam());
  const IpAddress peer_ = here_.is_v4() ? Ip("127.0.0.2") : here_;
};

TEST_P(Md5Test, SameKeyComesUp) {
  const auto listening = Listening("a key of 17 chars");
  const auto connecting = Connecting(listening->port(), "a key of 17 chars");
  EXPECT_TRUE(listening->client.AwaitUps(1));
  EXPECT_TRUE(connecting->client.AwaitUps(1));
}

TEST_P(Md5Test, OtherKeyIsNoAnswerAndTheKeyIsNeverSaid) {
  const auto listening = Listening("their secret");
  const auto connecting = Connecting(listening->port(), "our secret");
  ASSERT_TRUE(connecting->client.AwaitLog("is the MD5 key the same there?"));
  const PeerStatus status = connecting->speaker->status()[0];
  EXPECT_THAT(status.last_down, HasSubstr("no answer from"));
  EXPECT_EQ(status.sessions, 0U);
  EXPECT_THAT(testing::PrintToString(connecting->client.lines()), Not(HasSubstr("secret")));
}

TEST_P(Md5Test, NoKeyIsNoAnswer) {
  const auto listening = Listening("their secret");
  const auto connecting = Connecting(listening->port(), "");
  ASSERT_TRUE(connecting->client.AwaitLog("no answer from"));
  EXPECT_EQ(connecting->speaker->status()[0].sessions, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Md5Test, testing::Values("127.0.0.1", "::1"),
                         [](const auto& info) { return info.index == 0 ? "Ipv4" : "Ipv6"; });

// Peers with and without a key share a listener.
TEST(MixedPeersTest, EachHasItsOwnKeyOrNone) {
  PeerConfig with = PassivePeer(), without = PassivePeer();
  with.address = Ip("127.0.0.2");
  with.md5_key = "secret";
  without.address = Ip("127.0.0.3");
  const auto running = StartListening({with, without});
  const BgpPeer a = ConnectUp(*running, {.address = with.address, .md5_key = "secret"});
  const BgpPeer b = ConnectUp(*running, {.address = without.address});
  EXPECT_TRUE(running->client.AwaitUps(1, 0));
  EXPECT_TRUE(running->client.AwaitUps(1, 1));
}

// RFC 5082. Over loopback packets arrive with the TTL they were sent with.
class GtsmTest : public testing::TestWithParam<const char*> {};

TEST_P(GtsmTest, SpeakersWithItComeUp) {
  const IpAddress here = Ip(GetParam());
  PeerConfig passive = PassivePeer();
  passive.address = here;
  passive.ttl_security_hops = 1;
  const auto listening = StartSpeaker({passive}, {{.address = here, .port = 0}});
  PeerConfig active = ActivePeer(listening->port());
  active.address = here;
  active.session.identifier = 0x0a000002;
  active.ttl_security_hops = 1;
  const auto connecting = StartSpeaker({active});
  EXPECT_TRUE(listening->client.AwaitUps(1));
  EXPECT_TRUE(connecting->client.AwaitUps(1));
}
INSTANTIATE_TEST_SUITE_P(All, GtsmTest, testing::Values("127.0.0.1", "::1"),
                         [](const auto& info) { return info.index == 0 ? "Ipv4" : "Ipv6"; });

TEST(GtsmHopsTest, PeerWithinTheHopsComesUp) {
  PeerConfig peer = PassivePeer();
  peer.ttl_security_hops = 3;
  const auto running = StartListening({peer});
  const BgpPeer raw = ConnectUp(*running, {.ttl = 253});
  EXPECT_TRUE(running->client.AwaitUps(1));
}

uint32_t Retransmissions(const BgpPeer& peer) {
  tcp_info info{};
  socklen_t length = sizeof(info);
  getsockopt(peer.socket(), IPPROTO_TCP, TCP_INFO, &info, &length);
  return info.tcpi_total_retrans;
}

void SetTtl(const BgpPeer& peer, int ttl) {
  ASSERT_EQ(setsockopt(peer.socket(), IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)), 0);
}

// A listener that has other peers too: the connection is made, but nothing on it arrives.
TEST(GtsmHopsTest, WhatComesFromTooFarIsDropped) {
  PeerConfig near = PassivePeer(), any = PassivePeer();
  near.ttl_security_hops = 3;
  any.address = Ip("127.0.0.3");
  const auto running = StartListening({near, any});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port(), {.ttl = 252});
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Await<wire::bgp::Open>().status());
  SetTtl(*raw, 252);
  ASSERT_OK(raw->Send(RemoteOpen()));
  // TCP sends it again and again: dropped, not late. The one answer there could be is the wait's.
  while (Retransmissions(*raw) < 2) {
    ASSERT_EQ(raw->Receive(milliseconds(50)).status().code(), absl::StatusCode::kDeadlineExceeded);
  }
  EXPECT_EQ(running->speaker->status()[0].received.total(), 0U);
  SetTtl(*raw, 253);
  EXPECT_OK(raw->Await<wire::bgp::Keepalive>().status());
}

// A listener all of whose peers are near.
TEST(GtsmHopsTest, ConnectionFromTooFarIsNotEvenMade) {
  PeerConfig near = PassivePeer();
  near.ttl_security_hops = 3;
  const auto running = StartListening({near});
  const auto raw =
      BgpPeer::Connect(Ip("127.0.0.1"), running->port(), {.ttl = 252}, milliseconds(300));
  EXPECT_EQ(raw.status().code(), absl::StatusCode::kDeadlineExceeded);
  const BgpPeer other = ConnectUp(*running, {.ttl = 253});
  EXPECT_TRUE(running->client.AwaitUps(1));
}

TEST(AcceptTest, StrangersAreClosedAtOnceAndCountedAndSaidOnce) {
  const auto running = StartListening({PassivePeer()});
  for (int i = 0; i < 50; ++i) {
    auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port(), {.address = Ip("127.0.0.9")});
    if (!raw.ok()) continue;  // Reset before the answer was seen.
    EXPECT_TRUE(*raw->AwaitClose());
  }
  const BgpPeer raw = ConnectUp(*running);
  EXPECT_EQ(running->speaker->unknown_connections(), 50U);
  size_t lines = 0;
  for (const std::string& line : running->client.lines()) {
    if (absl::StrContains(line, "127.0.0.9")) ++lines;
  }
  EXPECT_EQ(lines, 1U);
}

TEST(AcceptTest, PeerMustComeToTheAddressItIsConfiguredFor) {
  PeerConfig peer = PassivePeer();
  peer.local_address = Ip("127.0.0.4");
  const auto running = StartSpeaker({peer}, {{.address = Ip("0.0.0.0"), .port = 0}});
  auto wrong = BgpPeer::Connect(Ip("127.0.0.5"), running->port());
  if (wrong.ok()) {
    EXPECT_TRUE(*wrong->AwaitClose());
  }
  auto right = BgpPeer::Connect(Ip("127.0.0.4"), running->port());
  ASSERT_OK(right.status());
  EXPECT_OK(right->Handshake(RemoteOpen()).status());
}

// Both families on one port: the IPv6 listener leaves IPv4 to the other.
TEST(AcceptTest, Ipv6ListenerTakesIpv6Only) {
  auto free_port = *BgpListener::Listen({.address = Ip("0.0.0.0")});
  const uint16_t port = free_port->port();
  free_port.reset();
  PeerConfig v4 = PassivePeer(), v6 = PassivePeer();
  v6.address = Ip("::1");
  const auto running = StartSpeaker(
      {v4, v6}, {{.address = Ip("::"), .port = port}, {.address = Ip("0.0.0.0"), .port = port}});
  auto a = BgpPeer::Connect(Ip("127.0.0.1"), port);
  auto b = BgpPeer::Connect(Ip("::1"), port, {.address = Ip("::1")});
  ASSERT_OK(a.status());
  ASSERT_OK(b.status());
  EXPECT_OK(a->Handshake(RemoteOpen()).status());
  EXPECT_OK(b->Handshake(RemoteOpen()).status());
}

}  // namespace
}  // namespace srpce::speaker::bgp
