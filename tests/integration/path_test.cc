// Topology in and paths out, over gRPC, of a real srpced.
#include <set>

#include "absl/strings/str_cat.h"
#include "daemon/adapter/source_host.h"
#include "lib/base/clock.h"
#include "plugins/topology_source/file/file_source.h"
#include "tests/integration/daemon_fixture.h"

namespace srpce {
namespace {

using testing::HasSubstr;

class PathTest : public DaemonTest {
 protected:
  // The adapter `file`, as another process would run it.
  void FeedFile(const std::string& name, size_t syncs = 1) {
    auto source = file_source::FileSource::Make(
        {{"path", SRPCE_SOURCE_DIR "/tests/topologies/" + name}}, clock_);
    ASSERT_TRUE(source.ok()) << source.status();
    adapter::SourceHostOptions options;
    options.name = name;
    host_ = std::make_unique<adapter::SourceHost>(channel_, *std::move(source), options);
    host_->Start();
    ASSERT_TRUE(host_->WaitFor(
        [syncs](const adapter::SourceHostStats& stats) { return stats.syncs >= syncs; }));
  }

  SystemClock clock_;
  std::unique_ptr<adapter::SourceHost> host_;
};

TEST_F(PathTest, AnswersOnARealNetwork) {
  StartDaemon();
  FeedFile("Geant2012.graph");
  v1::PathRequest request;
  request.set_headend("0_NL");
  request.set_endpoint("14_TR");
  v1::PathResponse unbounded;
  ASSERT_TRUE(Compute(request, &unbounded).ok());
  ASSERT_TRUE(unbounded.has_path()) << unbounded.no_path().message();
  EXPECT_GT(unbounded.path().hops_size(), 0);
  EXPECT_GT(
      unbounded.path().segment_list().labels_size() + unbounded.path().segment_list().sids_size(),
      0);
  EXPECT_GT(unbounded.generation(), 0U);
  EXPECT_GT(unbounded.computation_us(), 0);

  request.mutable_constraints()->set_objective(v1::METRIC_TYPE_DELAY);
  v1::PathResponse fastest;
  ASSERT_TRUE(Compute(request, &fastest).ok());
  ASSERT_TRUE(fastest.has_path());
  EXPECT_LE(fastest.path().metrics().delay_us(), unbounded.path().metrics().delay_us());

  // A bound just below what is possible is refused with what is.
  request.mutable_constraints()->set_max_delay_us(fastest.path().metrics().delay_us() - 1);
  v1::PathResponse none;
  ASSERT_TRUE(Compute(request, &none).ok());
  ASSERT_TRUE(none.has_no_path());
  EXPECT_EQ(none.no_path().reason(), "DELAY_BOUND_UNREACHABLE");
  EXPECT_EQ(none.no_path().best_achievable(),
            static_cast<double>(fastest.path().metrics().delay_us()));
  const auto page = daemon_->Scrape();
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(support::MetricValue(*page, "srpce_ted_nodes"), 40);
  EXPECT_EQ(
      support::MetricValue(
          *page,
          "srpce_path_computations_total{objective=\"delay\",reason=\"DELAY_BOUND_UNREACHABLE\","
          "result=\"no_path\"}"),
      1);
  EXPECT_EQ(
      support::MetricValue(
          *page, "srpce_grpc_requests_total{code=\"OK\",method=\"PathComputation/ComputePath\"}"),
      3);
}

TEST_F(PathTest, GivesDisjointPairs) {
  StartDaemon();
  FeedFile("Geant2012.graph");
  v1::PathSetRequest request;
  for (int i = 0; i < 2; ++i) {
    request.add_members()->set_headend("7_FR");
    request.mutable_members(i)->set_endpoint("4_DE");
  }
  request.set_disjointness(v1::DISJOINTNESS_NODE);
  v1::PathSetResponse response;
  ASSERT_TRUE(paths_->ComputePathSet(support::MakeContext().get(), request, &response).ok());
  ASSERT_EQ(response.paths_size(), 2) << response.no_path().message();
  std::set<std::string> nodes;
  for (const v1::Path& path : response.paths()) {
    for (int i = 0; i + 1 < path.hops_size(); ++i) {
      EXPECT_TRUE(nodes.insert(path.hops(i).link().remote_node()).second)
          << path.hops(i).link().remote_node();
    }
  }
  request.mutable_members()->DeleteSubrange(1, 1);
  const grpc::Status alone =
      paths_->ComputePathSet(support::MakeContext().get(), request, &response);
  EXPECT_EQ(alone.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(alone.error_message(), HasSubstr("members: got 1, want 2 to"));
}

TEST_F(PathTest, TheNearestOfSeveralEndpointsIsTaken) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.add_endpoints("b");
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_path()) << response.no_path().message();
  EXPECT_EQ(response.endpoint(), "b");
  EXPECT_EQ(response.path().cost(), 10U);
  EXPECT_EQ(response.runner_up().endpoint(), "d");
  request.mutable_constraints()->set_objective(v1::METRIC_TYPE_DELAY);
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.endpoint(), "d");
  request.add_endpoints("zz");
  EXPECT_THAT(Compute(request, &response).error_message(), HasSubstr("unknown node 'zz'"));
}

