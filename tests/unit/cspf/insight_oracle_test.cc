// tests/unit/cspf/insight_oracle_test.cc -- what binds and what would help, against all paths of
// random networks.
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>

#include "gtest/gtest.h"
#include "lib/cspf/insight.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/loosened.h"
#include "tests/unit/cspf/oracle.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::AllElements;
using oracle::ForRandomCases;
using oracle::IsBound;
using oracle::Judge;
using oracle::Network;
using oracle::Shortened;
using oracle::Show;
using oracle::Walk;
using oracle::WithLimit;
using support::Cases;
using support::TestSeed;

// What a relaxation should be.
struct Wanted {
  std::optional<double> needed{};
  size_t count = 0;  // Of elements.
  uint64_t cost = 0;
};

// One insight, judged over lists of paths.
class Judged {
 public:
  Judged(const Network& network, const Query& query, const Insight& insight)
      : network_(network), query_(query), judge_(network, query), insight_(insight) {
    answers_ = judge_.Answers();
    is_defined_ = query.constraints.flex_algorithm == 0 || network.flex;
    routes_ = judge_.Routes();
  }

  void Check() {
    ASSERT_TRUE(insight_.complete());
    ASSERT_EQ(std::holds_alternative<Path>(insight_.result), !answers_.empty());
    CheckPlain();
    CheckBounds();
    for (size_t i = 0; i < kConstraintKinds; ++i) {
      const auto kind = static_cast<ConstraintKind>(i);
      SCOPED_TRACE(ConstraintName(kind));
      CheckRelaxation(kind);
    }
    CheckOrder();
  }

 private:
  bool refused() const { return answers_.empty(); }
  // Whether a path of `cost` is worth telling.
  bool Helps(uint64_t cost) const { return refused() || cost < judge_.Cost(answers_[0]); }

  Query Plain() const {
    Query plain{.source = query_.source, .target = query_.target, .objective = query_.objective};
    if (query_.constraints.flex_algorithm != 0 && network_.flex) {
      plain.objective = network_.flex->metric;
    }
    return plain;
  }

  std::optional<std::pair<Walk, uint64_t>> Best(const Query& query) const {
    const Judge judge(network_, query);
    // Ends and waypoints alone decide which routes there are.
    const bool same_routes = query.constraints.waypoints == query_.constraints.waypoints;
    const Walk* best = nullptr;
    if (query.constraints.flex_algorithm != 0 && !network_.flex) return std::nullopt;
    const std::vector<Walk> others = same_routes ? std::vector<Walk>{} : judge.Routes();
    for (const Walk& walk : same_routes ? routes_ : others) {
      if (!judge.Passes(walk, judge.source(), judge.target(), oracle::kAllKinds) ||
          !judge.KeepsBounds(walk)) {
        continue;
      }
      if (best == nullptr || Rank(judge, walk) < Rank(judge, *best)) best = &walk;
    }
    if (best == nullptr) return std::nullopt;
    return std::pair(*best, judge.Cost(*best));
  }

  std::tuple<uint64_t, size_t, std::vector<LinkIndex>> Rank(const Judge& judge,
                                                            const Walk& walk) const {
    return {judge.Cost(walk), walk.size(), network_.Indexes(walk)};
  }

  void CheckPlain() {
    const auto best = Best(Plain());
    ASSERT_EQ(insight_.plain_cost.has_value(), best.has_value());
    if (best) {
      EXPECT_EQ(*insight_.plain_cost, best->second);
    }
  }

  std::optional<double> Widest(bool bounds_kept) const {
    std::optional<double> widest;
    if (!is_defined_) return widest;
    for (const Walk& walk : routes_) {
      if (!judge_.Passes(walk, judge_.source(), judge_.target(),
                         oracle::kAllKinds & ~oracle::kWidth) ||
          (bounds_kept && !judge_.KeepsBounds(walk))) {
        continue;
      }
      widest = std::max(widest.value_or(0), static_cast<double>(judge_.Width(walk)));
    }
    return widest;
  }

