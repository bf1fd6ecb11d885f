// plugins/topology_source/bgpls/route_table.cc
#include "plugins/topology_source/bgpls/route_table.h"

#include <algorithm>
#include <utility>

namespace srpce::bgpls_source {

void RouteTable::MarkChanged(const std::string& key, Entry& entry) {
  if (!std::exchange(entry.changed, true)) {
    changed_.push_back(key);
  }
}

void RouteTable::SetStale(PeerRoute& route, bool stale) {
  if (std::exchange(route.stale, stale) != stale) {
    Counts& counts = peers_[route.peer];
    stale ? ++counts.stale : --counts.stale;
  }
}

RouteTable::PeerRoute* RouteTable::Find(Entry& entry, size_t peer) {
  const auto it = std::find_if(entry.routes.begin(), entry.routes.end(),
                               [&](const PeerRoute& route) { return route.peer == peer; });
  return it == entry.routes.end() ? nullptr : &*it;
}

bool RouteTable::Announce(size_t peer, wire::bgpls::KnownNlri nlri,
                          std::shared_ptr<const Announcement> announcement) {
  const auto it = entries_.find(nlri.key);
  PeerRoute* route = it == entries_.end() ? nullptr : Find(it->second, peer);
  if (route != nullptr) {
    const bool same = !route->stale && *route->announcement == *announcement;
    route->old = false;
    SetStale(*route, false);
    route->announcement = std::move(announcement);
    if (!same) {
      MarkChanged(it->first, it->second);
    }
    return true;
  }
  if (peers_[peer].routes >= limit_) {
    return false;
  }
  ++peers_[peer].routes;
  Entry& entry = it == entries_.end() ? entries_[nlri.key] : it->second;
  if (entry.nlri == nullptr) {
    entry.nlri = std::make_shared<const wire::bgpls::Nlri>(std::move(nlri.nlri));
  }
  const auto place = std::find_if(entry.routes.begin(), entry.routes.end(),
                                  [&](const PeerRoute& other) { return other.peer > peer; });
  entry.routes.insert(place, PeerRoute{.peer = peer, .announcement = std::move(announcement)});
  MarkChanged(nlri.key, entry);
  return true;
}

void RouteTable::Withdraw(size_t peer, const std::string& key) {
  const auto it = entries_.find(key);
  PeerRoute* route = it == entries_.end() ? nullptr : Find(it->second, peer);
  if (route == nullptr) {
    return;  // Withdrawing what was never announced is no error (RFC 4271 s3.1).
  }
  SetStale(*route, false);
  --peers_[peer].routes;
  it->second.routes.erase(it->second.routes.begin() + (route - it->second.routes.data()));
  MarkChanged(it->first, it->second);
}

template <typename Visit>
void RouteTable::ForEachRouteOf(size_t peer, Visit visit) {
  for (auto& [key, entry] : entries_) {
    if (PeerRoute* route = Find(entry, peer); route != nullptr) {
      visit(key, entry, *route);
    }
  }
}

void RouteTable::MarkOld(size_t peer, bool stale) {
  ForEachRouteOf(peer, [&](const std::string& key, Entry& entry, PeerRoute& route) {
    route.old = true;
    if (stale && !route.stale) {
      SetStale(route, true);
      MarkChanged(key, entry);
    }
  });
}

void RouteTable::SweepOld(size_t peer) {
  std::vector<std::string> gone;
  ForEachRouteOf(peer, [&](const std::string& key, Entry& /*entry*/, const PeerRoute& route) {
    if (route.old) {
      gone.push_back(key);
    }
  });
  for (const std::string& key : gone) {
    Withdraw(peer, key);
  }
}

std::vector<RouteTable::Change> RouteTable::TakeChanges() {
  std::vector<Change> changes;
  changes.reserve(changed_.size());
  for (std::string& key : changed_) {
    const auto it = entries_.find(key);
    Entry& entry = it->second;
    entry.changed = false;
    Change& change = changes.emplace_back(Change{.key = std::move(key)});
    if (entry.routes.empty()) {
      entries_.erase(it);
      continue;
    }
    const auto live = std::find_if(entry.routes.begin(), entry.routes.end(),
                                   [](const PeerRoute& route) { return !route.stale; });
    const PeerRoute& best = live == entry.routes.end() ? entry.routes.front() : *live;
    change.route =
        Route{.nlri = entry.nlri, .announcement = best.announcement, .stale = best.stale};
  }
  changed_.clear();
  return changes;
}

}  // namespace srpce::bgpls_source
