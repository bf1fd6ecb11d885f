// lib/cspf/pair_solver.cc -- Suurballe's pair as paths of the TED.
#include "lib/cspf/pair_solver.h"

#include <memory>
#include <utility>

#include "lib/cspf/shared_risks.h"

namespace srpce::cspf {
namespace {

bool IsPairOfEquals(const DisjointQuery& query) {
  const std::vector<Query>& members = query.members;
  return members.size() == 2 && members[0] == members[1] &&
         members[0].constraints.waypoints.empty() && members[0].source != members[0].target;
}

}  // namespace

PairSolver::PairSolver(const topology::Ted& ted, const DisjointQuery& query, Workspace::Impl& work)
    : ted_(ted), query_(query), work_(work), applies_(IsPairOfEquals(query)) {}

const std::vector<Path>& PairSolver::Solve(Disjointness level) {
  const auto kind = CountsNodes(level) ? graph::DisjointKind::kNode : graph::DisjointKind::kEdge;
  std::optional<std::vector<Path>>& pair = pairs_[static_cast<size_t>(kind)];
  if (!pair) pair = Find(kind);
  return *pair;
}

std::vector<Path> PairSolver::Find(graph::DisjointKind kind) {
  std::vector<Path> pair;
  const Query& query = query_.members.front();
  const std::optional<Additive> objective = ObjectiveOf(ted_, query);
  if (!objective) return pair;
  work_.filter.Compile(ted_, query);
  if (!AllowsEnds(query, work_.filter)) return pair;
  const std::shared_ptr<const graph::Landmarks> landmarks = LandmarksFor(ted_, *objective, work_);
  const auto find = [&](const auto& weight) {
    return graph::FindDisjointPair(ted_.graph(), query.source.value(), query.target.value(), weight,
                                   work_.filter, kind, landmarks.get(), work_.disjoint, work_.pair);
  };
  if (!WithWeight(ted_, *objective, find)) return pair;
  for (const graph::FoundPath* path : {&work_.pair.first, &work_.pair.second}) {
    std::vector<LinkIndex> links;
    links.reserve(path->arcs.size());
    for (const graph::ArcId arc : path->arcs) links.push_back(LinkIndex(arc));
    pair.push_back(MakePath(ted_, std::move(links), *objective));
  }
  return pair;
}

}  // namespace srpce::cspf