  std::optional<double> Least(oracle::Quantity what, bool others_kept) const {
    std::optional<double> least;
    if (!is_defined_) return least;
    for (const Walk& walk : routes_) {
      if (!judge_.Passes(walk, judge_.source(), judge_.target(), oracle::kAllKinds)) continue;
      if (others_kept && !judge_.KeepsBounds(walk, what)) continue;
      least = std::min(least.value_or(1e300), judge_.Sum(walk, what));
    }
    return least;
  }

  void CheckBounds() {
    size_t at = 0;
    for (size_t i = 0; i < oracle::kQuantities; ++i) {
      const auto what = static_cast<oracle::Quantity>(i);
      const std::optional<double> bound = judge_.Bound(what);
      if (!bound) continue;
      ASSERT_LT(at, insight_.bounds.size());
      const BoundInsight& seen = insight_.bounds[at++];
      EXPECT_EQ(static_cast<size_t>(seen.kind), i);
      EXPECT_EQ(seen.wanted, *bound);
      ExpectNear(seen.best, Least(what, false));
      ExpectNear(seen.used,
                 refused() ? std::nullopt : std::optional(judge_.Sum(answers_[0], what)));
    }
    if (query_.constraints.min_bandwidth.value > 0) {
      ASSERT_LT(at, insight_.bounds.size());
      const BoundInsight& seen = insight_.bounds[at++];
      EXPECT_EQ(seen.kind, ConstraintKind::kBandwidth);
      std::optional<double> widest = Widest(false);
      if (widest > 1e18) widest.reset();
      ExpectNear(seen.best, widest);
    }
    EXPECT_EQ(at, insight_.bounds.size());
  }

  static void ExpectNear(std::optional<double> got, std::optional<double> want) {
    EXPECT_NEAR(got.value_or(-7), want.value_or(-7), 1e-12);
  }

  void CheckRelaxation(ConstraintKind kind) {
    const auto found =
        std::find_if(insight_.relaxations.begin(), insight_.relaxations.end(),
                     [&](const Relaxation& relaxation) { return relaxation.kind == kind; });
    const std::optional<Wanted> want = Want(kind);
    ASSERT_EQ(found != insight_.relaxations.end(), want.has_value())
        << (want ? "" : found->message);
    if (!want) return;
    const Relaxation& got = *found;
    SCOPED_TRACE(got.message);
    EXPECT_TRUE(got.proved);
    ExpectNear(got.needed, want->needed);
    EXPECT_EQ(got.elements.size(), want->count);
    EXPECT_EQ(got.path.cost, want->cost);
    const std::set<uint32_t> all = AllElements(query_, kind);
    for (const uint32_t element : got.elements) EXPECT_TRUE(all.contains(element)) << element;
    const auto best = Best(RelaxedBy(got));
    ASSERT_TRUE(best.has_value());
    EXPECT_EQ(Show(network_, network_.WalkOf(got.path.links)), Show(network_, best->first));
    EXPECT_TRUE(RelaxedBy(got) == Relaxed(*network_.ted, query_, got));
    if (refused()) CheckCut(got);
  }

  Query RelaxedBy(const Relaxation& relaxation) const {
    if (IsBound(relaxation.kind)) return WithLimit(query_, relaxation.kind, relaxation.needed);
    Query query = query_;
    switch (relaxation.kind) {
      case ConstraintKind::kBandwidth:
        query.constraints.min_bandwidth = {static_cast<uint64_t>(*relaxation.needed)};
        return query;
      case ConstraintKind::kDataPlane:
        query.constraints.data_plane = DataPlane::kEither;
        return query;
      case ConstraintKind::kFlexAlgorithm:
        query.constraints.flex_algorithm = 0;
        query.objective = Plain().objective;
        return query;
      default:
        return Shortened(query_, relaxation.kind,
                         {relaxation.elements.begin(), relaxation.elements.end()});
    }
  }

