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

// One attempt with lengths of one width; see GoalSearch.
template <typename Weight, typename Filter, typename Distances, typename Lengths>
class GoalSearchIn {
 public:
  GoalSearchIn(const Digraph& graph, const Weight& weight, const Filter& filter,
               const Distances& tree, PathWorkspace& work)
      : graph_(graph), weight_(weight), filter_(filter), tree_(tree), work_(work) {}

  // `before`: nodes that an earlier attempt expanded, which count.
  GoalResult Run(Node source, uint64_t most, uint64_t before, FoundPath& path) {
    path.arcs.clear();
    path.cost = 0;
    work_.expanded_ = before;
    target_ = tree_.target();
    if (source == target_) return GoalResult::kFound;
    const uint32_t least = tree_.distance(source);
    if (least == Distances::kNoWay) return GoalResult::kNone;
    // Most detours are short: what lies far off is not offered at first.
    for (const Length limit :
         {Lengths::OfCost(Distance{least} + least / kDetourPart + 1), Lengths::kInfinite}) {
      best_ = limit - 1;
      memory_ = &work_.Reset<Lengths>(graph_.node_count());
      work_.expanded_ = before;
      next_key_ = Key(least, 0);
      next_ = {source, kNone, kNone, least};
      if (!Expand(most)) return GoalResult::kGaveUp;
      before = work_.expanded_;
      if (!found_ && !left_out_) break;
      if (!found_) continue;
      path.cost = Lengths::Cost(best_);
      Collect(source);
      memory_->Walk(work_.shortest_, source, target_, path);
      return GoalResult::kFound;
    }
    return GoalResult::kNone;
  }

  // True if Run() gave up since some path was too long for Lengths.
  bool too_long() const { return too_long_; }

 private:
  using Length = typename Lengths::Length;
  using Label = PathWorkspace::Label<Lengths>;
  using Offer = PathWorkspace::Offer;
  static constexpr uint32_t kForward = PathWorkspace::kForward;

  // The bound counts no hops, so keys grow strictly along a path: a node expanded is done.
  static Length Key(uint32_t bound, Length length) { return length + Lengths::OfCost(bound); }

  // A node's label is first looked at when the node is expanded: most of those offered never are,
  // and each label is another line of memory.
  void Push(const Offer& offer, Length length) {
    memory_->heaps[kForward].Push(Key(offer.bound, length),
                                  static_cast<uint32_t>(work_.offers_.size()));
    work_.offers_.push_back(offer);
  }

  // Returns false when it gives up. What was just offered without a detour is most likely the
  // next: it stays out of the heap, so that the processor may go on to it before it is compared.
  bool Expand(uint64_t most) {
    auto& heap = memory_->heaps[kForward];
    while (true) {
      Offer offer = next_;
      Length key = next_key_;
      next_key_ = Lengths::kInfinite;
      if (!heap.empty() && heap.top_key() < key) {
        if (key < Lengths::kInfinite) Push(offer, key - Lengths::OfCost(offer.bound));
        offer = work_.offers_[heap.top_node()];
        key = heap.top_key();
        heap.Pop();
      }
      if (key > best_ || key >= Lengths::kInfinite) return true;
      const Length length = key - Lengths::OfCost(offer.bound);
      Label& label = memory_->labels[offer.node];
      if (label.stamp == memory_->stamp) {
        if (label.length[kForward] == length) label.tied[kForward] = 1;
        continue;
      }
      too_long_ = length > Lengths::kMost;
      if (too_long_ || work_.expanded_ == most) return false;
      ++work_.expanded_;
      label.length[kForward] = length;
      label.arc[kForward] = offer.arc;
      label.parent[kForward] = offer.parent;
      label.stamp = memory_->stamp;
      label.tied[kForward] = 0;
      label.collected = 0;
      if (offer.node != target_) Scan(offer.node, length, Lengths::Cost(key));
    }
  }

  void Scan(Node node, Length length, Distance cost) {
    const std::span<const Arc> arcs = graph_.out(node);
    for (size_t i = 0; i < std::min(kAhead, arcs.size()); ++i) Prefetch(arcs[i].other);
    for (size_t i = 0; i < arcs.size(); ++i) {
      if (i + kAhead < arcs.size()) Prefetch(arcs[i + kAhead].other);
      const Arc& arc = arcs[i];
      const uint32_t bound = tree_.distance(arc.other);
      const Length candidate = length + Lengths::OfArc(weight_(arc));
      const Length key = Key(bound, candidate);
      if (bound == Distances::kNoWay) continue;
      if (key > best_) {
        left_out_ = true;
        continue;
      }
      if (!filter_(arc, node, arc.other)) continue;
      if (arc.other == target_) {
        best_ = candidate;
        found_ = true;
      }
      if (key < Lengths::OfCost(cost + 1)) {  // No detour: most likely the next.
        graph_.PrefetchOut(arc.other);
        __builtin_prefetch(&memory_->labels[arc.other], 1);
        if (next_key_ == Lengths::kInfinite) {
          next_key_ = key;
          next_ = {arc.other, arc.id, node, bound};
          continue;
        }
      }
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
      Label& label = memory_->labels[node];
      if (label.collected != 0 || node == source) continue;
      label.collected = 1;
      if (label.tied[kForward] == 0) {
        Add(label.parent[kForward], label.arc[kForward], node);
        continue;
      }
      for (const Arc& arc : graph_.in(node)) {
        const Label& other = memory_->labels[arc.other];
        if (other.stamp == memory_->stamp &&
            other.length[kForward] + Lengths::OfArc(weight_(arc)) == label.length[kForward] &&
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

  static constexpr size_t kAhead = 24;        // Arcs.
  static constexpr uint32_t kDetourPart = 8;  // Of the distance.

  const Digraph& graph_;
  const Weight& weight_;
  const Filter& filter_;
  const Distances& tree_;
  PathWorkspace& work_;
  PathWorkspace::Memory<Lengths>* memory_ = nullptr;
  Node target_ = kNone;
  Length best_ = Lengths::kInfinite;
  bool found_ = false;
  bool left_out_ = false;  // Something lay too far off.
  Offer next_{};
  Length next_key_ = Lengths::kInfinite;
  bool too_long_ = false;
};

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
    uint64_t before = 0;
    if constexpr (requires { Weight::kBelow32Bits; }) {
      if (graph_.node_count() < kShortNodes) {
        GoalSearchIn<Weight, Filter, Distances, ShortLengths> search(graph_, weight_, filter_,
                                                                     tree_, work_);
        const GoalResult result = search.Run(source, most, 0, path);
        if (!search.too_long()) return result;
        before = work_.expanded();
      }
    }
    return GoalSearchIn<Weight, Filter, Distances, LongLengths>(graph_, weight_, filter_, tree_,
                                                                work_)
        .Run(source, most, before, path);
  }

 private:
  const Digraph& graph_;
  const Weight& weight_;
  const Filter& filter_;
  const Distances& tree_;
  PathWorkspace& work_;
};

}  // namespace srpce::graph
