// lib/topology/srlg_table.h -- gives equal SRLG sets one number (graph::ArcData::group), counted by
// use.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "lib/base/persistent_vector.h"

namespace srpce::topology {

class SrlgTable {
 public:
  using Set = std::vector<uint32_t>;  // Ascending, each number once.
  using Sets = PersistentVector<std::shared_ptr<const Set>>;

  // Puts the empty set at 0, where it stays. REQUIRES sets is empty.
  void Init(Sets& sets, const Edit& edit);
  // Returns the number of `set` and counts one more use.
  uint32_t Acquire(const Set& set, Sets& sets, const Edit& edit);
  // Counts one use less; the number of a set that nobody uses may be given to another.
  void Release(uint32_t group, const Sets& sets);

 private:
  std::map<Set, uint32_t> groups_;
  std::vector<uint32_t> uses_;  // By group.
  std::vector<uint32_t> free_;
};

}  // namespace srpce::topology
