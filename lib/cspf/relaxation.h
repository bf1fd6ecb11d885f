// lib/cspf/relaxation.h -- one constraint of a query loosened, and what that gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/cspf/query.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// The constraints of a query. The first six are in the order of Additive.
enum class ConstraintKind : uint8_t {
  kDelayBound,
  kIgpBound,
  kTeBound,
  kHopBound,
  kLossBound,
  kVariationBound,
  kBandwidth,
  kExcludeAny,
  kIncludeAny,
  kIncludeAll,
  kExcludedNodes,
  kExcludedLinks,
  kExcludedSrlgs,
  kWaypoints,
  kDataPlane,
  kFlexAlgorithm,
};
inline constexpr size_t kConstraintKinds = 16;
const char* ConstraintName(ConstraintKind kind);  // "delay bound", "excluded nodes" ...
// True if `query` has such a constraint.
bool Constrains(const Query& query, ConstraintKind kind);

// One constraint loosened, all others kept.
//
// A number is loosened: a bound or the bandwidth from `wanted` to `needed`. Links that do not
// announce what is bounded stay refused; where they are needed, the bound has to be dropped
// altogether, and `needed` is absent.
// A list gives up some `elements`: NodeIndex, LinkIndex, SRLG, bit of the admin group, or position
// in Constraints::waypoints, ascending.
// Include-any (fewer bits of it refuse more, elements: all of them), data plane and flex-algorithm
// are dropped as a whole. Outside the flex-algorithm its metric is still what is minimised.
struct Relaxation {
  ConstraintKind kind = ConstraintKind::kDelayBound;
  std::optional<double> wanted{};  // In the unit of NoPath::wanted.
  std::optional<double> needed{};
  std::vector<uint32_t> elements{};
  // False: the budget ended before it was proved that no fewer elements, or none that give a
  // cheaper path, would do. Those named do.
  bool proved = true;
  // The loosening in relation to `wanted`: 0.25 for a delay of 125 instead of 100, or bandwidth of
  // 75. Infinite from a bound of 0 or less. Each element, and all that is dropped as a whole: 1.
  double size = 0;
  Path path{};  // The answer of the query so relaxed: see Relaxed().
  // Of a refusal: a minimum cut on the first leg that the filters cut. The links that this
  // constraint refuses and that every path the other filters allow crosses one of. Empty where
  // bounds take part in the refusal.
  std::vector<LinkIndex> blocking_links{};
  std::string message{};  // One sentence for people.
};

// Returns `query` without the constraint.
Query Lifted(const topology::Ted& ted, Query query, ConstraintKind kind);
// Returns `query` with its constraint loosened as `relaxation` tells.
Query Relaxed(const topology::Ted& ted, const Query& query, const Relaxation& relaxation);

// Returns Relaxation::size.
double SizeOf(const Relaxation& relaxation);
// Returns Relaxation::message. `answer`: the path of the query as it is, if any.
std::string MessageOf(const topology::Ted& ted, const Query& query, const Relaxation& relaxation,
                      const Path* answer);

}  // namespace srpce::cspf
