// lib/cspf/path_pricing.h -- makes the paths a linear program over all of them would use, and
// proves in integers what no further path can change (column generation).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/link_prices.h"
#include "lib/cspf/path_pool.h"
#include "lib/cspf/split.h"

namespace srpce::cspf {

// One split query's column generation.
class PathPricing {
 public:
  enum class End : uint8_t {
    kDone,       // No further path helps.
    kExhausted,  // The work budget ran out.
    kStalled,    // The linear program is beyond the arithmetic.
  };

  // `query` refuses links without capacity. `passes` judges paths, and counts its work itself.
  PathPricing(const topology::Ted& ted, const Query& query, Workspace& workspace,
              std::function<bool(const Path&)> passes, uint64_t& labels_left)
      : ted_(ted),
        query_(query),
        workspace_(workspace),
        passes_(std::move(passes)),
        labels_left_(labels_left) {}

  // Adds paths to `pool` until it carries the demand, or as much as all paths do.
  End CarryMost(PathPool& pool);
  // Adds paths to `pool` until its cheapest split is the cheapest of all. REQUIRES it carries the
  // demand.
  End CostLeast(PathPool& pool);

  // The pool carries the demand, up to the arithmetic.
  bool carried_all() const { return unserved_ == 0; }
  double unserved() const { return unserved_; }  // Bytes/s.
  // No paths carry more together; absent: not known.
  const std::optional<double>& most_carried() const { return most_carried_; }
  // No split costs less: sum of rate * cost.
  double least_cost() const { return least_cost_; }

 private:
  struct Offer {
    std::optional<Path> path;       // Improves the program.
    std::optional<uint64_t> least;  // No path costs less in the prices; absent: there is none.
    bool exhausted = false;
  };

  LinkPrices PricesOf(PathPool::Goal goal, const graph::Packing& packing, double& unit) const;
  Offer Find(const LinkPrices& prices, uint64_t limit);
  uint64_t PriceOf(const LinkPrices& prices, const Path& path) const;
  End Generate(PathPool::Goal goal, PathPool& pool);
  void Prove(PathPool::Goal goal, const graph::Packing& packing, const LinkPrices& prices,
             uint64_t least, uint64_t demand);

  const topology::Ted& ted_;
  const Query& query_;
  Workspace& workspace_;
  const std::function<bool(const Path&)> passes_;
  uint64_t& labels_left_;
  double unserved_ = 0;
  std::optional<double> most_carried_;
  double least_cost_ = 0;
};

// Solving one program, in cspf::Budget labels.
inline constexpr uint64_t kLabelsPerProgram = 256;

}  // namespace srpce::cspf
