// lib/cspf/label_search.h -- least-cost search under additive bounds: label setting with Pareto
// dominance.
//
// A state is a node and the number of waypoints already visited. A label is a walk from the start
// to a state: its cost, its hops and the sums of the bounded quantities. Labels are settled in
// order of (cost + lower bound, hops) (A*). A label dies when another one of its state is no worse
// in every sum and comes first by (cost, hops, link sequence): whatever completes the dead one
// completes the other, and better. So the first label settled at the target is the answer of the
// tie rule.
//
// Lower bounds are exact distances to the target, one backward search for each quantity
// (Desrochers, Soumis 1988; Lozano, Medaglia 2013); a state from which some bound cannot be kept is
// never entered.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/cspf/additive.h"
#include "lib/cspf/link_filter.h"
#include "lib/cspf/link_prices.h"
#include "lib/graph/dijkstra.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

using State = uint32_t;  // Waypoints visited * number of nodes + node.
using Sums = std::array<uint64_t, kMaxBounds>;

// Lower bounds of each quantity between any two nodes; null where there are none.
using Guides = std::array<std::shared_ptr<const graph::Landmarks>, kAdditiveCount>;

// A walk that has come to `state`; a search continues it.
struct Prefix {
  State state = 0;
  uint64_t cost = 0;
  Sums sums{};  // In the order of the query's bounds.
};

struct Found {
  enum class Status : uint8_t { kFound, kNone, kExhausted };
  Status status = Status::kNone;
  std::vector<LinkIndex> links;  // kExhausted: a walk that keeps the bounds, if `has_links`.
  bool has_links = false;
  uint64_t cost = 0;         // Of the whole walk, prefix included.
  uint64_t lower_bound = 0;  // kExhausted: no walk costs less.
};

// One query's search space, and the scratch memory of its searches. Not thread-safe.
class LabelSearch {
 public:
  // kBest: only the best path is wanted, so that a path known to keep the bounds limits the search.
  enum class Want : uint8_t { kBest, kAll };

  // Computes the lower bounds of `query` with `objective` in place of its own. Returns false if
  // they prove that there is no path. `filter` and `query` outlive the searches. With kLoss as
  // objective the search is not goal-directed. `guides` save work where they show that the way from
  // the source to a state is already too long. With `prices`, which outlive the searches, costs are
  // theirs. REQUIRES no prices with kLoss.
  bool Prepare(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
               Additive objective, Want want, const Guides& guides,
               const LinkPrices* prices = nullptr);

  Prefix Start() const { return {Advance(0, source_), 0, {}}; }
  State target() const { return target_state_; }
  State Next(State state, const graph::Arc& arc) const {
    return Advance(state / node_count_, arc.other);
  }
  // Extends `prefix` by `link`, which leaves its node.
  void Append(Prefix& prefix, LinkIndex link) const;

  // States that Run() may not enter, and links by which it may not leave its start.
  void ClearBans();
  void BanState(State state);
  void SetBannedFirst(const std::vector<LinkIndex>& links) { banned_first_ = links; }

  // Returns a lower bound of the cost of all completions of `prefix`. Absent: none keeps the
  // bounds.
  std::optional<uint64_t> LeastCost(const Prefix& prefix) const;
  // Returns a lower bound of the cost of what Run(start) would find, from one look at its links.
  // Absent: it would find nothing.
  std::optional<uint64_t> Estimate(const Prefix& start) const;
  // Returns the least completion of `start` by (cost, hops, link sequence). Counts its work down
  // from `labels_left`: see Budget.
  Found Run(const Prefix& start, uint64_t& labels_left);

  // The least cost of the way from `state` to the target, bounds aside; kUnreachable: there is no
  // way. REQUIRES Prepare() with Want::kAll.
  uint64_t CostRest(State state) const { return RestOf(cost_rest_, state); }
  // False: walks that come to `state` with these sums break some bound, however they go on.
  bool BoundsMayFit(const uint64_t* sums, State state) const;

  const topology::Ted& ted() const { return *ted_; }

