// tests/unit/cspf/disjoint_terms_oracle_test.cc -- objectives, fallbacks, shared risks and
// differences of delay against every combination of paths of random networks.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf {
namespace {

using oracle::Judge;
using oracle::Network;
using oracle::Walk;

constexpr std::array kLevels = {Disjointness::kLink, Disjointness::kNode, Disjointness::kSrlg,
                                Disjointness::kSrlgNode};
constexpr size_t kMostCombinations = 60'000;

bool Stronger(Disjointness a, Disjointness b) {  // Or as strong.
  if (a == b || a == Disjointness::kSrlgNode) return true;
  return b == Disjointness::kLink;
}

// Of one combination of walks.
struct Entry {
  std::map<Disjointness, size_t> shared;  // Risks, summed over pairs of members.
  std::vector<uint64_t> costs;
  double apart = 0;  // Greatest difference of delay.
};

std::vector<uint64_t> KeyOf(const std::vector<uint64_t>& costs, SetObjective objective) {
  uint64_t sum = 0;
  uint64_t most = 0;
  for (const uint64_t cost : costs) {
    sum += cost;
    most = std::max(most, cost);
  }
  if (objective == SetObjective::kSum) return {sum};
  return objective == SetObjective::kMax ? std::vector{most, sum} : costs;
}

// Refuses every third path.
class Refusal : public PathTest {
 public:
  explicit Refusal(uint64_t salt) : salt_(salt) {}
  bool Passes(const std::vector<LinkIndex>& links) const {
    uint64_t hash = salt_;
    for (const LinkIndex link : links) hash = (hash + link.value() + 1) * 0x9E3779B97F4A7C15;
    return (hash >> 32) % 3 != 0;
  }
  bool Passes(size_t, const Path& path, uint64_t&) override { return Passes(path.links); }
  bool JudgesAlike(size_t, size_t) const override { return true; }

 private:
  const uint64_t salt_;
};

// All combinations, and what is best at any level.
class Combinations {
 public:
  using Key = std::vector<uint64_t>;

  Combinations(const Network& network, const DisjointQuery& query, const Refusal* test)
      : network_(network), query_(query) {
    for (const Query& member : query.members) {
      judges_.emplace_back(network, member);
      walks_.push_back(judges_.back().Answers());
      if (query.max_delay_difference)
        std::erase_if(walks_.back(), [&](const Walk& walk) { return !KnowsDelays(walk); });
      if (test != nullptr)
        std::erase_if(walks_.back(),
                      [&](const Walk& walk) { return !test->Passes(network.Indexes(walk)); });
      count_ *= walks_.back().size();
    }
    if (count_ == 0 || count_ > kMostCombinations) return;
    for (size_t i = 0; i < walks_.size(); ++i) {
      for (size_t j = i + 1; j < walks_.size(); ++j) Compare(i, j);
    }
    std::vector<size_t> chosen;
    Choose(chosen);
  }

  size_t count() const { return count_; }
  const std::vector<Walk>& walks(size_t member) const { return walks_[member]; }

  // The least key of sets that share nothing of `level`. `together`: delays are held to the query.
  std::optional<Key> Best(Disjointness level, bool together = true) const {
    std::optional<Key> best;
    for (const Entry& entry : entries_) {
      if (entry.shared.at(level) > 0 || (together && !Together(entry))) continue;
      const Key key = KeyOf(entry.costs, query_.objective);
      if (!best || key < *best) best = key;
    }
    return best;
  }
  // The fewest risks shared, then the least key.
  std::optional<std::pair<size_t, Key>> BestSharing() const {
    std::optional<std::pair<size_t, Key>> best;
    for (const Entry& entry : entries_) {
      if (!Together(entry)) continue;
      const std::pair key(entry.shared.at(query_.disjointness),
                          KeyOf(entry.costs, query_.objective));
      if (!best || key < *best) best = key;
    }
    return best;
  }
  Entry EntryOf(const std::vector<Walk>& walks) const {
    std::vector<size_t> chosen;
    for (size_t i = 0; i < walks.size(); ++i) {
      const auto found = std::find(walks_[i].begin(), walks_[i].end(), walks[i]);
      EXPECT_NE(found, walks_[i].end()) << "member " << i << " breaks a constraint";
      if (found == walks_[i].end()) return {};
      chosen.push_back(static_cast<size_t>(found - walks_[i].begin()));
    }
    return MakeEntry(chosen);
  }
  bool Together(const Entry& entry) const {
    return !query_.max_delay_difference ||
           entry.apart <= static_cast<double>(query_.max_delay_difference->count());
  }

