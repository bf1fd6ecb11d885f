// lib/cspf/split_answer.cc -- what is found, in the words of the contract.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/splitter.h"
#include "lib/cspf/wording.h"

namespace srpce::cspf {
namespace {

constexpr double kCostTolerance = 1e-7;

}  // namespace

bool Splitter::Proved(graph::Uint128 cost) const {
  double rounding = 0;
  for (size_t i = 0; i < best_->rates.size(); ++i) {
    if (best_->rates[i] > 0) rounding += static_cast<double>(pool_.path(i).cost);
  }
  return static_cast<double>(cost) <= least_cost_ * (1 + kCostTolerance) + rounding;
}

Split Splitter::Answer(bool proved) const {
  Split split;
  for (size_t i = 0; i < best_->rates.size(); ++i) {
    if (best_->rates[i] > 0) split.paths.push_back({pool_.path(i), {best_->rates[i]}});
  }
  std::sort(split.paths.begin(), split.paths.end(), [](const SplitPath& a, const SplitPath& b) {
    const auto key = [](const Path& path) { return std::tuple(path.cost, path.links.size()); };
    const auto left = key(a.path), right = key(b.path);
    return left != right ? left < right : a.path.links < b.path.links;
  });
  const auto demand = static_cast<double>(demand_);
  split.cost = static_cast<double>(best_->cost) / demand;
  split.proved_optimal = proved;
  split.lower_bound = std::min(least_cost_ / demand, split.cost);
  return split;
}

Split Splitter::Whole(Path path, bool proved) const {
  Split split{.cost = static_cast<double>(path.cost), .proved_optimal = proved};
  split.lower_bound = split.cost;
  if (demand_ > 0) {
    split.lower_bound = std::min(split.cost, least_cost_ / static_cast<double>(demand_));
  }
  split.paths.push_back({std::move(path), {demand_}});
  return split;
}

NoPath Splitter::Refuse(std::optional<double> most) const {
  NoPath none{.reason = Reason::kBandwidth,
              .message = "bandwidth: all paths together carry too little",
              .wanted = static_cast<double>(demand_),
              .best_achievable = most,
              .blocking_links = cut_};
  if (most) {
    none.message = absl::StrCat("bandwidth: all paths together carry ",
                                FormatBandwidth({static_cast<uint64_t>(*most)}));
  }
  absl::StrAppend(&none.message, ", wanted ", FormatBandwidth({demand_}));
  if (!cut_.empty()) absl::StrAppend(&none.message, "; limited by ", LinkNames(ted_, cut_));
  return none;
}

NoPath Splitter::OutOfBudget(const std::string& what) const {
  return {.reason = Reason::kBudgetExhausted,
          .message = absl::StrCat("budget: ", budget_.max_labels, " labels were not enough ", what),
          .lower_bound = static_cast<uint64_t>(
              least_cost_ / static_cast<double>(std::max<uint64_t>(demand_, 1)))};
}

}  // namespace srpce::cspf
