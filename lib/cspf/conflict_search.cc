// lib/cspf/conflict_search.cc -- best-first over the conflict tree.
#include "lib/cspf/conflict_search.h"

#include <algorithm>

namespace srpce::cspf {

ConflictSearch::ConflictSearch(const topology::Ted& ted, const DisjointQuery& query,
                               Sharing sharing, const std::vector<Path>& alone, SetCost floor,
                               MemberSolver& solver)
    : ted_(ted),
      query_(query),
      sharing_(sharing),
      alone_(alone),
      floor_(std::move(floor)),
      solver_(solver) {}

ConflictSearch::Outcome ConflictSearch::Run() {
  Outcome outcome;
  TreeNode root;
  root.restrictions.resize(query_.members.size());
  for (const Path& path : alone_) root.paths.push_back(std::make_shared<const Path>(path));
  PushNode(std::move(root));
  bool is_root = true;
  while (!queue_.empty() && outcome.unavoidable.empty()) {
    const TreeNode node = queue_.top();
    queue_.pop();
    if (node.bound >= best_cost_) break;
    const std::vector<Conflict> conflicts = ConflictsOf(node);
    if (conflicts.empty() && !TooFarApart(node.paths)) {
      Consider(node.paths);
      break;  // Everything else in the queue costs as much or more.
    }
    Repair(node);
    Expand(node, conflicts, is_root, outcome);
    is_root = false;
    if (solver_.labels_left() == 0 || solver_.exhausted()) {
      if (best_cost_ <= node.bound) break;
      outcome.status = Outcome::Status::kExhausted;
      outcome.lower_bound = node.bound;
      break;
    }
  }
  if (outcome.status == Outcome::Status::kNone && !best_.empty()) {
    outcome.status = Outcome::Status::kFound;
  }
  for (const PathPtr& path : best_) outcome.paths.push_back(*path);
  return outcome;
}

std::vector<ConflictSearch::Conflict> ConflictSearch::SharedBy(
    const std::vector<PathPtr>& paths) const {
  std::vector<Conflict> shared;
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = i + 1; j < paths.size(); ++j) {
      for (const Risk& risk :
           SharedRiskList(ted_, paths[i]->links, paths[j]->links, query_.disjointness)) {
        shared.push_back({i, j, risk});
      }
    }
  }
  return shared;
}

std::vector<ConflictSearch::Conflict> ConflictSearch::ConflictsOf(const TreeNode& node) const {
  std::vector<Conflict> conflicts = SharedBy(node.paths);
  std::erase_if(conflicts, [&](const Conflict& conflict) {
    return IsCommitted(node, conflict.first, conflict.risk) &&
           IsCommitted(node, conflict.second, conflict.risk);
  });
  return conflicts;
}

SetCost ConflictSearch::CostOf(uint64_t shared_risks, const std::vector<PathPtr>& paths) const {
  std::vector<uint64_t> costs;
  for (const PathPtr& path : paths) costs.push_back(path->cost);
  return CostOfSet(query_.objective, shared_risks, costs);
}

SetCost ConflictSearch::CostWith(const TreeNode& node, size_t member, uint64_t cost) const {
  std::vector<uint64_t> costs;
  for (const PathPtr& path : node.paths) costs.push_back(path->cost);
  costs[member] = cost;
  return Raised(CostOfSet(query_.objective, node.shared, costs), floor_);
}

PathPtr ConflictSearch::SolveMember(const TreeNode& node, size_t member,
                                    const Restriction& restriction) {
  return solver_.Solve(member, restriction,
                       [&](uint64_t cost) { return CostWith(node, member, cost) < best_cost_; });
}

void ConflictSearch::Expand(const TreeNode& node, const std::vector<Conflict>& conflicts,
                            bool is_root, Outcome& outcome) {
  if (conflicts.empty()) {
    const auto [fastest, slowest] = *TooFarApart(node.paths);
    SplitDelays(node, fastest, slowest);
    return;
  }
  if (sharing_ == Sharing::kAllowed) {
    ExpandSharing(node, conflicts);
    return;
  }
  std::optional<Branch> best;
  std::vector<Conflict> unavoidable;
  for (const Conflict& conflict : conflicts) {
    Branch branch = MakeBranch(node, conflict);
    if (solver_.exhausted() || solver_.labels_left() == 0) return;
    if (branch.Infeasible()) {
      if (!is_root) return;
      unavoidable.push_back(conflict);
    }
    if (!best || branch.Strength() > best->Strength()) best = std::move(branch);
  }
  if (!unavoidable.empty()) {
    outcome.members = {unavoidable[0].first, unavoidable[0].second};
    for (const Conflict& conflict : unavoidable) {
      if (outcome.members == std::pair(conflict.first, conflict.second))
        outcome.unavoidable.push_back(conflict.risk);
    }
    return;
  }
  const Conflict& conflict = best->conflict;
  if (!best->symmetric) PushAvoiding(node, conflict.first, conflict.risk);
  PushAvoiding(node, conflict.second, conflict.risk);
}

