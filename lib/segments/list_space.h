// lib/segments/list_space.h -- what one query lets packets do on their way, judged link by link:
// the common ground of the searches for segment lists.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/cspf/label_search.h"
#include "lib/cspf/link_filter.h"
#include "lib/cspf/solver.h"
#include "lib/graph/digraph.h"
#include "lib/segments/compute.h"

namespace srpce::segments {

// What packets have met when they come to a node; where they had a choice, the worst of all
// branches in each sum by itself.
struct Walk {
  cspf::Prefix prefix;          // The waypoints counted are those that every branch has passed.
  uint32_t limit = UINT32_MAX;  // SIDs that the headend can impose on the links taken out of it.

  // Takes the worse of both. REQUIRES both have come to one node.
  void Join(const Walk& other);
};

// One query on one data plane. The TED, the query and the workspace outlive it, and meanwhile the
// workspace serves nothing else.
class ListSpace {
 public:
  ListSpace(const Ted& ted, const SegmentQuery& query, DataPlane data_plane,
            cspf::Workspace::Impl& work);

  // False: the bounds alone prove that there is no path.
  bool possible() const { return possible_; }
  const Ted& ted() const { return ted_; }
  const SegmentQuery& query() const { return query_; }
  DataPlane data_plane() const { return data_plane_; }

  Walk Start() const;
  bool IsTarget(const Walk& walk) const { return walk.prefix.state == labels_.target(); }
  graph::Node NodeOf(const Walk& walk) const {
    return walk.prefix.state % ted_.graph().node_count();
  }
  bool Allows(const graph::Arc& arc, graph::Node tail) const {
    return filter_(arc, tail, arc.other);
  }
  // Returns `walk` extended by `link`, which leaves its node. REQUIRES the query allows the link.
  Walk Take(Walk walk, LinkIndex link) const;
  // No path of the query that begins like `walk` costs less; kUnreachable if there is none.
  uint64_t LeastCost(const Walk& walk) const;
  // True unless `walk`, going on from its node, surely breaks a bound.
  bool MayKeepBounds(const Walk& walk) const {
    return labels_.BoundsMayFit(walk.prefix.sums.data(), walk.prefix.state);
  }
  // No worse than `b` in any bounded sum.
  bool NoWorse(const Walk& a, const Walk& b) const;

  bool IsRouter(graph::Node node) const;
  // True if labels of other routers' prefixes can pass `node`.
  bool Carries(graph::Node node) const;

 private:
  const Ted& ted_;
  const SegmentQuery& query_;
  const DataPlane data_plane_;
  cspf::LinkFilter& filter_;
  cspf::LabelSearch& labels_;
  size_t bound_count_ = 0;
  bool possible_ = false;
};

}  // namespace srpce::segments
