// Sources, their precedence, syncs and silence; coming and going of nodes and links.
#include "lib/topology/ted_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace srpce::topology {
namespace {

using std::chrono::seconds;

class TedBuilderTest : public testing::Test {
 protected:
  SourceId Connect(const std::string& name, uint32_t precedence = 100,
                   std::optional<Duration> hold = {}) {
    const auto id =
        builder_.Connect({.name = name, .precedence = precedence, .hold_time = hold}, now_);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or(SourceId());
  }
  void Node(SourceId source, const std::string& id, const NodeAttributes& attributes = {}) {
    EXPECT_EQ(builder_.SetNode(source, id, attributes, {}, now_), absl::OkStatus());
  }
  void Link(SourceId source, const LinkKey& key, const LinkAttributes& attributes = {}) {
    EXPECT_EQ(builder_.SetLink(source, key, attributes, {}, now_), absl::OkStatus());
  }
  void Both(SourceId source, const std::string& interface = "") {
    Link(source, {"a", "b", interface, interface});
    Link(source, {"b", "a", interface, interface});
  }
  void Unlink(SourceId source, const LinkKey& key) {
    EXPECT_EQ(builder_.RemoveLink(source, key, now_), absl::OkStatus());
  }
  static LinkAttributes Igp(IgpMetric metric) {
    LinkAttributes attributes;
    attributes.igp_metric = metric;
    return attributes;
  }
  TedPtr Publish() { return builder_.Publish().ted; }
  bool Usable(const LinkKey& key) {
    const TedPtr ted = Publish();
    const auto link = ted->FindLink(key);
    return link && ted->link(*link).usable;
  }
  std::optional<IgpMetric> IgpOf(const LinkKey& key) {
    const TedPtr ted = Publish();
    return ted->link(*ted->FindLink(key)).attributes.igp_metric;
  }

  TedBuilder builder_;
  MonotonicTime now_{seconds(1000)};
};

const LinkKey kAb{"a", "b", "", ""};
const LinkKey kBa{"b", "a", "", ""};

TEST_F(TedBuilderTest, TheFirstSnapshotIsEmpty) {
  const TedBuilder::Published published = builder_.Publish();
  EXPECT_EQ(published.ted->generation(), 0U);
  EXPECT_TRUE(published.delta.empty());
}

TEST_F(TedBuilderTest, RefusesASourceWithoutName) {
  EXPECT_EQ(builder_.Connect({.name = "", .hold_time = {}}, now_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TedBuilderTest, RefusesASecondStreamOfOneSource) {
  Connect("igp");
  const auto second = builder_.Connect({.name = "igp", .hold_time = {}}, now_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(second.status().message(), "source igp: got a second stream, want one at a time");
}

TEST_F(TedBuilderTest, RefusesStatementsAfterTheStreamEnded) {
  const SourceId igp = Connect("igp");
  builder_.Disconnect(igp, now_);
  EXPECT_EQ(builder_.SetNode(igp, "a", {}, {}, now_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(builder_.SetNode(SourceId(99), "a", {}, {}, now_).code(), absl::StatusCode::kNotFound);
}

TEST_F(TedBuilderTest, ALinkNeedsBothDirectionsAndBothNodes) {
  const SourceId igp = Connect("igp");
  Link(igp, kAb);
  Node(igp, "a");
  EXPECT_FALSE(Usable(kAb));
  Link(igp, kBa);
  EXPECT_FALSE(Usable(kAb));
  EXPECT_EQ(builder_.half_known_link_count(), 2U);
  Node(igp, "b");
  EXPECT_TRUE(Usable(kAb));
  EXPECT_TRUE(Usable(kBa));
  EXPECT_EQ(builder_.half_known_link_count(), 0U);
}

TEST_F(TedBuilderTest, ADirectionThatIsDownTakesTheOtherDown) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  EXPECT_TRUE(Usable(kAb));
  LinkAttributes down;
  down.up = false;
  Link(igp, kBa, down);
  EXPECT_FALSE(Usable(kAb));
  Link(igp, kBa);
  EXPECT_TRUE(Usable(kAb));
}

TEST_F(TedBuilderTest, OfTwoParallelLinksOnlyTheOneWithoutReverseGoes) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp, "1");
  Both(igp, "2");
  EXPECT_TRUE(Usable({"a", "b", "1", ""}));
  Unlink(igp, {"b", "a", "1", ""});
  EXPECT_FALSE(Usable({"a", "b", "1", ""}));
  EXPECT_TRUE(Usable({"a", "b", "2", ""}));
  EXPECT_TRUE(Usable({"b", "a", "2", ""}));
}

TEST_F(TedBuilderTest, OfSilentParallelLinksOnlyTheOneWithoutReverseGoes) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  for (const char* interface : {"1", "2"}) Link(igp, {"a", "b", interface, ""});
  for (const char* interface : {"x", "y"}) Link(igp, {"b", "a", interface, ""});
  EXPECT_TRUE(Usable({"a", "b", "1", ""}));
  Unlink(igp, {"b", "a", "x", ""});
  EXPECT_FALSE(Usable({"a", "b", "1", ""}));
  EXPECT_TRUE(Usable({"a", "b", "2", ""}));
  EXPECT_TRUE(Usable({"b", "a", "y", ""}));
  Link(igp, {"b", "a", "x", ""});
  EXPECT_TRUE(Usable({"a", "b", "1", ""})) << "its reverse is back";
}

TEST_F(TedBuilderTest, AnAddressLearntLaterPairsParallelLinks) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Link(igp, {"a", "b", "1", ""});
  Link(igp, {"a", "b", "2", ""});
  LinkAttributes back;
  back.remote_address = *IpAddress::Parse("10.0.1.1");
  Link(igp, {"b", "a", "9", ""}, back);
  EXPECT_FALSE(Usable({"a", "b", "2", ""}));
  LinkAttributes there;
  there.local_address = *IpAddress::Parse("10.0.1.1");
  Link(igp, {"a", "b", "2", ""}, there);
  EXPECT_TRUE(Usable({"a", "b", "2", ""}));
  EXPECT_FALSE(Usable({"a", "b", "1", ""}));
}

TEST_F(TedBuilderTest, ANodeALinkRefersToStaysHalfKnown) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  const NodeIndex b = *Publish()->FindNode("b");
  ASSERT_EQ(builder_.RemoveNode(igp, "b", now_), absl::OkStatus());
  const TedPtr ted = Publish();
  EXPECT_FALSE(ted->node(b).known);
  EXPECT_EQ(ted->known_node_count(), 1U);
  EXPECT_FALSE(Usable(kAb));
  Unlink(igp, kAb);
  Unlink(igp, kBa);
  EXPECT_FALSE(Publish()->HasNode(b));
}

