// tests/support/case_edits.h -- a case with some of its network gone, and its questions renumbered:
// for shrink.cc.
#pragma once

#include <cstddef>
#include <set>

#include "tests/support/shrink.h"

namespace srpce::support {

// Positions of the links from or to `node`, and its neighbours.
std::set<size_t> LinksOf(const Draft& network, topology::NodeIndex node);
std::set<topology::NodeIndex> NeighboursOf(const Draft& network, topology::NodeIndex node);
// The position of the other direction of `link`: the one of its interfaces, or the only one there
// is; or its own.
size_t OtherDirection(const Draft& network, size_t link);

// Whether `node` is an end or a waypoint of a member.
bool IsAskedFor(const Case& asked, topology::NodeIndex node);
// Returns `asked` with members that ask for `to` in the place of `from`.
Case WithEndsMoved(Case asked, topology::NodeIndex from, topology::NodeIndex to);
// REQUIRES no member asks for `nodes`, the walk has none of `links`, and all links of `nodes` are
// among `links`.
Case Without(Case whole, const std::set<size_t>& nodes, const std::set<size_t>& links);

}  // namespace srpce::support
