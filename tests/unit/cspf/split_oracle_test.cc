// Splits of random networks against an exact linear program over all paths.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/path_pool.h"
#include "lib/cspf/path_pricing.h"
#include "lib/cspf/split.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/exact_lp.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf::oracle {
namespace {

constexpr uint64_t kPlenty = 60'000;  // Bytes/s: more than all that has a limit carries.
constexpr size_t kFew = 24;           // Paths: then the engine, too, knows all of them.

// All that one query allows, and the linear programs over it.
class Ways {
 public:
  Ways(const Network& network, const Query& query) : network_(network) {
    Judge judge(network, query);
    ways_ = judge.Answers();
    for (const Walk& way : ways_) costs_.push_back(static_cast<Wide>(judge.Cost(way)));
  }

  const std::vector<Walk>& all() const { return ways_; }
  size_t Find(const std::vector<LinkIndex>& links) const {
    const Walk walk = network_.WalkOf(links);
    return static_cast<size_t>(std::find(ways_.begin(), ways_.end(), walk) - ways_.begin());
  }
  Wide cost(size_t way) const { return costs_[way]; }

  Fraction MostCarried() const {
    std::vector<uint64_t> limits;
    auto rows = Rows(Every(), limits);
    rows.push_back(std::vector<int>(ways_.size(), 1));  // From a LAN there may be no limit.
    limits.push_back(kPlenty);
    Fraction sum;
    for (const Fraction& rate : Maximise(rows, limits, std::vector<Wide>(ways_.size(), 1))) {
      sum = sum + rate;
    }
    return sum;
  }
  // Nothing if these ways do not carry the demand.
  std::optional<Fraction> LeastCost(const std::vector<size_t>& of, uint64_t demand) const {
    std::vector<uint64_t> limits;
    auto rows = Rows(of, limits);
    rows.push_back(std::vector<int>(of.size(), 1));
    limits.push_back(demand);
    std::vector<Wide> gain;
    constexpr Wide kServed = Wide{1} << 54;  // A unit served is worth more than any detour.
    for (const size_t way : of) gain.push_back(kServed - costs_[way]);
    const std::vector<Fraction> rates = Maximise(rows, limits, gain);
    Fraction cost, served;
    for (size_t i = 0; i < of.size(); ++i) {
      cost = cost + rates[i] * Fraction(costs_[of[i]]);
      served = served + rates[i];
    }
    return served == Fraction(static_cast<Wide>(demand)) ? std::optional(cost) : std::nullopt;
  }
  std::vector<size_t> Every() const {
    std::vector<size_t> all(ways_.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }
  // The least cost over at most two ways.
  std::optional<Fraction> LeastOfTwo(uint64_t demand) const {
    std::optional<Fraction> least;
    for (size_t a = 0; a < ways_.size(); ++a) {
      for (size_t b = a; b < ways_.size(); ++b) {
        const auto cost =
            LeastCost(a == b ? std::vector<size_t>{a} : std::vector<size_t>{a, b}, demand);
        if (cost && (!least || *cost < *least)) least = cost;
      }
    }
    return least;
  }

 private:
  std::vector<std::vector<int>> Rows(const std::vector<size_t>& of,
                                     std::vector<uint64_t>& limits) const {
    std::vector<std::vector<int>> rows;
    for (int at = 0; at < static_cast<int>(network_.links.size()); ++at) {
      if (network_.LeavesLan(at)) continue;
      std::vector<int> row;
      for (const size_t way : of) {
        row.push_back(static_cast<int>(std::count(ways_[way].begin(), ways_[way].end(), at)));
      }
      if (std::count(row.begin(), row.end(), 0) == static_cast<std::ptrdiff_t>(row.size()))
        continue;
      rows.push_back(std::move(row));
      limits.push_back(network_.link(at).width.value_or(0));
    }
    return rows;
  }

  const Network& network_;
  std::vector<Walk> ways_;
  std::vector<Wide> costs_;
};

class SplitOracleTest : public testing::Test {
 protected:
  // Rates are whole, sum up, overload nothing; returns the exact cost.
  Wide CheckRates(const Network& network, const Ways& ways, const SplitQuery& query,
                  const Split& split) {
    Wide cost = 0;
    uint64_t carried = 0;
    std::map<int, uint64_t> on;
    for (const SplitPath& part : split.paths) {
      EXPECT_GT(part.rate.value, 0U);
      carried += part.rate.value;
      const size_t way = ways.Find(part.path.links);
      EXPECT_LT(way, ways.all().size()) << "a path that breaks a constraint";
      if (way == ways.all().size()) return 0;
      EXPECT_EQ(part.path.cost, static_cast<uint64_t>(ways.cost(way)));
      cost += ways.cost(way) * static_cast<Wide>(part.rate.value);
      for (const int at : ways.all()[way]) on[at] += part.rate.value;
    }
    EXPECT_EQ(carried, query.demand.value);
    EXPECT_LE(split.paths.size(), query.max_paths);
    for (const auto& [at, rate] : on) {
      if (network.LeavesLan(at)) continue;
      EXPECT_LE(rate, network.link(at).width.value_or(0)) << at;
    }
    const auto demand = static_cast<double>(query.demand.value);
    EXPECT_NEAR(split.cost, static_cast<double>(cost) / demand, 1e-9 * (1 + split.cost));
    EXPECT_LE(split.lower_bound, split.cost);
    return cost;
  }

