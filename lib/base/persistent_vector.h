// lib/base/persistent_vector.h -- a vector whose copies share storage; writing one element copies
// two small pages.
//
// Two levels of pages under a root: copying is O(size / 4096), reading two dependent loads, writing
// copies one leaf and one middle page. Elements a writer touches repeatedly before it hands out a
// copy are changed in place: each page remembers the writer's `Edit`, and Edit::Seal() makes all
// pages shared again.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace srpce {

// The right of one writer to change in place the pages it has made since its last Seal(). Not
// thread-safe; one per writer.
class Edit {
 public:
  Edit() : id_(NextId()) {}
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;

  // After this, every page made so far is immutable. Call before a copy leaves the writer's thread.
  void Seal() { id_ = NextId(); }
  uint64_t id() const { return id_; }

 private:
  static uint64_t NextId();
  uint64_t id_;
};

template <typename T, size_t kPageSize = 64>
class PersistentVector {
 public:
  PersistentVector() = default;
  // `size` copies of `value`, which share one page until written: O(size / 4096).
  PersistentVector(size_t size, const T& value) : size_(size) {
    auto leaf = std::make_shared<Leaf>(kNobody);
    leaf->items.fill(value);
    auto middle = std::make_shared<Middle>(kNobody);
    middle->items.fill(leaf);
    root_.assign((size + kSpan - 1) / kSpan, middle);
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // REQUIRES index < size().
  const T& operator[](size_t index) const {
    assert(index < size_);
    return (*(*root_[index / kSpan])[index / kPageSize % kPageSize])[index % kPageSize];
  }

  // Returns element `index` for writing; copies to this vector are not affected. REQUIRES index <
  // size().
  T& Mutable(size_t index, const Edit& edit) {
    assert(index < size_);
    Leaf& leaf = Own(Own(root_[index / kSpan], edit)[index / kPageSize % kPageSize], edit);
    return leaf[index % kPageSize];
  }

  void PushBack(T value, const Edit& edit) {
    if (size_ % kSpan == 0) {
      root_.push_back(std::make_shared<Middle>(edit.id()));
    }
    if (size_ % kPageSize == 0) {
      Own(root_.back(), edit)[size_ / kPageSize % kPageSize] = std::make_shared<Leaf>(edit.id());
    }
    ++size_;
    Mutable(size_ - 1, edit) = std::move(value);
  }

  // Calls visit(index) for every element that is not the same (==) in both, those that only one has
  // included, until it returns false. Pages that the two share are not read: cheap for versions of
  // one vector.
  template <typename Visit>
  static void ForEachDifference(const PersistentVector& a, const PersistentVector& b,
                                const Visit& visit) {
    const size_t both = std::min(a.size_, b.size_);
    for (size_t i = 0; i < both; i += kSpan) {
      const auto& middle_a = a.root_[i / kSpan];
      const auto& middle_b = b.root_[i / kSpan];
      if (middle_a == middle_b) continue;
      for (size_t j = i; j < std::min(i + kSpan, both); j += kPageSize) {
        const auto& leaf_a = (*middle_a)[j / kPageSize % kPageSize];
        const auto& leaf_b = (*middle_b)[j / kPageSize % kPageSize];
        if (leaf_a == leaf_b) continue;
        for (size_t k = j; k < std::min(j + kPageSize, both); ++k) {
          const bool same = (*leaf_a)[k % kPageSize] == (*leaf_b)[k % kPageSize];
          if (!same && !visit(k)) return;
        }
      }
    }
    for (size_t i = both; i < std::max(a.size_, b.size_); ++i) {
      if (!visit(i)) return;
    }
  }

 private:
  static constexpr size_t kSpan = kPageSize * kPageSize;
  static constexpr uint64_t kNobody = 0;  // No Edit has this id.

  template <typename Item>
  struct Page {
    explicit Page(uint64_t owner) : owner(owner) {}
    const Item& operator[](size_t i) const { return items[i]; }
    Item& operator[](size_t i) { return items[i]; }

    uint64_t owner;  // Edit::id() that may write here.
    std::array<Item, kPageSize> items{};
  };
  using Leaf = Page<T>;
  using Middle = Page<std::shared_ptr<Leaf>>;

  template <typename P>
  static P& Own(std::shared_ptr<P>& page, const Edit& edit) {
    if (page->owner != edit.id()) {
      page = std::make_shared<P>(*page);
      page->owner = edit.id();
    }
    return *page;
  }

  std::vector<std::shared_ptr<Middle>> root_;
  size_t size_ = 0;
};

}  // namespace srpce
