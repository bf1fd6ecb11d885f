// lib/cspf/few_paths.h -- the cheapest split over a limited number of known paths, by branch and
// bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/cspf/path_pool.h"

namespace srpce::cspf {

// A node of the tree is a linear program over some of the paths. Where its optimum uses too many of
// them, the one that carries least is given up in one child and kept in the other; once as many are
// kept as may be, only they are left.
class FewPaths {
 public:
  // `labels_left` is counted down: see kLabelsPerProgram.
  FewPaths(const PathPool& pool, size_t most, uint64_t& labels_left);

  // Returns the cheapest split over at most `most` paths that costs no more than `ceiling`.
  std::optional<WholeSplit> Run(graph::Uint128 ceiling);
  // Run() has looked at everything: of these paths no other set does better.
  bool complete() const { return complete_; }

 private:
  void Visit(std::vector<bool> allowed, std::vector<bool> kept, size_t kept_count);
  // The path used least of those not kept.
  std::optional<size_t> Least(const graph::Packing& packing, const std::vector<bool>& kept) const;
  // False: even the widest that may join those kept do not carry the demand with them.
  bool MaySuffice(const std::vector<bool>& allowed, const std::vector<bool>& kept) const;
  bool Afford();

  const PathPool& pool_;
  const size_t most_;
  uint64_t& labels_left_;
  std::vector<size_t> by_width_;  // Paths, the widest first.
  graph::Uint128 ceiling_ = 0;
  std::optional<WholeSplit> best_;
  bool complete_ = true;
};

}  // namespace srpce::cspf
