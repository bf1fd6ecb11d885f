// What is left when a speaker stops: nothing.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <thread>

#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using std::chrono::milliseconds;

size_t CountIn(const std::string& folder) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

// Threads and file descriptors of this process.
std::pair<size_t, size_t> Resources() {
  return {CountIn("/proc/self/task"), CountIn("/proc/self/fd")};
}

TEST(StopTest, EstablishedPeersAreToldAndHeardOff) {
  const auto before = Resources();
  {
    const auto running = StartListening({PassivePeer()});
    BgpPeer raw = ConnectUp(*running);
    ASSERT_TRUE(running->client.AwaitUps(1));
    std::thread stopper([&] { running->speaker->Stop(); });
    const auto notification = raw.AwaitNotification();
    ASSERT_OK(notification.status());
    // RFC 8538 s3.1: both restart gracefully over a NOTIFICATION, but this one is for good.
    EXPECT_EQ(Describe(*notification), "Cease/Hard Reset (Cease/Administrative Shutdown)");
    EXPECT_FALSE(*raw.AwaitClose());
    raw.Close();
    stopper.join();
    EXPECT_EQ(running->client.downs().size(), 1U);
    EXPECT_FALSE(running->speaker->status()[0].up());
    running->speaker->Stop();  // Again.
    running->speaker->RequestRefresh(0, kBgpLs);
    EXPECT_FALSE(BgpPeer::Connect(Ip("127.0.0.1"), running->port()).ok());
  }
  EXPECT_EQ(Resources(), before);
}

// The peer neither reads nor closes: it costs the grace, no more.
TEST(StopTest, StalledPeerDoesNotHoldItUp) {
  const auto before = Resources();
  {
    const auto running = StartListening({PassivePeer()});
    const BgpPeer raw = ConnectUp(*running, {.receive_buffer = 4096});
    ASSERT_TRUE(running->client.AwaitUps(1));
    for (int i = 0; i < 4000; ++i) running->speaker->RequestRefresh(0, kBgpLs);
    const auto start = std::chrono::steady_clock::now();
    running->speaker->Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  }
  EXPECT_EQ(Resources(), before);
}

// The attempt goes to a socket that answers only what is signed.
TEST(StopTest, WhileConnecting) {
  const auto before = Resources();
  {
    const auto listener = *BgpListener::Listen({.md5_key = "secret"});
    PeerConfig peer = ActivePeer(listener->port());
    peer.session.connect_retry = std::chrono::seconds(60);
    const auto running = StartSpeaker({peer});
    const auto start = std::chrono::steady_clock::now();
    running->speaker->Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
    EXPECT_EQ(running->speaker->status()[0].state, session::bgp::State::kIdle);
  }
  EXPECT_EQ(Resources(), before);
}

TEST(StopTest, WhileAPeerHasNotSaidAWord) {
  const auto before = Resources();
  {
    const auto running = StartListening({PassivePeer()});
    auto raw = BgpPeer::Connect(Ip("127.0.0.1"), running->port());
    ASSERT_OK(raw.status());
    ASSERT_OK(raw->Await<wire::bgp::Open>().status());
    running->speaker.reset();
    EXPECT_OK(raw->AwaitNotification().status());
  }
  EXPECT_EQ(Resources(), before);
}

// The peer connects while the speaker's own attempt hangs: the session comes up all the same.
TEST(StopTest, PeerThatConnectsWhileItIsConnectedTo) {
  const auto before = Resources();
  {
    const auto listener = *BgpListener::Listen({.md5_key = "secret"});
    PeerConfig peer = ActivePeer(listener->port());
    peer.session.connect_retry = std::chrono::seconds(60);
    const auto running = StartListening({peer});
    BgpPeer raw = ConnectUp(*running);
    ASSERT_TRUE(running->client.AwaitUps(1));
    EXPECT_TRUE(running->speaker->status()[0].up());
    ASSERT_OK(raw.Send(SomeUpdate(1)));
    EXPECT_TRUE(running->client.AwaitUpdates(1));
  }
  EXPECT_EQ(Resources(), before);
}

TEST(StopTest, NothingToServe) {
  const auto before = Resources();
  StartSpeaker({})->speaker->Stop();
  EXPECT_EQ(Resources(), before);
}

}  // namespace
}  // namespace srpce::speaker::bgp
