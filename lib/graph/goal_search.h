// lib/graph/goal_search.h -- the shortest path to a node to which distances over at least the arcs
// that pass are at hand (ReverseTree, LazyDistances): A* (Hart, Nilsson, Raphael 1968).
//
// Where the filter leaves the shortest paths alone it walks straight to the target; where it does
// not, it looks at the nodes that the detour costs. One that cannot be had costs all nodes: hence
// the limit, beyond which a bidirectional search is the better one.
#pragma once

#include <cstdint>
#include <span>

#include "lib/graph/digraph.h"
#include "lib/graph/heap.h"
#include "lib/graph/path_search.h"

namespace srpce::graph {

enum class GoalResult : uint8_t { kFound, kNone, kGaveUp };

template <typename Weight, typename Filter, typename Distances>
class GoalSearch {
 public:
  GoalSearch(const Digraph& graph, const Weight& weight, const Filter& filter,
             const Distances& tree, PathWorkspace& work)
      : graph_(graph), weight_(weight), filter_(filter), tree_(tree), work_(work) {}

  // Puts the path that FindPath names into `path`. Gives up after expanding `most` nodes. REQUIRES
  // the distances bound those of `graph` from below and consistently, arcs weigh no less than they
  // say, and the filter refuses those that they leave out.
  GoalResult Run(Node source, uint64_t most, FoundPath& path) {
    path.arcs.clear();
    path.cost = 0;
    work_.Reset(graph_.node_count());
    target_ = tree_.target();
    if (source == target_) return GoalResult::kFound;
    if (tree_.distance(source) == Distances::kNoWay) return GoalResult::kNone;
    best_ = Descend(source);
    Label& start = Touch(source, tree_.distance(source));
    start.length[kForward] = 0;
    work_.heaps_[kForward].Push(Key(start.bound[kForward], 0), source);
    if (!Expand(most)) return GoalResult::kGaveUp;
    if (best_ == kInfiniteLength) return GoalResult::kNone;
    path.cost = CostOf(best_);
    Collect(source);
    work_.Walk(source, target_, path);
    return GoalResult::kFound;
  }

 private:
  using Label = PathWorkspace::Label;
  static constexpr uint32_t kForward = PathWorkspace::kForward;

  // Returns the length of the path that takes what looks like the best arc at each node, infinite
  // if it does not get nearer all the time. What is longer need not be looked at: around a hub that
  // is nearly everything.
  Length Descend(Node source) const {
    Length length = 0;
    Node node = source;
    while (node != target_) {
      const uint32_t here = tree_.distance(node);
      Length least = kInfiniteLength;
      Node next = kNone;
      for (const Arc& arc : graph_.out(node)) {
        const uint32_t bound = tree_.distance(arc.other);
        if (bound >= here) continue;
        const Length over = ArcLength(weight_(arc)) + CostLength(bound);
        if (over < least && filter_(arc, node, arc.other)) {
          least = over;
          next = arc.other;
        }
      }
      if (next == kNone) return kInfiniteLength;
      length += least - CostLength(tree_.distance(next));
      node = next;
    }
    return length;
  }

  Label& Touch(Node node, uint32_t bound) {
    Label& label = work_.labels_[node];
    if (label.stamp != work_.stamp_) {
      ++work_.touched_;
      label.length[kForward] = kInfiniteLength;
      label.arc[kForward] = kNone;
      label.bound[kForward] = bound;
      label.stamp = work_.stamp_;
      label.tied[kForward] = 0;
      label.expanded = 0;
      label.collected = 0;
    }
    return label;
  }

  // The bound counts no hops, so keys grow strictly along a path: a node expanded is done.
  static Length Key(uint32_t bound, Length length) { return length + CostLength(bound); }

  bool Expand(uint64_t most) {
    Heap& heap = work_.heaps_[kForward];
    while (!heap.empty() && heap.top_key() <= best_) {
      const Node node = heap.top_node();
      const Length key = heap.top_key();
      heap.Pop();
      Label& label = work_.labels_[node];
      const Length length = label.length[kForward];
      if (label.expanded != 0 || Key(label.bound[kForward], length) != key) continue;
      if (work_.expanded_ == most) return false;
      label.expanded = 1;
      ++work_.expanded_;
      if (node == target_) continue;
      for (const Arc& arc : graph_.out(node)) {
        const uint32_t bound = tree_.distance(arc.other);
        const Length candidate = length + ArcLength(weight_(arc));
        const Length candidate_key = Key(bound, candidate);
        if (bound != Distances::kNoWay && candidate_key <= best_ && filter_(arc, node, arc.other)) {
          Relax(node, arc, bound, candidate);
        }
      }
    }
    return true;
  }

  void Relax(Node node, const Arc& arc, uint32_t bound, Length candidate) {
    Label& label = Touch(arc.other, bound);
    if (label.expanded != 0 || candidate > label.length[kForward]) return;
    if (candidate == label.length[kForward]) {
      label.tied[kForward] = 1;
      return;
    }
    label.length[kForward] = candidate;
    label.arc[kForward] = arc.id;
    label.parent[kForward] = node;
    label.tied[kForward] = 0;
    work_.heaps_[kForward].Push(Key(bound, candidate), arc.other);
    if (arc.other == target_) best_ = candidate;
  }

  // Adds every arc of every shortest path to work_.shortest_.
  void Collect(Node source) {
    work_.stack_.assign(1, target_);
    while (!work_.stack_.empty()) {
      const Node node = work_.stack_.back();
      work_.stack_.pop_back();
      Label& label = work_.labels_[node];
      if (label.collected != 0 || node == source) continue;
      label.collected = 1;
      if (label.tied[kForward] == 0) {
        Add(label.parent[kForward], label.arc[kForward], node);
        continue;
      }
      for (const Arc& arc : graph_.in(node)) {
        const Label& other = work_.labels_[arc.other];
        if (other.stamp == work_.stamp_ && other.expanded != 0 &&
            other.length[kForward] + ArcLength(weight_(arc)) == label.length[kForward] &&
            filter_(arc, arc.other, node)) {
          Add(arc.other, arc.id, node);
        }
      }
    }
  }

  void Add(Node tail, ArcId arc, Node head) {
    work_.shortest_.push_back({tail, arc, head});
    work_.stack_.push_back(tail);
  }

  const Digraph& graph_;
  const Weight& weight_;
  const Filter& filter_;
  const Distances& tree_;
  PathWorkspace& work_;
  Node target_ = kNone;
  Length best_ = kInfiniteLength;
};

}  // namespace srpce::graph
