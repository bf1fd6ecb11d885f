#include "lib/graph/common_ancestors.h"

#include <algorithm>
#include <bit>

#include "lib/graph/digraph.h"

namespace srpce::graph {

CommonAncestors::CommonAncestors(const std::vector<uint32_t>& parents)
    : depth_(parents.size()),
      to_end_(parents.size()),
      from_begin_(parents.size()),
      block_count_(static_cast<uint32_t>((parents.size() + kBlock - 1) / kBlock)) {
  const auto count = static_cast<uint32_t>(parents.size());
  for (uint32_t node = count; node-- > 0;) {  // Parents come after their children.
    const uint32_t depth = parents[node] == kNone ? 0 : uint32_t{depth_[parents[node]]} + 1;
    depth_[node] = static_cast<uint16_t>(std::min(depth, kMostDepth));
    const bool ends_block = node + 1 == count || (node + 1) % kBlock == 0;
    to_end_[node] = ends_block ? depth_[node] : std::min(depth_[node], to_end_[node + 1]);
  }
  for (uint32_t node = 0; node < count; ++node) {
    const bool begins_block = node % kBlock == 0;
    from_begin_[node] = begins_block ? depth_[node] : std::min(depth_[node], from_begin_[node - 1]);
  }
  for (uint32_t block = 0; block < block_count_; ++block) {
    ranges_.push_back(to_end_[size_t{block} * kBlock]);
  }
  for (uint32_t half = 1; 2 * half <= block_count_; half *= 2) {
    const size_t below = ranges_.size() - block_count_;
    for (uint32_t block = 0; block < block_count_; ++block) {
      const uint32_t other = std::min(block + half, block_count_ - 1);
      ranges_.push_back(std::min(ranges_[below + block], ranges_[below + other]));
    }
  }
}

// A node of the range and the one after it have the parent of the first in common: the second is
// that parent, or a leaf below it. So the ancestors that all of the range have in common, and the
// one after it, are those of the shallowest parent.
uint32_t CommonAncestors::LeastDepth(uint32_t first, uint32_t last) const {
  const uint32_t from = first / kBlock;
  const uint32_t to = last / kBlock;
  if (from == to) return *std::min_element(depth_.begin() + first, depth_.begin() + last + 1);
  uint32_t least = std::min(to_end_[first], from_begin_[last]);
  if (to - from > 1) {
    const uint32_t between = to - from - 1;
    const auto level = static_cast<uint32_t>(std::bit_width(between)) - 1;
    const uint16_t* ranges = ranges_.data() + size_t{level} * block_count_;
    least =
        std::min<uint32_t>(least, std::min(ranges[from + 1], ranges[to - (uint32_t{1} << level)]));
  }
  return least;
}

}  // namespace srpce::graph
