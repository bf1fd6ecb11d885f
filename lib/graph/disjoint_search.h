// lib/graph/disjoint_search.h -- the two searches behind FindDisjointPair.
//
// Both are bidirectional and go on until all their shortest paths are known. The first one's
// lengths, from the source where that side searched, to the target where the other did, and cut off
// in between, are potentials that make the second one's lengths non-negative.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "lib/graph/digraph.h"
#include "lib/graph/disjoint_workspace.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"

namespace srpce::graph {

// The search itself; see FindDisjointPair. Uses `landmarks` even where they do not guide.
template <typename Weight, typename Filter>
class DisjointSearch {
 public:
  DisjointSearch(const Digraph& graph, Node source, Node target, const Weight& weight,
                 const Filter& filter, DisjointKind kind, const Landmarks* landmarks,
                 DisjointWorkspace& work)
      : graph_(graph),
        ends_{source, target},
        weight_(weight),
        filter_(filter),
        kind_(kind),
        landmarks_(landmarks),
        work_(work) {
    if (landmarks_ != nullptr && std::max(source, target) >= landmarks_->node_count()) {
      landmarks_ = nullptr;
    }
  }

  bool Run(DisjointPair& pair) {
    work_.Reset(graph_.node_count());
    if (!Search()) return false;
    NoteFirst();
    if (!Search()) return false;
    Combine();
    work_.Split(ends_[kForward], ends_[kBackward], pair);
    return true;
  }

 private:
  using Label = DisjointWorkspace::Label;
  using Step = DisjointWorkspace::Step;
  static constexpr uint32_t kForward = DisjointWorkspace::kForward;
  static constexpr uint32_t kBackward = DisjointWorkspace::kBackward;
  // In the place of an arc: the first path's way through one of its nodes, run over backwards.
  static constexpr ArcId kInside = kNone;
  static constexpr size_t kAhead = 4;  // Arcs.

  // States. In the first search and under kEdge: the nodes. Under kNode an inner node of the first
  // path has two: itself, left for anywhere, and Entered(), come to from outside, where the only
  // way on is back along the first path, since the node is taken.
  uint32_t Entered(Node node) const { return graph_.node_count() + work_.place_[node]; }
  bool IsEntered(uint32_t state) const { return state >= graph_.node_count(); }
  Node NodeOf(uint32_t state) const {
    return IsEntered(state) ? work_.first_[state - graph_.node_count()].node : state;
  }
  // A sparse set (Briggs, Torczon 1993): whatever place_ says of a node, the path knows better.
  bool OnFirst(Node node) const {
    const uint32_t place = work_.place_[node];
    return place < work_.first_.size() && work_.first_[place].node == node;
  }
  bool IsSplit(Node node) const {
    return kind_ == DisjointKind::kNode && OnFirst(node) && node != ends_[kForward] &&
           node != ends_[kBackward];
  }
  // Where an arc that is not the first path's leads.
  uint32_t HeadState(Node head) const { return IsSplit(head) ? Entered(head) : head; }

  // Puts one shortest path of states into work_.walked_.
  bool Search() {
    work_.ResetSearch();
    best_ = kInfiniteLength;
    for (const uint32_t side : {kForward, kBackward}) {
      Touch(ends_[side]).length[side] = 0;
      work_.heaps_[side].Push(0, ends_[side]);
      floor_[side] = 0;
      scanned_[side] = 0;
    }
    Expand();
    if (best_ == kInfiniteLength) return false;
    for (const uint32_t meet : work_.meets_) {
      Collect(kForward, meet);
      Collect(kBackward, meet);
    }
    work_.Walk(ends_[kForward], ends_[kBackward]);
    return true;
  }

  Label& Touch(uint32_t state) {
    Label& label = work_.labels_[state];
    if (label.stamp != work_.stamp_) {
      label = {{kInfiniteLength, kInfiniteLength},
               PotentialOf(state, label),
               {kNone, kNone},
               work_.stamp_,
               0,
               0,
               0};
    }
    return label;
  }

  // Averaged bounds (Ikeda et al. 1994); in the second search plus what the first one found.
  Length PotentialOf(uint32_t state, const Label& label) {
    if (IsEntered(state)) return Touch(NodeOf(state)).potential;
    if (!is_second_) return Bounds(state);
    return label.stamp == first_stamp_ ? label.potential + Clamped(label) : Bounds(state) + radius_;
  }

  Length Bounds(Node node) const {
    if (landmarks_ == nullptr || node >= landmarks_->node_count()) return 0;
    const Landmarks::Line& line = landmarks_->line(node);
    return CostLength(Landmarks::Bound(landmarks_->line(ends_[kForward]), line)) -
           CostLength(Landmarks::Bound(line, landmarks_->line(ends_[kBackward])));
  }