TEST_F(TedBuilderTest, IndexesStayWhileAnElementLivesAndAreUsedAgainAfter) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  const TedPtr first = Publish();
  const LinkIndex ab = *first->FindLink(kAb);
  LinkAttributes down;
  down.up = false;
  Link(igp, kAb, down);
  EXPECT_EQ(*Publish()->FindLink(kAb), ab);
  Unlink(igp, kAb);
  EXPECT_FALSE(Publish()->HasLink(ab));
  Link(igp, {"b", "a", "7", ""});
  EXPECT_EQ(*Publish()->FindLink({"b", "a", "7", ""}), ab);
  EXPECT_EQ(first->link(ab).key.ToString(), "a->b");  // The old snapshot does not know.
}

TEST_F(TedBuilderTest, WhatGoesAndReturnsBetweenTwoSnapshotsKeepsItsIndex) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  const LinkIndex ab = *Publish()->FindLink(kAb);
  Unlink(igp, kAb);
  Link(igp, kAb);
  const TedBuilder::Published published = builder_.Publish();
  EXPECT_EQ(*published.ted->FindLink(kAb), ab);
  EXPECT_TRUE(published.delta.empty());
  EXPECT_EQ(published.ted->generation(), 1U);
}

TEST_F(TedBuilderTest, TheHighestPrecedenceCountsPerAttribute) {
  const SourceId igp = Connect("igp", 100);
  const SourceId lab = Connect("lab", 200);
  LinkAttributes by_igp = Igp(10);
  by_igp.te_metric = 20;
  Link(igp, kAb, by_igp);
  Link(lab, kAb, Igp(99));
  const TedPtr ted = Publish();
  const auto& link = ted->link(*ted->FindLink(kAb));
  EXPECT_EQ(link.attributes.igp_metric, 99U);
  EXPECT_EQ(link.attributes.te_metric, 20U);
}

TEST_F(TedBuilderTest, EqualPrecedenceGoesToTheNameThatSortsFirst) {
  Link(Connect("zeta"), kAb, Igp(2));
  Link(Connect("alpha"), kAb, Igp(1));
  EXPECT_EQ(IgpOf(kAb), 1U);
}

