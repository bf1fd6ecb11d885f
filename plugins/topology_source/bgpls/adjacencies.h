// plugins/topology_source/bgpls/adjacencies.h -- which link NLRIs between two nodes are of one
// adjacency.
//
// Routers announce an adjacency once for each topology, level and protocol, each time with other
// descriptors: one with IPv4 addresses, one with IPv6, one with link ids (RFC 9552 s5.2.2). In the
// TED it is one link: two would be thought disjoint, and have twice the capacity.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ip.h"
#include "lib/wire/bgpls/descriptors.h"

namespace srpce::bgpls_source {

// What one NLRI shows of the interface it is of.
struct LinkClue {
  const wire::bgpls::LinkDescriptor* descriptor = nullptr;
  // Equal for NLRIs whose attributes are; tells which IPv4 and IPv6 ones go together.
  std::string attributes{};
};

struct Adjacency {
  std::vector<size_t> members{};  // Positions in the list of clues, ascending.
  // IPv4 address, else IPv6 address, else link id, else empty; "ADDRESS%ID" where parallel links
  // borrow one address.
  std::string local_interface{};
  std::string remote_interface{};
  std::optional<IpAddress> local_address{};
  std::optional<IpAddress> remote_address{};
};

// IPv4 address -> IPv6 address of one interface: found where nothing but their order told, and kept
// so that a withdrawal of one does not pair the others anew.
using AddressPairs = std::map<IpAddress, IpAddress>;

// `clues` are of one ordered pair of nodes. In this order: same link id; same address (link-local
// ones do not count: many interfaces have the same); one IPv4-only with the one IPv6-only whose
// attributes are the same; those of `before`; then, where there are as many of both, by the order
// of the addresses. What contradicts each other is never joined. `before` becomes what was found.
std::vector<Adjacency> JoinAdjacencies(const std::vector<LinkClue>& clues, AddressPairs& before);

}  // namespace srpce::bgpls_source