TEST_F(PathTest, AnAnycastAddressIsAnEndpoint) {
  StartDaemon();
  const auto source = Feed("lab",
                           "a<->b igp 10 delay 10\nb<->c igp 10 delay 10\n"
                           "node b anycast 99\nnode c anycast 99\n");
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("10.1.0.99");
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.endpoint(), "b");
  EXPECT_EQ(response.runner_up().endpoint(), "c");
}

TEST_F(PathTest, SplitsABandwidthThatNoPathHas) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.mutable_constraints()->set_bandwidth_bps(15'000'000'000);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.no_path().reason(), "NO_PATH_BANDWIDTH");
  request.mutable_constraints()->set_max_segment_lists(4);
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_split()) << response.no_path().message();
  const v1::PathSplit& split = response.split();
  ASSERT_EQ(split.paths_size(), 2);
  EXPECT_EQ(support::PathText("a", split.paths(0).path()), "a b d");
  EXPECT_EQ(support::PathText("a", split.paths(1).path()), "a c d");
  EXPECT_EQ(split.paths(0).path().segment_list().weight(), 2U);
  EXPECT_EQ(split.paths(1).path().segment_list().weight(), 1U);
  EXPECT_EQ(split.paths(0).rate_bps(), 10'000'000'000U);
  EXPECT_EQ(split.paths(1).rate_bps(), 5'000'000'000U);
  EXPECT_DOUBLE_EQ(split.paths(0).share(), 2.0 / 3);
  EXPECT_TRUE(split.proved_optimal());
  EXPECT_DOUBLE_EQ(split.cost(), (2 * 20 + 1 * 40) / 3.0);
  EXPECT_GT(response.computation_us(), 0);
  // Each list keeps the delay bound: one way is too slow for that.
  request.mutable_constraints()->set_max_delay_us(1000);
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.no_path().reason(), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(response.no_path().best_achievable(), 10e9);
}

TEST_F(PathTest, ARefusedSplitSaysWhatAllTogetherCarryAndTheCut) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.mutable_constraints()->set_bandwidth_bps(25'000'000'000);
  request.mutable_constraints()->set_max_segment_lists(4);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_no_path());
  EXPECT_EQ(response.no_path().reason(), "NO_PATH_BANDWIDTH");
  EXPECT_EQ(response.no_path().wanted(), 25e9);
  EXPECT_EQ(response.no_path().best_achievable(), 20e9);
  EXPECT_EQ(response.no_path().blocking_links_size(), 2);
  EXPECT_THAT(response.no_path().message(), HasSubstr("all paths together carry 20.0 Gb/s"));
}

