// lib/graph/goal_search.h -- the shortest path to a node to which distances over at least the arcs
// that pass are at hand (ReverseTree, LazyDistances): A* (Hart, Nilsson, Raphael 1968).
//
// Where the filter leaves the shortest paths alone it walks straight to the target; where it does
// not, it looks at the nodes that the detour costs. One that cannot be had costs all nodes: hence
// the limit, beyond which a bidirectional search is the better one.
#pragma once

#include <algorithm>
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
    Push({source, kNone, kNone, tree_.distance(source)}, 0);
    if (!Expand(most)) return GoalResult::kGaveUp;
    if (best_ == kInfiniteLength) return GoalResult::kNone;
    path.cost = CostOf(best_);
    Collect(source);
    work_.Walk(source, target_, path);
    return GoalResult::kFound;
  }

 private:
  using Label = PathWorkspace::Label;
  using Offer = PathWorkspace::Offer;
  static constexpr uint32_t kForward = PathWorkspace::kForward;

  // The bound counts no hops, so keys grow strictly along a path: a node expanded is done.
  static Length Key(uint32_t bound, Length length) { return length + CostLength(bound); }

  // A node's label is first looked at when the node is expanded: most of those offered never are,
  // and each label is another line of memory.
  void Push(const Offer& offer, Length length) {
    work_.heaps_[kForward].Push(Key(offer.bound, length),
                                static_cast<uint32_t>(work_.offers_.size()));
    work_.offers_.push_back(offer);
  }

  bool Expand(uint64_t most) {
    Heap& heap = work_.heaps_[kForward];
    while (!heap.empty() && heap.top_key() <= best_) {
      const Offer offer = work_.offers_[heap.top_node()];
      const Length length = heap.top_key() - CostLength(offer.bound);
      heap.Pop();
      Label& label = work_.labels_[offer.node];
      if (label.stamp == work_.stamp_) {
        if (label.length[kForward] == length) label.tied[kForward] = 1;
        continue;
      }
      if (work_.expanded_ == most) return false;
      ++work_.expanded_;
      label.length[kForward] = length;
      label.arc[kForward] = offer.arc;
      label.parent[kForward] = offer.parent;
      label.stamp = work_.stamp_;
      label.tied[kForward] = 0;
      label.collected = 0;
      if (offer.node != target_) Scan(offer.node, length);
    }
    return true;
  }

  void Scan(Node node, Length length) {
    const std::span<const Arc> arcs = graph_.out(node);
    const Distance cost = CostOf(Key(tree_.distance(node), length));
    for (size_t i = 0; i < std::min(kAhead, arcs.size()); ++i) Prefetch(arcs[i].other);
    for (size_t i = 0; i < arcs.size(); ++i) {
      if (i + kAhead < arcs.size()) Prefetch(arcs[i + kAhead].other);
      const Arc& arc = arcs[i];
      const uint32_t bound = tree_.distance(arc.other);
      const Length candidate = length + ArcLength(weight_(arc));
      if (bound == Distances::kNoWay || Key(bound, candidate) > best_ ||
          !filter_(arc, node, arc.other)) {
        continue;
      }
      if (Key(bound, candidate) < CostLength(cost + 1)) {  // No detour: most likely the next.
        graph_.PrefetchOut(arc.other);
        __builtin_prefetch(&work_.labels_[arc.other], 1);
      }
      if (arc.other == target_) best_ = candidate;
      Push({arc.other, arc.id, node, bound}, candidate);
    }
  }

  // Distances that lie in memory; others are worked out when they are asked for.
  void Prefetch(Node node) const {
    if constexpr (requires { tree_.Prefetch(node); }) tree_.Prefetch(node);
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
        if (other.stamp == work_.stamp_ &&
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

  static constexpr size_t kAhead = 8;  // Arcs.

  const Digraph& graph_;
  const Weight& weight_;
  const Filter& filter_;
  const Distances& tree_;
  PathWorkspace& work_;
  Node target_ = kNone;
  Length best_ = kInfiniteLength;
};

}  // namespace srpce::graph
