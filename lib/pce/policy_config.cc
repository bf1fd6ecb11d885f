// lib/pce/policy_config.cc -- configuration of one policy for its headend.
#include "lib/pce/policy_config.h"

#include <algorithm>

#include "lib/pce/resolve.h"
#include "lib/segments/imposition.h"

namespace srpce::pce {
namespace {

// Router ids of the data plane's family, ascending. MPLS carries both: IPv6 only where there is no
// IPv4.
std::vector<IpAddress> Loopbacks(const topology::Node& node, cspf::DataPlane data_plane) {
  std::vector<IpAddress> v4;
  std::vector<IpAddress> v6;
  for (const IpAddress& id : node.attributes.router_ids) {
    (id.is_v4() ? v4 : v6).push_back(id);
  }
  std::vector<IpAddress> chosen = data_plane == cspf::DataPlane::kSrMpls && !v4.empty() ? v4 : v6;
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

plugin::PolicyConfig BuildConfig(const topology::Ted& ted, const policy::PolicyIntent& intent,
                                 const PlannedPath& path) {
  const cspf::DataPlane data_plane = path.lists.front().list.data_plane;
  plugin::PolicyConfig config;
  config.key = intent.key;
  config.name = intent.name;
  config.preference = intent.candidate_paths[path.candidate].preference;
  config.binding_label = intent.binding_label;
  config.binding_sid = intent.binding_sid;
  config.steered_prefixes = intent.steered_prefixes;
  config.lists = path.lists;
  const std::vector<topology::NodeIndex> endpoints = FindEndpoints(ted, intent.key.endpoint);
  if (endpoints.empty()) {
    return config;
  }
  // A name that no node has by itself, though only one may announce it at the moment.
  const bool anycast = !ted.FindNode(intent.key.endpoint);
  const topology::Node& node =
      ted.node(anycast ? path.expansions.front().ends.front() : endpoints.front());
  const std::vector<IpAddress> loopbacks = Loopbacks(node, data_plane);
  const auto address = IpAddress::Parse(intent.key.endpoint);
  if (address.ok()) {
    config.endpoint_address = *address;  // The endpoint was given as an address: that one is meant.
  } else if (!loopbacks.empty()) {
    config.endpoint_address = loopbacks.front();
  }
  if (config.steered_prefixes.empty() && anycast) {
    // Not what else the router serves that is nearest now.
    if (const auto prefix = IpPrefix::Parse(intent.key.endpoint); prefix.ok()) {
      config.steered_prefixes.push_back(*prefix);
    } else if (address.ok()) {
      config.steered_prefixes.emplace_back(*address, address->max_prefix_length());
    }
  }
  if (config.steered_prefixes.empty()) {
    for (const IpAddress& address : loopbacks) {
      config.steered_prefixes.emplace_back(address, address.max_prefix_length());
    }
  }
  if (data_plane == cspf::DataPlane::kSrv6) {
    config.decapsulation_sid = segments::DecapsulationSid(node);
  }
  return config;
}

}  // namespace srpce::pce
