// A network told to gobgpd, and by gobgpd to the BGP-LS source: what arrives is what was told.
// Skipped where gobgpd is not installed.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/message.h"
#include "lib/wire/bgpls/nlri.h"
#include "plugins/topology_source/bgpls/bgpls_source.h"
#include "tests/support/bgp_peer.h"
#include "tests/support/bgpls_network.h"
#include "tests/support/builder_sink.h"
#include "tests/support/gobgpd.h"

namespace srpce::bgpls_source {
namespace {

using support::BgpPeer;
using support::BuilderSink;
using support::Gobgpd;
using topology::Ted;
using topology::TedPtr;

constexpr uint32_t kTellerAs = 65001;
constexpr uint32_t kRelayAs = 65000;
constexpr uint32_t kSourceAs = 65002;

// gobgpd 3.10 ends when it prints an SRv6 SID NLRI, which it does in its log: those are left out.
std::string WithoutSrv6Sids(const std::string& nlris) {
  std::string rest;
  for (const wire::bgpls::KnownNlri& nlri : wire::bgpls::DecodeNlris(wire::AsBytes(nlris)).known) {
    if (nlri.nlri.type != wire::bgpls::NlriType::kSrv6Sid) {
      rest += nlri.key;
    }
  }
  return rest;
}

// The UPDATEs of a session inside an AS, as a speaker of another one would send them.
std::vector<wire::bgp::Update> AsExternal(const std::string& octets) {
  std::vector<wire::bgp::Update> updates;
  wire::bgp::FrameBuffer buffer;
  buffer.Append(wire::AsBytes(octets));
  while (true) {
    const auto frame = buffer.Next(wire::bgp::kMaxExtendedLength);
    EXPECT_TRUE(frame.ok());
    if (!frame.ok() || !frame->has_value()) {
      return updates;
    }
    auto message = wire::bgp::Decode(**frame, {});
    auto* update = message.ok() ? std::get_if<wire::bgp::Update>(&*message) : nullptr;
    if (update == nullptr) {
      continue;
    }
    if (update->mp_reach) {
      update->mp_reach->nlri = WithoutSrv6Sids(update->mp_reach->nlri);
      if (update->mp_reach->nlri.empty()) {
        continue;
      }
      update->attributes.as_path.emplace();
      update->attributes.as_path->push_back({.numbers = {kTellerAs}});
      update->attributes.local_pref.reset();
    }
    updates.push_back(*update);
  }
}

// Nodes, links and prefixes, each in a line, as far as gobgpd 3.10 passes it on: it drops TLVs it
// does not know, delays and SRv6 among them.
std::vector<std::string> Show(const Ted& ted) {
  std::vector<std::string> lines;
  for (uint32_t i = 0; i < ted.node_bound(); ++i) {
    if (!ted.HasNode(topology::NodeIndex(i))) continue;
    const topology::Node& node = ted.node(topology::NodeIndex(i));
    lines.push_back(absl::StrCat("node ", node.id, node.known ? "" : " unknown", " ",
                                 node.attributes.name.value_or(""), " ", node.prefixes.size(), " ",
                                 node.attributes.srgb.size()));
  }
  for (uint32_t i = 0; i < ted.link_bound(); ++i) {
    if (!ted.HasLink(topology::LinkIndex(i))) continue;
    const topology::Link& link = ted.link(topology::LinkIndex(i));
    const topology::LinkAttributes& is = link.attributes;
    lines.push_back(absl::StrCat("link ", link.key.ToString(), link.usable ? " " : " unusable ",
                                 is.igp_metric.value_or(0), " ", is.te_metric.value_or(0), " ",
                                 is.adjacency_sids.empty() ? 0 : is.adjacency_sids[0].label));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

class BgplsRelayTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Gobgpd::IsInstalled()) GTEST_SKIP() << "gobgpd is not installed";
    port_ = (*support::BgpListener::Listen())->port();
    support::GobgpConfig config;
    config.port = port_;
    config.as = kRelayAs;
    config.neighbors = {{.address = "127.0.0.3", .as = kTellerAs},
                        {.address = "127.0.0.2", .as = kSourceAs}};
    auto gobgpd = Gobgpd::Start(config);
    ASSERT_TRUE(gobgpd.ok()) << gobgpd.status();
    gobgpd_ = *std::move(gobgpd);
  }
  void TearDown() override {
    sink_.Stop();
    if (thread_.joinable()) thread_.join();
  }