 private:
  bool KnowsDelays(const Walk& walk) const {
    return std::all_of(walk.begin(), walk.end(), [&](int at) {
      return network_.LeavesLan(at) || network_.link(at).delay.has_value();
    });
  }
  void Compare(size_t i, size_t j) {
    for (const Disjointness level : kLevels) {
      auto& table = shared_[{i, j, level}];
      for (const Walk& a : walks_[i]) {
        table.emplace_back();
        for (const Walk& b : walks_[j])
          table.back().push_back(oracle::Shared(network_, a, b, level).size());
      }
    }
  }
  void Choose(std::vector<size_t>& chosen) {
    if (chosen.size() == walks_.size()) {
      entries_.push_back(MakeEntry(chosen));
      return;
    }
    for (size_t at = 0; at < walks_[chosen.size()].size(); ++at) {
      chosen.push_back(at);
      Choose(chosen);
      chosen.pop_back();
    }
  }
  Entry MakeEntry(const std::vector<size_t>& chosen) const {
    Entry entry;
    double least = 1e18;
    double most = 0;
    for (size_t i = 0; i < chosen.size(); ++i) {
      const Walk& walk = walks_[i][chosen[i]];
      entry.costs.push_back(judges_[i].Cost(walk));
      least = std::min(least, judges_[i].Sum(walk, oracle::kDelay));
      most = std::max(most, judges_[i].Sum(walk, oracle::kDelay));
      for (size_t j = 0; j < i; ++j) {
        for (const Disjointness level : kLevels)
          entry.shared[level] += shared_.at({j, i, level})[chosen[j]][chosen[i]];
      }
    }
    entry.apart = most - least;
    return entry;
  }