  std::optional<Wanted> Want(ConstraintKind kind) const {
    if (!is_defined_ && kind != ConstraintKind::kFlexAlgorithm) return std::nullopt;
    if (IsBound(kind)) {
      if (!judge_.Bound(static_cast<oracle::Quantity>(kind))) return std::nullopt;
      const std::optional<Wanted> loosened = WantLoosened(static_cast<oracle::Quantity>(kind));
      return loosened ? loosened : WantDropped(WithLimit(query_, kind, std::nullopt), 0);
    }
    switch (kind) {
      case ConstraintKind::kBandwidth:
        return WantBandwidth();
      case ConstraintKind::kDataPlane:
        if (query_.constraints.data_plane == DataPlane::kEither) return std::nullopt;
        return WantDropped(RelaxedBy({.kind = kind}), 0);
      case ConstraintKind::kFlexAlgorithm:
        if (query_.constraints.flex_algorithm == 0) return std::nullopt;
        return WantDropped(RelaxedBy({.kind = kind}), 0);
      default:
        break;
    }
    const std::set<uint32_t> all = AllElements(query_, kind);
    if (all.empty()) return std::nullopt;
    if (kind == ConstraintKind::kIncludeAny) {
      return WantDropped(Shortened(query_, kind, all), all.size());
    }
    return WantShortened(kind, {all.begin(), all.end()});
  }

  std::optional<Wanted> WantDropped(const Query& query, size_t count) const {
    const auto best = Best(query);
    if (!best || !Helps(best->second)) return std::nullopt;
    return Wanted{.count = count, .cost = best->second};
  }

  std::optional<Wanted> WantLoosened(oracle::Quantity what) const {
    const std::optional<double> least = Least(what, true);
    if (!least) return std::nullopt;
    const Walk* best = nullptr;
    for (const Walk& walk : routes_) {
      if (!judge_.Passes(walk, judge_.source(), judge_.target(), oracle::kAllKinds) ||
          !judge_.KeepsBounds(walk, what)) {
        continue;
      }
      if (refused() && judge_.Sum(walk, what) > *least + 1e-12) continue;
      if (best == nullptr || Rank(judge_, walk) < Rank(judge_, *best)) best = &walk;
    }
    const uint64_t cost = judge_.Cost(*best);
    if (!Helps(cost)) return std::nullopt;
    return Wanted{.needed = refused() ? *least : judge_.Sum(*best, what), .cost = cost};
  }

  std::optional<Wanted> WantBandwidth() const {
    if (query_.constraints.min_bandwidth.value == 0) return std::nullopt;
    Query query = query_;
    query.constraints.min_bandwidth = {};
    std::optional<double> needed;
    if (refused()) {
      needed = Widest(true);
      if (!needed) return std::nullopt;
      query.constraints.min_bandwidth = {static_cast<uint64_t>(*needed)};
    }
    const auto best = Best(query);
    if (!best || !Helps(best->second)) return std::nullopt;
    if (!needed) needed = static_cast<double>(judge_.Width(best->first));
    return Wanted{.needed = needed, .cost = best->second};
  }

  // Of a refusal: of all sets that open a path one of the smallest, and of those the cheapest. Of
  // an answer: the smallest that gives as cheap a path as none of the list.
  std::optional<Wanted> WantShortened(ConstraintKind kind, const std::vector<uint32_t>& all) const {
    const auto open = Best(Shortened(query_, kind, {all.begin(), all.end()}));
    if (!open || !Helps(open->second)) return std::nullopt;
    std::optional<std::pair<size_t, uint64_t>> best;
    for (uint32_t mask = 1; mask < 1U << all.size(); ++mask) {
      std::set<uint32_t> dropped;
      for (size_t i = 0; i < all.size(); ++i) {
        if ((mask >> i & 1U) != 0) dropped.insert(all[i]);
      }
      if (best && dropped.size() > best->first) continue;
      const auto found = Best(Shortened(query_, kind, dropped));
      if (!found || (!refused() && found->first != open->first)) continue;
      const auto rank = std::pair(dropped.size(), found->second);
      if (!best || rank < *best) best = rank;
    }
    return Wanted{.count = best->first, .cost = best->second};
  }

