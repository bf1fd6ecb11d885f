// Two connections with one peer (RFC 4271 s6.8): LocalSession() is 10.0.0.1, the peer has another
// identifier, and opens and takes a connection.
#include <gmock/gmock.h>

#include "lib/session/bgp/negotiate.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using wire::bgp::Keepalive;
using wire::bgp::Open;

constexpr uint32_t kHigher = 0x0a000002;
constexpr uint32_t kLower = 0x09000002;

Open OpenOf(uint32_t identifier) {
  Open open = RemoteOpen();
  open.identifier = identifier;
  return open;
}

// The rest of a handshake on a connection where the OPENs are exchanged.
void Confirm(BgpPeer& peer) {
  EXPECT_OK(peer.Await<Keepalive>().status());
  EXPECT_OK(peer.Send(Keepalive()));
}

void ExpectCollision(BgpPeer& peer) {
  const auto next = peer.Receive();
  ASSERT_OK(next.status());
  const auto* notification = std::get_if<wire::bgp::Notification>(&*next);
  ASSERT_NE(notification, nullptr) << Name(TypeOf(*next));
  EXPECT_EQ(Describe(*notification), "Cease/Connection Collision Resolution");
  EXPECT_OK(peer.AwaitClose().status());
}

class CollisionTest : public testing::Test {
 protected:
  // Both connections there are, the speaker's OPEN read from both.
  void SetUp() override {
    listener_ = *BgpListener::Listen();
    running_ = StartListening({ActivePeer(listener_->port())});
    auto ours = listener_->Accept();
    ASSERT_OK(ours.status());
    taken_ = *std::move(ours);
    ASSERT_OK(taken_.Await<Open>().status());
    auto theirs = BgpPeer::Connect(Ip("127.0.0.1"), running_->port());
    ASSERT_OK(theirs.status());
    opened_ = *std::move(theirs);
    ASSERT_OK(opened_.Await<Open>().status());
  }
  // Only one session there was, and it is up, on the connection of `peer`.
  void ExpectUp(BgpPeer& peer) {
    ASSERT_TRUE(running_->client.AwaitUps(1));
    ASSERT_OK(peer.Send(SomeUpdate(9)));
    ASSERT_TRUE(running_->client.AwaitUpdates(1));
    running_->speaker->RequestRefresh(0, kBgpLs);
    EXPECT_OK(peer.Await<wire::bgp::RouteRefresh>().status());
    EXPECT_EQ(running_->speaker->status()[0].sessions, 1U);
    EXPECT_TRUE(running_->client.downs().empty());
  }

  std::unique_ptr<BgpListener> listener_;
  std::unique_ptr<Running> running_;
  BgpPeer taken_{-1};   // The speaker opened it,
  BgpPeer opened_{-1};  // the peer did.
};

TEST_F(CollisionTest, PeerWithTheHigherIdentifierKeepsWhatItOpened) {
  ASSERT_OK(taken_.Send(OpenOf(kHigher)));
  ASSERT_OK(taken_.Await<Keepalive>().status());  // OpenConfirm.
  ASSERT_OK(opened_.Send(OpenOf(kHigher)));
  ExpectCollision(taken_);
  Confirm(opened_);
  ExpectUp(opened_);
}

TEST_F(CollisionTest, SpeakerWithTheHigherIdentifierKeepsWhatItOpened) {
  ASSERT_OK(opened_.Send(OpenOf(kLower)));
  ASSERT_OK(opened_.Await<Keepalive>().status());
  ASSERT_OK(taken_.Send(OpenOf(kLower)));
  ExpectCollision(opened_);
  Confirm(taken_);
  ExpectUp(taken_);
}

TEST_F(CollisionTest, TheNewConnectionIsTheOneToClose) {
  ASSERT_OK(taken_.Send(OpenOf(kLower)));
  ASSERT_OK(taken_.Await<Keepalive>().status());
  ASSERT_OK(opened_.Send(OpenOf(kLower)));
  ExpectCollision(opened_);
  ASSERT_OK(taken_.Send(Keepalive()));
  ExpectUp(taken_);
}

