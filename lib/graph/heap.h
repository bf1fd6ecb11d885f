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

// (key, node) in 16 bytes, ordered by key, then node. REQUIRES key < 2^96.
class LongItem {
 public:
  LongItem(Length key, Node node) : item_(key << 32 | node) {}
  Length key() const { return item_ >> 32; }
  Node node() const { return static_cast<Node>(item_); }
  bool operator<(const LongItem& other) const { return item_ < other.item_; }

 private:
  Uint128 item_;
};

// The same of short keys, ordered by key alone.
class ShortItem {
 public:
  ShortItem(uint64_t key, Node node) : key_(key), node_(node) {}
  uint64_t key() const { return key_; }
  Node node() const { return node_; }
  bool operator<(const ShortItem& other) const { return key_ < other.key_; }

 private:
  uint64_t key_;
  Node node_;
};

// How a search writes lengths down: as above, in an integer that suits it.
template <typename Integer, typename HeapItem, unsigned hop_bits, unsigned infinite_bit>
struct LengthsIn {
  using Length = Integer;
  using Item = HeapItem;
  static constexpr Length kInfinite = Length{1} << infinite_bit;
  // A search that comes upon a longer path must be done over in a wider integer. So far below
  // infinity that neither sums of two lengths nor twice one, with bounds added, come near it.
  static constexpr Length kMost = kInfinite >> 2;

  static constexpr Length OfCost(Distance cost) { return Length{cost} << hop_bits; }
  static constexpr Length OfArc(Distance weight) { return OfCost(weight) + 1; }
  static constexpr Distance Cost(Length length) {
    return static_cast<Distance>(length >> hop_bits);
  }
};
// For any path.
using LongLengths = LengthsIn<Uint128, LongItem, 32, 120>;
// For costs below 2^39 over arcs of less than 2^32, among fewer than kShortNodes: half the
// instructions.
using ShortLengths = LengthsIn<uint64_t, ShortItem, 20, 61>;
inline constexpr uint32_t kShortNodes = uint32_t{1} << 20;

// 4-ary min-heap. No decrease-key: push again and skip what is out of date.
template <typename Item>
class HeapOf {
 public:
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  void Clear() { items_.clear(); }
  auto top_key() const { return items_.front().key(); }
  Node top_node() const { return items_.front().node(); }

  template <typename Key>
  void Push(Key key, Node node) {
    const Item item(key, node);
    size_t at = items_.size();
    items_.push_back(item);
    while (at > 0) {
      const size_t parent = (at - 1) / kArity;
      if (!(item < items_[parent])) {
        break;
      }
      items_[at] = items_[parent];
      at = parent;
    }
    items_[at] = item;
  }

  // REQUIRES !empty().
  void Pop() {
    const Item item = items_.back();
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
      if (!(items_[least] < item)) {
        break;
      }
      items_[at] = items_[least];
      at = least;
    }
    items_[at] = item;
  }

 private:
  static constexpr size_t kArity = 4;
  std::vector<Item> items_;
};

using Heap = HeapOf<LongItem>;

}  // namespace srpce::graph
