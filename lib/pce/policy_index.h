// lib/pce/policy_index.h -- which policies hang on a link: the inverse of their active paths, every
// ECMP branch counted.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "lib/pce/planned_path.h"

namespace srpce::pce {

using PolicyId = uint32_t;  // Dense, given by PolicyTable; used again after the policy is gone.
using PolicyIds = absl::flat_hash_set<PolicyId>;

class PolicyIndex {
 public:
  // Enters `now` for the policy instead of `before`. Either may be null.
  void Replace(PolicyId id, const PlannedPath* before, const PlannedPath* now);

  // Policies whose lists can use `link`.
  const PolicyIds& On(topology::LinkIndex link) const;
  // Policies some of whose segments follow shortest paths, which a shorter link elsewhere can move.
  const PolicyIds& with_legs() const { return with_legs_; }
  // Policies that any change may move.
  const PolicyIds& opaque() const { return opaque_; }

 private:
  std::vector<PolicyIds> by_link_;
  PolicyIds with_legs_;
  PolicyIds opaque_;
};

}  // namespace srpce::pce
