// lib/cspf/query.h -- what is asked of the path engine and what it answers (RFC 4655 CSPF; RFC 9256
// s5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/units.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

using topology::LinkIndex;
using topology::MetricType;
using topology::NodeIndex;

enum class DataPlane : uint8_t { kEither, kSrMpls, kSrv6 };

// Limits every returned path respects. A default-constructed value limits nothing. All bounds are
// inclusive.
//
// A link that lacks a bounded or minimised attribute (no delay measured, no loss known) is not
// used, rather than taken as zero.
struct Constraints {
  std::optional<Microseconds> max_delay{};  // Sum of Link::charged_delay().
  std::optional<uint64_t> max_igp_cost{};
  std::optional<uint64_t> max_te_cost{};
  std::optional<uint32_t> max_hops{};
  std::optional<double> max_loss{};  // Of the whole path: 1 - product(1 - loss).
  // Sum of delay variations: an upper bound of the path's (RFC 8570 s4.3).
  std::optional<Microseconds> max_variation{};
  BytesPerSecond min_bandwidth{};      // On each link.
  topology::AdminGroup include_any{};  // RFC 3209 s4.7.4.
  topology::AdminGroup include_all{};
  topology::AdminGroup exclude_any{};
  std::vector<NodeIndex> exclude_nodes{};  // The endpoints themselves may not be here.
  std::vector<LinkIndex> exclude_links{};
  std::vector<uint32_t> exclude_srlgs{};
  std::vector<NodeIndex> waypoints{};  // Visited in this order, loosely: anything may lie between.
  DataPlane data_plane = DataPlane::kEither;
  // >= 128: inside the FAD's topology, by its metric (RFC 9350); objective is then ignored.
  uint8_t flex_algorithm = topology::kAlgorithmSpf;

  bool operator==(const Constraints&) const = default;
};

struct Query {
  NodeIndex source;
  NodeIndex target;
  MetricType objective = MetricType::kIgp;
  Constraints constraints{};

  bool operator==(const Query&) const = default;
};

// Sums over a path. Absent: some link lacks the attribute.
struct PathMetrics {
  std::optional<uint64_t> igp_cost{};
  std::optional<uint64_t> te_cost{};
  std::optional<Microseconds> delay{};
  std::optional<Microseconds> variation{};
  std::optional<double> loss{};
  uint32_t hops = 0;  // Links, but a LAN and the way out of it are one.
  std::optional<BytesPerSecond>
      // The least bandwidth of its links; absent: some link announces none, or no links.
      bottleneck{};
};

struct Path {
  std::vector<LinkIndex> links{};  // Empty when source and target are one.
  uint64_t cost = 0;               // In the objective (flex-algorithm: in its metric).
  PathMetrics metrics{};
};

// Machine-readable causes. The text form (ReasonName) is part of the API.
enum class Reason : uint8_t {
  kUnreachable,  // No path at all between them, whatever the constraints.
  kExcluded,     // Exclusions (node, link, SRLG) cut every path.
  kAffinity,     // Admin group constraints cut every path.
  kBandwidth,
  kDelayBound,
  kIgpBound,
  kTeBound,
  kHopBound,
  kLossBound,
  kVariationBound,
  kCombinedBounds,    // Each bound alone can be kept, all together not.
  kDataPlane,         // No path of nodes with the wanted data plane.
  kFlexAlgorithm,     // Not defined, source or target does not take part, or its topology is cut.
  kWaypoint,          // A leg to or from a waypoint is cut.
  kMissingAttribute,  // Links lack the attribute minimised or bounded.
  kSidDepth,          // No path that fits the number of SIDs (set by lib/segments).
  // No segment list expresses the path: some node or link lacks a SID (set by lib/segments).
  kNoSid,
  kNotDisjoint,
  kDelayDifference,  // Of a set: disjoint paths exist, but none with delays so close.
  kNoFurtherPath,    // All paths that keep the constraints were yielded (PathEnumerator only).
  kBudgetExhausted,  // Stopped by the work budget before the answer was proved.
};
// "NO_PATH_UNREACHABLE", "NO_PATH_BANDWIDTH", "DELAY_BOUND_UNREACHABLE", "MSD_EXCEEDED",
// "NOT_DISJOINT", "DELAY_DIFFERENCE_UNREACHABLE" ...
const char* ReasonName(Reason reason);

// Why there is no path. Facts, not only a verdict.
struct NoPath {
  Reason reason = Reason::kUnreachable;
  std::string
      message{};  // One sentence for people: the constraint, what was wanted, what can be had.
  std::optional<double>
      wanted{};  // The bound, in its unit (microseconds, bytes/s, fraction, cost, count).
  std::optional<double>
      // The best value any path reaches: see explain.h for "under which other constraints".
      best_achievable{};
  std::vector<LinkIndex>
      // A minimum cut: the fewest links refused by the binding constraint that every otherwise
      // allowed path crosses; or links shared.
      blocking_links{};
  std::vector<uint32_t> shared_srlgs{};  // kNotDisjoint: risk groups that both members must use.
  std::optional<Path>
      best_found{};  // kBudgetExhausted: the best path so far that keeps all bounds.
  std::vector<Path>
      // kBudgetExhausted of a disjoint set: the best set so far, in the order of members. Of a
      // split: paths that carry the demand together, more than are allowed.
      best_found_set{};
  std::optional<uint64_t>
      lower_bound{};  // kBudgetExhausted: no path costs less than this. Of a set: no sum, or by its
                      // SetObjective no dearest member, no member 1.
};

using PathResult = std::variant<Path, NoPath>;

}  // namespace srpce::cspf