  // What the contract allows above the optimum.
  static double Allowance(const Split& split, const Fraction& least) {
    double allowance = 1e-7 * least.value() + 1e-6;
    for (const SplitPath& part : split.paths) allowance += static_cast<double>(part.path.cost);
    return allowance;
  }

  void CheckRefusal(const Network& network, const Ways& ways, const SplitQuery& query,
                    const Fraction& most, const NoPath& none) {
    EXPECT_EQ(none.reason, Reason::kBandwidth) << none.message;
    ASSERT_TRUE(none.best_achievable.has_value());
    EXPECT_NEAR(*none.best_achievable, most.value(), 1e-3);
    EXPECT_EQ(none.wanted, static_cast<double>(query.demand.value));
    ++refused_;
    uint64_t cut = 0;
    std::set<int> links;
    for (const LinkIndex link : none.blocking_links) {
      links.insert(network.link_of[link.value()]);
      cut += network.link(network.link_of[link.value()]).width.value_or(0);
    }
    const Constraints& constraints = query.path.constraints;
    const bool bounded = constraints.max_delay || constraints.max_igp_cost ||
                         constraints.max_te_cost || constraints.max_hops || constraints.max_loss ||
                         constraints.max_variation;
    if (!bounded && constraints.waypoints.empty()) {
      EXPECT_EQ(Fraction(static_cast<Wide>(cut)), most);
    }
    if (links.empty() && most.top > 0) return;
    EXPECT_LT(cut, query.demand.value);
    for (const Walk& way : ways.all()) {
      EXPECT_TRUE(links.empty() ||
                  std::any_of(way.begin(), way.end(), [&](int at) { return links.contains(at); }));
    }
  }

  void CheckTwo(const Network& network, const Ways& ways, SplitQuery query) {
    query.max_paths = 2;
    const SplitResult result = ComputeSplit(*network.ted, query, workspace_);
    const std::optional<Fraction> least = ways.LeastOfTwo(query.demand.value);
    const auto* split = std::get_if<Split>(&result);
    if (!least) {
      ASSERT_EQ(split, nullptr);
      EXPECT_EQ(std::get<NoPath>(result).reason, Reason::kBandwidth)
          << std::get<NoPath>(result).message;
      ++two_refused_;
      return;
    }
    ASSERT_NE(split, nullptr) << std::get<NoPath>(result).message;
    ++two_found_;
    const Wide cost = CheckRates(network, ways, query, *split);
    EXPECT_TRUE(split->proved_optimal);
    EXPECT_LE(static_cast<double>(cost), least->value() + Allowance(*split, *least));
    EXPECT_GE(static_cast<double>(cost), least->value() - 1e-3);
  }

  // Whatever the budget, nothing is claimed that does not hold.
  void CheckBudget(const Network& network, const SplitQuery& query, const Ways& ways,
                   const Fraction& most, const Budget& budget) {
    const bool of_two = query.max_paths == 2;
    const SplitResult result = ComputeSplit(*network.ted, query, workspace_, budget);
    const auto demand = static_cast<Wide>(query.demand.value);
    const std::optional<Fraction> least = of_two ? ways.LeastOfTwo(query.demand.value)
                                                 : ways.LeastCost(ways.Every(), query.demand.value);
    if (const auto* none = std::get_if<NoPath>(&result)) {
      ran_out_ += none->reason == Reason::kBudgetExhausted;
      if (none->reason == Reason::kBudgetExhausted) return;
      EXPECT_EQ(none->reason, Reason::kBandwidth) << none->message;
      EXPECT_FALSE(least.has_value());
      EXPECT_NEAR(none->best_achievable.value_or(most.value()), most.value(), 1e-3);
      return;
    }
    const auto& split = std::get<Split>(result);
    const Wide cost = CheckRates(network, ways, query, split);
    EXPECT_LE(split.lower_bound, least->value() / static_cast<double>(demand) * (1 + 1e-12));
    if (!split.proved_optimal) return;
    EXPECT_LE(static_cast<double>(cost), least->value() + Allowance(split, *least));
  }

