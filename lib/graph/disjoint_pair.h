// lib/graph/disjoint_pair.h -- two paths of least total length that share no edge, or no node
// (Suurballe 1974; Suurballe, Tarjan 1984).
//
// The two arcs of an edge (ArcData::reverse) count as one. A first shortest path gives potentials
// that make all lengths non-negative; a second search may cancel arcs of the first by running back
// over them. Using both arcs of an edge is never shorter than using neither, so the second search
// simply may not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/dijkstra.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {

enum class DisjointKind : uint8_t {
  kEdge,
  kNode
};  // kNode: also edge-disjoint; source and target are spared.

struct DisjointPair {
  FoundPath first;  // The lesser by (cost, hops, arc ids).
  FoundPath second;
};

// Scratch memory of FindDisjointPair. Not thread-safe.
class DisjointWorkspace {
 private:
  template <typename Weight, typename Filter>
  friend class DisjointSearch;

  // Of a state of either search. In the second, a node of the first path has two states under
  // kNode: see DisjointSearch.
  struct Label {
    Length length;
    uint32_t parent;
    ArcId arc;
    uint32_t stamp;
    bool cancels;  // The arc is one of the first path, run over backwards.
    bool settled;
  };
  // Of a node: what both searches keep of the first.
  struct Mark {
    Length potential;
    ArcId out_arc;  // The first path's arc that leaves the node, that arc's reverse, and the one
                    // that enters.
    ArcId out_reverse;
    ArcId in_arc;
    Node before;
    uint32_t stamp;  // Of potential.
    uint32_t path_stamp;
  };
  struct UsedArc {
    Node tail;
    ArcId arc;
    Node head;
    Distance weight;
  };

  void Reset(uint32_t node_count);
  // Splits used_ into two paths, lowest arc ids first.
  void Split(Node source, Node target, DisjointPair& pair);

  std::vector<Label> labels_;
  std::vector<Mark> marks_;
  Heap heap_;
  std::vector<UsedArc> used_;
  std::vector<ArcId> cancelled_;
  uint32_t stamp_ = 0;
};

// The search itself; see FindDisjointPair.
template <typename Weight, typename Filter>
class DisjointSearch {
 public:
  DisjointSearch(const Digraph& graph, Node source, Node target, const Weight& weight,
                 const Filter& filter, DisjointKind kind, const Landmarks* landmarks,
                 DisjointWorkspace& work)
      : graph_(graph),
        source_(source),
        target_(target),
        weight_(weight),
        filter_(filter),
        kind_(kind),
        landmarks_(landmarks),
        work_(work) {
    if (landmarks_ != nullptr && target_ >= landmarks_->node_count()) {
      landmarks_ = nullptr;
    }
  }

  bool Run(DisjointPair& pair) {
    work_.Reset(graph_.node_count());
    if (!SearchFirst()) {
      return false;
    }
    MarkFirst();
    if (!SearchSecond()) {
      return false;
    }
    CollectSecond();
    work_.Split(source_, target_, pair);
    return true;
  }

 private:
  using Label = DisjointWorkspace::Label;
  using Mark = DisjointWorkspace::Mark;

  Label& Touch(uint32_t state) {
    Label& label = work_.labels_[state];
    if (label.stamp != work_.stamp_) {
      label = {kInfiniteLength, kNone, kNone, work_.stamp_, false, false};
    }
    return label;
  }

  void Offer(uint32_t state, Length length, uint32_t parent, ArcId arc, bool cancels) {
    Label& label = Touch(state);
    if (length < label.length) {
      label.length = length;
      label.parent = parent;
      label.arc = arc;
      label.cancels = cancels;
      work_.heap_.Push(length, state);
    }
  }

  // Settles and returns the next state, kNone after the last.
  uint32_t Settle() {
    while (!work_.heap_.empty()) {
      const uint32_t state = work_.heap_.top_node();
      work_.heap_.Pop();
      if (!work_.labels_[state].settled) {
        work_.labels_[state].settled = true;
        return state;
      }
    }
    return kNone;
  }

  Length Bound(Node node) const {
    return landmarks_ == nullptr ? 0 : CostLength(landmarks_->Bound(node, target_));
  }

  // A* from the source. Potentials are lengths + bounds, cut at the target's: those of nodes beyond
  // it are never needed exactly.
  bool SearchFirst() {
    Offer(source_, Bound(source_), kNone, kNone, false);
    for (uint32_t node = Settle(); node != kNone; node = Settle()) {
      const Length length = work_.labels_[node].length;
      SetPotential(node, length);
      if (node == target_) {
        farthest_ = length;
        return true;
      }
      const Length bound = Bound(node);
      for (const Arc& arc : graph_.out(node)) {
        if (filter_(arc, node, arc.other)) {
          Offer(arc.other, length + ArcLength(weight_(arc)) - bound + Bound(arc.other), node,
                arc.id, false);
        }
      }
    }
    return false;
  }