TEST_F(TedBuilderTest, TheNextSourceCountsWhenTheBestTakesItsValueBack) {
  const SourceId igp = Connect("igp", 100);
  const SourceId lab = Connect("lab", 200);
  Link(igp, kAb, Igp(10));
  Link(lab, kAb, Igp(99));
  Link(lab, kAb);
  EXPECT_EQ(IgpOf(kAb), 10U);
  Link(lab, kAb, Igp(98));
  EXPECT_EQ(IgpOf(kAb), 98U);
  Unlink(lab, kAb);
  EXPECT_EQ(IgpOf(kAb), 10U);
}

TEST_F(TedBuilderTest, AnOverlayAmendsButDoesNotKeepALinkInUse) {
  const SourceId igp = Connect("igp");
  const SourceId telemetry = *builder_.Connect(
      {.name = "telemetry", .precedence = 200, .hold_time = {}, .overlay = true}, now_);
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  LinkAttributes measured;
  measured.delay = Microseconds(500);
  Link(telemetry, kAb, measured);
  Link(telemetry, kBa, measured);
  EXPECT_TRUE(Usable(kAb));
  Unlink(igp, kAb);
  EXPECT_FALSE(Usable(kAb));
  EXPECT_FALSE(Usable(kBa));
  Link(igp, kAb);
  EXPECT_TRUE(Usable(kAb));
  const TedPtr ted = Publish();
  EXPECT_EQ(ted->link(*ted->FindLink(kAb)).attributes.delay, Microseconds(500));
}

TEST_F(TedBuilderTest, AnOverlayAloneMakesNoNodeKnown) {
  Node(*builder_.Connect({.name = "lab", .hold_time = {}, .overlay = true}, now_), "a");
  const TedPtr ted = Publish();
  EXPECT_FALSE(ted->node(*ted->FindNode("a")).known);
}

TEST_F(TedBuilderTest, ASilentSourceCountsBehindEveryLiveOne) {
  const SourceId igp = Connect("igp", 100);
  const SourceId lab = Connect("lab", 200, seconds(30));
  LinkAttributes by_lab = Igp(99);
  by_lab.te_metric = 5;
  Link(igp, kAb, Igp(10));
  Link(lab, kAb, by_lab);
  builder_.Disconnect(lab, now_);
  const TedPtr ted = Publish();
  const auto& link = ted->link(*ted->FindLink(kAb));
  EXPECT_EQ(link.attributes.igp_metric, 10U);
  EXPECT_EQ(link.attributes.te_metric, 5U);  // Nobody else says.
  EXPECT_FALSE(link.stale);
  Connect("lab", 200);
  EXPECT_EQ(IgpOf(kAb), 99U);
}

TEST_F(TedBuilderTest, ASourceWithoutHoldTimeKeepsItsRankWhenItsStreamEnds) {
  const SourceId igp = Connect("igp", 100, seconds(30));
  const SourceId lab = Connect("lab", 200);
  Link(igp, kAb, Igp(10));
  Link(lab, kAb, Igp(99));
  builder_.Disconnect(lab, now_);
  const TedPtr ted = Publish();
  EXPECT_EQ(ted->link(*ted->FindLink(kAb)).attributes.igp_metric, 99U);
  builder_.Disconnect(igp, now_);
  EXPECT_FALSE(Publish()->link(*ted->FindLink(kAb)).stale) << "the lab still means it";
  Unlink(SourceId(Connect("lab", 200)), kAb);
  EXPECT_EQ(IgpOf(kAb), 10U);
}

TEST_F(TedBuilderTest, ElementsOfSilentSourcesAreStaleAndUsable) {
  const SourceId igp = Connect("igp", 100, seconds(30));
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  Publish();
  builder_.Disconnect(igp, now_);
  const TedBuilder::Published published = builder_.Publish();
  const Ted& ted = *published.ted;
  EXPECT_TRUE(ted.node(*ted.FindNode("a")).stale);
  EXPECT_TRUE(ted.link(*ted.FindLink(kAb)).stale);
  EXPECT_TRUE(ted.link(*ted.FindLink(kAb)).usable);
  EXPECT_EQ(ted.stale_link_count(), 2U);
  // No path has to move because a feed broke.
  EXPECT_TRUE(published.delta.nodes.empty());
  for (const LinkChange& change : published.delta.links) {
    EXPECT_FALSE(change.degraded || change.improved || change.went_down);
  }
}