  // What column generation proves by itself, without a flow.
  void CheckProofs(const Network& network, SplitQuery query, const Ways& ways,
                   const Fraction& most) {
    query.path.constraints.min_bandwidth = {1};
    uint64_t labels = Budget().max_labels;
    PathPool pool(*network.ted, query.demand.value);
    PathPricing pricing(
        *network.ted, query.path, workspace_, [](const Path&) { return true; }, labels);
    EXPECT_EQ(pricing.CarryMost(pool), PathPricing::End::kDone);
    const auto demand = static_cast<double>(query.demand.value);
    EXPECT_NEAR(demand - pricing.unserved(), std::min(most.value(), demand), 1e-3);
    if (pricing.most_carried()) {
      EXPECT_GE(*pricing.most_carried(), std::floor(most.value()));
    }
    if (!pricing.carried_all()) {
      EXPECT_LT(pricing.most_carried().value_or(demand), demand);
      return;
    }
    EXPECT_EQ(pricing.CostLeast(pool), PathPricing::End::kDone);
    const double least = ways.LeastCost(ways.Every(), query.demand.value)->value();
    EXPECT_LE(pricing.least_cost(), least * (1 + 1e-12));
    EXPECT_GE(pricing.least_cost(), least * (1 - 1e-7) - 1);
  }

  void Check(const Network& network, const SplitQuery& query, const Ways& ways,
             const Fraction& most) {
    const SplitResult result = ComputeSplit(*network.ted, query, workspace_);
    const auto demand = static_cast<Wide>(query.demand.value);
    const auto* split = std::get_if<Split>(&result);
    if (most < Fraction(demand)) {
      ASSERT_EQ(split, nullptr);
      CheckRefusal(network, ways, query, most, std::get<NoPath>(result));
      return;
    }
    if (split == nullptr && most < Fraction(demand + 8)) {  // Fractions of a byte short.
      EXPECT_EQ(std::get<NoPath>(result).reason, Reason::kBudgetExhausted);
      ++fractional_;
      return;
    }
    ASSERT_NE(split, nullptr) << std::get<NoPath>(result).message;
    ++found_;
    several_ += split->paths.size() > 1;
    const Fraction least = *ways.LeastCost(ways.Every(), query.demand.value);
    const Wide cost = CheckRates(network, ways, query, *split);
    EXPECT_TRUE(split->proved_optimal);
    EXPECT_LE(static_cast<double>(cost), least.value() + Allowance(*split, least));
    EXPECT_GE(static_cast<double>(cost), least.value() * (1 - 1e-12));
    EXPECT_LE(split->lower_bound, least.value() / static_cast<double>(demand) * (1 + 1e-12));
    if (ways.all().size() > kFew) return;
    const std::optional<Fraction> of_two = ways.LeastOfTwo(query.demand.value);
    // Fewer are looked for with a part of the budget only.
    not_fewest_ += of_two && *of_two == least && split->paths.size() > 2;
    CheckTwo(network, ways, query);
  }

  Workspace workspace_;
  int not_fewest_ = 0, ran_out_ = 0, refused_ = 0, found_ = 0, several_ = 0, fractional_ = 0,
      two_found_ = 0, two_refused_ = 0;
};

TEST_F(SplitOracleTest, AgreesWithTheProgramOverAllPaths) {
  const uint64_t seed = support::TestSeed(2026);
  Rng rng(seed);
  const auto below = [&](uint64_t limit) {
    return std::uniform_int_distribution<uint64_t>(0, limit - 1)(rng);
  };
  support::CaseCount cases;
  for (int i = 0; i < support::Cases(1500) && !HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("case ", i, " of seed ", seed));
    cases.Add();
    const int nodes = 4 + i % 4;
    const Network network = RandomNetwork(
        rng, {.nodes = nodes, .edges = nodes + 1 + i / 4 % 7, .plain = i % 3 != 0, .span = 6});
    SplitQuery query{.path = RandomQuery(rng, network, {.filters = i % 2 == 0, .same_end = false}),
                     .demand = {},
                     .max_paths = 64};
    query.path.constraints.min_bandwidth = {};
    const Ways ways(network, query.path);
    if (ways.all().empty() || ways.all().size() > 150) continue;
    const Fraction most = ways.MostCarried();
    if (most == Fraction(kPlenty)) continue;
    const auto whole = static_cast<uint64_t>(most.top / most.bottom);
    query.demand.value = i % 4 == 0   ? whole
                         : i % 4 == 1 ? whole + 1 + below(5)
                                      : 1 + below(whole + 1);
    if (query.demand.value == 0) query.demand.value = 1;
    query.path.constraints.min_bandwidth = {below(9000)};  // Not read.
    Check(network, query, ways, most);
    CheckProofs(network, query, ways, most);
    if (i % 3 == 0 && ways.all().size() <= kFew) query.max_paths = 2;
    CheckBudget(network, query, ways, most, {below(i % 2 == 0 ? 100 : 4000)});
  }
  std::cout << found_ << " splits, " << several_ << " over several paths, " << refused_
            << " refused, " << fractional_ << " fractional; of two paths " << two_found_
            << " found, " << two_refused_ << " refused; " << ran_out_ << " out of budget\n";
  EXPECT_LE(not_fewest_, 1);
  if (!support::kAllCases) return;
  EXPECT_GT(ran_out_, found_ / 20);
  EXPECT_GT(several_, found_ / 4);
  EXPECT_GT(refused_, found_ / 5);
  EXPECT_GT(two_refused_, two_found_ / 10);
  EXPECT_LE(fractional_, found_ / 20);
}

}  // namespace
}  // namespace srpce::cspf::oracle
