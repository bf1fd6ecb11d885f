// lib/graph/hierarchy.h -- exact distances to a target under one weight and one filter that are
// asked for again and again: a customizable contraction hierarchy (Dibbelt, Strasser, Wagner 2016),
// read lazily (Strasser, Zeitz 2021).
//
// Three parts, by how often they change: Hierarchy knows who is whose neighbour, HierarchyWeights
// what the arcs weigh and which are let through, LazyDistances one target.
//
// Each neighbour of a node is above or below it in an elimination order. Taking the nodes out from
// below adds arcs so that every distance is that of a path that first only ascends and then only
// descends. All that can be reached from a node by ascending lies on one chain, to its lowest upper
// neighbour and on from there; so to know the distances of a node to a target, those of its chain
// suffice, and chains of neighbouring nodes run together after a few steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "lib/graph/common_ancestors.h"
#include "lib/graph/digraph.h"

namespace srpce::graph {

// Ranks, and for each rank the higher ranks it has arcs to or from. Immutable; whether an arc is
// usable does not matter, so it holds until nodes come together that were no neighbours before.
class Hierarchy {
 public:
  // Returns that of all arcs of `graph`, or null if it would have more than `most` pairs of ranks.
  // Milliseconds (router networks of 10,000 nodes) to tenths of a second (100,000).
  static std::shared_ptr<const Hierarchy> Build(const Digraph& graph, size_t most);

  uint32_t node_count() const { return static_cast<uint32_t>(rank_.size()); }
  // Pairs of ranks.
  size_t pair_count() const { return above_.size(); }
  // The most upper neighbours of a node: bounds the treewidth from above.
  uint32_t width() const;
  size_t bytes() const;

 private:
  friend class HierarchyWeights;
  friend class LazyDistances;
  friend class AncestorLabels;
  friend class LabelDistances;
  friend class OnlyPathSearch;

  bool HasUpper(uint32_t rank) const { return first_[rank] != first_[rank + 1]; }
  // All that a rank is joined to lies on the chain of its parents.
  uint32_t Parent(uint32_t rank) const { return HasUpper(rank) ? above_[first_[rank]] : kNone; }

  // Returns the pair of two ranks. REQUIRES it is there.
  uint32_t PairOf(uint32_t below, uint32_t rank) const {
    const auto at =
        std::lower_bound(above_.begin() + first_[below], above_.begin() + first_[below + 1], rank);
    return static_cast<uint32_t>(at - above_.begin());
  }

  std::vector<uint32_t> rank_;   // By node.
  std::vector<Node> node_;       // By rank.
  std::vector<uint32_t> first_;  // By rank: where its pairs begin; and their end.
  std::vector<uint32_t> above_;  // By pair: the higher rank; ascending for each lower one.
  CommonAncestors ancestors_;    // Of ranks, in the tree of their parents.
};

// The weights of all pairs in both directions, shortest paths over lower ranks included. Immutable.
class HierarchyWeights {
 public:
  // No path; and the longest distance told apart: longer ones are cut off there, so that all are
  // true and consistent lower bounds. Two of them add up within 32 bits.
  static constexpr uint32_t kNoWay = INT32_MAX;
  static constexpr uint32_t kFar = kNoWay / 2;

  // Returns what `weight` and `filter` (see dijkstra.h) make of `graph`, or null if the filter lets
  // an arc through that joins nodes that the hierarchy does not know as neighbours. O(triangles).
  template <typename Weight, typename Filter>
  static std::shared_ptr<const HierarchyWeights> Customize(
      std::shared_ptr<const Hierarchy> hierarchy, const Digraph& graph, const Weight& weight,
      const Filter& filter);

  explicit HierarchyWeights(std::shared_ptr<const Hierarchy> hierarchy)
      : hierarchy_(std::move(hierarchy)),
        up_(hierarchy_->pair_count(), kNoWay),
        down_(hierarchy_->pair_count(), kNoWay),
        up_hops_(hierarchy_->pair_count(), 0),
        down_hops_(hierarchy_->pair_count(), 0),
        up_via_(hierarchy_->pair_count(), 0),
        down_via_(hierarchy_->pair_count(), 0) {}

  const Hierarchy& hierarchy() const { return *hierarchy_; }
  // Without the hierarchy, which others share.
  size_t bytes() const { return 2 * up_.size() * (sizeof(uint32_t) + sizeof(Hops) + sizeof(Via)); }

 private:
  friend class LazyDistances;
  friend class AncestorLabels;
  friend class OnlyPathSearch;
  class Customizer;

  // The arcs of a way; so many or more are not told apart, and a tie with each other.
  using Hops = uint16_t;
  static constexpr uint32_t kMostHops = UINT16_MAX;
  // How a pair comes by its weight: an arc's id, or a lower rank that it leads over; and whether
  // another way weighs the same with as many hops. Of parallel arcs the lowest id counts: it is no
  // tie.
  using Via = uint32_t;
  static constexpr Via kTied = Via{1} << 31;
  static constexpr Via kOverRank = Via{1} << 30;
  static constexpr Via kIdMask = kOverRank - 1;

  static uint32_t CutOff(uint32_t sum) { return sum >= kNoWay ? kNoWay : std::min(sum, kFar); }

  std::shared_ptr<const Hierarchy> hierarchy_;
  std::vector<uint32_t> up_;  // By pair: from the lower rank to the higher.
  std::vector<uint32_t> down_;
  std::vector<Hops> up_hops_;
  std::vector<Hops> down_hops_;
  std::vector<Via> up_via_;
  std::vector<Via> down_via_;
};

// Rank by rank from below: what it weighs to reach the ranks above, over its own arcs and over the
// ranks below that it shares with them. A rank below is handed on along its upper neighbours
// (left-looking, as in sparse Cholesky factorization), so that no list of triangles is needed.
class HierarchyWeights::Customizer {
 public:
  explicit Customizer(HierarchyWeights& weights)
      : weights_(weights),
        hierarchy_(*weights.hierarchy_),
        row_(hierarchy_.node_count()),
        next_(hierarchy_.node_count(), kNone),
        waiting_(hierarchy_.node_count(), kNone),
        at_(hierarchy_.node_count(), 0) {}

