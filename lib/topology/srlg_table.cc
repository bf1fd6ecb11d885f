#include "lib/topology/srlg_table.h"

namespace srpce::topology {

void SrlgTable::Init(Sets& sets, const Edit& edit) {
  sets.PushBack(std::make_shared<const Set>(), edit);
  uses_.push_back(0);
}

uint32_t SrlgTable::Acquire(const Set& set, Sets& sets, const Edit& edit) {
  if (set.empty()) {
    return 0;
  }
  const auto [it, is_new] = groups_.try_emplace(set, 0);
  if (is_new) {
    if (free_.empty()) {
      it->second = static_cast<uint32_t>(sets.size());
      sets.PushBack(std::make_shared<const Set>(set), edit);
      uses_.push_back(0);
    } else {
      it->second = free_.back();
      free_.pop_back();
      sets.Mutable(it->second, edit) = std::make_shared<const Set>(set);
    }
  }
  ++uses_[it->second];
  return it->second;
}

void SrlgTable::Release(uint32_t group, const Sets& sets) {
  if (group != 0 && --uses_[group] == 0) {
    groups_.erase(*sets[group]);
    free_.push_back(group);
  }
}

}  // namespace srpce::topology
