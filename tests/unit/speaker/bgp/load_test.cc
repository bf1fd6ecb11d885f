// Peers that do not read, that never stop writing, and a client that takes its time.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using wire::bgp::Keepalive;

// RFC 9687: it still lives, but takes nothing.
TEST(StallTest, SendHoldTimerEndsTheSession) {
  PeerConfig peer = PassivePeer();
  peer.send_hold = milliseconds(400);
  const auto running = StartListening({peer});
  const BgpPeer raw = ConnectUp(*running, {.receive_buffer = 4096});
  ASSERT_TRUE(running->client.AwaitUps(1));
  for (int i = 0; i < 4000; ++i) running->speaker->RequestRefresh(0, kBgpLs);
  ASSERT_TRUE(running->client.AwaitDowns(1));
  const session::bgp::Down down = running->client.downs()[0];
  EXPECT_THAT(down.reason, HasSubstr("send hold timer expired"));
  ASSERT_TRUE(down.sent.has_value());
  EXPECT_EQ(Describe(*down.sent), "Send Hold Timer Expired");
}

TEST(StallTest, PeerThatReadsIsNotHeldForStalled) {
  PeerConfig peer = PassivePeer();
  peer.send_hold = milliseconds(200);
  const auto running = StartListening({peer});
  BgpPeer raw = ConnectUp(*running, {.receive_buffer = 4096});
  constexpr int kRefreshes = 20'000;
  std::thread sender([&] {
    for (int i = 0; i < kRefreshes; ++i) running->speaker->RequestRefresh(0, kBgpLs);
  });
  for (int i = 0; i < kRefreshes; ++i) {
    ASSERT_OK(raw.Await<wire::bgp::RouteRefresh>().status()) << i;
  }
  sender.join();
  EXPECT_TRUE(running->client.downs().empty());
}

// What waits for it does not grow without bound either.
TEST(StallTest, FullQueueEndsTheSession) {
  const auto running = StartListening({PassivePeer()});
  const BgpPeer raw = ConnectUp(*running, {.receive_buffer = 4096});
  ASSERT_TRUE(running->client.AwaitUps(1));
  // The kernel takes some MiB, the queue one.
  for (int i = 0; i < 500'000; ++i) running->speaker->RequestRefresh(0, kBgpLs);
  ASSERT_TRUE(running->client.AwaitDowns(1));
  EXPECT_THAT(running->client.downs()[0].reason, HasSubstr("Out of Resources"));
}

// One peer floods as fast as it can: the other's keepalives go out, its routes are taken.
TEST(FloodTest, OtherPeersAreServed) {
  PeerConfig quiet = PassivePeer(), flooding = PassivePeer();
  quiet.address = Ip("127.0.0.2");
  quiet.session.hold_time = std::chrono::seconds(3);
  flooding.address = Ip("127.0.0.3");
  const auto running = StartListening({quiet, flooding});
  BgpPeer calm = ConnectUp(*running, {.address = quiet.address});
  wire::bgp::Open open = RemoteOpen();
  open.identifier = 0x0a000003;
  BgpPeer flood = ConnectUp(*running, {.address = flooding.address}, open);
  std::string much;
  for (int i = 0; i < 1000; ++i) much += *Encode(wire::bgp::MakeEndOfRib(kBgpLs), flood.context());
  std::atomic<bool> over{false};
  std::atomic<uint64_t> octets{0};
  std::thread flooder([&] {
    while (!over && flood.Send(much).ok()) octets += much.size();
  });
  const uint64_t before = octets;
  for (size_t i = 1; i <= 3; ++i) {
    EXPECT_OK(calm.Await<Keepalive>().status());
    EXPECT_OK(calm.Send(Keepalive()));
    EXPECT_OK(calm.Send(SomeUpdate(i)));
    EXPECT_TRUE(running->client.AwaitUpdates(i, 0));
  }
  EXPECT_GT(octets - before, much.size());
  over = true;
  flooder.join();
  EXPECT_TRUE(running->client.downs(0).empty());
}

// A speaker that was kept from reading does not take its peer for dead: what the peer said in time
// is still in the socket.
TEST(LateTest, HoldTimerSeesWhatIsNotReadYet) {
  PeerConfig peer = PassivePeer();
  peer.session.hold_time = std::chrono::seconds(3);
  const auto running = StartListening({peer});
  std::promise<void> begun;
  std::promise<void> go_on;
  running->client.on_update = [&, first = true](size_t) mutable {
    if (!std::exchange(first, false)) return;
    begun.set_value();
    go_on.get_future().wait();
  };
  BgpPeer raw = ConnectUp(*running);
  ASSERT_OK(raw.Send(SomeUpdate(1)));
  begun.get_future().wait();
  ASSERT_OK(raw.Send(Keepalive()));
  // Longer than the hold time, in which the other side hears nothing.
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < milliseconds(3500)) {
    (void)raw.Receive(milliseconds(3500));
  }
  go_on.set_value();
  ASSERT_OK(raw.Send(SomeUpdate(2)));
  EXPECT_TRUE(running->client.AwaitUpdates(2));
  EXPECT_TRUE(running->client.downs().empty());
}

}  // namespace
}  // namespace srpce::speaker::bgp
