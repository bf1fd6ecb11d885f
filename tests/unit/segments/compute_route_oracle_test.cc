// tests/unit/segments/compute_route_oracle_test.cc -- routes and disjoint routes of random networks
// against all simple paths, and their lists against packets.
#include <gtest/gtest.h>

#include <optional>
#include <variant>
#include <vector>

#include "lib/segments/compute.h"
#include "tests/support/report_case.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/list_oracle.h"
#include "tests/unit/segments/random_network.h"
#include "tests/unit/segments/route_oracle.h"

namespace srpce::segments {
namespace {

using cspf::Disjointness;
using cspf::NoPath;
using cspf::Reason;
using support::CaseCount;
using support::Cases;
using support::PacketSim;
using support::TestSeed;

struct Tally {
  int found = 0;
  int too_deep = 0;
  int no_sid = 0;
  int none = 0;
  int flexible = 0;  // Found in a flexible algorithm.
  int outside = 0;   // None in one.
};

void CheckNone(const Brute& brute, const NoPath& no_path, Tally& tally) {
  EXPECT_FALSE(brute.best_cost) << no_path.message;
  if (brute.any_path) {
    EXPECT_EQ(no_path.reason, brute.any_list ? Reason::kSidDepth : Reason::kNoSid)
        << no_path.message;
  }
  if (brute.any_list) {
    EXPECT_EQ(no_path.best_achievable, static_cast<double>(brute.fewest));
  }
  ++(brute.any_list ? tally.too_deep : brute.any_path ? tally.no_sid : tally.none);
}

// `query` names a data plane.
void CheckFound(const Ted& ted, PacketSim& packets, const SegmentQuery& query, const Brute& brute,
                const SegmentRoute& route) {
  ASSERT_TRUE(brute.best_cost);
  EXPECT_EQ(route.path.cost, *brute.best_cost);
  EXPECT_EQ(route.list.data_plane, query.path.constraints.data_plane);
  EXPECT_LE(ImposedDepth(ted, query.path.target, route.list),
            LimitOf(ted, query, route.path.links));
  EXPECT_TRUE(CheckPromise(ted, query.path, route.expansion).ok());
  ExpectDelivered(ted, packets, query, route);
}

// SR-MPLS if some path works in it, else SRv6.
void CheckEither(const Ted& ted, PacketSim& packets, SegmentQuery query,
                 cspf::Workspace& workspace) {
  query.path.constraints.data_plane = DataPlane::kEither;
  const SegmentResult result = *ComputeRoute(ted, query, workspace);
  const auto* route = std::get_if<SegmentRoute>(&result);
  for (const DataPlane data_plane : {DataPlane::kSrMpls, DataPlane::kSrv6}) {
    query.path.constraints.data_plane = data_plane;
    const Brute brute = Solve(ted, query);
    if (!brute.best_cost) continue;
    ASSERT_NE(route, nullptr) << std::get<NoPath>(result).message;
    CheckFound(ted, packets, query, brute, *route);
    return;
  }
  EXPECT_EQ(route, nullptr);
}

void CheckRoute(const Ted& ted, PacketSim& packets, const SegmentQuery& query,
                cspf::Workspace& workspace, Tally& tally) {
  if (query.path.constraints.data_plane == DataPlane::kEither || !query.max_sids) return;
  const Brute brute = Solve(ted, query);
  const absl::StatusOr<SegmentResult> result = ComputeRoute(ted, query, workspace);
  ASSERT_TRUE(result.ok()) << result.status();
  if (const auto* no_path = std::get_if<NoPath>(&*result)) {
    CheckNone(brute, *no_path, tally);
    tally.outside += query.path.constraints.flex_algorithm != 0 ? 1 : 0;
  } else {
    CheckFound(ted, packets, query, brute, std::get<SegmentRoute>(*result));
    ++tally.found;
    tally.flexible += query.path.constraints.flex_algorithm != 0 ? 1 : 0;
  }
  CheckEither(ted, packets, query, workspace);
}

TEST(ComputeRouteOracleTest, NoSimplePathThatFitsIsCheaper) {
  const uint64_t seed = TestSeed(20261141);
  std::mt19937_64 rng(seed);
  CaseCount cases;
  Tally tally;
  cspf::Workspace workspace;
  for (int round = 0; round < Cases(3000); ++round) {
    const topology::TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 7, .oddities = Chance(rng, 60)});
    PacketSim packets(*ted);
    for (int i = 0; i < 5; ++i) {
      const SegmentQuery query = RandomQuery(*ted, rng);
      CheckRoute(*ted, packets, query, workspace, tally);
      cases.Add();
      if (!HasFailure()) continue;
      support::ReportShrunk(*ted, {.members = {query}},
                            [&](const topology::TedPtr& smaller, const support::Case& c) {
                              PacketSim fresh(*smaller);
                              cspf::Workspace work;
                              CheckRoute(*smaller, fresh, c.members.front(), work, tally);
                            });
      FAIL() << "round " << round << " of seed " << seed;
    }
  }
  EXPECT_GT(tally.found, Cases(3000) * 5 / 6);
  EXPECT_GT(tally.too_deep, Cases(3000) / 30);
  EXPECT_GT(tally.no_sid, Cases(3000) / 120);
  EXPECT_GT(tally.none, Cases(3000) / 12);
  EXPECT_GT(tally.flexible, Cases(3000) / 10);
  EXPECT_GT(tally.outside, Cases(3000) / 10);
}

