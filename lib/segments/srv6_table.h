// lib/segments/srv6_table.h -- what an IPv6 destination means to a router: its own SIDs, else the
// longest route.
//
// A SID lies inside a locator of the router that instantiates it (RFC 8986 s3.1), so a router that
// owns no matching locator only forwards.
#pragma once

#include <optional>
#include <vector>

#include "lib/base/ip.h"
#include "lib/segments/csid.h"
#include "lib/segments/igp_view.h"
#include "lib/topology/ted.h"

namespace srpce::segments {

// A local SID that matches, the longest match of the router.
struct SidReading {
  topology::Srv6Sid sid;
  std::vector<topology::LinkIndex> adjacency;  // End.X; several: a set. Down links included.
};

// Returns the SID of `router` that `destination` invokes: the longest match, unless a longer route
// leads elsewhere.
std::optional<SidReading> ReadSid(const topology::Ted& ted, topology::NodeIndex router,
                                  const Ipv6Address& destination);

// The route by which routers forward an address: the longest match among locators and the prefixes
// that nodes announce besides. Who announces a locator as a prefix, too, is routed to by that
// (RFC 9352 s5).
struct LocatorRoute {
  uint8_t algorithm = topology::kAlgorithmSpf;
  IpPrefix prefix;
  Owners owners;  // By node.
  // Owners of a matching locator, shorter than `prefix`: packets that pass one may still invoke a
  // SID of it, if that is longer.
  std::vector<topology::NodeIndex> shadowed;

  bool IsOwner(topology::NodeIndex node) const;
  // True if packets go the same ways.
  bool SameAs(const LocatorRoute& other) const;
};
// O(lengths in use + owners).
std::optional<LocatorRoute> FindRoute(const topology::Ted& ted, const Ipv6Address& destination);

// What is left to visit: the SRH entries, and the address of the one under way.
struct Srv6Cursor {
  Ipv6Address destination;
  size_t entry = 0;
  uint32_t consumed = 0;  // Bits gone by, 128 an entry; grows with each SID.
  bool done = false;      // The last SID has been carried out.
};
// Moves on past `sid`, which `cursor.destination` invoked (RFC 9800 s4.1.1: argument left? shift
// it, else next entry).
void Advance(const topology::Srv6Sid& sid, const std::vector<Ipv6Address>& sids,
             Srv6Cursor& cursor);

}  // namespace srpce::segments
