// tests/unit/cspf/disjoint_oracle_test.cc -- ComputeDisjoint against every combination of paths of
// random networks.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/random_cases.h"

namespace srpce::cspf {
namespace {

using oracle::Judge;
using oracle::Network;
using oracle::Walk;
using support::Cases;
using support::TestSeed;

constexpr Disjointness kLevels[] = {Disjointness::kLink, Disjointness::kNode, Disjointness::kSrlg,
                                    Disjointness::kSrlgNode};

// The least sum over all combinations without a shared risk; each member's walks come cheapest
// first.
class Combinations {
 public:
  Combinations(const Network& network, const DisjointQuery& query)
      : network_(network), query_(query) {
    for (const Query& member : query.members) {
      judges_.emplace_back(network, member);
      walks_.push_back(judges_.back().Answers());
    }
    chosen_.resize(walks_.size());
    Choose(0, 0);
  }
  bool AllHavePaths() const {
    return std::none_of(walks_.begin(), walks_.end(),
                        [](const auto& walks) { return walks.empty(); });
  }
  std::optional<uint64_t> least() const { return least_; }
  const std::vector<Walk>& walks(size_t member) const { return walks_[member]; }
  const Judge& judge(size_t member) const { return judges_[member]; }

 private:
  void Choose(size_t member, uint64_t cost) {
    if (least_ && cost >= *least_) return;
    if (member == walks_.size()) {
      least_ = cost;
      return;
    }
    for (const Walk& walk : walks_[member]) {
      const bool clash =
          std::any_of(chosen_.begin(), chosen_.begin() + static_cast<ptrdiff_t>(member),
                      [&](const Walk& other) {
                        return !oracle::Shared(network_, walk, other, query_.disjointness).empty();
                      });
      if (clash) continue;
      chosen_[member] = walk;
      Choose(member + 1, cost + judges_[member].Cost(walk));
    }
  }

