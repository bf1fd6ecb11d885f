// lib/graph/path_search.h -- the shortest path between two nodes of a filtered graph, without
// searching all of it.
//
// Bidirectional A* with one shared frontier (NBA*: Pijls, Post 2009): each node is expanded by one
// side only, each side by its own consistent lower bound (Landmarks, or 0, which makes it
// bidirectional Dijkstra). Nodes are rejected only when proved to lie on no path as short as the
// best, so at the end all shortest paths are known and the tie rule picks among them: least cost,
// then fewest hops, then the lexicographically lowest sequence of arc ids from the source.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/dijkstra.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"

namespace srpce::graph {

struct FoundPath {
  std::vector<ArcId> arcs;
  Distance cost = 0;
};

// Scratch memory of FindPath. Not thread-safe.
class PathWorkspace {
 public:
  // Nodes expanded by the last search: what it cost.
  uint64_t expanded() const { return expanded_; }
  // Nodes it looked at.
  uint64_t touched() const { return touched_; }

  // What cuts the ends off, once FindPath has found no path: all nodes that the source reaches, or
  // all that reach the target, whichever have the fewer arcs.
  bool closed_at_source() const { return exhausted_ == kForward; }
  const std::vector<Node>& closed() const { return expanded_nodes_[exhausted_]; }

 private:
  template <typename Weight, typename Filter, typename Lengths>
  friend class PathSearch;
  template <typename Weight, typename Filter, typename Distances, typename Lengths>
  friend class GoalSearchIn;

  static constexpr uint32_t kForward = 0;
  static constexpr uint32_t kBackward = 1;

  // One cache line: what both sides know of a node.
  template <typename Lengths>
  struct alignas(64) Label {
    typename Lengths::Length length[2];  // From the source; to the target.
    ArcId arc[2];                        // The arc it came by, and that arc's other end.
    Node parent[2];
    uint32_t bound[2];  // Lower bound of the distance still to go: to the target; from the source.
    uint32_t stamp;
    uint8_t tied[2];    // Another arc gives the same length.
    uint8_t expanded;   // 1 + side, 0 = by none yet.
    uint8_t collected;  // Bit per side: visited by the walk over shortest paths.
  };
  struct ShortestArc {
    Node tail;
    ArcId arc;
    Node head;
  };

  // What depends on how lengths are written.
  template <typename Lengths>
  struct Memory {
    // Follows the lowest arc ids of `arcs` from `source` to `target`. Overwrites the bounds.
    void Walk(const std::vector<ShortestArc>& arcs, Node source, Node target, FoundPath& path);
    void Reset(uint32_t node_count);

    std::vector<Label<Lengths>> labels;
    HeapOf<typename Lengths::Item> heaps[2];
    uint32_t stamp = 0;
  };

  // A way to a node, found by GoalSearch.
  struct Offer {
    Node node;
    ArcId arc;
    Node parent;
    uint32_t bound;
  };

  // Starts a search.
  template <typename Lengths>
  Memory<Lengths>& Reset(uint32_t node_count);
  void Clear();

  std::tuple<Memory<ShortLengths>, Memory<LongLengths>> memories_;
  std::vector<Node> expanded_nodes_[2];
  uint32_t exhausted_ = kForward;  // The side that had no node left.
  std::vector<Offer> offers_;
  std::vector<Node> meets_;  // Nodes where both sides' lengths add up to the best.
  std::vector<Node> stack_;
  std::vector<ShortestArc> shortest_;
  uint64_t expanded_ = 0;
  uint64_t touched_ = 0;
};

template <typename Lengths>
PathWorkspace::Memory<Lengths>& PathWorkspace::Reset(uint32_t node_count) {
  Clear();
  Memory<Lengths>& memory = std::get<Memory<Lengths>>(memories_);
  memory.Reset(node_count);
  return memory;
}

// The search itself; see FindPath. Uses `landmarks` even where they do not guide. With
// ShortLengths, where `graph` and `Weight` admit of them, Run() must be followed by a look at
// too_long().
template <typename Weight, typename Filter, typename Lengths = LongLengths>
class PathSearch {
 public:
  PathSearch(const Digraph& graph, const Weight& weight, const Filter& filter,
             const Landmarks* landmarks, PathWorkspace& work)
      : graph_(graph), weight_(weight), filter_(filter), landmarks_(landmarks), work_(work) {}

  bool Run(Node source, Node target, FoundPath& path) {
    path.arcs.clear();
    path.cost = 0;
    memory_ = &work_.Reset<Lengths>(graph_.node_count());
    if (source == target) {
      return true;
    }
    ends_[kForward] = source;
    ends_[kBackward] = target;
    if (landmarks_ != nullptr &&
        (source >= landmarks_->node_count() || target >= landmarks_->node_count())) {
      landmarks_ = nullptr;
    }
    for (const uint32_t side : {kForward, kBackward}) {
      Label& label = Touch(ends_[side]);
      label.length[side] = 0;
      floor_[side] = Key(side, label, 0);
      memory_->heaps[side].Push(floor_[side], ends_[side]);
    }
    Expand();
    if (too_long_ || best_ == Lengths::kInfinite) {
      return false;
    }
    path.cost = Lengths::Cost(best_);
    for (const Node meet : work_.meets_) {
      Collect(kForward, meet);
      Collect(kBackward, meet);
    }
    memory_->Walk(work_.shortest_, source, target, path);
    return true;
  }

