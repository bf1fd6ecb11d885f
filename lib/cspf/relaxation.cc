// lib/cspf/relaxation.cc -- constraints by kind: their presence, their lifting, their sentences.
#include "lib/cspf/relaxation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/cspf/additive.h"
#include "lib/cspf/wording.h"

namespace srpce::cspf {
namespace {

bool IsBound(ConstraintKind kind) { return kind <= ConstraintKind::kVariationBound; }
Additive AdditiveOf(ConstraintKind bound) { return static_cast<Additive>(bound); }

topology::AdminGroup Without(const topology::AdminGroup& group, const std::vector<uint32_t>& bits) {
  std::vector<uint32_t> words = group.words();
  for (const uint32_t bit : bits) words[bit / 32] &= ~(1U << bit % 32);
  return topology::AdminGroup(std::move(words));
}

bool Has(const std::vector<uint32_t>& elements, uint32_t element) {
  return std::binary_search(elements.begin(), elements.end(), element);
}

template <typename Index>
void Allow(const std::vector<uint32_t>& elements, std::vector<Index>& excluded) {
  std::erase_if(excluded, [&](Index index) { return Has(elements, index.value()); });
}

// "b, c"; long lists are cut.
template <typename Name>
std::string Listed(const std::vector<uint32_t>& elements, const Name& name) {
  constexpr size_t kMaxNamed = 8;
  std::string list;
  for (size_t i = 0; i < std::min(elements.size(), kMaxNamed); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", name(elements[i]));
  }
  return elements.size() > kMaxNamed ? list + " ..." : list;
}

// "link a->b", "links a->b, c->d".
template <typename Name>
std::string Counted(const char* what, const std::vector<uint32_t>& elements, const Name& name) {
  return absl::StrCat(what, elements.size() == 1 ? " " : "s ", Listed(elements, name));
}

std::string Loosening(const Relaxation& relaxation) {
  const auto format = [&](double value) {
    return IsBound(relaxation.kind) ? FormatAdditive(AdditiveOf(relaxation.kind), value)
                                    : FormatBandwidth({static_cast<uint64_t>(value)});
  };
  return absl::StrCat(ConstraintName(relaxation.kind), " ", format(*relaxation.wanted), " -> ",
                      format(*relaxation.needed));
}

std::string Change(const topology::Ted& ted, const Query& query, const Relaxation& relaxation) {
  if (relaxation.needed) return Loosening(relaxation);
  const std::vector<uint32_t>& elements = relaxation.elements;
  const auto number = [](uint32_t value) { return value; };
  const auto node = [&](uint32_t value) { return NodeName(ted, NodeIndex(value)); };
  const auto link = [&](uint32_t value) { return LinkName(ted, LinkIndex(value)); };
  const auto waypoint = [&](uint32_t at) { return NodeName(ted, query.constraints.waypoints[at]); };
  switch (relaxation.kind) {
    case ConstraintKind::kExcludeAny:
    case ConstraintKind::kIncludeAny:
    case ConstraintKind::kIncludeAll:
      return absl::StrCat("dropping ", Counted("bit", elements, number), " of ",
                          ConstraintName(relaxation.kind));
    case ConstraintKind::kExcludedNodes:
      return absl::StrCat("allowing ", Counted("node", elements, node), " again");
    case ConstraintKind::kExcludedLinks:
      return absl::StrCat("allowing ", Counted("link", elements, link), " again");
    case ConstraintKind::kExcludedSrlgs:
      return absl::StrCat("allowing ", Counted("SRLG", elements, number), " again");
    case ConstraintKind::kWaypoints:
      return absl::StrCat("dropping ", Counted("waypoint", elements, waypoint));
    case ConstraintKind::kFlexAlgorithm:
      return absl::StrCat("leaving flex-algorithm ", unsigned{query.constraints.flex_algorithm});
    default:
      return absl::StrCat("dropping the ", ConstraintName(relaxation.kind));
  }
}

}  // namespace

const char* ConstraintName(ConstraintKind kind) {
  constexpr std::array<const char*, kConstraintKinds> kNames = {
      "delay bound",    "IGP cost bound",  "TE cost bound",  "hop bound",
      "loss bound",     "variation bound", "bandwidth",      "exclude-any",
      "include-any",    "include-all",     "excluded nodes", "excluded links",
      "excluded SRLGs", "waypoints",       "data plane",     "flex-algorithm"};
  return kNames[static_cast<size_t>(kind)];
}

bool Constrains(const Query& query, ConstraintKind kind) {
  const Constraints& constraints = query.constraints;
  switch (kind) {
    case ConstraintKind::kBandwidth:
      return constraints.min_bandwidth.value > 0;
    case ConstraintKind::kExcludeAny:
      return !constraints.exclude_any.empty();
    case ConstraintKind::kIncludeAny:
      return !constraints.include_any.empty();
    case ConstraintKind::kIncludeAll:
      return !constraints.include_all.empty();
    case ConstraintKind::kExcludedNodes:
      return !constraints.exclude_nodes.empty();
    case ConstraintKind::kExcludedLinks:
      return !constraints.exclude_links.empty();
    case ConstraintKind::kExcludedSrlgs:
      return !constraints.exclude_srlgs.empty();
    case ConstraintKind::kWaypoints:
      return !constraints.waypoints.empty();
    case ConstraintKind::kDataPlane:
      return constraints.data_plane != DataPlane::kEither;
    case ConstraintKind::kFlexAlgorithm:
      return constraints.flex_algorithm >= topology::kFirstFlexAlgorithm;
    default:
      return PublicBound(constraints, AdditiveOf(kind)).has_value();
  }
}

Query Lifted(const topology::Ted& ted, Query query, ConstraintKind kind) {
  Constraints& constraints = query.constraints;
  switch (kind) {
    case ConstraintKind::kBandwidth:
      constraints.min_bandwidth = {};
      break;
    case ConstraintKind::kExcludeAny:
      constraints.exclude_any = {};
      break;
    case ConstraintKind::kIncludeAny:
      constraints.include_any = {};
      break;
    case ConstraintKind::kIncludeAll:
      constraints.include_all = {};
      break;
    case ConstraintKind::kExcludedNodes:
      constraints.exclude_nodes.clear();
      break;
    case ConstraintKind::kExcludedLinks:
      constraints.exclude_links.clear();
      break;
    case ConstraintKind::kExcludedSrlgs:
      constraints.exclude_srlgs.clear();
      break;
    case ConstraintKind::kWaypoints:
      constraints.waypoints.clear();
      break;
    case ConstraintKind::kDataPlane:
      constraints.data_plane = DataPlane::kEither;
      break;
    case ConstraintKind::kFlexAlgorithm:
      if (const auto* definition = ted.FindFlexAlgo(constraints.flex_algorithm)) {
        query.objective = definition->metric;
      }
      constraints.flex_algorithm = topology::kAlgorithmSpf;
      break;
    default:
      constraints = WithoutBound(std::move(constraints), AdditiveOf(kind));
  }
  return query;
}

Query Relaxed(const topology::Ted& ted, const Query& query, const Relaxation& relaxation) {
  Query relaxed = query;
  Constraints& constraints = relaxed.constraints;
  const std::vector<uint32_t>& elements = relaxation.elements;
  switch (relaxation.kind) {
    case ConstraintKind::kBandwidth:
      constraints.min_bandwidth = {static_cast<uint64_t>(*relaxation.needed)};
      return relaxed;
    case ConstraintKind::kExcludeAny:
      constraints.exclude_any = Without(constraints.exclude_any, elements);
      return relaxed;
    case ConstraintKind::kIncludeAll:
      constraints.include_all = Without(constraints.include_all, elements);
      return relaxed;
    case ConstraintKind::kExcludedNodes:
      Allow(elements, constraints.exclude_nodes);
      return relaxed;
    case ConstraintKind::kExcludedLinks:
      Allow(elements, constraints.exclude_links);
      return relaxed;
    case ConstraintKind::kExcludedSrlgs:
      std::erase_if(constraints.exclude_srlgs, [&](uint32_t srlg) { return Has(elements, srlg); });
      return relaxed;
    case ConstraintKind::kWaypoints:
      for (auto at = elements.rbegin(); at != elements.rend(); ++at) {
        constraints.waypoints.erase(constraints.waypoints.begin() + static_cast<ptrdiff_t>(*at));
      }
      return relaxed;
    default:
      break;
  }
  if (!relaxation.needed) return Lifted(ted, query, relaxation.kind);
  constraints = WithBound(std::move(constraints), AdditiveOf(relaxation.kind), *relaxation.needed);
  return relaxed;
}

double SizeOf(const Relaxation& relaxation) {
  if (relaxation.needed) {
    const double wanted = *relaxation.wanted;
    if (wanted <= 0) return std::numeric_limits<double>::infinity();
    return std::abs(*relaxation.needed - wanted) / wanted;
  }
  const bool is_whole =
      relaxation.elements.empty() || relaxation.kind == ConstraintKind::kIncludeAny;
  return is_whole ? 1 : static_cast<double>(relaxation.elements.size());
}

std::string MessageOf(const topology::Ted& ted, const Query& query, const Relaxation& relaxation,
                      const Path* answer) {
  std::string message =
      absl::StrCat(Change(ted, query, relaxation), " gives a path of cost ", relaxation.path.cost);
  if (answer != nullptr) absl::StrAppend(&message, " instead of ", answer->cost);
  if (IsBound(relaxation.kind) && !relaxation.needed) {
    absl::StrAppend(&message, ", over links that do not announce what it bounds");
  }
  if (!relaxation.proved) absl::StrAppend(&message, "; it was not proved that no less will do");
  return message;
}

}  // namespace srpce::cspf
