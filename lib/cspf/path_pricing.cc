// lib/cspf/path_pricing.cc -- solve the program, price links by its duals, look for a path cheaper
// than the demand's dual, and so on.
//
// Prices are rounded to integers; for any prices at all y >= 0 and the least cost L of a path in
// them, a split of demand D costs at least D * L - sum(y * capacity) (Lagrange; Farley 1990). With
// costs left out, L * carried <= sum(y * capacity). So nothing rests on floating point.
#include "lib/cspf/path_pricing.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "lib/cspf/link_filter.h"

namespace srpce::cspf {

using graph::Packing;
using Goal = PathPool::Goal;

PathPricing::End PathPricing::CarryMost(PathPool& pool) {
  unserved_ = static_cast<double>(pool.demand());
  return Generate(Goal::kMostCarried, pool);
}

PathPricing::End PathPricing::CostLeast(PathPool& pool) { return Generate(Goal::kLeastCost, pool); }

PathPricing::End PathPricing::Generate(Goal goal, PathPool& pool) {
  for (;;) {
    const Packing packing = pool.Solve(goal, pool.All());
    labels_left_ -= std::min(labels_left_, kLabelsPerProgram);
    if (!packing.solved) return End::kStalled;
    if (goal == Goal::kMostCarried) unserved_ = packing.unserved;
    if (goal == Goal::kMostCarried && unserved_ == 0) return End::kDone;
    double unit = 1;
    const LinkPrices prices = PricesOf(goal, packing, unit);
    Offer offer = Find(prices, static_cast<uint64_t>(packing.demand_price * unit));
    if (offer.least) Prove(goal, packing, prices, *offer.least, pool.demand());
    if (!offer.least && !offer.exhausted) most_carried_ = 0;
    // A path that is known cannot be cheaper than the dual says but for rounding.
    if (offer.path && pool.Add(*std::move(offer.path))) continue;
    return offer.exhausted ? End::kExhausted : End::kDone;
  }
}

// `unit`: what 1 of cost (1 of the demand, where costs are left out) is in prices. A power of two,
// so that costs stay exact.
LinkPrices PathPricing::PricesOf(Goal goal, const Packing& packing, double& unit) const {
  const uint64_t states =
      uint64_t{ted_.graph().node_count()} * (query_.constraints.waypoints.size() + 1);
  const uint64_t most = (uint64_t{1} << 62) / std::max<uint64_t>(states, 1);
  int exponent = 0;
  std::frexp(std::max(1.0, packing.demand_price), &exponent);
  constexpr int kFinest = 40;
  const int room = static_cast<int>(std::log2(static_cast<double>(most))) - exponent - 2;
  unit = std::ldexp(1.0, std::clamp(room, 0, kFinest));
  LinkPrices prices(goal == Goal::kLeastCost ? static_cast<uint64_t>(unit) : 0, most);
  for (const auto& [arc, price] : packing.prices) {
    const double rounded = std::min(std::round(price * unit), static_cast<double>(most / 2));
    prices.Set(arc.arc, static_cast<uint64_t>(rounded));
  }
  return prices;
}

// Paths come in order of price, so the first at the limit ends it, and the first that passes is the
// cheapest of those that do.
PathPricing::Offer PathPricing::Find(const LinkPrices& prices, uint64_t limit) {
  // Each search begins with lower bounds for every node, which is a quarter of what labels cost.
  labels_left_ -= std::min<uint64_t>(labels_left_, ted_.graph().node_count() / 4);
  PathEnumerator paths(ted_, query_, prices, workspace_, {labels_left_});
  uint64_t counted = labels_left_;
  for (;;) {
    PathResult next = paths.Next();
    labels_left_ -= std::min(labels_left_, counted - paths.labels_left());
    counted = paths.labels_left();
    if (NoPath* none = std::get_if<NoPath>(&next)) {
      Offer offer;
      if (none->reason != Reason::kBudgetExhausted) return offer;
      offer.exhausted = true;
      offer.least = none->lower_bound.value_or(0);
      if (none->best_found && PriceOf(prices, *none->best_found) < limit &&
          passes_(*none->best_found)) {
        offer.path = std::move(none->best_found);
      }
      return offer;
    }
    Path& path = std::get<Path>(next);
    const uint64_t price = PriceOf(prices, path);
    if (price >= limit) return {.path = {}, .least = price};
    if (passes_(path)) return {.path = std::move(path), .least = price};
    if (labels_left_ == 0) return {.path = {}, .least = price, .exhausted = true};
  }
}

uint64_t PathPricing::PriceOf(const LinkPrices& prices, const Path& path) const {
  const Additive objective = *ObjectiveOf(ted_, query_);
  uint64_t sum = 0;
  for (const LinkIndex link : path.links) {
    const graph::ArcId id = link.value();
    const graph::Arc arc{ted_.graph().ends(id).head, id, ted_.graph().data(id)};
    sum += prices.Of(id, Extend(objective, 0, arc, ted_));
  }
  return sum;
}

void PathPricing::Prove(Goal goal, const Packing& packing, const LinkPrices& prices, uint64_t least,
                        uint64_t demand) {
  graph::Uint128 worth = 0;  // Of all capacity.
  for (const auto& [arc, price] : packing.prices) {
    worth += graph::Uint128{arc.capacity} * prices.price(arc.arc);
  }
  if (goal == Goal::kMostCarried) {
    if (least == 0) return;
    const auto most = static_cast<double>(worth / least);
    most_carried_ = std::min(most_carried_.value_or(most), most);
    return;
  }
  const graph::Uint128 paid = graph::Uint128{demand} * least;
  if (paid <= worth) return;
  const auto cost = static_cast<double>((paid - worth) / prices.scale());
  least_cost_ = std::max(least_cost_, cost);
}

}  // namespace srpce::cspf
