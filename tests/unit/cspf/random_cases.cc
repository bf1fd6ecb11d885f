#include "tests/unit/cspf/random_cases.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/report_case.h"
#include "tests/support/seed.h"

namespace srpce::cspf::oracle {
namespace {

constexpr TreeCacheOptions kEager{.max_bytes = size_t{1} << 20, .build_after = 1};
constexpr ProfileCacheOptions kEagerProfiles{.max_bytes = size_t{1} << 20, .build_after = 1};

void AskForAllTrees(const topology::Ted& ted, TreeCache& trees) {
  graph::ReverseTree::Workspace work;
  for (uint32_t node = 0; node < ted.node_bound(); ++node) {
    for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
      trees.Get(ted, NodeIndex(node), slot, work);
    }
  }
}

}  // namespace

std::string Show(const Network& network, const Walk& walk) {
  return absl::StrJoin(walk, " ", [&](std::string* out, int at) {
    absl::StrAppend(out, network.link(at).from, "-", at, "->", network.link(at).to);
  });
}

void ForRandomCases(uint64_t seed, int networks, const QueryShape& shape, const Check& check) {
  Rng rng(seed);
  support::CaseCount count;
  // Of every second network: the others are answered without. Profiles of every fourth.
  PotentialCache potentials(kEager, kEagerProfiles);
  Workspace workspace(&potentials);
  for (int i = 0; i < networks; ++i) {
    SCOPED_TRACE(absl::StrCat("network ", i, " of seed ", seed));
    const int nodes = 4 + i % 4;
    const Network network = RandomNetwork(rng, {.nodes = nodes,
                                                .edges = nodes + i / 4 % 6,
                                                .plain = i % 3 == 0,
                                                .span = i % 5 == 0 ? 2U : 6U});
    if (i % 4 == 0) AskForAllTrees(*network.ted, potentials.trees());
    if (i % 2 == 0) potentials.Refresh(*network.ted);
    for (int q = 0; q < 4; ++q) {
      const Query query = RandomQuery(rng, network, shape);
      if (i % 4 == 2) {
        ComputePath(*network.ted, query, workspace);
        potentials.Refresh(*network.ted);
      }
      check(network, query, workspace);
      count.Add();
      if (!testing::Test::HasFailure()) continue;
      ReportShrunk(network, {query},
                   [&](const Network& smaller, const std::vector<Query>& queries, Workspace& work) {
                     check(smaller, queries.front(), work);
                   });
      return;
    }
  }
}

void ReportShrunk(const Network& network, const std::vector<Query>& members,
                  const SetCheck& check) {
  support::Case failing;
  for (const Query& member : members) failing.members.push_back({.path = member, .max_sids = {}});
  const auto alone = [&](const topology::TedPtr& ted, const support::Case& smaller) {
    const Network drawn = NetworkOf(ted);
    std::vector<Query> queries;
    for (const segments::SegmentQuery& member : smaller.members) queries.push_back(member.path);
    Workspace fresh;
    check(drawn, queries, fresh);
    PotentialCache potentials(kEager, kEagerProfiles);
    AskForAllTrees(*ted, potentials.trees());
    potentials.Refresh(*ted);
    Workspace guided(&potentials);
    check(drawn, queries, guided);
    potentials.Refresh(*ted);  // The profiles asked for.
    check(drawn, queries, guided);
  };
  support::ReportShrunk(*network.ted, failing, alone, members.size() > 1 ? 2 : 1);
}

}  // namespace srpce::cspf::oracle
