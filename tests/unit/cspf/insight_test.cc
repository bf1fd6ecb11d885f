// tests/unit/cspf/insight_test.cc -- what binds, and the sentences an operator reads of it.
#include "lib/cspf/insight.h"

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/build_ted.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

constexpr uint64_t kGigabit = 125'000'000;  // Bytes per second.

class InsightTest : public testing::Test {
 protected:
  Insight Ask(const TedPtr& ted, const char* source, const char* target,
              const Constraints& constraints, const Budget& budget = {}) {
    const Query query{
        .source = NodeOf(*ted, source), .target = NodeOf(*ted, target), .constraints = constraints};
    return Inspect(*ted, query, workspace_, budget);
  }
  // The sentences, in order.
  static std::vector<std::string> Sentences(const Insight& insight) {
    std::vector<std::string> sentences;
    for (const Relaxation& relaxation : insight.relaxations) {
      sentences.push_back(relaxation.message);
    }
    return sentences;
  }
  using Lines = std::vector<std::string>;

  Workspace workspace_;
};

// a-b-d is cheap and slow, a-c-d dear and fast.
constexpr char kDiamond[] =
    "a<->b igp 10 delay 900 bw 10G\n"
    "b<->d igp 10 delay 900 bw 10G\n"
    "a<->c igp 20 delay 1500 bw 1G\n"
    "c<->d igp 20 delay 122 bw 2G\n";

TEST_F(InsightTest, ARefusalTellsTheLeastLooseningOfABound) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight = Ask(ted, "a", "d", {.max_delay = Microseconds(1500)});
  EXPECT_EQ(std::get<NoPath>(insight.result).reason, Reason::kDelayBound);
  EXPECT_EQ(Sentences(insight),
            (Lines{"delay bound 1,500 us -> 1,622 us gives a path of cost 40"}));
  ASSERT_EQ(insight.bounds.size(), 1U);
  EXPECT_EQ(insight.bounds[0].wanted, 1500);
  EXPECT_EQ(insight.bounds[0].best, 1622);
  EXPECT_EQ(insight.bounds[0].used, std::nullopt);
  EXPECT_EQ(insight.relaxations[0].needed, 1622);
  EXPECT_NEAR(insight.relaxations[0].size, 122.0 / 1500, 1e-12);
  EXPECT_EQ(insight.plain_cost, 20);
  EXPECT_TRUE(insight.complete());
}

TEST_F(InsightTest, AnAnswerTellsWhatItsBoundCosts) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight =
      Ask(ted, "a", "d", {.max_delay = Microseconds(1700), .max_hops = 5, .min_bandwidth = {1}});
  EXPECT_EQ(support::Describe(*ted, NodeOf(*ted, "a"), insight.result), "a c d cost 40");
  EXPECT_EQ(Sentences(insight),
            (Lines{"delay bound 1,700 us -> 1,800 us gives a path of cost 20 instead of 40"}))
      << "neither hops nor bandwidth bind";
  ASSERT_EQ(insight.bounds.size(), 3U);
  EXPECT_EQ(insight.bounds[0].best, 1622);
  EXPECT_EQ(insight.bounds[0].used, 1622);
  EXPECT_EQ(insight.bounds[1].kind, ConstraintKind::kHopBound);
  EXPECT_EQ(insight.bounds[2].kind, ConstraintKind::kBandwidth);
  EXPECT_EQ(insight.bounds[2].best, 10.0 * kGigabit);
  EXPECT_EQ(insight.bounds[2].used, 1.0 * kGigabit);
}

TEST_F(InsightTest, NothingBindsThePlainShortestPath) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight =
      Ask(ted, "a", "d", {.max_delay = Microseconds(1800), .exclude_nodes = {NodeOf(*ted, "c")}});
  EXPECT_TRUE(insight.relaxations.empty());
  EXPECT_EQ(std::get<Path>(insight.result).cost, insight.plain_cost);
}

TEST_F(InsightTest, ConstraintsThatBindOnlyTogetherLeaveThePlainCostToTellOfIt) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight =
      Ask(ted, "a", "d", {.max_delay = Microseconds(1700), .exclude_nodes = {NodeOf(*ted, "b")}});
  EXPECT_EQ(std::get<Path>(insight.result).cost, 40U);
  EXPECT_TRUE(insight.relaxations.empty());
  EXPECT_EQ(insight.plain_cost, 20);
}