// The least sum over all choices of one fitting path a member that share nothing.
class Choices {
 public:
  Choices(const Ted& ted, const DisjointSegmentQuery& query)
      : ted_(ted), disjointness_(query.disjointness) {
    for (const SegmentQuery& member : query.members) members_.push_back(Solve(ted, member));
    Choose(0);
  }
  std::optional<uint64_t> best() const { return best_; }
  const Brute& member(size_t i) const { return members_[i]; }

 private:
  void Choose(uint64_t cost) {
    if (best_ && cost >= *best_) return;
    if (chosen_.size() == members_.size()) {
      best_ = cost;
      return;
    }
    for (const auto& [more, links] : members_[chosen_.size()].fitting) {
      bool clash = false;
      for (const auto* other : chosen_) clash |= Share(ted_, links, *other, disjointness_);
      if (clash) continue;
      chosen_.push_back(&links);
      Choose(cost + more);
      chosen_.pop_back();
    }
  }

  const Ted& ted_;
  const Disjointness disjointness_;
  std::vector<Brute> members_;
  std::vector<const std::vector<LinkIndex>*> chosen_;
  std::optional<uint64_t> best_;
};

struct SetTally {
  int found = 0;
  int refused = 0;
  int dearer = 0;  // Than paths that may share.
};

void CheckSet(const Ted& ted, PacketSim& packets, const DisjointSegmentQuery& query,
              SetTally& tally) {
  SCOPED_TRACE(cspf::DisjointnessName(query.disjointness));
  const Choices choices(ted, query);
  cspf::Workspace workspace;
  const absl::StatusOr<DisjointSegmentResult> result = ComputeDisjointRoutes(ted, query, workspace);
  ASSERT_TRUE(result.ok()) << result.status();
  if (const auto* no_path = std::get_if<NoPath>(&*result)) {
    EXPECT_FALSE(choices.best()) << no_path->message;
    EXPECT_NE(no_path->reason, Reason::kBudgetExhausted);
    ++tally.refused;
    return;
  }
  const auto& routes = std::get<std::vector<SegmentRoute>>(*result);
  ASSERT_TRUE(choices.best());
  uint64_t sum = 0;
  uint64_t apart = 0;
  for (size_t i = 0; i < routes.size(); ++i) {
    const SegmentQuery& member = query.members[i];
    sum += routes[i].path.cost;
    apart += *choices.member(i).best_cost;
    EXPECT_LE(ImposedDepth(ted, member.path.target, routes[i].list),
              LimitOf(ted, member, routes[i].path.links));
    EXPECT_TRUE(CheckPromise(ted, member.path, routes[i].expansion).ok());
    ExpectDelivered(ted, packets, member, routes[i]);
    for (size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(Share(ted, routes[i].path.links, routes[j].path.links, query.disjointness));
    }
  }
  EXPECT_EQ(sum, *choices.best());
  tally.dearer += sum > apart ? 1 : 0;
  ++tally.found;
}

// Members that differ in their limit of SIDs alone.
DisjointSegmentQuery RandomSet(const Ted& ted, std::mt19937_64& rng) {
  DisjointSegmentQuery query;
  query.disjointness = static_cast<Disjointness>(Pick(rng, 0, 3));
  query.members = {RandomQuery(ted, rng)};
  for (uint32_t more = Chance(rng, 75) ? 1 : 2; more > 0; --more) {
    query.members.push_back(query.members.front());
    query.members.back().max_sids = Pick(rng, 1, 3);
  }
  return query;
}

TEST(ComputeDisjointRoutesOracleTest, NoFittingDisjointSetIsCheaper) {
  const uint64_t seed = TestSeed(20261142);
  std::mt19937_64 rng(seed);
  CaseCount cases;
  SetTally tally;
  for (int round = 0; round < Cases(8000); ++round) {
    const topology::TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 4, .max_nodes = 7, .oddities = Chance(rng, 40)});
    const DisjointSegmentQuery query = RandomSet(*ted, rng);
    if (query.members[0].path.source == query.members[0].path.target) continue;
    PacketSim packets(*ted);
    CheckSet(*ted, packets, query, tally);
    cases.Add();
    if (!HasFailure()) continue;
    const auto alone = [&](const topology::TedPtr& smaller, const support::Case& c) {
      const cspf::Query& first = c.members.front().path;
      for (const SegmentQuery& member : c.members) {
        if (!(member.path == first) || !member.max_sids) return;
      }
      if (first.source == first.target || first.constraints.data_plane == DataPlane::kEither) {
        return;
      }
      PacketSim fresh(*smaller);
      CheckSet(*smaller, fresh, {{.disjointness = query.disjointness}, c.members}, tally);
    };
    support::ReportShrunk(*ted, {.members = query.members}, alone, /*min_members=*/2);
    FAIL() << "round " << round << " of seed " << seed;
  }
  EXPECT_GT(tally.found, Cases(8000) / 10);
  EXPECT_GT(tally.refused, Cases(8000) / 10);
  EXPECT_GT(tally.dearer, Cases(8000) / 50);
}

}  // namespace
}  // namespace srpce::segments
