// lib/pce/policy_index.cc -- link -> policies.
#include "lib/pce/policy_index.h"

namespace srpce::pce {

void PolicyIndex::Replace(PolicyId id, const PlannedPath* before, const PlannedPath* now) {
  if (before != nullptr && now != nullptr && before->links == now->links &&
      before->legs.empty() == now->legs.empty() && before->opaque == now->opaque) {
    return;
  }
  if (before != nullptr) {
    for (const topology::LinkIndex link : before->links) {
      by_link_[link.value()].erase(id);
    }
    with_legs_.erase(id);
    opaque_.erase(id);
  }
  if (now != nullptr) {
    for (const topology::LinkIndex link : now->links) {
      if (link.value() >= by_link_.size()) {
        by_link_.resize(link.value() + 1);
      }
      by_link_[link.value()].insert(id);
    }
    if (!now->legs.empty()) {
      with_legs_.insert(id);
    }
    if (now->opaque) {
      opaque_.insert(id);
    }
  }
}

const PolicyIds& PolicyIndex::On(topology::LinkIndex link) const {
  static const PolicyIds* const kNobody = new PolicyIds();
  return link.value() < by_link_.size() ? by_link_[link.value()] : *kNobody;
}

}  // namespace srpce::pce
