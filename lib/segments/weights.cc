// lib/segments/weights.cc -- from rates to weights of 32 bits that overload nothing.
#include <algorithm>
#include <numeric>
#include <optional>

#include "lib/graph/heap.h"
#include "lib/segments/link_load.h"
#include "lib/segments/weighted.h"

namespace srpce::segments {
namespace {

using cspf::SplitPath;
using graph::Uint128;

// True if splitting `demand` by `weights` overloads no link.
bool Fits(const Ted& ted, const std::vector<SplitPath>& paths, const std::vector<uint32_t>& weights,
          BytesPerSecond demand) {
  std::vector<ListShare> lists;
  for (size_t i = 0; i < paths.size(); ++i) lists.push_back({paths[i].path.links, weights[i]});
  const std::optional<LinkLoad> tightest = TightestLink(ted, lists, demand);
  return !tightest || tightest->fits();
}

void Reduce(std::vector<uint32_t>& weights) {
  uint32_t divisor = 0;
  for (const uint32_t weight : weights) divisor = std::gcd(divisor, weight);
  for (uint32_t& weight : weights) weight /= std::max(divisor, 1U);
}

// Shares of 2^32 - 1, rounded down but for the path `rest`, which takes what is left.
std::vector<uint32_t> RoundedWeights(const std::vector<SplitPath>& paths, uint64_t demand,
                                     size_t rest) {
  std::vector<uint32_t> weights;
  uint32_t left = UINT32_MAX;
  for (const SplitPath& part : paths) {
    weights.push_back(static_cast<uint32_t>(Uint128{part.rate.value} * UINT32_MAX / demand));
    left -= weights.back();
  }
  weights[rest] += left;
  return weights;
}

}  // namespace

std::vector<uint32_t> WeightsOf(const Ted& ted, const std::vector<SplitPath>& paths,
                                BytesPerSecond demand) {
  uint64_t divisor = 0;
  uint64_t largest = 0;
  for (const SplitPath& part : paths) {
    divisor = std::gcd(divisor, part.rate.value);
    largest = std::max(largest, part.rate.value);
  }
  std::vector<uint32_t> weights;
  if (largest / divisor <= UINT32_MAX) {
    for (const SplitPath& part : paths) {
      weights.push_back(static_cast<uint32_t>(part.rate.value / divisor));
    }
    return weights;
  }
  for (size_t rest = 0; rest < paths.size(); ++rest) {
    weights = RoundedWeights(paths, demand.value, rest);
    if (!Fits(ted, paths, weights, demand)) continue;
    Reduce(weights);
    return weights;
  }
  return {};
}

}  // namespace srpce::segments