  // Of the links that this constraint refuses and the other filters allow.
  void CheckCut(const Relaxation& relaxation) {
    const std::vector<int> cut = network_.WalkOf(relaxation.blocking_links);
    const auto leg = FirstLegCut();
    const bool refuses_links =
        !IsBound(relaxation.kind) && relaxation.kind != ConstraintKind::kWaypoints && is_defined_;
    if (!refuses_links || !leg || !judge_.NodePasses(leg->first, oracle::kAllKinds)) {
      EXPECT_TRUE(cut.empty());
      return;
    }
    const Query open = LiftedBy(relaxation.kind);
    const Judge judge(network_, open);
    std::vector<Walk> walks = judge.Simple(leg->first, leg->second);
    std::erase_if(walks, [&](const Walk& walk) {
      return !judge.Passes(walk, leg->first, leg->second, oracle::kAllKinds);
    });
    oracle::ExpectMinimumCut(
        walks, [&](int at) { return !judge_.Passes(at, oracle::kAllKinds); }, cut);
  }

  Query LiftedBy(ConstraintKind kind) const {
    const std::set<uint32_t> all = AllElements(query_, kind);
    if (!all.empty()) return Shortened(query_, kind, all);
    return RelaxedBy({.kind = kind, .needed = 0});
  }

  std::optional<std::pair<int, int>> FirstLegCut() const {
    if (!is_defined_) return std::nullopt;
    std::vector<int> stops = judge_.waypoints();
    stops.push_back(judge_.target());
    int from = judge_.source();
    for (const int to : stops) {
      const std::vector<Walk> walks = judge_.Simple(from, to);
      if (std::none_of(walks.begin(), walks.end(), [&](const Walk& walk) {
            return judge_.Passes(walk, from, to, oracle::kAllKinds);
          })) {
        return std::pair(from, to);
      }
      from = to;
    }
    return std::nullopt;
  }

  double SizeOf(const Relaxation& relaxation) const {
    if (relaxation.needed) {
      const double change = *relaxation.needed - *relaxation.wanted;
      if (*relaxation.wanted <= 0) return std::numeric_limits<double>::infinity();
      return std::max(change, -change) / *relaxation.wanted;
    }
    const bool counts = relaxation.kind != ConstraintKind::kIncludeAny;
    return counts ? std::max<double>(1, static_cast<double>(relaxation.elements.size())) : 1;
  }

  void CheckOrder() {
    for (size_t i = 0; i < insight_.relaxations.size(); ++i) {
      const Relaxation& after = insight_.relaxations[i];
      EXPECT_EQ(after.size, SizeOf(after)) << after.message;
      if (i == 0) continue;
      const Relaxation& before = insight_.relaxations[i - 1];
      const auto rank = [&](const Relaxation& relaxation) {
        return std::tuple(refused() ? relaxation.size : 0, relaxation.path.cost, relaxation.kind);
      };
      EXPECT_LT(rank(before), rank(after)) << before.message << "; " << after.message;
    }
  }

  const Network& network_;
  const Query& query_;
  const Judge judge_;
  const Insight& insight_;
  std::vector<Walk> answers_;
  std::vector<Walk> routes_;
  bool is_defined_ = true;
};

// What was checked, so that a test knows that it proved something.
struct Tally {
  std::array<int, kConstraintKinds> refusals{};
  std::array<int, kConstraintKinds> answers{};
  int pairs = 0;  // Relaxations of two elements and more.
  int cuts = 0;

  void Count(const Insight& insight) {
    const bool refused = std::holds_alternative<NoPath>(insight.result);
    for (const Relaxation& relaxation : insight.relaxations) {
      ++(refused ? refusals : answers)[static_cast<size_t>(relaxation.kind)];
      if (refused && relaxation.elements.size() > 1) ++pairs;
      if (!relaxation.blocking_links.empty()) ++cuts;
    }
  }
};

