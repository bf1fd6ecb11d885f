// tests/unit/cspf/extremes_test.cc -- sums beyond 32 bits, 2^16 hops, no cost at all, 64 parallel
// links, parts that nothing joins: answers known in closed form, whatever guides the search.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "lib/topology/element_validation.h"
#include "tests/support/extreme_networks.h"
#include "tests/support/seed.h"

namespace srpce::cspf {
namespace {

using support::BuildTed;
using support::kManyHops;
using topology::LinkAttributes;
using topology::TedPtr;

constexpr uint32_t kFewHops = kManyHops / 16;
constexpr uint64_t kMaxTe = UINT32_MAX;
constexpr uint64_t kMaxIgp = topology::kMaxIgpMetric - 1;  // At the maximum a link is not used.
constexpr auto kMaxDelay = static_cast<uint64_t>(topology::kMaxDelay.count());

// As dear as a link can be.
LinkAttributes Dearest(uint32_t /*position*/) {
  LinkAttributes link;
  link.igp_metric = static_cast<uint32_t>(kMaxIgp);
  link.te_metric = static_cast<uint32_t>(kMaxTe);
  link.delay = link.min_delay = topology::kMaxDelay;
  link.delay_variation = topology::kMaxDelay;
  link.loss = 0;
  link.capacity = topology::kMaxBandwidth;
  return link;
}

// And as cheap.
LinkAttributes Free(uint32_t /*position*/) {
  LinkAttributes link;
  link.igp_metric = 0;
  link.te_metric = 0;
  link.delay = link.min_delay = Microseconds(0);
  link.loss = 0;
  return link;
}

// One network, and what guides searches in it.
class Network {
 public:
  explicit Network(const support::Draft& draft) : ted_(BuildTed(draft)) {
    potentials_.Refresh(*ted_);
  }

  const topology::Ted& ted() const { return *ted_; }
  Query Ends(MetricType objective, const Constraints& constraints = {}) const {
    return {NodeIndex(0), NodeIndex(ted_->node_bound() - 1), objective, constraints};
  }

  // Asks alone, with landmarks, and with landmarks and a tree to the target; expects one answer.
  PathResult Ask(const Query& query) {
    Workspace alone;
    const PathResult result = ComputePath(*ted_, query, alone);
    Workspace guided(&potentials_);
    ExpectEqual(ComputePath(*ted_, query, guided), result);
    potentials_.Refresh(*ted_);
    ExpectEqual(ComputePath(*ted_, query, guided), result);
    return result;
  }

 private:
  static void ExpectEqual(const PathResult& got, const PathResult& want) {
    ASSERT_EQ(got.index(), want.index());
    if (const auto* path = std::get_if<Path>(&want)) {
      EXPECT_EQ(std::get<Path>(got).links, path->links);
      EXPECT_EQ(std::get<Path>(got).cost, path->cost);
    } else {
      EXPECT_EQ(std::get<NoPath>(got).message, std::get<NoPath>(want).message);
    }
  }

