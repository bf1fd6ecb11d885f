// lib/graph/common_ancestors.h -- how deep the lowest common ancestor of two nodes of a forest
// lies, in constant time: the least depth in a range of a postorder (Bender, Farach-Colton 2000).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace srpce::graph {

// Of a forest whose nodes are numbered in postorder. Immutable.
class CommonAncestors {
 public:
  // Deeper nodes are not told apart.
  static constexpr uint32_t kMostDepth = UINT16_MAX;

  CommonAncestors() = default;
  // `parents` by node, kNone for roots. O(nodes).
  explicit CommonAncestors(const std::vector<uint32_t>& parents);

  // How many nodes are above `node`.
  uint32_t depth(uint32_t node) const { return depth_[node]; }
  // Returns how many ancestors `a` and `b` have in common, where each counts as its own: those of
  // lesser depth.
  uint32_t Count(uint32_t a, uint32_t b) const {
    if (a == b) return uint32_t{depth_[a]} + 1;
    return a < b ? LeastDepth(a, b - 1) : LeastDepth(b, a - 1);
  }
  size_t bytes() const {
    return sizeof(uint16_t) *
           (depth_.size() + to_end_.size() + from_begin_.size() + ranges_.size());
  }

 private:
  static constexpr uint32_t kBlock = 32;

  uint32_t LeastDepth(uint32_t first, uint32_t last) const;

  std::vector<uint16_t> depth_;
  // The least depth from a node to the end of its block of kBlock nodes; from the begin up to it.
  std::vector<uint16_t> to_end_;
  std::vector<uint16_t> from_begin_;
  // The least depth of 2^level blocks: level by level, each by the first block.
  std::vector<uint16_t> ranges_;
  uint32_t block_count_ = 0;
};

}  // namespace srpce::graph
