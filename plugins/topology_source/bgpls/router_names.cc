// plugins/topology_source/bgpls/router_names.cc
#include "plugins/topology_source/bgpls/router_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::bgpls_source {

using wire::bgpls::NodeDescriptor;
using wire::bgpls::ProtocolId;

namespace {

// What tells descriptors apart beside instance and router: nothing else is joined on a guess.
std::string Rest(const NodeDescriptor& node) {
  std::string rest;
  if (node.member_as) {
    absl::StrAppend(&rest, "|member ", *node.member_as);
  }
  for (const wire::bgpls::RawTlv& tlv : node.unknown) {
    absl::StrAppend(&rest, "|", tlv.type, "=", tlv.value.size(), ":", tlv.value);
  }
  return rest;
}

std::string RouterText(const NodeDescriptor& node) {
  if (node.igp_router_id) {
    return node.igp_router_id->ToString();
  }
  return node.bgp_router_id ? node.bgp_router_id->ToString() : "?";
}

}  // namespace

RouterNames::Router RouterNames::Describe(ProtocolId protocol, uint64_t identifier,
                                          const NodeDescriptor& node) {
  Router router;
  router.pseudonode = node.igp_router_id && node.igp_router_id->is_pseudonode();
  const size_t octets = node.igp_router_id ? node.igp_router_id->octets().size() : 0;
  const bool local = protocol == ProtocolId::kDirect || protocol == ProtocolId::kStatic;
  if (protocol == ProtocolId::kOspfv3) {
    router.family = Family::kOspfv3;
  } else if (protocol == ProtocolId::kOspfv2 || (local && octets == 4)) {
    router.family = Family::kOspfv2;
  } else if (protocol == ProtocolId::kIsisLevel1 || protocol == ProtocolId::kIsisLevel2 ||
             (local && octets == 6)) {
    router.family = Family::kIsis;
  } else if (protocol == ProtocolId::kBgp) {
    router.family = Family::kBgp;
  }
  router.as_number = node.as_number.value_or(0);

  // An LSP of level 1 and one of level 2 may have the same pseudonode number for different LANs.
  std::string prefix;
  if (router.pseudonode || router.family == Family::kOther) {
    const absl::string_view name = wire::bgpls::ProtocolName(protocol);
    prefix = absl::StrCat(name, node.area ? absl::StrCat("-", *node.area) : "", ":");
  } else if (router.family == Family::kOspfv3) {
    prefix = "ospfv3:";
  } else if (router.family == Family::kBgp) {
    prefix = "bgp:";
  }
  std::string domain;
  if (router.as_number != 0) {
    absl::StrAppend(&domain, "@", router.as_number);
  }
  if (identifier != 0) {
    absl::StrAppend(&domain, "/", identifier);
  }
  // Of RFC 7752; 0 and none are the same (RFC 9552 s5.2.1.4).
  if (node.bgp_ls_id.value_or(0) != 0) {
    absl::StrAppend(&domain, "/ls", *node.bgp_ls_id);
  }
  router.fallback = absl::StrCat(prefix, RouterText(node), domain);
  router.instance = absl::StrCat(static_cast<int>(router.family), "|", domain);
  router.key = absl::StrCat(router.instance, "|", router.fallback, Rest(node));
  return router;
}

