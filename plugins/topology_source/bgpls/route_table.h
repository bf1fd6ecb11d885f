// plugins/topology_source/bgpls/route_table.h -- what each peer announces, and of several the route
// that counts.
//
// The key of a route is its NLRI as octets. Of the peers that announce one, those whose session is
// up come first, then the order of the configuration: they all repeat what one router said, so that
// no other measure makes one better (RFC 9552 s3).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "lib/wire/bgpls/nlri.h"

namespace srpce::bgpls_source {

// What one UPDATE says of the NLRIs in it.
struct Announcement {
  std::string attribute{};  // The BGP-LS attribute as it came; empty where there was none.
  size_t nlris = 1;         // That came with it.

  bool operator==(const Announcement&) const = default;
};

struct Route {
  std::shared_ptr<const wire::bgpls::Nlri> nlri{};
  std::shared_ptr<const Announcement> announcement{};
  bool stale = false;  // Only peers that are gone said so.
};

class RouteTable {
 public:
  // At most `limit` routes of a peer are kept.
  RouteTable(size_t peers, size_t limit) : peers_(peers), limit_(limit) {}

  // False: it was one too many, and is not kept.
  bool Announce(size_t peer, wire::bgpls::KnownNlri nlri,
                std::shared_ptr<const Announcement> announcement);
  void Withdraw(size_t peer, const std::string& key);

  // The whole table of `peer` is to come again: its routes stand until then. `stale`: because the
  // peer is gone.
  void MarkOld(size_t peer, bool stale);
  // Withdraws what `peer` has not repeated since MarkOld.
  void SweepOld(size_t peer);

  size_t routes(size_t peer) const { return peers_[peer].routes; }
  size_t stale_routes(size_t peer) const { return peers_[peer].stale; }

  // The routes that are other ones, or none, since the last call. Each key once.
  struct Change {
    std::string key{};
    std::optional<Route> route{};  // Nothing: gone.
  };
  std::vector<Change> TakeChanges();
  bool changed() const { return !changed_.empty(); }

 private:
  struct PeerRoute {
    size_t peer = 0;
    std::shared_ptr<const Announcement> announcement{};
    bool old = false;
    bool stale = false;
  };
  struct Entry {
    std::shared_ptr<const wire::bgpls::Nlri> nlri{};
    absl::InlinedVector<PeerRoute, 1> routes{};  // By peer.
    bool changed = false;
  };
  struct Counts {
    size_t routes = 0;
    size_t stale = 0;
  };

  void MarkChanged(const std::string& key, Entry& entry);
  void SetStale(PeerRoute& route, bool stale);
  static PeerRoute* Find(Entry& entry, size_t peer);
  // Calls `visit(key, entry, position)` for each route of `peer`.
  template <typename Visit>
  void ForEachRouteOf(size_t peer, Visit visit);

  absl::flat_hash_map<std::string, Entry> entries_;
  std::vector<std::string> changed_;
  std::vector<Counts> peers_;
  size_t limit_;
};

}  // namespace srpce::bgpls_source
