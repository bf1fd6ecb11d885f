// tests/unit/cspf/compute_path_oracle_test.cc -- ComputePath, PathEnumerator and explanations
// against all paths of random networks.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "tests/unit/cspf/oracle.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::ForRandomCases;
using oracle::Judge;
using oracle::Network;
using oracle::Show;
using oracle::Walk;

void CheckBest(const Network& network, const Query& query, Workspace& workspace) {
  const Judge judge(network, query);
  const std::vector<Walk> answers = judge.Answers();
  const PathResult result = ComputePath(*network.ted, query, workspace);
  const auto* path = std::get_if<Path>(&result);
  if (answers.empty()) {
    ASSERT_EQ(path, nullptr) << "found " << Show(network, network.WalkOf(path->links));
    return;
  }
  ASSERT_NE(path, nullptr) << std::get<NoPath>(result).message << "; want "
                           << Show(network, answers[0]);
  ASSERT_EQ(Show(network, network.WalkOf(path->links)), Show(network, answers[0]));
  EXPECT_EQ(path->cost, judge.Cost(answers[0]));
  EXPECT_EQ(path->metrics.hops, judge.Sum(answers[0], oracle::kHops));
  if (path->metrics.bottleneck) {
    EXPECT_EQ(path->metrics.bottleneck->value, judge.Width(answers[0]));
  }
}

TEST(ComputePathOracleTest, FindsTheFirstOfAllPathsThatKeepTheConstraints) {
  ForRandomCases(oracle::Seed(11), oracle::Cases(1500), {}, CheckBest);
}

TEST(ComputePathOracleTest, FindsTheFirstUnderManyBounds) {
  ForRandomCases(oracle::Seed(12), oracle::Cases(1000),
                 {.filters = false, .max_bounds = 6, .max_waypoints = 1}, CheckBest);
}

// Every path in order, then the end: what is yielded is the whole sorted list, or its first
// hundred.
void CheckSequence(const Network& network, const Query& query, Workspace& workspace) {
  constexpr size_t kMostPaths = 100;
  const Judge judge(network, query);
  const std::vector<Walk> answers = judge.Answers();
  PathEnumerator paths(*network.ted, query, workspace);
  for (size_t i = 0; i < std::min(answers.size(), kMostPaths); ++i) {
    const PathResult result = paths.Next();
    const auto* path = std::get_if<Path>(&result);
    ASSERT_NE(path, nullptr) << "path " << i << " of " << answers.size() << ": "
                             << std::get<NoPath>(result).message;
    ASSERT_EQ(Show(network, network.WalkOf(path->links)), Show(network, answers[i]))
        << "path " << i;
    ASSERT_EQ(path->cost, judge.Cost(answers[i]));
    if (i % 3 == 1)
      ComputePath(*network.ted, {query.target, query.source, query.objective, {}}, workspace);
  }
  if (answers.size() > kMostPaths) return;
  const PathResult end = paths.Next();
  ASSERT_TRUE(std::holds_alternative<NoPath>(end))
      << Show(network, network.WalkOf(std::get<Path>(end).links));
  const PathResult alone = ComputePath(*network.ted, query, workspace);
  const Reason want = answers.empty() ? std::get<NoPath>(alone).reason : Reason::kNoFurtherPath;
  EXPECT_EQ(std::get<NoPath>(end).reason, want);
  EXPECT_EQ(std::get<NoPath>(paths.Next()).reason, want) << "the end stays the end";
}

TEST(PathEnumeratorOracleTest, YieldsAllPathsInOrder) {
  ForRandomCases(oracle::Seed(21), oracle::Cases(400), {.max_bounds = 2}, CheckSequence);
}

// Explanations, judged over lists of paths.
class Explained {
 public:
  Explained(const Network& network, const Query& query, const NoPath& no_path)
      : network_(network), query_(query), judge_(network, query), no_path_(no_path) {}

  void Check() {
    if (query_.constraints.flex_algorithm != 0 && !network_.flex) {
      EXPECT_EQ(no_path_.reason, Reason::kFlexAlgorithm);
      return;
    }
    if (!Reaches(judge_.source(), judge_.target(), oracle::kAllKinds)) {
      CheckLeg(judge_.source(), judge_.target(), no_path_.reason);
      return;
    }
    std::vector<int> stops = judge_.waypoints();
    stops.push_back(judge_.target());
    int from = judge_.source();
    for (const int to : stops) {
      if (!Reaches(from, to, oracle::kAllKinds)) {
        EXPECT_EQ(no_path_.reason, Reason::kWaypoint);
        CheckLeg(from, to, std::nullopt);
        return;
      }
      from = to;
    }
    CheckBounds();
  }

