// srpcectl against a real srpced: what an operator types, and what becomes of it.
#include <cstdlib>
#include <thread>

#include "tests/integration/daemon_fixture.h"

namespace srpce {
namespace {

using support::Process;
using support::WatchClient;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int exit = -1;
  std::string output;
  std::string errors;
};

class SrpcectlTest : public DaemonTest {
 protected:
  SrpcectlTest() {
    StartDaemon();
    igp_ = Feed("igp", kDiamond);
  }

  Outcome Run(std::vector<std::string> args) {
    args.insert(args.begin(), {"--address", daemon_->grpc_address()});
    auto process = Process::Spawn({.program = SRPCE_BIN_DIR "/srpcectl", .args = args});
    EXPECT_TRUE(process.ok()) << process.status();
    Outcome outcome;
    outcome.exit = (*process)->AwaitExit().value_or(-1000);
    outcome.output = (*process)->output();
    outcome.errors = (*process)->errors();
    return outcome;
  }
  std::string PolicyFile(const std::string& constraints) {
    return folder_.Write("policy.yaml",
                         "key: {headend: a, color: 100, endpoint: d}\nname: gold\n"
                         "candidate_paths:\n  - dynamic: {" +
                             constraints + "}\n");
  }

  std::unique_ptr<support::IngestClient> igp_;
};

TEST_F(SrpcectlTest, ShowsTheTopology) {
  const Outcome summary = Run({"topology", "show"});
  EXPECT_EQ(summary.exit, 0) << summary.errors;
  EXPECT_THAT(summary.output,
              HasSubstr("4 nodes (4 known, 4 with SR-MPLS, 4 with SRv6), 8 links (8 usable)"));
  EXPECT_THAT(summary.output, HasSubstr("igp"));
  EXPECT_THAT(Run({"topology", "show", "links", "--node", "a"}).output, HasSubstr("a->b"));
  EXPECT_THAT(Run({"topology", "show", "nodes", "-o", "json"}).output, HasSubstr("\"id\": \"a\""));
}

v1::TopologyUpdate ReportOfABgpSpeaker() {
  v1::TopologyUpdate update;
  v1::SourceReport& report = *update.mutable_report();
  v1::SourcePeer* peer = report.add_peers();
  peer->set_name("rr1");
  peer->set_address("10.0.0.1:179");
  peer->set_state("Established");
  peer->set_up(true);
  peer->set_sessions(1);
  peer->set_elements(54);
  v1::UnknownElement* element = report.add_unknown();
  element->set_kind("TLV");
  element->set_code(9999);
  element->set_where("link a->b");
  element->set_octets(std::string("\x27\x0f\x00\x01\xff", 5));
  element->set_count(12);
  v1::SourceCounter* counter = report.add_counters();
  counter->set_name("bgp_updates");
  counter->set_value(17);
  return update;
}

TEST_F(SrpcectlTest, ShowsWhatSourcesSayOfThemselves) {
  EXPECT_EQ(Run({"topology", "unknown"}).output, "Source igp does not report what it skips.\n");
  support::IngestClient bgp(channel_);
  ASSERT_TRUE(bgp.Hello("bgp"));
  const auto ack = bgp.Send(ReportOfABgpSpeaker());
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->error(), "");

  const Outcome sources = Run({"topology", "sources"});
  EXPECT_EQ(sources.exit, 0) << sources.errors;
  EXPECT_THAT(sources.output, HasSubstr("bgp: connected, precedence 100, 0 nodes"));
  EXPECT_THAT(sources.output, HasSubstr("  rr1   10.0.0.1:179  Established  "));
  EXPECT_THAT(sources.output, HasSubstr("  counted: bgp_updates 17\n"));
  EXPECT_THAT(sources.output, HasSubstr("igp: connected, precedence 100, 4 nodes, 8 links"));
  const Outcome unknown = Run({"topology", "unknown"});
  EXPECT_EQ(unknown.exit, 0) << unknown.errors;
  EXPECT_EQ(unknown.output,
            "SOURCE  KIND  CODE  COUNT  TEXT  WHERE      OCTETS\n"
            "bgp     TLV   9999     12     -  link a->b  270f0001ff\n");
  const Outcome json = Run({"topology", "unknown", "--source", "bgp", "-o", "json"});
  EXPECT_THAT(json.output, HasSubstr("\"octets\": \"270f0001ff\""));
  EXPECT_THAT(json.output, Not(HasSubstr("rr1")));
  EXPECT_THAT(Run({"topology", "sources", "-o", "yaml"}).output,
              HasSubstr("- name: rr1\n          address: \"10.0.0.1:179\"\n"));
  EXPECT_EQ(Run({"topology", "unknown", "--source", "igp"}).output,
            "Source igp does not report what it skips.\n");
  const Outcome nobody = Run({"topology", "unknown", "--source", "nobody"});
  EXPECT_EQ(nobody.exit, 1);
  EXPECT_EQ(nobody.errors,
            "srpcectl: not found: names: unknown source 'nobody' [UNKNOWN_SOURCE]\n");
}

