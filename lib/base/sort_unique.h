// lib/base/sort_unique.h -- a list as an ascending set.
#pragma once

#include <algorithm>
#include <vector>

namespace srpce {

// Sorts `list` and drops repeated items.
template <typename T>
void SortUnique(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace srpce
