// lib/cspf/conflict_search.cc -- best-first over the conflict tree.
#include "lib/cspf/conflict_search.h"

#include <algorithm>

namespace srpce::cspf {

ConflictSearch::ConflictSearch(const topology::Ted& ted, const DisjointQuery& query,
                               const std::vector<Path>& alone, uint64_t floor,
                               Workspace::Impl& work, uint64_t& labels_left)
    : ted_(ted),
      query_(query),
      alone_(alone),
      floor_(floor),
      work_(work),
      labels_left_(labels_left) {
  for (size_t i = 0; i < query.members.size(); ++i) {
    const auto same = std::find(query.members.begin(), query.members.end(), query.members[i]);
    class_of_.push_back(static_cast<size_t>(same - query.members.begin()));
  }
}

ConflictSearch::Outcome ConflictSearch::Run() {
  Outcome outcome;
  TreeNode root;
  root.avoided.resize(query_.members.size());
  for (const Path& path : alone_) root.paths.push_back(std::make_shared<const Path>(path));
  PushNode(std::move(root));
  bool is_root = true;
  while (!queue_.empty()) {
    const TreeNode node = queue_.top();
    queue_.pop();
    if (node.bound >= best_cost_) break;
    const std::vector<Conflict> conflicts = ConflictsOf(node);
    if (conflicts.empty()) {
      Consider(node.paths);
      break;  // Everything else in the queue costs as much or more.
    }
    Repair(node);
    const std::optional<Branch> branch = ChooseBranch(node, conflicts, is_root, outcome);
    is_root = false;
    if (labels_left_ == 0 || exhausted_) {
      if (best_cost_ <= node.bound) break;
      outcome.status = Outcome::Status::kExhausted;
      outcome.lower_bound = node.bound;
      outcome.paths = std::move(best_);
      return outcome;
    }
    if (!branch) continue;
    if (!branch->symmetric) PushChild(node, branch->conflict.first, branch->conflict.risk);
    PushChild(node, branch->conflict.second, branch->conflict.risk);
  }
  if (best_cost_ == kInfinite) return outcome;
  outcome.status = Outcome::Status::kFound;
  outcome.paths = std::move(best_);
  return outcome;
}

const ConflictSearch::Member& ConflictSearch::SolveMember(size_t member, const Avoided& avoided) {
  const auto [entry, is_new] = solved_.try_emplace({class_of_[member], avoided});
  if (!is_new) return entry->second;
  Solution solution =
      Solve(ted_, Avoiding(ted_, query_.members[member], avoided), work_, labels_left_);
  entry->second.status = solution.status;
  exhausted_ |= solution.status == Solution::Status::kExhausted;
  if (solution.status == Solution::Status::kFound) {
    entry->second.path = std::make_shared<const Path>(std::move(solution.path));
  }
  return entry->second;
}

ConflictSearch::Avoided ConflictSearch::With(const Avoided& avoided, const Risk& risk) const {
  Avoided more = avoided;
  more.insert(std::lower_bound(more.begin(), more.end(), risk), risk);
  return more;
}

std::vector<ConflictSearch::Conflict> ConflictSearch::ConflictsOf(const TreeNode& node) const {
  std::vector<Conflict> conflicts;
  for (size_t i = 0; i < node.paths.size(); ++i) {
    for (size_t j = i + 1; j < node.paths.size(); ++j) {
      for (const Risk& risk :
           SharedRiskList(ted_, node.paths[i]->links, node.paths[j]->links, query_.disjointness)) {
        conflicts.push_back({i, j, risk});
      }
    }
  }
  return conflicts;
}

uint64_t ConflictSearch::ChildCost(const TreeNode& node, size_t member, const Risk& risk) {
  const Member& solved = SolveMember(member, With(node.avoided[member], risk));
  return solved.path ? CostOf(node.paths) - node.paths[member]->cost + solved.path->cost
                     : kInfinite;
}

std::optional<ConflictSearch::Branch> ConflictSearch::ChooseBranch(
    const TreeNode& node, const std::vector<Conflict>& conflicts, bool is_root, Outcome& outcome) {
  std::optional<Branch> best;
  const auto strength = [](const Branch& branch) {
    return std::pair(std::min(branch.first_cost, branch.second_cost),
                     std::max(branch.first_cost, branch.second_cost));
  };
  for (const Conflict& conflict : conflicts) {
    Branch branch{.conflict = conflict};
    branch.symmetric = class_of_[conflict.first] == class_of_[conflict.second] &&
                       node.avoided[conflict.first] == node.avoided[conflict.second];
    branch.second_cost = ChildCost(node, conflict.second, conflict.risk);
    branch.first_cost =
        branch.symmetric ? branch.second_cost : ChildCost(node, conflict.first, conflict.risk);
    if (exhausted_ || labels_left_ == 0) return std::nullopt;
    if (branch.first_cost == kInfinite && branch.second_cost == kInfinite) {
      if (!is_root) return std::nullopt;
      if (outcome.unavoidable.empty()) outcome.members = {conflict.first, conflict.second};
      if (outcome.members == std::pair(conflict.first, conflict.second))
        outcome.unavoidable.push_back(conflict.risk);
    }
    if (!best || strength(branch) > strength(*best)) best = branch;
  }
  if (!outcome.unavoidable.empty()) return std::nullopt;
  return best;
}

// Keeps one member's path and lets the others, in turn, avoid all of it.
void ConflictSearch::Repair(const TreeNode& node) {
  for (size_t kept = 0; kept < node.paths.size(); ++kept) {
    std::vector<std::shared_ptr<const Path>> paths(node.paths.size());
    std::vector<size_t> fixed = {kept};
    paths[kept] = node.paths[kept];
    bool complete = true;
    for (size_t i = 0; i < node.paths.size() && complete; ++i) {
      if (i == kept) continue;
      complete = AddMember(paths, i, fixed);
      fixed.push_back(i);
    }
    if (complete) Consider(paths);
  }
}

bool ConflictSearch::AddMember(std::vector<std::shared_ptr<const Path>>& paths, size_t member,
                               const std::vector<size_t>& fixed) {
  Query query = query_.members[member];
  for (const size_t other : fixed) {
    query = Avoiding(
        ted_, std::move(query),
        RisksToAvoid(ted_, paths[other]->links, query_.members[member], query_.disjointness));
  }
  Solution solution = Solve(ted_, query, work_, labels_left_);
  if (solution.status != Solution::Status::kFound) return false;
  paths[member] = std::make_shared<const Path>(std::move(solution.path));
  return true;
}

void ConflictSearch::Consider(const std::vector<std::shared_ptr<const Path>>& paths) {
  const uint64_t cost = CostOf(paths);
  if (cost >= best_cost_) return;
  best_cost_ = cost;
  best_.clear();
  for (const std::shared_ptr<const Path>& path : paths) best_.push_back(*path);
}

void ConflictSearch::PushChild(const TreeNode& node, size_t member, const Risk& risk) {
  TreeNode child = node;
  child.avoided[member] = With(node.avoided[member], risk);
  child.paths[member] = SolveMember(member, child.avoided[member]).path;
  if (child.paths[member]) PushNode(std::move(child));
}

void ConflictSearch::PushNode(TreeNode node) {
  node.bound = std::max(floor_, CostOf(node.paths));
  node.conflicts = ConflictsOf(node).size();
  if (node.bound < best_cost_) queue_.push(std::move(node));
}

uint64_t ConflictSearch::CostOf(const std::vector<std::shared_ptr<const Path>>& paths) {
  uint64_t cost = 0;
  for (const std::shared_ptr<const Path>& path : paths) cost += path->cost;
  return cost;
}

}  // namespace srpce::cspf
