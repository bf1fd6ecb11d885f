// lib/segments/igp_view.cc -- RFC 9350 s13: which links a flexible algorithm keeps.
#include "lib/segments/igp_view.h"

#include <algorithm>
#include <vector>

#include "lib/cspf/potential_cache.h"

namespace srpce::segments {

using topology::LinkIndex;
using topology::MetricType;
using topology::NodeIndex;

IgpView::IgpView(const topology::Ted& ted, uint8_t algorithm,
                 const cspf::PotentialCache* potentials)
    : ted_(&ted), algorithm_(algorithm) {
  if (algorithm >= topology::kFirstFlexAlgorithm) UseDefinition();
  if (potentials != nullptr && exists_) bounds_ = potentials->Get(ted, slot_);
}

void IgpView::UseDefinition() {
  flexible_ = true;
  definition_ = ted_->FindFlexAlgo(algorithm_);
  if (definition_ == nullptr) {
    exists_ = false;
    return;
  }
  if (definition_->metric == MetricType::kDelay) {
    metric_flags_ = topology::kArcHasDelay;
    slot_ = topology::kDelayWeight;
  } else if (definition_->metric == MetricType::kTe) {
    // No fallback to the IGP metric here: RFC 9350 s13 rule 5.
    metric_flags_ = topology::kArcHasTe | topology::kArcTeAnnounced;
    slot_ = topology::kTeWeight;
  }
}

bool IgpView::IsOverloaded(graph::Node node) const {
  return ted_->node(NodeIndex(node)).attributes.overload.value_or(false);
}

bool IgpView::IsPseudonode(graph::Node node) const {
  return ted_->node(NodeIndex(node)).attributes.pseudonode.value_or(false);
}

bool IgpView::HasAlgorithm(graph::Node node) const {
  const topology::NodeAttributes& attributes = ted_->node(NodeIndex(node)).attributes;
  // A LAN announces no algorithms; its routers do.
  return attributes.pseudonode.value_or(false) ||
         std::find(attributes.algorithms.begin(), attributes.algorithms.end(), algorithm_) !=
             attributes.algorithms.end();
}

bool IgpView::KeepsDefinition(const graph::Arc& arc) const {
  static const topology::AdminGroup kNoBits;
  const topology::LinkAttributes& attributes = ted_->link(LinkIndex(arc.id)).attributes;
  // The metric is the least delay; an average alone is none (RFC 9350 s5.1 and s13 rule 5).
  if (definition_->metric == MetricType::kDelay && !attributes.min_delay) return false;
  const auto& announced = attributes.admin_group;
  const topology::AdminGroup& bits = announced ? *announced : kNoBits;
  if (bits.Intersects(definition_->exclude_any) || !bits.Contains(definition_->include_all)) {
    return false;
  }
  if (!definition_->include_any.empty() && !bits.Intersects(definition_->include_any)) {
    return false;
  }
  const std::vector<uint32_t>& risks = ted_->srlgs(arc.data.group);
  return std::none_of(
      definition_->exclude_srlgs.begin(), definition_->exclude_srlgs.end(),
      [&](uint32_t srlg) { return std::binary_search(risks.begin(), risks.end(), srlg); });
}

}  // namespace srpce::segments
