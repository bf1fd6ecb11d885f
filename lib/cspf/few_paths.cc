#include "lib/cspf/few_paths.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/cspf/path_pricing.h"

namespace srpce::cspf {
namespace {

constexpr double kUsed = 1e-3;  // Bytes/s: less is the arithmetic's.
// A program that costs so little more than the ceiling may do as well as it: whole bytes tell.
constexpr double kSlack = 1 + 1e-6;

double CostOf(const PathPool& pool, const graph::Packing& packing) {
  double cost = 0;
  for (size_t i = 0; i < pool.size(); ++i) {
    cost += packing.rates[i] * static_cast<double>(pool.path(i).cost);
  }
  return cost;
}

}  // namespace

FewPaths::FewPaths(const PathPool& pool, size_t most, uint64_t& labels_left)
    : pool_(pool), most_(most), labels_left_(labels_left), by_width_(pool.size()) {
  std::iota(by_width_.begin(), by_width_.end(), size_t{0});
  std::stable_sort(by_width_.begin(), by_width_.end(), [&](size_t a, size_t b) {
    return pool.Width(pool.path(a)) > pool.Width(pool.path(b));
  });
}

std::optional<WholeSplit> FewPaths::Run(graph::Uint128 ceiling) {
  ceiling_ = ceiling;
  Visit(pool_.All(), std::vector<bool>(pool_.size(), false), 0);
  return std::move(best_);
}

bool FewPaths::MaySuffice(const std::vector<bool>& allowed, const std::vector<bool>& kept) const {
  uint64_t missing = pool_.demand();
  const auto take = [&](size_t at) { missing -= std::min(missing, pool_.Width(pool_.path(at))); };
  size_t free = most_;
  for (const size_t at : by_width_) {
    if (!kept[at]) continue;
    take(at);
    --free;
  }
  for (size_t i = 0; i < by_width_.size() && free > 0; ++i) {
    if (kept[by_width_[i]] || !allowed[by_width_[i]]) continue;
    take(by_width_[i]);
    --free;
  }
  return missing == 0;
}

bool FewPaths::Afford() {
  if (labels_left_ < 2 * kLabelsPerProgram) complete_ = false;
  labels_left_ -= std::min(labels_left_, 2 * kLabelsPerProgram);
  return complete_;
}

void FewPaths::Visit(std::vector<bool> allowed, std::vector<bool> kept, size_t kept_count) {
  if (!MaySuffice(allowed, kept) || !Afford()) return;
  const graph::Packing most = pool_.Solve(PathPool::Goal::kMostCarried, allowed);
  if (!most.solved) complete_ = false;
  if (!most.solved || most.unserved > 0) return;
  const graph::Packing packing = pool_.Solve(PathPool::Goal::kLeastCost, allowed);
  if (!packing.solved) return;
  if (CostOf(pool_, packing) > static_cast<double>(ceiling_) * kSlack) return;
  const auto used = static_cast<size_t>(std::count_if(packing.rates.begin(), packing.rates.end(),
                                                      [](double rate) { return rate > kUsed; }));
  if (used <= most_) {
    std::optional<WholeSplit> whole = pool_.Cheapest(allowed);
    if (!whole) complete_ = false;  // Too few by the bytes that rounding loses.
    const bool better = whole && whole->used() <= most_ && whole->cost <= ceiling_ &&
                        (!best_ || whole->cost < best_->cost);
    if (!better) return;
    ceiling_ = whole->cost;
    best_ = std::move(whole);
    return;
  }
  const std::optional<size_t> least = Least(packing, kept);
  if (!least) return;
  std::vector<bool> without = allowed;
  without[*least] = false;
  Visit(std::move(without), kept, kept_count);
  kept[*least] = true;
  if (++kept_count == most_) allowed = kept;
  Visit(std::move(allowed), std::move(kept), kept_count);
}

std::optional<size_t> FewPaths::Least(const graph::Packing& packing,
                                      const std::vector<bool>& kept) const {
  std::optional<size_t> least;
  for (size_t i = 0; i < pool_.size(); ++i) {
    if (packing.rates[i] <= kUsed || kept[i]) continue;
    if (!least || packing.rates[i] < packing.rates[*least]) least = i;
  }
  return least;
}

}  // namespace srpce::cspf
