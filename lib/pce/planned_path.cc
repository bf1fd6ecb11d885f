// lib/pce/planned_path.cc -- expansion of a candidate path's lists, their metrics and dependencies.
#include "lib/pce/planned_path.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cspf/additive.h"
#include "lib/pce/list_shares.h"
#include "lib/pce/resolve.h"
#include "lib/segments/imposition.h"

namespace srpce::pce {
namespace {

using segments::Expansion;
using segments::Segment;
using segments::SegmentKind;
using segments::SegmentList;
using topology::LinkIndex;
using topology::MetricType;
using topology::NodeIndex;
using topology::Ted;

// Worse of two, absent if either is: what is not known of one list is not known of the whole.
template <typename T>
std::optional<T> Worse(const std::optional<T>& a, const std::optional<T>& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  return std::max(*a, *b);
}

cspf::PathMetrics WorstOfAll(const std::vector<Expansion>& expansions) {
  cspf::PathMetrics worst = segments::WorstOf(expansions.front());
  for (size_t i = 1; i < expansions.size(); ++i) {
    const cspf::PathMetrics next = segments::WorstOf(expansions[i]);
    worst.igp_cost = Worse(worst.igp_cost, next.igp_cost);
    worst.te_cost = Worse(worst.te_cost, next.te_cost);
    worst.delay = Worse(worst.delay, next.delay);
    worst.variation = Worse(worst.variation, next.variation);
    worst.loss = Worse(worst.loss, next.loss);
    worst.hops = std::max(worst.hops, next.hops);
    if (worst.bottleneck && next.bottleneck) {
      worst.bottleneck = std::min(*worst.bottleneck, *next.bottleneck);
    } else {
      worst.bottleneck.reset();
    }
  }
  return worst;
}

policy::SlaMargin MarginOf(const policy::PathIntent* bounds, const cspf::PathMetrics& metrics) {
  policy::SlaMargin margin;
  if (bounds == nullptr) {
    return margin;
  }
  const auto set = [](auto& to, const auto& bound, const auto& value) {
    using Value = typename std::decay_t<decltype(to)>::value_type;
    if (bound && value) {
      to = static_cast<Value>(*bound) - static_cast<Value>(*value);
    }
  };
  set(margin.delay, bounds->max_delay, metrics.delay);
  set(margin.igp_cost, bounds->max_igp_cost, metrics.igp_cost);
  set(margin.te_cost, bounds->max_te_cost, metrics.te_cost);
  set(margin.hops, bounds->max_hops, std::optional<uint32_t>(metrics.hops));
  set(margin.loss, bounds->max_loss, metrics.loss);
  set(margin.variation, bounds->max_variation, metrics.variation);
  if (bounds->min_bandwidth.value > 0 && metrics.bottleneck) {
    margin.bandwidth_bytes_per_second = static_cast<double>(metrics.bottleneck->value) -
                                        static_cast<double>(bounds->min_bandwidth.value);
  }
  return margin;
}

uint64_t CostIn(const Ted& ted, const policy::PathIntent* bounds,
                const cspf::PathMetrics& metrics) {
  MetricType objective = bounds != nullptr ? bounds->objective : MetricType::kIgp;
  if (bounds != nullptr && bounds->flex_algorithm != topology::kAlgorithmSpf) {
    if (const auto* definition = ted.FindFlexAlgo(bounds->flex_algorithm)) {
      objective = definition->metric;
    }
  }
  switch (objective) {
    case MetricType::kIgp:
      return metrics.igp_cost.value_or(0);
    case MetricType::kTe:
      return metrics.te_cost.value_or(0);
    case MetricType::kDelay:
      return static_cast<uint64_t>(metrics.delay.value_or(Microseconds(0)).count());
    case MetricType::kHops:
      return metrics.hops;
    case MetricType::kLoss:
      return cspf::LossLog(metrics.loss.value_or(0));
    case MetricType::kVariation:
      return static_cast<uint64_t>(metrics.variation.value_or(Microseconds(0)).count());
  }
  return 0;
}

// Walks a list's segments along its expansion and notes which stretches shortest paths decide.
class LegFinder {
 public:
  LegFinder(const Ted& ted, NodeIndex headend, const Expansion& expansion, PlannedPath& out)
      : ted_(ted), at_(headend), expansion_(expansion), out_(out) {}

  void Add(const SegmentList& list) {
    if (list.segments.empty() || !expansion_.worst_igp_cost) {
      out_.opaque = true;
      return;
    }
    for (const Segment& segment : list.segments) {
      if (segment.kind == SegmentKind::kNode && segment.algorithm == topology::kAlgorithmSpf) {
        FollowShortestPath(segment.node);
      } else if (segment.kind == SegmentKind::kAdjacency && segment.link &&
                 segment.algorithm == topology::kAlgorithmSpf && ted_.HasLink(*segment.link)) {
        // An adjacency SID read by its owner pins its link; anywhere else it first leads to the
        // owner.
        FollowShortestPath(ted_.link(*segment.link).local);
        at_ = ted_.link(*segment.link).remote;
        ++position_;
      } else {
        out_.opaque = true;
        return;
      }
    }
    // Annotations that do not describe the expansion say nothing (indexes may belong to others by
    // now).
    out_.opaque |= at_ != expansion_.ends.front();
  }