  // True if Run() found nothing since some path was too long for Lengths.
  bool too_long() const { return too_long_; }

 private:
  using Length = typename Lengths::Length;
  using Label = PathWorkspace::Label<Lengths>;
  static constexpr uint32_t kForward = PathWorkspace::kForward;
  static constexpr uint32_t kBackward = PathWorkspace::kBackward;

  Label& Touch(Node node) {
    Label& label = memory_->labels[node];
    if (label.stamp != memory_->stamp) {
      ++work_.touched_;
      label.length[kForward] = label.length[kBackward] = Lengths::kInfinite;
      label.arc[kForward] = label.arc[kBackward] = kNone;
      label.bound[kForward] = label.bound[kBackward] = 0;
      if (landmarks_ != nullptr && node < landmarks_->node_count()) {
        const Landmarks::Line& line = landmarks_->line(node);
        label.bound[kForward] = Landmarks::Bound(line, landmarks_->line(ends_[kBackward]));
        label.bound[kBackward] = Landmarks::Bound(landmarks_->line(ends_[kForward]), line);
      }
      label.stamp = memory_->stamp;
      label.tied[kForward] = label.tied[kBackward] = 0;
      label.expanded = 0;
      label.collected = 0;
    }
    return label;
  }

  // Orders the nodes of a side. Twice the length plus the averaged bounds (Ikeda et al. 1994): half
  // this key is A* with a potential that is the negative of the other side's, so that a node's two
  // keys add up to twice its two lengths, plus twice kOffset.
  static Length Key(uint32_t side, const Label& label, Length length) {
    return 2 * length + Lengths::OfCost(kOffset + label.bound[side] - label.bound[1 - side]);
  }
  // True if no path as short as the best leads through a node of this key that the other side has
  // not expanded.
  bool Beyond(uint32_t side, Length key) const {
    return key + floor_[1 - side] > 2 * (best_ + Lengths::OfCost(kOffset));
  }

  bool Rejected(uint32_t side, const Label& label, Length length, Length key) const {
    return length + Lengths::OfCost(label.bound[side]) > best_ || Beyond(side, key);
  }

  void Expand() {
    while (true) {
      // Equal work on both sides: a side that is soon exhausted ends the search soon. Its own turn
      // does: which of two it is then depends on how much each has to scan, and not on the order.
      const uint32_t side = scanned_[kForward] <= scanned_[kBackward] ? kForward : kBackward;
      auto& heap = memory_->heaps[side];
      if (heap.empty()) {
        work_.exhausted_ = side;
        return;
      }
      const Node node = heap.top_node();
      const Length key = heap.top_key();
      floor_[side] = key;
      if (Beyond(side, key)) {
        return;
      }
      heap.Pop();
      Label& label = memory_->labels[node];
      const Length length = label.length[side];
      if (label.expanded != 0 || Key(side, label, length) != key) {
        continue;  // Expanded before, or this entry is out of date.
      }
      if (Rejected(side, label, length, key)) {
        label.expanded = kRejected;
        continue;
      }
      if (length > Lengths::kMost) {
        too_long_ = true;
        return;
      }
      label.expanded = static_cast<uint8_t>(1 + side);
      ++work_.expanded_;
      work_.expanded_nodes_[side].push_back(node);
      Scan(side, node, length);
      // The side's next one, after the other side's turn.
      if (!heap.empty()) PrefetchArcs(side, heap.top_node());
    }
  }

  void Scan(uint32_t side, Node node, Length length) {
    const std::span<const Arc> arcs = side == kForward ? graph_.out(node) : graph_.in(node);
    scanned_[side] += 1 + arcs.size();
    // Without bounds a length alone may tell that the arc leads beyond: then nothing else is read
    // of it.
    const Length most = landmarks_ != nullptr
                            ? Lengths::kInfinite
                            : best_ - (floor_[1 - side] - Lengths::OfCost(kOffset)) / 2;
    for (size_t i = 0; i < std::min(kAhead, arcs.size()); ++i) Prefetch(arcs[i].other);
    for (size_t i = 0; i < arcs.size(); ++i) {
      if (i + kAhead < arcs.size()) {
        Prefetch(arcs[i + kAhead].other);
        __builtin_prefetch(reinterpret_cast<const char*>(&arcs[i]) + kMostAhead);
      }
      const Length candidate = length + Lengths::OfArc(weight_(arcs[i]));
      if (candidate <= most && Admits(side, arcs[i], node)) {
        Relax(side, node, arcs[i], candidate);
      }
    }
  }

