// lib/graph/augmenting_cut.h -- a minimum cut by augmenting paths (Ford, Fulkerson 1956), found
// without looking at all of the graph.
//
// Paths are sought from both ends at once, with equal work, and the search ends when either end can
// go no further: to say what cuts a corner off from a large network costs about as much as the
// corner. Each augmentation is one such search, so this is for small flows; FindMinCut(node_count,
// arcs, ...) of min_cut.h is for large ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "lib/graph/digraph.h"

namespace srpce::graph {

inline constexpr uint32_t kUncuttable = UINT32_MAX;

struct MinCut {
  // False: a path of uncuttable arcs joins the ends, or the flow is as large as was asked for.
  bool exists = false;
  uint64_t value = 0;       // Sum of the capacities cut = maximum flow.
  std::vector<ArcId> arcs;  // Ascending.
};

// capacity(arc, tail, head) -> uint32_t: 0 = not there, kUncuttable = unlimited.
template <typename Capacity>
class AugmentingCut {
 public:
  AugmentingCut(const Digraph& graph, Node source, Node target, const Capacity& capacity)
      : graph_(graph), ends_{source, target}, capacity_(capacity), marks_(graph.node_count()) {}

  // Ends when the flow reaches `enough`.
  MinCut Run(uint64_t enough) {
    MinCut cut;
    only_uncuttable_ = true;
    if (Search() != kNone) {
      return cut;
    }
    only_uncuttable_ = false;
    for (Node meet = Search(); meet != kNone; meet = Search()) {
      cut.value += Augment(meet);
      if (cut.value >= enough) return cut;
    }
    cut.exists = true;
    cut.arcs = Border();
    return cut;
  }

 private:
  static constexpr uint32_t kForward = 0;
  static constexpr uint32_t kBackward = 1;

  struct Mark {
    uint32_t round[2] = {0, 0};  // Of the search that last came here, by side.
    Node parent[2] = {kNone, kNone};
    ArcId arc[2] = {kNone, kNone};
    bool cancels[2] = {false, false};  // The step takes flow off the arc.
    bool carries = false;              // Some flow passes.
  };
  struct Step {
    ArcId arc;
    bool cancels;
  };

  uint64_t Flow(ArcId arc) const {
    const auto at = flow_.find(arc);
    return at == flow_.end() ? 0 : at->second;
  }

  // What `arc` can still take. Unlimited arcs stay so.
  uint32_t Residual(const Arc& arc, Node tail, Node head) const {
    const uint32_t capacity = capacity_(arc, tail, head);
    if (capacity == 0 || capacity == kUncuttable) {
      return capacity;
    }
    if (only_uncuttable_) {
      return 0;
    }
    return marks_[tail].carries && marks_[head].carries
               ? static_cast<uint32_t>(capacity - Flow(arc.id))
               : capacity;
  }

  // Returns a node both ends reach, or kNone when `exhausted_` reaches no further.
  Node Search() {
    ++round_;
    size_t next[2] = {0, 0};
    size_t work[2] = {0, 0};
    for (const uint32_t side : {kForward, kBackward}) {
      queue_[side].assign(1, ends_[side]);
      marks_[ends_[side]].round[side] = round_;
    }
    while (true) {
      const uint32_t side = work[kForward] <= work[kBackward] ? kForward : kBackward;
      if (next[side] == queue_[side].size()) {
        exhausted_ = side;
        return kNone;
      }
      const Node node = queue_[side][next[side]++];
      work[side] += 1 + graph_.out(node).size() + graph_.in(node).size();
      if (const Node meet = Expand(side, node); meet != kNone) {
        return meet;
      }
    }
  }

  Node Expand(uint32_t side, Node node) {
    for (const Arc& arc : side == kForward ? graph_.out(node) : graph_.in(node)) {
      const uint32_t residual =
          side == kForward ? Residual(arc, node, arc.other) : Residual(arc, arc.other, node);
      if (residual > 0 && Reach(side, node, arc, false)) {
        return arc.other;
      }
    }
    if (!marks_[node].carries || only_uncuttable_) {
      return kNone;
    }
    for (const Arc& arc : side == kForward ? graph_.in(node) : graph_.out(node)) {
      if (Flow(arc.id) > 0 && Reach(side, node, arc, true)) {
        return arc.other;
      }
    }
    return kNone;
  }

  // Returns whether the other side has been there.
  bool Reach(uint32_t side, Node from, const Arc& arc, bool cancels) {
    Mark& mark = marks_[arc.other];
    if (mark.round[side] == round_) {
      return false;
    }
    mark.round[side] = round_;
    mark.parent[side] = from;
    mark.arc[side] = arc.id;
    mark.cancels[side] = cancels;
    queue_[side].push_back(arc.other);
    return mark.round[1 - side] == round_;
  }

  // Sends what fits along the path through `meet`. Returns how much; never unlimited, or the first
  // search would have met.
  uint64_t Augment(Node meet) {
    std::vector<Step> path;
    for (const uint32_t side : {kForward, kBackward}) {
      marks_[meet].carries = true;
      for (Node node = meet; node != ends_[side]; node = marks_[node].parent[side]) {
        path.push_back({marks_[node].arc[side], marks_[node].cancels[side]});
        marks_[marks_[node].parent[side]].carries = true;
      }
    }
    uint64_t fits = kUncuttable;
    for (const Step& step : path) {
      const ArcEnds ends = graph_.ends(step.arc);
      const uint64_t room = step.cancels ? Flow(step.arc)
                                         : Residual({ends.head, step.arc, graph_.data(step.arc)},
                                                    ends.tail, ends.head);
      fits = std::min(fits, room);
    }
    for (const Step& step : path) {
      uint64_t& flow = flow_[step.arc];
      flow = step.cancels ? flow - fits : flow + fits;
    }
    return fits;
  }

  // The arcs across the border of what the exhausted side reaches.
  std::vector<ArcId> Border() const {
    std::vector<ArcId> border;
    const uint32_t side = exhausted_;
    for (const Node node : queue_[side]) {
      for (const Arc& arc : side == kForward ? graph_.out(node) : graph_.in(node)) {
        const uint32_t capacity =
            side == kForward ? capacity_(arc, node, arc.other) : capacity_(arc, arc.other, node);
        if (capacity > 0 && marks_[arc.other].round[side] != round_) {
          border.push_back(arc.id);
        }
      }
    }
    std::sort(border.begin(), border.end());
    return border;
  }

  const Digraph& graph_;
  const Node ends_[2];
  const Capacity& capacity_;
  std::vector<Mark> marks_;
  std::vector<Node> queue_[2];
  std::unordered_map<ArcId, uint64_t> flow_;
  uint32_t round_ = 0;
  uint32_t exhausted_ = kForward;
  bool only_uncuttable_ = false;
};

}  // namespace srpce::graph
