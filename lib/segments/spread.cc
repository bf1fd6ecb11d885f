#include "lib/segments/spread.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/segments/follow_dag.h"

namespace srpce::segments {
namespace {

// A pseudonode's own links announce nothing, add nothing and are no hop: those into it do.
bool LeavesLan(const graph::ArcData& data) {
  return (data.flags & topology::kArcTailPseudonode) != 0;
}

// What only all links together can say.
void DropIncomplete(const Ted& ted, Expansion& expansion) {
  uint32_t common_flags = ~0U;
  uint64_t least_capacity = UINT64_MAX;
  bool any = false;
  for (const LinkIndex link : expansion.links) {
    const graph::ArcData& data = ted.graph().data(link.value());
    if (LeavesLan(data)) continue;
    const topology::LinkAttributes& attributes = ted.link(link).attributes;
    any = true;
    common_flags &= data.flags;
    least_capacity = std::min(least_capacity, data.capacity);
    if (!attributes.loss) expansion.worst_loss.reset();
    if (!attributes.delay_variation) expansion.worst_variation.reset();
  }
  if ((common_flags & topology::kArcHasIgp) == 0) expansion.worst_igp_cost.reset();
  if ((common_flags & topology::kArcHasTe) == 0) expansion.worst_te_cost.reset();
  if ((common_flags & topology::kArcHasDelay) == 0) expansion.worst_delay.reset();
  if ((common_flags & topology::kArcHasCapacity) != 0 && any) {
    expansion.bottleneck = BytesPerSecond{least_capacity};
  }
}

}  // namespace

void Worst::Join(const Worst& other) {
  igp = std::max(igp, other.igp);
  te = std::max(te, other.te);
  delay = std::max(delay, other.delay);
  variation = std::max(variation, other.variation);
  survival = std::min(survival, other.survival);
  hops = std::max(hops, other.hops);
}

Worst Spread::Take(LinkIndex link, Worst worst) {
  links_.push_back(link);
  const graph::ArcData& data = ted_.graph().data(link.value());
  if (LeavesLan(data)) return worst;
  const topology::LinkAttributes& attributes = ted_.link(link).attributes;
  worst.igp += data.weight[topology::kIgpWeight];
  worst.te += data.weight[topology::kTeWeight];
  worst.delay += data.weight[topology::kDelayWeight];
  worst.variation +=
      static_cast<uint64_t>(attributes.delay_variation.value_or(Microseconds(0)).count());
  worst.survival *= 1.0 - attributes.loss.value_or(0);
  ++worst.hops;
  return worst;
}

absl::StatusOr<WorstAt> Spread::Follow(const ShortestDag& dag, NodeIndex start,
                                       const Worst& worst) {
  const auto ends = FollowDag(
      dag, start.value(), worst,
      [this](const DagArc& arc, const Worst& met) { return Take(arc.link, met); },
      [this] { NoteChoice(); });
  if (!ends) {
    return absl::FailedPreconditionError(absl::StrCat("from ", ted_.node(start).display_name(),
                                                      ": forwarding loops over links of metric 0"));
  }
  WorstAt worst_at;
  for (const auto& [node, met] : *ends) worst_at.emplace(NodeIndex(node), met);
  return worst_at;
}

absl::StatusOr<WorstAt> Spread::Cross(const std::vector<LinkIndex>& links, const Worst& worst) {
  WorstAt ends;
  size_t ways = 0;
  for (const LinkIndex link : links) {
    for (const std::vector<LinkIndex>& way : AdjacencyWays(ted_, link)) {
      Worst there = worst;
      for (const LinkIndex hop : way) {
        there = Take(hop, there);
      }
      const auto [it, fresh] = ends.emplace(ted_.link(way.back()).remote, there);
      if (!fresh) it->second.Join(there);
      ++ways;
    }
  }
  if (ways == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("link ", ted_.link(links.front()).key.ToString(), ": is not usable"));
  }
  if (ways > 1) NoteChoice();
  return ends;
}

Expansion Spread::Finish(const WorstAt& ends) {
  Expansion expansion;
  Worst worst;
  for (const auto& [end, at_end] : ends) {
    expansion.ends.push_back(end);
    worst.Join(at_end);
  }
  expansion.single_path = single_path_ && ends.size() == 1;
  if (expansion.single_path) expansion.path = links_;
  expansion.links = std::move(links_);
  std::sort(expansion.links.begin(), expansion.links.end());
  expansion.links.erase(std::unique(expansion.links.begin(), expansion.links.end()),
                        expansion.links.end());
  expansion.worst_igp_cost = worst.igp;
  expansion.worst_te_cost = worst.te;
  expansion.worst_delay = Microseconds(static_cast<int64_t>(worst.delay));
  expansion.worst_variation = Microseconds(static_cast<int64_t>(worst.variation));
  expansion.worst_loss = 1.0 - worst.survival;
  expansion.worst_hops = worst.hops;
  DropIncomplete(ted_, expansion);
  return expansion;
}

cspf::PathMetrics WorstOf(const Expansion& expansion) {
  return {.igp_cost = expansion.worst_igp_cost,
          .te_cost = expansion.worst_te_cost,
          .delay = expansion.worst_delay,
          .variation = expansion.worst_variation,
          .loss = expansion.worst_loss,
          .hops = expansion.worst_hops,
          .bottleneck = expansion.bottleneck};
}

}  // namespace srpce::segments