  const Network& network_;
  const DisjointQuery& query_;
  std::vector<Judge> judges_;
  std::vector<std::vector<Walk>> walks_;
  std::map<std::tuple<size_t, size_t, Disjointness>, std::vector<std::vector<size_t>>> shared_;
  std::vector<Entry> entries_;
  size_t count_ = 1;
};

// The levels worth a try, in order.
std::vector<Disjointness> LevelsOf(const DisjointQuery& query) {
  std::vector<Disjointness> levels = {query.disjointness};
  for (const Disjointness level : query.fallbacks) {
    if (std::none_of(levels.begin(), levels.end(),
                     [&](Disjointness above) { return Stronger(level, above); }))
      levels.push_back(level);
  }
  return levels;
}

struct Tally {
  int full = 0, fallback = 0, sharing = 0, not_disjoint = 0, apart = 0, unproved = 0, open = 0;
};

std::vector<Walk> WalksOf(const Network& network, const std::vector<Path>& paths) {
  std::vector<Walk> walks;
  for (const Path& path : paths) walks.push_back(network.WalkOf(path.links));
  return walks;
}

// What the answer says of itself is so.
Entry CheckReport(const Network& network, const DisjointQuery& query, const Combinations& all,
                  const DisjointPaths& answer) {
  const std::vector<Walk> walks = WalksOf(network, answer.paths);
  EXPECT_EQ(walks.size(), query.members.size());
  const Entry entry = all.EntryOf(walks);
  if (entry.costs.empty()) return entry;
  uint64_t sum = 0;
  for (size_t i = 0; i < walks.size(); ++i) {
    EXPECT_EQ(answer.paths[i].cost, entry.costs[i]);
    sum += entry.costs[i];
  }
  EXPECT_EQ(answer.total_cost, sum);
  EXPECT_TRUE(all.Together(entry));
  EXPECT_EQ(answer.shared_risks, entry.shared.at(query.disjointness));
  EXPECT_EQ(answer.fully_disjoint, answer.shared_risks == 0);
  size_t pairs = 0;
  for (size_t i = 0; i < walks.size(); ++i) {
    for (size_t j = i + 1; j < walks.size(); ++j) {
      if (oracle::Shared(network, walks[i], walks[j], query.disjointness).empty()) continue;
      EXPECT_LT(pairs, answer.shared.size());
      if (pairs >= answer.shared.size()) return entry;
      const PairShares& reported = answer.shared[pairs++];
      EXPECT_EQ(std::pair(reported.first, reported.second), std::pair(i, j));
      EXPECT_EQ(reported.shared, FindSharedRisks(*network.ted, answer.paths[i].links,
                                                 answer.paths[j].links, query.disjointness));
    }
  }
  EXPECT_EQ(pairs, answer.shared.size());
  std::vector<Disjointness> levels = {query.disjointness};
  levels.insert(levels.end(), query.fallbacks.begin(), query.fallbacks.end());
  for (const Disjointness level :
       {Disjointness::kSrlgNode, Disjointness::kNode, Disjointness::kSrlg, Disjointness::kLink})
    levels.push_back(level);
  const auto kept = std::find_if(levels.begin(), levels.end(),
                                 [&](Disjointness level) { return entry.shared.at(level) == 0; });
  EXPECT_EQ(answer.achieved, kept == levels.end() ? std::nullopt : std::optional(*kept));
  return entry;
}

// Verdicts about levels above are true, or say that they are none.
void CheckFailures(const Combinations& all, const std::vector<LevelFailure>& failed, bool exact) {
  for (const LevelFailure& failure : failed) {
    EXPECT_FALSE(failure.why.message.empty());
    if (exact) {
      EXPECT_NE(failure.why.reason, Reason::kBudgetExhausted);
    }
    if (failure.why.reason == Reason::kBudgetExhausted) continue;
    EXPECT_FALSE(all.Best(failure.level)) << failure.why.message;
    const bool delays = all.Best(failure.level, false).has_value();
    if (exact) {
      EXPECT_EQ(failure.why.reason, delays ? Reason::kDelayDifference : Reason::kNotDisjoint);
    }
  }
}

void CheckAnswer(const Network& network, const DisjointQuery& query, const Combinations& all,
                 const DisjointPaths& answer, bool exact, Tally& tally) {
  const Entry entry = CheckReport(network, query, all, answer);
  if (entry.costs.empty()) return;
  CheckFailures(all, answer.failed, exact);
  const auto key = KeyOf(entry.costs, query.objective);
  const std::vector<Disjointness> levels = LevelsOf(query);
  const size_t rung = answer.failed.size();
  ASSERT_LE(rung, levels.size());
  if (exact && (rung < levels.size() || query.members.size() < 3)) {
    EXPECT_TRUE(answer.proved_optimal);  // Three that share much may outlast the budget.
  }
  tally.unproved += !answer.proved_optimal;
  if (rung == levels.size()) {
    ++tally.sharing;
    ASSERT_TRUE(query.allow_sharing);
    const auto best = *all.BestSharing();
    if (answer.proved_optimal) {
      EXPECT_EQ(std::pair(static_cast<size_t>(answer.shared_risks), key), best);
    } else {
      EXPECT_LE(std::pair(answer.least_shared_risks, answer.lower_bound),
                std::pair(uint64_t{best.first}, best.second[0]));
    }
    return;
  }
  ++(rung == 0 ? tally.full : tally.fallback);
  const auto best = all.Best(levels[rung]);
  ASSERT_TRUE(best);
  if (answer.proved_optimal) {
    EXPECT_EQ(key, *best);
  } else {
    EXPECT_LE(answer.lower_bound, (*best)[0]);
  }
  EXPECT_EQ(entry.shared.at(levels[rung]), 0U);
}

void CheckNone(const Network& network, const DisjointQuery& query, const Combinations& all,
               const NoPath& no_path, bool exact, Tally& tally) {
  EXPECT_FALSE(no_path.message.empty());
  if (all.count() == 0) {
    EXPECT_NE(no_path.reason, Reason::kNotDisjoint);
    EXPECT_NE(no_path.reason, Reason::kDelayDifference);
    return;
  }
  const std::vector<Disjointness> levels = LevelsOf(query);
  if (no_path.reason == Reason::kBudgetExhausted) {
    ++tally.open;
    EXPECT_FALSE(exact) << no_path.message;
    if (levels.size() > 1 || query.allow_sharing || !no_path.lower_bound) return;
    const auto best = all.Best(levels[0]);
    if (best) {
      EXPECT_LE(*no_path.lower_bound, (*best)[0]);
    }
    if (no_path.best_found_set.empty()) return;
    const Entry entry = all.EntryOf(WalksOf(network, no_path.best_found_set));
    EXPECT_EQ(entry.shared.at(levels[0]), 0U);
    EXPECT_TRUE(all.Together(entry));
    return;
  }
  for (const Disjointness level : levels) ASSERT_FALSE(all.Best(level)) << no_path.message;
  if (query.allow_sharing) {
    ASSERT_FALSE(all.BestSharing()) << no_path.message;
  }
  // The budget may end between the two: then it says that it is the one or the other.
  if (!exact && no_path.message.find(" shares a risk or has delays") != std::string::npos) {
    EXPECT_EQ(no_path.reason, Reason::kNotDisjoint);
    return;
  }
  const bool apart = query.allow_sharing || all.Best(levels.back(), false);
  EXPECT_EQ(no_path.reason, apart ? Reason::kDelayDifference : Reason::kNotDisjoint);
  ++(apart ? tally.apart : tally.not_disjoint);
}

struct Plan {
  size_t members = 2;
  bool same_query = false;
  bool delays = false;   // Half of the queries have a difference.
  bool ladder = false;   // Fallbacks and sharing, at random.
  bool sharing = false;  // Sharing alone.
  std::optional<SetObjective> objective{};
  bool starved = false;  // Budgets of a few labels.
  bool test = false;     // Some paths are refused.
  oracle::QueryShape query;
};

void Vary(oracle::Rng& rng, const Plan& plan, DisjointQuery& query) {
  const auto below = [&](uint64_t limit) { return rng() % limit; };
  query.objective = plan.objective.value_or(static_cast<SetObjective>(below(3)));
  query.max_delay_difference.reset();
  if (plan.delays && below(2) == 0) query.max_delay_difference = Microseconds(below(4));
  query.fallbacks.clear();
  query.allow_sharing = plan.sharing || (plan.ladder && below(2) == 0);
  for (uint64_t i = plan.ladder ? below(4) : 0; i > 0; --i)
    query.fallbacks.push_back(kLevels[below(4)]);
}

Tally CheckRandom(uint64_t seed, int count, const Plan& plan) {
  oracle::Rng rng(seed);
  Workspace workspace;
  Tally tally;
  support::CaseCount cases;
  for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("case ", i, " of seed ", seed));
    const int nodes = 4 + i % 3;
    const Network network = oracle::RandomNetwork(rng, {.nodes = nodes,
                                                        .edges = nodes + 1 + i / 4 % 4,
                                                        .plain = i % 4 != 0,
                                                        .srlgs = i % 2 == 0 ? 12U : 5U});
    DisjointQuery query;
    for (size_t m = 0; m < plan.members; ++m) {
      query.members.push_back(m > 0 && plan.same_query
                                  ? query.members[0]
                                  : oracle::RandomQuery(rng, network, plan.query));
    }
    for (const Disjointness level : kLevels) {
      query.disjointness = level;
      Vary(rng, plan, query);
      std::optional<Refusal> test;
      if (plan.test) test.emplace(rng());
      const Combinations all(network, query, test ? &*test : nullptr);
      if (all.count() > kMostCombinations) continue;
      cases.Add();
      const Budget budget = plan.starved ? Budget{1 + rng() % 120} : Budget{};
      const DisjointResult result =
          ComputeDisjoint(*network.ted, query, workspace, budget, test ? &*test : nullptr);
      SCOPED_TRACE(
          absl::StrCat(DisjointnessName(level), " objective ", static_cast<int>(query.objective)));
      if (const auto* answer = std::get_if<DisjointPaths>(&result)) {
        CheckAnswer(network, query, all, *answer, !plan.starved, tally);
      } else {
        CheckNone(network, query, all, std::get<NoPath>(result), !plan.starved, tally);
      }
    }
  }
  return tally;
}

