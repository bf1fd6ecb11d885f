// lib/cspf/disjoint.cc -- min-cost flow where it is exact, conflict search elsewhere, and proofs of
// impossibility.
#include "lib/cspf/disjoint.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/conflict_search.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/shared_risks.h"
#include "lib/cspf/solver.h"
#include "lib/cspf/wording.h"
#include "lib/graph/min_cut.h"

namespace srpce::cspf {
namespace {

class DisjointSolver {
 public:
  DisjointSolver(const topology::Ted& ted, const DisjointQuery& query, Workspace::Impl& work,
                 const Budget& budget)
      : ted_(ted), query_(query), work_(work), budget_(budget), labels_left_(budget.max_labels) {}

  DisjointResult Run();

 private:
  std::optional<NoPath> SolveMembers();
  bool Conflicting(const std::vector<Path>& paths) const;
  bool IsPairOfEquals() const;
  // False: no two such paths. Else `pair` is the best one under link or node disjointness, bounds
  // and SRLGs aside.
  bool SolvePair(std::vector<Path>& pair);
  bool Keeps(const std::vector<Path>& paths) const;
  std::optional<NoPath> ProveByCut() const;
  NoPath CutMessage(const graph::MinCut& cut, graph::ArcId first_node_arc) const;
  NoPath Unavoidable(const ConflictSearch::Outcome& outcome) const;
  NoPath Exhaust(ConflictSearch::Outcome outcome) const;
  DisjointPaths Answer(std::vector<Path> paths) const;
  std::string NodeName(graph::Node node) const { return ted_.node(NodeIndex(node)).display_name(); }
  std::string Prefix() const {
    return absl::StrCat(DisjointnessName(query_.disjointness), "-disjoint: ");
  }

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  Workspace::Impl& work_;
  const Budget budget_;
  uint64_t labels_left_;
  std::vector<Path> alone_;  // Each member's own optimum.
};

DisjointResult DisjointSolver::Run() {
  if (std::optional<NoPath> no_path = SolveMembers()) return *std::move(no_path);
  if (!Conflicting(alone_)) return Answer(alone_);
  uint64_t floor = 0;
  if (IsPairOfEquals()) {
    std::vector<Path> pair;
    if (SolvePair(pair)) {
      if (Keeps(pair)) return Answer(std::move(pair));
      floor = pair[0].cost + pair[1].cost;
    }
  }
  if (std::optional<NoPath> no_path = ProveByCut()) return *std::move(no_path);
  ConflictSearch::Outcome outcome =
      ConflictSearch(ted_, query_, alone_, floor, work_, labels_left_).Run();
  switch (outcome.status) {
    case ConflictSearch::Outcome::Status::kFound:
      return Answer(std::move(outcome.paths));
    case ConflictSearch::Outcome::Status::kExhausted:
      return Exhaust(std::move(outcome));
    case ConflictSearch::Outcome::Status::kNone:
      break;
  }
  return Unavoidable(outcome);
}

std::optional<NoPath> DisjointSolver::SolveMembers() {
  for (size_t i = 0; i < query_.members.size(); ++i) {
    Solution solution = Solve(ted_, query_.members[i], work_, labels_left_);
    if (solution.status == Solution::Status::kFound) {
      alone_.push_back(std::move(solution.path));
      continue;
    }
    NoPath no_path = solution.status == Solution::Status::kExhausted
                         ? Exhausted(std::move(solution), budget_)
                         : Explain(ted_, query_.members[i], work_, labels_left_);
    no_path.message = absl::StrCat("member ", i + 1, " alone: ", no_path.message);
    return no_path;
  }
  return std::nullopt;
}

bool DisjointSolver::Conflicting(const std::vector<Path>& paths) const {
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = i + 1; j < paths.size(); ++j) {
      if (!SharedRiskList(ted_, paths[i].links, paths[j].links, query_.disjointness).empty())
        return true;
    }
  }
  return false;
}

bool DisjointSolver::IsPairOfEquals() const {
  const std::vector<Query>& members = query_.members;
  return members.size() == 2 && members[0] == members[1] &&
         members[0].constraints.waypoints.empty();
}