TEST_F(InsightTest, TheCheapestOfSeveralRelaxationsComesFirst) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight =
      Ask(ted, "a", "d", {.max_delay = Microseconds(1700), .min_bandwidth = {2 * kGigabit}});
  EXPECT_EQ(Sentences(insight), (Lines{"delay bound 1,700 us -> 1,800 us gives a path of cost 20",
                                       "bandwidth 2.0 Gb/s -> 1.0 Gb/s gives a path of cost 40"}));
}

TEST_F(InsightTest, EachRefusingFilterNamesItsOwnCut) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 bw 10G admin 0x1\n"
      "a<->b#2 igp 1 bw 10G admin 0x1\n"
      "a<->b#3 igp 5 bw 1G\n");
  Constraints constraints{.min_bandwidth = {4 * kGigabit}};
  constraints.exclude_any.Set(0);
  const Insight insight = Ask(ted, "a", "b", constraints);
  EXPECT_EQ(Sentences(insight), (Lines{"bandwidth 4.0 Gb/s -> 1.0 Gb/s gives a path of cost 5",
                                       "dropping bit 0 of exclude-any gives a path of cost 1"}));
  EXPECT_EQ(insight.relaxations[0].blocking_links, (std::vector{LinkOf(*ted, "a->b#3")}));
  EXPECT_EQ(insight.relaxations[1].blocking_links,
            (std::vector{LinkOf(*ted, "a->b"), LinkOf(*ted, "a->b#2")}));
}

TEST_F(InsightTest, TheFewestExcludedElementsAreAllowedAgain) {
  // Three excluded nodes on the cheap way, one on the dear one.
  const TedPtr ted = BuildTed(
      "a<->b igp 1\nb<->c igp 1\nc<->d igp 1\nd<->z igp 1\n"
      "a<->e igp 50\ne<->z igp 50\n");
  Constraints nodes;
  for (const char* name : {"b", "c", "d", "e"}) nodes.exclude_nodes.push_back(NodeOf(*ted, name));
  EXPECT_EQ(Sentences(Ask(ted, "a", "z", nodes)),
            (Lines{"allowing node e again gives a path of cost 100"}));
  Constraints links;
  for (const char* name : {"b->c", "c->d", "d->z", "a->e", "e->z"}) {
    links.exclude_links.push_back(LinkOf(*ted, name));
  }
  EXPECT_EQ(Sentences(Ask(ted, "a", "z", links)),
            (Lines{"allowing links a->e, e->z again gives a path of cost 100"}));
}

TEST_F(InsightTest, ASharedRiskCountsOnce) {
  // The cheap way crosses SRLGs 1 and 2; the dear one SRLG 3, three times.
  const TedPtr ted = BuildTed(
      "a<->b igp 1 srlg 1\nb<->z igp 1 srlg 2\n"
      "a<->c igp 9 srlg 3\nc<->d igp 9 srlg 3\nd<->z igp 9 srlg 3\n");
  const Insight insight = Ask(ted, "a", "z", {.exclude_srlgs = {3, 2, 1, 2}});
  EXPECT_EQ(Sentences(insight), (Lines{"allowing SRLG 3 again gives a path of cost 27"}));
  EXPECT_EQ(insight.relaxations[0].elements, std::vector<uint32_t>{3});
}

TEST_F(InsightTest, ANodePassedOnTwoLegsCountsOnce) {
  const TedPtr ted = BuildTed(
      "s<->x igp 9\nx<->w igp 9\nx<->t igp 9\n"
      "s<->y igp 1\ny<->w igp 1\nw<->z igp 1\nz<->t igp 1\n");
  Constraints constraints{.waypoints = {NodeOf(*ted, "w")}};
  for (const char* name : {"x", "y", "z"}) {
    constraints.exclude_nodes.push_back(NodeOf(*ted, name));
  }
  EXPECT_EQ(Sentences(Ask(ted, "s", "t", constraints)),
            (Lines{"allowing node x again gives a path of cost 36"}));
  const TedPtr hub = BuildTed("s<->w igp 9\ns<->t igp 9\nw<->y igp 1\ny<->t igp 1\n");
  EXPECT_EQ(Sentences(Ask(hub, "s", "t",
                          {.exclude_nodes = {NodeOf(*hub, "s"), NodeOf(*hub, "y")},
                           .waypoints = {NodeOf(*hub, "w")}})),
            (Lines{"allowing node s again gives a path of cost 27"}))
      << "the source itself is met again";
}