TEST_F(SrpcectlTest, OfASourceThatIsGoneTheLastReportIsShownAsOld) {
  support::IngestClient bgp(channel_);
  ASSERT_TRUE(bgp.Hello("bgp"));
  ASSERT_TRUE(bgp.Send(ReportOfABgpSpeaker()));
  const std::string up = "srpce_source_peer_up{peer=\"rr1\",source=\"bgp\"}";
  EXPECT_EQ(Metric(up), 1);
  EXPECT_EQ(Metric("srpce_source_unknown_elements{kind=\"TLV\",source=\"bgp\"}"), 1);
  EXPECT_EQ(Metric("srpce_source_events_total{event=\"bgp_updates\",source=\"bgp\"}"), 17);
  EXPECT_TRUE(bgp.Finish().ok());
  while (Metric("srpce_feed_connected{source=\"bgp\"}") != 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Metric(up), 0);
  const Outcome sources = Run({"topology", "sources", "--source", "bgp"});
  EXPECT_THAT(sources.output, HasSubstr("bgp: stale, "));
  EXPECT_THAT(sources.output, HasSubstr("Established"));
}

TEST_F(SrpcectlTest, ComputesPaths) {
  const Outcome path = Run({"path", "compute", "a", "d", "--max-delay", "1ms"});
  EXPECT_EQ(path.exit, 0) << path.errors;
  EXPECT_THAT(path.output, HasSubstr("a -> d: delay 200 us (bound 1 ms), igp 40"));
  const Outcome none = Run({"path", "compute", "a", "d", "--max-delay", "100us"});
  EXPECT_EQ(none.exit, 2) << none.errors;
  EXPECT_THAT(none.output, HasSubstr("[DELAY_BOUND_UNREACHABLE]"));
  EXPECT_THAT(none.output, HasSubstr("best achievable: 200 us"));
  const Outcome pair = Run({"path", "compute-set", "a", "d", "--disjoint", "node"});
  EXPECT_EQ(pair.exit, 0) << pair.errors;
  EXPECT_THAT(pair.output, HasSubstr("path 2, a -> d"));
  EXPECT_THAT(pair.output, HasSubstr("total cost 60"));
  const Outcome unknown = Run({"path", "compute", "a", "nobody"});
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(unknown.errors,
              HasSubstr("not found: endpoint: unknown node 'nobody' [UNKNOWN_NODE]"));
}

TEST_F(SrpcectlTest, ComputesPathsInAFlexibleAlgorithm) {
  const auto flex = Feed("flex",
                         std::string(kDiamond) +
                             "node a algo 128\nnode c algo 128\nnode d algo 128\n"
                             "fad 128 metric te on a\n",
                         /*precedence=*/200);
  const Outcome path = Run({"path", "compute", "a", "d", "--flex-algo", "128"});
  EXPECT_EQ(path.exit, 0) << path.errors;
  EXPECT_THAT(path.output, HasSubstr("a->c"));
  EXPECT_THAT(path.output, HasSubstr("segment list: sr-mpls, 1 SID\n    19128  node d"));
  const Outcome outside = Run({"path", "compute", "a", "b", "--flex-algo", "128"});
  EXPECT_EQ(outside.exit, 2) << outside.errors;
  EXPECT_THAT(outside.output, HasSubstr("flex-algorithm 128: b does not take part in it"));
  EXPECT_THAT(outside.output, HasSubstr("[NO_PATH_FLEX_ALGORITHM]"));
  EXPECT_THAT(Run({"path", "compute", "a", "d", "--flex-algo", "129"}).output,
              HasSubstr("flex-algorithm 129: no node announces a definition of it"));
}

