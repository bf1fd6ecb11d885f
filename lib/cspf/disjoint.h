// lib/cspf/disjoint.h -- sets of paths that share no link, node or risk group, computed jointly.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/query.h"

namespace srpce::cspf {

// What no two members may share (RFC 8800 s3.1). A link stands for its fibre: both directions count
// as one, and a LAN with all of its routers is one. kNode spares the members' own headends and
// endpoints. kSrlg includes kLink: a link shares every risk with itself.
enum class Disjointness : uint8_t { kLink, kNode, kSrlg, kSrlgNode };
const char* DisjointnessName(Disjointness disjointness);  // "link", "node", "srlg", "srlg-node".

struct DisjointQuery {
  std::vector<Query>
      members;  // Two or more; headends and endpoints may differ, and so may objectives and bounds.
  Disjointness disjointness = Disjointness::kLink;
};

struct DisjointPaths {
  std::vector<Path> paths;  // In the order of members.
  uint64_t total_cost = 0;
};

using DisjointResult = std::variant<DisjointPaths, NoPath>;

// Returns the members' paths with the least sum of costs such that each keeps its constraints and
// no two share what `disjointness` forbids, or why there are none.
//
// Min-cost flow (Suurballe 1974, Bhandari) where that is exact: two members with common headend and
// endpoint and equal constraints, no additive bounds, link or node level. Otherwise branching on
// shared risks (conflict-based search, Sharon et al. 2015), the one whose cheaper branch costs most
// first: each branch forbids the risk to one member; the sum of the members' own optima is the
// lower bound. Optimal, or kBudgetExhausted. Where a minimum cut proves link or node disjointness
// impossible the cut is named in NoPath::blocking_links.
DisjointResult ComputeDisjoint(const topology::Ted& ted, const DisjointQuery& query,
                               Workspace& workspace, const Budget& budget = {});

// Returns what two paths share under `disjointness`: links (as the first path names them) and
// SRLGs. Nodes are in `nodes`.
struct SharedRisks {
  std::vector<LinkIndex> links;
  std::vector<NodeIndex> nodes;
  std::vector<uint32_t> srlgs;
  bool empty() const { return links.empty() && nodes.empty() && srlgs.empty(); }
};
SharedRisks FindSharedRisks(const topology::Ted& ted, const std::vector<LinkIndex>& a,
                            const std::vector<LinkIndex>& b, Disjointness disjointness);

}  // namespace srpce::cspf