RouterIndex RouterNames::Acquire(ProtocolId protocol, uint64_t identifier,
                                 const NodeDescriptor& node) {
  Router described = Describe(protocol, identifier, node);
  if (const auto it = by_key_.find(described.key); it != by_key_.end()) {
    ++routers_[it->second].references;
    return it->second;
  }
  RouterIndex index = static_cast<RouterIndex>(routers_.size());
  if (free_.empty()) {
    routers_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  by_key_.emplace(described.key, index);
  described.name = described.fallback;
  described.references = 1;
  // A slot may be taken again while it still waits in renamed_.
  described.renamed = routers_[index].renamed;
  routers_[index] = std::move(described);
  if (routers_[index].family == Family::kBgp && node.bgp_router_id) {
    SetClaims(index, {*node.bgp_router_id});
  }
  return index;
}

void RouterNames::Release(RouterIndex router) {
  if (--routers_[router].references > 0) {
    return;
  }
  SetClaims(router, {});
  by_key_.erase(routers_[router].key);
  const bool renamed = routers_[router].renamed;
  routers_[router] = Router();
  routers_[router].renamed = renamed;
  free_.push_back(router);
}

void RouterNames::SetRouterIds(RouterIndex router, std::vector<IpAddress> router_ids) {
  // A pseudonode has none of its own; a BGP speaker goes by its descriptor.
  if (routers_[router].pseudonode || routers_[router].family == Family::kBgp) {
    return;
  }
  std::erase_if(router_ids, [](const IpAddress& id) { return id.is_unspecified(); });
  std::sort(router_ids.begin(), router_ids.end());
  router_ids.erase(std::unique(router_ids.begin(), router_ids.end()), router_ids.end());
  SetClaims(router, std::move(router_ids));
}

std::vector<RouterIndex>& RouterNames::ClaimantsOf(const IpAddress& address, Family family) {
  Claimants& claimants = claimants_[address];
  return family == Family::kBgp ? claimants.of_bgp : claimants.of_igp;
}

void RouterNames::SetClaims(RouterIndex router, std::vector<IpAddress> claims) {
  if (routers_[router].claims == claims) {
    return;
  }
  const Family family = routers_[router].family;
  std::vector<IpAddress> touched = std::exchange(routers_[router].claims, claims);
  for (const IpAddress& address : touched) {
    std::erase(ClaimantsOf(address, family), router);
  }
  for (const IpAddress& address : claims) {
    ClaimantsOf(address, family).push_back(router);
  }
  touched.insert(touched.end(), claims.begin(), claims.end());
  RenameClaimants(touched, router);
  for (const IpAddress& address : touched) {
    const auto it = claimants_.find(address);
    if (it != claimants_.end() && it->second.of_igp.empty() && it->second.of_bgp.empty()) {
      claimants_.erase(it);
    }
  }
}

void RouterNames::RenameClaimants(const std::vector<IpAddress>& addresses, RouterIndex changed) {
  absl::flat_hash_set<RouterIndex> affected{changed};
  const auto add = [&](const IpAddress& address) {
    if (const auto it = claimants_.find(address); it != claimants_.end()) {
      affected.insert(it->second.of_igp.begin(), it->second.of_igp.end());
      affected.insert(it->second.of_bgp.begin(), it->second.of_bgp.end());
    }
  };
  for (const IpAddress& address : addresses) {
    add(address);
  }
  for (const RouterIndex near : std::vector<RouterIndex>(affected.begin(), affected.end())) {
    for (const IpAddress& address : routers_[near].claims) {
      add(address);
    }
  }
  for (const RouterIndex router : affected) {
    std::string name = NameFor(router);
    if (name == routers_[router].name) {
      continue;
    }
    routers_[router].name = std::move(name);
    if (!std::exchange(routers_[router].renamed, true)) {
      renamed_.push_back(router);
    }
  }
}

IpAddress RouterNames::Primary(const Router& router) const {
  const IpAddress& own = router.claims.front();
  if (own.is_v4()) {
    return own;
  }
  for (const IpAddress& address : router.claims) {
    for (const RouterIndex other : claimants_.at(address).of_igp) {
      const IpAddress& theirs = routers_[other].claims.front();
      if (theirs.is_v4() && IsOneRouter(address, router)) {
        return theirs;
      }
    }
  }
  return own;
}

bool RouterNames::IsOneRouter(const IpAddress& address, const Router& router) const {
  const std::vector<RouterIndex>& claimants = claimants_.at(address).of_igp;
  // By instance: in one instance, two descriptors are two routers.
  absl::flat_hash_map<absl::string_view, absl::string_view> seen{{router.instance, router.key}};
  return std::all_of(claimants.begin(), claimants.end(), [&](RouterIndex index) {
    const Router& other = routers_[index];
    return other.as_number == router.as_number &&
           seen.try_emplace(other.instance, other.key).first->second == other.key;
  });
}

std::string RouterNames::NameFor(RouterIndex index) const {
  const Router& router = routers_[index];
  if (router.claims.empty()) {
    return router.fallback;
  }
  const IpAddress address = Primary(router);
  bool joined = IsOneRouter(address, router);
  const Claimants& claimants = claimants_.at(address);
  if (joined && router.family == Family::kBgp && claimants.of_igp.empty()) {
    joined = std::all_of(claimants.of_bgp.begin(), claimants.of_bgp.end(), [&](RouterIndex other) {
      return routers_[other].as_number == router.as_number;
    });
  }
  return joined ? address.ToString() : router.fallback;
}

std::vector<RouterIndex> RouterNames::TakeRenamed() {
  for (const RouterIndex router : renamed_) {
    routers_[router].renamed = false;
  }
  return std::exchange(renamed_, {});
}

}  // namespace srpce::bgpls_source