  // Tells gobgpd of `octets`; the source hears of it when it has taken all.
  BgpPeer Tell(const std::string& octets) {
    support::BgpPeerOptions options;
    options.address = IpAddress::V4(0x7f000003);
    while (true) {
      auto peer = BgpPeer::Connect(IpAddress::V4(0x7f000001), port_, options);
      session::bgp::Config config;
      config.local_as = kTellerAs;
      config.identifier = 0x0a000003;
      config.families = {wire::bgp::kBgpLs};
      if (!peer.ok() || !peer->Handshake(session::bgp::MakeOpen(config)).ok()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));  // It is starting.
        continue;
      }
      for (const wire::bgp::Update& update : AsExternal(octets)) {
        EXPECT_TRUE(peer->Send(update).ok());
      }
      return *std::move(peer);
    }
  }
  void StartSource() {
    auto source = BgplsSource::Make({{"local_as", absl::StrCat(kSourceAs)},
                                     {"router_id", "10.255.0.254"},
                                     {"connect_retry", "0.1"},
                                     {"quiet_time", "1"},
                                     {"peer.relay.address", "127.0.0.1"},
                                     {"peer.relay.port", absl::StrCat(port_)},
                                     {"peer.relay.local_address", "127.0.0.2"},
                                     {"peer.relay.as", absl::StrCat(kRelayAs)}},
                                    clock_);
    ASSERT_TRUE(source.ok()) << source.status();
    source_ = *std::move(source);
    thread_ = std::thread([this] { (void)source_->Run(sink_); });
  }
  // What the same octets are without a relay.
  static std::vector<std::string> Direct(const std::string& octets) {
    const SystemClock clock;
    Oddities oddities;
    Intake intake({"direct"}, IntakeSettings(), clock, oddities);
    for (const wire::bgp::Update& update : AsExternal(octets)) {
      intake.OnUpdate(0, update);
    }
    NetworkView view(oddities);
    view.Apply(intake.TakeChanges());
    BuilderSink sink;
    for (const plugin::Statement& statement : view.TakeChanges()) {
      EXPECT_TRUE(sink.Send(statement).ok());
    }
    return Show(*sink.ted());
  }

  SystemClock clock_;
  uint16_t port_ = 0;
  std::unique_ptr<Gobgpd> gobgpd_;
  BuilderSink sink_;
  std::unique_ptr<BgplsSource> source_;
  std::thread thread_;
};

TEST_F(BgplsRelayTest, NetworkArrivesAsItWasToldAndChangesFollow) {
  const support::BgplsNetwork network{.nodes = 10, .links = 40};
  const std::string table = support::MakeTable(network).octets;
  BgpPeer teller = Tell(table);
  StartSource();
  const auto want = Direct(table);
  const TedPtr ted = sink_.Await([&](const Ted& now) { return Show(now) == want; });
  EXPECT_EQ(Show(*ted), want) << gobgpd_->log();
  for (const wire::bgp::Update& update :
       AsExternal(support::WithdrawLink(network, {.from = 0, .chord = 0}))) {
    ASSERT_TRUE(teller.Send(update).ok());
  }
  sink_.Await([&](const Ted& now) { return now.usable_link_count() == 38; });
}

TEST_F(BgplsRelayTest, RecordedNetworkArrives) {
  std::ifstream file(SRPCE_SOURCE_DIR "/tests/replay/bgpls/isis-8-routers.bgp", std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(file)), {});
  const BgpPeer teller = Tell(octets);
  StartSource();
  const TedPtr ted = sink_.Await(
      [&](const Ted& now) { return now.usable_link_count() == 22 && now.known_node_count() == 8; });
  // gobgpd packs NLRIs as it likes, and with that goes which attribute is surest: all but the delay
  // of link 7.
  EXPECT_EQ(ted->link_count(), 22U) << gobgpd_->log();
}

}  // namespace
}  // namespace srpce::bgpls_source
