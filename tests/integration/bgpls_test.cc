// BGP-LS into a running srpced: from a peer's octets to paths, and to routers.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/negotiate.h"
#include "tests/integration/daemon_fixture.h"
#include "tests/support/bgp_peer.h"
#include "tests/support/bgpls_network.h"
#include "tests/support/process.h"

namespace srpce {
namespace {

using support::BgplsNetwork;
using support::BgpPeer;
using support::Process;
using support::RouterIdOf;
using support::WatchClient;
using testing::HasSubstr;

constexpr BgplsNetwork kNetwork{.nodes = 10, .links = 40};

class BgplsTest : public DaemonTest {
 protected:
  BgplsTest() {
    auto listener = support::BgpListener::Listen();
    EXPECT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }

  // Of the source, whose peer is this test.
  std::map<std::string, std::string> Settings() const {
    return {{"local_as", "65000"},
            {"router_id", "10.255.0.254"},
            {"peer.r1.address", "127.0.0.1"},
            {"peer.r1.port", absl::StrCat(listener_->port())},
            {"peer.r1.as", "65000"},
            {"connect_retry", "0.2"}};
  }
  std::string Config(const std::string& southbound) const {
    std::string config = absl::StrCat(
        "agents: {allow_anonymous: true}\nheadends:\n  - {headend: \"*\", southbound: ", southbound,
        "}\nsources:\n  - plugin: bgpls\n    name: core\n    settings:\n");
    for (const auto& [name, value] : Settings()) {
      absl::StrAppend(&config, "      ", name, ": \"", value, "\"\n");
    }
    return config;
  }
  // The source connects, and the session comes up.
  BgpPeer Accept() {
    auto peer = listener_->Accept();
    EXPECT_TRUE(peer.ok()) << peer.status();
    session::bgp::Config config;
    config.local_as = 65000;
    config.identifier = 0x0aff0001;
    config.families = {wire::bgp::kBgpLs};
    EXPECT_TRUE(peer->Handshake(session::bgp::MakeOpen(config)).ok());
    return *std::move(peer);
  }
  std::string Srpcectl(std::vector<std::string> args) {
    args.insert(args.begin(), {"--address", daemon_->grpc_address()});
    const auto process =
        Process::Spawn({.program = SRPCE_BIN_DIR "/srpcectl", .args = std::move(args)});
    EXPECT_TRUE(process.ok()) << process.status();
    const auto exit = (*process)->AwaitExit();
    EXPECT_TRUE(exit.ok() && *exit == 0) << (*process)->errors();
    return (*process)->output();
  }