  // The length from the source up to radius_; from there on what is left of the first path's when
  // the rest of the way has been gone.
  Length Clamped(const Label& label) const {
    if (label.length[kForward] < radius_) return label.length[kForward];
    return first_length_ - std::min(first_length_ - radius_, label.length[kBackward]);
  }

  // Until all shortest paths are known: each of their states is settled by one side at least.
  void Expand() {
    Heap(&heaps)[2] = work_.heaps_;
    while (!heaps[kForward].empty() && !heaps[kBackward].empty() &&
           heaps[kForward].top_key() + heaps[kBackward].top_key() <= best_) {
      // Equal work on both sides: a side that is soon exhausted ends the search soon.
      const uint32_t side = scanned_[kForward] <= scanned_[kBackward] ? kForward : kBackward;
      const uint32_t state = heaps[side].top_node();
      const Length length = heaps[side].top_key();
      heaps[side].Pop();
      Label& label = work_.labels_[state];
      if ((label.settled & (1U << side)) != 0 || label.length[side] != length) continue;
      label.settled = static_cast<uint8_t>(label.settled | (1U << side));
      floor_[side] = length;
      if (state == ends_[1 - side]) continue;
      const Length base = side == kForward ? length + label.potential : length - label.potential;
      ForEachArc(side, state, [&](uint32_t other, ArcId arc, Length doubled) {
        Relax(side, other, arc, base + doubled);
      });
    }
  }

  // Calls visit(state, arc, 2 * length) for each way from `state` (kForward) or to it.
  template <typename Visit>
  void ForEachArc(uint32_t side, uint32_t state, const Visit& visit) {
    const Node node = NodeOf(state);
    if (!OnFirst(node)) {
      VisitOutside(side, node, kNone, kNone, visit);
      return;
    }
    const uint32_t place = work_.place_[node];
    const bool split = IsSplit(node);
    const bool outside = (side == kForward) != IsEntered(state);
    if (!split || outside) {
      const Step& in = work_.first_[place];
      const Step& out = work_.first_[place + 1 < work_.first_.size() ? place + 1 : 0];
      const Step& taken = side == kForward ? out : in;
      const Step& mirrored = side == kForward ? in : out;
      VisitOutside(side, node, taken.arc, mirrored.reverse, visit);
    }
    if (split && outside) {
      visit(side == kForward ? Entered(node) : node, kInside, Length{0});
    } else {
      VisitFirst(side, place, visit);
    }
  }

  // All arcs of the graph but for those two.
  template <typename Visit>
  void VisitOutside(uint32_t side, Node node, ArcId taken, ArcId reverse, const Visit& visit) {
    const std::span<const Arc> arcs = side == kForward ? graph_.out(node) : graph_.in(node);
    scanned_[side] += 1 + arcs.size();
    for (size_t i = 0; i < arcs.size(); ++i) {
      if (i + kAhead < arcs.size()) __builtin_prefetch(&work_.labels_[arcs[i + kAhead].other], 1);
      const Arc& arc = arcs[i];
      if (arc.id == taken || arc.id == reverse) continue;
      const Length doubled = 2 * ArcLength(weight_(arc));
      if (side == kForward) {
        if (filter_(arc, node, arc.other)) visit(HeadState(arc.other), arc.id, doubled);
      } else {
        if (filter_(arc, arc.other, node)) visit(arc.other, arc.id, doubled);
      }
    }
  }

  // Back along the first path, by a step from (kForward) or to `place`.
  template <typename Visit>
  void VisitFirst(uint32_t side, uint32_t place, const Visit& visit) {
    const uint32_t step = side == kForward ? place : place + 1;
    if (step == 0 || step == work_.first_.size()) return;
    const Step& over = work_.first_[step];
    const uint32_t other =
        side == kForward ? work_.first_[step - 1].node : HeadState(work_.first_[step].node);
    visit(other, over.arc, Length{0} - 2 * ArcLength(over.weight));
  }

  void Relax(uint32_t side, uint32_t state, ArcId arc, Length base) {
    const Length most = best_ - floor_[1 - side];  // Longer ones are of no use.
    const bool flat = !is_second_ && landmarks_ == nullptr;
    if (flat && base > most) return;
    Label& label = Touch(state);
    const Length length = side == kForward ? base - label.potential : base + label.potential;
    if (length > most || length > label.length[side]) return;
    if (length == label.length[side]) {
      label.tied = static_cast<uint8_t>(label.tied | (1U << side));
      return;
    }
    label.length[side] = length;
    label.arc[side] = arc;
    label.tied = static_cast<uint8_t>(label.tied & ~(1U << side));
    work_.heaps_[side].Push(length, state);
    const Length total = length + label.length[1 - side];
    if (total < best_) {
      best_ = total;
      work_.meets_.clear();
    }
    if (total == best_) work_.meets_.push_back(state);
  }