TEST_F(TedBuilderTest, StatementsOutliveTheStreamByTheHoldTime) {
  const SourceId igp = Connect("igp", 100, seconds(30));
  Node(igp, "a");
  EXPECT_EQ(builder_.next_expiry(), std::nullopt);
  builder_.Disconnect(igp, now_);
  EXPECT_EQ(builder_.next_expiry(), now_ + seconds(30));
  EXPECT_EQ(builder_.ExpireStale(now_ + seconds(29)), 0U);
  EXPECT_TRUE(Publish()->FindNode("a"));
  EXPECT_EQ(builder_.ExpireStale(now_ + seconds(30)), 1U);
  EXPECT_FALSE(Publish()->FindNode("a"));
  EXPECT_EQ(builder_.next_expiry(), std::nullopt);
  EXPECT_TRUE(builder_.sources().empty());
}

TEST_F(TedBuilderTest, WithoutHoldTimeStatementsStayForEver) {
  const SourceId lab = Connect("lab");
  Node(lab, "a");
  builder_.Disconnect(lab, now_);
  EXPECT_EQ(builder_.ExpireStale(MonotonicTime::max()), 0U);
  EXPECT_TRUE(Publish()->FindNode("a"));
}

TEST_F(TedBuilderTest, AHoldTimeBeyondTheClockIsForEver) {
  builder_.Disconnect(Connect("lab", 100, Duration::max()), now_);
  EXPECT_EQ(builder_.next_expiry(), std::nullopt);
}

TEST_F(TedBuilderTest, ASourceThatReturnsKeepsItsIdAndStatements) {
  const SourceId igp = Connect("igp", 100, seconds(30));
  Node(igp, "a");
  builder_.Disconnect(igp, now_);
  EXPECT_EQ(Connect("igp", 100, seconds(30)), igp);
  EXPECT_EQ(builder_.ExpireStale(now_ + seconds(60)), 0U);
  const auto stale = [&] {
    const TedPtr ted = Publish();
    return ted->node(*ted->FindNode("a")).stale;
  };
  EXPECT_TRUE(stale()) << "it may have changed in between";
  Node(igp, "a");
  EXPECT_FALSE(stale());
}

// What the source missed while it was away is not undone by its coming back.
TEST_F(TedBuilderTest, ASourceThatReturnsOverridesOthersOnlyByWhatItRepeats) {
  const SourceId igp = Connect("igp", 200, seconds(30));
  const SourceId probe = Connect("probe", 100, seconds(30));
  LinkAttributes up;
  up.up = true;
  LinkAttributes down;
  down.up = false;
  Node(igp, "a");
  Node(igp, "b");
  Link(igp, kAb, up);
  Link(igp, kBa, up);
  builder_.Disconnect(igp, now_);
  Link(probe, kAb, down);
  EXPECT_FALSE(Usable(kAb));
  Connect("igp", 200, seconds(30));
  EXPECT_FALSE(Usable(kAb)) << "igp has said nothing yet";
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  Link(igp, kBa, up);
  EXPECT_FALSE(Usable(kAb));
  Link(igp, kAb, up);
  EXPECT_TRUE(Usable(kAb)) << "repeated, though unchanged";
}

TEST_F(TedBuilderTest, ASyncRemovesWhatIsNotRepeated) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  Both(igp);
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  Node(igp, "a");
  Link(igp, kAb);
  EXPECT_EQ(Publish()->link_count(), 2U);  // Nothing goes before the end.
  EXPECT_EQ(*builder_.EndSync(igp), 2U);   // Node b, link b->a.
  const TedPtr ted = Publish();
  EXPECT_EQ(ted->link_count(), 1U);
  EXPECT_EQ(ted->known_node_count(), 1U);
}

TEST_F(TedBuilderTest, ASyncThatIsNotEndedRemovesNothing) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "b");
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  Node(igp, "a");
  builder_.Disconnect(igp, now_);
  EXPECT_EQ(Publish()->known_node_count(), 2U);
  Connect("igp");
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  Node(igp, "b");
  EXPECT_EQ(*builder_.EndSync(igp),
            1U);  // What the broken sync repeated does not count in this one.
  EXPECT_FALSE(Publish()->FindNode("a"));
}

TEST_F(TedBuilderTest, ASyncOfOneSourceLeavesTheOthersAlone) {
  const SourceId igp = Connect("igp");
  const SourceId lab = Connect("lab");
  Node(igp, "a");
  Node(lab, "a");
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  EXPECT_EQ(*builder_.EndSync(igp), 1U);
  EXPECT_TRUE(Publish()->FindNode("a"));
}