TEST_F(PathTest, ASplitIsAskedForByItself) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.mutable_constraints()->set_max_segment_lists(4);
  v1::PathResponse response;
  grpc::Status status = Compute(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("max_segment_lists: got 4 without a bandwidth"));
  request.mutable_constraints()->set_bandwidth_bps(1'000'000);
  request.set_explain(true);
  EXPECT_THAT(Compute(request, &response).error_message(), HasSubstr("explain"));
  request.set_explain(false);
  v1::PathSetRequest set;
  *set.add_members() = request;
  *set.add_members() = request;
  v1::PathSetResponse none;
  status = paths_->ComputePathSet(support::MakeContext().get(), set, &none);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("max_segment_lists"));
  // One list that carries it all is a split as well; the endpoint is named where it was left open.
  request.add_endpoints("b");
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_EQ(response.split().paths_size(), 1);
  EXPECT_EQ(response.split().paths(0).share(), 1);
  EXPECT_EQ(response.endpoint(), "b");
}

TEST_F(PathTest, ExplainsAnswersAndRefusals) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.set_explain(true);
  request.mutable_constraints()->set_max_delay_us(200);
  v1::PathResponse found;
  ASSERT_TRUE(Compute(request, &found).ok());
  ASSERT_TRUE(found.has_path());
  ASSERT_EQ(found.explanation().relaxations_size(), 1);
  EXPECT_EQ(found.explanation().relaxations(0).constraint(), "delay bound");
  EXPECT_EQ(found.explanation().relaxations(0).needed(), 1800);
  EXPECT_EQ(found.explanation().relaxations(0).path().cost(), 20U);
  EXPECT_EQ(found.explanation().unconstrained_cost(), 20U);
  request.mutable_constraints()->set_max_delay_us(150);
  request.mutable_constraints()->add_exclude_nodes("b");
  v1::PathResponse refused;
  ASSERT_TRUE(Compute(request, &refused).ok());
  ASSERT_TRUE(refused.has_no_path());
  ASSERT_EQ(refused.explanation().relaxations_size(), 1) << "allowing b is of no use";
  EXPECT_EQ(refused.explanation().relaxations(0).needed(), 200);
  ASSERT_EQ(refused.explanation().bounds_size(), 1);
  EXPECT_EQ(refused.explanation().bounds(0).best_achievable(), 200);
}

TEST_F(PathTest, ExplanationsSpeakOfTheDataPlaneThatWasTried) {
  StartDaemon();
  // The fast way, over c, speaks neither labels nor SRv6.
  const auto source = Feed("lab",
                           "a<->b igp 10 delay 100\nb<->d igp 10 delay 100\n"
                           "a<->c igp 10 delay 25\nc<->d igp 10 delay 25\n"
                           "node c no-mpls no-srv6\n");
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.set_explain(true);
  request.mutable_constraints()->set_max_delay_us(100);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.no_path().reason(), "DELAY_BOUND_UNREACHABLE");
  std::vector<std::string> constraints;
  for (const v1::Relaxation& relaxation : response.explanation().relaxations()) {
    constraints.push_back(relaxation.constraint());
  }
  EXPECT_THAT(constraints, testing::UnorderedElementsAre("delay bound", "data plane"));
}

TEST_F(PathTest, WhatIsUsedIsThatOfTheAnswer) {
  StartDaemon();
  // The cheapest path takes two SIDs, the answer one.
  const auto source = Feed("lab",
                           "a<->b igp 10 te 1 delay 2\nb<->d igp 10 te 1 delay 3\n"
                           "a<->d igp 5 te 30 delay 8\n");
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.set_explain(true);
  request.mutable_constraints()->set_objective(v1::METRIC_TYPE_TE);
  request.mutable_constraints()->set_max_delay_us(10);
  request.mutable_constraints()->set_max_sids(1);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_path()) << response.no_path().message();
  EXPECT_EQ(response.path().cost(), 30U);
  EXPECT_EQ(response.explanation().bounds(0).used(), 8);
  EXPECT_EQ(response.explanation().bounds(0).best_achievable(), 5);
}

TEST_F(PathTest, ARefusalForSeveralEndpointsNamesEach) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("b");
  request.add_endpoints("d");
  request.set_explain(true);
  request.mutable_constraints()->set_max_delay_us(1);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_THAT(response.no_path().message(), HasSubstr("none of 2 endpoints"));
  EXPECT_FALSE(response.has_explanation());
}

