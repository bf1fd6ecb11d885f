// tests/unit/segments/random_network.h -- small networks with every oddity of segment routing that
// a TED can hold.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "lib/topology/ted.h"

namespace srpce::segments {

struct RandomNetworkOptions {
  uint32_t min_nodes = 3;
  uint32_t max_nodes = 8;
  bool oddities =
      // Missing, shared and local SIDs, prefixes of others, LANs, overload, down links, zero
      // metrics, MSDs, classic SRv6.
      true;
};

// ECMP, parallel links, several SRGBs, PHP or not, anycast, flexible algorithm 128, NEXT-CSIDs of
// several block lengths.
topology::TedPtr RandomNetwork(std::mt19937_64& rng, const RandomNetworkOptions& options = {});

// A walk over usable links that visits no router twice, from a random router; at most `max_links`
// long, maybe empty.
struct RandomWalk {
  topology::NodeIndex headend;
  std::vector<topology::LinkIndex> links;
};
RandomWalk Walk(const topology::Ted& ted, std::mt19937_64& rng, size_t max_links);

inline uint32_t Pick(std::mt19937_64& rng, uint32_t low, uint32_t high) {
  return std::uniform_int_distribution<uint32_t>(low, high)(rng);
}
inline bool Chance(std::mt19937_64& rng, uint32_t percent) { return Pick(rng, 0, 99) < percent; }

}  // namespace srpce::segments
