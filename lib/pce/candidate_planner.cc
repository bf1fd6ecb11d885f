// lib/pce/candidate_planner.cc -- validity of single candidate paths.
#include "lib/pce/candidate_planner.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/base/sort_unique.h"
#include "lib/base/status_macros.h"
#include "lib/pce/resolve.h"
#include "lib/segments/nearest.h"
#include "lib/segments/weighted.h"

namespace srpce::pce {
namespace {

using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

template <typename T>
bool Holds(const std::vector<T>& sorted, const T& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

// The headend and where the lists end, ascending.
std::vector<NodeIndex> EndsOf(const Ted& ted, const policy::PolicyIntent& intent,
                              const PlannedPath& path) {
  std::vector<NodeIndex> ends;
  if (const auto headend = ted.FindNode(intent.key.headend)) ends.push_back(*headend);
  for (const segments::Expansion& expansion : path.expansions) {
    ends.insert(ends.end(), expansion.ends.begin(), expansion.ends.end());
  }
  SortUnique(ends);
  return ends;
}

// One router, or the nearest of several; the latter without its runner-up.
absl::StatusOr<segments::SegmentResult> ComputeTo(const PlanContext& context,
                                                  const std::vector<segments::SegmentQuery>& to) {
  if (to.size() == 1) {
    return segments::ComputeRoute(context.ted, to.front(), context.workspace,
                                  context.options.budget);
  }
  SRPCE_ASSIGN_OR_RETURN(
      segments::NearestResult result,
      segments::ComputeNearest(context.ted, to, context.workspace, context.options.budget));
  if (auto* none = std::get_if<cspf::NoPath>(&result)) return std::move(*none);
  return std::get<segments::NearestRoute>(std::move(result)).nearest.route;
}

using Planned = std::variant<PlannedPathPtr, cspf::NoPath>;

// One path, or several lists where the bandwidth may be split.
absl::StatusOr<Planned> PlanTo(const PlanContext& context, const policy::PolicyIntent& intent,
                               size_t candidate, const policy::PathIntent& bounds,
                               const std::vector<segments::SegmentQuery>& to) {
  if (!bounds.may_split()) {
    SRPCE_ASSIGN_OR_RETURN(segments::SegmentResult result, ComputeTo(context, to));
    if (auto* none = std::get_if<cspf::NoPath>(&result)) return std::move(*none);
    return FromRoute(context.ted, intent, candidate,
                     std::get<segments::SegmentRoute>(std::move(result)));
  }
  SRPCE_ASSIGN_OR_RETURN(
      segments::NearestWeightedResult result,
      segments::ComputeNearestWeighted(context.ted, to, bounds.min_bandwidth, bounds.max_lists,
                                       context.workspace, context.options.budget));
  if (auto* none = std::get_if<cspf::NoPath>(&result)) return std::move(*none);
  return FromRoutes(context.ted, intent, candidate,
                    std::get<segments::NearestWeighted>(std::move(result)).routes.lists);
}

PlannedPathPtr TryDynamic(const PlanContext& context, const MemberInput& member, size_t candidate,
                          const policy::PathIntent& bounds, const Exclusion& exclusion,
                          MemberPlan& plan) {
  const policy::PolicyIntent& intent = *member.intent;
  policy::CandidateStatus& status = StatusOf(member, candidate, plan);
  const auto queries = ResolveAll(context.ted, intent.key.headend, {intent.key.endpoint}, bounds);
  if (!queries.ok()) {
    status = {.error = std::string(queries.status().message())};
    return nullptr;
  }
  std::vector<segments::SegmentQuery> restricted;
  for (const segments::SegmentQuery& query : *queries) {
    if (query.path.source == query.path.target) {
      status = {.error = "endpoint: is the headend itself"};
      return nullptr;
    }
    segments::SegmentQuery apart = query;
    apart.allow_ecmp = query.allow_ecmp && !intent.disjoint;  // As in the joint search.
    if (Exclude(exclusion, apart.path)) restricted.push_back(std::move(apart));
  }
  const auto compute = [&](const std::vector<segments::SegmentQuery>& wanted) {
    const MonotonicTime begin = context.clock.Now();
    auto result = PlanTo(context, intent, candidate, bounds, wanted);
    if (result.ok()) Note(context, bounds, begin, std::get_if<cspf::NoPath>(&*result), plan);
    return result;
  };
  const auto fail = [&](const absl::Status& internal) {
    status = {.error = internal.ToString()};
    return nullptr;
  };
  cspf::NoPath failure;
  if (!restricted.empty()) {
    auto result = compute(restricted);
    if (!result.ok()) return fail(result.status());
    if (auto* path = std::get_if<PlannedPathPtr>(&*result)) {
      status = {.valid = true};
      return std::move(*path);
    }
    failure = std::get<cspf::NoPath>(*std::move(result));
  } else {
    failure.message = absl::StrCat("an end of this policy is in the way of ", exclusion.of);
  }
  if (!exclusion.empty()) {
    // Is it the other members that stand in the way, or its own bounds?
    auto alone = compute(*queries);
    if (!alone.ok()) return fail(alone.status());
    if (auto* other = std::get_if<cspf::NoPath>(&*alone)) {
      failure = std::move(*other);
    } else {
      failure.message = absl::StrCat("not disjoint from ", exclusion.of, ": ", failure.message);
      failure.reason = cspf::Reason::kNotDisjoint;
    }
  }
  status = {.failure = std::move(failure)};
  return nullptr;
}

absl::StatusOr<segments::SegmentList> ResolveList(const Ted& ted, NodeIndex headend,
                                                  const policy::ExplicitSegmentList& list) {
  return list.data_plane == cspf::DataPlane::kSrMpls
             ? segments::ResolveLabels(ted, headend, list.labels)
             : segments::ResolveSids(ted, headend, list.sids);
}

// RFC 9256 s5.1: an explicit candidate path is valid if at least one of its segment lists is.
PlannedPathPtr TryExplicit(const PlanContext& context, const MemberInput& member, size_t candidate,
                           const std::vector<policy::ExplicitSegmentList>& lists,
                           const Exclusion& exclusion, MemberPlan& plan) {
  policy::CandidateStatus& status = StatusOf(member, candidate, plan);
  status = {};
  const auto headend = context.ted.FindNode(member.intent->key.headend);
  const auto refuse = [&](size_t index, absl::string_view why) {
    absl::StrAppend(&status.error, status.error.empty() ? "" : "; ", "list ", index, ": ", why);
  };
  std::vector<policy::WeightedList> valid;
  PlannedPathPtr path;
  for (size_t i = 0; i < lists.size(); ++i) {
    auto list = ResolveList(context.ted, *headend, lists[i]);
    if (!list.ok()) {
      refuse(i, list.status().message());
      continue;
    }
    const policy::WeightedList weighted{.list = *std::move(list), .weight = lists[i].weight};
    Evaluation evaluation = Evaluate(context.ted, *member.intent, candidate, {weighted});
    if (!evaluation.ok()) {
      refuse(i,
             (evaluation.forwarding.ok() ? evaluation.promise : evaluation.forwarding).message());
    } else if (!KeepsAwayFrom(context.ted, member, *evaluation.path, exclusion)) {
      refuse(i, absl::StrCat("not disjoint from ", exclusion.of));
    } else {
      valid.push_back(weighted);
      path = std::move(evaluation.path);
    }
  }
  if (valid.size() > 1) {
    path = Evaluate(context.ted, *member.intent, candidate, valid).path;
  }
  status.valid = path != nullptr;
  return path;
}

// Returns the candidate path that `config` was made for: by preference, the highest ranked first.
std::optional<size_t> CandidateOf(const policy::PolicyIntent& intent,
                                  const plugin::PolicyConfig& config) {
  for (const size_t i : RankCandidates(intent, std::nullopt)) {
    if (intent.candidate_paths[i].preference == config.preference) {
      return i;
    }
  }
  return std::nullopt;
}

// True if the explicit lists of `candidate` are those in `config`: an operator who changed them
// wants the new ones.
bool MatchesDefinition(const policy::CandidatePath& candidate,
                       const std::vector<policy::WeightedList>& installed) {
  const auto* lists = std::get_if<std::vector<policy::ExplicitSegmentList>>(&candidate.definition);
  return lists == nullptr || std::equal(lists->begin(), lists->end(), installed.begin(),
                                        installed.end(), [](const auto& wanted, const auto& have) {
                                          return wanted.weight == have.weight &&
                                                 wanted.data_plane == have.list.data_plane &&
                                                 wanted.labels == have.list.labels &&
                                                 wanted.sids == have.list.sids;
                                        });
}

// Gives lists that come from the store the annotations they were computed with.
std::vector<policy::WeightedList> Annotate(const Ted& ted, NodeIndex headend,
                                           std::vector<policy::WeightedList> lists) {
  for (policy::WeightedList& weighted : lists) {
    auto resolved = weighted.list.data_plane == cspf::DataPlane::kSrMpls
                        ? segments::ResolveLabels(ted, headend, weighted.list.labels)
                        : segments::ResolveSids(ted, headend, weighted.list.sids);
    if (resolved.ok()) {
      weighted.list.segments = std::move(resolved->segments);
    }
  }
  return lists;
}

}  // namespace

void AddExclusion(const Ted& ted, const MemberInput& member, const PlannedPath& path,
                  cspf::Disjointness disjointness, Exclusion& exclusion) {
  const bool nodes =
      disjointness == cspf::Disjointness::kNode || disjointness == cspf::Disjointness::kSrlgNode;
  const bool srlgs =
      disjointness == cspf::Disjointness::kSrlg || disjointness == cspf::Disjointness::kSrlgNode;
  const std::vector<NodeIndex> own = EndsOf(ted, *member.intent, path);
  for (const LinkIndex index : path.links) {
    const topology::Link& link = ted.link(index);
    exclusion.links.push_back(index);
    if (link.reverse) {
      exclusion.links.push_back(*link.reverse);
    }
    for (const NodeIndex node : {link.local, link.remote}) {
      if (ted.node(node).attributes.pseudonode.value_or(false)) {
        exclusion.nodes.push_back(node);  // A LAN is one fibre.
      } else if (nodes) {
        (Holds(own, node) ? exclusion.ends : exclusion.nodes).push_back(node);
      }
    }
    if (srlgs && link.attributes.srlgs) {
      exclusion.srlgs.insert(exclusion.srlgs.end(), link.attributes.srlgs->begin(),
                             link.attributes.srlgs->end());
    }
  }
  SortUnique(exclusion.links);
  SortUnique(exclusion.nodes);
  SortUnique(exclusion.ends);
  SortUnique(exclusion.srlgs);
}

bool KeepsAwayFrom(const Ted& ted, const MemberInput& member, const PlannedPath& path,
                   const Exclusion& exclusion) {
  const std::vector<NodeIndex> own = EndsOf(ted, *member.intent, path);
  const auto node_taken = [&](NodeIndex node) {
    return Holds(exclusion.nodes, node) || (Holds(exclusion.ends, node) && !Holds(own, node));
  };
  return std::none_of(path.links.begin(), path.links.end(), [&](LinkIndex index) {
    const topology::Link& link = ted.link(index);
    const auto& srlgs = link.attributes.srlgs;
    return Holds(exclusion.links, index) || node_taken(link.local) || node_taken(link.remote) ||
           (srlgs && std::any_of(srlgs->begin(), srlgs->end(),
                                 [&](uint32_t srlg) { return Holds(exclusion.srlgs, srlg); }));
  });
}

bool Exclude(const Exclusion& exclusion, cspf::Query& query) {
  const auto is_end = [&](NodeIndex node) { return node == query.source || node == query.target; };
  if (std::any_of(exclusion.nodes.begin(), exclusion.nodes.end(), is_end)) {
    return false;
  }
  cspf::Constraints& to = query.constraints;
  to.exclude_links.insert(to.exclude_links.end(), exclusion.links.begin(), exclusion.links.end());
  to.exclude_nodes.insert(to.exclude_nodes.end(), exclusion.nodes.begin(), exclusion.nodes.end());
  std::copy_if(exclusion.ends.begin(), exclusion.ends.end(), std::back_inserter(to.exclude_nodes),
               [&](NodeIndex node) { return !is_end(node); });
  to.exclude_srlgs.insert(to.exclude_srlgs.end(), exclusion.srlgs.begin(), exclusion.srlgs.end());
  return true;
}

std::vector<size_t> RankCandidates(const policy::PolicyIntent& intent,
                                   std::optional<size_t> in_use) {
  std::vector<bool> left(intent.candidate_paths.size(), true);
  std::vector<size_t> ranked;
  while (const auto next = policy::SelectCandidate(intent.candidate_paths, left, in_use)) {
    ranked.push_back(*next);
    left[*next] = false;
  }
  return ranked;
}

bool IsDynamic(const policy::PolicyIntent& intent, size_t candidate) {
  return std::holds_alternative<policy::PathIntent>(intent.candidate_paths[candidate].definition);
}

policy::CandidateStatus& StatusOf(const MemberInput& member, size_t candidate, MemberPlan& plan) {
  if (plan.candidates.empty()) {
    plan.candidates.resize(member.intent->candidate_paths.size());
    for (policy::CandidateStatus& status : plan.candidates) {
      status.error = "not evaluated: a better candidate path is in use";
    }
  }
  return plan.candidates[candidate];
}

PlannedPathPtr TryCandidate(const PlanContext& context, const MemberInput& member, size_t candidate,
                            const Exclusion& exclusion, MemberPlan& plan) {
  plan.computed = true;
  const auto& definition = member.intent->candidate_paths[candidate].definition;
  if (const auto* bounds = std::get_if<policy::PathIntent>(&definition)) {
    return TryDynamic(context, member, candidate, *bounds, exclusion, plan);
  }
  return TryExplicit(context, member, candidate,
                     std::get<std::vector<policy::ExplicitSegmentList>>(definition), exclusion,
                     plan);
}

PlannedPathPtr BestCandidate(const PlanContext& context, const MemberInput& member,
                             std::optional<size_t> in_use, const Exclusion& exclusion,
                             MemberPlan& plan) {
  for (const size_t candidate : RankCandidates(*member.intent, in_use)) {
    if (PlannedPathPtr path = TryCandidate(context, member, candidate, exclusion, plan)) {
      return path;
    }
  }
  return nullptr;
}

Present EvaluatePresent(const Ted& ted, const MemberInput& member) {
  const policy::PolicyIntent& intent = *member.intent;
  if (member.active != nullptr) {
    Present present;
    present.evaluation = Evaluate(ted, intent, member.active->candidate, member.active->lists);
    present.moved = present.evaluation.path != nullptr &&
                    present.evaluation.path->links != member.active->links;
    return present;
  }
  if (member.installed == nullptr || member.installed->lists.empty()) {
    Present present;
    present.evaluation.forwarding = absl::NotFoundError("no segment list is in use");
    return present;
  }
  const std::optional<size_t> candidate = CandidateOf(intent, *member.installed);
  const size_t used = candidate.value_or(RankCandidates(intent, std::nullopt).front());
  const auto headend = ted.FindNode(intent.key.headend);
  Present present;
  present.evaluation =
      Evaluate(ted, intent, used, Annotate(ted, *headend, member.installed->lists));
  present.same_intent =
      candidate && MatchesDefinition(intent.candidate_paths[used], member.installed->lists);
  return present;
}

bool KnowsHeadend(const Ted& ted, const MemberInput& member, MemberPlan& plan) {
  const auto headend = ted.FindNode(member.intent->key.headend);
  if (headend && ted.node(*headend).known) {
    return true;
  }
  plan.outcome = MemberPlan::Outcome::kUnknown;
  plan.unknown =
      absl::StrCat("UNKNOWN_NODE: headend ", member.intent->key.headend, " is not in the topology");
  return false;
}

std::string WhyBroken(const Present& present) {
  const Evaluation& evaluation = present.evaluation;
  if (evaluation.ok()) {
    return "segment lists of an earlier definition are still in use";
  }
  return std::string(
      (evaluation.forwarding.ok() ? evaluation.promise : evaluation.forwarding).message());
}

void Stay(const Present& present, MemberPlan& plan) {
  plan.outcome = MemberPlan::Outcome::kPath;
  plan.path = present.evaluation.path;
}

void StayInViolation(const Present& present, std::string why, MemberPlan& plan) {
  Stay(present, plan);
  plan.violation = std::move(why);
}

bool IsWorthMoving(const PlannerOptions& options, uint64_t present, uint64_t better) {
  return better < present && static_cast<double>(present - better) * 100 >=
                                 options.gain_percent * static_cast<double>(present);
}

void Note(const PlanContext& context, const policy::PathIntent& bounds, MonotonicTime begin,
          const cspf::NoPath* failure, MemberPlan& plan) {
  plan.computations.push_back(
      {.objective = bounds.objective,
       .result = failure == nullptr ? "path" : "no_path",
       .reason = failure == nullptr ? "" : cspf::ReasonName(failure->reason),
       .took = context.clock.Now() - begin});
}

}  // namespace srpce::pce
