// What a delta tells of a change, and how deltas join.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "lib/topology/ted_builder.h"
#include "tests/support/build_ted.h"

namespace srpce::topology {
namespace {

LinkAttributes Plain() {
  LinkAttributes a;
  a.igp_metric = 10;
  a.te_metric = 20;
  a.delay = Microseconds(100);
  a.delay_variation = Microseconds(5);
  a.loss = 0.25;
  a.available = BytesPerSecond{1000};
  a.srlgs = std::vector<uint32_t>{1};
  return a;
}

struct Case {
  std::string name;
  std::function<void(LinkAttributes&)> change;
  std::string want;
};

class TedDeltaTest : public testing::TestWithParam<Case> {};

TEST_P(TedDeltaTest, ToldForBetterOrWorse) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  for (const char* node : {"a", "b"}) {
    ASSERT_TRUE(builder.SetNode(source, node, {}, {}, {}).ok());
  }
  LinkAttributes attributes = Plain();
  ASSERT_TRUE(builder.SetLink(source, {"a", "b", "", ""}, attributes, {}, {}).ok());
  ASSERT_TRUE(builder.SetLink(source, {"b", "a", "", ""}, attributes, {}, {}).ok());
  const LinkIndex link = *builder.Publish().ted->FindLink({"a", "b", "", ""});
  GetParam().change(attributes);
  ASSERT_TRUE(builder.SetLink(source, {"a", "b", "", ""}, attributes, {}, {}).ok());
  const TedDelta delta = builder.Publish().delta;
  std::string told;
  for (const LinkChange& change : delta.links) {
    if (change.link == link) {
      told = std::string(change.degraded ? "worse " : "") + (change.improved ? "better " : "") +
             (change.went_down ? "down " : "") + "told";
    }
  }
  EXPECT_EQ(told, GetParam().want);
  EXPECT_FALSE(delta.structure_changed);
}

const Case kCases[] = {
    {"Nothing", [](LinkAttributes&) {}, ""},
    {"Down", [](LinkAttributes& a) { a.up = false; }, "worse down told"},
    {"IgpUp", [](LinkAttributes& a) { a.igp_metric = 11; }, "worse told"},
    {"IgpDown", [](LinkAttributes& a) { a.igp_metric = 9; }, "better told"},
    {"TeUp", [](LinkAttributes& a) { a.te_metric = 21; }, "worse told"},
    {"TeGone", [](LinkAttributes& a) { a.te_metric.reset(); }, "worse better told"},
    {"DelayUp", [](LinkAttributes& a) { a.delay = Microseconds(101); }, "worse told"},
    {"DelayDown", [](LinkAttributes& a) { a.delay = Microseconds(99); }, "better told"},
    {"VariationUp", [](LinkAttributes& a) { a.delay_variation = Microseconds(6); }, "worse told"},
    {"LossDown", [](LinkAttributes& a) { a.loss = 0; }, "better told"},
    {"Anomalous", [](LinkAttributes& a) { a.delay_anomalous = true; }, "worse told"},
    {"NotAnomalous", [](LinkAttributes& a) { a.delay_anomalous = false; }, "told"},
    {"BandwidthDown", [](LinkAttributes& a) { a.available = BytesPerSecond{999}; }, "worse told"},
    {"BandwidthUp", [](LinkAttributes& a) { a.available = BytesPerSecond{1001}; }, "better told"},
    {"MetricUpDelayDown",
     [](LinkAttributes& a) {
       a.igp_metric = 11;
       a.delay = Microseconds(1);
     },
     "worse better told"},
    {"Affinity", [](LinkAttributes& a) { a.admin_group = AdminGroup({1}); }, "worse better told"},
    {"Srlgs", [](LinkAttributes& a) { a.srlgs->push_back(2); }, "worse better told"},
    {"SrlgsInOtherOrder",
     [](LinkAttributes& a) {
       a.srlgs = std::vector<uint32_t>{1, 1};
     },
     ""},
    {"Sids", [](LinkAttributes& a) { a.adjacency_sids = {{.label = 24000}}; }, "worse better told"},
};
INSTANTIATE_TEST_SUITE_P(Link, TedDeltaTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(TedDeltaStructureTest, NodesAndLinksThatComeOrGoAreStructure) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b\nb<->c\n", builder, source);
  const TedBuilder::Published first = builder.Publish();
  EXPECT_TRUE(first.delta.structure_changed);
  EXPECT_EQ(first.delta.nodes.size(), 3U);
  EXPECT_EQ(first.delta.links.size(), 4U);
  EXPECT_TRUE(first.delta.links[0].improved);
  ASSERT_TRUE(builder.RemoveLink(source, {"a", "b", "", ""}, {}).ok());
  const TedDelta second = builder.Publish().delta;
  EXPECT_TRUE(second.structure_changed);
  ASSERT_EQ(second.links.size(), 2U);  // The other direction lost its reverse.
  EXPECT_TRUE(second.links[0].went_down && second.links[1].went_down);
}

TEST(TedDeltaStructureTest, ANewWinningDefinitionIsStructure) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b\nfad 128 metric delay priority 5 on a\n", builder, source);
  builder.Publish();
  const auto define = [&](uint8_t priority) {
    NodeAttributes node;
    node.flex_algo_definitions.emplace_back().priority = priority;
    EXPECT_TRUE(builder.SetNode(source, "b", node, {.patch = true}, {}).ok());
    return builder.Publish();
  };
  EXPECT_FALSE(define(4).delta.structure_changed);
  const TedBuilder::Published published = define(6);
  EXPECT_TRUE(published.delta.structure_changed);
  EXPECT_EQ(published.ted->FindFlexAlgo(128)->metric, MetricType::kIgp);
}

