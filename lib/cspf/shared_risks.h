// lib/cspf/shared_risks.h -- what two paths share, as single risks that a path can be told to
// avoid.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/query.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

struct Risk {
  enum class Kind : uint8_t { kFibre, kLan, kNode, kSrlg };
  Kind kind = Kind::kFibre;
  // Of the fibre: the lower link index of its directions. Node index (kLan: the pseudonode). SRLG.
  uint32_t id = 0;

  auto operator<=>(const Risk&) const = default;
};

// Returns the risk of cutting the fibre of `link`. A LAN is one fibre, whichever of its routers a
// path enters and leaves it by; a link between two pseudonodes, which no IGP has, is on both.
std::vector<Risk> FibresOf(const topology::Ted& ted, LinkIndex link);
// Returns those of `links` that run on `fibre`.
std::vector<LinkIndex> LinksOn(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                               const Risk& fibre);

inline bool CountsNodes(Disjointness level) {
  return level == Disjointness::kNode || level == Disjointness::kSrlgNode;
}
inline bool CountsSrlgs(Disjointness level) {
  return level == Disjointness::kSrlg || level == Disjointness::kSrlgNode;
}

// Returns what two paths share under `level`, ascending. A node is shared if both paths visit it,
// unless both begin or end there.
std::vector<Risk> SharedRiskList(const topology::Ted& ted, const std::vector<LinkIndex>& a,
                                 const std::vector<LinkIndex>& b, Disjointness level);

// Returns every risk of `links` that `other`'s path must avoid to be disjoint: SharedRiskList with
// any path of `other` is a part of it.
std::vector<Risk> RisksToAvoid(const topology::Ted& ted, const std::vector<LinkIndex>& links,
                               const Query& other, Disjointness level);

// Returns `query` with `risks` excluded.
Query Avoiding(const topology::Ted& ted, Query query, const std::vector<Risk>& risks);

}  // namespace srpce::cspf
