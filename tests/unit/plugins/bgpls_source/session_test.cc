// The whole source, from TCP to the TED: a peer that a test plays, over loopback.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/capability.h"
#include "plugins/topology_source/bgpls/bgpls_source.h"
#include "tests/support/bgp_peer.h"
#include "tests/support/bgpls_network.h"
#include "tests/support/builder_sink.h"

namespace srpce::bgpls_source {
namespace {

using support::BgplsNetwork;
using support::BgpPeer;
using support::BuilderSink;
using topology::Ted;
using topology::TedPtr;

constexpr uint32_t kAs = 65000;

// A source that waits for its peers on loopback, and the thread of its host.
class RunningSource {
 public:
  explicit RunningSource(plugin::Settings more = {}) {
    more.insert({{"local_as", absl::StrCat(kAs)},
                 {"router_id", "10.255.0.254"},
                 {"listen", "127.0.0.1:0"},
                 {"peer.r1.address", "127.0.0.1"},
                 {"peer.r1.passive", "true"}});
    auto source = BgplsSource::Make(more, clock_);
    EXPECT_TRUE(source.ok()) << source.status();
    source_ = *std::move(source);
    Start();
  }
  ~RunningSource() { StopStream(); }

  // The stream to the daemon breaks; another one opens.
  void StopStream() {
    sink_->Stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  void Start() {
    sink_ = std::make_unique<BuilderSink>();
    thread_ = std::thread([this] { result_ = source_->Run(*sink_); });
  }

  BuilderSink& sink() { return *sink_; }
  uint16_t port() {
    // The first report comes when the source listens.
    while (source_->listening().empty()) {
      std::this_thread::yield();
    }
    return source_->listening()[0].port;
  }
  absl::Status result() const { return result_; }

 private:
  SystemClock clock_;
  std::unique_ptr<BgplsSource> source_;
  std::unique_ptr<BuilderSink> sink_;
  absl::Status result_;
  std::thread thread_;
};

wire::bgp::Open OpenOf(uint8_t number, bool graceful) {
  session::bgp::Config config;
  config.local_as = kAs;
  config.identifier = 0x0aff0000U + number;
  config.families = {wire::bgp::kBgpLs};
  config.graceful_restart = graceful;
  return session::bgp::MakeOpen(config);
}

// A peer whose session is up. After a loss it is refused for a second (IdleHoldTime), and tries
// again as routers do.
BgpPeer Peer(RunningSource& source, uint8_t number = 1, bool graceful = true) {
  while (true) {
    auto peer = BgpPeer::Connect(IpAddress::V4(0x7f000001), source.port());
    if (peer.ok() && peer->Handshake(OpenOf(number, graceful)).ok()) {
      return *std::move(peer);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::string Recording() {
  std::ifstream file(SRPCE_SOURCE_DIR "/tests/replay/bgpls/isis-8-routers.bgp", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

auto Usable(size_t links) {
  return [links](const Ted& ted) { return ted.usable_link_count() == links; };
}

TEST(BgplsSessionTest, RecordedSessionOneOctetAtATime) {
  RunningSource source;
  auto peer = BgpPeer::Connect(IpAddress::V4(0x7f000001), source.port());
  ASSERT_TRUE(peer.ok()) << peer.status();
  // OPEN, KEEPALIVE and all that followed, as it was recorded.
  ASSERT_TRUE(peer->Send(Recording(), /*at_once=*/1).ok());
  const TedPtr ted = source.sink().Await(Usable(22));
  EXPECT_EQ(ted->known_node_count(), 8U);
}

TEST(BgplsSessionTest, RecordedSessionInOneSegment) {
  RunningSource source;
  auto peer = BgpPeer::Connect(IpAddress::V4(0x7f000001), source.port());
  ASSERT_TRUE(peer.ok()) << peer.status();
  ASSERT_TRUE(peer->Send(Recording()).ok());
  EXPECT_EQ(source.sink().Await(Usable(22))->known_node_count(), 8U);
}

TEST(BgplsSessionTest, LinkGoesAndReturns) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source;
  BgpPeer peer = Peer(source);
  ASSERT_TRUE(peer.Send(MakeTable(network).octets).ok());
  TedPtr ted = source.sink().Await(Usable(40));
  EXPECT_EQ(ted->known_node_count(), 10U);
  ASSERT_TRUE(peer.Send(WithdrawLink(network, {.from = 3, .chord = 1})).ok());
  ted = source.sink().Await([](const Ted& now) { return now.link_count() == 38; });
  EXPECT_TRUE(ted->FindParallelLinks(*ted->FindNode("r4"), *ted->FindNode("r6")).empty());
  ASSERT_TRUE(peer.Send(AnnounceLink(network, {.from = 3, .chord = 1}, 77)).ok());
  ted = source.sink().Await(Usable(40));
  const auto links = ted->FindParallelLinks(*ted->FindNode("r4"), *ted->FindNode("r6"));
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(ted->link(links[0]).attributes.delay, Microseconds(77));
}

TEST(BgplsSessionTest, LostPeersNetworkIsStaleAndInUse) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source;
  {
    BgpPeer peer = Peer(source);
    ASSERT_TRUE(peer.Send(MakeTable(network).octets).ok());
    source.sink().Await(Usable(40));
    peer.Reset();
  }
  TedPtr ted = source.sink().Await([](const Ted& now) { return now.stale_link_count() == 40; });
  EXPECT_EQ(ted->usable_link_count(), 40U);
  // It is back, without one of its links.
  BgpPeer peer = Peer(source);
  std::string table = MakeTable(network).octets;
  const std::string end = *wire::bgp::Encode(wire::bgp::MakeEndOfRib(wire::bgp::kBgpLs), {});
  table.insert(table.size() - end.size(), WithdrawLink(network, {.from = 0, .chord = 0}));
  ASSERT_TRUE(peer.Send(table).ok());
  ted = source.sink().Await(
      [](const Ted& now) { return now.stale_link_count() == 0 && now.usable_link_count() == 38; });
  EXPECT_EQ(ted->known_node_count(), 10U);
}

TEST(BgplsSessionTest, LostPeersNetworkIsGoneInTheEnd) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source(plugin::Settings{{"stale_time", "0.2"}});
  BgpPeer peer = Peer(source);
  ASSERT_TRUE(peer.Send(MakeTable(network).octets).ok());
  source.sink().Await(Usable(40));
  peer.Close();
  const TedPtr ted = source.sink().Await([](const Ted& now) { return now.link_count() == 0; });
  EXPECT_EQ(ted->known_node_count(), 0U);
}

TEST(BgplsSessionTest, NewStreamBeginsWithAllThatIsKnown) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source;
  BgpPeer peer = Peer(source);
  ASSERT_TRUE(peer.Send(MakeTable(network).octets).ok());
  source.sink().Await(Usable(40));
  source.StopStream();
  EXPECT_TRUE(absl::IsCancelled(source.result())) << source.result();
  ASSERT_TRUE(peer.Send(WithdrawLink(network, {.from = 0, .chord = 0})).ok());
  source.Start();
  source.sink().Await(Usable(38));
  EXPECT_EQ(source.sink().syncs(), 1U);
}

TEST(BgplsSessionTest, TwoPeersTellDifferentPartsAndTheSame) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source(
      plugin::Settings{{"peer.r2.address", "127.0.0.2"}, {"peer.r2.passive", "true"}});
  BgpPeer first = Peer(source);
  support::BgpPeerOptions options;
  options.address = IpAddress::V4(0x7f000002);
  auto second = BgpPeer::Connect(IpAddress::V4(0x7f000001), source.port(), options);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(second->Handshake(OpenOf(2, true)).ok());
  const std::string table = MakeTable(network).octets;
  ASSERT_TRUE(first.Send(table).ok());
  // The same network, but for a link only this one knows.
  ASSERT_TRUE(second->Send(table + AnnounceLink(network, {.from = 0, .chord = 2}, 9)).ok());
  source.sink().Await(Usable(42));
  // What one withdraws the other still says.
  ASSERT_TRUE(first
                  .Send(WithdrawLink(network, {.from = 0, .chord = 0}) +
                        AnnounceLink(network, {.from = 1, .chord = 0}, 4242))
                  .ok());
  const auto delay = [](const Ted& ted) {
    const auto links = ted.FindParallelLinks(*ted.FindNode("r2"), *ted.FindNode("r3"));
    return links.size() == 1 && ted.link(links[0]).attributes.delay == Microseconds(4242);
  };
  EXPECT_EQ(source.sink().Await(delay)->usable_link_count(), 42U);
  // The first is lost: the second is enough, and nothing is stale.
  first.Reset();
  const TedPtr ted = source.sink().Await([&](const Ted& now) { return !delay(now); });
  EXPECT_EQ(ted->usable_link_count(), 42U);
  EXPECT_EQ(ted->stale_link_count(), 0U);
}

TEST(BgplsSessionTest, NetworkOfNobodyIsNotAnnounced) {
  RunningSource source(plugin::Settings{{"sync_wait", "0.01"}, {"quiet_time", "0.01"}});
  // A peer that never gets as far as to tell something.
  auto peer = BgpPeer::Connect(IpAddress::V4(0x7f000001), source.port());
  ASSERT_TRUE(peer.ok());
  ASSERT_TRUE(peer->Send(std::string(40, '\0')).ok());
  ASSERT_TRUE(peer->AwaitClose().ok());
  EXPECT_EQ(source.sink().syncs(), 0U);
}

TEST(BgplsSessionTest, SourceReportsItsPeers) {
  const BgplsNetwork network{.nodes = 10, .links = 40};
  RunningSource source;
  BgpPeer peer = Peer(source);
  ASSERT_TRUE(peer.Send(MakeTable(network).octets).ok());
  const plugin::SourceReport report =
      source.sink().AwaitReport([](const plugin::SourceReport& now) {
        return !now.peers.empty() && now.peers[0].elements == 10 * 4 + 40;
      });
  EXPECT_EQ(report.peers[0].name, "r1");
  EXPECT_EQ(report.peers[0].state, "Established");
  EXPECT_TRUE(report.peers[0].up);
  EXPECT_EQ(report.peers[0].sessions, 1U);
}

}  // namespace
}  // namespace srpce::bgpls_source
