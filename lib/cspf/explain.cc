// lib/cspf/explain.cc -- lifts constraints one at a time until a path appears.
#include "lib/cspf/explain.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/cspf/achievable.h"
#include "lib/cspf/leg_cut.h"
#include "lib/cspf/wording.h"

namespace srpce::cspf {
namespace {

constexpr std::array<FilterClass, 6> kClassOrder = {kClassFlexAlgorithm, kClassDataPlane,
                                                    kClassExclusion,     kClassAffinity,
                                                    kClassBandwidth,     kClassAttribute};

Reason ReasonOfClass(FilterClass filter_class) {
  switch (filter_class) {
    case kClassFlexAlgorithm:
      return Reason::kFlexAlgorithm;
    case kClassDataPlane:
      return Reason::kDataPlane;
    case kClassExclusion:
      return Reason::kExcluded;
    case kClassAffinity:
      return Reason::kAffinity;
    case kClassBandwidth:
      return Reason::kBandwidth;
    default:
      return Reason::kMissingAttribute;
  }
}

// The classes without which `constraints` mean something else.
uint32_t ClassesOf(const Constraints& constraints) {
  uint32_t classes = kClassAttribute | kClassOverload;
  const auto use = [&](FilterClass filter_class, bool used) {
    if (used) classes |= filter_class;
  };
  use(kClassFlexAlgorithm, constraints.flex_algorithm >= topology::kFirstFlexAlgorithm);
  use(kClassDataPlane, constraints.data_plane != DataPlane::kEither);
  use(kClassExclusion, !constraints.exclude_nodes.empty() || !constraints.exclude_links.empty() ||
                           !constraints.exclude_srlgs.empty());
  use(kClassAffinity, !constraints.include_any.empty() || !constraints.include_all.empty() ||
                          !constraints.exclude_any.empty());
  use(kClassBandwidth, constraints.min_bandwidth.value > 0);
  return classes;
}

class Explainer {
 public:
  Explainer(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
            uint64_t& labels_left)
      : ted_(ted), query_(query), work_(work), labels_left_(labels_left) {}

  NoPath Run();

 private:
  // The class that cuts a leg, and the classes under which it does.
  struct Cut {
    FilterClass filter_class;
    uint32_t others;
    bool opens;  // Lifting it alone opens a path.
    bool cuts;   // It cuts without any other.
  };

  std::string Name(NodeIndex node) const { return NodeName(ted_, node); }
  std::string Name(const Leg& leg) const {
    return absl::StrCat(Name(leg.from), " to ", Name(leg.to));
  }

  bool Reaches(uint32_t classes, const Leg& leg);
  NoPath ExplainLeg(const Leg& leg);
  NoPath ExplainUnreachable(const Leg& leg);
  std::string OverloadedNames(const Leg& leg) const;
  Cut FindCut(const Leg& leg);
  bool CutsAlone(FilterClass filter_class, const Leg& leg) {
    return !Reaches(kClassOverload | filter_class, leg);
  }
  std::vector<LinkIndex> BlockingLinks(const Cut& cut, const Leg& leg);
  std::string ClassMessage(const Cut& cut, const Leg& leg, const NoPath& no_path) const;
  std::string RefusedEnd(const Cut& cut, const Leg& leg) const;
  std::string MissingNames(const std::vector<LinkIndex>& links) const;
  bool HasOwnMetric(LinkIndex link) const;

  std::optional<uint64_t> WidestPath(const Leg& leg);
  NoPath ExplainBounds();
  NoPath ExplainCombination();
  // The least sum of `what` over the paths that keep the other bounds; absent: none, or out of
  // budget.
  std::optional<double> LeastWithin(Additive what, const LinkFilter& filter);

  struct Answer {
    uint32_t classes;
    Leg leg;
    bool reaches;
  };

