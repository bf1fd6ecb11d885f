// tests/support/extreme_networks.h -- networks at the edge of what fits: long, dear, wide.
#pragma once

#include <cstdint>
#include <functional>

#include "lib/topology/elements.h"
#include "tests/support/draft.h"
#include "tests/support/seed.h"

namespace srpce::support {

// More than 16 bits hold; fewer under a sanitizer.
inline constexpr uint32_t kManyHops = 4'100 * Cases(16);

// What link `i` of a network announces, in both directions.
using LinkOfPosition = std::function<topology::LinkAttributes(uint32_t i)>;

// Routers "n0", "n1" ... with prefix SID index i + 1 in an SRGB that holds them all.
Draft Routers(uint32_t count);
// Adds a<->b with adjacency SIDs. Its directions are the last two links. Parallel ones have
// interfaces "1", "2" ...
void AddLink(uint32_t a, uint32_t b, const topology::LinkAttributes& attributes, Draft& draft,
             uint32_t interface = 0);

// n0 defines the algorithm, all take part: prefix SID index kFlexIndex + i + 1.
inline constexpr uint32_t kFlexIndex = 200'000;
void AddAlgorithm(const topology::FlexAlgoDefinition& definition, Draft& draft);

// n0 - n1 - ... - n(hops): link i is 2i there and 2i + 1 back.
Draft Chain(uint32_t hops, const LinkOfPosition& attributes);
// The same, closed from the last to n0. `hops` routers and links.
Draft Ring(uint32_t hops, const LinkOfPosition& attributes);
// A chain of `hops` where each hop is `width` parallel links: link i is the (i % width)-th of hop
// i / width.
Draft Ladder(uint32_t hops, uint32_t width, const LinkOfPosition& attributes);

}  // namespace srpce::support