TEST_F(InsightTest, OfSetsOfOneSizeTheCheapestPathDecides) {
  const TedPtr ted = BuildTed(
      "a<->b igp 9 srlg 1\nb<->z igp 9 srlg 2\n"
      "a<->c igp 5 srlg 4\nc<->z igp 5 srlg 3\n"
      "a<->d igp 1 srlg 1\nd<->z igp 1 srlg 2,3\n");
  EXPECT_EQ(Sentences(Ask(ted, "a", "z", {.exclude_srlgs = {1, 2, 3, 4}})),
            (Lines{"allowing SRLGs 3, 4 again gives a path of cost 10"}));
}

TEST_F(InsightTest, ElementsThatABoundLeavesNoWayThroughAreNotNamed) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 delay 900\nb<->z igp 1 delay 900\n"
      "a<->c igp 1 delay 1\nc<->d igp 1 delay 1\nd<->z igp 1 delay 1\n");
  Constraints constraints{.max_delay = Microseconds(100)};
  for (const char* name : {"b", "c", "d"}) {
    constraints.exclude_nodes.push_back(NodeOf(*ted, name));
  }
  EXPECT_EQ(Sentences(Ask(ted, "a", "z", constraints)),
            (Lines{"allowing nodes c, d again gives a path of cost 3"}));
}

TEST_F(InsightTest, AffinityNamesTheBitsThatMustGo) {
  const TedPtr ted = BuildTed("a<->b igp 7 admin-bits 70,3\n");
  Constraints exclude;
  for (const uint32_t bit : {3U, 5U, 70U}) exclude.exclude_any.Set(bit);
  EXPECT_EQ(Sentences(Ask(ted, "a", "b", exclude)),
            (Lines{"dropping bits 3, 70 of exclude-any gives a path of cost 7"}));
  Constraints include;
  for (const uint32_t bit : {3U, 5U, 90U}) include.include_all.Set(bit);
  EXPECT_EQ(Sentences(Ask(ted, "a", "b", include)),
            (Lines{"dropping bits 5, 90 of include-all gives a path of cost 7"}));
  Constraints any;
  for (const uint32_t bit : {1U, 5U}) any.include_any.Set(bit);
  const Insight insight = Ask(ted, "a", "b", any);
  EXPECT_EQ(Sentences(insight),
            (Lines{"dropping bits 1, 5 of include-any gives a path of cost 7"}));
  EXPECT_EQ(insight.relaxations[0].size, 1) << "it is one wish";
}

TEST_F(InsightTest, WaypointsInTheWayAreNamed) {
  const TedPtr ted = BuildTed("a<->b igp 1\nb<->c igp 1\nc<->d igp 1\nb<->w igp 10\nx<->y igp 1\n");
  const auto ask = [&](const char* target, const std::vector<const char*>& names) {
    Constraints constraints;
    for (const char* name : names) constraints.waypoints.push_back(NodeOf(*ted, name));
    return Sentences(Ask(ted, "a", target, constraints));
  };
  EXPECT_EQ(ask("c", {"b", "x", "w", "y"}),
            (Lines{"dropping waypoints x, y gives a path of cost 22"}));
  EXPECT_EQ(ask("c", {"b", "w", "b"}),
            (Lines{"dropping waypoint w gives a path of cost 2 instead of 22"}));
  EXPECT_EQ(ask("d", {"b", "c", "a", "d"}),
            (Lines{"dropping waypoint a gives a path of cost 3 instead of 7"}));
}

TEST_F(InsightTest, WhatIsDroppedAsAWholeIsNamed) {
  const TedPtr ted = BuildTed("a<->b igp 1\nb<->c igp 1\na<->c igp 9\nnode b no-srv6\n");
  EXPECT_EQ(Sentences(Ask(ted, "a", "c", {.data_plane = DataPlane::kSrv6})),
            (Lines{"dropping the data plane gives a path of cost 2 instead of 9"}));
  EXPECT_EQ(Sentences(Ask(ted, "a", "c", {.min_bandwidth = {1}, .flex_algorithm = 130})), Lines{})
      << "two are in the way";
  EXPECT_EQ(Sentences(Ask(ted, "a", "c", {.flex_algorithm = 130})),
            (Lines{"leaving flex-algorithm 130 gives a path of cost 2"}));
}

