// lib/pce/policy_config.cc -- configuration of one policy for its headend.
#include "lib/pce/policy_config.h"

#include <algorithm>

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
  const auto endpoint = ted.FindNode(intent.key.endpoint);
  if (!endpoint) {
    return config;
  }
  const topology::Node& node = ted.node(*endpoint);
  const std::vector<IpAddress> loopbacks = Loopbacks(node, data_plane);
  if (const auto address = IpAddress::Parse(intent.key.endpoint); address.ok()) {
    config.endpoint_address = *address;  // The endpoint was given as an address: that one is meant.
  } else if (!loopbacks.empty()) {
    config.endpoint_address = loopbacks.front();
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
