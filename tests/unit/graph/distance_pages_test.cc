// DistancePages against plain vectors, with copies kept while a writer goes on.
#include "lib/graph/distance_pages.h"

#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/seed.h"

namespace srpce::graph {
namespace {

using Plain = std::vector<uint32_t>;

void ExpectSame(const DistancePages& pages, const Plain& plain) {
  ASSERT_EQ(pages.size(), plain.size());
  for (Node node = 0; node < plain.size(); ++node) {
    ASSERT_EQ(pages[node], plain[node]) << node;
  }
}

TEST(DistancePagesTest, CopiesKeepWhatTheyHad) {
  const uint64_t seed = support::TestSeed(43);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  DistancePages pages;
  Plain plain(5000, 7);
  pages.Grow(5000, 7, Edit());
  std::vector<std::pair<DistancePages, Plain>> copies;
  for (int round = 0; round < 300; ++round) {
    copies.emplace_back(pages, plain);
    const Edit edit;
    if (round % 100 == 99) {  // Not to a whole number of pages.
      plain.resize(plain.size() + 777, 9);
      pages.Grow(static_cast<uint32_t>(plain.size()), 9, edit);
    }
    // Sometimes more pages than may be replaced one by one.
    const size_t changes = round % 10 == 0 ? 100 : random() % 4;
    for (size_t i = 0; i < changes; ++i) {
      const auto node = static_cast<Node>(random() % plain.size());
      const auto distance = static_cast<uint32_t>(random());
      plain[node] = distance;
      pages.Set(node, distance, edit);
    }
    ExpectSame(pages, plain);
  }
  for (const auto& [copy, then] : copies) ExpectSame(copy, then);
}

}  // namespace
}  // namespace srpce::graph
