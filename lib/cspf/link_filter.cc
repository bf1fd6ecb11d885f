// lib/cspf/link_filter.cc -- hot tests as masks, the rest behind one branch.
#include "lib/cspf/link_filter.h"

#include <algorithm>

namespace srpce::cspf {

using topology::AdminGroup;
using topology::FlexAlgoDefinition;
using topology::kFirstFlexAlgorithm;

std::optional<Additive> ObjectiveOf(const topology::Ted& ted, const Query& query) {
  const uint8_t algorithm = query.constraints.flex_algorithm;
  if (algorithm < kFirstFlexAlgorithm) return AdditiveOf(query.objective);
  const FlexAlgoDefinition* definition = ted.FindFlexAlgo(algorithm);
  if (definition == nullptr) return std::nullopt;
  return AdditiveOf(definition->metric);
}

namespace {

bool MustNotPassSource(const topology::Ted& ted, const Query& query) {
  const auto& waypoints = query.constraints.waypoints;
  return !waypoints.empty() && ted.HasNode(query.source) &&
         ted.node(query.source).attributes.overload.value_or(false) &&
         query.source != query.target &&
         std::find(waypoints.begin(), waypoints.end(), query.source) == waypoints.end();
}

// A LAN takes part in whatever its routers do.
bool TakesPart(const topology::Ted& ted, NodeIndex node, uint8_t algorithm) {
  if (!ted.HasNode(node)) return false;
  const topology::NodeAttributes& attributes = ted.node(node).attributes;
  return attributes.pseudonode.value_or(false) ||
         std::find(attributes.algorithms.begin(), attributes.algorithms.end(), algorithm) !=
             attributes.algorithms.end();
}

}  // namespace

void LinkFilter::Compile(const topology::Ted& ted, const Query& query, uint32_t classes) {
  const Constraints& constraints = query.constraints;
  Reset(ted, query);
  if ((classes & kClassOverload) != 0) {
    no_transit_flags_ = topology::kArcTailOverloaded;
    if (MustNotPassSource(ted, query)) never_entered_ = query.source.value();
  }
  if ((classes & kClassAttribute) != 0) RequireAttributes(query);
  if ((classes & kClassBandwidth) != 0) min_capacity_ = constraints.min_bandwidth.value;
  if ((classes & kClassAffinity) != 0) {
    AddAffinity({&constraints.exclude_any, &constraints.include_any, &constraints.include_all});
  }
  if ((classes & kClassExclusion) != 0) AddExclusions(constraints);
  if ((classes & kClassDataPlane) != 0 && constraints.data_plane != DataPlane::kEither) {
    data_plane_ = constraints.data_plane;
    const bool mpls = data_plane_ == DataPlane::kSrMpls;
    head_flags_ =
        (mpls ? topology::kArcHeadSrMpls : topology::kArcHeadSrv6) | topology::kArcHeadPseudonode;
    cold_ = true;
  }
  if ((classes & kClassFlexAlgorithm) != 0 && constraints.flex_algorithm >= kFirstFlexAlgorithm) {
    const FlexAlgoDefinition& definition = *ted.FindFlexAlgo(constraints.flex_algorithm);
    algorithm_ = constraints.flex_algorithm;
    AddAffinity({&definition.exclude_any, &definition.include_any, &definition.include_all});
    AddSrlgs(definition.exclude_srlgs);
    cold_ = true;
  }
}

void LinkFilter::Reset(const topology::Ted& ted, const Query& query) {
  ted_ = &ted;
  source_ = query.source.value();
  required_flags_ = topology::kArcUsable;
  no_transit_flags_ = 0;
  never_entered_ = graph::kNone;
  min_capacity_ = exclude_mask_ = include_all_mask_ = 0;
  cold_ = false;
  head_flags_ = 0;
  data_plane_ = DataPlane::kEither;
  algorithm_ = topology::kAlgorithmSpf;
  needs_loss_ = needs_variation_ = needs_min_delay_ = false;
  affinity_count_ = 0;
  excluded_nodes_.clear();
  excluded_links_.clear();
  excluded_srlgs_.clear();
  group_verdicts_.clear();
}

void LinkFilter::RequireAttributes(const Query& query) {
  const Constraints& constraints = query.constraints;
  const auto require = [&](Additive what) {
    if (what == Additive::kIgp) required_flags_ |= topology::kArcHasIgp;
    if (what == Additive::kTe) required_flags_ |= topology::kArcHasTe;
    if (what == Additive::kDelay) required_flags_ |= topology::kArcHasDelay;
    needs_loss_ |= what == Additive::kLoss || what == Additive::kLossLog;
    needs_variation_ |= what == Additive::kVariation;
  };
  const Additive objective = *ObjectiveOf(*ted_, query);
  require(objective);
  // RFC 9350 s13 rule 5: inside a flex-algorithm nothing stands in for its metric, neither the IGP
  // metric for TE nor the average delay for the least (s5.1).
  if (constraints.flex_algorithm >= kFirstFlexAlgorithm) {
    if (objective == Additive::kTe) required_flags_ |= topology::kArcTeAnnounced;
    needs_min_delay_ = objective == Additive::kDelay;
  }
  for (const Bound& bound : BoundsOf(constraints)) require(bound.what);
  cold_ |= needs_loss_ || needs_variation_ || needs_min_delay_;
}

void LinkFilter::AddAffinity(const Affinity& affinity) {
  if (affinity.exclude_any->empty() && affinity.include_any->empty() &&
      affinity.include_all->empty())
    return;
  exclude_mask_ |= affinity.exclude_any->low64();
  include_all_mask_ |= affinity.include_all->low64();
  affinities_[affinity_count_++] = affinity;
  const bool masks_suffice = affinity.include_any->empty() && affinity.exclude_any->fits64() &&
                             affinity.include_all->fits64();
  cold_ |= !masks_suffice;
}

void LinkFilter::AddExclusions(const Constraints& constraints) {
  for (const NodeIndex node : constraints.exclude_nodes) {
    excluded_nodes_.resize(ted_->node_bound());
    if (node.value() < excluded_nodes_.size()) excluded_nodes_[node.value()] = true;
  }
  for (const LinkIndex link : constraints.exclude_links) {
    excluded_links_.resize(ted_->graph().arc_bound());
    if (link.value() < excluded_links_.size()) excluded_links_[link.value()] = true;
  }
  AddSrlgs(constraints.exclude_srlgs);
  cold_ |= !excluded_nodes_.empty() || !excluded_links_.empty();
}

void LinkFilter::AddSrlgs(const std::vector<uint32_t>& srlgs) {
  if (srlgs.empty()) return;
  excluded_srlgs_.insert(excluded_srlgs_.end(), srlgs.begin(), srlgs.end());
  std::sort(excluded_srlgs_.begin(), excluded_srlgs_.end());
  cold_ = true;
}

std::optional<LinkProfile> LinkFilter::Profile() const {
  const auto overloaded = [&](NodeIndex node) {
    return ted_->HasNode(node) && ted_->node(node).attributes.overload.value_or(false);
  };
  if (no_transit_flags_ != 0 && overloaded(NodeIndex(source_))) return std::nullopt;
  LinkProfile profile{.required_flags = required_flags_,
                      .refused_flags = no_transit_flags_,
                      .head_flags = head_flags_,
                      .algorithm = algorithm_,
                      .min_capacity = min_capacity_,
                      .exclude_mask = exclude_mask_,
                      .include_all_mask = include_all_mask_};
  for (size_t i = 0; i < affinity_count_; ++i) {
    profile.include_any_masks[i] = affinities_[i].include_any->low64();
  }
  return profile;
}

bool LinkProfile::Allows(const topology::Ted& ted, const graph::Arc& arc, graph::Node head) const {
  const graph::ArcData& data = arc.data;
  if ((data.flags & required_flags) != required_flags || (data.flags & refused_flags) != 0 ||
      data.capacity < min_capacity || (head_flags != 0 && (data.flags & head_flags) == 0))
    return false;
  if (algorithm != topology::kAlgorithmSpf && !TakesPart(ted, NodeIndex(head), algorithm))
    return false;
  if (LeavesLan(arc)) return true;
  if ((data.mask & exclude_mask) != 0 || (data.mask & include_all_mask) != include_all_mask)
    return false;
  const bool wide_link = (data.flags & topology::kArcWideAdminGroup) != 0;
  return std::all_of(include_any_masks.begin(), include_any_masks.end(),
                     [&](uint64_t any) { return any == 0 || wide_link || (data.mask & any) != 0; });
}

bool LinkFilter::AllowsNode(NodeIndex node) const {
  if (!ted_->HasNode(node) || (!excluded_nodes_.empty() && excluded_nodes_[node.value()]))
    return false;
  const topology::NodeAttributes& attributes = ted_->node(node).attributes;
  if (attributes.pseudonode.value_or(false))
    return true;  // A LAN forwards whatever its routers forward.
  if (data_plane_ == DataPlane::kSrMpls && attributes.srgb.empty()) return false;
  if (data_plane_ == DataPlane::kSrv6 && attributes.locators.empty()) return false;
  return algorithm_ == topology::kAlgorithmSpf || TakesPart(*ted_, node, algorithm_);
}

bool LinkFilter::AllowsCold(const graph::Arc& arc, graph::Node head) const {
  if (head_flags_ != 0 && (arc.data.flags & head_flags_) == 0) return false;
  if (!excluded_nodes_.empty() && excluded_nodes_[head]) return false;
  if (!excluded_links_.empty() && excluded_links_[arc.id]) return false;
  if (!excluded_srlgs_.empty() && !AllowsSrlgs(arc.data.group)) return false;
  for (size_t i = 0; i < affinity_count_ && !LeavesLan(arc); ++i) {
    if (!AllowsAffinity(arc, affinities_[i])) return false;
  }
  if (algorithm_ != topology::kAlgorithmSpf && !AllowsNode(NodeIndex(head))) return false;
  if ((!needs_loss_ && !needs_variation_ && !needs_min_delay_) || LeavesLan(arc)) return true;
  const topology::LinkAttributes& attributes = ted_->link(LinkIndex(arc.id)).attributes;
  return (!needs_loss_ || attributes.loss) && (!needs_variation_ || attributes.delay_variation) &&
         (!needs_min_delay_ || attributes.min_delay);
}

// The masks have judged bits 0 to 63 of exclude_any and include_all.
bool LinkFilter::AllowsAffinity(const graph::Arc& arc, const Affinity& affinity) const {
  const bool wide_link = (arc.data.flags & topology::kArcWideAdminGroup) != 0;
  const AdminGroup& any = *affinity.include_any;
  if (!wide_link) {  // Only bits 0 to 63 are set.
    return affinity.include_all->fits64() && (any.empty() || (arc.data.mask & any.low64()) != 0);
  }
  const std::optional<AdminGroup>& group = ted_->link(LinkIndex(arc.id)).attributes.admin_group;
  if (!group) return affinity.include_all->empty() && any.empty();
  return !group->Intersects(*affinity.exclude_any) && group->Contains(*affinity.include_all) &&
         (any.empty() || group->Intersects(any));
}

bool LinkFilter::AllowsSrlgs(uint32_t group) const {
  if (group >= group_verdicts_.size()) group_verdicts_.resize(group + 1, Verdict::kUnknown);
  Verdict& verdict = group_verdicts_[group];
  if (verdict == Verdict::kUnknown) {
    verdict = Verdict::kAllowed;
    for (const uint32_t srlg : ted_->srlgs(group)) {
      if (std::binary_search(excluded_srlgs_.begin(), excluded_srlgs_.end(), srlg))
        verdict = Verdict::kRefused;
    }
  }
  return verdict == Verdict::kAllowed;
}

}  // namespace srpce::cspf
