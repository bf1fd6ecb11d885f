// A BGP-LS peer that a test plays, srpce-adapter, srpced and srpcectl: what of its table nobody
// knows is shown to the operator, and costs nothing else.
#include <chrono>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/session/bgp/negotiate.h"
#include "tests/integration/daemon_fixture.h"
#include "tests/support/bgp_peer.h"
#include "tests/support/bgpls_network.h"

namespace srpce {
namespace {

using support::BgpListener;
using support::BgpPeer;
using support::Process;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr uint32_t kAs = 65000;
const std::string kPeerUp = "srpce_source_peer_up{peer=\"rr1\",source=\"bgp-ls\"}";

// Node r9 of IS-IS level 2 (RFC 9552 s5.2.1): AS 65000, system id 0000.0000.0009. Before it an NLRI
// of a type that is not assigned, 3 octets long.
constexpr char kNlris[] =
    "0063 0003 616263"
    "0001 001f 02 0000000000000000"
    "0100 0012 0200 0004 0000fde8 0203 0006 000000000009";
// Its name; a TLV that is not assigned; an IPv4 router-id (1028) of 3 octets.
constexpr char kNodeAttribute[] = "0402 0002 7239 270f 0002 cafe 0404 0003 0a0000";

std::string Octets(std::string hex) {
  std::erase(hex, ' ');
  return absl::HexStringToBytes(hex);
}

wire::bgp::Update StrangeUpdate() {
  wire::bgp::Update update;
  update.attributes.origin = wire::bgp::Origin::kIgp;
  update.attributes.as_path.emplace();
  update.attributes.local_pref = 100;
  update.attributes.others.push_back({.flags = wire::bgp::kOptional,
                                      .type = wire::bgp::AttributeType::kBgpLs,
                                      .value = Octets(kNodeAttribute)});
  update.mp_reach.emplace();
  update.mp_reach->family = wire::bgp::kBgpLs;
  update.mp_reach->next_hop = Octets("7f000001");
  update.mp_reach->nlri = Octets(kNlris);
  return update;
}

class BgplsReportTest : public DaemonTest {
 protected:
  // Starts the adapter towards a peer that the test is.
  void StartAdapter() {
    auto listener = BgpListener::Listen();
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
    auto adapter =
        Process::Spawn({.program = SRPCE_BIN_DIR "/srpce-adapter",
                        .args = {"bgpls", "--name", "bgp-ls", "--daemon", daemon_->grpc_address(),
                                 "--set", absl::StrCat("local_as=", kAs), "--set",
                                 "router_id=10.255.0.254", "--set", "peer.rr1.address=127.0.0.1",
                                 "--set", absl::StrCat("peer.rr1.port=", listener_->port())},
                        .ready_fd = true});
    ASSERT_TRUE(adapter.ok()) << adapter.status();
    adapter_ = *std::move(adapter);
  }

  BgpPeer AcceptSession() {
    auto peer = listener_->Accept();
    EXPECT_TRUE(peer.ok()) << peer.status() << adapter_->errors();
    session::bgp::Config config;
    config.local_as = kAs;
    config.identifier = 0x0aff0001;
    config.families = {wire::bgp::kBgpLs};
    const auto open = peer->Handshake(session::bgp::MakeOpen(config));
    EXPECT_TRUE(open.ok()) << open.status();
    return *std::move(peer);
  }

  std::string Srpcectl(std::vector<std::string> args) {
    args.insert(args.begin(), {"--address", daemon_->grpc_address()});
    auto process = Process::Spawn({.program = SRPCE_BIN_DIR "/srpcectl", .args = args});
    EXPECT_TRUE(process.ok()) << process.status();
    EXPECT_EQ((*process)->AwaitExit().value_or(-1000), 0) << (*process)->errors();
    return (*process)->output();
  }

  // What the adapter reports once `reached`.
  template <typename Condition>
  v1::SourceReport AwaitReport(Condition reached) {
    const auto stub = v1::TopologyService::NewStub(channel_);
    const auto deadline = std::chrono::steady_clock::now() + Process::kPatience;
    v1::GetSourcesResponse response;
    while (std::chrono::steady_clock::now() < deadline) {
      response.Clear();
      const grpc::Status status =
          stub->GetSources(support::MakeContext().get(), v1::GetSourcesRequest(), &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (response.sources_size() == 1 && response.sources(0).has_report() &&
          reached(response.sources(0).report())) {
        return response.sources(0).report();
      }
      std::this_thread::yield();
    }
    ADD_FAILURE() << "not reached: " << response.ShortDebugString();
    return {};
  }

  std::unique_ptr<BgpListener> listener_;
  std::unique_ptr<Process> adapter_;
};

TEST_F(BgplsReportTest, WhatIsUnknownOrMalformedIsShownAndCostsNothingElse) {
  StartDaemon();
  StartAdapter();
  BgpPeer peer = AcceptSession();
  const support::BgplsTable table = support::MakeTable({.nodes = 8, .links = 32});
  ASSERT_TRUE(peer.Send(StrangeUpdate()).ok());
  ASSERT_TRUE(peer.Send(table.octets).ok());
  ASSERT_TRUE(adapter_->AwaitReadyLine().ok()) << adapter_->errors();
  EXPECT_EQ(Metric("srpce_ted_nodes"), 9) << "r9 without its router-id, and all the others";
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 32);

  AwaitReport([](const v1::SourceReport& report) { return report.unknown_size() == 3; });
  const std::string unknown = Srpcectl({"topology", "unknown"});
  EXPECT_THAT(unknown, ContainsRegex("bgp-ls +TLV +9999 +[0-9]+ .*cafe\n"));
  EXPECT_THAT(unknown, ContainsRegex("bgp-ls +NLRI +99 +1 .*616263\n"));
  EXPECT_THAT(unknown, ContainsRegex("bgp-ls +malformed TLV +1028 +[0-9]+ .*got 3"));
  const std::string sources = Srpcectl({"topology", "sources"});
  EXPECT_THAT(sources, HasSubstr("bgp-ls: connected, precedence 100, 9 nodes, 32 links"));
  EXPECT_THAT(sources,
              HasSubstr(absl::StrCat("  rr1   127.0.0.1:", listener_->port(), "  Established  ")));
  EXPECT_THAT(sources, HasSubstr("  skipped: 3 unknown elements"));
  EXPECT_EQ(Metric("srpce_source_unknown_elements{kind=\"TLV\",source=\"bgp-ls\"}"), 1);
  EXPECT_EQ(Metric(kPeerUp), 1);
}

TEST_F(BgplsReportTest, APeerThatGoesIsShownWithTheReason) {
  StartDaemon();
  StartAdapter();
  BgpPeer peer = AcceptSession();
  ASSERT_TRUE(peer.Send(support::MakeTable({.nodes = 8, .links = 32}).octets).ok());
  ASSERT_TRUE(adapter_->AwaitReadyLine().ok()) << adapter_->errors();
  AwaitReport([](const v1::SourceReport& report) { return report.peers(0).up(); });
  EXPECT_EQ(Metric(kPeerUp), 1);
  peer.Close();
  const v1::SourceReport report =
      AwaitReport([](const v1::SourceReport& report) { return !report.peers(0).up(); });
  ASSERT_EQ(report.peers_size(), 1);
  EXPECT_EQ(report.peers(0).sessions(), 1U);
  EXPECT_NE(report.peers(0).detail(), "");
  EXPECT_EQ(Metric(kPeerUp), 0);
  EXPECT_THAT(Srpcectl({"topology", "sources"}), HasSubstr(report.peers(0).detail().substr(0, 40)));
}

}  // namespace
}  // namespace srpce