TEST_F(SrpcectlTest, SplitsABandwidthOverSeveralLists) {
  const std::vector<std::string> ask = {"path", "compute", "a", "d", "--bandwidth", "15G"};
  EXPECT_EQ(Run(ask).exit, 2) << "no single path has it";
  std::vector<std::string> split = ask;
  split.insert(split.end(), {"--split", "4"});
  const Outcome found = Run(split);
  EXPECT_EQ(found.exit, 0) << found.errors;
  EXPECT_THAT(found.output, HasSubstr("a -> d: 15 Gb/s over 2 segment lists, mean cost 26.667"));
  EXPECT_THAT(found.output, HasSubstr("weight 2, 66.7%, 10 Gb/s: delay 1.8 ms"));
  EXPECT_THAT(found.output, HasSubstr("weight 1, 33.3%, 5 Gb/s: delay 200 us"));
  split.insert(split.end(), {"-o", "json"});
  EXPECT_THAT(Run(split).output, HasSubstr("\"rate_bps\": 5000000000"));
  const Outcome none = Run({"path", "compute", "a", "d", "--bandwidth", "25G", "--split", "4"});
  EXPECT_EQ(none.exit, 2) << none.errors;
  EXPECT_THAT(none.output, HasSubstr("best achievable: 20 Gb/s"));
  EXPECT_THAT(none.output, HasSubstr("blocking links:"));

  const std::string file = PolicyFile("bandwidth_bps: 15000000000, max_segment_lists: 4");
  const Outcome applied = Run({"policy", "apply", "-f", file, "--wait"});
  EXPECT_EQ(applied.exit, 0) << applied.errors;
  EXPECT_THAT(applied.output, HasSubstr("4 links, 2 segment lists"));
  EXPECT_THAT(applied.output, HasSubstr("weight 2, 66.7%, 10 Gb/s"));
  EXPECT_THAT(applied.output, HasSubstr("a c d (delay 200 us"));
}

TEST_F(SrpcectlTest, KeepsPolicies) {
  const std::string file = PolicyFile("objective: delay");
  EXPECT_THAT(Run({"policy", "apply", "-f", file, "--validate-only"}).output,
              HasSubstr("1 policy valid"));
  EXPECT_THAT(Run({"policy", "list"}).output, Not(HasSubstr("gold")));
  const Outcome applied = Run({"policy", "apply", "-f", file, "--wait"});
  EXPECT_EQ(applied.exit, 0) << applied.errors;
  EXPECT_THAT(applied.output, HasSubstr("policy a/100/d 'gold': up, installed"));
  EXPECT_THAT(applied.output, HasSubstr("path     a c d"));
  EXPECT_THAT(Run({"policy", "list"}).output, HasSubstr("gold"));
  // What is printed can be applied.
  const Outcome shown = Run({"policy", "get", "a/100/d", "-o", "json"});
  EXPECT_THAT(shown.output, HasSubstr("\"oper_state\": \"up\""));
  EXPECT_THAT(Run({"policy", "delete", "a/100/d"}).output, HasSubstr("1 policy deleted"));
  EXPECT_EQ(Run({"policy", "get", "a/100/d"}).exit, 1);
}

TEST_F(SrpcectlTest, RefusesAPolicyFileWithItsLine) {
  const std::string file = PolicyFile("objective: cheap");
  const Outcome outcome = Run({"policy", "apply", "-f", file});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.errors,
              HasSubstr(file + ":4: candidate_paths[0].dynamic.objective: got 'cheap'"));
}

