#include "lib/segments/list_space.h"

#include <algorithm>

namespace srpce::segments {

void Walk::Join(const Walk& other) {
  // States of one node differ by the waypoints passed.
  prefix.state = std::min(prefix.state, other.prefix.state);
  prefix.cost = std::max(prefix.cost, other.prefix.cost);
  for (size_t i = 0; i < prefix.sums.size(); ++i) {
    prefix.sums[i] = std::max(prefix.sums[i], other.prefix.sums[i]);
  }
  limit = std::min(limit, other.limit);
}

ListSpace::ListSpace(const Ted& ted, const SegmentQuery& query, DataPlane data_plane,
                     cspf::Workspace::Impl& work)
    : ted_(ted),
      query_(query),
      data_plane_(data_plane),
      filter_(work.filter),
      labels_(work.labels),
      bound_count_(cspf::BoundsOf(query.path.constraints).count) {
  const std::optional<cspf::Additive> objective = cspf::ObjectiveOf(ted, query.path);
  if (!objective) return;
  filter_.Compile(ted, query.path);
  possible_ = cspf::AllowsEnds(query.path, filter_) &&
              labels_.Prepare(ted, query.path, filter_, *objective, cspf::LabelSearch::Want::kAll,
                              cspf::GuidesFor(ted, work));
}

Walk ListSpace::Start() const {
  Walk walk{.prefix = labels_.Start()};
  if (query_.max_sids) walk.limit = *query_.max_sids;
  if (data_plane_ == DataPlane::kSrv6) {
    walk.limit = std::min(walk.limit,
                          HeadendMsd(ted_, query_.path.source, data_plane_).value_or(UINT32_MAX));
  }
  return walk;
}

Walk ListSpace::Take(Walk walk, LinkIndex link) const {
  if (data_plane_ == DataPlane::kSrMpls &&
      ted_.graph().ends(link.value()).tail == query_.path.source.value()) {
    // RFC 8491 s4: that of the link counts instead of the node's.
    const auto& of_link = ted_.link(link).attributes.msd_base_mpls_imposition;
    const std::optional<uint32_t> limit = of_link
                                              ? std::optional<uint32_t>(*of_link)
                                              : HeadendMsd(ted_, query_.path.source, data_plane_);
    walk.limit = std::min(walk.limit, limit.value_or(UINT32_MAX));
  }
  labels_.Append(walk.prefix, link);
  return walk;
}

uint64_t ListSpace::LeastCost(const Walk& walk) const {
  const uint64_t rest = labels_.CostRest(walk.prefix.state);
  return rest == graph::kUnreachable ? rest : walk.prefix.cost + rest;
}

bool ListSpace::NoWorse(const Walk& a, const Walk& b) const {
  for (size_t i = 0; i < bound_count_; ++i) {
    if (a.prefix.sums[i] > b.prefix.sums[i]) return false;
  }
  return true;
}

bool ListSpace::IsRouter(graph::Node node) const {
  return !ted_.node(NodeIndex(node)).attributes.pseudonode.value_or(false);
}

bool ListSpace::Carries(graph::Node node) const {
  return data_plane_ == DataPlane::kSrv6 || !IsRouter(node) ||
         !ted_.node(NodeIndex(node)).attributes.srgb.empty();
}

}  // namespace srpce::segments
