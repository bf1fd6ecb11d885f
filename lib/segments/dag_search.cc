#include "lib/segments/dag_search.h"

#include <algorithm>

namespace srpce::segments {

using graph::Arc;
using graph::Distance;
using graph::kUnreachable;
using graph::Node;

void DagSearch::Run(const IgpView& view, Node start, std::span<const Owner> owners,
                    Distance known_cost, ShortestDag& dag, std::vector<Stop>* cheaper) {
  Reset(view, start, owners, known_cost);
  Touch(start).distance[kForward] = 0;
  if (!one_sided_) heaps_[kForward].Push(0, start);
  for (const Owner& owner : owners) Seed(owner);
  Search();
  dag.cost = best_;
  dag.arcs.clear();
  if (Undercuts()) {
    if (cheaper != nullptr) TraceWay(*cheaper);
  } else if (best_ != kUnreachable) {
    Collect(dag.arcs);
  }
}

void DagSearch::Reset(const IgpView& view, Node start, std::span<const Owner> owners,
                      Distance known_cost) {
  view_ = &view;
  start_ = start;
  start_overloaded_ = view.IsOverloaded(start);
  one_sided_ = owners.size() > 1;
  passes_owner_ = false;
  best_ = kUnreachable;
  limit_ = known_ = known_cost;
  const uint32_t node_count = view.ted().graph().node_count();
  if (labels_.size() < node_count) {
    labels_.resize(node_count);
  }
  if (++stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
    labels_.assign(labels_.size(), Label{});
    stamp_ = 1;
  }
  heaps_[kForward].Clear();
  heaps_[kBackward].Clear();
  scanned_ = {0, 0};
  meets_.clear();
  owned_.clear();
  const graph::Landmarks* bounds = one_sided_ ? nullptr : view.bounds();
  const bool known = bounds != nullptr && start < bounds->node_count() &&
                     owners.front().node.value() < bounds->node_count();
  bounds_ = known ? bounds : nullptr;
  if (known) {
    ends_ = {&bounds->line(start), &bounds->line(owners.front().node.value())};
  }
}

DagSearch::Label& DagSearch::Touch(Node node) {
  Label& label = labels_[node];
  if (label.stamp != stamp_) {
    label = {.distance = {kUnreachable, kUnreachable},
             .parent = {graph::kNone, graph::kNone},
             .stamp = stamp_,
             .settled = {false, false},
             .owner = false,
             .marks = 0};
  }
  return label;
}

void DagSearch::Seed(const Owner& owner) {
  const Node node = owner.node.value();
  if (!view_->TakesPart(node)) {
    return;
  }
  Label& label = Touch(node);
  label.owner = true;
  const Distance metric = one_sided_ ? owner.metric : 0;
  owned_.emplace_back(node, metric);
  if (metric < label.distance[kBackward]) {
    label.distance[kBackward] = metric;
    heaps_[kBackward].Push(metric, node);
  }
}

void DagSearch::Search() {
  while (!Undercuts()) {
    if (heaps_[kBackward].empty() || (!one_sided_ && heaps_[kForward].empty())) {
      return;
    }
    if ((one_sided_ ? 0 : Floor(kForward)) + Floor(kBackward) > limit_) {
      return;
    }
    const bool go_forward = !one_sided_ && scanned_[kForward] + NextArcs(kForward) <=
                                               scanned_[kBackward] + NextArcs(kBackward);
    SettleBatch(go_forward ? kForward : kBackward);
  }
}

Distance DagSearch::Floor(size_t side) const {
  const graph::Heap& heap = heaps_[side];
  return heap.empty() ? 0 : static_cast<Distance>(heap.top_key());
}

size_t DagSearch::NextArcs(size_t side) const {
  const Node next = heaps_[side].top_node();
  const graph::Digraph& graph = view_->ted().graph();
  return (side == kForward ? graph.out(next) : graph.in(next)).size();
}

// Settles all nodes at the least distance of `side`, those found on the way included.
void DagSearch::SettleBatch(size_t side) {
  graph::Heap& heap = heaps_[side];
  const graph::Length key = heap.top_key();
  const auto distance = static_cast<Distance>(key);
  while (!heap.empty() && heap.top_key() == key) {
    const Node node = heap.top_node();
    heap.Pop();
    Label& label = labels_[node];
    if (label.settled[side] || label.distance[side] != distance) {
      continue;
    }
    if (side == kForward) {
      if (node != start_ && IsOverloadedTail(node)) {
        continue;
      }
      label.settled[kForward] = true;
      RelaxForward(node, distance);
    } else {
      label.settled[kBackward] = true;
      RelaxBackward(node, distance);
    }
  }
}

// The flag is on each arc that leaves the node; without one there is nothing to relax either way.
bool DagSearch::IsOverloadedTail(Node node) const {
  const auto arcs = view_->ted().graph().out(node);
  return !arcs.empty() && (arcs.front().data.flags & topology::kArcTailOverloaded) != 0;
}

// Puts into near_ the arcs by which some way that is looked for may go on. No way so short leads on
// to where the other side has still to come; nor, then, to where it has been: that side has looked
// over the arc the other way.
void DagSearch::FindNear(size_t side, std::span<const Arc> arcs, Distance distance) {
  scanned_[side] += 1 + arcs.size();
  near_.clear();
  const Distance least_left = one_sided_ ? 0 : Floor(1 - side);
  for (const Arc& arc : arcs) {
    if (distance + view_->Weight(arc) + least_left > limit_) continue;
    // Two cache lines anywhere in memory.
    __builtin_prefetch(&labels_[arc.other], 1);
    if (bounds_ != nullptr && arc.other < bounds_->node_count()) {
      __builtin_prefetch(&bounds_->line(arc.other));
    }
    near_.push_back(&arc);
  }
}

void DagSearch::RelaxForward(Node tail, Distance distance) {
  FindNear(kForward, view_->ted().graph().out(tail), distance);
  for (const Arc* arc : near_) {
    const Node head = arc->other;
    const Distance reached = distance + view_->Weight(*arc);
    if (view_->Admits(*arc, tail) && view_->TakesPart(head) &&
        Improve(kForward, head, reached, tail) && !labels_[head].owner) {
      heaps_[kForward].Push(reached, head);
    }
  }
}

void DagSearch::RelaxBackward(Node head, Distance distance) {
  FindNear(kBackward, view_->ted().graph().in(head), distance);
  for (const Arc* arc : near_) {
    const Node tail = arc->other;
    const Distance left = distance + view_->Weight(*arc);
    const bool no_transit = (arc->data.flags & topology::kArcTailOverloaded) != 0;
    if ((!no_transit || tail == start_) && view_->Admits(*arc, tail) && view_->TakesPart(tail) &&
        Improve(kBackward, tail, left, head) && !no_transit) {
      heaps_[kBackward].Push(left, tail);
    }
  }
}

bool DagSearch::Improve(size_t side, Node node, Distance distance, Node parent) {
  if (distance + Bound(side, node) > limit_) return false;
  Label& label = Touch(node);
  if (distance >= label.distance[side]) return false;
  label.distance[side] = distance;
  label.parent[side] = parent;
  if (label.distance[1 - side] != kUnreachable) {
    const Distance total = distance + label.distance[1 - side];
    if (total < best_) {
      best_ = total;
      limit_ = std::min(limit_, best_);
      meets_.clear();
    }
    if (total == best_) {
      meets_.push_back(node);
    }
  }
  return true;
}

// A lower bound of what is left from `node` to the other end.
Distance DagSearch::Bound(size_t side, Node node) const {
  if (bounds_ == nullptr || node >= bounds_->node_count()) return 0;
  const graph::Landmarks::Line& line = bounds_->line(node);
  return side == kForward ? graph::Landmarks::Bound(line, *ends_[kBackward])
                          : graph::Landmarks::Bound(*ends_[kForward], line);
}

void DagSearch::TraceWay(std::vector<Stop>& way) const {
  way.clear();
  const Node meet = meets_.back();
  for (Node node = meet; node != graph::kNone; node = labels_[node].parent[kForward]) {
    way.push_back({node, labels_[node].distance[kForward]});
  }
  std::reverse(way.begin(), way.end());
  for (Node node = labels_[meet].parent[kBackward]; node != graph::kNone;
       node = labels_[node].parent[kBackward]) {
    way.push_back({node, best_ - labels_[node].distance[kBackward]});
  }
}

}  // namespace srpce::segments