ConflictSearch::Branch ConflictSearch::MakeBranch(const TreeNode& node, const Conflict& conflict) {
  Branch branch{.conflict = conflict};
  branch.symmetric = IsSymmetric(node, conflict);
  branch.second_cost = ChildCost(node, conflict.second, conflict.risk);
  branch.first_cost =
      branch.symmetric ? branch.second_cost : ChildCost(node, conflict.first, conflict.risk);
  return branch;
}

// Whether the two members may change places: for whatever solves the node, so does its mirror, at
// the same cost.
bool ConflictSearch::IsSymmetric(const TreeNode& node, const Conflict& conflict) const {
  const size_t first = conflict.first;
  const size_t second = conflict.second;
  if (query_.objective == SetObjective::kLexicographic) return false;
  if (solver_.class_of(first) != solver_.class_of(second)) return false;
  if (node.restrictions[first] != node.restrictions[second]) return false;
  return std::all_of(node.committed.begin(), node.committed.end(), [&](const Commitment& one) {
    return (one.member != first || IsCommitted(node, second, one.risk)) &&
           (one.member != second || IsCommitted(node, first, one.risk));
  });
}

SetCost ConflictSearch::ChildCost(const TreeNode& node, size_t member, const Risk& risk) {
  if (IsCommitted(node, member, risk)) return kInfiniteCost;
  const PathPtr path = SolveMember(node, member, With(node.restrictions[member], risk));
  return path ? CostWith(node, member, path->cost) : kInfiniteCost;
}

void ConflictSearch::PushAvoiding(const TreeNode& node, size_t member, const Risk& risk) {
  TreeNode child = node;
  child.restrictions[member] = With(node.restrictions[member], risk);
  child.paths[member] = SolveMember(node, member, child.restrictions[member]);
  if (child.paths[member]) PushNode(std::move(child));
}

void ConflictSearch::PushNode(TreeNode node) {
  node.bound = Raised(CostOf(node.shared, node.paths), floor_);
  node.conflicts = ConflictsOf(node).size();
  if (node.bound < best_cost_) queue_.push(std::move(node));
}

std::optional<std::pair<size_t, size_t>> ConflictSearch::TooFarApart(
    const std::vector<PathPtr>& paths) const {
  if (!query_.max_delay_difference) return std::nullopt;
  const auto [fastest, slowest] = std::minmax_element(
      paths.begin(), paths.end(),
      [](const PathPtr& a, const PathPtr& b) { return *a->metrics.delay < *b->metrics.delay; });
  if (*(*slowest)->metrics.delay - *(*fastest)->metrics.delay <= *query_.max_delay_difference) {
    return std::nullopt;
  }
  return std::pair(static_cast<size_t>(fastest - paths.begin()),
                   static_cast<size_t>(slowest - paths.begin()));
}

// The time between is halfway, so that few splits are enough: the fastest member takes more, or the
// slowest less, than now.
void ConflictSearch::SplitDelays(const TreeNode& node, size_t fastest, size_t slowest) {
  const Microseconds difference = *query_.max_delay_difference;
  const Microseconds low = *node.paths[fastest]->metrics.delay;
  const Microseconds high = *node.paths[slowest]->metrics.delay - difference - Microseconds(1);
  const Microseconds split = low + (high - low) / 2;
  const Microseconds more = split + Microseconds(1);
  PushWithin(node, fastest, {.max_delay = split}, {.max_delay = split + difference});
  PushWithin(node, fastest, {.min_delay = more}, {.min_delay = more - difference});
}

void ConflictSearch::PushWithin(const TreeNode& node, size_t member, const Restriction& own,
                                const Restriction& others) {
  TreeNode child = node;
  for (size_t i = 0; i < child.paths.size(); ++i) {
    const Restriction& delays = i == member ? own : others;
    Restriction& restriction = child.restrictions[i];
    restriction.min_delay = std::max(restriction.min_delay, delays.min_delay);
    restriction.max_delay = std::min(restriction.max_delay, delays.max_delay);
    const Microseconds delay = *child.paths[i]->metrics.delay;
    if (delay >= restriction.min_delay && delay <= restriction.max_delay) continue;
    child.paths[i] = SolveMember(child, i, restriction);
    if (!child.paths[i]) return;
  }
  PushNode(std::move(child));
}

void ConflictSearch::Repair(const TreeNode& node) {
  if (sharing_ == Sharing::kAllowed) Consider(node.paths);
  const SetRepair repair(ted_, query_, sharing_, solver_);
  for (size_t kept = 0; kept < node.paths.size(); ++kept) {
    if (const auto paths = repair.Around(node.paths, kept)) Consider(*paths);
  }
}

void ConflictSearch::Consider(const std::vector<PathPtr>& paths) {
  const size_t shared = SharedBy(paths).size();
  if ((shared > 0 && sharing_ == Sharing::kForbidden) || TooFarApart(paths)) return;
  SetCost cost = CostOf(shared, paths);
  if (cost >= best_cost_) return;
  best_cost_ = std::move(cost);
  best_ = paths;
}

}  // namespace srpce::cspf