constexpr oracle::QueryShape kPlain{
    .filters = false, .max_bounds = 0, .max_waypoints = 0, .same_end = false};
constexpr oracle::QueryShape kRich{.max_bounds = 2, .max_waypoints = 1};

// Cases of one kind. Under a sanitizer too few are tried to expect some of every kind.
void ExpectOver(int cases, int least) {
  if (support::kAllCases) {
    EXPECT_GT(cases, least);
  }
}

TEST(DisjointTermsOracleTest, EachObjectiveIsLeastForPairs) {
  const int cases = support::Cases(300);
  for (const auto objective : {SetObjective::kMax, SetObjective::kLexicographic}) {
    const Tally tally = CheckRandom(support::TestSeed(61), cases,
                                    {.same_query = true, .objective = objective, .query = kPlain});
    ExpectOver(tally.full, cases / 4);
    ExpectOver(tally.not_disjoint, cases / 4);
    CheckRandom(support::TestSeed(62), cases, {.objective = objective, .query = kRich});
  }
}

TEST(DisjointTermsOracleTest, EachObjectiveIsLeastForThree) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(150);
    const Tally tally = CheckRandom(support::TestSeed(63), cases,
                                    {.members = 3, .same_query = same, .query = kPlain});
    ExpectOver(tally.full, cases / 10);
  }
}

