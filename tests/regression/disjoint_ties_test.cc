// tests/regression/disjoint_ties_test.cc -- which of equally cheap disjoint pairs is taken must not
// depend on landmarks.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/build_ted.h"
#include "tests/support/query_text.h"

namespace srpce::cspf {
namespace {

std::string Pair(const topology::Ted& ted, const Query& query, const PotentialCache* potentials) {
  Workspace workspace(potentials);
  const DisjointResult result =
      ComputeDisjoint(ted, {{.disjointness = Disjointness::kNode}, {query, query}}, workspace);
  std::string text;
  for (const Path& path : std::get<DisjointPaths>(result).paths) {
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

}  // namespace
}  // namespace srpce::cspf