  const Network& network_;
  const DisjointQuery& query_;
  std::vector<Judge> judges_;
  std::vector<std::vector<Walk>> walks_;
  std::vector<Walk> chosen_;
  std::optional<uint64_t> least_;
};

void CheckPaths(const Network& network, const DisjointQuery& query, const Combinations& all,
                const DisjointPaths& answer) {
  ASSERT_TRUE(all.least().has_value());
  EXPECT_EQ(answer.total_cost, *all.least());
  ASSERT_EQ(answer.paths.size(), query.members.size());
  uint64_t sum = 0;
  std::vector<Walk> walks;
  for (size_t i = 0; i < answer.paths.size(); ++i) {
    walks.push_back(network.WalkOf(answer.paths[i].links));
    const auto& answers = all.walks(i);
    ASSERT_NE(std::find(answers.begin(), answers.end(), walks[i]), answers.end())
        << "member " << i << " breaks a constraint";
    EXPECT_EQ(answer.paths[i].cost, all.judge(i).Cost(walks[i]));
    sum += answer.paths[i].cost;
    for (size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(oracle::Shared(network, walks[i], walks[j], query.disjointness).empty());
      EXPECT_TRUE(FindSharedRisks(*network.ted, answer.paths[i].links, answer.paths[j].links,
                                  query.disjointness)
                      .empty());
    }
  }
  EXPECT_EQ(sum, answer.total_cost);
}

bool Crosses(const Walk& walk, const std::vector<int>& links) {
  return std::any_of(walk.begin(), walk.end(), [&](int at) {
    return std::find(links.begin(), links.end(), at) != links.end();
  });
}

void CheckNoPath(const Network& network, const DisjointQuery& query, const Combinations& all,
                 const NoPath& no_path) {
  EXPECT_FALSE(no_path.message.empty());
  if (!all.AllHavePaths()) {
    EXPECT_NE(no_path.reason, Reason::kNotDisjoint);
    return;
  }
  ASSERT_FALSE(all.least().has_value()) << no_path.message;
  EXPECT_EQ(no_path.reason, Reason::kNotDisjoint);
  for (const uint32_t srlg :
       no_path.shared_srlgs) {  // Of two members: neither has a way around the group.
    size_t bound_to_it = 0;
    for (size_t i = 0; i < query.members.size(); ++i) {
      bound_to_it += std::all_of(all.walks(i).begin(), all.walks(i).end(), [&](const Walk& walk) {
        return std::any_of(walk.begin(), walk.end(),
                           [&](int at) { return network.link(at).srlgs.contains(srlg); });
      });
    }
    EXPECT_GE(bound_to_it, 2U) << no_path.message;
  }
  const bool nodes =
      query.disjointness == Disjointness::kNode || query.disjointness == Disjointness::kSrlgNode;
  const bool equal = std::all_of(query.members.begin(), query.members.end(),
                                 [&](const Query& member) { return member == query.members[0]; });
  const bool lans = std::any_of(network.nodes.begin(), network.nodes.end(),
                                [](const oracle::OracleNode& node) { return node.lan; });
  if (nodes || lans || !equal || !no_path.best_achievable) return;
  // The cut that counts the paths: each path crosses it, and it is as small as it says.
  const std::vector<int> cut = network.WalkOf(no_path.blocking_links);
  EXPECT_EQ(static_cast<double>(cut.size()), *no_path.best_achievable);
  EXPECT_LT(cut.size(), query.members.size());
  for (const Walk& walk : all.walks(0)) EXPECT_TRUE(Crosses(walk, cut)) << no_path.message;
}

struct MemberShape {
  size_t members = 2;
  bool same_query = false;
  oracle::QueryShape query;
};

struct Tally {
  int found = 0;
  int not_disjoint = 0;
};

void CheckSet(const Network& network, const DisjointQuery& query, Workspace& workspace,
              Tally& tally) {
  SCOPED_TRACE(DisjointnessName(query.disjointness));
  const Combinations all(network, query);
  const DisjointResult result = ComputeDisjoint(*network.ted, query, workspace);
  if (const auto* answer = std::get_if<DisjointPaths>(&result)) {
    ++tally.found;
    CheckPaths(network, query, all, *answer);
  } else {
    CheckNoPath(network, query, all, std::get<NoPath>(result));
    tally.not_disjoint += std::get<NoPath>(result).reason == Reason::kNotDisjoint;
  }
}

void CheckRandom(uint64_t seed, int count, const MemberShape& shape) {
  oracle::Rng rng(seed);
  support::CaseCount cases;
  PotentialCache potentials;  // Of every second network: the others are answered without.
  Workspace workspace(&potentials);
  Tally tally;
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(absl::StrCat("network ", i, " of seed ", seed));
    const int nodes = 4 + i % 4;
    const Network network = oracle::RandomNetwork(rng, {.nodes = nodes,
                                                        .edges = nodes + 2 + i / 4 % 4,
                                                        .plain = i % 4 != 0,
                                                        .srlgs = i % 2 == 0 ? 12U : 5U});
    if (i % 2 == 0) potentials.Refresh(*network.ted);
    DisjointQuery query;
    for (size_t m = 0; m < shape.members; ++m) {
      query.members.push_back(m > 0 && shape.same_query
                                  ? query.members[0]
                                  : oracle::RandomQuery(rng, network, shape.query));
    }
    for (const Disjointness level : kLevels) {
      query.disjointness = level;
      CheckSet(network, query, workspace, tally);
      cases.Add();
      if (!testing::Test::HasFailure()) continue;
      const auto check = [level, &tally](const Network& smaller, const std::vector<Query>& members,
                                         Workspace& work) {
        CheckSet(smaller, {{.disjointness = level}, members}, work, tally);
      };
      oracle::ReportShrunk(network, query.members, check);
      return;
    }
  }
  EXPECT_GT(tally.found, count / 4);
  EXPECT_GT(tally.not_disjoint, count / 4);
}

constexpr oracle::QueryShape kPlain{
    .filters = false, .max_bounds = 0, .max_waypoints = 0, .same_end = false};
constexpr oracle::QueryShape kRich{.max_bounds = 2, .max_waypoints = 1};

TEST(DisjointOracleTest, PairsWithCommonEndsCostTheLeast) {
  CheckRandom(TestSeed(41), Cases(2000), {.same_query = true, .query = kPlain});
}

TEST(DisjointOracleTest, PairsWithCommonEndsKeepTheirConstraints) {
  CheckRandom(TestSeed(42), Cases(1500), {.same_query = true, .query = kRich});
}

TEST(DisjointOracleTest, PairsWithTheirOwnEndsAndConstraintsCostTheLeast) {
  CheckRandom(TestSeed(43), Cases(2500), {.query = kRich});
}

TEST(DisjointOracleTest, ThreeMembersWithCommonEndsCostTheLeast) {
  CheckRandom(TestSeed(44), Cases(1500), {.members = 3, .same_query = true, .query = kPlain});
}

TEST(DisjointOracleTest, ThreeMembersWithTheirOwnEndsCostTheLeast) {
  CheckRandom(TestSeed(45), Cases(1500), {.members = 3, .query = kPlain});
}

TEST(DisjointOracleTest, SharedRisksAreThoseOfTheDrawing) {
  oracle::Rng rng(TestSeed(46));
  support::CaseCount cases;
  size_t shared_nodes = 0;
  for (int i = 0; i < Cases(1000); ++i) {
    const Network network = oracle::RandomNetwork(rng, {.nodes = 5, .edges = 8, .plain = true});
    const Query first = oracle::RandomQuery(rng, network, kPlain);
    const Query second = oracle::RandomQuery(rng, network, kPlain);
    cases.Add();
    for (const Walk& a : Judge(network, first).Answers()) {
      for (const Walk& b : Judge(network, second).Answers()) {
        for (const Disjointness level : kLevels) {
          const SharedRisks risks =
              FindSharedRisks(*network.ted, network.Indexes(a), network.Indexes(b), level);
          std::set<std::pair<char, uint32_t>> want = oracle::Shared(network, a, b, level);
          Walk on_shared_media;
          std::copy_if(a.begin(), a.end(), std::back_inserter(on_shared_media), [&](int at) {
            const auto media = network.MediaOf(at);
            return std::any_of(media.begin(), media.end(),
                               [&](const auto& medium) { return want.contains(medium); });
          });
          ASSERT_EQ(network.WalkOf(risks.links), on_shared_media) << DisjointnessName(level);
          std::erase_if(want,
                        [](const auto& risk) { return risk.first == 'l' || risk.first == 'm'; });
          std::set<std::pair<char, uint32_t>> got;
          for (const uint32_t srlg : risks.srlgs) got.emplace('s', srlg);
          for (const NodeIndex node : risks.nodes) {
            const auto position =
                std::find(network.node_index.begin(), network.node_index.end(), node);
            got.emplace('n', static_cast<uint32_t>(position - network.node_index.begin()));
          }
          shared_nodes += risks.nodes.size();
          ASSERT_EQ(got, want) << DisjointnessName(level);
        }
      }
    }
  }
  EXPECT_GT(shared_nodes, 0U);
}

}  // namespace
}  // namespace srpce::cspf