TEST_F(InsightTest, OutsideAFlexAlgorithmItsMetricStillCounts) {
  const TedPtr ted = BuildTed(
      "a<->b igp 1 delay 50 admin 0x1\na<->b#2 igp 1 delay 70\n"
      "node a algo 128\nnode b algo 128\nfad 128 metric delay exclude-any 0x1 on a\n");
  EXPECT_EQ(Sentences(Ask(ted, "a", "b", {.flex_algorithm = 128})),
            (Lines{"leaving flex-algorithm 128 gives a path of cost 50 instead of 70"}));
}

TEST_F(InsightTest, ABoundOnWhatNoLinkAnnouncesHasToGo) {
  const TedPtr ted = BuildTed("a<->b igp 3\n");
  const Insight insight = Ask(ted, "a", "b", {.max_delay = Microseconds(9)});
  EXPECT_EQ(Sentences(insight), (Lines{"dropping the delay bound gives a path of cost 3, over "
                                       "links that do not announce what it bounds"}));
  EXPECT_EQ(insight.relaxations[0].needed, std::nullopt);
  EXPECT_EQ(insight.relaxations[0].wanted, 9);
  EXPECT_EQ(insight.bounds[0].best, std::nullopt);
}

TEST_F(InsightTest, NothingHelpsWhereNoLinksLead) {
  const TedPtr ted = BuildTed("a<->b igp 1\nc<->d igp 1\n");
  const Insight insight = Ask(ted, "a", "d", {.max_hops = 1, .min_bandwidth = {kGigabit}});
  EXPECT_TRUE(insight.relaxations.empty());
  EXPECT_EQ(insight.plain_cost, std::nullopt);
  EXPECT_TRUE(insight.complete());
}

TEST_F(InsightTest, FromABoundOfZeroEveryLooseningIsTheLast) {
  const TedPtr ted = BuildTed("a<->b igp 3 delay 1\n");
  const Insight insight = Ask(ted, "a", "b", {.max_delay = Microseconds(0)});
  ASSERT_EQ(insight.relaxations.size(), 1U);
  EXPECT_EQ(insight.relaxations[0].size, std::numeric_limits<double>::infinity());
}

// Ways of ten SRLGs each over a ladder: any way up crosses rungs of many sets.
std::string Ladder(int rungs) {
  std::string text;
  for (int i = 0; i < rungs; ++i) {
    for (int way = 0; way < 3; ++way) {
      absl::StrAppend(&text, "n", i, "<->n", i + 1, "#", way + 1, " igp ", 1 + way, " srlg ",
                      i * 7 % 11 + way * 5, ",", i * 5 % 13 + way * 7, "\n");
    }
  }
  return text;
}

TEST_F(InsightTest, AnEmptyBudgetStillNamesASetThatSuffices) {
  const TedPtr ted = BuildTed(Ladder(8));
  Constraints constraints;
  for (uint32_t srlg = 0; srlg < 40; ++srlg) constraints.exclude_srlgs.push_back(srlg);
  const Insight whole = Ask(ted, "n0", "n8", constraints);
  ASSERT_EQ(whole.relaxations.size(), 1U);
  EXPECT_TRUE(whole.complete());
  const Insight cut_short = Ask(ted, "n0", "n8", constraints, {.max_labels = 30});
  EXPECT_EQ(cut_short.unproved, std::vector{ConstraintKind::kExcludedSrlgs});
  ASSERT_EQ(cut_short.relaxations.size(), 1U);
  const Relaxation& relaxation = cut_short.relaxations[0];
  EXPECT_FALSE(relaxation.proved);
  EXPECT_GT(relaxation.elements.size(), whole.relaxations[0].elements.size());
  EXPECT_NE(relaxation.message.find("; it was not proved that no less will do"), std::string::npos);
}

TEST_F(InsightTest, AResultNotProvedIsNotRelaxed) {
  const TedPtr ted = BuildTed(kDiamond);
  const Insight insight = Ask(ted, "a", "d", {.max_delay = Microseconds(1700)}, {.max_labels = 0});
  EXPECT_EQ(std::get<NoPath>(insight.result).reason, Reason::kBudgetExhausted);
  EXPECT_EQ(insight.unproved, std::vector{ConstraintKind::kDelayBound});
  EXPECT_EQ(insight.bounds[0].best, 1622);
  EXPECT_EQ(insight.plain_cost, 20);
}

TEST_F(InsightTest, EveryConstraintHasAName) {
  for (size_t i = 0; i < kConstraintKinds; ++i) {
    EXPECT_STRNE(ConstraintName(static_cast<ConstraintKind>(i)), "") << i;
  }
}

}  // namespace
}  // namespace srpce::cspf
