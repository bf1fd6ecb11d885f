// tests/regression/disjoint_ties_test.cc -- which of equally cheap disjoint pairs is taken must not
// depend on landmarks.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <variant>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/build_ted.h"
#include "tests/support/generators.h"
#include "tests/support/query_text.h"
#include "tests/support/seed.h"

namespace srpce::cspf {
namespace {

using topology::MetricType;
using topology::NodeIndex;

std::string Pair(const topology::Ted& ted, const Query& query, const PotentialCache* potentials,
                 Disjointness level = Disjointness::kNode) {
  Workspace workspace(potentials);
  const DisjointResult result =
      ComputeDisjoint(ted, {{.disjointness = level}, {query, query}}, workspace);
  std::string text;
  const auto* set = std::get_if<DisjointPaths>(&result);
  if (set == nullptr) return std::get<NoPath>(result).message;
  for (const Path& path : set->paths) {
    text += support::DescribeLinks(ted, query.source, path.links) + "; ";
  }
  return text;
}

// n6 to n4 costs 0 alone, and 2 over n0 or n2: the second path is one of two. The search for the
// pair breaks ties by the order in which nodes are settled, which bounds would change.
TEST(DisjointTiesTest, LandmarksDoNotChangeThePair) {
  const topology::TedPtr ted = support::BuildTed(
      "node n0 bare\n"
      "node n2 bare\n"
      "node n4 bare\n"
      "node n6 bare\n"
      "n4->n6\n"
      "n6->n4 igp 0\n"
      "n0->n6\n"
      "n6->n0 igp 2\n"
      "n4->n2\n"
      "n2->n4 igp 1\n"
      "n4->n0\n"
      "n0->n4 igp 0\n"
      "n2<->n6 igp 1\n");
  const Query query = support::QueryOf(*ted, "n6->n4 igp").path;
  PotentialCache potentials;
  potentials.Refresh(*ted);
  EXPECT_EQ(Pair(*ted, query, &potentials), Pair(*ted, query, nullptr));
}

// Of kinds where landmarks guide. Metrics 1 and 2: of many pairs there are several.
topology::TedPtr Rings(std::mt19937_64& random) {
  support::GeneratedNetwork network = support::RingNetwork(1000, 2340, random());
  for (support::GeneratedLink& link : network.links) {
    link.igp = static_cast<uint32_t>(1 + random() % 2);
  }
  return support::BuildTed(network);
}

TEST(DisjointTiesTest, NothingThatIsCachedChangesThePair) {
  std::mt19937_64 random(support::TestSeed(61));
  support::CaseCount cases;
  int guided = 0;
  for (int i = 0; i < support::Cases(40); ++i) {
    const topology::TedPtr ted = Rings(random);
    PotentialCache landmarks({.max_bytes = 0});
    landmarks.Refresh(*ted);
    guided += landmarks.Get(*ted, topology::kIgpWeight)->guides();
    PotentialCache trees({.build_after = 1});
    trees.Refresh(*ted);
    for (const Disjointness level : {Disjointness::kLink, Disjointness::kNode}) {
      const auto node = [&] { return NodeIndex(static_cast<uint32_t>(random() % 1000)); };
      const Query query{node(), node(), MetricType::kIgp};
      if (query.source == query.target) continue;
      const std::string want = Pair(*ted, query, nullptr, level);
      EXPECT_EQ(Pair(*ted, query, &landmarks, level), want);
      EXPECT_EQ(Pair(*ted, query, &trees, level), want);
      trees.Refresh(*ted);  // Builds the tree that was asked for.
      EXPECT_EQ(Pair(*ted, query, &trees, level), want);
      cases.Add();
    }
  }
  EXPECT_GT(guided, 0);
}

}  // namespace
}  // namespace srpce::cspf
