// tests/unit/cspf/explain_oracle_test.cc -- explanations against all paths of random networks.
#include <algorithm>
#include <bit>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::ForRandomCases;
using oracle::Judge;
using oracle::Network;
using oracle::Walk;
using support::Cases;
using support::TestSeed;

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

  // Every path that the others allow crosses a link of the cut; each is refused; and no fewer links
  // would do.
  void CheckCut(int from, int to, uint32_t kind, uint32_t others) {
    const std::vector<LinkIndex>& cut = no_path_.blocking_links;
    if (!judge_.NodePasses(from, kind)) {
      EXPECT_TRUE(cut.empty());
      return;
    }
    const std::vector<Walk> walks = Passing(from, to, others);
    std::set<int> refused;
    const auto crossed = [&](const std::set<int>& links) {
      return std::all_of(walks.begin(), walks.end(), [&](const Walk& walk) {
        return std::any_of(walk.begin(), walk.end(), [&](int at) { return links.contains(at); });
      });
    };
    for (const Walk& walk : walks) {
      for (const int at : walk) {
        if (!judge_.Passes(at, kind)) refused.insert(at);
      }
    }
    std::set<int> links;
    for (const int at : network_.WalkOf(cut)) {
      EXPECT_TRUE(refused.contains(at)) << "link " << at << " is not refused";
      links.insert(at);
    }
    EXPECT_TRUE(crossed(links)) << "the cut leaves a way: " << no_path_.message;
    if (links.empty() || refused.size() > 14) return;
    const std::vector<int> pool(refused.begin(), refused.end());
    for (uint32_t mask = 0; mask < 1U << pool.size(); ++mask) {
      if (static_cast<size_t>(std::popcount(mask)) >= links.size()) continue;
      std::set<int> fewer;
      for (size_t i = 0; i < pool.size(); ++i) {
        if ((mask >> i & 1U) != 0) fewer.insert(pool[i]);
      }
      ASSERT_FALSE(crossed(fewer)) << "a smaller cut exists";
    }
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
  constexpr int kNetworks = Cases(6000);
  ForRandomCases(TestSeed(31), kNetworks, {.max_bounds = 4},
                 [&](const Network& network, const Query& query, Workspace& workspace) {
                   const PathResult result = ComputePath(*network.ted, query, workspace);
                   if (const auto* no_path = std::get_if<NoPath>(&result)) {
                     ++explained;
                     SCOPED_TRACE(no_path->message);
                     EXPECT_FALSE(no_path->message.empty());
                     Explained(network, query, *no_path).Check();
                   }
                 });
  EXPECT_GT(explained, kNetworks) << "too few cases without a path to prove anything";
}

}  // namespace
}  // namespace srpce::cspf