  template <typename Weight, typename Filter>
  bool Run(const Digraph& graph, const Weight& weight, const Filter& filter) {
    for (uint32_t rank = 0; rank < hierarchy_.node_count(); ++rank) {
      Open(rank);
      const Node node = hierarchy_.node_[rank];
      for (const Arc& arc : graph.out(node)) {
        if (IsBelow(arc.other, rank) || !filter(arc, node, arc.other)) continue;
        if (!Offer(rank, arc.other, &Both::up, weight(arc), arc.id)) return false;
      }
      for (const Arc& arc : graph.in(node)) {
        if (IsBelow(arc.other, rank) || !filter(arc, arc.other, node)) continue;
        if (!Offer(rank, arc.other, &Both::down, weight(arc), arc.id)) return false;
      }
      AddPathsBelow(rank);
      Close(rank);
    }
    return true;
  }

 private:
  struct Way {
    uint32_t weight = kNoWay;
    uint32_t hops = 0;
    Via via = 0;
  };
  struct Both {
    Way up;
    Way down;
    uint32_t of = kNone;  // The rank whose row this belongs to.
  };

  bool IsBelow(Node node, uint32_t rank) const {
    return node < hierarchy_.node_count() && hierarchy_.rank_[node] <= rank;
  }
  // Arcs come by ascending id.
  bool Offer(uint32_t rank, Node above, Way Both::*direction, Distance weight, ArcId arc) {
    if (above >= hierarchy_.node_count() || arc > kIdMask) return false;
    Both& both = row_[hierarchy_.rank_[above]];
    if (both.of != rank) return false;
    const auto least = static_cast<uint32_t>(std::min<Distance>(weight, kFar));
    if (least < (both.*direction).weight) both.*direction = {least, 1, arc};
    return true;
  }
  static void Offer(uint32_t sum, uint32_t hops, Via via, Way& way) {
    if (sum > way.weight) return;
    hops = std::min(hops, kMostHops);
    if (sum < way.weight || hops < way.hops) {
      way = {sum, hops, via};
    } else if (hops == way.hops) {
      way.via |= kTied;
    }
  }
  void Open(uint32_t rank);
  void AddPathsBelow(uint32_t rank);
  void Close(uint32_t rank);
  void HandOn(uint32_t below, uint32_t pair);

  HierarchyWeights& weights_;
  const Hierarchy& hierarchy_;
  std::vector<Both> row_;          // By the higher rank.
  std::vector<uint32_t> next_;     // Lists of ranks below: the next in the same list,
  std::vector<uint32_t> waiting_;  // the first by the rank they wait for,
  std::vector<uint32_t> at_;       // and by the rank below its pair with that one.
};

template <typename Weight, typename Filter>
std::shared_ptr<const HierarchyWeights> HierarchyWeights::Customize(
    std::shared_ptr<const Hierarchy> hierarchy, const Digraph& graph, const Weight& weight,
    const Filter& filter) {
  // Nodes that came later have no rank: their arcs are seen from the other end, or from neither.
  for (Node node = hierarchy->node_count(); node < graph.node_count(); ++node) {
    for (const Arc& arc : graph.out(node)) {
      if (filter(arc, node, arc.other)) return nullptr;
    }
  }
  auto weights = std::make_shared<HierarchyWeights>(std::move(hierarchy));
  if (!Customizer(*weights).Run(graph, weight, filter)) return nullptr;
  return weights;
}

// Distances to one target, found when they are asked for. Allocates nothing on a warm workspace,
// which serves one target at a time.
class LazyDistances {
 public:
  // Scratch memory of one thread, by rank: what is known of one target.
  struct Workspace {
    struct Known {
      uint32_t distance = 0;
      uint32_t stamp = 0;
    };
    // The shortest way that only descends.
    struct Descent {
      uint32_t length = 0;
      uint32_t pair = 0;  // It goes over this one
      uint32_t to = 0;    // to this rank.
      uint32_t stamp = 0;
      bool tied = false;
    };
    std::vector<Known> known;
    std::vector<Descent> descents;
    std::vector<uint32_t> chain;
    uint32_t stamp = 0;
  };

  static constexpr uint32_t kNoWay = HierarchyWeights::kNoWay;
  static constexpr uint32_t kFar = HierarchyWeights::kFar;

  // REQUIRES target < weights.hierarchy().node_count().
  LazyDistances(const HierarchyWeights& weights, Node target, Workspace& work);

  Node target() const { return target_; }
  // kNoWay for nodes that the hierarchy does not know: none of their arcs passed the filter.
  uint32_t distance(Node node) const {
    if (node >= hierarchy_.node_count()) return kNoWay;
    const uint32_t rank = hierarchy_.rank_[node];
    const Workspace::Known& known = work_.known[rank];
    return known.stamp == work_.stamp ? known.distance : Find(rank);
  }

 private:
  friend class OnlyPathSearch;

  uint32_t Find(uint32_t rank) const;
  uint32_t DescentLength(uint32_t rank) const {
    const Workspace::Descent& descent = work_.descents[rank];
    return descent.stamp == work_.stamp ? descent.length : kNoWay;
  }

  const HierarchyWeights& weights_;
  const Hierarchy& hierarchy_;
  Workspace& work_;
  const Node target_;
};

}  // namespace srpce::graph
