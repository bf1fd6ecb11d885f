// plugins/topology_source/bgpls/router_names.h -- which routers node descriptors name, and the node
// id each has in the TED.
//
// A router is seen in several levels, areas, protocols and instances, each with a descriptor of its
// own. Levels of IS-IS and areas of OSPF share the system or router id; all else is joined by TE
// router id (TLV 1028, 1029), which also is the node id. A router id that two different routers
// claim joins nobody: to take two routers for one would make paths that are none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "lib/base/ip.h"
#include "lib/wire/bgpls/descriptors.h"

namespace srpce::bgpls_source {

using RouterIndex = uint32_t;

class RouterNames {
 public:
  // The router `node` names, made if it is new. It stays until each Acquire has had its Release.
  RouterIndex Acquire(wire::bgpls::ProtocolId protocol, uint64_t identifier,
                      const wire::bgpls::NodeDescriptor& node);
  void Release(RouterIndex router);

  // What its node NLRIs say now.
  void SetRouterIds(RouterIndex router, std::vector<IpAddress> router_ids);

  // "10.255.0.1"; without router id, or where it is claimed twice, "0000.0000.0001@65000", with
  // "/INSTANCE" where that is not 0; pseudonodes are "isis-l2:0000.0000.0001.03@65000".
  const std::string& NameOf(RouterIndex router) const { return routers_[router].name; }
  bool IsPseudonode(RouterIndex router) const { return routers_[router].pseudonode; }

  // The routers with another name than at the last call.
  std::vector<RouterIndex> TakeRenamed();
  size_t size() const { return by_key_.size(); }

 private:
  enum class Family : uint8_t { kIsis, kOspfv2, kOspfv3, kBgp, kOther };
  struct Router {
    std::string key{};       // Of by_key_.
    std::string instance{};  // Of the protocol, without the router: what key begins with.
    Family family = Family::kOther;
    uint32_t as_number = 0;
    bool pseudonode = false;
    std::string fallback{};
    std::string name{};
    std::vector<IpAddress> claims{};  // IPv4 before IPv6.
    size_t references = 0;
    bool renamed = false;
  };
  struct Claimants {
    std::vector<RouterIndex> of_igp{};
    std::vector<RouterIndex> of_bgp{};  // A BGP identifier: it joins, but it displaces nobody.
  };

  static Router Describe(wire::bgpls::ProtocolId protocol, uint64_t identifier,
                         const wire::bgpls::NodeDescriptor& node);
  std::vector<RouterIndex>& ClaimantsOf(const IpAddress& address, Family family);
  void SetClaims(RouterIndex router, std::vector<IpAddress> claims);
  // Names `changed` anew, who claims one of `addresses`, and who shares another address with those.
  void RenameClaimants(const std::vector<IpAddress>& addresses, RouterIndex changed);
  std::string NameFor(RouterIndex router) const;
  // The address a router goes by: its first IPv4 one. One with IPv6 alone goes by the IPv4 address
  // of whoever shares it.
  IpAddress Primary(const Router& router) const;
  // Whether `router` and those who claim `address` can be one.
  bool IsOneRouter(const IpAddress& address, const Router& router) const;

  std::vector<Router> routers_;
  std::vector<RouterIndex> free_;
  absl::flat_hash_map<std::string, RouterIndex> by_key_;
  absl::flat_hash_map<IpAddress, Claimants> claimants_;
  std::vector<RouterIndex> renamed_;
};

}  // namespace srpce::bgpls_source