TEST_F(PathTest, TheSidLimitIsExplained) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.set_explain(true);
  request.mutable_constraints()->set_objective(v1::METRIC_TYPE_DELAY);
  request.mutable_constraints()->set_max_sids(1);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_path()) << response.no_path().message();
  EXPECT_EQ(response.path().metrics().delay_us(), 1800U);
  ASSERT_EQ(response.explanation().relaxations_size(), 1);
  EXPECT_EQ(response.explanation().relaxations(0).constraint(), "SID depth");
  EXPECT_EQ(response.explanation().relaxations(0).wanted(), 1);
  EXPECT_EQ(response.explanation().relaxations(0).needed(), 2);
  EXPECT_EQ(response.explanation().relaxations(0).message(),
            "SID depth 1 -> 2 gives a cheaper path");
  request.mutable_constraints()->set_max_delay_us(500);
  ASSERT_TRUE(Compute(request, &response).ok());
  EXPECT_EQ(response.no_path().reason(), "MSD_EXCEEDED");
  ASSERT_EQ(response.explanation().relaxations_size(), 1);
  EXPECT_EQ(response.explanation().relaxations(0).message(), "SID depth 1 -> 2 gives a path");
}

TEST_F(PathTest, EcmpIsSpreadOnlyIfAllowed) {
  StartDaemon();
  const auto source = Feed("lab",
                           "a<->b igp 10 delay 10\nb<->d igp 10 delay 10\n"
                           "a<->c igp 10 delay 10\nc<->d igp 10 delay 30\n");
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  v1::PathResponse pinned;
  ASSERT_TRUE(Compute(request, &pinned).ok());
  EXPECT_EQ(pinned.path().segment_list().labels_size(), 2);
  EXPECT_FALSE(pinned.path().ecmp());
  request.mutable_constraints()->set_allow_ecmp(true);
  v1::PathResponse spread;
  ASSERT_TRUE(Compute(request, &spread).ok());
  EXPECT_EQ(spread.path().segment_list().labels_size(), 1);
  EXPECT_TRUE(spread.path().ecmp());
  EXPECT_EQ(spread.path().hops_size(), 4);
  EXPECT_EQ(spread.path().metrics().delay_us(), 40U) << "of the worst branch";
}

// All but e take part; of the link to f no least delay is known.
std::string FastAlgorithm() {
  return absl::StrCat(kDiamond,
                      "d<->e igp 10 delay 10\nd<->f igp 10 avg-delay 10\n"
                      "node a algo 128\nnode b algo 128\nnode c algo 128\nnode d algo 128\n"
                      "node f algo 128\nfad 128 metric delay on a\n");
}

TEST_F(PathTest, AFlexibleAlgorithmGivesItsPathsAndSids) {
  StartDaemon();
  const auto source = Feed("lab", FastAlgorithm());
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  request.mutable_constraints()->set_flex_algorithm(128);
  v1::PathResponse response;
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_path()) << response.no_path().message();
  EXPECT_EQ(support::PathText("a", response.path()), "a c d");
  EXPECT_EQ(response.path().cost(), 200U) << "in the metric of the definition";
  EXPECT_THAT(response.path().segment_list().labels(), testing::ElementsAre(19128));
  request.mutable_constraints()->set_data_plane(v1::DATA_PLANE_SRV6);
  ASSERT_TRUE(Compute(request, &response).ok());
  ASSERT_TRUE(response.has_path()) << response.no_path().message();
  EXPECT_EQ(response.path().segment_list().sids_size(), 1);
  EXPECT_EQ(support::PathText("a", response.path()), "a c d");
}

