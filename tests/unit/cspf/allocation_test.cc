// A program of its own: it counts every allocation. A warm query makes none.
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "lib/cspf/compute_path.h"
#include "lib/cspf/potential_cache.h"
#include "tests/support/generators.h"

namespace {

size_t allocations = 0;

void* Allocate(size_t size, size_t alignment) {
  ++allocations;
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

// All other forms of new and delete come down to these. Not to be inlined, or the compiler sees
// free() where it expects delete.
[[gnu::noinline]] void* operator new(size_t size) {
  return Allocate(size, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace srpce::cspf {
namespace {

enum class Cached { kNothing, kLandmarks, kTrees, kProfiles };
using Parameter = std::tuple<std::string, Cached>;

class AllocationTest : public testing::TestWithParam<Parameter> {
 protected:
  static constexpr int kPairs = 200;

  void Ask(const std::pair<NodeIndex, NodeIndex>& pair) {
    query_.source = pair.first;
    query_.target = pair.second;
    ComputePath(*ted_, query_, workspace_, Budget(), result_);
  }

  const topology::TedPtr ted_ = support::BuildTed(support::NamedNetwork(std::get<0>(GetParam())));
  const Cached cached_ = std::get<1>(GetParam());
  PotentialCache potentials_{
      {.max_bytes = cached_ == Cached::kTrees ? SIZE_MAX : 0, .build_after = 1},
      {.max_bytes = cached_ == Cached::kProfiles ? SIZE_MAX : 0, .build_after = 1}};
  Workspace workspace_{cached_ == Cached::kNothing ? nullptr : &potentials_};
  Query query_;
  PathResult result_;
};

TEST_P(AllocationTest, AWarmQueryAllocatesNothing) {
  query_.constraints.min_bandwidth = DemandFromBits(10'000'000'000);
  query_.constraints.exclude_any = topology::AdminGroup({0x3});
  std::minstd_rand random(7);
  std::uniform_int_distribution<uint32_t> node(0, ted_->node_bound() - 1);
  std::vector<std::pair<NodeIndex, NodeIndex>> pairs;
  for (int i = 0; i < kPairs; ++i) {
    const std::pair pair(NodeIndex(node(random)), NodeIndex(node(random)));
    Ask(pair);  // Of refusals the message is always new. Asks for a tree, too.
    if (std::holds_alternative<Path>(result_)) pairs.push_back(pair);
  }
  potentials_.Refresh(*ted_);
  for (const auto& pair : pairs) Ask(pair);
  ASSERT_GT(pairs.size(), kPairs / 2U);
  const size_t before = allocations;
  ASSERT_GT(before, 0U);  // It does count.
  size_t links = 0;
  for (const auto& pair : pairs) {
    Ask(pair);
    links += std::get<Path>(result_).links.size();
  }
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_GT(links, pairs.size());  // And they were answered.
}

INSTANTIATE_TEST_SUITE_P(Networks, AllocationTest,
                         testing::Combine(testing::Values("isp1k", "ring1k"),
                                          testing::Values(Cached::kNothing, Cached::kLandmarks,
                                                          Cached::kTrees, Cached::kProfiles)));

}  // namespace
}  // namespace srpce::cspf