TEST_F(SrpcectlTest, CutsALinkAgainstTheNetworksWordUntilItIsTakenBack) {
  ASSERT_EQ(Run({"policy", "apply", "-f", PolicyFile("objective: igp"), "--wait"}).exit, 0);
  WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  const Outcome down = Run({"link", "down", "a->b", "--both"});
  EXPECT_EQ(down.exit, 0) << down.errors;
  const auto moved = watch.Await([](const v1::PolicyStatus& status) {
    return status.push_state() == v1::PUSH_STATE_INSTALLED && support::PathText(status) == "a c d";
  });
  ASSERT_TRUE(moved.has_value());
  EXPECT_THAT(Run({"topology", "show"}).output, HasSubstr("8 links (6 usable)"));
  // The network says again that the link is there; the lab's word counts all the same.
  ASSERT_TRUE(igp_->Send(support::LinkStateUpdate(KeyOf(kDiamond, "a->b"), true)).has_value());
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  const Outcome up = Run({"link", "up", "a->b", "--both"});
  EXPECT_EQ(up.exit, 0) << up.errors;
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  // Nodes by their router ids.
  EXPECT_EQ(Run({"link", "down", "10.0.0.1->10.0.0.2"}).exit, 0);
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  EXPECT_EQ(Run({"link", "up", "10.0.0.1->b"}).exit, 0);
  const Outcome twice = Run({"link", "up", "a->b"});
  EXPECT_EQ(twice.exit, 1);
  EXPECT_THAT(twice.errors, HasSubstr("source lab has said nothing of it"));
}

TEST_F(SrpcectlTest, ALinkItSpeaksOfIsNotUsedOnceTheNetworkWithdrawsIt) {
  ASSERT_EQ(Run({"link", "set", "a->b", "--both", "--delay", "1ms"}).exit, 0);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  ASSERT_EQ(igp_->Sync(*support::BuildTed("a<->c igp 20\nc<->d igp 20\nb<->d igp 10\n"))->error(),
            "");
  EXPECT_EQ(PathOf("a", "d"), "a c d");
}

TEST_F(SrpcectlTest, ExitStatusTellsWrongUsageFromNoPath) {
  EXPECT_EQ(Run({"path", "compute", "a"}).exit, 1);
  EXPECT_EQ(Run({"path", "compute", "a", "d", "--no-such-option"}).exit, 1);
  EXPECT_EQ(Run({"path", "compute", "a", "d", "--max-delay", "1us"}).exit, 2);
  EXPECT_EQ(Run({"path", "--help"}).exit, 0);
}

TEST_F(SrpcectlTest, TellsBandwidthInTheUnitItWasAskedIn) {
  const Outcome json = Run({"path", "compute", "a", "d", "--bandwidth", "80G", "-o", "json"});
  EXPECT_EQ(json.exit, 2);
  EXPECT_THAT(json.output, HasSubstr("\"wanted\": 8e+10"));
  EXPECT_THAT(json.output, HasSubstr("\"best_achievable\": 1e+10"));
  const Outcome text = Run({"path", "compute", "a", "d", "--bandwidth", "80G"});
  EXPECT_THAT(text.output, HasSubstr("wanted:          80 Gb/s"));
  EXPECT_THAT(text.output, HasSubstr("best achievable: 10 Gb/s"));
}

TEST_F(SrpcectlTest, ASlipInAnExclusionIsNoPath) {
  const Outcome node = Run({"path", "compute", "a", "d", "--exclude-node", "typo"});
  EXPECT_EQ(node.exit, 1);
  EXPECT_THAT(node.errors, HasSubstr("exclude_nodes: unknown node 'typo'"));
  const Outcome link = Run({"path", "compute", "a", "d", "--exclude-link", "a->zz"});
  EXPECT_EQ(link.exit, 1);
  EXPECT_THAT(link.errors, HasSubstr("exclude_links: unknown link a->zz"));
}

TEST_F(SrpcectlTest, SetsWhatALinkIsLike) {
  const Outcome set = Run({"link", "set", "a->b", "--metric", "100", "--delay", "5ms"});
  EXPECT_EQ(set.exit, 0) << set.errors;
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  EXPECT_THAT(Run({"topology", "show", "links"}).output, HasSubstr("5 ms"));
  // A second word adds to the first.
  EXPECT_EQ(Run({"link", "set", "a->b", "--metric", "5"}).exit, 0);
  EXPECT_THAT(Run({"topology", "show", "links"}).output, HasSubstr("5 ms"));
  EXPECT_EQ(PathOf("a", "d"), "a b d");
}

TEST_F(SrpcectlTest, SaysWhatToDoWithoutADaemon) {
  const std::string address = daemon_->grpc_address();
  daemon_->Kill();
  const Outcome outcome = Run({"topology", "show"});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cannot reach srpced at " + address));
  EXPECT_THAT(outcome.errors, HasSubstr("Is it running?"));
}

}  // namespace
}  // namespace srpce
