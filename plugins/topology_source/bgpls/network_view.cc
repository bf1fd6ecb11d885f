// plugins/topology_source/bgpls/network_view.cc
#include "plugins/topology_source/bgpls/network_view.h"

#include <algorithm>
#include <utility>

#include "lib/wire/bgpls/attribute.h"

namespace srpce::bgpls_source {

using wire::bgpls::Nlri;
using wire::bgpls::NlriType;

namespace {

bool HasLocator(const std::string& attribute) {
  wire::bgpls::TlvWalk walk(wire::AsBytes(attribute));
  for (wire::bgpls::Tlv tlv; walk.Next(tlv);) {
    if (tlv.type == wire::bgpls::kTlvSrv6Locator) {
      return true;
    }
  }
  return false;
}

bool IsPrefix(const Nlri& nlri) {
  return nlri.type == NlriType::kIpv4Prefix || nlri.type == NlriType::kIpv6Prefix;
}

}  // namespace

void NetworkView::Apply(std::vector<RouteTable::Change> changes) {
  // Nodes first: they name what the others are attached to.
  std::stable_partition(changes.begin(), changes.end(), [](const RouteTable::Change& change) {
    return change.route && change.route->nlri->type == NlriType::kNode;
  });
  for (RouteTable::Change& change : changes) {
    if (change.route) {
      Set(change.key, *std::move(change.route));
    } else {
      Remove(change.key);
    }
  }
  Rehome();
}

void NetworkView::Set(const std::string& key, Route route) {
  if (route.nlri->type == NlriType::kSrPolicyCandidatePath) {
    // What headends report of their policies (RFC 9857): decoded, but no part of a topology.
    return;
  }
  std::unique_ptr<HeldRoute>& held = routes_[key];
  if (held == nullptr) {
    held = std::make_unique<HeldRoute>();
    held->key = key;
    const Nlri& nlri = *route.nlri;
    held->local = names_.Acquire(nlri.protocol, nlri.identifier, nlri.local_node);
    if (nlri.type == NlriType::kLink) {
      held->remote = names_.Acquire(nlri.protocol, nlri.identifier, nlri.link().remote_node);
    }
    routes_of_router_.resize(std::max<size_t>(
        routes_of_router_.size(), std::max(held->local, held->remote.value_or(0)) + size_t{1}));
    routes_of_router_[held->local].insert(held.get());
    if (held->remote) {
      routes_of_router_[*held->remote].insert(held.get());
    }
  } else {
    Detach(*held);
  }
  held->decoded = held->route.announcement != nullptr && held->decoded &&
                  *held->route.announcement == *route.announcement;
  held->route = std::move(route);
  held->locator = IsPrefix(held->nlri()) && HasLocator(held->route.announcement->attribute);
  Attach(*held);
  if (held->nlri().type == NlriType::kNode) {
    SetRouterIdsOf(held->local);
  }
}

void NetworkView::Remove(const std::string& key) {
  const auto it = routes_.find(key);
  if (it == routes_.end()) {
    return;  // It came and went between two calls.
  }
  const std::unique_ptr<HeldRoute> held = std::move(it->second);
  routes_.erase(it);
  Detach(*held);
  routes_of_router_[held->local].erase(held.get());
  if (held->nlri().type == NlriType::kNode) {
    SetRouterIdsOf(held->local);
  }
  names_.Release(held->local);
  if (held->remote) {
    routes_of_router_[*held->remote].erase(held.get());
    names_.Release(*held->remote);
  }
}

void NetworkView::SetRouterIdsOf(RouterIndex router) {
  std::vector<IpAddress> ids;
  for (HeldRoute* route : routes_of_router_[router]) {
    if (route->nlri().type == NlriType::kNode) {
      const std::vector<IpAddress> own = Decode(*route).attribute.local_router_ids;
      ids.insert(ids.end(), own.begin(), own.end());
    }
  }
  names_.SetRouterIds(router, std::move(ids));
}

void NetworkView::Rehome() {
  for (const RouterIndex router : names_.TakeRenamed()) {
    if (router >= routes_of_router_.size()) {
      continue;
    }
    for (HeldRoute* route : routes_of_router_[router]) {
      if (!IsAtHome(*route)) {
        Detach(*route);
        Attach(*route);
      }
    }
  }
}

bool NetworkView::IsAtHome(const HeldRoute& route) const {
  return route.node == names_.NameOf(route.local) &&
         (!route.remote || route.other == names_.NameOf(*route.remote));
}

void NetworkView::Attach(HeldRoute& route) {
  route.node = names_.NameOf(route.local);
  route.other = route.remote ? names_.NameOf(*route.remote) : "";
  Put(route, /*in=*/true);
}

void NetworkView::Detach(HeldRoute& route) { Put(route, /*in=*/false); }

void NetworkView::Put(HeldRoute& route, bool in) {
  const auto put = [&](Routes& routes) {
    if (in) {
      routes.insert(&route);
    } else {
      routes.erase(&route);
    }
  };
  const auto put_in_node = [&](Routes NodeUnit::*routes) {
    put(nodes_[route.node].*routes);
    due_nodes_.insert(route.node);
  };
  switch (route.nlri().type) {
    case NlriType::kNode:
      put_in_node(&NodeUnit::nodes);
      break;
    case NlriType::kLink:
      put(pairs_[{route.node, route.other}].routes);
      due_pairs_.insert({route.node, route.other});
      if (names_.IsPseudonode(route.local)) {
        put_in_node(&NodeUnit::links_out);
      }
      break;
    case NlriType::kSrv6Sid:
      put_in_node(&NodeUnit::sids);
      break;
    default:
      put(prefixes_[{route.node, route.nlri().prefix().prefix}].routes);
      due_prefixes_.insert({route.node, route.nlri().prefix().prefix});
      if (route.locator) {
        put_in_node(&NodeUnit::locators);
      }
  }
}

Member NetworkView::Decode(HeldRoute& route) {
  wire::bgpls::DecodedAttribute decoded =
      wire::bgpls::DecodeAttribute(wire::AsBytes(route.route.announcement->attribute));
  if (!std::exchange(route.decoded, true)) {
    CountDefects(route, decoded);
  }
  Member member{.nlri = route.route.nlri.get(),
                .nlris = route.route.announcement->nlris,
                .stale = route.route.stale};
  // A length over the end: attribute discard (RFC 9552 s8.2.2).
  if (!decoded.overrun) {
    member.attribute = std::move(decoded.attribute);
  }
  return member;
}

void NetworkView::CountDefects(const HeldRoute& route,
                               const wire::bgpls::DecodedAttribute& decoded) {
  if (decoded.defects.empty() && decoded.attribute.unknown.empty()) {
    return;
  }
  const std::string where = ToString(route.nlri());
  for (const wire::bgpls::Defect& defect : decoded.defects) {
    oddities_.Count("malformed TLV", defect.type, defect.reason, where,
                    wire::AsBytes(route.route.announcement->attribute));
  }
  for (const wire::bgpls::RawTlv& tlv : decoded.attribute.unknown) {
    oddities_.Count("TLV", tlv.type, "", where, wire::AsBytes(tlv.value));
  }
}

std::vector<Member> NetworkView::MembersOf(const Routes& routes) {
  std::vector<HeldRoute*> ordered(routes.begin(), routes.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const HeldRoute* a, const HeldRoute* b) { return a->key < b->key; });
  std::vector<Member> members;
  members.reserve(ordered.size());
  for (HeldRoute* route : ordered) {
    members.push_back(Decode(*route));
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return Rank(a) < Rank(b); });
  return members;
}

}  // namespace srpce::bgpls_source