TEST(TedDeltaStructureTest, NodeChangesAreTold) {
  TedBuilder builder;
  const SourceId source = *builder.Connect({.name = "test", .hold_time = {}}, {});
  support::AddToBuilder("a<->b\n", builder, source);
  const NodeIndex a = *builder.Publish().ted->FindNode("a");
  NodeAttributes overload;
  overload.overload = true;
  ASSERT_TRUE(builder.SetNode(source, "a", overload, {.patch = true}, {}).ok());
  const TedDelta delta = builder.Publish().delta;
  EXPECT_EQ(delta.nodes, std::vector<NodeIndex>{a});
  EXPECT_TRUE(delta.links.empty());
}

TEST(TedDeltaMergeTest, FlagsAddUpPerLink) {
  TedDelta first;
  first.to_generation = 1;
  first.links = {{.link = LinkIndex(1), .degraded = true, .went_down = true},
                 {.link = LinkIndex(3), .improved = true}};
  first.nodes = {NodeIndex(1), NodeIndex(5)};
  TedDelta second;
  second.from_generation = 1;
  second.to_generation = 4;
  second.links = {{.link = LinkIndex(0), .degraded = true},
                  {.link = LinkIndex(1), .improved = true}};
  second.nodes = {NodeIndex(0), NodeIndex(5)};
  second.structure_changed = true;
  first.Merge(second);
  EXPECT_EQ(first.from_generation, 0U);
  EXPECT_EQ(first.to_generation, 4U);
  EXPECT_TRUE(first.structure_changed);
  EXPECT_EQ(first.nodes, (std::vector<NodeIndex>{NodeIndex(0), NodeIndex(1), NodeIndex(5)}));
  ASSERT_EQ(first.links.size(), 3U);
  EXPECT_EQ(first.links[0].link, LinkIndex(0));
  EXPECT_EQ(first.links[1].link, LinkIndex(1));
  EXPECT_TRUE(first.links[1].degraded && first.links[1].improved && first.links[1].went_down);
  EXPECT_TRUE(first.links[2].improved && !first.links[2].degraded);
}

TEST(TedDeltaMergeTest, AnEmptyDeltaChangesNothingButTheGeneration) {
  TedDelta first;
  first.links = {{.link = LinkIndex(1), .degraded = true}};
  TedDelta second;
  second.to_generation = 1;
  first.Merge(second);
  EXPECT_EQ(first.links.size(), 1U);
  EXPECT_EQ(first.to_generation, 1U);
}

}  // namespace
}  // namespace srpce::topology
