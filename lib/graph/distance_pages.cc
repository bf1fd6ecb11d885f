#include "lib/graph/distance_pages.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace srpce::graph {

void DistancePages::Set(Node node, uint32_t distance, const Edit& edit) {
  assert(node < size_);
  const size_t at = node / kPageSize;
  if (pages_[at]->owner != edit.id()) Replace(at, edit);
  pages_[at]->items[node % kPageSize] = distance;
}

void DistancePages::Grow(uint32_t size, uint32_t distance, const Edit& edit) {
  assert(size >= size_);
  const uint32_t before = size_;
  Flatten(size, edit.id());
  for (uint32_t node = before; node < size; ++node) {
    pages_[node / kPageSize]->items[node % kPageSize] = distance;
  }
}

size_t DistancePages::BytesFor(uint32_t size) {
  return PageCount(size) * (sizeof(Page) + sizeof(Page*)) + MostReplaced(size) * sizeof(Page);
}

void DistancePages::Replace(size_t at, const Edit& edit) {
  if (replaced_.size() == MostReplaced(size_)) {
    Flatten(size_, edit.id());
    return;
  }
  Page* const before = pages_[at];
  auto page = std::make_shared<Page>(*before);
  page->owner = edit.id();
  pages_[at] = page.get();
  const auto same = std::find_if(replaced_.begin(), replaced_.end(),
                                 [&](const auto& other) { return other.get() == before; });
  if (same != replaced_.end()) {
    *same = std::move(page);
  } else {
    replaced_.push_back(std::move(page));
  }
}

void DistancePages::Flatten(uint32_t size, uint64_t owner) {
  const size_t count = PageCount(size);
  std::shared_ptr<Page[]> block = std::make_shared_for_overwrite<Page[]>(count);
  for (size_t at = 0; at < count; ++at) {
    if (at < pages_.size()) block[at].items = pages_[at]->items;
    block[at].owner = owner;
  }
  pages_.resize(count);
  for (size_t at = 0; at < count; ++at) pages_[at] = &block[at];
  block_ = std::move(block);
  replaced_.clear();
  size_ = size;
}

}  // namespace srpce::graph
