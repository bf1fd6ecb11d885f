// tests/unit/segments/route_set_test.cc -- sets of routes by all their terms: against every set of
// simple paths whose lists fit, and named cases.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/segments/compute.h"
#include "tests/support/build_ted.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using cspf::Disjointness;
using cspf::Reason;
using cspf::SetObjective;
using support::BuildTed;
using support::NodeOf;
using topology::TedPtr;

using Key = std::vector<uint64_t>;

Key KeyOf(const std::vector<uint64_t>& costs, SetObjective objective) {
  uint64_t sum = 0;
  for (const uint64_t cost : costs) sum += cost;
  if (objective == SetObjective::kSum) return {sum};
  if (objective == SetObjective::kLexicographic) return costs;
  return {*std::max_element(costs.begin(), costs.end()), sum};
}

// Absent: some link's delay is not known.
std::optional<int64_t> DelayOf(const Ted& ted, const std::vector<LinkIndex>& links) {
  int64_t delay = 0;
  for (const LinkIndex link : links) {
    if (ted.node(ted.link(link).local).attributes.pseudonode.value_or(false)) continue;
    const topology::LinkAttributes& attributes = ted.link(link).attributes;
    const auto charged = attributes.min_delay ? attributes.min_delay : attributes.delay;
    if (!charged) return std::nullopt;
    delay += charged->count();
  }
  return delay;
}

// What is best at each rung, of all sets of paths that fit.
struct BruteSets {
  std::optional<Key> node, link;
  std::optional<std::pair<size_t, Key>> sharing;  // Fewest links and nodes shared.
};

BruteSets SolveSets(const Ted& ted, const DisjointSegmentQuery& query) {
  struct Choice {
    uint64_t cost = 0;
    int64_t delay = 0;
    std::vector<LinkIndex> links;
  };
  std::vector<std::vector<Choice>> choices;
  for (const SegmentQuery& member : query.members) {
    choices.emplace_back();
    for (const auto& [cost, links] : Solve(ted, member).fitting) {
      const std::optional<int64_t> delay = DelayOf(ted, links);
      if (delay || !query.max_delay_difference)
        choices.back().push_back({cost, delay.value_or(0), links});
    }
  }
  BruteSets best;
  std::vector<const Choice*> chosen;
  const std::function<void(size_t, size_t)> choose = [&](size_t fibres, size_t nodes) {
    if (chosen.size() == choices.size()) {
      std::vector<uint64_t> costs;
      for (const Choice* choice : chosen) costs.push_back(choice->cost);
      const Key key = KeyOf(costs, query.objective);
      if (nodes == 0 && (!best.node || key < *best.node)) best.node = key;
      if (fibres == 0 && (!best.link || key < *best.link)) best.link = key;
      if (!best.sharing || std::pair(nodes, key) < *best.sharing) best.sharing = {nodes, key};
      return;
    }
    for (const Choice& choice : choices[chosen.size()]) {
      size_t more_fibres = fibres;
      size_t more_nodes = nodes;
      bool apart = false;
      for (const Choice* other : chosen) {
        more_fibres += CountShared(ted, choice.links, other->links, false);
        more_nodes += CountShared(ted, choice.links, other->links, true);
        apart |= query.max_delay_difference &&
                 std::abs(choice.delay - other->delay) > query.max_delay_difference->count();
      }
      if (apart) continue;
      chosen.push_back(&choice);
      choose(more_fibres, more_nodes);
      chosen.pop_back();
    }
  };
  choose(0, 0);
  return best;
}

DisjointSegmentQuery RandomSet(const Ted& ted, std::mt19937_64& rng, size_t members) {
  DisjointSegmentQuery query;
  query.disjointness = Disjointness::kNode;
  query.objective = static_cast<SetObjective>(Pick(rng, 0, 2));
  if (Chance(rng, 50)) query.fallbacks = {Disjointness::kLink};
  query.allow_sharing = Chance(rng, 50);
  if (Chance(rng, 40)) query.max_delay_difference = Microseconds(Pick(rng, 0, 6) * 100);
  query.members.assign(members, RandomQuery(ted, rng));
  for (SegmentQuery& member : query.members) {
    if (Chance(rng, 60)) member.max_sids = Pick(rng, 1, 3);
  }
  return query;
}

