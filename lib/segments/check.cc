// lib/segments/check.cc -- holds an expansion to each constraint of a query, by itself: no filter
// of lib/cspf is used.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/additive.h"
#include "lib/segments/igp_view.h"
#include "lib/segments/verify.h"

namespace srpce::segments {
namespace {

absl::Status Broken(absl::string_view what) { return absl::FailedPreconditionError(what); }

std::string NameOf(const Ted& ted, NodeIndex node) {
  return ted.HasNode(node) ? ted.node(node).display_name() : absl::StrCat("node ", node.value());
}

absl::Status CheckBound(const char* what, const char* unit, const std::optional<uint64_t>& worst,
                        const std::optional<uint64_t>& bound) {
  if (!bound) return absl::OkStatus();
  if (!worst) return Broken(absl::StrCat(what, ": some link announces none, bound ", *bound, unit));
  if (*worst <= *bound) return absl::OkStatus();
  return Broken(absl::StrCat(what, ": worst ECMP branch ", *worst, unit, ", bound ", *bound, unit));
}

absl::Status CheckTime(const char* what, const std::optional<Microseconds>& worst,
                       const std::optional<Microseconds>& bound) {
  if (!bound) return absl::OkStatus();
  if (!worst)
    return Broken(absl::StrCat(what, ": some link announces none, bound ", bound->count(), " us"));
  if (*worst <= *bound) return absl::OkStatus();
  return Broken(absl::StrCat(what, ": worst ECMP branch ", worst->count(), " us, bound ",
                             bound->count(), " us"));
}

absl::Status CheckBounds(const cspf::Constraints& constraints, const Expansion& expansion) {
  SRPCE_RETURN_IF_ERROR(CheckTime("delay", expansion.worst_delay, constraints.max_delay));
  SRPCE_RETURN_IF_ERROR(
      CheckTime("delay variation", expansion.worst_variation, constraints.max_variation));
  SRPCE_RETURN_IF_ERROR(
      CheckBound("IGP cost", "", expansion.worst_igp_cost, constraints.max_igp_cost));
  SRPCE_RETURN_IF_ERROR(
      CheckBound("TE cost", "", expansion.worst_te_cost, constraints.max_te_cost));
  SRPCE_RETURN_IF_ERROR(CheckBound("hops", "", expansion.worst_hops, constraints.max_hops));
  if (constraints.max_loss) {
    if (!expansion.worst_loss) return Broken("loss: some link announces none");
    if (*expansion.worst_loss > *constraints.max_loss + cspf::kLossTolerance) {
      return Broken(absl::StrCat("loss: worst ECMP branch ", *expansion.worst_loss, ", bound ",
                                 *constraints.max_loss));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAffinity(const topology::Link& link, const cspf::Constraints& constraints) {
  const topology::AdminGroup bits = link.attributes.admin_group.value_or(topology::AdminGroup());
  if (bits.Intersects(constraints.exclude_any)) {
    return Broken(absl::StrCat("affinity: link ", link.key.ToString(), " carries an excluded bit"));
  }
  if (!bits.Contains(constraints.include_all) ||
      (!constraints.include_any.empty() && !bits.Intersects(constraints.include_any))) {
    return Broken(absl::StrCat("affinity: link ", link.key.ToString(), " lacks a bit asked for"));
  }
  return absl::OkStatus();
}

template <typename T>
bool Contains(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

absl::Status CheckExclusions(const Ted& ted, LinkIndex index,
                             const cspf::Constraints& constraints) {
  const topology::Link& link = ted.link(index);
  if (Contains(constraints.exclude_links, index)) {
    return Broken(absl::StrCat("exclusion: link ", link.key.ToString(), " is excluded"));
  }
  for (const NodeIndex node : {link.local, link.remote}) {
    if (Contains(constraints.exclude_nodes, node)) {
      return Broken(
          absl::StrCat("exclusion: node ", ted.node(node).display_name(), " is excluded"));
    }
  }
  for (const uint32_t srlg : ted.srlgs(ted.graph().data(index.value()).group)) {
    if (Contains(constraints.exclude_srlgs, srlg)) {
      return Broken(absl::StrCat("exclusion: link ", link.key.ToString(), " is in SRLG ", srlg));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLink(const Ted& ted, LinkIndex index, const cspf::Constraints& constraints,
                       const IgpView& view) {
  if (!ted.HasLink(index)) {  // The expansion is older than the TED.
    return Broken(absl::StrCat("link ", index.value(), ": is gone"));
  }
  const topology::Link& link = ted.link(index);
  const graph::ArcData& data = ted.graph().data(index.value());
  if (!link.usable) {
    return Broken(absl::StrCat("link ", link.key.ToString(), ": is not usable"));
  }
  if (data.capacity < constraints.min_bandwidth.value) {
    return Broken(absl::StrCat("bandwidth: link ", link.key.ToString(), " has ", data.capacity,
                               " bytes/s, want ", constraints.min_bandwidth.value));
  }
  if (constraints.flex_algorithm >= topology::kFirstFlexAlgorithm) {
    const bool inside =
        view.exists() &&
        view.Admits({link.remote.value(), index.value(), data}, link.local.value()) &&
        view.TakesPart(link.local.value()) && view.TakesPart(link.remote.value());
    if (!inside) {
      return Broken(absl::StrCat("flex-algorithm: link ", link.key.ToString(),
                                 " is not in algorithm ", int{constraints.flex_algorithm}));
    }
  }
  // A LAN's own links announce no admin group; those into it do.
  if ((data.flags & topology::kArcTailPseudonode) == 0) {
    SRPCE_RETURN_IF_ERROR(CheckAffinity(link, constraints));
  }
  return CheckExclusions(ted, index, constraints);
}

absl::Status Missed(const Ted& ted, NodeIndex waypoint) {
  return Broken(absl::StrCat("waypoint: not every branch passes ",
                             ted.node(waypoint).display_name(), " in its turn"));
}

absl::Status CheckWaypointsOnPath(const Ted& ted, const cspf::Query& query,
                                  const std::vector<LinkIndex>& path) {
  NodeIndex here = query.source;
  size_t next = 0;
  for (const NodeIndex waypoint : query.constraints.waypoints) {
    while (here != waypoint && next < path.size()) {
      here = ted.link(path[next++]).remote;
    }
    if (here != waypoint) return Missed(ted, waypoint);
  }
  return absl::OkStatus();
}

// True if the links lead from `from` to `to` without `avoided`.
bool Leads(const Ted& ted, const std::vector<LinkIndex>& links, NodeIndex from, NodeIndex to,
           NodeIndex avoided) {
  std::set<NodeIndex> reached{from};
  for (bool grew = true; grew && !reached.contains(to);) {
    grew = false;
    for (const LinkIndex index : links) {
      const topology::Link& link = ted.link(index);
      if (link.remote != avoided && reached.contains(link.local)) {
        grew |= reached.insert(link.remote).second;
      }
    }
  }
  return reached.contains(to);
}

// Each branch is a walk over the links, so it passes the waypoints if no walk gets around one. The
// converse does not hold where branches cross in time; such a list is refused, which errs on the
// safe side.
absl::Status CheckWaypointsOnAll(const Ted& ted, const cspf::Query& query,
                                 const std::vector<LinkIndex>& links) {
  NodeIndex here = query.source;
  for (const NodeIndex waypoint : query.constraints.waypoints) {
    const bool passed = waypoint == here || (waypoint == query.target &&
                                             waypoint == query.constraints.waypoints.back());
    if (!passed && Leads(ted, links, here, query.target, waypoint)) return Missed(ted, waypoint);
    here = waypoint;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPromise(const Ted& ted, const cspf::Query& query, const Expansion& expansion) {
  if (expansion.ends != std::vector<NodeIndex>{query.target}) {
    std::string ends;
    for (const NodeIndex end : expansion.ends) {
      absl::StrAppend(&ends, ends.empty() ? "" : ", ", NameOf(ted, end));
    }
    return Broken(absl::StrCat("endpoint: ends at ", ends, ", want ", NameOf(ted, query.target)));
  }
  const IgpView view(ted, query.constraints.flex_algorithm);
  for (const LinkIndex link : expansion.links) {
    SRPCE_RETURN_IF_ERROR(CheckLink(ted, link, query.constraints, view));
  }
  SRPCE_RETURN_IF_ERROR(CheckBounds(query.constraints, expansion));
  return expansion.single_path ? CheckWaypointsOnPath(ted, query, expansion.path)
                               : CheckWaypointsOnAll(ted, query, expansion.links);
}

}  // namespace srpce::segments
