// Several sources speak of one network to a real srpced: whose word moves a path.
#include "tests/integration/daemon_fixture.h"

namespace srpce {
namespace {

constexpr char kNamedDiamond[] =
    "a<->b#ge0,ge9 igp 10\n"
    "b<->d igp 10\n"
    "a<->c igp 20\n"
    "c<->d igp 20\n";

using SourcesTest = DaemonTest;

TEST_F(SourcesTest, TelemetryOfAnInterfaceMovesThePathWheneverTheLinkComes) {
  StartDaemon();
  support::IngestClient telemetry(channel_);
  ASSERT_TRUE(telemetry.Hello("telemetry", 200));
  const v1::TopologyUpdate down = support::LinkStateUpdate({"a", "", "ge0", ""}, /*up=*/false);
  ASSERT_EQ(telemetry.Send(down)->error(), "");
  const auto igp = Feed("igp", kNamedDiamond);
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  ASSERT_EQ(telemetry.Send(support::LinkStateUpdate({"a", "", "ge0", ""}, /*up=*/true))->error(),
            "");
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  ASSERT_EQ(igp->Sync(*support::BuildTed("a<->c igp 20\nc<->d igp 20\n"))->error(), "");
  ASSERT_EQ(telemetry.Send(down)->error(), "");
  ASSERT_EQ(igp->Sync(*support::BuildTed(kNamedDiamond))->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  v1::TopologyUpdate removal;
  *removal.mutable_remove_link() = down.link().key();
  ASSERT_EQ(telemetry.Send(removal)->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a b d");
}

TEST_F(SourcesTest, WhatASourceCallsStaleCountsBehindALiveOne) {
  StartDaemon();
  const auto igp = Feed("igp", kDiamond, 100);
  support::IngestClient bgp(channel_);
  ASSERT_TRUE(bgp.Hello("bgp", 200));
  v1::TopologyUpdate update = support::LinkStateUpdate(KeyOf(kDiamond, "b->d"), true);
  update.mutable_link()->mutable_attributes()->set_igp_metric(1000);
  ASSERT_EQ(bgp.Send(update)->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a c d");
  update.set_stale(true);
  ASSERT_EQ(bgp.Send(update)->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  update.set_stale(false);
  ASSERT_EQ(bgp.Send(update)->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a c d");
}

TEST_F(SourcesTest, AnOverlayKeepsNoLinkTheIgpWithdrew) {
  StartDaemon();
  support::IngestClient overlay(channel_);
  v1::TopologyUpdate hello;
  hello.mutable_hello()->set_name("telemetry");
  hello.mutable_hello()->set_precedence(200);
  hello.mutable_hello()->set_overlay(true);
  ASSERT_EQ(overlay.Send(hello)->error(), "");
  ASSERT_EQ(overlay.Sync(*support::BuildTed(kDiamond))->error(), "");
  const auto igp = Feed("igp", kDiamond);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  ASSERT_EQ(igp->Sync(*support::BuildTed("a<->c igp 20\nc<->d igp 20\nnode b\n"))->error(), "");
  EXPECT_EQ(PathOf("a", "d"), "a c d");
}

TEST_F(SourcesTest, ASourceOfTheDaemonMayBeAnOverlay) {
  const std::string network = folder_.Write("net.graph",
                                            "NODES 2\nlabel x y\na 0 0\nb 0 0\nEDGES 2\n"
                                            "label src dest weight bw delay\n"
                                            "e0 0 1 10 1000 1\ne1 1 0 10 1000 1\n");
  StartDaemon("sources: [{plugin: file, name: measured, overlay: true, settings: {path: " +
              network + "}}]\n");
  ASSERT_TRUE(AwaitServing());
  EXPECT_NE(PathOf("a", "b"), "a b");
  EXPECT_EQ(Metric("srpce_ted_links{state=\"unusable\"}"), 2);
  const auto igp = Feed("igp", "a<->b igp 10\n");
  EXPECT_EQ(PathOf("a", "b"), "a b");
}

}  // namespace
}  // namespace srpce
