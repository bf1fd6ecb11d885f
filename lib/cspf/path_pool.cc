// lib/cspf/path_pool.cc -- from shares in floating point to bytes that no link has too many of.
#include "lib/cspf/path_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace srpce::cspf {

using graph::CappedArc;
using graph::Packing;

namespace {

// So far from a whole number a rate may be by the arithmetic alone.
constexpr double kNoise = 1e-3;

// A path may pass a link once for each waypoint: arcs are in order, so equal ones are adjacent.
template <typename Visit>
void ForEachArc(const std::vector<CappedArc>& arcs, const Visit& visit) {
  for (size_t i = 0; i < arcs.size();) {
    size_t end = i;
    while (end < arcs.size() && arcs[end].arc == arcs[i].arc) ++end;
    visit(arcs[i], static_cast<uint64_t>(end - i));
    i = end;
  }
}

std::vector<CappedArc> ArcsOf(const topology::Ted& ted, const Path& path) {
  std::vector<CappedArc> arcs;
  for (const LinkIndex link : path.links) {
    const graph::ArcData& data = ted.graph().data(link.value());
    if ((data.flags & topology::kArcTailPseudonode) != 0) continue;  // Unlimited.
    arcs.push_back({link.value(), data.capacity});
  }
  std::sort(arcs.begin(), arcs.end());
  return arcs;
}

}  // namespace

size_t WholeSplit::used() const {
  return rates.size() - static_cast<size_t>(std::count(rates.begin(), rates.end(), 0));
}

// What is on each link.
class PathPool::Load {
 public:
  void Put(const std::vector<CappedArc>& arcs, uint64_t rate) {
    ForEachArc(arcs, [&](const CappedArc& arc, uint64_t times) { on_[arc.arc] += times * rate; });
  }
  void Take(const std::vector<CappedArc>& arcs, uint64_t rate) {
    ForEachArc(arcs, [&](const CappedArc& arc, uint64_t times) { on_[arc.arc] -= times * rate; });
  }
  // The least that a path must give up for its links to be within their capacity.
  uint64_t Excess(const std::vector<CappedArc>& arcs, uint64_t rate) const {
    uint64_t excess = 0;
    ForEachArc(arcs, [&](const CappedArc& arc, uint64_t times) {
      const graph::Uint128 on = on_.at(arc.arc);
      if (on <= arc.capacity) return;
      const graph::Uint128 needed = (on - arc.capacity + times - 1) / times;
      excess = std::max(excess, static_cast<uint64_t>(std::min<graph::Uint128>(needed, rate)));
    });
    return excess;
  }
  // The most that a path can take on, up to `wanted`. REQUIRES no link over its capacity.
  uint64_t Room(const std::vector<CappedArc>& arcs, uint64_t wanted) const {
    uint64_t room = wanted;
    ForEachArc(arcs, [&](const CappedArc& arc, uint64_t times) {
      const graph::Uint128 left = (arc.capacity - on_.at(arc.arc)) / times;
      room = static_cast<uint64_t>(std::min<graph::Uint128>(room, left));
    });
    return room;
  }

 private:
  absl::flat_hash_map<graph::ArcId, graph::Uint128> on_;
};

bool PathPool::Add(Path path) {
  if (!known_.insert(path.links).second) return false;
  arcs_.push_back(ArcsOf(ted_, path));
  packing_.Add(arcs_.back(), path.cost);
  paths_.push_back(std::move(path));
  return true;
}

uint64_t PathPool::Width(const Path& path) const {
  uint64_t width = UINT64_MAX;
  ForEachArc(ArcsOf(ted_, path), [&](const CappedArc& arc, uint64_t times) {
    width = std::min(width, arc.capacity / times);
  });
  return width;
}

// Down to whole bytes; off where a link has too many; then, cheapest first, what is missing, or,
// dearest first, what is too much.
std::optional<WholeSplit> PathPool::Whole(const Packing& packing) const {
  std::vector<uint64_t> rates(size(), 0);
  std::vector<size_t> order;
  Load load;
  for (size_t i = 0; i < size(); ++i) {
    if (packing.rates[i] <= kNoise) continue;
    rates[i] = static_cast<uint64_t>(packing.rates[i] + kNoise);
    load.Put(arcs_[i], rates[i]);
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return paths_[a].cost < paths_[b].cost; });
  const auto take = [&](size_t i, uint64_t rate) {
    load.Take(arcs_[i], rate);
    rates[i] -= rate;
  };
  for (auto i = order.rbegin(); i != order.rend(); ++i) take(*i, load.Excess(arcs_[*i], rates[*i]));
  uint64_t carried = std::accumulate(rates.begin(), rates.end(), uint64_t{0});
  for (auto i = order.rbegin(); i != order.rend() && carried > demand_; ++i) {
    const uint64_t surplus = std::min(rates[*i], carried - demand_);
    take(*i, surplus);
    carried -= surplus;
  }
  for (const size_t i : order) {
    const uint64_t more = load.Room(arcs_[i], demand_ - carried);
    load.Put(arcs_[i], more);
    rates[i] += more;
    carried += more;
  }
  if (carried < demand_) return std::nullopt;
  return Priced(std::move(rates));
}

std::optional<WholeSplit> PathPool::Cheapest(const std::vector<bool>& allowed) const {
  const Packing packing = Solve(Goal::kLeastCost, allowed);
  if (!packing.solved) return std::nullopt;
  if (std::optional<WholeSplit> whole = Whole(packing)) return whole;
  const auto used = static_cast<uint64_t>(std::count_if(packing.rates.begin(), packing.rates.end(),
                                                        [](double rate) { return rate > kNoise; }));
  const Packing more = packing_.Solve(Goal::kLeastCost, demand_ + used, allowed);
  return more.solved ? Whole(more) : std::nullopt;
}

WholeSplit PathPool::Priced(std::vector<uint64_t> rates) const {
  WholeSplit whole{.rates = std::move(rates)};
  for (size_t i = 0; i < whole.rates.size(); ++i) {
    whole.cost += graph::Uint128{whole.rates[i]} * paths_[i].cost;
  }
  return whole;
}

}  // namespace srpce::cspf