// By the identifiers this connection is to go: it is not confirmed while the OPEN on the other may
// still come, lest one side close what the other keeps.
TEST_F(CollisionTest, TheOneToCloseIsNotConfirmedFirst) {
  ASSERT_OK(opened_.Send(*Encode(wire::bgp::Message(OpenOf(kLower)), {}) + Encode(Keepalive())));
  ASSERT_OK(taken_.Send(OpenOf(kLower)));
  ExpectCollision(opened_);  // Fails at a KEEPALIVE.
  Confirm(taken_);
  ExpectUp(taken_);
}

// A connection on which the peer never says a word does not keep the other from coming up.
TEST_F(CollisionTest, SilentConnectionDoesNotHinder) {
  ASSERT_OK(opened_.Send(OpenOf(kLower)));
  Confirm(opened_);
  ExpectUp(opened_);
  // And what comes on it later loses against a session that is up.
  ASSERT_OK(taken_.Send(OpenOf(kHigher)));
  ExpectCollision(taken_);
  EXPECT_TRUE(running_->speaker->status()[0].up());
}

TEST_F(CollisionTest, OneBreaksAndTheOtherGoesOn) {
  taken_.Reset();
  ASSERT_OK(opened_.Send(OpenOf(kHigher)));
  Confirm(opened_);
  ExpectUp(opened_);
}

// The peer has lost the connection whose OPEN waits, and opens another.
TEST_F(CollisionTest, NewestConnectionOfThePeerCounts) {
  ASSERT_OK(opened_.Send(OpenOf(kLower)));
  auto newest = BgpPeer::Connect(Ip("127.0.0.1"), running_->port());
  ASSERT_OK(newest.status());
  ExpectCollision(opened_);
  ASSERT_OK(newest->Await<Open>().status());
  ASSERT_OK(newest->Send(OpenOf(kHigher)));
  Confirm(*newest);
  ExpectUp(*newest);
}

// The connection that stays may be the second; when it ends, the peer is connected to again.
TEST_F(CollisionTest, AfterwardsTheSpeakerConnectsAgain) {
  ASSERT_OK(opened_.Send(OpenOf(kHigher)));
  Confirm(opened_);
  ASSERT_TRUE(running_->client.AwaitUps(1));
  taken_.Close();
  opened_.Close();
  ASSERT_TRUE(running_->client.AwaitDowns(1));
  auto again = listener_->Accept();
  ASSERT_OK(again.status());
  EXPECT_OK(again->Handshake(RemoteOpen()).status());
  EXPECT_TRUE(running_->client.AwaitUps(2));
}

// Established, and a new connection.
class SecondConnectionTest : public testing::Test {
 protected:
  void Start(const Open& open) {
    PeerConfig peer = PassivePeer();
    peer.session.peer_as = open.as_number;
    running_ = StartListening({peer});
    first_ = ConnectUp(*running_, {}, open);
    ASSERT_TRUE(running_->client.AwaitUps(1));
    auto second = BgpPeer::Connect(Ip("127.0.0.1"), running_->port());
    ASSERT_OK(second.status());
    second_ = *std::move(second);
    ASSERT_OK(second_.Await<Open>().status());
  }
  std::unique_ptr<Running> running_;
  BgpPeer first_{-1};
  BgpPeer second_{-1};
};

TEST_F(SecondConnectionTest, LosesAgainstAnEstablishedSession) {
  Start(RemoteOpen());
  ASSERT_OK(second_.Send(RemoteOpen()));
  ExpectCollision(second_);
  ASSERT_OK(first_.Send(SomeUpdate(1)));
  EXPECT_TRUE(running_->client.AwaitUpdates(1));
}

Open RestartingOpen() {
  Open open = RemoteOpen();
  auto& restart = open.capabilities.graceful_restart.emplace();
  restart.time = std::chrono::seconds(120);
  restart.entries = {{.family = kBgpLs}};
  return open;
}

