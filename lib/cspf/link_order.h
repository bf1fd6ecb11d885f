// lib/cspf/link_order.h -- the last word of the tie rule: of two labels of equal cost and hops the
// one with the lower sequence of links comes first.
#pragma once

#include <vector>

namespace srpce::cspf {

// True if the links to `a` come before those to `b`. They are compared from the source on: what
// counts is the earliest arc that differs, which is the last one met going back. REQUIRES equally
// many; each label has the index of its `parent` and the `arc` that led from there.
template <typename Label>
bool HasLowerLinks(const std::vector<Label>& labels, const Label& a, const Label& b) {
  bool less = false;
  const Label* left = &a;
  const Label* right = &b;
  while (left->parent != right->parent || left->arc != right->arc) {
    if (left->arc != right->arc) less = left->arc < right->arc;
    if (left->parent == right->parent) break;
    left = &labels[left->parent];
    right = &labels[right->parent];
  }
  return less;
}

}  // namespace srpce::cspf
