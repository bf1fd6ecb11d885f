// lib/graph/distance_pages.h -- one distance for each node; copies share what they have in common.
//
// For readers that come with a cold cache: one flat table of plain pointers, so that a read is two
// loads of which the first soon hits. Who owns the pages is kept apart from it: one block, and the
// few pages replaced since. A copy takes O(nodes / kPageSize) bytes, not one reference count for
// each page.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "lib/base/persistent_vector.h"
#include "lib/graph/digraph.h"

namespace srpce::graph {

class DistancePages {
 public:
  uint32_t size() const { return size_; }
  // REQUIRES node < size().
  uint32_t operator[](Node node) const { return pages_[node / kPageSize]->items[node % kPageSize]; }
  // Starts to fetch what the operator reads. REQUIRES node < size().
  void Prefetch(Node node) const {
    __builtin_prefetch(&pages_[node / kPageSize]->items[node % kPageSize]);
  }

  // Copies are not affected. Copies a page, and of all pages once in a while. `edit` is the one
  // writer's; see PersistentVector. REQUIRES node < size().
  void Set(Node node, uint32_t distance, const Edit& edit);
  // New nodes get `distance`. O(size). REQUIRES size >= this->size().
  void Grow(uint32_t size, uint32_t distance, const Edit& edit);

  // Of memory that a vector of `size` may take, at most.
  static size_t BytesFor(uint32_t size);

 private:
  static constexpr uint32_t kPageSize = 256;

  struct Page {
    uint64_t owner;  // Edit::id() that may write here.
    std::array<uint32_t, kPageSize> items;
  };

  static size_t PageCount(uint32_t size) { return (size + kPageSize - 1) / kPageSize; }
  // So many replaced pages cost less to hold than all to copy, shared out among them.
  static size_t MostReplaced(uint32_t size) { return 8 + PageCount(size) / 8; }

  void Replace(size_t at, const Edit& edit);
  // Copies all into one block, with room for `size`, which `owner` may write.
  void Flatten(uint32_t size, uint64_t owner);

  std::vector<Page*> pages_;
  std::shared_ptr<Page[]> block_;
  std::vector<std::shared_ptr<Page>> replaced_;
  uint32_t size_ = 0;
};

}  // namespace srpce::graph