 private:
  struct Label {
    uint64_t cost = 0;
    uint32_t hops = 0;
    State state = 0;
    uint32_t parent = graph::kNone;
    graph::ArcId arc = graph::kNone;
    bool dead = false;
  };
  // The labels of a state that are not dominated.
  struct Front {
    std::vector<uint32_t> waiting;  // Not settled, in order of (cost, hops, link sequence).
    // Sums of the settled ones. Up to two bounds: a staircase, the first sum rising, the second
    // falling.
    std::vector<Sums> settled;
    uint32_t stamp = 0;
  };
  // Distances to the target in one quantity, layer by layer.
  struct Rest {
    std::vector<graph::DistanceTree> trees;
    std::vector<uint64_t> base;  // From the goal of the layer to the target.
  };

  State Advance(uint32_t layer, graph::Node node) const;
  graph::Node GoalOf(uint32_t layer) const;
  void ResetRest(Rest& rest) const;
  bool ComputeRest(Additive what, uint64_t limit, const Guides& guides, Rest& rest);
  bool ComputeCostRest(const Guides& guides);
  // `cost` extended by `arc`.
  uint64_t CostAfter(uint64_t cost, const graph::Arc& arc) const {
    if (prices_ == nullptr) return Extend(objective_, cost, arc, *ted_);
    return cost + prices_->Of(arc.id, Extend(objective_, 0, arc, *ted_));
  }
  template <typename Weight>
  bool FillRest(const Weight& weight, uint64_t limit, const graph::Landmarks* guide, Rest& rest);
  uint64_t RestOf(const Rest& rest, State state) const;
  bool Alive(State state) const;
  // Judges the path that is least in the bound made ready last.
  void TryLeastPath();

  void Expand(uint32_t at);
  bool MayLeaveBy(const graph::Arc& arc, State state, bool at_start) const;
  void Offer(uint32_t parent, const graph::Arc& arc, State state);
  // Puts label `at` into the front of its state and kills those that it dominates. False: it is
  // dominated itself.
  bool Admit(uint32_t at);
  void Settle(uint32_t at);
  bool SettledDominates(const Front& front, const uint64_t* sums);
  // Counts one settled label and the comparisons made since the last down from `labels_left`.
  void Charge(uint64_t& labels_left);
  bool NoWorse(const uint64_t* a, const uint64_t* b, State state) const;
  // Whether a comes before b by (cost, hops, link sequence).
  bool Precedes(const Label& a, const Label& b) const;
  uint64_t* sums_of(uint32_t label) { return sums_.data() + size_t{label} * bounds_.count; }
  Front& FrontOf(State state);
  void Extract(uint32_t label, Found& found) const;
  void Exhaust(Found& found);

  const topology::Ted* ted_ = nullptr;
  const Query* query_ = nullptr;
  const LinkFilter* filter_ = nullptr;
  Additive objective_ = Additive::kIgp;
  const LinkPrices* prices_ = nullptr;  // Null: none.
  BoundSet bounds_;
  graph::Node source_ = 0;
  uint32_t node_count_ = 0;
  uint32_t layers_ = 1;
  State target_state_ = 0;

  Rest cost_rest_;
  std::array<Rest, kMaxBounds> bound_rest_;
  size_t bounds_ready_ = 0;  // Bounds whose Rest is computed.
  // kBest: the cheapest of the paths that are least in one bound and keep them all. No label may
  // cost more.
  std::vector<LinkIndex> incumbent_;
  uint64_t cost_limit_ = 0;  // kNoLimit: no incumbent.

  std::vector<Label> labels_;
  std::vector<uint64_t> sums_;  // bounds_.count for each label.
  std::vector<Front> fronts_;
  std::vector<uint32_t> ban_stamps_;
  std::vector<LinkIndex> banned_first_;
  graph::Heap heap_;
  uint64_t comparisons_ = 0;  // Of labels, not yet charged.
  uint32_t run_stamp_ = 0;
  uint32_t ban_stamp_ = 1;
};

}  // namespace srpce::cspf