bool DisjointSolver::SolvePair(std::vector<Path>& pair) {
  const Query& query = query_.members.front();
  const Additive objective = *ObjectiveOf(ted_, query);
  const auto kind =
      CountsNodes(query_.disjointness) ? graph::DisjointKind::kNode : graph::DisjointKind::kEdge;
  work_.filter.Compile(ted_, query);
  const std::shared_ptr<const graph::Landmarks> landmarks = LandmarksFor(ted_, objective, work_);
  const auto solve = [&](const auto& weight) {
    return graph::FindDisjointPair(ted_.graph(), query.source.value(), query.target.value(), weight,
                                   work_.filter, kind, landmarks.get(), work_.disjoint, work_.pair);
  };
  if (!WithWeight(ted_, objective, solve)) return false;
  for (const graph::FoundPath* path : {&work_.pair.first, &work_.pair.second}) {
    std::vector<LinkIndex> links;
    for (const graph::ArcId arc : path->arcs) links.push_back(LinkIndex(arc));
    pair.push_back(MakePath(ted_, std::move(links), objective));
  }
  return true;
}

bool DisjointSolver::Keeps(const std::vector<Path>& paths) const {
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!KeepsBounds(paths[i].metrics, query_.members[i].constraints)) return false;
  }
  return !Conflicting(paths);
}

// A necessary condition for any members: as many units must flow from all headends to all endpoints
// over the links that some member may use, each link carrying one, a LAN one, and under node
// disjointness each node one; more where members end.
std::optional<NoPath> DisjointSolver::ProveByCut() const {
  const graph::Digraph& graph = ted_.graph();
  const uint32_t count = graph.node_count();
  const graph::ArcId first_node_arc = graph.arc_bound();
  const graph::ArcId end_arc = first_node_arc + count;
  const graph::Node source = 2 * count;
  const graph::Node sink = source + 1;
  std::vector<graph::FlowArc> arcs;
  std::vector<LinkFilter> filters(query_.members.size());
  std::vector<uint32_t> ends(count);
  for (size_t i = 0; i < query_.members.size(); ++i) {
    const Query& member = query_.members[i];
    filters[i].Compile(ted_, member);
    for (const NodeIndex end : {member.source, member.target}) ++ends[end.value()];
    arcs.push_back({source, member.source.value(), end_arc, 1});
    arcs.push_back({count + member.target.value(), sink, end_arc, 1});
  }
  for (graph::Node node = 0; node < count; ++node) {
    const bool is_lan = ted_.HasNode(NodeIndex(node)) &&
                        ted_.node(NodeIndex(node)).attributes.pseudonode.value_or(false);
    const uint32_t through =
        CountsNodes(query_.disjointness) || is_lan ? std::max(1U, ends[node]) : graph::kUncuttable;
    arcs.push_back({node, count + node, first_node_arc + node, through});
    for (const graph::Arc& arc : graph.out(node)) {
      const bool usable =
          std::any_of(filters.begin(), filters.end(),
                      [&](const LinkFilter& filter) { return filter(arc, node, arc.other); });
      if (usable) arcs.push_back({count + node, arc.other, arc.id, 1});
    }
  }
  const graph::MinCut cut = graph::FindMinCut(2 * count + 2, arcs, source, sink);
  if (!cut.exists || cut.value >= query_.members.size()) return std::nullopt;
  return CutMessage(cut, first_node_arc);
}

