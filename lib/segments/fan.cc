// lib/segments/fan.cc -- Dijkstra by batches of equal distance: predecessors are judged first, with
// metric 0, too.
#include "lib/segments/fan.h"

#include "lib/segments/follow_dag.h"
#include "lib/segments/shortest_dag.h"

namespace srpce::segments {

using graph::Arc;
using graph::Distance;
using graph::Node;

namespace {

// What a search from both ends looks at besides the ways it finds, roughly.
constexpr uint64_t kNodesPerSearch = 64;

}  // namespace

void Fan::Begin(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
                uint64_t most_cost) {
  view_ = &view;
  space_ = &space;
  branches_ = branches;
  most_cost_ = most_cost;
  start_ = space.NodeOf(start);
  left_out_ = false;
}

bool Fan::Run(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
              uint64_t most_cost, Sink sink) {
  Begin(view, space, start, branches, most_cost);
  if (!view.exists() || !view.TakesPart(start_)) return true;
  spot_of_.resize(space.ted().graph().node_count());
  spots_.clear();
  heap_.Clear();
  hopeful_ = 0;
  Spot& spot = Touch(start_);
  spot.distance = 0;
  spot.walk = start;
  spot.settled = true;
  spot.allowed = true;
  RelaxFree(start_);
  Relax(start_);
  while (hopeful_ > 0 && !left_out_) SettleNearest(sink);
  return !left_out_;
}

void Fan::RunEach(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
                  uint64_t most_cost, Sink sink) {
  Begin(view, space, start, branches, most_cost);
  const uint32_t count = space.ted().graph().node_count();
  for (Node node = 0; node < count; ++node) {
    if (node == start_ || !space.ted().HasNode(NodeIndex(node)) || !space.IsRouter(node)) continue;
    const std::optional<Walk> walk = WalkTo(node, start);
    if (walk && MayGoOn(*walk)) sink(node, *walk);
  }
}

std::optional<Walk> Fan::WalkTo(Node node, const Walk& start) {
  const Owner owner{NodeIndex(node)};
  const auto dag = FindShortestDag(*view_, NodeIndex(start_), {&owner, 1});
  settled_ += kNodesPerSearch + dag->arcs.size();
  if (dag->arcs.empty()) return std::nullopt;
  bool allowed = true;
  const auto take = [&](const DagArc& arc, const Walk& walk) {
    const graph::ArcId id = arc.link.value();
    const bool passed = arc.tail == start_ || space_->Carries(arc.tail);
    allowed &= passed && space_->Allows({arc.head, id, space_->ted().graph().data(id)}, arc.tail);
    return allowed ? space_->Take(walk, arc.link) : walk;
  };
  const auto ends =
      FollowDag(*dag, start_, start, take, [&] { allowed &= branches_ == Branches::kAny; });
  if (!ends || !allowed || ends->size() != 1) return std::nullopt;
  return ends->front().second;
}

bool Fan::MayGoOn(const Walk& walk) const {
  const uint64_t cost = space_->LeastCost(walk);
  return cost != graph::kUnreachable && cost <= most_cost_ && space_->MayKeepBounds(walk);
}

// A stale index is told from a valid one by what it points to.
Fan::Spot* Fan::Find(Node node) {
  const uint32_t at = spot_of_[node];
  return at < spots_.size() && spots_[at].node == node ? &spots_[at] : nullptr;
}

Fan::Spot& Fan::Touch(Node node) {
  if (Spot* spot = Find(node)) return *spot;
  spot_of_[node] = static_cast<uint32_t>(spots_.size());
  return spots_.emplace_back(Spot{.node = node});
}

void Fan::Offer(Node head, Distance distance, bool allowed) {
  Spot& spot = Touch(head);
  if (spot.settled || distance > spot.distance) return;
  const bool before = spot.allowed;
  if (distance < spot.distance) {
    spot.distance = distance;
    spot.allowed = allowed;
    heap_.Push(distance, head);
  } else {
    spot.allowed &= allowed;
  }
  hopeful_ += spot.allowed ? 1 : 0;
  hopeful_ -= before ? 1 : 0;
}

bool Fan::Sends(const Arc& arc, Node tail) const {
  const bool no_transit = (arc.data.flags & topology::kArcTailOverloaded) != 0;
  return (!no_transit || tail == start_) && view_->Admits(arc, tail);
}

void Fan::SettleNearest(Sink sink) {
  const auto distance = static_cast<Distance>(heap_.top_key());
  batch_.clear();
  any_free_ = false;
  while (!heap_.empty() && static_cast<Distance>(heap_.top_key()) == distance) {
    const Node node = heap_.top_node();
    heap_.Pop();
    Spot& spot = *Find(node);
    if (spot.settled || spot.distance != distance) continue;
    spot.settled = true;
    hopeful_ -= spot.allowed ? 1 : 0;
    batch_.push_back(node);
    RelaxFree(node);
  }
  settled_ += batch_.size();
  JudgeAll(sink);
  for (const Node node : batch_) Relax(node);
}

void Fan::RelaxFree(Node tail) {
  const Distance distance = Find(tail)->distance;
  for (const Arc& arc : space_->ted().graph().out(tail)) {
    if (!Sends(arc, tail) || view_->Weight(arc) != 0 || !view_->TakesPart(arc.other)) continue;
    Offer(arc.other, distance, Find(tail)->allowed);
    Spot& head = *Find(arc.other);
    if (head.distance == distance && arc.other != start_ && tail != start_) {
      ++head.free_ways;
      any_free_ = true;
    }
  }
}

void Fan::Relax(Node tail) {
  const Spot from = *Find(tail);
  for (const Arc& arc : space_->ted().graph().out(tail)) {
    const Distance weight = view_->Weight(arc);
    if (weight == 0 || !Sends(arc, tail) || !view_->TakesPart(arc.other)) continue;
    Offer(arc.other, from.distance + weight, from.allowed);
  }
}

// In an order in which everything that leads to a node is judged before it. Where there is none
// nothing is known.
void Fan::JudgeAll(Sink sink) {
  if (!any_free_) {
    for (const Node node : batch_) Judge(node, sink);
    return;
  }
  std::vector<Node> ready;
  for (const Node node : batch_) {
    if (Find(node)->free_ways == 0) ready.push_back(node);
  }
  for (size_t i = 0; i < ready.size(); ++i) {
    Judge(ready[i], sink);
    for (const Arc& arc : space_->ted().graph().out(ready[i])) {
      if (!Sends(arc, ready[i]) || view_->Weight(arc) != 0) continue;
      Spot* head = Find(arc.other);
      if (head == nullptr || head->free_ways == 0) continue;
      if (--head->free_ways == 0) ready.push_back(arc.other);
    }
  }
  for (const Node node : batch_) {
    Spot& spot = *Find(node);
    if (spot.free_ways == 0) continue;
    spot.free_ways = 0;
    left_out_ |= spot.allowed;
    spot.allowed = false;
  }
}

void Fan::Judge(Node node, Sink sink) {
  Spot& spot = *Find(node);
  if (!spot.allowed) return;
  spot.allowed = false;
  size_t ways = 0;
  for (const Arc& arc : space_->ted().graph().in(node)) {
    const Node tail = arc.other;
    const Spot* from = Find(tail);
    if (from == nullptr || !from->settled || !Sends(arc, tail) ||
        from->distance + view_->Weight(arc) != spot.distance) {
      continue;
    }
    const Arc out{node, arc.id, arc.data};
    const bool passed = tail == start_ || space_->Carries(tail);
    if (!from->allowed || !passed || !space_->Allows(out, tail)) return;
    if (++ways > 1 && branches_ == Branches::kOne) return;
    const Walk walk = space_->Take(from->walk, LinkIndex(arc.id));
    if (ways == 1) {
      spot.walk = walk;
    } else {
      spot.walk.Join(walk);
    }
  }
  if (ways == 0 || !MayGoOn(spot.walk)) return;
  spot.allowed = true;
  if (space_->IsRouter(node)) sink(node, spot.walk);
}

}  // namespace srpce::segments
