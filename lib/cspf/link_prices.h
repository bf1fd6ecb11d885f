// lib/cspf/link_prices.h -- what a link costs besides its metric: the duals of a linear program
// over paths, as integers.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "lib/graph/digraph.h"

namespace srpce::cspf {

// A search that is given prices minimises the sum of `scale` * metric + price over links. Any
// values are sound: prices are exact by definition, however they were come by.
class LinkPrices {
 public:
  // REQUIRES most times the links of any walk searched does not overflow.
  LinkPrices(uint64_t scale, uint64_t most) : scale_(scale), most_(most) {}

  uint64_t scale() const { return scale_; }
  void Set(graph::ArcId link, uint64_t price) { prices_[link] = std::min(price, most_); }
  uint64_t price(graph::ArcId link) const {
    const auto found = prices_.find(link);
    return found == prices_.end() ? 0 : found->second;
  }
  // Never more than most: where that cuts, the link is dearer than it seems, so that a least sum is
  // still a lower bound.
  uint64_t Of(graph::ArcId link, uint64_t metric) const {
    const uint64_t scaled =
        scale_ != 0 && metric > most_ / scale_ ? most_ : metric * scale_ + price(link);
    return std::min(scaled, most_);
  }

 private:
  uint64_t scale_;
  uint64_t most_;
  absl::flat_hash_map<graph::ArcId, uint64_t> prices_;
};

}  // namespace srpce::cspf