  const topology::Ted& ted_;
  const Query& query_;
  Workspace::Impl& work_;
  uint64_t& labels_left_;
  std::vector<Answer> answers_;  // Of Reaches().
};

NoPath Explainer::Run() {
  if (!ObjectiveOf(ted_, query_)) {
    const uint8_t algorithm = query_.constraints.flex_algorithm;
    const char* why = ted_.HasUnsupportedFlexAlgo(algorithm)
                          ? ": the definition that has won says more than is known here"
                          : ": no node announces a definition of it";
    return {.reason = Reason::kFlexAlgorithm,
            .message = absl::StrCat("flex-algorithm ", unsigned{algorithm}, why)};
  }
  const Leg whole{query_.source, query_.target};
  if (!Reaches(kClassAll, whole)) return ExplainLeg(whole);
  LinkFilter filter;
  filter.Compile(ted_, query_);
  if (const std::optional<Leg> leg = FirstLegCut(ted_, query_, filter, work_, labels_left_)) {
    NoPath no_path = ExplainLeg(*leg);
    no_path.reason = Reason::kWaypoint;
    no_path.message =
        absl::StrCat("waypoint: the leg from ", Name(*leg), " is cut: ", no_path.message);
    return no_path;
  }
  return ExplainBounds();
}

// Each question is searched once; a class the query does not use makes no other.
bool Explainer::Reaches(uint32_t classes, const Leg& leg) {
  classes &= ClassesOf(query_.constraints);
  const auto known = std::find_if(answers_.begin(), answers_.end(), [&](const Answer& answer) {
    return answer.classes == classes && answer.leg.from == leg.from && answer.leg.to == leg.to;
  });
  if (known != answers_.end()) return known->reaches;
  LinkFilter filter;
  filter.Compile(ted_, query_, classes);
  const bool reaches = cspf::Reaches(ted_, filter, leg, work_, labels_left_);
  answers_.push_back({classes, leg, reaches});
  return reaches;
}

NoPath Explainer::ExplainLeg(const Leg& leg) {
  if (!Reaches(kClassOverload, leg)) return ExplainUnreachable(leg);
  const Cut cut = FindCut(leg);
  NoPath no_path{.reason = ReasonOfClass(cut.filter_class)};
  no_path.blocking_links = BlockingLinks(cut, leg);
  if (cut.filter_class == kClassBandwidth) {
    no_path.wanted = static_cast<double>(query_.constraints.min_bandwidth.value);
    const std::optional<uint64_t> widest = cut.opens ? WidestPath(leg) : std::nullopt;
    if (widest) no_path.best_achievable = static_cast<double>(*widest);
  }
  no_path.message = ClassMessage(cut, leg, no_path);
  return no_path;
}

NoPath Explainer::ExplainUnreachable(const Leg& leg) {
  const std::string what = Reaches(0, leg)
                               ? absl::StrCat("every way from ", Name(leg), OverloadedNames(leg))
                               : absl::StrCat("no usable links lead from ", Name(leg));
  return {.reason = Reason::kUnreachable, .message = absl::StrCat("unreachable: ", what)};
}

std::string Explainer::OverloadedNames(const Leg& leg) const {
  const std::vector<NodeIndex> nodes = OverloadedCut(ted_, query_, leg);
  std::string names;
  for (const NodeIndex node : nodes) {
    absl::StrAppend(&names, names.empty() ? " passes " : " or ", Name(node));
  }
  return absl::StrCat(
      names,
      nodes.size() == 1 ? ", which is overloaded and carries" : ", which are overloaded and carry",
      " no transit");
}

Explainer::Cut Explainer::FindCut(const Leg& leg) {
  for (const FilterClass filter_class : kClassOrder) {
    if (Reaches(kClassAll & ~filter_class, leg))
      return {filter_class, kClassAll & ~filter_class, true, CutsAlone(filter_class, leg)};
  }
  uint32_t classes = kClassOverload;
  for (const FilterClass filter_class : kClassOrder) {
    if (!Reaches(classes | filter_class, leg))
      return {filter_class, classes, false, CutsAlone(filter_class, leg)};
    classes |= filter_class;
  }
  // Not reached: all classes together do cut.
  return {kClassAttribute, classes & ~kClassAttribute, false, false};
}

std::vector<LinkIndex> Explainer::BlockingLinks(const Cut& cut, const Leg& leg) {
  LinkFilter others;
  LinkFilter all;
  others.Compile(ted_, query_, cut.others);
  all.Compile(ted_, query_, cut.others | cut.filter_class);
  return cspf::BlockingLinks(ted_, others, all, leg, work_);
}

std::string Explainer::RefusedEnd(const Cut& cut, const Leg& leg) const {
  LinkFilter only;
  only.Compile(ted_, query_, cut.filter_class);
  for (const NodeIndex end : {leg.from, leg.to}) {
    if (!only.AllowsNode(end)) return Name(end);
  }
  return "";
}

std::string Explainer::ClassMessage(const Cut& cut, const Leg& leg, const NoPath& no_path) const {
  const Constraints& constraints = query_.constraints;
  const std::string end = RefusedEnd(cut, leg);
  const std::string blocked =
      no_path.blocking_links.empty()
          ? ""
          : absl::StrCat("; blocked by ", LinkNames(ted_, no_path.blocking_links));
  const std::string together = cut.cuts ? "" : ", together with the other constraints";
  const unsigned algorithm = constraints.flex_algorithm;
  const char* plane = constraints.data_plane == DataPlane::kSrMpls ? "SR-MPLS" : "SRv6";
  switch (cut.filter_class) {
    case kClassFlexAlgorithm:
      if (!end.empty())
        return absl::StrCat("flex-algorithm ", algorithm, ": ", end, " does not take part in it");
      return absl::StrCat("flex-algorithm ", algorithm, ": its topology does not join ", Name(leg),
                          together, blocked);
    case kClassDataPlane:
      if (!end.empty()) return absl::StrCat("data plane: ", end, " does not announce ", plane);
      return absl::StrCat("data plane: no path from ", Name(leg), " over nodes with ", plane,
                          " only", together, blocked);
    case kClassExclusion:
      if (!end.empty()) return absl::StrCat("exclusions: ", end, " itself is excluded");
      return absl::StrCat("exclusions: they cut every path from ", Name(leg), together, blocked);
    case kClassAffinity:
      return absl::StrCat("affinity: no path from ", Name(leg),
                          " over links of the wanted admin groups", together, blocked);
    case kClassBandwidth: {
      std::string message = "bandwidth: ";
      if (no_path.best_achievable) {
        const auto best = static_cast<uint64_t>(*no_path.best_achievable);
        absl::StrAppend(&message, "best achievable ", FormatBandwidth({best}), ", ");
      }
      return absl::StrCat(message, "wanted ", FormatBandwidth(constraints.min_bandwidth), together,
                          blocked);
    }
    default:
      return absl::StrCat("missing attribute: no path from ", Name(leg),
                          " over links that announce ", MissingNames(no_path.blocking_links),
                          together, blocked);
  }
}

// False if something else stands in for the metric of the flex-algorithm.
bool Explainer::HasOwnMetric(LinkIndex link) const {
  const topology::LinkAttributes& attributes = ted_.link(link).attributes;
  const Additive objective = *ObjectiveOf(ted_, query_);
  if (query_.constraints.flex_algorithm < topology::kFirstFlexAlgorithm) return true;
  return (objective != Additive::kTe || attributes.te_metric) &&
         (objective != Additive::kDelay || attributes.min_delay);
}

std::string Explainer::MissingNames(const std::vector<LinkIndex>& links) const {
  std::vector<Additive> needed = {*ObjectiveOf(ted_, query_)};
  if (!std::all_of(links.begin(), links.end(), [&](LinkIndex link) { return HasOwnMetric(link); }))
    return needed[0] == Additive::kTe ? "a TE metric of their own" : "a min delay";
  for (const Bound& bound : BoundsOf(query_.constraints)) needed.push_back(bound.what);
  std::string names;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (std::find(needed.begin(), needed.begin() + static_cast<ptrdiff_t>(i), needed[i]) !=
        needed.begin() + static_cast<ptrdiff_t>(i)) {
      continue;
    }
    const bool missing = std::any_of(links.begin(), links.end(), [&](LinkIndex link) {
      return !PublicValue(Measure(ted_, {link}), needed[i]);
    });
    if (missing) absl::StrAppend(&names, names.empty() ? "" : " and ", AdditiveName(needed[i]));
  }
  return names.empty() ? "the metric asked for" : names;
}

std::optional<uint64_t> Explainer::WidestPath(const Leg& leg) {
  if (BoundsOf(query_.constraints).empty() && query_.constraints.waypoints.empty()) {
    return WidestWay(ted_, query_, leg, work_, labels_left_);
  }
  Query query = query_;
  bool proved = true;
  const auto within_all = [&](BytesPerSecond bandwidth) {
    query.constraints.min_bandwidth = bandwidth;
    const Solution solution = Solve(ted_, query, work_, labels_left_);
    proved &= solution.status != Solution::Status::kExhausted;
    return solution.status == Solution::Status::kFound;
  };
  const uint64_t wanted = query_.constraints.min_bandwidth.value;
  const std::optional<uint64_t> widest = Widest(ted_, wanted, within_all);
  if (!proved) return std::nullopt;
  if (widest) return widest;
  return Widest(ted_, wanted, [&](BytesPerSecond bandwidth) {
    query.constraints.min_bandwidth = bandwidth;
    return Explainer(ted_, query, work_, labels_left_).Reaches(kClassAll, leg);
  });
}

NoPath Explainer::ExplainBounds() {
  LinkFilter filter;
  filter.Compile(ted_, query_);
  for (const Bound& bound : BoundsOf(query_.constraints)) {
    const double wanted = *PublicBound(query_.constraints, bound.what);
    const std::optional<double> best = LeastAlone(ted_, query_, bound.what, filter, work_);
    const double tolerance = bound.what == Additive::kLoss ? kLossTolerance : 0;
    if (!best || *best <= wanted + tolerance) continue;
    return {.reason = ReasonOf(bound.what),
            .message = absl::StrCat(AdditiveName(bound.what), ": best achievable ",
                                    FormatAdditive(bound.what, *best), ", bound ",
                                    FormatAdditive(bound.what, wanted)),
            .wanted = wanted,
            .best_achievable = best};
  }
  return ExplainCombination();
}

NoPath Explainer::ExplainCombination() {
  LinkFilter filter;
  filter.Compile(ted_, query_);
  const BoundSet bounds = BoundsOf(query_.constraints);
  NoPath no_path{.reason = Reason::kCombinedBounds, .message = "bounds: "};
  for (size_t i = 0; i < bounds.count; ++i) {
    const char* separator = i == 0 ? "" : i + 1 == bounds.count ? " and " : ", ";
    absl::StrAppend(&no_path.message, separator, AdditiveName(bounds.items[i].what));
  }
  absl::StrAppend(&no_path.message, " can each be kept, but not together");
  for (const Bound& bound : bounds) {
    const std::optional<double> best = LeastWithin(bound.what, filter);
    if (!best) continue;
    no_path.wanted = PublicBound(query_.constraints, bound.what);
    no_path.best_achievable = best;
    absl::StrAppend(&no_path.message, ": with the others kept, best achievable ",
                    AdditiveName(bound.what), " ", FormatAdditive(bound.what, *best), ", bound ",
                    FormatAdditive(bound.what, *no_path.wanted));
    break;
  }
  return no_path;
}

std::optional<double> Explainer::LeastWithin(Additive what, const LinkFilter& filter) {
  Query others = query_;
  others.constraints = WithoutBound(others.constraints, what);
  const Found found = LeastPath(ted_, others, what, filter, work_, labels_left_);
  if (found.status != Found::Status::kFound) return std::nullopt;
  return PublicValue(Measure(ted_, found.links), what);
}

}  // namespace

NoPath Explain(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
               uint64_t& labels_left) {
  return Explainer(ted, query, work, labels_left).Run();
}

}  // namespace srpce::cspf
