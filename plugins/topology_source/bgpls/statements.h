// plugins/topology_source/bgpls/statements.h -- the routes that speak of a node, a link or a prefix
// -> what is said of it.
//
// Members are by Rank(), then by key. Of values that contradict each other the first counts; lists
// are united. Values lib/topology refuses are left out and counted.
#pragma once

#include <string>
#include <vector>

#include "lib/plugin/topology_source.h"
#include "plugins/topology_source/bgpls/adjacencies.h"
#include "plugins/topology_source/bgpls/oddities.h"
#include "plugins/topology_source/bgpls/routes_of_element.h"

namespace srpce::bgpls_source {

// What makes a node: its node NLRIs, its prefixes that are locators, its SRv6 SIDs.
struct NodeMembers {
  std::vector<Member> nodes{};
  std::vector<Member> locators{};
  std::vector<Member> sids{};
  bool pseudonode = false;
};
plugin::NodeStatement StateNode(const std::string& id, const NodeMembers& members,
                                Oddities& oddities);

// `members` are those of one adjacency.
plugin::LinkStatement StateLink(const topology::LinkKey& key, const Adjacency& adjacency,
                                const std::vector<const Member*>& members, Oddities& oddities);
// Tells the attributes of parallel links apart: equal where these are.
std::string AttributesOf(const Member& link);

// Nothing of `members` is somebody else's prefix: see IsOwn().
plugin::PrefixStatement StatePrefix(const std::string& node_id, const IpPrefix& prefix,
                                    const std::vector<Member>& members, Oddities& oddities);

}  // namespace srpce::bgpls_source
