// lib/cspf/conflict_search.h -- disjoint sets of paths by branching on shared risks (Sharon et al.
// 2015; CoSE: Rostami et al. 2007).
//
// A tree node tells each member which risks to avoid, and holds each member's optimum under that.
// Where two members share a risk, one of them must avoid it: two children. The sum of the members'
// optima never falls from parent to child, so the first node without conflict that leaves the queue
// is optimal. To keep the tree small: the conflict whose cheaper child costs most is branched on
// (strong branching); equal members branch once, not twice; at each node a quick repair looks for a
// complete set, whose cost prunes; answers are remembered by what is avoided.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/shared_risks.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {

class ConflictSearch {
 public:
  // All arguments outlive the search. `alone`: each member's own optimum. `floor`: no disjoint set
  // costs less.
  ConflictSearch(const topology::Ted& ted, const DisjointQuery& query,
                 const std::vector<Path>& alone, uint64_t floor, Workspace::Impl& work,
                 uint64_t& labels_left);

  struct Outcome {
    enum class Status : uint8_t { kFound, kNone, kExhausted };
    Status status = Status::kNone;
    std::vector<Path> paths{};        // kFound: optimal. kExhausted: the best found, or empty.
    uint64_t lower_bound = 0;         // kExhausted.
    std::vector<Risk> unavoidable{};  // kNone: risks that alone prove it, if there are such.
    std::pair<size_t, size_t> members{0, 0};  // The two members that cannot avoid them.
  };
  Outcome Run();

 private:
  using Avoided = std::vector<Risk>;  // Ascending.
  struct Member {
    Solution::Status status = Solution::Status::kNone;
    std::shared_ptr<const Path> path;
  };
  struct TreeNode {
    std::vector<Avoided> avoided;
    std::vector<std::shared_ptr<const Path>> paths;
    uint64_t bound = 0;
    size_t conflicts = 0;
  };
  struct Conflict {
    size_t first = 0;
    size_t second = 0;
    Risk risk;
  };
  // A way to split a node. A child of kInfinite is infeasible; `symmetric`: the first child mirrors
  // the second.
  struct Branch {
    Conflict conflict;
    uint64_t first_cost = 0;
    uint64_t second_cost = 0;
    bool symmetric = false;
  };
  struct Later {
    bool operator()(const TreeNode& a, const TreeNode& b) const {
      return std::pair(a.bound, a.conflicts) > std::pair(b.bound, b.conflicts);
    }
  };
  static constexpr uint64_t kInfinite = UINT64_MAX;

  const Member& SolveMember(size_t member, const Avoided& avoided);
  Avoided With(const Avoided& avoided, const Risk& risk) const;
  std::vector<Conflict> ConflictsOf(const TreeNode& node) const;
  uint64_t ChildCost(const TreeNode& node, size_t member, const Risk& risk);
  // The strongest split; absent if some conflict proves the node infeasible.
  std::optional<Branch> ChooseBranch(const TreeNode& node, const std::vector<Conflict>& conflicts,
                                     bool is_root, Outcome& outcome);
  void Repair(const TreeNode& node);
  bool AddMember(std::vector<std::shared_ptr<const Path>>& paths, size_t member,
                 const std::vector<size_t>& fixed);
  void Consider(const std::vector<std::shared_ptr<const Path>>& paths);
  void PushChild(const TreeNode& node, size_t member, const Risk& risk);
  void PushNode(TreeNode node);
  static uint64_t CostOf(const std::vector<std::shared_ptr<const Path>>& paths);

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  const std::vector<Path>& alone_;
  const uint64_t floor_;
  Workspace::Impl& work_;
  uint64_t& labels_left_;
  std::vector<size_t> class_of_;  // The first member with the same query.
  std::map<std::pair<size_t, Avoided>, Member> solved_;
  std::priority_queue<TreeNode, std::vector<TreeNode>, Later> queue_;
  std::vector<Path> best_;
  uint64_t best_cost_ = kInfinite;
  bool exhausted_ = false;  // A member's own search ran out of budget.
};

}  // namespace srpce::cspf
