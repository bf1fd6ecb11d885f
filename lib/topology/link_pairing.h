// lib/topology/link_pairing.h -- finds the two directions of each adjacency among parallel links
// (two-way check, ISO 10589 s7.2.8.2; RFC 2328 s16.1 step 2b).
#pragma once

#include <utility>
#include <vector>

#include "lib/topology/elements.h"

namespace srpce::topology {

// Returns which of `forward` (all links a->b) and `backward` (all links b->a) are one adjacency, as
// positions in the two lists.
//
// In this order: both name each other's interface; one does and the other does not say; addresses
// match crosswise; nothing is said and both local interfaces read the same. A match counts only
// when it is the only one for both links. Of what is left, the pairs of `before` stay: that one
// link lost its reverse says nothing of the others. The rest is paired in order when as many are
// left on both sides, since then each has a reverse. Links that contradict each other are never
// paired.
using LinkPairs = std::vector<std::pair<size_t, size_t>>;
LinkPairs PairLinks(const std::vector<const Link*>& forward,
                    const std::vector<const Link*>& backward, const LinkPairs& before = {});

}  // namespace srpce::topology
