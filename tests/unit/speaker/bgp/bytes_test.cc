// Messages however they are cut, and what is none.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using testing::HasSubstr;
using wire::bgp::Keepalive;
using wire::bgp::Notification;

TEST(BytesTest, ComeOneAtATime) {
  const auto running = StartListening({PassivePeer()});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Send(*Encode(wire::bgp::Message(RemoteOpen()), {}), 1));
  ASSERT_OK(raw->Await<wire::bgp::Open>().status());
  ASSERT_OK(raw->Send(*Encode(wire::bgp::Message(Keepalive()), {}), 1));
  ASSERT_OK(raw->Await<Keepalive>().status());
  ASSERT_OK(raw->Send(*Encode(SomeUpdate(100), raw->context()), 1));
  ASSERT_TRUE(running->client.AwaitUpdates(1));
  EXPECT_EQ(running->client.updates()[0].mp_reach, SomeUpdate(100).mp_reach);
}

TEST(BytesTest, ManyMessagesComeInOneSegment) {
  const auto running = StartListening({PassivePeer()});
  BgpPeer raw = ConnectUp(*running);
  std::string octets;
  for (size_t i = 0; i < 1000; ++i) octets += *Encode(SomeUpdate(1 + i % 50), raw.context());
  ASSERT_OK(raw.Send(octets));
  ASSERT_TRUE(running->client.AwaitUpdates(1000));
  const auto updates = running->client.updates();
  for (size_t i = 0; i < 1000; ++i) ASSERT_EQ(updates[i].mp_reach->nlri.size(), 1 + i % 50);
  EXPECT_EQ(running->speaker->status()[0].received.of(wire::bgp::MessageType::kUpdate), 1000U);
}

// The OPEN, what confirms it and the first route, before the other side has said a word.
TEST(BytesTest, AllOfASessionComesAtOnce) {
  const auto running = StartListening({PassivePeer()});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Send(*Encode(wire::bgp::Message(RemoteOpen()), {}) + Encode(Keepalive()) +
                      *Encode(SomeUpdate(7), {})));
  EXPECT_TRUE(running->client.AwaitUpdates(1));
}

// RFC 8654.
TEST(BytesTest, MessagesOf64KibArriveWhereBothHaveThem) {
  const auto running = StartListening({PassivePeer()});
  BgpPeer raw = ConnectUp(*running);
  constexpr size_t kNlri = 65000;
  for (int i = 0; i < 3; ++i) ASSERT_OK(raw.Send(SomeUpdate(kNlri)));
  ASSERT_TRUE(running->client.AwaitUpdates(3));
  EXPECT_EQ(running->client.updates()[2].mp_reach->nlri.size(), kNlri);
}

TEST(BytesTest, MessagesOf64KibEndTheSessionWhereOneHasThemNot) {
  PeerConfig peer = PassivePeer();
  peer.session.extended_messages = false;
  const auto running = StartListening({peer});
  BgpPeer raw = ConnectUp(*running);
  raw.context().max_length = wire::bgp::kMaxExtendedLength;
  ASSERT_OK(raw.Send(SomeUpdate(5000)));
  const auto notification = raw.AwaitNotification();
  ASSERT_OK(notification.status());
  EXPECT_THAT(Describe(*notification), HasSubstr("Bad Message Length"));
  EXPECT_TRUE(running->client.AwaitDowns(1));
  EXPECT_EQ(running->speaker->status()[0].bad_messages, 1U);
}

// The answer arrives although more comes than is read.
TEST(BytesTest, GarbageInsteadOfAnOpenIsAnswered) {
  const auto running = StartListening({PassivePeer()});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Send("GET / HTTP/1.1\r\nHost: " + std::string(200'000, 'x') + "\r\n\r\n"));
  ASSERT_OK(raw->Await<wire::bgp::Open>().status());
  const auto notification = raw->AwaitNotification();
  ASSERT_OK(notification.status());
  EXPECT_THAT(Describe(*notification), HasSubstr("Connection Not Synchronized"));
  EXPECT_OK(raw->AwaitClose().status());
  EXPECT_TRUE(running->client.ups().empty());
}

// Who says all it has and closes its half can still read why it was refused.
TEST(BytesTest, GarbageAndHalfACloseIsAnswered) {
  const auto running = StartListening({PassivePeer()});
  auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
  ASSERT_OK(raw.status());
  ASSERT_OK(raw->Await<wire::bgp::Open>().status());
  ASSERT_OK(raw->Send(std::string(64, 'x')));
  shutdown(raw->socket(), SHUT_WR);
  EXPECT_OK(raw->AwaitNotification().status());
}

TEST(BytesTest, HalfAMessageAndACloseIsAConnectionLost) {
  const auto running = StartListening({PassivePeer()});
  for (size_t i = 1; i <= 2; ++i) {
    BgpPeer raw = ConnectUp(*running);
    ASSERT_TRUE(running->client.AwaitUps(i));
    const std::string update = *Encode(SomeUpdate(100), raw.context());
    ASSERT_OK(raw.Send(update + update.substr(0, update.size() / 2)));
    ASSERT_TRUE(running->client.AwaitUpdates(i));
    raw.Close();
    ASSERT_TRUE(running->client.AwaitDowns(i));
    ASSERT_TRUE(running->client.AwaitLog("connection failed"));
  }
  EXPECT_EQ(running->client.updates().size(), 2U);
}

}  // namespace
}  // namespace srpce::speaker::bgp
