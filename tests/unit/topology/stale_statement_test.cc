// Statements their source calls stale: it has them from a neighbour that is gone.
#include <gtest/gtest.h>

#include <string>

#include "lib/topology/ted_builder.h"

namespace srpce::topology {
namespace {

using std::chrono::seconds;

const LinkKey kAb{"a", "b", "", ""};
const LinkKey kBa{"b", "a", "", ""};
constexpr StatementOptions kStale{.stale = true};

class StaleStatementTest : public testing::Test {
 protected:
  SourceId Connect(const std::string& name, uint32_t precedence,
                   std::optional<Duration> hold = seconds(30)) {
    const auto id =
        builder_.Connect({.name = name, .precedence = precedence, .hold_time = hold}, now_);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or(SourceId());
  }
  void Link(SourceId source, const LinkKey& key, IgpMetric metric, StatementOptions how = {}) {
    LinkAttributes attributes;
    attributes.igp_metric = metric;
    EXPECT_EQ(builder_.SetLink(source, key, attributes, how, now_), absl::OkStatus());
  }
  void Node(SourceId source, const std::string& id, const std::string& name,
            StatementOptions how = {}) {
    NodeAttributes attributes;
    attributes.name = name;
    EXPECT_EQ(builder_.SetNode(source, id, attributes, how, now_), absl::OkStatus());
  }
  // Of link a->b, or of node a.
  topology::Link LinkAb() {
    const TedPtr ted = builder_.Publish().ted;
    return ted->link(*ted->FindLink(kAb));
  }
  topology::Node NodeA() {
    const TedPtr ted = builder_.Publish().ted;
    return ted->node(*ted->FindNode("a"));
  }

  TedBuilder builder_;
  const MonotonicTime now_{seconds(1000)};
  const SourceId high_ = Connect("bgp", 200);
  const SourceId low_ = Connect("igp", 100);
};

TEST_F(StaleStatementTest, CountsBehindALiveOneOfAnySource) {
  Link(high_, kAb, 20, kStale);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 20U) << "nobody else speaks";
  EXPECT_TRUE(LinkAb().stale);
  Link(low_, kAb, 10);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 10U);
  EXPECT_FALSE(LinkAb().stale);
}

TEST_F(StaleStatementTest, IsLiveAgainOnceRepeatedThoughUnchanged) {
  Link(low_, kAb, 10);
  Link(high_, kAb, 20);
  Link(high_, kAb, 20, kStale);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 10U);
  Link(high_, kAb, 20);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 20U);
}

TEST_F(StaleStatementTest, ANodeIsStaleUntilSomethingLiveSpeaksOfIt) {
  Node(high_, "a", "alpha", kStale);
  EXPECT_TRUE(NodeA().stale);
  EXPECT_TRUE(NodeA().known);
  Node(low_, "a", "other");
  EXPECT_FALSE(NodeA().stale);
  EXPECT_EQ(NodeA().attributes.name, "other");
  Node(low_, "a", "other", kStale);
  EXPECT_TRUE(NodeA().stale);
  EXPECT_EQ(NodeA().attributes.name, "alpha") << "of stale statements the better source counts";
}

TEST_F(StaleStatementTest, APrefixOfALiveStatementCounts) {
  const IpPrefix prefix = *IpPrefix::Parse("10.0.0.1");
  const auto set = [&](SourceId source, uint32_t metric, StatementOptions how) {
    PrefixAttributes attributes;
    attributes.metric = metric;
    EXPECT_EQ(builder_.SetPrefix(source, "a", prefix, attributes, how, now_), absl::OkStatus());
    return NodeA().prefixes.at(0).attributes.metric;
  };
  EXPECT_EQ(set(high_, 20, kStale), 20U);
  EXPECT_EQ(set(low_, 10, {}), 10U);
  EXPECT_EQ(set(high_, 20, {}), 20U);
}

TEST_F(StaleStatementTest, APatchDecidesForAllTheSourceStates) {
  Link(high_, kAb, 20);
  LinkAttributes delay;
  delay.delay = Microseconds(500);
  ASSERT_EQ(builder_.SetLink(high_, kAb, delay, {.patch = true, .stale = true}, now_),
            absl::OkStatus());
  Link(low_, kAb, 10);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 10U);
  EXPECT_EQ(LinkAb().attributes.delay, Microseconds(500));
  ASSERT_EQ(builder_.SetLink(high_, kAb, delay, {.patch = true}, now_), absl::OkStatus());
  EXPECT_EQ(LinkAb().attributes.igp_metric, 20U);
}

TEST_F(StaleStatementTest, CountsAlsoOfASourceWithoutHoldTime) {
  const SourceId lab = Connect("lab", 300, std::nullopt);
  Link(low_, kAb, 10);
  Link(lab, kAb, 30, kStale);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 10U);
}

TEST_F(StaleStatementTest, RanksAsTheStatementsOfABrokenStream) {
  Link(high_, kAb, 20);
  Link(low_, kAb, 10, kStale);
  builder_.Disconnect(high_, now_);
  EXPECT_EQ(LinkAb().attributes.igp_metric, 20U);
  EXPECT_TRUE(LinkAb().stale);
}

TEST_F(StaleStatementTest, IsARepetitionForASync) {
  Link(high_, kAb, 20);
  ASSERT_EQ(builder_.BeginSync(high_), absl::OkStatus());
  Link(high_, kAb, 20, kStale);
  EXPECT_EQ(*builder_.EndSync(high_), 0U);
  EXPECT_TRUE(LinkAb().stale);
}

TEST_F(StaleStatementTest, MovesNoPath) {
  Node(high_, "a", "alpha");
  Node(high_, "b", "beta");
  Link(high_, kAb, 20);
  Link(high_, kBa, 20);
  builder_.Publish();
  Node(high_, "a", "alpha", kStale);
  Link(high_, kAb, 20, kStale);
  const TedBuilder::Published published = builder_.Publish();
  EXPECT_EQ(published.ted->generation(), 2U);
  EXPECT_EQ(published.ted->stale_link_count(), 1U);
  EXPECT_EQ(published.ted->usable_link_count(), 2U);
  EXPECT_TRUE(published.delta.nodes.empty());
  ASSERT_EQ(published.delta.links.size(), 1U);
  const LinkChange& change = published.delta.links.front();
  EXPECT_FALSE(change.degraded || change.improved || change.went_down);
}

}  // namespace
}  // namespace srpce::topology
