// lib/cspf/set_repair.cc -- member after member, what the others use forbidden or made dear.
#include "lib/cspf/set_repair.h"

#include <algorithm>
#include <utility>

#include "lib/base/sort_unique.h"
#include "lib/cspf/risk_penalty.h"

namespace srpce::cspf {

std::optional<std::vector<PathPtr>> SetRepair::Around(const std::vector<PathPtr>& paths,
                                                      size_t kept) const {
  std::vector<PathPtr> complete(paths.size());
  Fixed fixed = {paths[kept]};
  complete[kept] = paths[kept];
  for (size_t i = 0; i < paths.size(); ++i) {
    if (i == kept) continue;
    complete[i] = sharing_ == Sharing::kAllowed ? NearlyBeside(fixed, i) : Beside(fixed, i);
    if (!complete[i]) return std::nullopt;
    fixed.push_back(complete[i]);
  }
  return complete;
}

Restriction SetRepair::DelaysBeside(const Fixed& fixed) const {
  Restriction restriction;
  if (!query_.max_delay_difference) return restriction;
  for (const PathPtr& path : fixed) {
    const Microseconds delay = *path->metrics.delay;
    restriction.min_delay = std::max(restriction.min_delay, delay - *query_.max_delay_difference);
    restriction.max_delay = std::min(restriction.max_delay, delay + *query_.max_delay_difference);
  }
  return restriction;
}

PathPtr SetRepair::Beside(const Fixed& fixed, size_t member) const {
  Restriction restriction = DelaysBeside(fixed);
  for (const PathPtr& path : fixed) {
    const std::vector<Risk> risks =
        RisksToAvoid(ted_, path->links, query_.members[member], query_.disjointness);
    restriction.avoided.insert(restriction.avoided.end(), risks.begin(), risks.end());
  }
  SortUnique(restriction.avoided);
  return solver_.TryToSolve(member, restriction);
}

// What the penalties lead to may be too slow, or break another bound.
PathPtr SetRepair::NearlyBeside(const Fixed& fixed, size_t member) const {
  const Restriction restriction = DelaysBeside(fixed);
  const Query query = solver_.QueryUnder(member, restriction);
  RiskPenalty penalty(ted_);
  for (const PathPtr& path : fixed) {
    penalty.Add(RisksToAvoid(ted_, path->links, query_.members[member], query_.disjointness));
  }
  std::optional<Path> path =
      SolvePenalised(ted_, query, penalty, solver_.work(), solver_.labels_left());
  if (path && KeepsBounds(path->metrics, query.constraints) &&
      solver_.Suits(member, restriction, *path)) {
    return std::make_shared<const Path>(*std::move(path));
  }
  if (PathPtr beside = Beside(fixed, member)) return beside;
  return solver_.TryToSolve(member, restriction);
}

}  // namespace srpce::cspf