// One round; returns how many levels failed before the answer, or nothing if there is none.
std::optional<size_t> CheckSet(const Ted& ted, const DisjointSegmentQuery& query,
                               cspf::Workspace& workspace, bool& dearer) {
  const BruteSets brute = SolveSets(ted, query);
  const bool falls_back = !query.fallbacks.empty();
  const RouteSetResult result = *ComputeRouteSet(ted, query, workspace);
  if (const auto* none = std::get_if<cspf::NoPath>(&result)) {
    EXPECT_FALSE(brute.node) << none->message;
    EXPECT_FALSE(falls_back && brute.link) << none->message;
    EXPECT_FALSE(query.allow_sharing && brute.sharing) << none->message;
    EXPECT_NE(none->reason, Reason::kBudgetExhausted);
    return std::nullopt;
  }
  const auto& [routes, set] = std::get<RouteSet>(result);
  std::vector<uint64_t> costs;
  size_t shared = 0;
  std::vector<int64_t> delays;
  for (size_t i = 0; i < routes.size(); ++i) {
    costs.push_back(routes[i].path.cost);
    delays.push_back(DelayOf(ted, routes[i].path.links).value_or(0));
    EXPECT_EQ(routes[i].path.links, set.paths[i].links);
    EXPECT_EQ(routes[i].expansion.path, routes[i].path.links);
    const NodeIndex target = query.members[i].path.target;
    EXPECT_LE(ImposedDepth(ted, target, routes[i].list),
              LimitOf(ted, query.members[i], routes[i].path.links));
    for (size_t j = 0; j < i; ++j)
      shared += CountShared(ted, routes[i].expansion.path, routes[j].expansion.path, true);
  }
  const auto [least, most] = std::minmax_element(delays.begin(), delays.end());
  if (query.max_delay_difference) {
    EXPECT_LE(*most - *least, query.max_delay_difference->count());
  }
  const Key key = KeyOf(costs, query.objective);
  EXPECT_EQ(set.shared_risks, shared);
  EXPECT_TRUE(set.proved_optimal);
  dearer = key > KeyOf(std::vector<uint64_t>(costs.size(), *Solve(ted, query.members[0]).best_cost),
                       query.objective);
  if (brute.node) {
    EXPECT_EQ(key, *brute.node);
    EXPECT_TRUE(set.failed.empty());
    EXPECT_EQ(set.achieved, Disjointness::kNode);
  } else if (falls_back && brute.link) {
    EXPECT_EQ(key, *brute.link);
    EXPECT_EQ(set.achieved, Disjointness::kLink);
  } else {
    EXPECT_TRUE(query.allow_sharing);
    EXPECT_EQ(std::pair(size_t{set.shared_risks}, key), *brute.sharing);
  }
  return set.failed.size();
}

void CheckRandom(size_t members, int rounds) {
  std::mt19937_64 rng(support::TestSeed(20261170 + members));
  cspf::Workspace workspace;
  support::CaseCount cases;
  int full = 0, lower = 0, none = 0, dear = 0;
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 4, .max_nodes = 6, .oddities = Chance(rng, 40)});
    const DisjointSegmentQuery query = RandomSet(*ted, rng, members);
    if (query.members[0].path.source == query.members[0].path.target) continue;
    cases.Add();
    bool dearer = false;
    const std::optional<size_t> failed = CheckSet(*ted, query, workspace, dearer);
    ++(!failed ? none : *failed == 0 ? full : lower);
    dear += dearer ? 1 : 0;
  }
  EXPECT_GT(full, rounds / 60);
  EXPECT_GT(lower, rounds / 20);
  EXPECT_GT(none, rounds / 20);
  EXPECT_GT(dear, rounds / 60);
}

