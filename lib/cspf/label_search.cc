// lib/cspf/label_search.cc -- lower bounds, then labels in order.
#include "lib/cspf/label_search.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "lib/cspf/link_order.h"

namespace srpce::cspf {

using graph::Arc;
using graph::DistanceTree;
using graph::kNone;
using graph::kUnreachable;
using graph::Length;
using graph::Node;

namespace {

constexpr uint64_t kNoLimit = kUnreachable - 1;

// Settling a label takes as long as so many comparisons in a front (measured on grids).
constexpr uint64_t kComparisonsPerLabel = 16;

uint64_t LossKeyOfLog(uint64_t log) {
  return LossKey(std::exp(-static_cast<double>(log) * kLossLogUnit));
}

}  // namespace

bool LabelSearch::Prepare(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
                          Additive objective, Want want, const Guides& guides,
                          const LinkPrices* prices) {
  ted_ = &ted;
  query_ = &query;
  filter_ = &filter;
  objective_ = objective;
  prices_ = prices;
  bounds_ = BoundsOf(query.constraints);
  if (query.constraints.max_delay == kAnyDelay) {  // The first: nothing to carry along for it.
    std::move(bounds_.items.begin() + 1, bounds_.items.end(), bounds_.items.begin());
    --bounds_.count;
  }
  source_ = query.source.value();
  node_count_ = ted.graph().node_count();
  layers_ = static_cast<uint32_t>(query.constraints.waypoints.size()) + 1;
  target_state_ = (layers_ - 1) * node_count_ + query.target.value();
  const size_t states = size_t{layers_} * node_count_;
  if (fronts_.size() < states) fronts_.resize(states);
  if (ban_stamps_.size() < states) ban_stamps_.resize(states);
  ClearBans();
  bounds_ready_ = 0;
  cost_limit_ = kNoLimit;
  if (bounds_.impossible) return false;
  for (size_t i = 0; i < bounds_.count; ++i) {
    if (!ComputeRest(bounds_.items[i].what, bounds_.items[i].limit, guides, bound_rest_[i]))
      return false;
    ++bounds_ready_;
    if (!Alive(Start().state)) return false;
    if (want == Want::kBest) TryLeastPath();
  }
  if (objective == Additive::kLoss)
    return true;  // Products round: no consistent bound. Plain label setting.
  return ComputeCostRest(guides);
}

State LabelSearch::Advance(uint32_t layer, Node node) const {
  const std::vector<NodeIndex>& waypoints = query_->constraints.waypoints;
  while (layer < waypoints.size() && waypoints[layer].value() == node) ++layer;
  return layer * node_count_ + node;
}

Node LabelSearch::GoalOf(uint32_t layer) const {
  const std::vector<NodeIndex>& waypoints = query_->constraints.waypoints;
  return layer < waypoints.size() ? waypoints[layer].value() : query_->target.value();
}

bool LabelSearch::ComputeRest(Additive what, uint64_t limit, const Guides& guides, Rest& rest) {
  const graph::Landmarks* guide = guides[static_cast<size_t>(what)].get();
  // The bound is a product, its lower bounds sums of logarithms: these cut nothing off.
  if (what == Additive::kLoss) limit = kNoLimit;
  return WithWeight(*ted_, what,
                    [&](const auto& weight) { return FillRest(weight, limit, guide, rest); });
}

bool LabelSearch::ComputeCostRest(const Guides& guides) {
  if (prices_ == nullptr) return ComputeRest(objective_, cost_limit_, guides, cost_rest_);
  return WithWeight(*ted_, objective_, [&](const auto& weight) {
    const auto priced = [&](const Arc& arc) { return prices_->Of(arc.id, weight(arc)); };
    return FillRest(priced, cost_limit_, nullptr, cost_rest_);
  });
}

// Backward from the last layer: the distance from a waypoint on is what the layers behind it begin
// with. Nodes farther than `limit` are left unsettled: their labels, if any, are beyond the limit
// too. Nor are those reached that lie too far from the source for the limit; since the guide is
// consistent, no node behind them on a way that keeps the limit is lost.
template <typename Weight>
bool LabelSearch::FillRest(const Weight& weight, uint64_t limit, const graph::Landmarks* guide,
                           Rest& rest) {
  if (rest.trees.size() < layers_) rest.trees.resize(layers_);
  rest.base.assign(layers_, 0);
  for (uint32_t layer = layers_; layer-- > 0;) {
    const Node goal = GoalOf(layer);
    uint64_t base = 0;
    if (layer + 1 < layers_) base = RestOf(rest, Advance(layer + 1, goal));
    if (base == kUnreachable) return false;
    rest.base[layer] = base;
    DistanceTree& tree = rest.trees[layer];
    const auto too_far = [&](const Arc& arc, Node tail, Node head) {
      if (guide == nullptr || limit == kNoLimit) return false;
      return base + tree.distance(head) + weight(arc) + guide->Bound(source_, tail) > limit;
    };
    const auto filter = [&](const Arc& arc, Node tail, Node head) {
      return (*filter_)(arc, tail, head) && !too_far(arc, tail, head) &&
             Alive(layer * node_count_ + tail);
    };
    graph::Dijkstra(ted_->graph(), graph::Direction::kBackward, goal, weight, filter, tree,
                    [&](Node, graph::Distance distance) { return base + distance <= limit; });
  }
  return RestOf(rest, Start().state) <= limit;
}

uint64_t LabelSearch::RestOf(const Rest& rest, State state) const {
  const uint32_t layer = state / node_count_;
  const uint64_t distance = rest.trees[layer].distance(state % node_count_);
  return distance == kUnreachable ? kUnreachable : rest.base[layer] + distance;
}

bool LabelSearch::Alive(State state) const {
  constexpr Sums kNothing{};
  return BoundsMayFit(kNothing.data(), state);
}

bool LabelSearch::BoundsMayFit(const uint64_t* sums, State state) const {
  for (size_t i = 0; i < bounds_ready_; ++i) {
    uint64_t rest = RestOf(bound_rest_[i], state);
    if (rest == kUnreachable) return false;
    if (bounds_.items[i].what == Additive::kLoss) rest = LossKeyOfLog(rest);
    if (!bounds_.items[i].MayFit(sums[i], rest)) return false;
  }
  return true;
}

void LabelSearch::TryLeastPath() {
  const Rest& rest = bound_rest_[bounds_ready_ - 1];
  std::vector<LinkIndex> links;
  Prefix walk = Start();
  while (walk.state != target_state_) {
    const graph::ArcId arc =
        rest.trees[walk.state / node_count_].parent_arc(walk.state % node_count_);
    links.push_back(LinkIndex(arc));
    Append(walk, LinkIndex(arc));
  }
  for (size_t i = 0; i < bounds_.count; ++i) {
    if (!bounds_.items[i].MayFit(walk.sums[i], 0)) return;
  }
  if (walk.cost >= cost_limit_) return;
  cost_limit_ = walk.cost;
  incumbent_ = std::move(links);
}

void LabelSearch::Append(Prefix& prefix, LinkIndex link) const {
  const Arc arc{ted_->graph().ends(link.value()).head, link.value(),
                ted_->graph().data(link.value())};
  prefix.cost = CostAfter(prefix.cost, arc);
  for (size_t i = 0; i < bounds_.count; ++i) {
    prefix.sums[i] = Extend(bounds_.items[i].what, prefix.sums[i], arc, *ted_);
  }
  prefix.state = Next(prefix.state, arc);
}

void LabelSearch::ClearBans() {
  banned_first_.clear();
  if (++ban_stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
    std::fill(ban_stamps_.begin(), ban_stamps_.end(), 0);
    ban_stamp_ = 1;
  }
}

void LabelSearch::BanState(State state) { ban_stamps_[state] = ban_stamp_; }

Found LabelSearch::Run(const Prefix& start, uint64_t& labels_left) {
  Found found;
  labels_.clear();
  sums_.clear();
  heap_.Clear();
  if (++run_stamp_ == 0) {
    for (Front& front : fronts_) front.stamp = 0;
    run_stamp_ = 1;
  }
  if (!BoundsMayFit(start.sums.data(), start.state)) return found;
  labels_.push_back({.cost = start.cost, .state = start.state});
  sums_.insert(sums_.end(), start.sums.begin(),
               start.sums.begin() + static_cast<ptrdiff_t>(bounds_.count));
  Admit(0);
  heap_.Push(graph::CostLength(start.cost), 0);
  while (!heap_.empty()) {
    const uint32_t at = heap_.top_node();
    if (labels_[at].dead) {
      heap_.Pop();
      continue;
    }
    if (labels_[at].state == target_state_) {
      found.status = Found::Status::kFound;
      Extract(at, found);
      return found;
    }
    if (labels_left == 0) {
      found.lower_bound = graph::CostOf(heap_.top_key());
      Exhaust(found);
      return found;
    }
    heap_.Pop();
    Settle(at);
    Expand(at);
    Charge(labels_left);
  }
  return found;
}

bool LabelSearch::MayLeaveBy(const Arc& arc, State state, bool at_start) const {
  const auto is_banned = [&] {
    return std::find(banned_first_.begin(), banned_first_.end(), LinkIndex(arc.id)) !=
           banned_first_.end();
  };
  return (*filter_)(arc, state % node_count_, arc.other) && !(at_start && is_banned()) &&
         ban_stamps_[Next(state, arc)] != ban_stamp_;
}

void LabelSearch::Expand(uint32_t at) {
  const State state = labels_[at].state;
  for (const Arc& arc : ted_->graph().out(state % node_count_)) {
    if (MayLeaveBy(arc, state, at == 0)) Offer(at, arc, Next(state, arc));
  }
}

std::optional<uint64_t> LabelSearch::LeastCost(const Prefix& prefix) const {
  const uint64_t rest = RestOf(cost_rest_, prefix.state);
  if (rest == kUnreachable || !BoundsMayFit(prefix.sums.data(), prefix.state)) return std::nullopt;
  return prefix.cost + rest;
}

std::optional<uint64_t> LabelSearch::Estimate(const Prefix& start) const {
  std::optional<uint64_t> least;
  for (const Arc& arc : ted_->graph().out(start.state % node_count_)) {
    if (!MayLeaveBy(arc, start.state, true)) continue;
    Prefix next = start;
    Append(next, LinkIndex(arc.id));
    if (const auto cost = LeastCost(next)) least = std::min(least.value_or(UINT64_MAX), *cost);
  }
  return least;
}

void LabelSearch::Offer(uint32_t parent, const Arc& arc, State state) {
  uint64_t rest = 0;
  if (objective_ != Additive::kLoss) {
    rest = RestOf(cost_rest_, state);
    if (rest == kUnreachable) return;
  }
  Sums sums{};
  for (size_t i = 0; i < bounds_.count; ++i) {
    sums[i] = Extend(bounds_.items[i].what, sums_of(parent)[i], arc, *ted_);
  }
  if (!BoundsMayFit(sums.data(), state)) return;
  const Label label{.cost = CostAfter(labels_[parent].cost, arc),
                    .hops = labels_[parent].hops + 1,
                    .state = state,
                    .parent = parent,
                    .arc = arc.id};
  if (label.cost + rest > cost_limit_) return;
  const auto at = static_cast<uint32_t>(labels_.size());
  labels_.push_back(label);
  sums_.insert(sums_.end(), sums.begin(), sums.begin() + static_cast<ptrdiff_t>(bounds_.count));
  if (Admit(at)) {
    heap_.Push(graph::CostLength(label.cost + rest) + label.hops, at);
  } else {
    labels_.pop_back();
    sums_.resize(sums_.size() - bounds_.count);
  }
}

// With one bound or none what waits falls strictly in that bound: the label just before tells for
// all before it, and what is dominated follows without gap.
bool LabelSearch::Admit(uint32_t at) {
  const Label& label = labels_[at];
  const uint64_t* sums = sums_of(at);
  if (SettledDominates(FrontOf(label.state), sums)) return false;
  std::vector<uint32_t>& front = FrontOf(label.state).waiting;
  const bool ordered = bounds_.count <= 1;
  const auto place = std::partition_point(front.begin(), front.end(), [&](uint32_t other) {
    ++comparisons_;
    return Precedes(labels_[other], label);
  });
  for (auto before = place; before != front.begin();) {
    --before;
    ++comparisons_;
    if (NoWorse(sums_of(*before), sums, label.state)) return false;
    if (ordered) break;
  }
  auto kept = place;
  for (auto after = place; after != front.end(); ++after) {
    ++comparisons_;
    if (NoWorse(sums, sums_of(*after), label.state)) {
      labels_[*after].dead = true;
    } else if (ordered) {
      kept = kept == after ? front.end() : std::move(after, front.end(), kept);
      break;
    } else {
      *kept++ = *after;
    }
  }
  const auto position = place - front.begin();
  front.erase(kept, front.end());
  front.insert(front.begin() + position, at);
  return true;
}

void LabelSearch::Settle(uint32_t at) {
  Front& front = FrontOf(labels_[at].state);
  front.waiting.erase(std::find(front.waiting.begin(), front.waiting.end(), at));
  if (SettledDominates(front, sums_of(at)))
    return;  // By one of its own (cost, hops): it adds none.
  Sums sums{};
  std::copy_n(sums_of(at), bounds_.count, sums.begin());
  auto place = front.settled.end();
  if (bounds_.count <= 2) {
    place = std::lower_bound(front.settled.begin(), front.settled.end(), sums);
    auto worse = place;
    while (worse != front.settled.end() && (*worse)[1] >= sums[1]) ++worse;
    place = front.settled.erase(place, worse);
  }
  front.settled.insert(place, sums);
}

// A settled label precedes all that are offered later, since each arc adds a hop: only the sums
// are left to compare. For the same reason none that is offered later can dominate it.
bool LabelSearch::SettledDominates(const Front& front, const uint64_t* sums) {
  if (bounds_.count <= 2) {
    const uint64_t first = bounds_.count > 0 ? sums[0] : 0;
    const uint64_t second = bounds_.count > 1 ? sums[1] : 0;
    const auto after =
        std::partition_point(front.settled.begin(), front.settled.end(),
                             [&](const Sums& settled) { return settled[0] <= first; });
    return after != front.settled.begin() && (*std::prev(after))[1] <= second;
  }
  for (const Sums& settled : front.settled) {
    ++comparisons_;
    size_t i = 0;
    while (i < bounds_.count && settled[i] <= sums[i]) ++i;
    if (i == bounds_.count) return true;
  }
  return false;
}

void LabelSearch::Charge(uint64_t& labels_left) {
  const uint64_t work = 1 + comparisons_ / kComparisonsPerLabel;
  comparisons_ %= kComparisonsPerLabel;
  labels_left -= std::min(labels_left, work);
}

// At the target nothing more is added: any label there keeps the bounds.
bool LabelSearch::NoWorse(const uint64_t* a, const uint64_t* b, State state) const {
  if (state == target_state_) return true;
  for (size_t i = 0; i < bounds_.count; ++i) {
    if (a[i] > b[i]) return false;
  }
  return true;
}

bool LabelSearch::Precedes(const Label& a, const Label& b) const {
  if (a.cost != b.cost) return a.cost < b.cost;
  if (a.hops != b.hops) return a.hops < b.hops;
  return HasLowerLinks(labels_, a, b);
}

LabelSearch::Front& LabelSearch::FrontOf(State state) {
  Front& front = fronts_[state];
  if (front.stamp != run_stamp_) {
    front.waiting.clear();
    front.settled.clear();
    front.stamp = run_stamp_;
  }
  return front;
}

void LabelSearch::Extract(uint32_t label, Found& found) const {
  found.has_links = true;
  found.cost = labels_[label].cost;
  found.links.clear();
  for (uint32_t at = label; labels_[at].parent != kNone; at = labels_[at].parent) {
    found.links.push_back(LinkIndex(labels_[at].arc));
  }
  std::reverse(found.links.begin(), found.links.end());
}

void LabelSearch::Exhaust(Found& found) {
  found.status = Found::Status::kExhausted;
  const std::vector<uint32_t>& labels =
      FrontOf(target_state_).waiting;  // At most one: see NoWorse.
  if (!labels.empty()) {
    Extract(labels.front(), found);
  } else if (cost_limit_ != kNoLimit) {
    found.has_links = true;
    found.links = incumbent_;
    found.cost = cost_limit_;
  }
}

}  // namespace srpce::cspf