  const TedPtr ted_;
  PotentialCache potentials_{{.max_bytes = size_t{64} << 20, .build_after = 1}};
};

void ExpectPath(const PathResult& result, uint64_t cost, size_t hops) {
  const auto* path = std::get_if<Path>(&result);
  ASSERT_NE(path, nullptr) << std::get<NoPath>(result).message;
  EXPECT_EQ(path->cost, cost);
  EXPECT_EQ(path->links.size(), hops);
  EXPECT_EQ(path->metrics.hops, hops);
}

void ExpectReason(const PathResult& result, Reason reason, std::optional<double> best) {
  const auto* none = std::get_if<NoPath>(&result);
  ASSERT_NE(none, nullptr);
  EXPECT_STREQ(ReasonName(none->reason), ReasonName(reason)) << none->message;
  EXPECT_EQ(none->best_achievable, best) << none->message;
}

TEST(ExtremesTest, DearestChainOfManyHopsAddsUp) {
  Network network(support::Chain(kManyHops, Dearest));
  const auto cost = [&](MetricType objective) {
    const PathResult result = network.Ask(network.Ends(objective));
    ExpectPath(result, std::get<Path>(result).cost, kManyHops);
    return std::get<Path>(result).cost;
  };
  EXPECT_EQ(cost(MetricType::kIgp), kManyHops * kMaxIgp);
  EXPECT_EQ(cost(MetricType::kTe), kManyHops * kMaxTe);
  EXPECT_EQ(cost(MetricType::kDelay), kManyHops * kMaxDelay);
  EXPECT_EQ(cost(MetricType::kHops), kManyHops);
}

TEST(ExtremesTest, BoundsOnTheDearestChainAreInclusive) {
  Network network(support::Chain(kManyHops, Dearest));
  const auto ask = [&](const Constraints& constraints) {
    return network.Ask(network.Ends(MetricType::kTe, constraints));
  };
  const uint64_t te = kManyHops * kMaxTe;
  const uint64_t igp = kManyHops * kMaxIgp;
  const auto time = static_cast<int64_t>(kManyHops * kMaxDelay);
  ExpectPath(ask({.max_delay = Microseconds(time),
                  .max_igp_cost = igp,
                  .max_te_cost = te,
                  .max_hops = kManyHops,
                  .max_loss = 0,
                  .max_variation = Microseconds(time),
                  .min_bandwidth = topology::kMaxBandwidth}),
             te, kManyHops);
  ExpectReason(ask({.max_te_cost = te - 1}), Reason::kTeBound, static_cast<double>(te));
  ExpectReason(ask({.max_igp_cost = igp - 1}), Reason::kIgpBound, static_cast<double>(igp));
  ExpectReason(ask({.max_delay = Microseconds(time - 1)}), Reason::kDelayBound,
               static_cast<double>(time));
  ExpectReason(ask({.max_variation = Microseconds(time - 1)}), Reason::kVariationBound,
               static_cast<double>(time));
  ExpectReason(ask({.max_hops = kManyHops - 1}), Reason::kHopBound, kManyHops);
}

TEST(ExtremesTest, BoundsAtTheEndOfTheirTypesLimitNothing) {
  Network network(support::Chain(kFewHops, Dearest));
  const Constraints widest{.max_delay = Microseconds::max(),
                           .max_igp_cost = UINT64_MAX,
                           .max_te_cost = UINT64_MAX,
                           .max_hops = UINT32_MAX,
                           .max_loss = 1,
                           .max_variation = Microseconds::max()};
  ExpectPath(network.Ask(network.Ends(MetricType::kTe, widest)), kFewHops * kMaxTe, kFewHops);
  ExpectReason(network.Ask(network.Ends(MetricType::kTe, {.min_bandwidth = {UINT64_MAX}})),
               Reason::kBandwidth, static_cast<double>(topology::kMaxBandwidth.value));
}

// A second chain, one unit cheaper, breaks the bound by one: the exact sums decide.
TEST(ExtremesTest, OneUnitInFortyEightBitsDecides) {
  support::Draft draft = support::Chain(kFewHops, Dearest);
  LinkAttributes less = Dearest(0);
  less.te_metric = static_cast<uint32_t>(kMaxTe - 1);
  support::AddLink(kFewHops / 2, kFewHops / 2 + 1, less, draft, /*interface=*/2);
  LinkAttributes quick = Dearest(0);
  quick.delay = quick.min_delay = topology::kMaxDelay - Microseconds(1);
  support::AddLink(1, 2, quick, draft, /*interface=*/2);
  Network network(draft);
  ExpectPath(network.Ask(network.Ends(MetricType::kTe)), kFewHops * kMaxTe - 1, kFewHops);
  const auto time = static_cast<int64_t>(kFewHops * kMaxDelay);
  const PathResult bounded =
      network.Ask(network.Ends(MetricType::kTe, {.max_delay = Microseconds(time - 1)}));
  ExpectPath(bounded, kFewHops * kMaxTe - 1, kFewHops);
  EXPECT_EQ(std::get<Path>(bounded).metrics.delay, Microseconds(time - 1));
}

TEST(ExtremesTest, FreeLinksAreTakenFewestFirst) {
  support::Draft draft = support::Ring(kFewHops, Free);
  Network network(draft);
  const NodeIndex quarter(kFewHops / 4);
  for (const MetricType metric : {MetricType::kIgp, MetricType::kTe, MetricType::kDelay}) {
    ExpectPath(network.Ask({NodeIndex(0), quarter, metric}), 0, kFewHops / 4);
    ExpectPath(network.Ask({quarter, NodeIndex(0), metric}), 0, kFewHops / 4);
  }
  Workspace workspace;
  PathEnumerator paths(network.ted(), {NodeIndex(0), quarter}, workspace);
  ExpectPath(paths.Next(), 0, kFewHops / 4);
  ExpectPath(paths.Next(), 0, kFewHops - kFewHops / 4);
  EXPECT_EQ(std::get<NoPath>(paths.Next()).reason, Reason::kNoFurtherPath);
}

// Sums beyond what landmarks and reverse trees hold: prefix sums of a ring are the oracle.
TEST(ExtremesTest, SaturatedGuidesDoNotMislead) {
  std::mt19937_64 rng(support::TestSeed(71));
  const uint32_t hops = 40 + kFewHops / 20;
  std::vector<uint64_t> before = {0};
  const TedPtr ted = BuildTed(support::Ring(hops, [&](uint32_t) {
    LinkAttributes link;
    link.te_metric = static_cast<uint32_t>(rng() % 3 == 0 ? kMaxTe : rng() % (kMaxTe / 2));
    before.push_back(before.back() + *link.te_metric);
    return link;
  }));
  PotentialCache potentials({.max_bytes = size_t{64} << 20, .build_after = 1});
  Workspace guided(&potentials);
  for (int i = 0; i < 400; ++i) {
    if (i % 5 == 0) potentials.Refresh(*ted);
    const auto a = static_cast<uint32_t>(rng() % hops);
    const auto b = static_cast<uint32_t>(i % 3 == 0 ? 7 : rng() % hops);
    const uint64_t there = before[std::max(a, b)] - before[std::min(a, b)];
    const PathResult result =
        ComputePath(*ted, {NodeIndex(a), NodeIndex(b), MetricType::kTe}, guided);
    ASSERT_EQ(std::get<Path>(result).cost, std::min(there, before.back() - there));
  }
}

TEST(ExtremesTest, DisjointPairGoesRoundTheDearestRingBothWays) {
  constexpr uint32_t kHops = kFewHops / 4;
  const TedPtr ted = BuildTed(support::Ring(kHops, Dearest));
  const Query query{NodeIndex(0), NodeIndex(kHops / 3), MetricType::kTe};
  for (const Disjointness level :
       {Disjointness::kLink, Disjointness::kNode, Disjointness::kSrlg, Disjointness::kSrlgNode}) {
    Workspace workspace;
    const DisjointResult pair =
        ComputeDisjoint(*ted, {{.disjointness = level}, {query, query}}, workspace);
    ASSERT_TRUE(std::holds_alternative<DisjointPaths>(pair)) << std::get<NoPath>(pair).message;
    EXPECT_EQ(std::get<DisjointPaths>(pair).total_cost, kHops * kMaxTe);
    const DisjointResult three =
        ComputeDisjoint(*ted, {{.disjointness = level}, {query, query, query}}, workspace);
    EXPECT_EQ(std::get<NoPath>(three).reason, Reason::kNotDisjoint);
  }
}

TEST(ExtremesTest, PartsThatNothingJoins) {
  support::Draft draft = support::Chain(2 * kFewHops, Dearest);
  draft.links[kFewHops].attributes.up = false;
  Network network(draft);
  ExpectReason(network.Ask(network.Ends(MetricType::kTe)), Reason::kUnreachable, std::nullopt);
  ExpectReason(network.Ask({NodeIndex(2 * kFewHops), NodeIndex(0), MetricType::kIgp}),
               Reason::kUnreachable, std::nullopt);
}

topology::FlexAlgoDefinition Definition(MetricType metric) {
  topology::FlexAlgoDefinition definition;
  definition.algorithm = 128;
  definition.metric = metric;
  return definition;
}

TEST(ExtremesTest, FlexibleAlgorithmAddsUpTheDearestChain) {
  for (const auto& [metric, dearest] :
       {std::pair(MetricType::kTe, kMaxTe), std::pair(MetricType::kDelay, kMaxDelay),
        std::pair(MetricType::kIgp, kMaxIgp)}) {
    support::Draft draft = support::Chain(kManyHops, Dearest);
    AddAlgorithm(Definition(metric), draft);
    Network network(draft);
    const Constraints constraints{.flex_algorithm = 128};
    // The objective of the query does not count.
    ExpectPath(network.Ask(network.Ends(MetricType::kHops, constraints)), kManyHops * dearest,
               kManyHops);
  }
}

TEST(ExtremesTest, FlexibleAlgorithmOfFreeLinksTakesTheFewest) {
  support::Draft draft = support::Ring(kFewHops, Free);
  AddAlgorithm(Definition(MetricType::kTe), draft);
  Network network(draft);
  const Constraints constraints{.flex_algorithm = 128};
  const NodeIndex middle(kFewHops / 3);
  ExpectPath(network.Ask({NodeIndex(0), middle, MetricType::kIgp, constraints}), 0, kFewHops / 3);
}

TEST(ExtremesTest, FlexibleAlgorithmEndsWhereOneDoesNotTakePart) {
  support::Draft draft = support::Chain(2 * kFewHops, Dearest);
  AddAlgorithm(Definition(MetricType::kTe), draft);
  draft.nodes[kFewHops].attributes.algorithms = {topology::kAlgorithmSpf};
  Network network(draft);
  const Constraints constraints{.flex_algorithm = 128};
  ExpectReason(network.Ask(network.Ends(MetricType::kTe, constraints)), Reason::kFlexAlgorithm,
               std::nullopt);
}

TEST(ExtremesTest, DisjointPairOfAFlexibleAlgorithmGoesRoundTheDearestRing) {
  support::Draft draft = support::Ring(kFewHops, Dearest);
  AddAlgorithm(Definition(MetricType::kDelay), draft);
  const TedPtr ted = BuildTed(draft);
  const Query query{NodeIndex(0), NodeIndex(1), MetricType::kIgp, {.flex_algorithm = 128}};
  Workspace workspace;
  const DisjointResult pair =
      ComputeDisjoint(*ted, {{.disjointness = Disjointness::kNode}, {query, query}}, workspace);
  ASSERT_TRUE(std::holds_alternative<DisjointPaths>(pair)) << std::get<NoPath>(pair).message;
  EXPECT_EQ(std::get<DisjointPaths>(pair).total_cost, kFewHops * kMaxDelay);
}

// At 2^24 - 1 a link is not in the IGP's topology (RFC 5305 s3).
TEST(ExtremesTest, MaximumIgpMetricIsNone) {
  support::Draft draft = support::Chain(3, Dearest);
  draft.links[2].attributes.igp_metric = topology::kMaxIgpMetric;
  Network network(draft);
  ExpectReason(network.Ask(network.Ends(MetricType::kIgp)), Reason::kMissingAttribute,
               std::nullopt);
  ExpectPath(network.Ask(network.Ends(MetricType::kTe)), 3 * kMaxTe, 3);
}

TEST(ExtremesTest, TotalLossIsWithinABoundOfAll) {
  support::Draft draft = support::Chain(kFewHops, Dearest);
  for (support::DraftLink& link : draft.links) link.attributes.loss = 1;
  Network network(draft);
  const auto ask = [&](double max_loss) {
    return network.Ask(network.Ends(MetricType::kTe, {.max_loss = max_loss}));
  };
  ExpectPath(ask(1), kFewHops * kMaxTe, kFewHops);
  ExpectReason(ask(0.999999), Reason::kLossBound, 1.0);
  ExpectReason(ask(-1), Reason::kLossBound, 1.0);
}

// The least loss on the wire, 3e-8, over many hops; the bound is on its far side, or its near.
TEST(ExtremesTest, LeastLossAddsUpOverManyHops) {
  constexpr double kUnit = 0.00000003;
  support::Draft draft = support::Chain(kFewHops, Dearest);
  double survival = 1;
  for (size_t i = 0; i < draft.links.size(); ++i) {
    draft.links[i].attributes.loss = kUnit;
    if (i % 2 == 0) survival *= 1 - kUnit;
  }
  Network network(draft);
  const auto ask = [&](double max_loss) {
    return network.Ask(network.Ends(MetricType::kTe, {.max_loss = max_loss}));
  };
  ExpectPath(ask(1 - survival), kFewHops * kMaxTe, kFewHops);
  ExpectReason(ask(1 - survival - kUnit / 2), Reason::kLossBound, 1 - survival);
}

constexpr uint32_t kParallel = 64;

// Link i costs i + 1 in TE, and the same in IGP.
LinkAttributes Ranked(uint32_t position) {
  LinkAttributes link;
  link.igp_metric = 10;
  link.te_metric = position % kParallel + 1;
  return link;
}

TEST(ExtremesTest, ParallelLinksComeInOrder) {
  const TedPtr ted = BuildTed(support::Ladder(1, kParallel, Ranked));
  Workspace workspace;
  PathEnumerator paths(*ted, {NodeIndex(0), NodeIndex(1), MetricType::kTe}, workspace);
  for (uint32_t i = 0; i < kParallel; ++i) ExpectPath(paths.Next(), i + 1, 1);
  EXPECT_EQ(std::get<NoPath>(paths.Next()).reason, Reason::kNoFurtherPath);
  Workspace other;
  PathEnumerator equal(*ted, {NodeIndex(0), NodeIndex(1)}, other);
  for (uint32_t i = 0; i < kParallel; ++i) {
    EXPECT_EQ(std::get<Path>(equal.Next()).links, std::vector<LinkIndex>{LinkIndex(2 * i)});
  }
}

// Each link of a bundle has a risk of its own, and the definition leaves the dearest alone.
TEST(ExtremesTest, FlexibleAlgorithmExcludesAllParallelLinksButOne) {
  support::Draft draft = support::Ladder(3, kParallel, [](uint32_t position) {
    LinkAttributes link = Ranked(position);
    link.srlgs = {position % kParallel};
    return link;
  });
  topology::FlexAlgoDefinition definition = Definition(MetricType::kTe);
  for (uint32_t i = 0; i + 1 < kParallel; ++i) definition.exclude_srlgs.push_back(i);
  AddAlgorithm(definition, draft);
  Network network(draft);
  const Constraints constraints{.flex_algorithm = 128};
  ExpectPath(network.Ask(network.Ends(MetricType::kIgp, constraints)), 3 * kParallel, 3);
}

// Two by flow, three by branching. Four take more than the budget, and it is said how far it came.
TEST(ExtremesTest, DisjointMembersTakeTheCheapestOfManyParallelLinks) {
  const TedPtr ted = BuildTed(support::Ladder(3, kParallel, Ranked));
  const Query query{NodeIndex(0), NodeIndex(3), MetricType::kTe};
  const auto ask = [&](uint32_t members) {
    Workspace workspace;
    return ComputeDisjoint(*ted, {{}, std::vector<Query>(members, query)}, workspace,
                           {.max_labels = 200'000});
  };
  for (const uint32_t members : {2U, 3U}) {
    const DisjointResult result = ask(members);
    ASSERT_TRUE(std::holds_alternative<DisjointPaths>(result))
        << members << ": " << std::get<NoPath>(result).message;
    EXPECT_EQ(std::get<DisjointPaths>(result).total_cost, 3 * members * (members + 1) / 2);
  }
  const DisjointResult four = ask(4);
  if (const auto* none = std::get_if<NoPath>(&four)) {
    EXPECT_EQ(none->reason, Reason::kBudgetExhausted);
    EXPECT_LE(none->lower_bound, 30U);
  } else {
    EXPECT_EQ(std::get<DisjointPaths>(four).total_cost, 30U);
  }
  const DisjointResult many = ask(kParallel + 1);
  EXPECT_EQ(std::get<NoPath>(many).reason, Reason::kNotDisjoint);
  EXPECT_EQ(std::get<NoPath>(many).best_achievable, kParallel);
}

}  // namespace
}  // namespace srpce::cspf
