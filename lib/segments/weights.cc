// lib/segments/weights.cc -- from rates to weights of 32 bits that overload nothing.
#include <algorithm>
#include <numeric>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "lib/cspf/additive.h"
#include "lib/graph/heap.h"
#include "lib/segments/weighted.h"

namespace srpce::segments {
namespace {

using cspf::SplitPath;
using graph::Uint128;

// True if splitting `demand` by `weights` overloads no link.
bool Fits(const Ted& ted, const std::vector<SplitPath>& paths, const std::vector<uint32_t>& weights,
          uint64_t demand) {
  absl::flat_hash_map<graph::ArcId, uint64_t> on;
  uint64_t all = 0;
  for (size_t i = 0; i < paths.size(); ++i) {
    all += weights[i];
    for (const LinkIndex link : paths[i].path.links) on[link.value()] += weights[i];
  }
  return all > 0 && std::all_of(on.begin(), on.end(), [&](const auto& entry) {
           const graph::ArcData& data = ted.graph().data(entry.first);
           if ((data.flags & topology::kArcTailPseudonode) != 0) return true;  // Out of a LAN.
           return Uint128{entry.second} * demand <= Uint128{data.capacity} * all;
         });
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
    if (!Fits(ted, paths, weights, demand.value)) continue;
    Reduce(weights);
    return weights;
  }
  return {};
}

}  // namespace srpce::segments