 private:
  static Reason ReasonOf(uint32_t kind) {
    switch (kind) {
      case oracle::kFlex:
        return Reason::kFlexAlgorithm;
      case oracle::kPlane:
        return Reason::kDataPlane;
      case oracle::kExclude:
        return Reason::kExcluded;
      case oracle::kAdmin:
        return Reason::kAffinity;
      case oracle::kWidth:
        return Reason::kBandwidth;
      default:
        return Reason::kMissingAttribute;
    }
  }

  std::vector<Walk> Passing(int from, int to, uint32_t kinds) const {
    std::vector<Walk> walks = judge_.Simple(from, to);
    std::erase_if(walks, [&](const Walk& walk) { return !judge_.Passes(walk, from, to, kinds); });
    return walks;
  }
  bool Reaches(int from, int to, uint32_t kinds) const { return !Passing(from, to, kinds).empty(); }

  // `want_reason`: absent under a waypoint, where the reason is another.
  void CheckLeg(int from, int to, std::optional<Reason> reason) {
    if (!Reaches(from, to, 0)) {
      EXPECT_EQ(reason.value_or(Reason::kUnreachable), Reason::kUnreachable) << no_path_.message;
      CheckOverload(from, to);
      return;
    }
    uint32_t others = 0;
    uint32_t kind = 0;
    for (const uint32_t lifted : oracle::kKinds) {
      if (kind == 0 && Reaches(from, to, oracle::kAllKinds & ~lifted)) {
        kind = lifted;
        others = oracle::kAllKinds & ~lifted;
      }
    }
    const bool alone = kind != 0;
    uint32_t sum = 0;
    for (const uint32_t added : oracle::kKinds) {
      if (kind == 0 && !Reaches(from, to, sum | added)) {
        kind = added;
        others = sum;
      }
      sum |= added;
    }
    EXPECT_STREQ(ReasonName(reason.value_or(ReasonOf(kind))), ReasonName(ReasonOf(kind)))
        << no_path_.message;
    CheckCut(from, to, kind, others);
    // The sentence "no path ... over ..." holds by itself, or says that it does not.
    const bool refused_end = !judge_.NodePasses(from, kind) || !judge_.NodePasses(to, kind);
    EXPECT_EQ(no_path_.message.find("together with the other constraints") != std::string::npos,
              !refused_end && Reaches(from, to, kind))
        << no_path_.message;
    if (kind == oracle::kWidth) CheckWidth(from, to, alone);
  }

  // Where overload is to blame: every usable way passes a named node, and none of them is named
  // for nothing.
  void CheckOverload(int from, int to) {
    const std::vector<Walk> ways = judge_.Simple(from, to, /*overload=*/false);
    const bool blamed = no_path_.message.find("overloaded") != std::string::npos;
    EXPECT_EQ(blamed, !ways.empty()) << no_path_.message;
    std::set<int> named;
    const std::string list = absl::StrCat(no_path_.message.substr(
        std::min(no_path_.message.find(" passes "), no_path_.message.size())));
    for (int node = 0; node < static_cast<int>(network_.nodes.size()); ++node) {
      for (const char* after : {",", " or "}) {
        if (list.find(absl::StrCat(" n", node, after)) != std::string::npos) named.insert(node);
      }
    }
    for (const int node : named) EXPECT_TRUE(network_.node(node).overload) << no_path_.message;
    const auto all_pass = [&](const std::set<int>& nodes) {
      return std::all_of(ways.begin(), ways.end(), [&](const Walk& way) {
        return std::any_of(way.begin(), way.end(),
                           [&](int at) { return nodes.contains(network_.link(at).from); });
      });
    };
    if (!blamed) return;
    EXPECT_TRUE(all_pass(named)) << no_path_.message;
    for (const int node : named) {
      std::set<int> fewer = named;
      fewer.erase(node);
      EXPECT_FALSE(all_pass(fewer)) << no_path_.message;
    }
  }