TEST_F(PathTest, RefusalsInAFlexibleAlgorithmAreExplained) {
  StartDaemon();
  const auto source = Feed("lab", FastAlgorithm());
  const auto refusal = [&](const std::string& endpoint, uint32_t algorithm) {
    v1::PathRequest request;
    request.set_headend("a");
    request.set_endpoint(endpoint);
    request.set_explain(true);
    request.mutable_constraints()->set_flex_algorithm(algorithm);
    v1::PathResponse response;
    EXPECT_TRUE(Compute(request, &response).ok());
    std::string text =
        absl::StrCat(response.no_path().reason(), ": ", response.no_path().message());
    for (const v1::Relaxation& relaxation : response.explanation().relaxations()) {
      absl::StrAppend(&text, "; ", relaxation.message());
    }
    return text;
  };
  EXPECT_EQ(refusal("e", 128),
            "NO_PATH_FLEX_ALGORITHM: flex-algorithm 128: e does not take part in it; leaving "
            "flex-algorithm 128 gives a path of cost 210");
  EXPECT_EQ(refusal("f", 128),
            "NO_PATH_MISSING_ATTRIBUTE: missing attribute: no path from a to f over links that "
            "announce a min delay; blocked by 1 link: d->f; leaving flex-algorithm 128 gives a "
            "path of cost 210");
  EXPECT_EQ(refusal("d", 129),
            "NO_PATH_FLEX_ALGORITHM: flex-algorithm 129: no node announces a definition of it; "
            "leaving flex-algorithm 129 gives a path of cost 20");
}

TEST_F(PathTest, ASetFallsBackAndSaysWhatItShares) {
  StartDaemon();
  const auto source = Feed("lab",
                           "a<->b#1 igp 10 delay 10\na<->b#2 igp 10 delay 10\n"
                           "b<->c#1 igp 10 delay 10\nb<->c#2 igp 20 delay 10\n");
  v1::PathSetRequest request;
  for (int i = 0; i < 2; ++i) {
    request.add_members()->set_headend("a");
    request.mutable_members(i)->set_endpoint("c");
  }
  request.set_disjointness(v1::DISJOINTNESS_NODE);
  v1::PathSetResponse response;
  ASSERT_TRUE(paths_->ComputePathSet(support::MakeContext().get(), request, &response).ok());
  EXPECT_EQ(response.no_path().reason(), "NOT_DISJOINT");
  request.add_fallbacks(v1::DISJOINTNESS_LINK);
  ASSERT_TRUE(paths_->ComputePathSet(support::MakeContext().get(), request, &response).ok());
  ASSERT_EQ(response.paths_size(), 2) << response.no_path().message();
  EXPECT_EQ(response.total_cost(), 50U);
  EXPECT_EQ(response.achieved(), v1::DISJOINTNESS_LINK);
  EXPECT_FALSE(response.fully_disjoint());
  EXPECT_TRUE(response.proved_optimal());
  ASSERT_EQ(response.shared_size(), 1);
  EXPECT_THAT(response.shared(0).nodes(), testing::ElementsAre("b"));
  ASSERT_EQ(response.failed_size(), 1);
  EXPECT_EQ(response.failed(0).why().reason(), "NOT_DISJOINT");
}

TEST_F(PathTest, MistakesInARequestAreNamed) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  EXPECT_THAT(PathOf("a", "zz"), testing::AllOf(HasSubstr("UNKNOWN_NODE: "), HasSubstr("'zz'")));
  v1::PathConstraints absurd;
  absurd.set_max_loss_fraction(-0.5);
  EXPECT_THAT(PathOf("a", "d", absurd),
              testing::AllOf(HasSubstr("INVALID_ARGUMENT: "), HasSubstr("-0.5")));
  v1::PathConstraints flex;
  flex.set_flex_algorithm(7);
  EXPECT_THAT(PathOf("a", "d", flex), HasSubstr("INVALID_ARGUMENT: "));
}

TEST_F(PathTest, AHardQuestionMovesOffTheThreadOfItsCall) {
  StartDaemon("limits: {inline_labels: 1}\n");
  const auto source = Feed("lab", kDiamond);
  v1::PathConstraints bounded;
  bounded.set_max_delay_us(300);
  EXPECT_EQ(PathOf("a", "d", bounded), "a c d");
  EXPECT_EQ(PathOf("a", "d"), "a b d");
}

