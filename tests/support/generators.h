// tests/support/generators.h -- networks of any size for benchmarks and large tests: the same seed
// gives the same network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/topology/elements.h"
#include "lib/topology/ted_builder.h"

namespace srpce::support {

// One direction of an adjacency; directions lie in pairs, 2k and 2k + 1.
struct GeneratedLink {
  uint32_t local = 0;
  uint32_t remote = 0;
  uint32_t igp = 0;
  uint32_t delay_us = 0;
  uint64_t capacity_bps = 0;  // Bits per second.
  uint64_t available_bps = 0;
  uint32_t admin = 0;  // Affinity bits.
};

struct GeneratedNetwork {
  std::string name;
  uint32_t node_count = 0;
  std::vector<GeneratedLink> links;
};

// Internet-provider-like: POPs on a plane, nodes attach preferentially to well connected, near
// nodes. Small world, integer weights, delays from distance. 78 to 83 % of the links have 10 Gbit/s
// available and neither affinity bit 0 nor 1.
GeneratedNetwork IspNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed);

// Metro-like: a core, aggregation pairs homed to two core nodes each, access rings between the two
// of a pair. High diameter. 96 % pass that filter.
GeneratedNetwork RingNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed);

// Like the router-level maps of providers (Rocketfuel): POPs of very different size, each a mesh of
// backbone routers and many access routers homed to one or two of them; POPs are joined to those
// near them, by one link or two. Weights from distance. 80 % pass that filter. Elimination width
// 30 to 50 at 6,000 nodes, as such maps have.
GeneratedNetwork RouterNetwork(uint32_t node_count, uint32_t directed_links, uint64_t seed);

// The sizes of the benchmarks: "isp10k" 10,000 nodes / 50,000 links, "ring10k" 10,000 / 23,404,
// "isp100k" 100,000 / 600,000, "ring100k" 100,000 / 233,920, "router6k" 6,252 / 18,900, and for
// quick runs "isp1k" 1,000 / 4,000, "ring1k" 1,000 / 2,340, "router1k" 1,000 / 3,000. Dies on
// another name.
GeneratedNetwork NamedNetwork(const std::string& name, uint64_t seed = 7);

// "n17".
std::string GeneratedNodeId(uint32_t node);
topology::LinkKey KeyOf(const GeneratedNetwork& network, size_t link);
topology::LinkAttributes AttributesOf(const GeneratedLink& link);

// States every node and link. With `sids`, nodes get an SRGB and a prefix SID, links an adjacency
// SID.
void AddToBuilder(const GeneratedNetwork& network, bool sids, topology::TedBuilder& builder,
                  topology::SourceId source);
topology::TedPtr BuildTed(const GeneratedNetwork& network, bool sids = false);

}  // namespace srpce::support
