// lib/cspf/conflict_sharing.cc -- conflict search for the fewest shared risks: who avoids a risk,
// who is committed to it.
#include <algorithm>

#include "lib/cspf/conflict_search.h"

namespace srpce::cspf {

// What a member cannot avoid, or not at a cost that is of use, it is committed to at once: no
// branch. Else the three ways to settle the strongest conflict.
void ConflictSearch::ExpandSharing(const TreeNode& node, const std::vector<Conflict>& conflicts) {
  std::optional<Branch> best;
  std::vector<Commitment> forced;
  for (const Conflict& conflict : conflicts) {
    Branch branch = MakeBranch(node, conflict);
    if (solver_.exhausted() || solver_.labels_left() == 0) return;
    if (branch.first_cost >= best_cost_) forced.push_back({conflict.risk, conflict.first});
    if (branch.second_cost >= best_cost_) forced.push_back({conflict.risk, conflict.second});
    if (!best || branch.Strength() > best->Strength()) best = std::move(branch);
  }
  std::erase_if(forced,
                [&](const Commitment& one) { return IsCommitted(node, one.member, one.risk); });
  if (!forced.empty()) {
    PushNode(Committed(node, forced));
    return;
  }
  const auto& [first, second, risk] = best->conflict;
  if (best->symmetric) {
    PushAvoiding(node, second, risk);
  } else {
    if (best->first_cost < best_cost_) PushAvoiding(node, first, risk);
    if (best->second_cost < best_cost_)
      PushAvoiding(Committed(node, {{risk, first}}), second, risk);
  }
  PushNode(Committed(node, {{risk, first}, {risk, second}}));
}

bool ConflictSearch::IsCommitted(const TreeNode& node, size_t member, const Risk& risk) {
  return std::binary_search(node.committed.begin(), node.committed.end(), Commitment{risk, member});
}

ConflictSearch::TreeNode ConflictSearch::Committed(TreeNode node,
                                                   const std::vector<Commitment>& more) const {
  for (const Commitment& one : more) {
    if (IsCommitted(node, one.member, one.risk)) continue;
    for (const Commitment& other : node.committed) {
      node.shared += other.risk == one.risk && Counts(one.member, other.member, one.risk) ? 1 : 0;
    }
    node.committed.insert(std::lower_bound(node.committed.begin(), node.committed.end(), one), one);
  }
  return node;
}

// As SharedRiskList() does: a path ends where its query does.
bool ConflictSearch::Counts(size_t a, size_t b, const Risk& risk) const {
  const auto ends_at = [&](size_t member) {
    const Query& query = query_.members[member];
    return query.source.value() == risk.id || query.target.value() == risk.id;
  };
  return risk.kind != Risk::Kind::kNode || !ends_at(a) || !ends_at(b);
}

}  // namespace srpce::cspf
