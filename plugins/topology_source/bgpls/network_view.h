// plugins/topology_source/bgpls/network_view.h -- the network that the routes describe, as
// statements; of each change, what is to be said anew.
//
// A route is of one unit: a node, an ordered pair of nodes (with all parallel links between them),
// or a prefix of a node; locators and SRv6 SIDs are of their node. A changed route makes its unit
// due, and only units that are due are computed again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "lib/plugin/topology_source.h"
#include "plugins/topology_source/bgpls/adjacencies.h"
#include "plugins/topology_source/bgpls/oddities.h"
#include "plugins/topology_source/bgpls/route_table.h"
#include "plugins/topology_source/bgpls/router_names.h"
#include "plugins/topology_source/bgpls/statements.h"

namespace srpce::bgpls_source {

class NetworkView {
 public:
  // `oddities` outlives the view.
  explicit NetworkView(Oddities& oddities) : oddities_(oddities) {}

  void Apply(std::vector<RouteTable::Change> changes);

  // What is other than at the last call: removals first, then nodes, links, prefixes, each in their
  // order. Of a large change at most about `most` statements; the rest by the next calls.
  std::vector<plugin::Statement> TakeChanges(size_t most = SIZE_MAX);
  bool changed() const {
    return !due_nodes_.empty() || !due_pairs_.empty() || !due_prefixes_.empty();
  }
  // All there is as of the last TakeChanges, for a new sync.
  std::vector<plugin::Statement> All() const;

 private:
  using NodePair = std::pair<std::string, std::string>;
  using PrefixOfNode = std::pair<std::string, IpPrefix>;
  struct HeldRoute {
    std::string key{};
    Route route{};
    RouterIndex local = 0;
    std::optional<RouterIndex> remote{};  // Of links.
    bool decoded = false;                 // Once: its defects have been counted.
    bool locator = false;                 // A prefix that its attribute makes a locator.
    // The node, and the other one of links, it is attached to: names may change meanwhile.
    std::string node{};
    std::string other{};

    const wire::bgpls::Nlri& nlri() const { return *route.nlri; }
  };
  using Routes = absl::flat_hash_set<HeldRoute*>;

  struct NodeUnit {
    Routes nodes{};
    Routes locators{};
    Routes sids{};
    // Links that leave it: a pseudonode is there if one does, its node NLRI or not.
    Routes links_out{};
    std::optional<plugin::NodeStatement> stated{};
    bool empty() const {
      return nodes.empty() && locators.empty() && sids.empty() && links_out.empty();
    }
  };
  struct LinkUnit {
    Routes routes{};
    AddressPairs pairs{};
    std::vector<plugin::LinkStatement> stated{};  // By local interface.
  };
  struct PrefixUnit {
    Routes routes{};
    std::optional<plugin::PrefixStatement> stated{};
  };

  void Set(const std::string& key, Route route);
  void Remove(const std::string& key);
  // Puts `route` into its unit by the names its routers have now; takes it out of it.
  void Attach(HeldRoute& route);
  void Detach(HeldRoute& route);
  void Put(HeldRoute& route, bool in);
  bool IsAtHome(const HeldRoute& route) const;
  void SetRouterIdsOf(RouterIndex router);
  void Rehome();

  Member Decode(HeldRoute& route);
  void CountDefects(const HeldRoute& route, const wire::bgpls::DecodedAttribute& decoded);
  std::vector<Member> MembersOf(const Routes& routes);

  struct Output {
    std::vector<plugin::Statement> removals{};
    std::vector<plugin::Statement> statements{};
  };
  void ComputeNode(const std::string& id, Output& output);
  void ComputePair(const NodePair& pair, Output& output);
  void ComputePrefix(const PrefixOfNode& prefix, Output& output);
  std::vector<plugin::LinkStatement> LinksOf(const NodePair& pair, LinkUnit& unit);

  Oddities& oddities_;
  RouterNames names_;
  absl::flat_hash_map<std::string, std::unique_ptr<HeldRoute>> routes_;
  std::vector<Routes> routes_of_router_;  // By RouterIndex.
  absl::flat_hash_map<std::string, NodeUnit> nodes_;
  absl::flat_hash_map<NodePair, LinkUnit> pairs_;
  absl::flat_hash_map<PrefixOfNode, PrefixUnit> prefixes_;
  absl::btree_set<std::string> due_nodes_;
  absl::btree_set<NodePair> due_pairs_;
  absl::btree_set<PrefixOfNode> due_prefixes_;
};

}  // namespace srpce::bgpls_source