  std::unique_ptr<support::BgpListener> listener_;
};

TEST_F(BgplsTest, DaemonIsReadyWithTheNetworkOfItsPeer) {
  StartDaemon(Config("simulated"));
  BgpPeer peer = Accept();
  ASSERT_TRUE(peer.Send(support::MakeTable(kNetwork).octets).ok());
  ASSERT_TRUE(AwaitServing());
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 40);
  EXPECT_EQ(PathOf("10.0.0.1", "10.0.0.3"), "10.0.0.1 10.0.0.3") << "over the chord";
  EXPECT_EQ(PathOf("10.0.0.1", "r3"), "10.0.0.1 10.0.0.3") << "by its name";
}

TEST_F(BgplsTest, LinkThatIsWithdrawnMovesThePolicyOnItsRouter) {
  StartDaemon(Config("agent"));
  BgpPeer peer = Accept();
  ASSERT_TRUE(peer.Send(support::MakeTable(kNetwork).octets).ok());
  ASSERT_TRUE(AwaitServing());
  auto agent = Process::Spawn(
      {.program = SRPCE_BIN_DIR "/srpce-agent",
       .args = {"--simulate", "--headend", "10.0.0.1", "--daemon", daemon_->grpc_address()}});
  ASSERT_TRUE(agent.ok()) << agent.status();
  v1::PathConstraints fast;
  fast.set_objective(v1::METRIC_TYPE_DELAY);
  ASSERT_TRUE(Apply({support::DynamicPolicy("10.0.0.1", 100, "10.0.0.2", fast)}).ok());
  WatchClient watch(channel_);
  const auto installed = [&](const std::string& path) {
    return watch.Await([&](const v1::PolicyStatus& status) {
      return status.push_state() == v1::PUSH_STATE_INSTALLED && support::PathText(status) == path;
    });
  };
  ASSERT_TRUE(installed("10.0.0.1 10.0.0.2").has_value()) << (*agent)->errors();
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(peer.Send(support::WithdrawLink(kNetwork, {.from = 0, .chord = 0})).ok());
  ASSERT_TRUE(installed("10.0.0.1 10.0.0.3 10.0.0.2").has_value());
  std::printf(
      "BGP-LS withdrawal to acknowledged by the router's agent: %.2f ms\n",
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
}

TEST_F(BgplsTest, LostPeerMovesNoPathAndItsReturnIsSeen) {
  StartDaemon(Config("simulated"));
  {
    BgpPeer peer = Accept();
    ASSERT_TRUE(peer.Send(support::MakeTable(kNetwork).octets).ok());
    ASSERT_TRUE(AwaitServing());
    peer.Reset();
  }
  // The source connects again; by then it knows of the loss.
  BgpPeer peer = Accept();
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 40);
  EXPECT_EQ(PathOf("10.0.0.1", "10.0.0.3"), "10.0.0.1 10.0.0.3");
  EXPECT_EQ(Metric("srpce_ted_stale_links"), 40);
  ASSERT_TRUE(peer.Send(support::MakeTable(kNetwork).octets).ok());
  while (Metric("srpce_ted_stale_links") != 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 40);
}

TEST_F(BgplsTest, OperatorsSeePeersAndWhatWasNotUnderstood) {
  StartDaemon(Config("simulated"));
  BgpPeer peer = Accept();
  std::string table = support::MakeTable(kNetwork).octets;
  // An UPDATE with an NLRI of type 999.
  wire::bgp::Update odd;
  odd.attributes.origin = wire::bgp::Origin::kIgp;
  odd.attributes.as_path.emplace();
  odd.attributes.local_pref = 100;
  odd.mp_reach.emplace();
  odd.mp_reach->family = wire::bgp::kBgpLs;
  odd.mp_reach->next_hop = std::string("\x7f\0\0\1", 4);
  odd.mp_reach->nlri = std::string("\x03\xe7\x00\x02\xab\xcd", 6);
  ASSERT_TRUE(peer.Send(*wire::bgp::Encode(odd, {}) + table).ok());
  ASSERT_TRUE(AwaitServing());
  std::string unknown;
  do {
    unknown = Srpcectl({"topology", "unknown"});
  } while (unknown.find("999") == std::string::npos);
  EXPECT_THAT(unknown, HasSubstr("NLRI"));
  EXPECT_THAT(unknown, HasSubstr("03e70002abcd"));
  EXPECT_THAT(unknown, HasSubstr("peer r1"));
  const std::string sources = Srpcectl({"topology", "sources"});
  EXPECT_THAT(sources, HasSubstr("core"));
  EXPECT_THAT(sources, HasSubstr("Established"));
  EXPECT_THAT(sources, HasSubstr("80"));
}

TEST_F(BgplsTest, AdapterOfItsOwnTellsTheSame) {
  StartDaemon();
  std::string text;
  for (const auto& [name, value] : Settings()) {
    absl::StrAppend(&text, name, ": ", value, "\n");
  }
  const std::string file = folder_.Write("bgpls.yaml", text);
  auto adapter =
      Process::Spawn({.program = SRPCE_BIN_DIR "/srpce-adapter",
                      .args = {"bgpls", "--settings", file, "--daemon", daemon_->grpc_address()},
                      .ready_fd = true});
  ASSERT_TRUE(adapter.ok()) << adapter.status();
  BgpPeer peer = Accept();
  ASSERT_TRUE(peer.Send(support::MakeTable(kNetwork).octets).ok());
  ASSERT_TRUE((*adapter)->AwaitReadyLine().ok()) << (*adapter)->errors();
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 40);
  EXPECT_EQ(PathOf("10.0.0.1", "10.0.0.3"), "10.0.0.1 10.0.0.3");
  (*adapter)->Signal(SIGTERM);
  const auto exit = (*adapter)->AwaitExit();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 0) << (*adapter)->errors();
  const auto farewell = peer.AwaitNotification();
  ASSERT_TRUE(farewell.ok()) << farewell.status();
  EXPECT_EQ(farewell->code, wire::bgp::ErrorCode::kCease);
}

TEST_F(BgplsTest, SettingsFileWithAMistakeIsNamedWithItsLine) {
  const auto errors_of = [&](const std::string& text) {
    const std::string file = folder_.Write("bgpls.yaml", text);
    auto adapter = Process::Spawn(
        {.program = SRPCE_BIN_DIR "/srpce-adapter", .args = {"bgpls", "--settings", file}});
    EXPECT_TRUE(adapter.ok()) << adapter.status();
    const auto exit = (*adapter)->AwaitExit();
    EXPECT_TRUE(exit.ok() && *exit == 1);
    return (*adapter)->errors();
  };
  EXPECT_THAT(errors_of("local_as: 1\nlocal_as: 2\n"),
              HasSubstr("bgpls.yaml:2: local_as: got it twice"));
  EXPECT_THAT(errors_of("local_as: [1]\n"), HasSubstr("bgpls.yaml:1: local_as: want a text"));
  EXPECT_THAT(errors_of("- a\n"), HasSubstr("want NAME: VALUE"));
  EXPECT_THAT(errors_of("a: b: c\n"), HasSubstr("bgpls.yaml:1: not YAML"));
  EXPECT_THAT(errors_of("local_as: x\n"), HasSubstr("local_as: got 'x', want a whole number"));
}

}  // namespace
}  // namespace srpce
