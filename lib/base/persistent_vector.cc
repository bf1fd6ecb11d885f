#include "lib/base/persistent_vector.h"

#include <atomic>

namespace srpce {

uint64_t Edit::NextId() {
  // Unique over all writers of the process, so that a page can never be mistaken for another
  // writer's.
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace srpce