TEST(DisjointTermsOracleTest, DelaysOfPairsStayTogether) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(350);
    const Tally tally = CheckRandom(support::TestSeed(64), cases,
                                    {.same_query = same, .delays = true, .query = kRich});
    ExpectOver(tally.full, cases / 4);
    ExpectOver(tally.apart, cases / 20);
  }
}

TEST(DisjointTermsOracleTest, DelaysOfThreeStayTogether) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(150);
    const Tally tally =
        CheckRandom(support::TestSeed(65), cases,
                    {.members = 3, .same_query = same, .delays = true, .query = kPlain});
    ExpectOver(tally.full, cases / 20);
    ExpectOver(tally.apart, cases / 50);
  }
}

TEST(DisjointTermsOracleTest, PairsShareTheFewestRisks) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(350);
    const Tally tally = CheckRandom(
        support::TestSeed(66), cases,
        {.same_query = same, .delays = true, .sharing = true, .query = same ? kPlain : kRich});
    ExpectOver(tally.sharing, cases / 4);
  }
}

TEST(DisjointTermsOracleTest, ThreeShareTheFewestRisks) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(80);
    const Tally tally = CheckRandom(
        support::TestSeed(67), cases,
        {.members = 3, .same_query = same, .delays = true, .sharing = true, .query = kPlain});
    ExpectOver(tally.sharing, cases / 4);
    ExpectOver(cases / 20, tally.unproved);
  }
}

TEST(DisjointTermsOracleTest, TheFirstLevelThatCanBeIsReached) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(350);
    const Tally tally = CheckRandom(
        support::TestSeed(68), cases,
        {.same_query = same, .delays = true, .ladder = true, .query = same ? kPlain : kRich});
    ExpectOver(tally.full, cases / 4);
    ExpectOver(tally.fallback, cases / 20);
    ExpectOver(tally.sharing, cases / 20);
    ExpectOver(tally.not_disjoint, cases / 20);
  }
}

TEST(DisjointTermsOracleTest, PathsThatFailTheirTestAreLeftOut) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(same ? 100 : 300);
    const Tally tally = CheckRandom(support::TestSeed(70), cases,
                                    {.members = same ? 3U : 2U,
                                     .same_query = same,
                                     .delays = true,
                                     .ladder = true,
                                     .test = true,
                                     .query = same ? kPlain : kRich});
    ExpectOver(tally.full + tally.fallback, cases / 10);
    ExpectOver(tally.not_disjoint, cases / 20);
  }
}

TEST(DisjointTermsOracleTest, WhatIsSaidOnASmallBudgetIsTrue) {
  for (const bool same : {false, true}) {
    const int cases = support::Cases(350);
    const Tally tally = CheckRandom(support::TestSeed(69), cases,
                                    {.members = same ? 3U : 2U,
                                     .same_query = same,
                                     .delays = true,
                                     .ladder = true,
                                     .starved = true,
                                     .query = same ? kPlain : kRich});
    ExpectOver(tally.unproved, cases / 20);
    ExpectOver(tally.open, cases / 20);
  }
}

}  // namespace
}  // namespace srpce::cspf