TEST_F(PathTest, AnOversizedMessageIsRefusedAndTheDaemonGoesOn) {
  StartDaemon("limits: {max_message_bytes: 100000}\n");
  const auto source = Feed("lab", kDiamond);
  v1::PathConstraints huge;
  huge.add_exclude_nodes(std::string(200'000, 'x'));
  v1::PathRequest request;
  request.set_headend("a");
  request.set_endpoint("d");
  *request.mutable_constraints() = huge;
  v1::PathResponse response;
  EXPECT_EQ(Compute(request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  v1::TopologyUpdate update;
  update.mutable_node()->set_id(std::string(200'000, 'x'));
  support::IngestClient other(channel_);
  ASSERT_TRUE(other.Hello("big"));
  EXPECT_FALSE(other.Send(update));
  EXPECT_FALSE(other.Finish().ok());
  EXPECT_EQ(PathOf("a", "d"), "a b d");
}

TEST_F(PathTest, TheTopologyIsReadInParts) {
  StartDaemon();
  FeedFile("rf1239.graph");
  const auto stub = v1::TopologyService::NewStub(channel_);
  const auto context = support::MakeContext();
  const auto stream = stub->GetTopology(context.get(), {});
  v1::Topology part;
  std::set<std::string> nodes;
  std::set<std::string> links;
  int parts = 0;
  while (stream->Read(&part)) {
    EXPECT_EQ(part.sources_size(), ++parts == 1 ? 1 : 0);
    for (const v1::TopologyNode& node : part.nodes()) {
      EXPECT_TRUE(nodes.insert(node.id()).second);
    }
    for (const v1::TopologyLink& link : part.links()) {
      EXPECT_TRUE(link.usable());
      EXPECT_TRUE(links.insert(link.key().ShortDebugString()).second);
    }
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(nodes.size(), 315U);
  EXPECT_EQ(links.size(), 1944U);
  EXPECT_GT(parts, 5);

  v1::GetTopologyRequest one;
  one.add_nodes(*nodes.begin());
  const auto second = support::MakeContext();
  const auto few = stub->GetTopology(second.get(), one);
  ASSERT_TRUE(few->Read(&part));
  EXPECT_EQ(part.nodes_size(), 1);
  for (const v1::TopologyLink& link : part.links()) {
    EXPECT_EQ(link.key().local_node(), *nodes.begin());
  }
  EXPECT_TRUE(few->Finish().ok());
  one.add_nodes("nowhere");
  const auto third = support::MakeContext();
  const auto unknown = stub->GetTopology(third.get(), one);
  EXPECT_FALSE(unknown->Read(&part));
  EXPECT_EQ(unknown->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(PathTest, TheNextSourceSpeaksWhenTheBetterOneGoesSilent) {
  StartDaemon("topology: {hold_time_seconds: 600}\n");
  const auto igp = Feed("igp", kDiamond, 100);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  {
    // Telemetry knows better: b-d is expensive.
    support::IngestClient telemetry(channel_);
    ASSERT_TRUE(telemetry.Hello("telemetry", 200, 600));
    v1::TopologyUpdate update = support::LinkStateUpdate(KeyOf(kDiamond, "b->d"), true);
    update.mutable_link()->mutable_attributes()->set_igp_metric(1000);
    ASSERT_EQ(telemetry.Send(update)->error(), "");
    EXPECT_EQ(PathOf("a", "d"), "a c d");
    EXPECT_TRUE(telemetry.Finish().ok());
  }
  // Its word stays behind every live source's.
  EXPECT_EQ(PathOf("a", "d"), "a b d");
}

TEST_F(PathTest, AStreamCutInTheMiddleLeavesTheNetworkAsItWas) {
  StartDaemon();
  {
    auto source = Feed("lab", kDiamond);
    v1::TopologyUpdate begin;
    begin.mutable_sync_begin();
    ASSERT_EQ(source->Send(begin)->error(), "");
    source->Cancel();  // A sync that never ends.
  }
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  const auto again = Feed("lab", "a<->b igp 10\n");
  EXPECT_THAT(PathOf("a", "d"), HasSubstr("UNKNOWN_NODE"));
  EXPECT_EQ(PathOf("a", "b"), "a b");
}

}  // namespace
}  // namespace srpce
