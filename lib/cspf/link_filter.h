// lib/cspf/link_filter.h -- Constraints compiled against a TED into a predicate over arcs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/cspf/additive.h"
#include "lib/cspf/query.h"
#include "lib/graph/digraph.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// The kinds of constraint that refuse single links. Explanations lift them one at a time.
enum FilterClass : uint32_t {
  kClassFlexAlgorithm =
      1U << 0,  // Participation, affinities and SRLGs of the definition (RFC 9350 s13).
  kClassDataPlane = 1U << 1,
  kClassExclusion = 1U << 2,  // Nodes, links, SRLGs.
  kClassAffinity = 1U << 3,
  kClassBandwidth = 1U << 4,
  kClassAttribute = 1U << 5,  // Lacks what is minimised or bounded.
  kClassOverload = 1U << 6,   // Transit through overloaded nodes: a rule, not a wish of the query.
  kClassAll = (1U << 7) - 1,
};

// The objective of `query`, or the metric of its flex-algorithm. Absent: that algorithm is not
// defined.
std::optional<Additive> ObjectiveOf(const topology::Ted& ted, const Query& query);

// What a query asks of single links that can be told from graph and network alone and is asked for
// again by others: all of LinkFilter but lists of what to exclude, wide admin groups and attributes
// kept elsewhere. It lets through at least what the filter does.
struct LinkProfile {
  uint32_t required_flags = 0;
  uint32_t refused_flags = 0;
  uint32_t head_flags = 0;  // Some of these must be set; 0 = any.
  uint8_t algorithm = topology::kAlgorithmSpf;
  uint64_t min_capacity = 0;
  uint64_t exclude_mask = 0;
  uint64_t include_all_mask = 0;
  std::array<uint64_t, 2> include_any_masks{};  // 0: none asked for.

  bool operator==(const LinkProfile&) const = default;
  template <typename H>
  friend H AbslHashValue(H hash, const LinkProfile& p) {
    return H::combine(std::move(hash), p.required_flags, p.refused_flags, p.head_flags, p.algorithm,
                      p.min_capacity, p.exclude_mask, p.include_all_mask, p.include_any_masks);
  }

  bool Allows(const topology::Ted& ted, const graph::Arc& arc, graph::Node head) const;
};

// True for the links one query may use. Unusable links are always refused.
//
// A link out of a LAN (LeavesLan) passes the tests of bandwidth, affinity and attributes: it
// announces nothing that they could judge.
//
// Reusable: Compile() keeps the memory of earlier queries. The TED and the query outlive the use.
// Of an arc's nodes only the head is judged; the source is judged by AllowsNode.
class LinkFilter {
 public:
  // Enforces the classes in `classes` (FilterClass bits). REQUIRES ObjectiveOf(ted, query) unless
  // neither kClassAttribute nor kClassFlexAlgorithm is enforced.
  void Compile(const topology::Ted& ted, const Query& query, uint32_t classes = kClassAll);

  bool operator()(const graph::Arc& arc, [[maybe_unused]] graph::Node tail,
                  graph::Node head) const {
    const graph::ArcData& data = arc.data;
    if ((data.flags & required_flags_) != required_flags_ || data.capacity < min_capacity_)
      return false;
    if (((data.mask & exclude_mask_) != 0 ||
         (data.mask & include_all_mask_) != include_all_mask_) &&
        !LeavesLan(arc))
      return false;
    if ((data.flags & no_transit_flags_) != 0 && tail != source_) return false;
    if (head == never_entered_) return false;
    return !cold_ || AllowsCold(arc, head);
  }

  // The profile this filter is part of. Absent where it depends on the source: an overloaded one.
  std::optional<LinkProfile> Profile() const;

  // True if a path may start, end or pass at `node`.
  bool AllowsNode(NodeIndex node) const;

 private:
  struct Affinity {
    const topology::AdminGroup* exclude_any = nullptr;
    const topology::AdminGroup* include_any = nullptr;
    const topology::AdminGroup* include_all = nullptr;
  };
  void Reset(const topology::Ted& ted, const Query& query);
  void RequireAttributes(const Query& query);
  void AddAffinity(const Affinity& affinity);
  void AddExclusions(const Constraints& constraints);
  void AddSrlgs(const std::vector<uint32_t>& srlgs);
  bool AllowsCold(const graph::Arc& arc, graph::Node head) const;
  bool AllowsAffinity(const graph::Arc& arc, const Affinity& affinity) const;
  bool AllowsSrlgs(uint32_t group) const;

  const topology::Ted* ted_ = nullptr;
  graph::Node source_ = graph::kNone;
  uint32_t required_flags_ = 0;
  uint32_t no_transit_flags_ = 0;
  // An overloaded source is not passed again between waypoints, unless it is one of them.
  graph::Node never_entered_ = graph::kNone;
  uint64_t min_capacity_ = 0;
  uint64_t exclude_mask_ = 0;
  uint64_t include_all_mask_ = 0;
  bool cold_ = false;  // Some test below is needed.

  uint32_t head_flags_ = 0;  // Some of these must be set; 0 = no data plane asked for.
  DataPlane data_plane_ = DataPlane::kEither;
  uint8_t algorithm_ = topology::kAlgorithmSpf;
  bool needs_loss_ = false;
  bool needs_variation_ = false;
  bool needs_min_delay_ = false;  // That announced itself; the average does not stand in for it.
  std::array<Affinity, 2> affinities_{};  // The query's and the flex-algorithm's.
  size_t affinity_count_ = 0;
  std::vector<bool> excluded_nodes_;  // Empty: none.
  std::vector<bool> excluded_links_;
  std::vector<uint32_t> excluded_srlgs_;  // Ascending.
  enum class Verdict : uint8_t { kUnknown, kAllowed, kRefused };
  mutable std::vector<Verdict> group_verdicts_;  // By ArcData::group; each group is judged once.
};

}  // namespace srpce::cspf
