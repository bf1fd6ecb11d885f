// lib/pce/resolve.cc -- names to indexes.
#include "lib/pce/resolve.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"

namespace srpce::pce {
namespace {

using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

absl::StatusOr<NodeIndex> FindNode(const Ted& ted, absl::string_view field,
                                   const std::string& name) {
  const std::optional<NodeIndex> node = ted.FindNode(name);
  if (!node) {
    return absl::NotFoundError(absl::StrCat(field, ": unknown node '", name, "'"));
  }
  return *node;
}

// Paths begin and end at routers: nobody sends from a LAN, and no SID stands for one.
absl::StatusOr<NodeIndex> FindRouter(const Ted& ted, absl::string_view field,
                                     const std::string& name) {
  SRPCE_ASSIGN_OR_RETURN(const NodeIndex node, FindNode(ted, field, name));
  if (ted.node(node).attributes.pseudonode.value_or(false)) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, ": got '", name, "', a pseudonode, want a router"));
  }
  return node;
}

// Every link of the direction `key` names; all parallel ones where it names no interface.
std::vector<LinkIndex> FindLinks(const Ted& ted, const topology::LinkKey& key) {
  const std::optional<NodeIndex> local = ted.FindNode(key.local_node);
  const std::optional<NodeIndex> remote = ted.FindNode(key.remote_node);
  std::vector<LinkIndex> links;
  if (!local || !remote) {
    return links;
  }
  for (const LinkIndex link : ted.FindParallelLinks(*local, *remote)) {
    if (key.local_interface.empty() || ted.link(link).key.local_interface == key.local_interface) {
      links.push_back(link);
    }
  }
  return links;
}

absl::Status ResolveExclusions(const Ted& ted, const policy::PathIntent& intent,
                               UnknownExclusions unknown, cspf::Query& query) {
  const bool refused = unknown == UnknownExclusions::kRefused;
  for (const std::string& name : intent.exclude_nodes) {
    const std::optional<NodeIndex> node = ted.FindNode(name);
    if (node && (*node == query.source || *node == query.target)) {
      return absl::InvalidArgumentError(
          absl::StrCat("exclude_nodes: got '", name, "', which is an end of the path"));
    }
    if (node) {
      query.constraints.exclude_nodes.push_back(*node);
    } else if (refused) {
      return absl::NotFoundError(absl::StrCat("exclude_nodes: unknown node '", name, "'"));
    }
  }
  for (const topology::LinkKey& key : intent.exclude_links) {
    const std::vector<LinkIndex> links = FindLinks(ted, key);
    if (links.empty() && refused) {
      return absl::NotFoundError(absl::StrCat("exclude_links: unknown link ", key.ToString()));
    }
    auto& excluded = query.constraints.exclude_links;
    excluded.insert(excluded.end(), links.begin(), links.end());
  }
  query.constraints.exclude_srlgs = intent.exclude_srlgs;
  return absl::OkStatus();
}

void CopyBounds(const policy::PathIntent& intent, cspf::Constraints& to) {
  to.max_delay = intent.max_delay;
  to.max_igp_cost = intent.max_igp_cost;
  to.max_te_cost = intent.max_te_cost;
  to.max_hops = intent.max_hops;
  to.max_loss = intent.max_loss;
  to.max_variation = intent.max_variation;
  to.min_bandwidth = intent.min_bandwidth;
  to.include_any = intent.include_any;
  to.include_all = intent.include_all;
  to.exclude_any = intent.exclude_any;
  to.data_plane = intent.data_plane;
  to.flex_algorithm = intent.flex_algorithm;
}

}  // namespace

absl::StatusOr<segments::SegmentQuery> Resolve(const Ted& ted, const std::string& headend,
                                               const std::string& endpoint,
                                               const policy::PathIntent& intent,
                                               UnknownExclusions unknown) {
  SRPCE_RETURN_IF_ERROR(policy::Validate(intent));
  segments::SegmentQuery query;
  SRPCE_ASSIGN_OR_RETURN(query.path.source, FindRouter(ted, "headend", headend));
  SRPCE_ASSIGN_OR_RETURN(query.path.target, FindRouter(ted, "endpoint", endpoint));
  query.path.objective = intent.objective;
  CopyBounds(intent, query.path.constraints);
  SRPCE_RETURN_IF_ERROR(ResolveExclusions(ted, intent, unknown, query.path));
  for (const std::string& name : intent.waypoints) {
    SRPCE_ASSIGN_OR_RETURN(const NodeIndex node, FindNode(ted, "waypoint", name));
    const auto& excluded = query.path.constraints.exclude_nodes;
    if (std::find(excluded.begin(), excluded.end(), node) != excluded.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("waypoint: got '", name, "', which is excluded as well"));
    }
    query.path.constraints.waypoints.push_back(node);
  }
  query.max_sids = intent.max_sids;
  query.compress = intent.compress;
  return query;
}

}  // namespace srpce::pce
