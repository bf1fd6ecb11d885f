// CommonAncestors: against climbing from both.
#include "lib/graph/common_ancestors.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

// A forest in postorder: each node takes some of the roots so far as its children, the last ones.
std::vector<uint32_t> RandomForest(Random& random, uint32_t nodes, uint32_t most_children) {
  std::vector<uint32_t> parents(nodes, kNone);
  std::vector<uint32_t> roots;
  for (uint32_t node = 0; node < nodes; ++node) {
    for (uint32_t i = random.Between(0, most_children); i > 0 && !roots.empty(); --i) {
      parents[roots.back()] = node;
      roots.pop_back();
    }
    roots.push_back(node);
  }
  return parents;
}

std::set<uint32_t> Ancestors(const std::vector<uint32_t>& parents, uint32_t node) {
  std::set<uint32_t> ancestors;
  for (; node != kNone; node = parents[node]) ancestors.insert(node);
  return ancestors;
}

TEST(CommonAncestorsTest, CountsThoseOfBoth) {
  Random random(TestSeed(35));
  for (int round = 0; round < support::Cases(64); ++round) {
    const uint32_t nodes = random.Between(1, 400);
    const std::vector<uint32_t> parents = RandomForest(random, nodes, random.Between(1, 3));
    const CommonAncestors common(parents);
    for (int question = 0; question < 400; ++question) {
      const uint32_t a = random.Between(0, nodes - 1);
      const uint32_t b = random.Percent(20) ? a : random.Between(0, nodes - 1);
      const std::set<uint32_t> of_a = Ancestors(parents, a);
      const std::set<uint32_t> of_b = Ancestors(parents, b);
      uint32_t want = 0;
      for (const uint32_t each : of_a) want += of_b.contains(each) ? 1 : 0;
      ASSERT_EQ(common.Count(a, b), want) << a << " and " << b << " of " << nodes;
      ASSERT_EQ(common.depth(a) + 1, of_a.size());
    }
  }
}

}  // namespace
}  // namespace srpce::graph