NoPath DisjointSolver::CutMessage(const graph::MinCut& cut, graph::ArcId first_node_arc) const {
  NoPath no_path{.reason = Reason::kNotDisjoint};
  std::string nodes;
  for (const graph::ArcId arc : cut.arcs) {
    if (arc < first_node_arc) no_path.blocking_links.push_back(LinkIndex(arc));
  }
  const std::string links =
      no_path.blocking_links.empty() ? "" : LinkNames(ted_, no_path.blocking_links);
  std::set<LinkIndex>
      entering;  // A node in the cut is named by the links on which the members enter it.
  for (const graph::ArcId arc : cut.arcs) {
    const graph::Node node = arc - first_node_arc;
    if (arc < first_node_arc || node >= ted_.graph().node_count()) continue;
    absl::StrAppend(&nodes, nodes.empty() ? "node " : ", node ", NodeName(node));
    for (const Path& path : alone_) {
      for (const LinkIndex link : path.links) {
        if (ted_.graph().ends(link.value()).head == node) entering.insert(link);
      }
    }
  }
  no_path.blocking_links.insert(no_path.blocking_links.end(), entering.begin(), entering.end());
  no_path.wanted = static_cast<double>(query_.members.size());
  no_path.best_achievable = static_cast<double>(cut.value);
  // Members cut off at their own end go another way; the others must cross what was found.
  const auto elsewhere = std::count_if(cut.arcs.begin(), cut.arcs.end(), [&](graph::ArcId arc) {
    return arc >= first_node_arc + ted_.graph().node_count();
  });
  no_path.message =
      absl::StrCat(Prefix(), query_.members.size(), " paths wanted, at most ", cut.value,
                   " exist; ", query_.members.size() - static_cast<size_t>(elsewhere),
                   " must cross ", nodes, nodes.empty() || links.empty() ? "" : " and ", links);
  return no_path;
}

NoPath DisjointSolver::Unavoidable(const ConflictSearch::Outcome& outcome) const {
  NoPath no_path{.reason = Reason::kNotDisjoint};
  if (outcome.unavoidable.empty()) {
    no_path.message = absl::StrCat(
        Prefix(), "every set of paths within the constraints shares a risk (all were searched)");
    return no_path;
  }
  const size_t first = outcome.members.first;
  std::string what;
  for (const Risk& risk : outcome.unavoidable) {
    absl::StrAppend(&what, what.empty() ? "" : ", ");
    const std::vector<LinkIndex> links = LinksOn(ted_, alone_[first].links, risk);
    no_path.blocking_links.insert(no_path.blocking_links.end(), links.begin(), links.end());
    switch (risk.kind) {
      case Risk::Kind::kSrlg:
        no_path.shared_srlgs.push_back(risk.id);
        absl::StrAppend(&what, "SRLG ", risk.id);
        break;
      case Risk::Kind::kNode:
        absl::StrAppend(&what, "node ", NodeName(risk.id));
        break;
      case Risk::Kind::kLan:
        absl::StrAppend(&what, "LAN ", NodeName(risk.id));
        break;
      case Risk::Kind::kFibre:
        absl::StrAppend(&what, LinkNames(ted_, links));
        break;
    }
  }
  no_path.message = absl::StrCat(Prefix(), "members ", first + 1, " and ",
                                 outcome.members.second + 1, " cannot avoid sharing ", what);
  return no_path;
}

NoPath DisjointSolver::Exhaust(ConflictSearch::Outcome outcome) const {
  NoPath no_path{.reason = Reason::kBudgetExhausted, .lower_bound = outcome.lower_bound};
  std::string found = "no disjoint set was found yet";
  if (!outcome.paths.empty()) {
    uint64_t cost = 0;
    for (const Path& path : outcome.paths) cost += path.cost;
    found = absl::StrCat("the best set found costs ", cost);
    no_path.best_found_set = std::move(outcome.paths);
  }
  no_path.message =
      absl::StrCat(Prefix(), budget_.max_labels, " labels were not enough to prove the optimum; ",
                   found, ", and none costs less than ", outcome.lower_bound);
  return no_path;
}

DisjointPaths DisjointSolver::Answer(std::vector<Path> paths) const {
  DisjointPaths answer{.paths = std::move(paths)};
  for (const Path& path : answer.paths) answer.total_cost += path.cost;
  return answer;
}

}  // namespace

DisjointResult ComputeDisjoint(const topology::Ted& ted, const DisjointQuery& query,
                               Workspace& workspace, const Budget& budget) {
  return DisjointSolver(ted, query, workspace.impl(), budget).Run();
}

}  // namespace srpce::cspf
