// lib/pce/resolve.cc -- names to indexes.
#include "lib/pce/resolve.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/segments/nearest.h"

namespace srpce::pce {
namespace {

using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

constexpr size_t kMaxEndpoints = 64;  // Each is searched for.

absl::StatusOr<NodeIndex> FindNode(const Ted& ted, absl::string_view field,
                                   const std::string& name) {
  const std::optional<NodeIndex> node = ted.FindNode(name);
  if (!node) {
    return absl::NotFoundError(absl::StrCat(field, ": unknown node '", name, "'"));
  }
  return *node;
}

// Paths begin and end at routers: nobody sends from a LAN, and no SID stands for one.
absl::Status CheckRouter(const Ted& ted, absl::string_view field, const std::string& name,
                         NodeIndex node) {
  if (!ted.node(node).attributes.pseudonode.value_or(false)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": got '", name, "', a pseudonode, want a router"));
}

absl::StatusOr<std::vector<NodeIndex>> FindAllEndpoints(const Ted& ted,
                                                        const std::vector<std::string>& names) {
  std::vector<NodeIndex> endpoints;
  for (const std::string& name : names) {
    const std::vector<NodeIndex> found = FindEndpoints(ted, name);
    if (found.empty()) {
      return absl::NotFoundError(absl::StrCat("endpoint: unknown node '", name, "'"));
    }
    for (const NodeIndex node : found) {
      SRPCE_RETURN_IF_ERROR(CheckRouter(ted, "endpoint", name, node));
      if (std::find(endpoints.begin(), endpoints.end(), node) == endpoints.end()) {
        endpoints.push_back(node);
      }
    }
  }
  if (endpoints.empty()) return absl::InvalidArgumentError("endpoint: got none, want one or more");
  if (endpoints.size() > kMaxEndpoints) {
    return absl::InvalidArgumentError(
        absl::StrCat("endpoint: got ", endpoints.size(), " routers, want at most ", kMaxEndpoints));
  }
  return endpoints;
}

std::vector<NodeIndex> Announcers(const Ted& ted, const std::string& text) {
  std::optional<IpPrefix> prefix;
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(text);
  if (address.ok()) {
    prefix.emplace(*address, address->max_prefix_length());
  } else if (const absl::StatusOr<IpPrefix> parsed = IpPrefix::Parse(text); parsed.ok()) {
    prefix = *parsed;
  }
  if (!prefix) return {};
  const absl::Span<const NodeIndex> announcers = ted.FindAnnouncers(*prefix);
  std::vector<NodeIndex> nodes(announcers.begin(), announcers.end());
  if (!nodes.empty() || !address.ok() || address->is_v4()) return nodes;
  for (const topology::SidOwner& owner : ted.FindSrv6Sid(address->v6())) {
    if (!owner.link) nodes.push_back(owner.node);
  }
  return nodes;
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
    if (node && *node == query.source) {
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
  if (!intent.may_split()) to.min_bandwidth = intent.min_bandwidth;  // Else of all lists together.
  to.include_any = intent.include_any;
  to.include_all = intent.include_all;
  to.exclude_any = intent.exclude_any;
  to.data_plane = intent.data_plane;
  to.flex_algorithm = intent.flex_algorithm;
}

}  // namespace

std::vector<NodeIndex> FindEndpoints(const Ted& ted, const std::string& name) {
  if (const std::optional<NodeIndex> node = ted.FindNode(name)) return {*node};
  return Announcers(ted, name);
}

absl::StatusOr<std::vector<segments::SegmentQuery>> ResolveAll(
    const Ted& ted, const std::string& headend, const std::vector<std::string>& endpoints,
    const policy::PathIntent& intent, UnknownExclusions unknown) {
  SRPCE_RETURN_IF_ERROR(policy::Validate(intent));
  segments::SegmentQuery query;
  SRPCE_ASSIGN_OR_RETURN(query.path.source, FindNode(ted, "headend", headend));
  SRPCE_RETURN_IF_ERROR(CheckRouter(ted, "headend", headend, query.path.source));
  SRPCE_ASSIGN_OR_RETURN(std::vector<NodeIndex> targets, FindAllEndpoints(ted, endpoints));
  query.path.objective = intent.objective;
  CopyBounds(intent, query.path.constraints);
  SRPCE_RETURN_IF_ERROR(ResolveExclusions(ted, intent, unknown, query.path));
  const auto& excluded = query.path.constraints.exclude_nodes;
  const auto is_excluded = [&](NodeIndex node) {
    return std::find(excluded.begin(), excluded.end(), node) != excluded.end();
  };
  if (std::all_of(targets.begin(), targets.end(), is_excluded)) {
    return absl::InvalidArgumentError(
        absl::StrCat("exclude_nodes: got '", endpoints.front(), "', which is an end of the path"));
  }
  std::erase_if(targets, is_excluded);
  for (const std::string& name : intent.waypoints) {
    SRPCE_ASSIGN_OR_RETURN(const NodeIndex node, FindNode(ted, "waypoint", name));
    if (is_excluded(node)) {
      return absl::InvalidArgumentError(
          absl::StrCat("waypoint: got '", name, "', which is excluded as well"));
    }
    query.path.constraints.waypoints.push_back(node);
  }
  query.max_sids = intent.max_sids;
  query.compress = intent.compress;
  query.allow_ecmp = intent.allow_ecmp;
  return segments::QueriesTo(query, targets);
}

absl::StatusOr<segments::SegmentQuery> Resolve(const Ted& ted, const std::string& headend,
                                               const std::string& endpoint,
                                               const policy::PathIntent& intent,
                                               UnknownExclusions unknown) {
  SRPCE_ASSIGN_OR_RETURN(std::vector<segments::SegmentQuery> queries,
                         ResolveAll(ted, headend, {endpoint}, intent, unknown));
  if (queries.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat("endpoint: got '", endpoint, "', which ",
                                                   queries.size(), " routers announce, want one"));
  }
  return std::move(queries.front());
}

}  // namespace srpce::pce