  void SetPotential(Node node, Length potential) {
    work_.marks_[node].potential = potential;
    work_.marks_[node].stamp = work_.stamp_;
  }
  // Less the bound: what makes weight + potential(tail) - potential(head) non-negative.
  Length Potential(Node node) const {
    const Mark& mark = work_.marks_[node];
    return (mark.stamp == first_stamp_ ? mark.potential : farthest_) + (Length{1} << 126) -
           Bound(node);
  }

  void MarkFirst() {
    first_stamp_ = work_.stamp_;
    Mark* after = nullptr;
    for (Node node = target_;;) {
      Mark& mark = work_.marks_[node];
      mark.path_stamp = first_stamp_;
      mark.out_arc = after == nullptr ? kNone : after->in_arc;
      mark.out_reverse = mark.out_arc == kNone ? kNone : graph_.data(mark.out_arc).reverse;
      mark.in_arc = work_.labels_[node].arc;
      mark.before = work_.labels_[node].parent;
      if (node == source_) {
        return;
      }
      after = &mark;
      node = mark.before;
    }
  }

  bool OnFirst(Node node) const { return work_.marks_[node].path_stamp == first_stamp_; }

  // States: a node, or with kNode node_count + v for entering an inner node v of the first path
  // from outside: from there the only way is back along that path, since the node itself is taken.
  bool SearchSecond() {
    ++work_.stamp_;
    work_.heap_.Clear();
    Offer(source_, 0, kNone, kNone, false);
    const uint32_t count = graph_.node_count();
    for (uint32_t state = Settle(); state != kNone; state = Settle()) {
      if (state == target_) {
        return true;
      }
      const Length length = work_.labels_[state].length;
      const bool entered = state >= count;
      const Node node = entered ? state - count : state;
      if (!entered) {
        ScanSecond(node, length);
      }
      if (!OnFirst(node) || node == source_) {
        continue;
      }
      const Mark& mark = work_.marks_[node];
      if (entered || kind_ == DisjointKind::kEdge) {
        Offer(mark.before, length, state, mark.in_arc,
              true);  // Arcs of the first path have reduced length 0 both ways.
      } else {
        Offer(count + node, length, state, kNone, false);  // The node's inside, run over backwards.
      }
    }
    return false;
  }

  void ScanSecond(Node node, Length length) {
    const Length base = length + Potential(node);
    const ArcId taken = OnFirst(node) ? work_.marks_[node].out_arc : kNone;
    for (const Arc& arc : graph_.out(node)) {
      const bool head_on_first = OnFirst(arc.other);
      if (arc.id == taken || arc.other == source_ ||
          (head_on_first && work_.marks_[arc.other].out_reverse == arc.id) ||
          !filter_(arc, node, arc.other)) {
        continue;
      }
      const bool enters = head_on_first && kind_ == DisjointKind::kNode && arc.other != target_;
      Offer(enters ? graph_.node_count() + arc.other : arc.other,
            base + ArcLength(weight_(arc)) - Potential(arc.other), node, arc.id, false);
    }
  }

  void CollectSecond() {
    for (uint32_t state = target_; state != source_; state = work_.labels_[state].parent) {
      const Label& label = work_.labels_[state];
      if (label.arc == kNone) {
        continue;
      }
      if (label.cancels) {
        work_.cancelled_.push_back(label.arc);
      } else {
        Use(label.arc);
      }
    }
    for (Node node = target_; node != source_; node = work_.marks_[node].before) {
      const ArcId arc = work_.marks_[node].in_arc;
      if (std::find(work_.cancelled_.begin(), work_.cancelled_.end(), arc) ==
          work_.cancelled_.end()) {
        Use(arc);
      }
    }
  }

  void Use(ArcId id) {
    const ArcEnds ends = graph_.ends(id);
    const Arc arc{ends.head, id, graph_.data(id)};
    work_.used_.push_back({ends.tail, id, ends.head, static_cast<Distance>(weight_(arc))});
  }

  const Digraph& graph_;
  const Node source_;
  const Node target_;
  const Weight& weight_;
  const Filter& filter_;
  const DisjointKind kind_;
  const Landmarks* landmarks_;
  DisjointWorkspace& work_;
  Length farthest_ = 0;  // Potential of the target.
  uint32_t first_stamp_ = 0;
};

// Returns whether there are two disjoint paths, and puts the two of least total (cost, hops) into
// `pair`; further ties go by node order, deterministically. `landmarks` as in FindPath. REQUIRES
// source != target, both < graph.node_count().
template <typename Weight, typename Filter>
bool FindDisjointPair(const Digraph& graph, Node source, Node target, const Weight& weight,
                      const Filter& filter, DisjointKind kind, const Landmarks* landmarks,
                      DisjointWorkspace& work, DisjointPair& pair) {
  return DisjointSearch<Weight, Filter>(graph, source, target, weight, filter, kind, landmarks,
                                        work)
      .Run(pair);
}

}  // namespace srpce::graph
