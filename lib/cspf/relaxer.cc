// lib/cspf/relaxer.cc -- lifts a constraint, then gives up only as much of it as is needed.
#include "lib/cspf/relaxer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/cspf/achievable.h"
#include "lib/cspf/element_list.h"
#include "lib/cspf/fewest_search.h"
#include "lib/cspf/leg_cut.h"

namespace srpce::cspf {
namespace {

// What the filter takes for the bandwidth of a path: 0 where a link announces none.
uint64_t BottleneckOf(const topology::Ted& ted, const Path& path) {
  uint64_t bottleneck = UINT64_MAX;
  for (const LinkIndex link : path.links) {
    bottleneck = std::min(bottleneck, ted.graph().data(link.value()).capacity);
  }
  return bottleneck;
}

bool RefusesLinks(ConstraintKind kind) {
  return kind >= ConstraintKind::kBandwidth && kind != ConstraintKind::kWaypoints;
}

}  // namespace

Relaxer::Outcome Relaxer::Relax(ConstraintKind kind, uint64_t& labels_left) {
  labels_left_ = &labels_left;
  Outcome outcome;
  switch (kind) {
    case ConstraintKind::kBandwidth:
      outcome = RelaxBandwidth();
      break;
    case ConstraintKind::kIncludeAny:
    case ConstraintKind::kDataPlane:
    case ConstraintKind::kFlexAlgorithm:
      outcome = DropWhole(kind);
      break;
    case ConstraintKind::kExcludeAny:
    case ConstraintKind::kIncludeAll:
    case ConstraintKind::kExcludedNodes:
    case ConstraintKind::kExcludedLinks:
    case ConstraintKind::kExcludedSrlgs:
    case ConstraintKind::kWaypoints:
      outcome = GiveUpElements(kind);
      break;
    default:
      outcome = RelaxBound(kind);
  }
  if (!outcome.relaxation) return outcome;
  Relaxation& relaxation = *outcome.relaxation;
  relaxation.proved = outcome.proved;
  relaxation.size = SizeOf(relaxation);
  if (answer_ == nullptr && RefusesLinks(kind)) relaxation.blocking_links = BlockedBy(kind);
  relaxation.message = MessageOf(ted_, query_, relaxation, answer_);
  return outcome;
}

Relaxer::Outcome Relaxer::Judged(Relaxation relaxation, Solution solution) const {
  if (solution.status == Solution::Status::kExhausted) return {.relaxation = {}, .proved = false};
  const bool better = solution.status == Solution::Status::kFound &&
                      (answer_ == nullptr || solution.path.cost < answer_->cost);
  if (!better) return {};
  relaxation.path = std::move(solution.path);
  return {.relaxation = std::move(relaxation)};
}

Relaxer::Outcome Relaxer::DropWhole(ConstraintKind kind) {
  Relaxation relaxation{.kind = kind};
  if (kind == ConstraintKind::kIncludeAny) {
    relaxation.elements = BitsOf(query_.constraints.include_any);
  }
  return Judged(std::move(relaxation), Solved(Lifted(ted_, query_, kind)));
}

Relaxer::Outcome Relaxer::RelaxBound(ConstraintKind kind) {
  Outcome outcome = LoosenBound(kind);
  if (!outcome.relaxation && outcome.proved) outcome = DropWhole(kind);
  if (outcome.relaxation) {
    outcome.relaxation->wanted = PublicBound(query_.constraints, static_cast<Additive>(kind));
  }
  return outcome;
}

Relaxer::Outcome Relaxer::LoosenBound(ConstraintKind kind) {
  const auto what = static_cast<Additive>(kind);
  const Query others = Lifted(ted_, query_, kind);
  LinkFilter filter;  // Of the query itself: what is bounded must still be announced.
  filter.Compile(ted_, query_);
  Relaxation relaxation{.kind = kind};
  if (answer_ != nullptr) {
    Outcome outcome =
        Judged(std::move(relaxation), Solve(ted_, others, filter, work_, *labels_left_));
    if (outcome.relaxation) {
      outcome.relaxation->needed = PublicValue(outcome.relaxation->path.metrics, what);
    }
    return outcome;
  }
  const Found found = LeastPath(ted_, others, what, filter, work_, *labels_left_);
  if (found.status == Found::Status::kNone) return {};
  if (found.status == Found::Status::kExhausted) return {.relaxation = {}, .proved = false};
  relaxation.needed = PublicValue(Measure(ted_, found.links), what);
  return Judged(relaxation, Solved(Relaxed(ted_, query_, relaxation)));
}

Relaxer::Outcome Relaxer::RelaxBandwidth() {
  const uint64_t wanted = query_.constraints.min_bandwidth.value;
  Relaxation relaxation{.kind = ConstraintKind::kBandwidth, .wanted = static_cast<double>(wanted)};
  if (answer_ != nullptr) {
    Outcome outcome = DropWhole(ConstraintKind::kBandwidth);
    if (!outcome.relaxation) return outcome;
    relaxation.needed = static_cast<double>(BottleneckOf(ted_, outcome.relaxation->path));
    relaxation.path = std::move(outcome.relaxation->path);
    return {.relaxation = std::move(relaxation)};
  }
  Query query = query_;
  Solution solution;
  bool proved = true;
  const std::optional<uint64_t> widest = Widest(ted_, wanted, [&](BytesPerSecond bandwidth) {
    query.constraints.min_bandwidth = bandwidth;
    Solution narrower = Solved(query);
    proved &= narrower.status != Solution::Status::kExhausted;
    if (narrower.status != Solution::Status::kFound) return false;
    solution = std::move(narrower);  // The last one found is that of the most bandwidth.
    return true;
  });
  if (!proved) return {.relaxation = {}, .proved = false};
  if (widest) relaxation.needed = static_cast<double>(*widest);
  return Judged(std::move(relaxation), std::move(solution));
}

// The optimum without the list is the best of all paths. Where it needs a single element it is the
// answer at once; else it is what can be told when the budget ends.
Relaxer::Outcome Relaxer::GiveUpElements(ConstraintKind kind) {
  Outcome outcome = Judged({.kind = kind}, Solved(Lifted(ted_, query_, kind)));
  if (!outcome.relaxation) return outcome;
  Relaxation& relaxation = *outcome.relaxation;
  relaxation.elements = ElementsOn(kind, relaxation.path);
  if (answer_ != nullptr || relaxation.elements.size() <= 1) return outcome;
  Fewest fewest = kind == ConstraintKind::kWaypoints ? FewestWaypoints() : FewestElements(kind);
  if (fewest.status != Found::Status::kFound) {
    outcome.proved = false;
    return outcome;
  }
  Relaxation smallest{.kind = kind, .elements = std::move(fewest.elements)};
  Outcome found = Judged(smallest, Solved(Relaxed(ted_, query_, smallest)));
  if (found.relaxation) return found;
  outcome.proved = false;
  return outcome;
}

std::vector<uint32_t> Relaxer::ElementsOn(ConstraintKind kind, const Path& path) const {
  if (kind == ConstraintKind::kWaypoints) {
    return WaypointsMissed(ted_, query_.source, path.links, query_.constraints.waypoints);
  }
  return ElementList(ted_, query_, kind).On(query_.source, path.links);
}

Relaxer::Fewest Relaxer::FewestElements(ConstraintKind kind) {
  const Query open = Lifted(ted_, query_, kind);
  LinkFilter filter;
  filter.Compile(ted_, open);
  if (!work_.labels.Prepare(ted_, open, filter, *ObjectiveOf(ted_, open), LabelSearch::Want::kAll,
                            GuidesFor(ted_, work_))) {
    return {};
  }
  const ElementList list(ted_, query_, kind);
  const Found found = FewestSearch(work_.labels, open, filter, list).Run(*labels_left_);
  if (found.status != Found::Status::kFound) return {.status = found.status, .elements = {}};
  return {.status = found.status, .elements = list.On(query_.source, found.links)};
}

Relaxer::Fewest Relaxer::FewestWaypoints() {
  Fewest fewest;
  for (size_t count = 1; fewest.status == Found::Status::kNone; ++count) {
    fewest = CheapestWaypoints(count);
  }
  return fewest;
}

Relaxer::Fewest Relaxer::CheapestWaypoints(size_t count) {
  Fewest fewest;
  uint64_t least = UINT64_MAX;
  std::vector<bool> dropped(query_.constraints.waypoints.size());
  std::fill_n(dropped.begin(), count, true);
  do {  // In lexicographic order of the positions dropped.
    Relaxation relaxation{.kind = ConstraintKind::kWaypoints};
    for (uint32_t at = 0; at < dropped.size(); ++at) {
      if (dropped[at]) relaxation.elements.push_back(at);
    }
    if (*labels_left_ == 0) return {.status = Found::Status::kExhausted, .elements = {}};
    --*labels_left_;  // A search that is refused at its ends costs nothing else.
    const Solution solution = Solved(Relaxed(ted_, query_, relaxation));
    if (solution.status == Solution::Status::kExhausted)
      return {.status = Found::Status::kExhausted, .elements = {}};
    if (solution.status == Solution::Status::kNone || solution.path.cost >= least) continue;
    least = solution.path.cost;
    fewest = {.status = Found::Status::kFound, .elements = std::move(relaxation.elements)};
  } while (std::prev_permutation(dropped.begin(), dropped.end()));
  return fewest;
}

std::vector<LinkIndex> Relaxer::BlockedBy(ConstraintKind kind) {
  if (!ObjectiveOf(ted_, query_)) return {};
  LinkFilter all;
  all.Compile(ted_, query_);
  const std::optional<Leg> leg = FirstLegCut(ted_, query_, all, work_, *labels_left_);
  if (!leg) return {};
  const Query lifted = Lifted(ted_, query_, kind);
  LinkFilter others;
  others.Compile(ted_, lifted);
  return BlockingLinks(ted_, others, all, *leg, work_);
}

// The longest subsequence of waypoints whose places on the path do not fall.
std::vector<uint32_t> WaypointsMissed(const topology::Ted& ted, NodeIndex source,
                                      const std::vector<LinkIndex>& links,
                                      const std::vector<NodeIndex>& waypoints) {
  std::vector<graph::Node> visited = {source.value()};
  for (const LinkIndex link : links) visited.push_back(ted.graph().ends(link.value()).head);
  const size_t count = waypoints.size();
  std::vector<size_t> place(count);
  std::vector<size_t> kept(count);  // So many are kept of those up to this one, if it is.
  std::vector<size_t> before(count, count);
  for (size_t at = 0; at < count; ++at) {
    const auto found = std::find(visited.begin(), visited.end(), waypoints[at].value());
    place[at] = static_cast<size_t>(found - visited.begin());
    if (found == visited.end()) continue;
    kept[at] = 1;
    for (size_t earlier = 0; earlier < at; ++earlier) {
      if (kept[earlier] < kept[at] || place[earlier] > place[at]) continue;
      kept[at] = kept[earlier] + 1;
      before[at] = earlier;
    }
  }
  std::vector<bool> missed(count, true);
  const auto most = std::max_element(kept.begin(), kept.end());
  if (most != kept.end() && *most > 0) {
    for (auto at = static_cast<size_t>(most - kept.begin()); at < count; at = before[at]) {
      missed[at] = false;
    }
  }
  std::vector<uint32_t> positions;
  for (uint32_t at = 0; at < count; ++at) {
    if (missed[at]) positions.push_back(at);
  }
  return positions;
}

}  // namespace srpce::cspf
