// tests/support/bgpls_network.h -- the BGP-LS table of a made-up network, as UPDATEs on the wire.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace srpce::support {

// A ring of `nodes` routers with chords so that there are `links` directed links: IS-IS level 2
// with SR-MPLS and SRv6. Router i has the system id i, the TE router id 10.(i >> 16).(i >> 8).i, a
// loopback prefix with SID index i, and a locator with an End SID.
struct BgplsNetwork {
  size_t nodes = 8;
  size_t links = 32;  // A multiple of 2 * nodes.
};

struct BgplsTable {
  // Whole messages, nodes first, the end-of-RIB last.
  std::string octets{};
  size_t messages = 0;
  size_t nlris = 0;
};
BgplsTable MakeTable(const BgplsNetwork& network);

// The UPDATE that withdraws both directions of a link, and the one that announces them again with
// `delay_us`. Links are those from node i to (i + 1 + chord) mod nodes.
struct BgplsLink {
  size_t from = 0;
  size_t chord = 0;
};
std::string WithdrawLink(const BgplsNetwork& network, const BgplsLink& link);
std::string AnnounceLink(const BgplsNetwork& network, const BgplsLink& link, uint32_t delay_us);

std::string RouterIdOf(size_t node);  // "10.0.0.1".

}  // namespace srpce::support
