// lib/cspf/solver.cc -- bounded answers that are near by the guided search; else the unbounded
// optimum first, and label setting with exact bounds when that breaks a bound.
#include "lib/cspf/solver.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "lib/cspf/potential_cache.h"
#include "lib/graph/goal_search.h"
#include "lib/graph/tied_path.h"

namespace srpce::cspf {
namespace {

void Charge(uint64_t labels, uint64_t& labels_left) {
  labels_left -= std::min(labels_left, labels);
}

// Nodes a search towards a tree's target may expand before a bidirectional one is tried, which
// expands about as many: cut off by the filter, it would expand all.
constexpr uint64_t kMostTowardsTarget = 128;

// Exact distances, or lower bounds, over what the filter has in common with other queries; null
// where they are not at hand.
ProfileCache::DistancesPtr ProfileFor(const topology::Ted& ted, Additive objective,
                                      const LinkFilter& filter, const Workspace::Impl& work) {
  const std::optional<size_t> slot = SlotOf(objective);
  if (work.potentials == nullptr || !slot) return nullptr;
  const std::optional<LinkProfile> links = filter.Profile();
  return links ? work.potentials->profiles().Get(ted, {*slot, *links}) : nullptr;
}

// Starts to fetch what is about to be read of the links of `path`: one after the other, each would
// wait for memory several times. In two turns, since where one thing lies is told by another.
void FetchLinks(const topology::Ted& ted, const graph::FoundPath& path) {
  const graph::Digraph& graph = ted.graph();
  for (const graph::ArcId id : path.arcs) {
    if (graph.contains(id)) graph.PrefetchOut(graph.ends(id).tail);
  }
  for (const graph::ArcId id : path.arcs) {
    if (!graph.contains(id)) continue;
    __builtin_prefetch(graph.out(graph.ends(id).tail).data());
    const topology::LinkAttributes& attributes = ted.link(LinkIndex(id)).attributes;
    __builtin_prefetch(&attributes.delay_variation);
    __builtin_prefetch(&attributes.loss);
  }
}

// True if `path` is one from `from` to `to` in the graph there is now, through the filter, that
// costs what it says.
template <typename Weight>
bool StillHolds(const topology::Ted& ted, NodeIndex from, NodeIndex to, const Weight& weight,
                const LinkFilter& filter, const graph::FoundPath& path) {
  const graph::Digraph& graph = ted.graph();
  FetchLinks(ted, path);
  graph::Distance cost = 0;
  graph::Node node = from.value();
  for (const graph::ArcId id : path.arcs) {
    if (!graph.contains(id)) return false;
    const graph::ArcEnds ends = graph.ends(id);
    const graph::Arc arc{ends.head, id, graph.data(id)};
    if (ends.tail != node || !filter(arc, ends.tail, ends.head)) return false;
    cost += weight(arc);
    node = ends.head;
  }
  return node == to.value() && cost == path.cost;
}

// One leg by the distances of a profile. They are lower bounds where links failed since or the
// filter asks for more than the profile: then the only shortest path is the answer if it holds.
template <typename Weight, typename Distances>
graph::GoalResult SolveLegByDistances(const topology::Ted& ted, NodeIndex from, NodeIndex to,
                                      const Weight& weight, const LinkFilter& filter,
                                      const Distances& distances, Workspace::Impl& work,
                                      uint64_t& labels_left) {
  const graph::OnlyPath only = work.only.Run(distances, from.value(), work.leg);
  Charge(work.leg.arcs.size() + 1, labels_left);
  if (only == graph::OnlyPath::kNone) return graph::GoalResult::kNone;
  if (only == graph::OnlyPath::kFound && StillHolds(ted, from, to, weight, filter, work.leg)) {
    return graph::GoalResult::kFound;
  }
  if constexpr (std::is_same_v<Distances, graph::LabelDistances>) {
    if (only == graph::OnlyPath::kUnclear &&
        graph::FollowTies(ted.graph(), weight, filter, distances, from.value(), work.leg)) {
      Charge(work.leg.arcs.size(), labels_left);
      return graph::GoalResult::kFound;
    }
  }
  const graph::GoalResult result =
      graph::GoalSearch(ted.graph(), weight, filter, distances, work.path)
          .Run(from.value(), kMostTowardsTarget, work.leg);
  Charge(work.path.expanded() + 1, labels_left);
  return result;
}

template <typename Weight>
graph::GoalResult SolveLegByProfile(const topology::Ted& ted, NodeIndex from, NodeIndex to,
                                    const Weight& weight, const LinkFilter& filter,
                                    const ProfileDistances& profile, Workspace::Impl& work,
                                    uint64_t& labels_left) {
  const uint32_t known = profile.weights->hierarchy().node_count();
  if (from.value() >= known || to.value() >= known) return graph::GoalResult::kGaveUp;
  const auto solve = [&](const auto& distances) {
    return SolveLegByDistances(ted, from, to, weight, filter, distances, work, labels_left);
  };
  if (profile.labels != nullptr) return solve(graph::LabelDistances(*profile.labels, to.value()));
  return solve(graph::LazyDistances(*profile.weights, to.value(), work.distances));
}

// One leg, into work.leg. Returns whether there is one.
template <typename Weight>
bool SolveLeg(const topology::Ted& ted, NodeIndex from, NodeIndex to, Additive objective,
              const Weight& weight, const LinkFilter& filter, const ProfileDistances* profile,
              Workspace::Impl& work, uint64_t& labels_left) {
  if (profile != nullptr) {
    const graph::GoalResult result =
        SolveLegByProfile(ted, from, to, weight, filter, *profile, work, labels_left);
    if (result != graph::GoalResult::kGaveUp) return result == graph::GoalResult::kFound;
  }
  const std::optional<size_t> slot = SlotOf(objective);
  if (work.potentials != nullptr && slot) {
    if (const auto tree = work.potentials->trees().Get(ted, to, *slot, work.trees)) {
      const graph::GoalResult result =
          graph::GoalSearch(ted.graph(), weight, filter, *tree, work.path)
              .Run(from.value(), kMostTowardsTarget, work.leg);
      Charge(work.path.expanded() + 1, labels_left);
      if (result != graph::GoalResult::kGaveUp) return result == graph::GoalResult::kFound;
    }
  }
  const std::shared_ptr<const graph::Landmarks> landmarks = LandmarksFor(ted, objective, work);
  const bool found = graph::FindPath(ted.graph(), from.value(), to.value(), weight, filter,
                                     landmarks.get(), work.path, work.leg);
  Charge(work.path.expanded() + 1, labels_left);
  return found;
}

// Leg by leg: each leg's optimum by (cost, hops, links) is part of the whole's.
template <typename Weight>
std::optional<std::vector<LinkIndex>> SolveLegs(const topology::Ted& ted, const Query& query,
                                                Additive objective, const Weight& weight,
                                                const LinkFilter& filter,
                                                const ProfileDistances* profile,
                                                Workspace::Impl& work, uint64_t& labels_left,
                                                std::vector<LinkIndex> links) {
  links.clear();
  NodeIndex from = query.source;
  const std::vector<NodeIndex>& waypoints = query.constraints.waypoints;
  for (size_t i = 0; i <= waypoints.size(); ++i) {
    const NodeIndex to = i < waypoints.size() ? waypoints[i] : query.target;
    if (!SolveLeg(ted, from, to, objective, weight, filter, profile, work, labels_left)) {
      return std::nullopt;
    }
    links.reserve(links.size() + work.leg.arcs.size());
    for (const graph::ArcId arc : work.leg.arcs) links.push_back(LinkIndex(arc));
    from = to;
  }
  return links;
}

// Labels that take about as long as exact bounds, which are searches of the whole network: half as
// many as it has nodes (measured on rings of 10,000). In small ones questions seldom take 2,000.
uint64_t LabelsWorthExactBounds(const topology::Ted& ted) {
  return std::max<uint64_t>(2000, ted.graph().node_count() / 2);
}

// Lower bounds of the way to the target, where they are at hand.
void Guide(const topology::Ted& ted, NodeIndex target, Workspace::Impl& work, GuidedQuery& query) {
  for (size_t i = 0; i < query.count; ++i) {
    Guided& item = query.items[i];
    const std::optional<size_t> slot = SlotOf(item.bound.what);
    if (work.potentials == nullptr || !slot) continue;
    item.tree = work.potentials->trees().Get(ted, target, *slot, work.trees);
    if (item.tree == nullptr) item.landmarks = work.potentials->Get(ted, *slot);
  }
}

// The answer of a query that bounds something, if it is near.
std::optional<Found> SolveGuided(const topology::Ted& ted, const Query& query, Additive objective,
                                 const LinkFilter& filter, Workspace::Impl& work,
                                 uint64_t& labels_left) {
  std::optional<GuidedQuery> guided = GuidedQueryOf(query, objective);
  const uint64_t most = work.guided_options.most_labels.value_or(LabelsWorthExactBounds(ted));
  if (!guided || most == 0) return std::nullopt;
  Guide(ted, query.target, work, *guided);
  const Guided& cost = guided->items[0];
  if (cost.tree == nullptr && cost.landmarks == nullptr && !work.guided_options.unguided) {
    return std::nullopt;
  }
  return work.guided.Run(ted, query, filter, *guided, most, labels_left);
}

}  // namespace

bool AllowsEnds(const Query& query, const LinkFilter& filter) {
  const std::vector<NodeIndex>& waypoints = query.constraints.waypoints;
  return filter.AllowsNode(query.source) && filter.AllowsNode(query.target) &&
         std::all_of(waypoints.begin(), waypoints.end(),
                     [&](NodeIndex node) { return filter.AllowsNode(node); });
}

std::optional<std::vector<LinkIndex>> SolveUnbounded(const topology::Ted& ted, const Query& query,
                                                     Additive objective, const LinkFilter& filter,
                                                     Workspace::Impl& work, uint64_t& labels_left,
                                                     std::vector<LinkIndex> memory) {
  const ProfileCache::DistancesPtr profile = ProfileFor(ted, objective, filter, work);
  const auto solve = [&](const auto& weight) {
    return SolveLegs(ted, query, objective, weight, filter, profile.get(), work, labels_left,
                     std::move(memory));
  };
  return WithWeight(ted, objective, solve);
}

std::shared_ptr<const graph::Landmarks> LandmarksFor(const topology::Ted& ted, Additive objective,
                                                     const Workspace::Impl& work) {
  const std::optional<size_t> slot = SlotOf(objective);
  return work.potentials != nullptr && slot ? work.potentials->Get(ted, *slot) : nullptr;
}

Guides GuidesFor(const topology::Ted& ted, const Workspace::Impl& work) {
  Guides guides;
  for (size_t i = 0; i < kAdditiveCount; ++i) {
    guides[i] = LandmarksFor(ted, static_cast<Additive>(i), work);
  }
  return guides;
}

Path MakePath(const topology::Ted& ted, std::vector<LinkIndex> links, Additive objective) {
  Path path{.links = std::move(links)};
  path.metrics = Measure(ted, path.links);
  path.cost = 0;
  if (objective != Additive::kLossLog) {
    path.cost = CostIn(path.metrics, objective);
  } else {
    for (const LinkIndex link : path.links) {
      const graph::ArcId id = link.value();
      path.cost += LossLogWeight{&ted}({ted.graph().ends(id).head, id, ted.graph().data(id)});
    }
  }
  return path;
}

Solution Solve(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
               uint64_t& labels_left, std::vector<LinkIndex> memory) {
  if (!ObjectiveOf(ted, query)) return {};
  ted.graph().PrefetchOut(query.source.value());
  work.filter.Compile(ted, query);
  return Solve(ted, query, work.filter, work, labels_left, std::move(memory));
}

Solution Solve(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
               Workspace::Impl& work, uint64_t& labels_left, std::vector<LinkIndex> memory) {
  Solution solution;
  const std::optional<Additive> objective = ObjectiveOf(ted, query);
  if (!AllowsEnds(query, filter)) return solution;
  if (auto near = SolveGuided(ted, query, *objective, filter, work, labels_left)) {
    if (near->status == Found::Status::kNone) return solution;
    solution.status = Solution::Status::kFound;
    solution.path = MakePath(ted, std::move(near->links), *objective);
    return solution;
  }
  auto links = SolveUnbounded(ted, query, *objective, filter, work, labels_left, std::move(memory));
  if (!links) return solution;
  solution.path = MakePath(ted, std::move(*links), *objective);
  if (KeepsBounds(solution.path.metrics, query.constraints)) {
    solution.status = Solution::Status::kFound;
    return solution;
  }
  const uint64_t unbounded_cost = solution.path.cost;
  if (!work.labels.Prepare(ted, query, filter, *objective, LabelSearch::Want::kBest,
                           GuidesFor(ted, work)))
    return solution;
  Found found = work.labels.Run(work.labels.Start(), labels_left);
  if (found.status == Found::Status::kNone) return solution;
  if (found.status == Found::Status::kFound) {
    solution.status = Solution::Status::kFound;
    solution.path = MakePath(ted, std::move(found.links), *objective);
    return solution;
  }
  solution.status = Solution::Status::kExhausted;
  solution.lower_bound = std::max(unbounded_cost, found.lower_bound);
  if (found.has_links) solution.best = MakePath(ted, std::move(found.links), *objective);
  return solution;
}

}  // namespace srpce::cspf
