// lib/cspf/disjoint.h -- sets of paths that share no link, node or risk group, computed jointly
// (association groups of RFC 8800).
#pragma once

#include <cstdint>
#include <optional>
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

// Which of the sets is best. Members' costs are in their own objectives; where those differ, so do
// the units that are summed or compared.
enum class SetObjective : uint8_t {
  kSum,            // The least sum of costs.
  kMax,            // The dearest member costs least; then the least sum.
  kLexicographic,  // Member 1 costs least; then member 2, and so on.
};

// What is asked of a set, besides what is asked of each member.
struct DisjointTerms {
  Disjointness disjointness = Disjointness::kLink;
  SetObjective objective = SetObjective::kSum;
  // Between any two members' paths, sums of Link::charged_delay(). Links whose delay is not known
  // are then not used.
  std::optional<Microseconds> max_delay_difference{};
  // Levels tried in this order where `disjointness` is impossible. One that is no weaker than one
  // tried before is passed over. kNode and kSrlg are neither weaker nor stronger than one another.
  std::vector<Disjointness> fallbacks{};
  // The last resort, RFC 8800's relaxed computation: the members are maximally disjoint. They share
  // as few risks of `disjointness` as can be, counted for each pair of members: a fibre or LAN is
  // one risk, a node one, an SRLG one, so that a link shared at level srlg-node may count several
  // times. Then the objective decides.
  bool allow_sharing = false;
};

struct DisjointQuery : DisjointTerms {
  std::vector<Query>
      members;  // Two or more; headends and endpoints may differ, and so may objectives and bounds.
};

// What two paths share: links (as the first path names them), nodes and SRLGs.
struct SharedRisks {
  std::vector<LinkIndex> links;
  std::vector<NodeIndex> nodes;
  std::vector<uint32_t> srlgs;
  bool empty() const { return links.empty() && nodes.empty() && srlgs.empty(); }
  bool operator==(const SharedRisks&) const = default;
};

// Members are counted from 0; first < second.
struct PairShares {
  size_t first = 0;
  size_t second = 0;
  SharedRisks shared;
};

// A level that was tried and not answered.
struct LevelFailure {
  Disjointness level = Disjointness::kLink;
  NoPath why;  // kNotDisjoint or kDelayDifference: impossible. kBudgetExhausted: not refuted.
};

struct DisjointPaths {
  std::vector<Path> paths;  // In the order of members.
  uint64_t total_cost = 0;  // The sum, whatever the objective.
  // The first level kept, of `disjointness` and the fallbacks; else the strongest kept, node before
  // SRLG. Absent: two members share a link.
  std::optional<Disjointness> achieved{};
  bool fully_disjoint = true;          // `disjointness` itself is kept.
  std::vector<PairShares> shared{};    // What it forbids and is shared nevertheless, by pairs.
  uint64_t shared_risks = 0;           // Their number, as allow_sharing counts.
  std::vector<LevelFailure> failed{};  // The levels tried before, in order.
  // False: the budget ran out, and this is the best set found of its level.
  bool proved_optimal = true;
  uint64_t least_shared_risks = 0;  // allow_sharing: no set shares fewer.
  // Of sets that share so few, none costs less: in sum, in its dearest member, in member 1.
  uint64_t lower_bound = 0;
};

using DisjointResult = std::variant<DisjointPaths, NoPath>;

// What a member's path must pass that constraints do not tell (whether a segment list fits, say).
class PathTest {
 public:
  virtual ~PathTest() = default;
  // Returns the same each time for the same path. Counts its work down from `labels_left`.
  virtual bool Passes(size_t member, const Path& path, uint64_t& labels_left) = 0;
  // True if two members' paths are judged alike.
  virtual bool JudgesAlike(size_t a, size_t b) const = 0;
};

// Returns the best set of paths by `query.objective` such that each member keeps its constraints,
// no two share what `disjointness` forbids and their delays differ by no more than allowed; or the
// same at the first fallback where there is such a set; or why there is none.
//
// Min-cost flow (Suurballe 1974, Bhandari) where that is exact: the least sum of two members with
// equal queries, if its paths keep everything else. Otherwise branching on shared risks
// (conflict-based search, Sharon et al. 2015): see conflict_search.h. Optimal, or kBudgetExhausted
// with the best set found. Equally cheap sets: always the same one, whatever is cached; see
// graph::FindDisjointPair for min-cost flow. Where a minimum cut proves link or node disjointness
// impossible the cut is named in NoPath::blocking_links.
//
// With fallbacks or sharing each level but the last may use half of the budget that is left. One
// that runs out of it with a set in hand answers with that (proved_optimal is false); with none,
// the next level is tried, and the failure says that this one was not refuted.
//
// `test`, where given, must pass each path. A member none of whose paths passes: kNoFurtherPath.
DisjointResult ComputeDisjoint(const topology::Ted& ted, const DisjointQuery& query,
                               Workspace& workspace, const Budget& budget = {},
                               PathTest* test = nullptr);

// Returns what two paths share under `disjointness`.
SharedRisks FindSharedRisks(const topology::Ted& ted, const std::vector<LinkIndex>& a,
                            const std::vector<LinkIndex>& b, Disjointness disjointness);

}  // namespace srpce::cspf
