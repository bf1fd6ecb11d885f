// lib/cspf/conflict_search.h -- disjoint sets of paths by branching on shared risks (Sharon et al.
// 2015; CoSE: Rostami et al. 2007).
//
// A tree node tells each member which risks to avoid and between which delays to stay, and holds
// each member's optimum under that. Where two members share a risk, one of them must avoid it: two
// children. Where a member is too slow for a faster one, either the faster one takes more than some
// time between, which bounds the others from below, or it does not, which bounds them from above.
// Where sharing is allowed (conflict_sharing.cc) a member either avoids the risk or is committed to
// it, and two members committed to one risk pay for it: that splits the sets without overlap. The
// cost of the members' optima never falls from parent to child, so the first node without
// conflict that leaves the queue is optimal.
//
// To keep the tree small: the conflict whose cheaper child costs most is branched on (strong
// branching); equal members branch once, not twice; at each node a quick repair looks for a
// complete set, whose cost prunes; answers are remembered by what is asked.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/member_solver.h"
#include "lib/cspf/set_cost.h"
#include "lib/cspf/set_repair.h"
#include "lib/cspf/shared_risks.h"

namespace srpce::cspf {

class ConflictSearch {
 public:
  // The references outlive the search. `alone`: each member's own optimum. `floor`: no set costs
  // less; it may have fewer terms than a set's cost.
  ConflictSearch(const topology::Ted& ted, const DisjointQuery& query, Sharing sharing,
                 const std::vector<Path>& alone, SetCost floor, MemberSolver& solver);

  struct Outcome {
    enum class Status : uint8_t { kFound, kNone, kExhausted };
    Status status = Status::kNone;
    std::vector<Path> paths{};        // kFound: optimal. kExhausted: the best found, or empty.
    SetCost lower_bound{};            // kExhausted.
    std::vector<Risk> unavoidable{};  // kNone: risks that alone prove it, if there are such.
    std::pair<size_t, size_t> members{0, 0};  // The two members that cannot avoid them.
  };
  Outcome Run();

 private:
  struct Conflict {
    size_t first = 0;
    size_t second = 0;
    Risk risk;
    auto operator<=>(const Conflict&) const = default;
  };
  // The member is taken to run the risk, whether or not its path does yet.
  struct Commitment {
    Risk risk;
    size_t member = 0;
    auto operator<=>(const Commitment&) const = default;
  };
  struct TreeNode {
    std::vector<Restriction> restrictions;
    std::vector<PathPtr> paths;
    std::vector<Commitment> committed;  // Ascending.
    uint64_t shared = 0;                // Risks shared by those.
    SetCost bound;
    size_t conflicts = 0;
  };
  // A way to split a node. A child of kInfiniteCost is infeasible; `symmetric`: the first child
  // mirrors the second.
  struct Branch {
    Conflict conflict;
    SetCost first_cost{};
    SetCost second_cost{};
    bool symmetric = false;
    std::pair<const SetCost&, const SetCost&> Strength() const {
      return std::minmax(first_cost, second_cost);
    }
    bool Infeasible() const { return first_cost == kInfiniteCost && second_cost == kInfiniteCost; }
  };
  struct Later {
    bool operator()(const TreeNode& a, const TreeNode& b) const {
      return a.bound != b.bound ? a.bound > b.bound : a.conflicts > b.conflicts;
    }
  };

  // The shared risks not paid for.
  std::vector<Conflict> ConflictsOf(const TreeNode& node) const;
  std::vector<Conflict> SharedBy(const std::vector<PathPtr>& paths) const;
  SetCost CostOf(uint64_t shared_risks, const std::vector<PathPtr>& paths) const;
  // The cost of `node` if `member` had a path of `cost`.
  SetCost CostWith(const TreeNode& node, size_t member, uint64_t cost) const;
  PathPtr SolveMember(const TreeNode& node, size_t member, const Restriction& restriction);

  // Pushes the children of `node`. The root's conflicts that prove there is no set go to `outcome`.
  void Expand(const TreeNode& node, const std::vector<Conflict>& conflicts, bool is_root,
              Outcome& outcome);
  Branch MakeBranch(const TreeNode& node, const Conflict& conflict);
  bool IsSymmetric(const TreeNode& node, const Conflict& conflict) const;
  SetCost ChildCost(const TreeNode& node, size_t member, const Risk& risk);
  void PushAvoiding(const TreeNode& node, size_t member, const Risk& risk);
  void PushNode(TreeNode node);

  // The same where sharing is allowed.
  void ExpandSharing(const TreeNode& node, const std::vector<Conflict>& conflicts);
  static bool IsCommitted(const TreeNode& node, size_t member, const Risk& risk);
  TreeNode Committed(TreeNode node, const std::vector<Commitment>& more) const;
  // True if the two members share `risk` when both run it.
  bool Counts(size_t a, size_t b, const Risk& risk) const;

  // The fastest and the slowest member, if their delays are too far apart.
  std::optional<std::pair<size_t, size_t>> TooFarApart(const std::vector<PathPtr>& paths) const;
  void SplitDelays(const TreeNode& node, size_t fastest, size_t slowest);
  // Pushes a child in which `member` and all others are held to those delays.
  void PushWithin(const TreeNode& node, size_t member, const Restriction& own,
                  const Restriction& others);

  // Looks for complete sets near `node`.
  void Repair(const TreeNode& node);
  void Consider(const std::vector<PathPtr>& paths);

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  const Sharing sharing_;
  const std::vector<Path>& alone_;
  const SetCost floor_;
  MemberSolver& solver_;
  std::priority_queue<TreeNode, std::vector<TreeNode>, Later> queue_;
  std::vector<PathPtr> best_;
  SetCost best_cost_ = kInfiniteCost;
};

}  // namespace srpce::cspf