// Lengthens one of the lists of `query` or two.
void Lengthen(oracle::Rng& rng, const Network& network, Query& query) {
  const auto below = [&](uint64_t limit) {
    return std::uniform_int_distribution<uint64_t>(0, limit - 1)(rng);
  };
  constexpr std::array<uint32_t, 4> kBits = {0, 1, 40, 70};
  Constraints& constraints = query.constraints;
  for (uint64_t lists = below(3); lists > 0; --lists) {
    const uint64_t list = below(6);
    for (uint64_t i = 1 + below(4); i > 0; --i) {
      switch (list) {
        case 0:
          constraints.exclude_nodes.push_back(network.node_index[below(network.nodes.size())]);
          break;
        case 1:
          constraints.exclude_links.push_back(network.link_index[below(network.links.size())]);
          break;
        case 2:
          constraints.exclude_srlgs.push_back(static_cast<uint32_t>(below(5)));
          break;
        case 3:
          constraints.exclude_any.Set(kBits[below(4)]);
          break;
        case 4:
          constraints.include_all.Set(kBits[below(4)]);
          break;
        default:
          // The routes through many waypoints of a dense network are too many to try.
          if (constraints.waypoints.size() >= (network.links.size() <= 14 ? 3 : 1)) break;
          constraints.waypoints.push_back(network.node_index[below(network.nodes.size())]);
      }
    }
  }
}

// Leaves one constraint of the query, or a rare one in its place.
void KeepOne(oracle::Rng& rng, const topology::Ted& ted, Query& query) {
  const auto kept = static_cast<ConstraintKind>(rng() % kConstraintKinds);
  Constraints& constraints = query.constraints;
  if (kept == ConstraintKind::kDataPlane) constraints.data_plane = DataPlane::kSrv6;
  if (kept == ConstraintKind::kFlexAlgorithm) constraints.flex_algorithm = 128;
  if (kept == ConstraintKind::kIncludeAny) constraints.include_any.Set(40);
  if (kept == ConstraintKind::kHopBound) constraints.max_hops = 1 + rng() % 3;
  for (size_t i = 0; i < kConstraintKinds; ++i) {
    const auto kind = static_cast<ConstraintKind>(i);
    if (kind != kept) query = Lifted(ted, query, kind);
  }
}

// Asks about random queries, some of them with one constraint only.
void CheckRandom(uint64_t seed, int count, const oracle::QueryShape& shape, Tally& tally) {
  oracle::Rng rng(seed + 1);
  ForRandomCases(seed, count, shape,
                 [&](const Network& network, Query query, Workspace& workspace) {
                   Lengthen(rng, network, query);
                   if (rng() % 3 == 0) KeepOne(rng, *network.ted, query);
                   const Insight insight = Inspect(*network.ted, query, workspace);
                   Judged(network, query, insight).Check();
                   tally.Count(insight);
                 });
}

TEST(InsightOracleTest, EachConstraintIsLoosenedAsLittleAsCanBe) {
  Tally tally;
  CheckRandom(TestSeed(41), Cases(2000), {.max_bounds = 3}, tally);
  if (HasFailure() || !support::kAllCases) return;
  for (size_t i = 0; i < kConstraintKinds; ++i) {
    EXPECT_GT(tally.refusals[i], Cases(16)) << ConstraintName(static_cast<ConstraintKind>(i));
  }
  EXPECT_GT(std::accumulate(tally.answers.begin(), tally.answers.end(), 0), Cases(200));
  EXPECT_GT(tally.pairs, Cases(100));
  EXPECT_GT(tally.cuts, Cases(100));
}

TEST(InsightOracleTest, ManyBoundsAreToldApart) {
  Tally tally;
  CheckRandom(TestSeed(42), Cases(1000), {.filters = false, .max_bounds = 6, .max_waypoints = 1},
              tally);
}

}  // namespace
}  // namespace srpce::cspf
