#include "lib/segments/srv6_table.h"

#include <algorithm>

namespace srpce::segments {

using topology::LinkIndex;
using topology::NodeIndex;
using topology::SidOwner;
using topology::Srv6Locator;
using topology::Srv6Sid;
using topology::Ted;

namespace {

constexpr uint32_t kAddressBits = 128;

LocatorRoute FindLocatorRoute(const Ted& ted, const Ipv6Address& destination) {
  LocatorRoute route;
  const absl::Span<const SidOwner> found = ted.FindLocator(destination);
  if (found.empty()) {
    return route;
  }
  // Owners that disagree on the algorithm: the lowest counts, everywhere.
  const auto lower = [](const SidOwner& a, const SidOwner& b) { return a.algorithm < b.algorithm; };
  route.algorithm = std::min_element(found.begin(), found.end(), lower)->algorithm;
  for (const SidOwner& owner : found) {
    if (owner.algorithm != route.algorithm) {
      continue;
    }
    const Srv6Locator* longest = nullptr;
    for (const Srv6Locator& locator : ted.node(owner.node).attributes.locators) {
      if (locator.algorithm == route.algorithm &&
          locator.prefix.Contains(IpAddress::V6(destination)) &&
          (longest == nullptr || locator.prefix.length() > longest->prefix.length())) {
        longest = &locator;
      }
    }
    if (longest != nullptr) {
      route.prefix = longest->prefix;
      route.owners.push_back({owner.node, longest->metric});
    }
  }
  return route;
}

// Makes `node`, which announces `route.prefix`, one of its owners.
void AddAnnouncer(const Ted& ted, NodeIndex node, LocatorRoute& route) {
  const auto& prefixes = ted.node(node).prefixes;
  const auto announced =
      std::lower_bound(prefixes.begin(), prefixes.end(), route.prefix,
                       [](const topology::Prefix& a, const IpPrefix& b) { return a.prefix < b; });
  const std::optional<uint32_t>& metric = announced->attributes.metric;
  auto owner = std::lower_bound(route.owners.begin(), route.owners.end(), node,
                                [](const Owner& a, NodeIndex b) { return a.node < b; });
  if (owner == route.owners.end() || owner->node != node) {
    owner = route.owners.insert(owner, Owner{node});
  }
  owner->metric = metric.value_or(owner->metric);
}

}  // namespace

std::optional<SidReading> ReadSid(const Ted& ted, NodeIndex router,
                                  const Ipv6Address& destination) {
  std::optional<SidReading> best;
  const auto consider = [&](const Srv6Sid& sid, std::optional<LinkIndex> link) {
    const uint32_t length = MatchLength(sid);
    if (!SameLeadingBits(sid.sid, destination, length)) {
      return;
    }
    const uint32_t best_length = best ? MatchLength(best->sid) : 0;
    if (!best || length > best_length) {
      best = SidReading{sid, {}};
    } else if (length < best_length || !link || best->adjacency.empty()) {
      return;
    }
    if (link) {
      best->adjacency.push_back(*link);  // The same SID on several links: a set.
    }
  };
  for (const Srv6Sid& sid : ted.node(router).attributes.srv6_sids) {
    consider(sid, std::nullopt);
  }
  for (const graph::Arc& arc : ted.graph().out(router.value())) {
    for (const Srv6Sid& sid : ted.link(LinkIndex(arc.id)).attributes.srv6_sids) {
      consider(sid, LinkIndex(arc.id));
    }
  }
  if (best && MatchLength(best->sid) < kAddressBits) {
    const std::optional<LocatorRoute> route = FindRoute(ted, destination);
    if (route && route->prefix.length() > MatchLength(best->sid)) {
      return std::nullopt;
    }
  }
  return best;
}

bool LocatorRoute::IsOwner(NodeIndex node) const {
  return std::any_of(owners.begin(), owners.end(),
                     [&](const Owner& owner) { return owner.node == node; });
}

bool LocatorRoute::SameAs(const LocatorRoute& other) const {
  const auto same = [](const Owner& a, const Owner& b) {
    return a.node == b.node && a.metric == b.metric;
  };
  return algorithm == other.algorithm &&
         std::equal(owners.begin(), owners.end(), other.owners.begin(), other.owners.end(), same);
}

std::optional<LocatorRoute> FindRoute(const Ted& ted, const Ipv6Address& destination) {
  LocatorRoute route = FindLocatorRoute(ted, destination);
  const std::optional<IpPrefix> announced =
      ted.FindAnnouncedPrefix(destination, route.prefix.length());
  if (!announced) {
    return route.owners.empty() ? std::nullopt : std::optional(std::move(route));
  }
  if (*announced != route.prefix || route.algorithm != topology::kAlgorithmSpf) {
    for (const Owner& owner : route.owners) {
      route.shadowed.push_back(owner.node);
    }
    route.owners.clear();
    route.algorithm = topology::kAlgorithmSpf;
    route.prefix = *announced;
  }
  for (const NodeIndex node : ted.FindAnnouncers(*announced)) {
    AddAnnouncer(ted, node, route);
  }
  return route;
}

void Advance(const Srv6Sid& sid, const std::vector<Ipv6Address>& sids, Srv6Cursor& cursor) {
  if (ShiftsContainer(sid) && AnyBitFrom(cursor.destination, MatchLength(sid))) {
    cursor.destination = ShiftCsid(cursor.destination, sid.structure->block, CsidLength(sid));
    cursor.consumed += CsidLength(sid);
    return;
  }
  ++cursor.entry;
  cursor.consumed = static_cast<uint32_t>(cursor.entry) * 128;
  cursor.done = cursor.entry == sids.size();
  if (!cursor.done) {
    cursor.destination = sids[cursor.entry];
  }
}

}  // namespace srpce::segments