  // Adds to work_.tight_ every arc of every shortest path between `meet` and the end of `side`.
  void Collect(uint32_t side, uint32_t meet) {
    work_.stack_.assign(1, meet);
    while (!work_.stack_.empty()) {
      const uint32_t state = work_.stack_.back();
      work_.stack_.pop_back();
      Label& label = work_.labels_[state];
      if ((label.collected & (1U << side)) != 0 || state == ends_[side]) continue;
      label.collected = static_cast<uint8_t>(label.collected | (1U << side));
      if ((label.tied & (1U << side)) == 0) {
        AddTight(side, state, label.arc[side], Before(side, state, label.arc[side]));
        continue;
      }
      const Length base =
          label.length[side] + (side == kForward ? label.potential : -label.potential);
      ForEachArc(1 - side, state, [&](uint32_t before, ArcId arc, Length doubled) {
        const Label& other = work_.labels_[before];
        if (other.stamp != work_.stamp_ || (other.settled & (1U << side)) == 0) return;
        const Length reduced = side == kForward ? other.potential : -other.potential;
        if (other.length[side] + reduced + doubled == base) AddTight(side, state, arc, before);
      });
    }
  }

  // Where `side` came from when it labelled `state` by `arc`.
  uint32_t Before(uint32_t side, uint32_t state, ArcId arc) const {
    const Node node = NodeOf(state);
    if (arc == kInside) return side == kForward ? node : Entered(node);
    const ArcEnds ends = graph_.ends(arc);
    const bool cancels = node == (side == kForward ? ends.tail : ends.head);
    return (side == kForward) == cancels ? HeadState(ends.head) : ends.tail;
  }

  void AddTight(uint32_t side, uint32_t state, ArcId arc, uint32_t before) {
    work_.tight_.push_back(side == kForward ? DisjointWorkspace::StateArc{before, arc, state}
                                            : DisjointWorkspace::StateArc{state, arc, before});
    work_.stack_.push_back(before);
  }

  // Makes the potentials of the second search those that the first ended with. Either side's
  // lengths are exact up to its part of best_.
  void NoteFirst() {
    const Heap& forward = work_.heaps_[kForward];
    radius_ = best_ - floor_[kBackward];
    if (!forward.empty()) radius_ = std::min(radius_, forward.top_key());
    first_length_ = best_;
    first_stamp_ = work_.stamp_;
    is_second_ = true;
    work_.first_.assign(1, {ends_[kForward], kNone, kNone, 0, false});
    for (const DisjointWorkspace::StateArc& arc : work_.walked_) {
      const ArcData& data = graph_.data(arc.arc);
      work_.first_.push_back(
          {arc.head, arc.arc, data.reverse, weight_({arc.head, arc.arc, data}), false});
    }
    work_.NotePlaces(graph_.node_count());
  }

  // What both paths run over: the first and the second, without what cancels out.
  void Combine() {
    for (const DisjointWorkspace::StateArc& arc : work_.walked_) {
      if (arc.arc == kInside) continue;
      const ArcEnds ends = graph_.ends(arc.arc);
      if (ends.head == NodeOf(arc.head)) {
        const Arc used{ends.head, arc.arc, graph_.data(arc.arc)};
        work_.used_.push_back({ends.tail, arc.arc, ends.head, weight_(used), false});
      } else {
        work_.first_[work_.place_[ends.head]].cancelled = true;
      }
    }
    for (size_t i = 1; i < work_.first_.size(); ++i) {
      const Step& step = work_.first_[i];
      if (step.cancelled) continue;
      work_.used_.push_back({work_.first_[i - 1].node, step.arc, step.node, step.weight, false});
    }
  }

  const Digraph& graph_;
  const Node ends_[2];
  const Weight& weight_;
  const Filter& filter_;
  const DisjointKind kind_;
  const Landmarks* landmarks_;
  DisjointWorkspace& work_;
  bool is_second_ = false;
  Length best_ = kInfiniteLength;
  Length floor_[2] = {0, 0};    // Of what the side has settled last.
  size_t scanned_[2] = {0, 0};  // Arcs and nodes.
  // Of the first search: how far its forward lengths count as potentials, and all of its path.
  Length radius_ = 0;
  Length first_length_ = 0;
  uint32_t first_stamp_ = 0;
};

}  // namespace srpce::graph
