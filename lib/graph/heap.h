// lib/graph/heap.h -- path lengths ordered by (cost, hops), and the priority queue of the searches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/graph/digraph.h"

namespace srpce::graph {

__extension__ typedef unsigned __int128 Uint128;

// Cost and hops of a path in one integer: cost * 2^32 + hops. Comparing it compares (cost, hops);
// adding it adds both. Each arc counts at least one hop, so lengths grow strictly along a path,
// with zero weights too.
using Length = Uint128;

inline constexpr unsigned kHopBits = 32;
inline constexpr Length kInfiniteLength = Length{1} << 120;

constexpr Length CostLength(Distance cost) { return Length{cost} << kHopBits; }
constexpr Length ArcLength(Distance weight) { return CostLength(weight) + 1; }
constexpr Distance CostOf(Length length) { return static_cast<Distance>(length >> kHopBits); }
constexpr uint32_t HopsOf(Length length) { return static_cast<uint32_t>(length); }

// 4-ary min-heap of (key, node) in 16 bytes, ordered by key, then node. No decrease-key: push again
// and skip what is out of date. REQUIRES key < 2^96.
class Heap {
 public:
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  void Clear() { items_.clear(); }
  Length top_key() const { return items_.front() >> 32; }
  Node top_node() const { return static_cast<Node>(items_.front()); }

  void Push(Length key, Node node) {
    const Uint128 item = key << 32 | node;
    size_t at = items_.size();
    items_.push_back(item);
    while (at > 0) {
      const size_t parent = (at - 1) / kArity;
      if (items_[parent] <= item) {
        break;
      }
      items_[at] = items_[parent];
      at = parent;
    }
    items_[at] = item;
  }

  // REQUIRES !empty().
  void Pop() {
    const Uint128 item = items_.back();
    items_.pop_back();
    const size_t size = items_.size();
    if (size == 0) {
      return;
    }
    size_t at = 0;
    for (size_t child = 1; child < size; child = at * kArity + 1) {
      const size_t end = child + kArity < size ? child + kArity : size;
      size_t least = child;
      for (size_t i = child + 1; i < end; ++i) {
        least = items_[i] < items_[least] ? i : least;
      }
      if (items_[least] >= item) {
        break;
      }
      items_[at] = items_[least];
      at = least;
    }
    items_[at] = item;
  }

 private:
  static constexpr size_t kArity = 4;
  std::vector<Uint128> items_;
};

}  // namespace srpce::graph