// RFC 4724 s5: the peer restarted faster than its connection broke.
TEST_F(SecondConnectionTest, OfAPeerThatRestartsGracefullyWinsWithoutANotification) {
  Start(RestartingOpen());
  ASSERT_OK(second_.Send(RestartingOpen()));
  Confirm(second_);
  ASSERT_TRUE(running_->client.AwaitUps(2));
  ASSERT_EQ(running_->client.downs().size(), 1U);
  EXPECT_FALSE(running_->client.downs()[0].retain.empty());
  EXPECT_OK(first_.AwaitClose().status());
  ASSERT_OK(second_.Send(SomeUpdate(1)));
  EXPECT_TRUE(running_->client.AwaitUpdates(1));
}

// What is not the peer at all costs it nothing, though it says that it restarts.
TEST_F(SecondConnectionTest, WithAWrongAsIsRefusedAndTheSessionStays) {
  Start(RestartingOpen());
  Open wrong = RestartingOpen();
  wrong.as_number = 65001;
  wrong.capabilities.four_octet_as = 65001;
  ASSERT_OK(second_.Send(wrong));
  const auto notification = second_.AwaitNotification();
  ASSERT_OK(notification.status());
  EXPECT_EQ(Describe(*notification), "OPEN Message Error/Bad Peer AS");
  ASSERT_OK(first_.Send(SomeUpdate(1)));
  EXPECT_TRUE(running_->client.AwaitUpdates(1));
  EXPECT_TRUE(running_->client.downs().empty());
}

// Half-open connections take no more than their share.
TEST_F(SecondConnectionTest, ManyThatSayNothingAreClosed) {
  Start(RemoteOpen());
  std::vector<BgpPeer> silent;
  for (int i = 0; i < 40; ++i) {
    auto peer = BgpPeer::Connect(Ip("127.0.0.1"), running_->port());
    if (peer.ok()) silent.push_back(*std::move(peer));  // Or reset before the answer was seen.
  }
  ASSERT_OK(first_.Send(SomeUpdate(1)));
  EXPECT_TRUE(running_->client.AwaitUpdates(1));
  running_->speaker->Stop();
  size_t taken = 0;
  for (BgpPeer& peer : silent) {
    if (peer.Await<Open>().ok()) ++taken;
    EXPECT_OK(peer.AwaitClose().status());
  }
  EXPECT_LT(taken, 10U);
}

// Whatever the two do at the same time: one session in the end, and both agree which.
TEST(BothActiveTest, SpeakersAgreeOnOneConnection) {
  // Ports must be known before either starts.
  const IpAddress a = Ip("127.0.0.1"), b = Ip("127.0.0.2");
  for (int round = 0; round < 10; ++round) {
    const uint16_t port_a = (*BgpListener::Listen({.address = a}))->port();
    const uint16_t port_b = (*BgpListener::Listen({.address = b}))->port();
    PeerConfig of_a = ActivePeer(port_b), of_b = ActivePeer(port_a);
    of_a.address = b;
    of_a.local_address = a;
    of_b.address = a;
    of_b.local_address = b;
    of_b.session.identifier = round % 2 == 0 ? kHigher : kLower;
    const auto one = StartSpeaker({of_a}, {{.address = a, .port = port_a}});
    const auto other = StartSpeaker({of_b}, {{.address = b, .port = port_b}});
    ASSERT_TRUE(one->client.AwaitUps(1));
    ASSERT_TRUE(other->client.AwaitUps(1));
    one->speaker->RequestRefresh(0, kBgpLs);
    other->speaker->RequestRefresh(0, kBgpLs);
    EXPECT_TRUE(one->client.AwaitRefreshes(1));
    EXPECT_TRUE(other->client.AwaitRefreshes(1));
    EXPECT_TRUE(one->client.downs().empty());
    EXPECT_TRUE(other->client.downs().empty());
  }
}

}  // namespace
}  // namespace srpce::speaker::bgp