  // Of the links that `kind` refuses and the others allow.
  void CheckCut(int from, int to, uint32_t kind, uint32_t others) {
    const Walk cut = network_.WalkOf(no_path_.blocking_links);
    if (!judge_.NodePasses(from, kind)) {
      EXPECT_TRUE(cut.empty());
      return;
    }
    SCOPED_TRACE(no_path_.message);
    oracle::ExpectMinimumCut(
        Passing(from, to, others), [&](int at) { return !judge_.Passes(at, kind); }, cut);
  }

  void CheckWidth(int from, int to, bool alone) {
    EXPECT_EQ(no_path_.wanted, static_cast<double>(query_.constraints.min_bandwidth.value));
    EXPECT_EQ(no_path_.best_achievable.has_value(), alone);
    if (!alone) return;
    constexpr uint32_t kOthers = oracle::kAllKinds & ~oracle::kWidth;
    std::optional<uint64_t> best;
    for (const Walk& walk : judge_.Routes()) {
      if (!judge_.Passes(walk, judge_.source(), judge_.target(), kOthers) ||
          !judge_.KeepsBounds(walk))
        continue;
      best = std::max(best.value_or(0), judge_.Width(walk));
    }
    if (!best) {
      for (const Walk& walk : Passing(from, to, kOthers))
        best = std::max(best.value_or(0), judge_.Width(walk));
    }
    EXPECT_EQ(*no_path_.best_achievable, static_cast<double>(*best)) << no_path_.message;
  }

  std::optional<double> Least(oracle::Quantity what, bool others_kept) const {
    std::optional<double> least;
    for (const Walk& walk : judge_.Routes()) {
      if (!judge_.Passes(walk, judge_.source(), judge_.target(), oracle::kAllKinds)) continue;
      if (others_kept && !judge_.KeepsBounds(walk, what)) continue;
      least = std::min(least.value_or(1e300), judge_.Sum(walk, what));
    }
    return least;
  }

  void CheckBounds() {
    constexpr Reason kReasons[] = {Reason::kDelayBound, Reason::kIgpBound,
                                   Reason::kTeBound,    Reason::kHopBound,
                                   Reason::kLossBound,  Reason::kVariationBound};
    std::optional<oracle::Quantity> lifted;
    std::optional<double> lifted_least;
    for (size_t i = 0; i < oracle::kQuantities; ++i) {
      const auto what = static_cast<oracle::Quantity>(i);
      const std::optional<double> bound = judge_.Bound(what);
      if (!bound) continue;
      const double least = *Least(what, false);
      if (least > *bound + 1e-12) {
        EXPECT_STREQ(ReasonName(no_path_.reason), ReasonName(kReasons[i])) << no_path_.message;
        EXPECT_EQ(no_path_.wanted, bound);
        EXPECT_NEAR(no_path_.best_achievable.value_or(-1), least, 1e-12) << no_path_.message;
        return;
      }
      const std::optional<double> within_others = Least(what, true);
      if (!lifted && within_others) {
        lifted = what;
        lifted_least = within_others;
      }
    }
    EXPECT_EQ(no_path_.reason, Reason::kCombinedBounds) << no_path_.message;
    ASSERT_EQ(no_path_.best_achievable.has_value(), lifted.has_value());
    if (!lifted) return;
    EXPECT_EQ(no_path_.wanted, judge_.Bound(*lifted));
    EXPECT_NEAR(*no_path_.best_achievable, *lifted_least, 1e-12);
  }

  const Network& network_;
  const Query& query_;
  const Judge judge_;
  const NoPath& no_path_;
};

TEST(ExplainOracleTest, NamesTheConstraintThatBindsAndWhatCanBeHad) {
  int explained = 0;
  ForRandomCases(oracle::Seed(31), oracle::Cases(1500), {.max_bounds = 4},
                 [&](const Network& network, const Query& query, Workspace& workspace) {
                   const PathResult result = ComputePath(*network.ted, query, workspace);
                   if (const auto* no_path = std::get_if<NoPath>(&result)) {
                     ++explained;
                     SCOPED_TRACE(no_path->message);
                     EXPECT_FALSE(no_path->message.empty());
                     Explained(network, query, *no_path).Check();
                   }
                 });
  EXPECT_GT(explained, oracle::Cases(1500)) << "too few cases without a path to prove anything";
}

}  // namespace
}  // namespace srpce::cspf
