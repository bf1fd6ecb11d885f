// lib/graph/ancestor_labels.h -- all distances of a hierarchy in one look: from each node to its
// ancestors in the elimination tree and back, by depth (H2H: Ouyang, Qin, Chang et al. 2018; hub
// labels: Abraham, Delling, Goldberg, Werneck 2011).
//
// The highest rank of a path is an ancestor of both its ends. So a distance is the least sum over
// the ancestors they have in common: two runs of adjacent numbers, no search. Each label knows the
// first arc of its way, too (from below: of ways that descend, the last one), and what lies beyond
// that arc has a label for the same ancestor: the path is read arc by arc. Ten times the memory of
// the weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "lib/graph/hierarchy.h"

namespace srpce::graph {

// Immutable.
class AncestorLabels {
 public:
  static constexpr uint32_t kNoWay = HierarchyWeights::kNoWay;
  static constexpr uint32_t kFar = HierarchyWeights::kFar;

  // Returns those of `weights`, which `graph` was customized to, or null where they would take more
  // than `most_bytes` or the hierarchy is too wide. O(pairs * depth): some times as long as
  // customizing.
  static std::shared_ptr<const AncestorLabels> Build(
      std::shared_ptr<const HierarchyWeights> weights, const Digraph& graph, size_t most_bytes);

  AncestorLabels(std::shared_ptr<const HierarchyWeights> weights, const Digraph& graph);

  const Hierarchy& hierarchy() const { return hierarchy_; }
  // Returns the distance between two ranks, as LazyDistances.
  uint32_t Distance(uint32_t from, uint32_t to) const;
  // Which of the ancestors in common the shortest ways lead over. REQUIRES `length` is the distance
  // between them, which is below kFar.
  struct Top {
    uint32_t depth = kNone;      // One on a way of the fewest hops.
    uint32_t hops = UINT32_MAX;  // Its hops.
    bool tied = false;           // Another one would do.
  };
  Top FewestHops(uint32_t from, uint32_t to, uint32_t length) const;
  // Without the weights.
  size_t bytes() const { return Bytes(hierarchy_, up_.lengths.size()); }

 private:
  friend class LabelDistances;
  friend class OnlyPathSearch;

  // Which of a rank's pairs a way to or from an ancestor goes over; and whether another is as
  // short.
  using Choice = uint8_t;
  static constexpr Choice kTied = 1 << 7;
  static constexpr Choice kThere = kTied - 1;  // It is the ancestor.
  // Where what belongs to a rank begins; at the next one it ends.
  struct Begin {
    uint32_t label = 0;
    uint32_t pair = 0;
  };
  // The arc of a pair's way that is next to the lower rank, and of the rank at its other end.
  struct Step {
    ArcId arc = kNone;
    Begin next;
  };
  using Hops = HierarchyWeights::Hops;
  static constexpr uint32_t kMostHops = HierarchyWeights::kMostHops;
  // One direction: by rank, then by depth of the ancestor.
  struct Labels {
    std::vector<uint32_t> lengths;  // kNoWay; of ways that only ascend or only descend.
    std::vector<Hops> hops;         // The fewest of so short ways.
    std::vector<Choice> choices;
    std::vector<Step> steps;  // By pair.
  };

  static size_t Bytes(const Hierarchy& hierarchy, size_t labels);
  void FillSteps(const Digraph& graph);
  void Fill(const std::vector<uint32_t>& weights, const std::vector<Hops>& hops,
            const std::vector<HierarchyWeights::Via>& vias, Labels& labels);
  // A rank's first pair, and what of it is to be noted.
  struct Way {
    uint32_t weight;
    Hops hops;
    Choice choice;
  };
  // The labels of `rank` where it leads over `above`.
  void Offer(const Way& way, uint32_t above, uint32_t rank, Labels& labels) const;
  uint32_t CommonCount(uint32_t a, uint32_t b) const { return hierarchy_.ancestors_.Count(a, b); }
  const uint32_t* ToAncestors(uint32_t rank) const {
    return up_.lengths.data() + begin_[rank].label;
  }
  const uint32_t* FromAncestors(uint32_t rank) const {
    return down_.lengths.data() + begin_[rank].label;
  }

  const std::shared_ptr<const HierarchyWeights> weights_;
  const Hierarchy& hierarchy_;
  std::vector<Begin> begin_;  // By rank.
  Labels up_;
  Labels down_;
};

// The distances to one target, for GoalSearch.
class LabelDistances {
 public:
  static constexpr uint32_t kNoWay = AncestorLabels::kNoWay;
  static constexpr uint32_t kFar = AncestorLabels::kFar;

  // REQUIRES target < labels.hierarchy().node_count().
  LabelDistances(const AncestorLabels& labels, Node target)
      : labels_(labels), target_(target), target_rank_(labels.hierarchy_.rank_[target]) {}

  Node target() const { return target_; }
  // kNoWay for nodes that the hierarchy does not know.
  uint32_t distance(Node node) const {
    const Hierarchy& hierarchy = labels_.hierarchy_;
    if (node >= hierarchy.node_count()) return kNoWay;
    return labels_.Distance(hierarchy.rank_[node], target_rank_);
  }
  // Returns the fewest hops of a way of that length, or nullopt where they are not known. REQUIRES
  // distance(node) < kFar.
  std::optional<uint32_t> hops(Node node, uint32_t distance) const {
    const uint32_t hops =
        labels_.FewestHops(labels_.hierarchy_.rank_[node], target_rank_, distance).hops;
    return hops < AncestorLabels::kMostHops ? std::optional(hops) : std::nullopt;
  }

 private:
  friend class OnlyPathSearch;

  const AncestorLabels& labels_;
  const Node target_;
  const uint32_t target_rank_;
};

}  // namespace srpce::graph
