#include "lib/graph/ancestor_labels.h"

#include <algorithm>

namespace srpce::graph {

std::shared_ptr<const AncestorLabels> AncestorLabels::Build(
    std::shared_ptr<const HierarchyWeights> weights, const Digraph& graph, size_t most_bytes) {
  const Hierarchy& hierarchy = weights->hierarchy();
  size_t labels = 0;
  uint32_t deepest = 0;
  for (uint32_t rank = 0; rank < hierarchy.node_count(); ++rank) {
    deepest = std::max(deepest, hierarchy.ancestors_.depth(rank));
    labels += hierarchy.ancestors_.depth(rank) + 1;
  }
  if (Bytes(hierarchy, labels) > most_bytes || labels > UINT32_MAX ||
      deepest == CommonAncestors::kMostDepth || hierarchy.width() > kThere) {
    return nullptr;
  }
  return std::make_shared<AncestorLabels>(std::move(weights), graph);
}

AncestorLabels::AncestorLabels(std::shared_ptr<const HierarchyWeights> weights,
                               const Digraph& graph)
    : weights_(std::move(weights)), hierarchy_(weights_->hierarchy()) {
  begin_.reserve(hierarchy_.node_count());
  uint32_t label = 0;
  for (uint32_t rank = 0; rank < hierarchy_.node_count(); ++rank) {
    begin_.push_back({label, hierarchy_.first_[rank]});
    label += hierarchy_.ancestors_.depth(rank) + 1;
  }
  for (Labels* labels : {&up_, &down_}) {
    labels->lengths.assign(label, kNoWay);
    labels->hops.assign(label, 0);
    labels->choices.assign(label, 0);
    labels->steps.resize(hierarchy_.pair_count());
  }
  FillSteps(graph);
  Fill(weights_->up_, weights_->up_hops_, weights_->up_via_, up_);
  Fill(weights_->down_, weights_->down_hops_, weights_->down_via_, down_);
}

size_t AncestorLabels::Bytes(const Hierarchy& hierarchy, size_t labels) {
  return sizeof(Begin) * hierarchy.node_count() + 2 * hierarchy.pair_count() * sizeof(Step) +
         2 * labels * (sizeof(uint32_t) + sizeof(Hops) + sizeof(Choice));
}

// From below: a way over a lower rank begins and ends as its two parts do.
void AncestorLabels::FillSteps(const Digraph& graph) {
  const HierarchyWeights& weights = *weights_;
  std::vector<ArcId> up_end(hierarchy_.pair_count());  // The other arc of each way.
  std::vector<ArcId> down_begin(hierarchy_.pair_count());
  for (uint32_t rank = 0; rank < hierarchy_.node_count(); ++rank) {
    for (uint32_t pair = hierarchy_.first_[rank]; pair < hierarchy_.first_[rank + 1]; ++pair) {
      const auto parts_of = [&](HierarchyWeights::Via via) {
        const uint32_t between = via & HierarchyWeights::kIdMask;
        return std::pair(hierarchy_.PairOf(between, rank),
                         hierarchy_.PairOf(between, hierarchy_.above_[pair]));
      };
      if (weights.up_[pair] != kNoWay) {
        const HierarchyWeights::Via via = weights.up_via_[pair];
        ArcId arc = up_end[pair] = via & HierarchyWeights::kIdMask;
        if ((via & HierarchyWeights::kOverRank) != 0) {
          const auto [to_between, from_between] = parts_of(via);
          arc = down_begin[to_between];
          up_end[pair] = up_end[from_between];
        }
        up_.steps[pair] = {arc, begin_[hierarchy_.rank_[graph.ends(arc).head]]};
      }
      if (weights.down_[pair] != kNoWay) {
        const HierarchyWeights::Via via = weights.down_via_[pair];
        ArcId arc = down_begin[pair] = via & HierarchyWeights::kIdMask;
        if ((via & HierarchyWeights::kOverRank) != 0) {
          const auto [from_between, to_between] = parts_of(via);
          arc = up_end[from_between];
          down_begin[pair] = down_begin[to_between];
        }
        down_.steps[pair] = {arc, begin_[hierarchy_.rank_[graph.ends(arc).tail]]};
      }
    }
  }
}

// From the roots down: a way to an ancestor begins with a pair, and goes on as from its other end.
void AncestorLabels::Fill(const std::vector<uint32_t>& weights, const std::vector<Hops>& hops,
                          const std::vector<HierarchyWeights::Via>& vias, Labels& labels) {
  for (uint32_t rank = hierarchy_.node_count(); rank-- > 0;) {
    const uint32_t own = begin_[rank].label + hierarchy_.ancestors_.depth(rank);
    labels.lengths[own] = 0;
    labels.choices[own] = kThere;
    const uint32_t begin = begin_[rank].pair;
    for (uint32_t pair = begin; pair < hierarchy_.first_[rank + 1]; ++pair) {
      if (weights[pair] == kNoWay) continue;
      const auto tied = (vias[pair] & HierarchyWeights::kTied) != 0 ? kTied : Choice{0};
      Offer({weights[pair], hops[pair], static_cast<Choice>((pair - begin) | tied)},
            hierarchy_.above_[pair], rank, labels);
    }
  }
}

void AncestorLabels::Offer(const Way& way, uint32_t above, uint32_t rank, Labels& labels) const {
  // What is written is not what is read, which the compiler cannot know.
  const size_t theirs = begin_[above].label;
  const uint32_t* __restrict const rest = labels.lengths.data() + theirs;
  const Hops* __restrict const rest_hops = labels.hops.data() + theirs;
  const Choice* __restrict const rest_choices = labels.choices.data() + theirs;
  const size_t mine = begin_[rank].label;
  uint32_t* __restrict const lengths = labels.lengths.data() + mine;
  Hops* __restrict const hops = labels.hops.data() + mine;
  Choice* __restrict const choices = labels.choices.data() + mine;
  const uint32_t count = hierarchy_.ancestors_.depth(above) + 1;
  for (uint32_t depth = 0; depth < count; ++depth) {
    const uint32_t sum = way.weight + rest[depth];
    if (sum > lengths[depth] || sum >= kNoWay) continue;
    const uint32_t all_hops = std::min(uint32_t{way.hops} + rest_hops[depth], kMostHops);
    if (sum < lengths[depth] || all_hops < hops[depth]) {
      lengths[depth] = std::min(sum, kFar);
      hops[depth] = static_cast<Hops>(all_hops);
      choices[depth] = way.choice | (rest_choices[depth] & kTied);
    } else if (all_hops == hops[depth]) {
      choices[depth] |= kTied;
    }
  }
}

AncestorLabels::Top AncestorLabels::FewestHops(uint32_t from, uint32_t to, uint32_t length) const {
  const uint32_t* const up = ToAncestors(from);
  const uint32_t* const down = FromAncestors(to);
  const Hops* const up_hops = up_.hops.data() + begin_[from].label;
  const Hops* const down_hops = down_.hops.data() + begin_[to].label;
  const uint32_t count = CommonCount(from, to);
  Top top;
  for (uint32_t depth = 0; depth < count; ++depth) {
    if (up[depth] + down[depth] != length) continue;
    const uint32_t hops = uint32_t{up_hops[depth]} + down_hops[depth];
    if (hops < top.hops) {
      top = {depth, hops, false};
    } else if (hops == top.hops) {
      top.tied = true;
    }
  }
  return top;
}

uint32_t AncestorLabels::Distance(uint32_t from, uint32_t to) const {
  const uint32_t* const up = ToAncestors(from);
  const uint32_t* const down = FromAncestors(to);
  const uint32_t count = CommonCount(from, to);
  uint32_t least = kNoWay;
  for (uint32_t depth = 0; depth < count; ++depth) {
    least = std::min(least, up[depth] + down[depth]);
  }
  return HierarchyWeights::CutOff(least);
}

}  // namespace srpce::graph