  // What Scan() will read of the graph, once PrefetchPage() has brought its page.
  void PrefetchArcs(uint32_t side, Node node) const {
    const std::span<const Arc> arcs = side == kForward ? graph_.out(node) : graph_.in(node);
    const auto* line = reinterpret_cast<const char*>(arcs.data());
    const size_t bytes = std::min(arcs.size_bytes(), kMostAhead);
    for (size_t at = 0; at < bytes; at += kCacheLine) {
      __builtin_prefetch(line + at);
    }
  }
  void PrefetchPage(uint32_t side, Node node) const {
    side == kForward ? graph_.PrefetchOut(node) : graph_.PrefetchIn(node);
  }

  // What Touch() will read: two cache lines anywhere in memory.
  void Prefetch(Node node) const {
    __builtin_prefetch(&memory_->labels[node], 1);
    if (landmarks_ != nullptr && node < landmarks_->node_count()) {
      __builtin_prefetch(&landmarks_->line(node));
    }
  }

  bool Admits(uint32_t side, const Arc& arc, Node node) const {
    return side == kForward ? filter_(arc, node, arc.other) : filter_(arc, arc.other, node);
  }

  void Relax(uint32_t side, Node node, const Arc& arc, Length candidate) {
    Label& label = Touch(arc.other);
    if (label.expanded != 0 || candidate > label.length[side]) {
      return;
    }
    if (candidate == label.length[side]) {
      label.tied[side] = 1;
      return;
    }
    const Length key = Key(side, label, candidate);
    if (Rejected(side, label, candidate, key)) {
      return;
    }
    label.length[side] = candidate;
    label.arc[side] = arc.id;
    label.parent[side] = node;
    label.tied[side] = 0;
    memory_->heaps[side].Push(key, arc.other);
    PrefetchPage(side, arc.other);
    const Length total = candidate + label.length[1 - side];
    if (total <= best_) {
      if (total < best_) {
        best_ = total;
        work_.meets_.clear();
      }
      work_.meets_.push_back(arc.other);
    }
  }

  // Adds to work_.shortest_ every arc of every shortest path between `meet` and the end of `side`.
  void Collect(uint32_t side, Node meet) {
    work_.stack_.assign(1, meet);
    while (!work_.stack_.empty()) {
      const Node node = work_.stack_.back();
      work_.stack_.pop_back();
      Label& label = memory_->labels[node];
      if ((label.collected & (1U << side)) != 0 || node == ends_[side]) {
        continue;
      }
      label.collected = static_cast<uint8_t>(label.collected | (1U << side));
      if (label.tied[side] == 0) {
        AddShortest(side, node, label.arc[side], label.parent[side]);
        continue;
      }
      for (const Arc& arc : side == kForward ? graph_.in(node) : graph_.out(node)) {
        const Label& other = memory_->labels[arc.other];
        if (other.stamp == memory_->stamp && other.expanded == 1 + side &&
            other.length[side] + Lengths::OfArc(weight_(arc)) == label.length[side] &&
            (side == kForward ? filter_(arc, arc.other, node) : filter_(arc, node, arc.other))) {
          AddShortest(side, node, arc.id, arc.other);
        }
      }
    }
  }

  void AddShortest(uint32_t side, Node node, ArcId arc, Node parent) {
    work_.shortest_.push_back(side == kForward ? PathWorkspace::ShortestArc{parent, arc, node}
                                               : PathWorkspace::ShortestArc{node, arc, parent});
    work_.stack_.push_back(parent);
  }

  static constexpr uint8_t kRejected = 3;
  static constexpr size_t kAhead = 4;  // Arcs.
  static constexpr size_t kCacheLine = 64;
  static constexpr size_t kMostAhead = 8 * kCacheLine;  // The processor fetches longer runs itself.
  static constexpr Distance kOffset = Distance{1} << 33;  // Keeps keys positive.

  const Digraph& graph_;
  const Weight& weight_;
  const Filter& filter_;
  const Landmarks* landmarks_;
  PathWorkspace& work_;
  PathWorkspace::Memory<Lengths>* memory_ = nullptr;
  Node ends_[2] = {kNone, kNone};
  Length floor_[2] = {0, 0};    // No node the side has still to expand has a smaller key.
  size_t scanned_[2] = {0, 0};  // Arcs and nodes.
  Length best_ = Lengths::kInfinite;
  bool too_long_ = false;
};

// Returns whether there is a path, and puts the one the tie rule names into `path` (empty if source
// == target).
//
// `landmarks`, if not null, must bound `weight` in `graph` from below; they are used where they
// make the search faster. Ends early when either side is exhausted. REQUIRES source, target <
// graph.node_count().
template <typename Weight, typename Filter>
bool FindPath(const Digraph& graph, Node source, Node target, const Weight& weight,
              const Filter& filter, const Landmarks* landmarks, PathWorkspace& work,
              FoundPath& path) {
  if (landmarks != nullptr && !landmarks->guides()) landmarks = nullptr;
  if constexpr (requires { Weight::kBelow32Bits; }) {
    if (graph.node_count() < kShortNodes) {
      PathSearch<Weight, Filter, ShortLengths> search(graph, weight, filter, landmarks, work);
      const bool found = search.Run(source, target, path);
      if (!search.too_long()) return found;
    }
  }
  return PathSearch<Weight, Filter>(graph, weight, filter, landmarks, work)
      .Run(source, target, path);
}

}  // namespace srpce::graph