TEST(RouteSetOracleTest, NoPairThatFitsIsBetter) { CheckRandom(2, support::Cases(2000)); }

TEST(RouteSetOracleTest, NoThreeThatFitAreBetter) { CheckRandom(3, support::Cases(800)); }

DisjointSegmentQuery Pair(const Ted& ted, uint32_t max_sids) {
  SegmentQuery member;
  member.path = {.source = NodeOf(ted, "a"), .target = NodeOf(ted, "d")};
  member.path.constraints.data_plane = DataPlane::kSrMpls;
  member.max_sids = max_sids;
  DisjointSegmentQuery query;
  query.members = {member, member};
  return query;
}

TEST(RouteSetTest, AListTooLongCostsALevel) {
  // The second way, by c, takes two SIDs.
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->d igp 10\na<->c igp 30\nc<->d igp 30\n");
  DisjointSegmentQuery query = Pair(*ted, 2);
  query.disjointness = Disjointness::kNode;
  cspf::Workspace workspace;
  const RouteSetResult roomy = *ComputeRouteSet(*ted, query, workspace);
  EXPECT_TRUE(std::get<RouteSet>(roomy).set.fully_disjoint);
  for (SegmentQuery& member : query.members) member.max_sids = 1;
  query.allow_sharing = true;
  const RouteSetResult tight = *ComputeRouteSet(*ted, query, workspace);
  const RouteSet& set = std::get<RouteSet>(tight);
  EXPECT_FALSE(set.set.fully_disjoint);
  ASSERT_EQ(set.set.failed.size(), 1U);
  EXPECT_NE(set.set.failed[0].why.message.find("whose segment lists fit"), std::string::npos)
      << set.set.failed[0].why.message;
  for (const SegmentRoute& route : set.routes) EXPECT_EQ(route.list.depth(), 1U);
}

TEST(RouteSetTest, TheBestSetSoFarIsGivenOnlyIfItsListsFit) {
  // Cheapest by a and b, which share a risk; the search ends with s-d-t as the second path, which
  // takes two SIDs.
  const TedPtr ted = BuildTed(
      "s<->a igp 1 srlg 1\na<->t igp 1 srlg 2\n"
      "s<->b igp 5 srlg 1\nb<->t igp 5\n"
      "s<->c igp 6\nc<->t igp 6 srlg 2\n"
      "s<->d igp 50\nd<->t igp 50\n");
  SegmentQuery member;
  member.path = {.source = NodeOf(*ted, "s"), .target = NodeOf(*ted, "t")};
  DisjointSegmentQuery query;
  query.members = {member, member};
  query.disjointness = Disjointness::kSrlg;
  cspf::Workspace workspace;
  for (const uint32_t max_sids : {10U, 1U}) {
    for (SegmentQuery& each : query.members) each.max_sids = max_sids;
    const RouteSetResult result = *ComputeRouteSet(*ted, query, workspace, {.max_labels = 3});
    const auto& none = std::get<cspf::NoPath>(result);
    EXPECT_EQ(none.reason, Reason::kBudgetExhausted);
    EXPECT_EQ(none.best_found_set.size(), max_sids == 1 ? 0U : 2U) << none.message;
  }
}

TEST(RouteSetTest, RoutesAloneAreThoseOfTheSet) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->d igp 10\na<->c igp 10\nc<->d igp 50\n");
  const DisjointSegmentQuery query = Pair(*ted, 3);
  cspf::Workspace workspace;
  const RouteSetResult whole = *ComputeRouteSet(*ted, query, workspace);
  const DisjointSegmentResult alone = *ComputeDisjointRoutes(*ted, query, workspace);
  const auto& routes = std::get<std::vector<SegmentRoute>>(alone);
  ASSERT_EQ(routes.size(), 2U);
  for (size_t i = 0; i < 2; ++i)
    EXPECT_EQ(routes[i].path.links, std::get<RouteSet>(whole).routes[i].path.links);
}

}  // namespace
}  // namespace srpce::segments
