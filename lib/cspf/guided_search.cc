// lib/cspf/guided_search.cc -- labels forward and balls backward, in turns.
#include "lib/cspf/guided_search.h"

#include <algorithm>
#include <span>

#include "lib/cspf/link_order.h"

namespace srpce::cspf {

using graph::Arc;
using graph::kNone;
using graph::Length;
using graph::Node;

namespace {

constexpr uint64_t kNoLimit = uint64_t{1} << 62;    // More than any path costs.
constexpr uint64_t kBeyondAll = uint64_t{1} << 63;  // More than any limit.
constexpr uint32_t kFar = UINT32_MAX;
constexpr uint64_t kComparisonsPerLabel = 16;  // As in LabelSearch.
constexpr size_t kAhead = 16;                  // Arcs.

// Arcs that labels look at for each that a ball may, by what else bounds its quantity: the better
// that is, the less a ball adds to it (measured on rings and small worlds of 1,000 and 10,000
// nodes).
constexpr int64_t kPaceAlone = 1;
constexpr int64_t kPaceWithLandmarks = 5;
constexpr int64_t kPaceWithTree = 25;
// Arcs that labels look at before a ball beside a tree begins: by then most have their answer.
constexpr int64_t kHeadStartWithTree = 1000;

void PrefetchArcs(std::span<const Arc> arcs) {
  __builtin_prefetch(arcs.data());
  __builtin_prefetch(arcs.data() + 2);
}

}  // namespace

std::optional<GuidedQuery> GuidedQueryOf(const Query& query, Additive objective) {
  if (!query.constraints.waypoints.empty() || query.constraints.max_loss) return std::nullopt;
  const BoundSet bounds = BoundsOf(query.constraints);
  if (bounds.empty() || bounds.impossible) return std::nullopt;
  GuidedQuery guided;
  guided.items[guided.count++].bound = {objective, kNoLimit};
  for (const Bound& bound : bounds) {
    if (bound.limit == static_cast<uint64_t>(kAnyDelay.count())) continue;  // Nothing to carry.
    if (guided.count == kMostGuided) return std::nullopt;
    guided.items[guided.count++].bound = {bound.what, std::min(bound.limit, kNoLimit)};
  }
  return guided;
}

std::optional<Found> GuidedSearch::Run(const topology::Ted& ted, const Query& query,
                                       const LinkFilter& filter, const GuidedQuery& guided,
                                       uint64_t most, uint64_t& labels_left) {
  Start(ted, query, filter, guided);
  if (!Search(std::min(most, labels_left))) return std::nullopt;
  labels_left -= std::min(labels_left, Work());
  return Answer();
}

void GuidedSearch::Start(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
                         const GuidedQuery& guided) {
  ted_ = &ted;
  filter_ = &filter;
  source_ = query.source.value();
  target_ = query.target.value();
  places_.resize(std::max<size_t>(places_.size(), ted.graph().node_count()));
  if (++stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
    std::fill(places_.begin(), places_.end(), Place{});
    stamp_ = 1;
  }
  labels_.clear();
  heap_.Clear();
  settled_ = comparisons_ = 0;
  answer_ = kNone;
  cost_limit_ = kNoLimit;
  count_ = guided.count;
  for (size_t i = 0; i < count_; ++i) {
    const Guided& item = guided.items[i];
    Ball& ball = balls_[i];
    ball.what = item.bound.what;
    ball.slot = SlotOf(ball.what).value_or(graph::kWeightCount);
    ball.limit = item.bound.limit;
    ball.landmarks = item.landmarks.get();
    ball.tree = item.tree.get();
    if (ball.landmarks != nullptr) {
      if (target_ < ball.landmarks->node_count()) {
        ball.target_line = ball.landmarks->line(target_);
      } else {
        ball.landmarks = nullptr;
      }
    }
    ball.heap.Clear();
    ball.heap.Push(0, target_);
    ball.radius = 0;
    ball.cut_off = false;
    ball.credit = ball.tree != nullptr ? -kHeadStartWithTree : 0;
  }
  Place& end = Touch(target_);
  for (size_t i = 0; i < count_; ++i) end.way[i].fill(0);
}

GuidedSearch::Place& GuidedSearch::Touch(Node node) {
  Place& place = places_[node];
  if (place.stamp == stamp_) return place;
  place.stamp = stamp_;
  place.labels = kNone;
  place.inside = 0;
  for (size_t i = 0; i < count_; ++i) place.way[i].fill(kFar);
  return place;
}

// Starts to fetch what LeastFrom() reads: cache lines anywhere in memory.
void GuidedSearch::PrefetchLeast(Node node) const {
  for (size_t i = 0; i < count_; ++i) {
    const Ball& ball = balls_[i];
    if (ball.tree != nullptr) {
      ball.tree->Prefetch(node);
    } else if (ball.landmarks != nullptr && node < ball.landmarks->node_count()) {
      __builtin_prefetch(&ball.landmarks->line(node));
    }
  }
}

inline uint32_t GuidedSearch::LeastFrom(Node node, const Ball& ball) const {
  if (ball.tree != nullptr) return ball.tree->distance(node);
  if (ball.landmarks == nullptr || node >= ball.landmarks->node_count()) return 0;
  return graph::Landmarks::Bound(ball.landmarks->line(node), ball.target_line);
}

inline uint64_t GuidedSearch::WeightOf(const Ball& ball, const Arc& arc) const {
  if (ball.slot < graph::kWeightCount) return arc.data.weight[ball.slot];
  return WithWeight(*ted_, ball.what, [&](const auto& weight) { return weight(arc); });
}

inline uint64_t GuidedSearch::Least(const Place& place, size_t quantity) const {
  const bool inside = (place.inside >> quantity & 1) != 0;
  if (inside) return place.way[quantity][quantity];
  return std::max<uint64_t>(place.least[quantity], balls_[quantity].radius);
}

bool GuidedSearch::MayFit(const Label& label, const Place& place) const {
  for (size_t i = 0; i < count_; ++i) {
    if (label.sums[i] + Least(place, i) > LimitOf(i)) return false;
  }
  return true;
}

uint64_t GuidedSearch::Work() const { return settled_ + comparisons_ / kComparisonsPerLabel; }

bool GuidedSearch::Search(uint64_t most) {
  labels_.emplace_back().node = source_;
  Place& start = Touch(source_);
  start.labels = 0;
  for (size_t i = 0; i < count_; ++i) start.least[i] = LeastFrom(source_, balls_[i]);
  heap_.Push(0, 0);
  while (!heap_.empty()) {
    const uint32_t at = heap_.top_node();
    const Length queued = heap_.top_key();
    heap_.Pop();
    Label& label = labels_[at];
    if (label.dead) continue;
    const Place& place = places_[label.node];
    if (!MayFit(label, place)) continue;
    const Length key = graph::CostLength(label.sums[0] + Least(place, 0)) + label.hops;
    if (key != queued) {
      heap_.Push(key, at);
      continue;
    }
    const bool arrived = label.node == target_;
    if (Work() + (arrived ? 0 : 1) > most) return false;
    if (arrived) {
      answer_ = at;
      return true;
    }
    label.settled = true;
    ++settled_;
    Expand(at);
  }
  return Work() <= most;
}

// A label that goes back to where its parent came from is dominated there.
void GuidedSearch::Expand(uint32_t at) {
  const Node node = labels_[at].node;
  const Node back = labels_[at].parent == kNone ? kNone : labels_[labels_[at].parent].node;
  const std::span<const Arc> arcs = ted_->graph().out(node);
  for (size_t i = 0; i < std::min(kAhead, arcs.size()); ++i) PrefetchLeast(arcs[i].other);
  for (size_t i = 0; i < arcs.size(); ++i) {
    if (i + kAhead < arcs.size()) PrefetchLeast(arcs[i + kAhead].other);
    if (arcs[i].other != back && (*filter_)(arcs[i], node, arcs[i].other)) Offer(at, arcs[i]);
  }
  if (!heap_.empty()) PrefetchArcs(ted_->graph().out(labels_[heap_.top_node()].node));
  GrowAll(arcs.size() + 1);
}

// Most arcs are judged by the bounds of their end, before anything is written.
void GuidedSearch::Offer(uint32_t parent, const Arc& arc) {
  Label label{.hops = labels_[parent].hops + 1, .node = arc.other, .parent = parent, .arc = arc.id};
  PerQuantity<uint32_t> least{};
  for (size_t i = count_; i-- > 0;) {
    label.sums[i] = labels_[parent].sums[i] + WeightOf(balls_[i], arc);
    least[i] = LeastFrom(arc.other, balls_[i]);
    if (label.sums[i] + least[i] > LimitOf(i)) return;
  }
  Place& place = Touch(arc.other);
  place.least = least;
  if (!MayFit(label, place) || !Admit(label, place)) return;
  Meet(label, place);
  const auto at = static_cast<uint32_t>(labels_.size());
  label.next = place.labels;
  place.labels = at;
  labels_.push_back(label);
  heap_.Push(graph::CostLength(label.sums[0] + Least(place, 0)) + label.hops, at);
  ted_->graph().PrefetchOut(label.node);
}

// A settled label precedes all that are offered later, since each arc adds a hop.
bool GuidedSearch::Admit(const Label& label, Place& place) {
  uint32_t* link = &place.labels;
  while (*link != kNone) {
    Label& other = labels_[*link];
    ++comparisons_;
    if (other.settled || Precedes(other, label)) {
      if (NoWorse(other, label)) return false;
    } else if (NoWorse(label, other)) {
      other.dead = true;
      *link = other.next;
      continue;
    }
    link = &other.next;
  }
  return true;
}

// At the target nothing more is added: any label there keeps the bounds.
bool GuidedSearch::NoWorse(const Label& a, const Label& b) const {
  if (a.node == target_) return true;
  for (size_t i = 1; i < count_; ++i) {
    if (a.sums[i] > b.sums[i]) return false;
  }
  return true;
}

bool GuidedSearch::Precedes(const Label& a, const Label& b) const {
  if (a.sums[0] != b.sums[0]) return a.sums[0] < b.sums[0];
  if (a.hops != b.hops) return a.hops < b.hops;
  return HasLowerLinks(labels_, a, b);
}

void GuidedSearch::Meet(const Label& label, const Place& place) {
  for (size_t ball = 0; ball < count_; ++ball) {
    const PerQuantity<uint32_t>& way = place.way[ball];
    bool fits = true;
    for (size_t i = 0; i < count_ && fits; ++i) {
      fits = way[i] != kFar && label.sums[i] + way[i] <= LimitOf(i);
    }
    if (fits) cost_limit_ = label.sums[0] + way[0];
  }
}

void GuidedSearch::GrowAll(size_t arcs) {
  for (size_t i = 0; i < count_; ++i) {
    Ball& ball = balls_[i];
    const int64_t pace = ball.tree != nullptr        ? kPaceWithTree
                         : ball.landmarks != nullptr ? kPaceWithLandmarks
                                                     : kPaceAlone;
    // In steps of `pace`, lest what is left over be lost.
    ball.credit += static_cast<int64_t>(arcs);
    while (ball.credit > 0 && !ball.heap.empty()) {
      const Node node = ball.heap.top_node();
      if ((places_[node].inside >> i & 1) == 0) {
        ball.credit -= pace * static_cast<int64_t>(ted_->graph().in(node).size() + 1);
      }
      Grow(i);
    }
  }
}

void GuidedSearch::Grow(size_t ball_index) {
  Ball& ball = balls_[ball_index];
  const Node node = ball.heap.top_node();
  const auto distance = static_cast<uint32_t>(ball.heap.top_key());
  ball.heap.Pop();
  Place& place = places_[node];
  if ((place.inside >> ball_index & 1) != 0) return;
  ball.radius = distance;
  if (distance > LimitOf(ball_index)) {
    ball.heap.Clear();
    return;
  }
  place.inside |= 1U << ball_index;
  const std::span<const Arc> arcs = ted_->graph().in(node);
  for (size_t i = 0; i < std::min(kAhead, arcs.size()); ++i) {
    __builtin_prefetch(&places_[arcs[i].other], 1);
  }
  for (size_t i = 0; i < arcs.size(); ++i) {
    if (i + kAhead < arcs.size()) __builtin_prefetch(&places_[arcs[i + kAhead].other], 1);
    Relax(ball_index, arcs[i], place, node);
  }
  if (!ball.heap.empty()) {
    ted_->graph().PrefetchIn(ball.heap.top_node());
  } else if (!ball.cut_off) {
    ball.radius = kBeyondAll;
  }
}

void GuidedSearch::Relax(size_t ball_index, const Arc& arc, const Place& head_place, Node head) {
  Ball& ball = balls_[ball_index];
  const uint64_t distance = head_place.way[ball_index][ball_index] + WeightOf(ball, arc);
  if (distance > LimitOf(ball_index)) return;
  if (distance >= kFar) {
    ball.cut_off = true;
    return;
  }
  Place& place = Touch(arc.other);
  PerQuantity<uint32_t>& way = place.way[ball_index];
  if (way[ball_index] <= distance || !(*filter_)(arc, arc.other, head)) return;
  for (size_t i = 0; i < count_; ++i) {
    const uint64_t sum = head_place.way[ball_index][i] + WeightOf(balls_[i], arc);
    way[i] = static_cast<uint32_t>(std::min<uint64_t>(sum, kFar));
  }
  ball.heap.Push(distance, arc.other);
  for (uint32_t at = place.labels; at != kNone; at = labels_[at].next) Meet(labels_[at], place);
}

Found GuidedSearch::Answer() const {
  Found found;
  if (answer_ == kNone) return found;
  found.status = Found::Status::kFound;
  found.has_links = true;
  found.cost = labels_[answer_].sums[0];
  found.links.resize(labels_[answer_].hops, LinkIndex(kNone));
  auto link = found.links.rbegin();
  for (uint32_t at = answer_; labels_[at].parent != kNone; at = labels_[at].parent) {
    *link++ = LinkIndex(labels_[at].arc);
  }
  return found;
}

}  // namespace srpce::cspf
