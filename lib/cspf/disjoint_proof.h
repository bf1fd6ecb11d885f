// lib/cspf/disjoint_proof.h -- why no set of disjoint paths exists.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/cspf/conflict_search.h"
#include "lib/cspf/disjoint.h"

namespace srpce::cspf {

// "srlg-node-disjoint: ".
std::string LevelPrefix(Disjointness level);

// A necessary condition for any members: as many units must flow from all headends to all endpoints
// over the links that some member may use, each link carrying one, a LAN one, and under node
// disjointness each node one; more where members end.
//
// Returns the minimum cut if it lets fewer units than members pass. `alone`: each member's own
// optimum.
std::optional<NoPath> ProveByCut(const topology::Ted& ted, const DisjointQuery& query,
                                 const std::vector<Path>& alone);

// Returns what a search that found none has to say: the risks that two members cannot avoid, if
// those prove it.
NoPath NothingFound(const topology::Ted& ted, const DisjointQuery& query,
                    const std::vector<Path>& alone, const ConflictSearch::Outcome& outcome);

}  // namespace srpce::cspf