TEST_F(TedBuilderTest, RefusesNestedAndUnopenedSyncs) {
  const SourceId igp = Connect("igp");
  EXPECT_EQ(builder_.EndSync(igp).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  EXPECT_EQ(builder_.BeginSync(igp).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TedBuilderTest, APatchKeepsWhatItDoesNotState) {
  const SourceId igp = Connect("igp");
  LinkAttributes all = Igp(10);
  all.delay = Microseconds(500);
  Link(igp, {"a", "b", "1", "9"}, all);
  LinkAttributes patch;
  patch.delay = Microseconds(700);
  ASSERT_EQ(builder_.SetLink(igp, {"a", "b", "1", ""}, patch, {.patch = true}, now_),
            absl::OkStatus());
  const TedPtr ted = Publish();
  const auto& link = ted->link(*ted->FindLink({"a", "b", "1", ""}));
  EXPECT_EQ(link.attributes.igp_metric, 10U);
  EXPECT_EQ(link.attributes.delay, Microseconds(700));
  EXPECT_EQ(link.key.remote_interface, "9");
}

TEST_F(TedBuilderTest, ARefusedStatementChangesNothing) {
  const SourceId igp = Connect("igp");
  Link(igp, kAb, Igp(10));
  Publish();
  LinkAttributes bad = Igp(11);
  bad.loss = 1.5;
  EXPECT_EQ(builder_.SetLink(igp, kAb, bad, {}, now_).message(),
            "link a->b: loss: got 1.5, want 0 to 1");
  EXPECT_EQ(builder_.SetLink(igp, {"x", "y", "", ""}, bad, {}, now_).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(builder_.Publish().delta.empty());
  EXPECT_FALSE(Publish()->FindNode("x"));
}

TEST_F(TedBuilderTest, APatchIsJudgedTogetherWithWhatItKeeps) {
  const SourceId igp = Connect("igp");
  LinkAttributes min;
  min.min_delay = Microseconds(500);
  Link(igp, kAb, min);
  LinkAttributes max;
  max.max_delay = Microseconds(400);
  EXPECT_EQ(builder_.SetLink(igp, kAb, max, {.patch = true}, now_).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TedBuilderTest, RemovingWhatTheSourceNeverSaidIsNotFound) {
  const SourceId igp = Connect("igp");
  const SourceId lab = Connect("lab");
  Node(igp, "a");
  EXPECT_EQ(builder_.RemoveNode(lab, "a", now_).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(builder_.RemoveLink(lab, kAb, now_).message(),
            "link a->b: got a removal by lab, which has not announced it");
  EXPECT_EQ(builder_.RemovePrefix(igp, "a", *IpPrefix::Parse("10.0.0.1"), now_).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(TedBuilderTest, APrefixWaitsForItsNode) {
  const SourceId igp = Connect("igp");
  PrefixAttributes prefix;
  prefix.sids = {{.value = 7}};
  const IpPrefix loopback = *IpPrefix::Parse("10.0.0.1");
  ASSERT_EQ(builder_.SetPrefix(igp, "a", loopback, prefix, {}, now_), absl::OkStatus());
  EXPECT_EQ(Publish()->known_node_count(), 0U);
  Node(igp, "a");
  const TedPtr ted = Publish();
  EXPECT_EQ(ted->FindPrefixSid(7, 0), std::vector<NodeIndex>{*ted->FindNode("a")});
  ASSERT_EQ(builder_.RemovePrefix(igp, "a", loopback, now_), absl::OkStatus());
  EXPECT_TRUE(Publish()->FindPrefixSid(7, 0).empty());
}

TEST_F(TedBuilderTest, StatusCountsWhatEachSourceSays) {
  const SourceId igp = Connect("igp");
  Node(igp, "a");
  Node(igp, "a");
  Both(igp);
  ASSERT_EQ(builder_.BeginSync(igp), absl::OkStatus());
  const SourceStatus status = builder_.sources().at(0);
  EXPECT_EQ(status.nodes, 1U);
  EXPECT_EQ(status.links, 2U);
  EXPECT_TRUE(status.connected && status.in_sync && !status.ever_synced);
  EXPECT_EQ(status.last_update, now_);
}

TEST_F(TedBuilderTest, OnlyChangesMakeAGeneration) {
  const SourceId igp = Connect("igp");
  EXPECT_EQ(Publish()->generation(), 0U);
  Node(igp, "a");
  EXPECT_EQ(Publish()->generation(), 1U);
  Node(igp, "a");  // Says nothing new.
  EXPECT_EQ(Publish()->generation(), 1U);
}

TEST_F(TedBuilderTest, LineagesDiffer) {
  TedBuilder other;
  EXPECT_NE(other.Publish().ted->lineage(), Publish()->lineage());
}

}  // namespace
}  // namespace srpce::topology