 private:
  void FollowShortestPath(NodeIndex to) {
    if (to == at_) {
      return;
    }
    out_.legs.push_back({.from = at_, .to = to, .igp_cost = CostTo(to)});
    at_ = to;
  }

  // Returns the length of the leg that ends at `to`; of all legs together where branches exist.
  uint64_t CostTo(NodeIndex to) {
    if (!expansion_.single_path) {
      out_.opaque |= std::none_of(expansion_.links.begin(), expansion_.links.end(),
                                  [&](LinkIndex link) { return ted_.link(link).remote == to; });
      return *expansion_.worst_igp_cost;
    }
    uint64_t cost = 0;
    while (position_ < expansion_.path.size()) {
      const topology::Link& link = ted_.link(expansion_.path[position_++]);
      cost += link.attributes.igp_metric.value_or(0);
      if (link.remote == to) {
        return cost;
      }
    }
    out_.opaque = true;
    return 0;
  }

  const Ted& ted_;
  NodeIndex at_;
  const Expansion& expansion_;
  PlannedPath& out_;
  size_t position_ = 0;  // In expansion_.path.
};

// REQUIRES path.lists is not empty and path.expansions matches it.
void Complete(const Ted& ted, const policy::PolicyIntent& intent, NodeIndex headend,
              PlannedPath& path) {
  for (size_t i = 0; i < path.lists.size(); ++i) {
    const Expansion& expansion = path.expansions[i];
    path.links.insert(path.links.end(), expansion.links.begin(), expansion.links.end());
    LegFinder(ted, headend, expansion, path).Add(path.lists[i].list);
  }
  std::sort(path.links.begin(), path.links.end());
  path.links.erase(std::unique(path.links.begin(), path.links.end()), path.links.end());
  const policy::PathIntent* bounds = BoundsOf(intent, path.candidate);
  path.metrics = WorstOfAll(path.expansions);
  const auto cost = [&](const cspf::PathMetrics& metrics) { return CostIn(ted, bounds, metrics); };
  path.cost = cost(path.metrics);
  path.margin = MarginOf(bounds, path.metrics);
  if (bounds != nullptr && bounds->may_split()) {
    path.cost = MeanCost(path, cost);
    path.margin.bandwidth_bytes_per_second = Headroom(ted, path, bounds->min_bandwidth);
  }
  path.generation = ted.generation();
}

absl::Status CheckDepth(const Ted& ted, const segments::SegmentQuery& query,
                        const SegmentList& list, const Expansion& expansion) {
  const segments::Imposition imposition = segments::Impose(
      ted, query.path.source, query.path.target, list, expansion.links, query.max_sids);
  if (imposition.fits()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat("segment list depth: got ", imposition.depth,
                                                    ", headend can do ", *imposition.limit));
}

// The one of `queries` whose target all packets end at.
absl::StatusOr<const segments::SegmentQuery*> FindEnd(
    const Ted& ted, const std::vector<segments::SegmentQuery>& queries,
    const Expansion& expansion) {
  for (const segments::SegmentQuery& query : queries) {
    if (expansion.ends == std::vector<NodeIndex>{query.path.target}) return &query;
  }
  const auto name = [&](NodeIndex node) { return ted.node(node).display_name(); };
  std::string ends = expansion.ends.empty() ? "nowhere" : name(expansion.ends.front());
  if (expansion.ends.size() > 1)
    absl::StrAppend(&ends, " or ", expansion.ends.size() - 1, " others");
  return absl::FailedPreconditionError(absl::StrCat(
      "segment list: ends at ", ends, ", want ", name(queries.front().path.target),
      queries.size() > 1 ? absl::StrCat(" or one of ", queries.size() - 1, " others") : ""));
}

// Holds a list to the query for the router it leads to.
absl::Status CheckQuery(const Ted& ted, const std::vector<segments::SegmentQuery>& queries,
                        const SegmentList& list, const Expansion& expansion) {
  SRPCE_ASSIGN_OR_RETURN(const segments::SegmentQuery* query, FindEnd(ted, queries, expansion));
  SRPCE_RETURN_IF_ERROR(CheckDepth(ted, *query, list, expansion));
  return segments::CheckPromise(ted, query->path, expansion);
}

void Keep(absl::Status& first, absl::Status status) {
  if (first.ok()) {
    first = std::move(status);
  }
}

}  // namespace

const policy::PathIntent* BoundsOf(const policy::PolicyIntent& intent, size_t candidate) {
  const policy::CandidatePath& path = intent.candidate_paths[candidate];
  if (const auto* dynamic = std::get_if<policy::PathIntent>(&path.definition)) {
    return dynamic;
  }
  return path.promise ? &*path.promise : nullptr;
}

Evaluation Evaluate(const Ted& ted, const policy::PolicyIntent& intent, size_t candidate,
                    const std::vector<policy::WeightedList>& lists) {
  Evaluation result;
  const policy::PathIntent* bounds = BoundsOf(intent, candidate);
  // Without bounds a list must still start and end in the right place.
  const auto ends = ResolveAll(ted, intent.key.headend, {intent.key.endpoint}, {});
  if (!ends.ok()) {
    result.forwarding = ends.status();
    return result;
  }
  const auto queries = bounds == nullptr
                           ? ends
                           : ResolveAll(ted, intent.key.headend, {intent.key.endpoint}, *bounds);
  if (!queries.ok()) {
    result.promise = queries.status();
  }
  const NodeIndex headend = ends->front().path.source;
  auto path = std::make_shared<PlannedPath>();
  path->candidate = candidate;
  for (const policy::WeightedList& weighted : lists) {
    absl::StatusOr<Expansion> expansion = segments::Expand(ted, headend, weighted.list);
    absl::Status forwards =
        expansion.ok() ? FindEnd(ted, *ends, *expansion).status() : expansion.status();
    if (forwards.ok() && !path->expansions.empty() &&
        path->expansions.front().ends != expansion->ends) {
      // One SID decapsulates for all lists.
      forwards = absl::FailedPreconditionError("segment list: ends elsewhere than the one before");
    }
    if (!forwards.ok()) {
      Keep(result.forwarding, forwards);
      continue;
    }
    if (queries.ok()) {
      Keep(result.promise, CheckQuery(ted, *queries, weighted.list, *expansion));
    }
    path->lists.push_back(weighted);
    path->expansions.push_back(*std::move(expansion));
  }
  if (!path->lists.empty()) {
    if (bounds != nullptr && bounds->may_split()) {
      Keep(result.promise, CheckLoad(ted, *path, bounds->min_bandwidth));
    }
    Complete(ted, intent, headend, *path);
    result.path = std::move(path);
  }
  return result;
}

PlannedPathPtr FromRoute(const Ted& ted, const policy::PolicyIntent& intent, size_t candidate,
                         segments::SegmentRoute route) {
  auto path = std::make_shared<PlannedPath>();
  path->candidate = candidate;
  path->lists.push_back({.list = std::move(route.list), .weight = 1});
  path->expansions.push_back(std::move(route.expansion));
  Complete(ted, intent, *ted.FindNode(intent.key.headend), *path);
  return path;
}

PlannedPathPtr FromRoutes(const Ted& ted, const policy::PolicyIntent& intent, size_t candidate,
                          std::vector<segments::WeightedRoute> routes) {
  auto path = std::make_shared<PlannedPath>();
  path->candidate = candidate;
  for (segments::WeightedRoute& list : routes) {
    path->lists.push_back({.list = std::move(list.route.list), .weight = list.weight});
    path->expansions.push_back(std::move(list.route.expansion));
  }
  Complete(ted, intent, *ted.FindNode(intent.key.headend), *path);
  return path;
}

std::vector<const char*> BrokenBounds(const policy::SlaMargin& margin) {
  std::vector<const char*> broken;
  const auto check = [&](const char* name, bool is_broken) {
    if (is_broken) {
      broken.push_back(name);
    }
  };
  check("delay", margin.delay && margin.delay->count() < 0);
  check("igp", margin.igp_cost && *margin.igp_cost < 0);
  check("te", margin.te_cost && *margin.te_cost < 0);
  check("hops", margin.hops && *margin.hops < 0);
  check("loss", margin.loss && *margin.loss < 0);
  check("variation", margin.variation && margin.variation->count() < 0);
  check("bandwidth", margin.bandwidth_bytes_per_second && *margin.bandwidth_bytes_per_second < 0);
  return broken;
}

bool SameLists(const std::vector<policy::WeightedList>& a,
               const std::vector<policy::WeightedList>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.weight == y.weight && x.list.data_plane == y.list.data_plane &&
           x.list.labels == y.list.labels && x.list.sids == y.list.sids;
  });
}

policy::ActivePath Describe(const Ted& ted, const policy::PolicyIntent& intent,
                            const PlannedPath& path) {
  policy::ActivePath active;
  active.candidate = path.candidate;
  active.lists = path.lists;
  active.metrics = path.metrics;
  active.cost = path.cost;
  active.margin = path.margin;
  active.generation = path.generation;
  const bool single = path.expansions.size() == 1 && path.expansions.front().single_path;
  for (const LinkIndex link : single ? path.expansions.front().path : path.links) {
    active.links.push_back(ted.link(link).key);
  }
  if (single) active.nodes = NodesOf(ted, intent.key.headend, path.expansions.front());
  if (path.lists.size() > 1) active.uses = UsesOf(ted, intent, path);
  return active;
}

}  // namespace srpce::pce
