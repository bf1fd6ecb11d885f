// lib/cspf/guided_search.h -- the least-cost path under one or two additive bounds in one pass, for
// the many queries whose answer is near.
//
// Label setting as in LabelSearch, but nothing is computed of the whole network beforehand. Forward
// labels and a backward search for each quantity (a "ball" around the target) grow in turns. What a
// quantity takes to the target is known exactly inside its ball; outside it is at least the radius,
// and at least what landmarks or a reverse tree say. Such bounds are consistent at any time and
// only rise, so a label whose bound has risen since it was queued is queued again, and labels of a
// node are still settled in order (front to end bidirectional A*: Kaindl, Kainz 1997). Where a
// label meets a ball whose path keeps all bounds, the two are a path: no label may cost more.
//
// Hard questions take too many labels this way. Run() gives up on them: exact bounds serve better.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lib/cspf/additive.h"
#include "lib/cspf/label_search.h"
#include "lib/cspf/link_filter.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"
#include "lib/graph/reverse_tree.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// A sum that is minimised or bounded, and lower bounds of it where there are some: of a tree, which
// leads to the target of the query, or else of landmarks.
struct Guided {
  Bound bound{};
  std::shared_ptr<const graph::Landmarks> landmarks{};
  std::shared_ptr<const graph::ReverseTree> tree{};
};
// The objective, then the bounds.
inline constexpr size_t kMostGuided = 3;
struct GuidedQuery {
  std::array<Guided, kMostGuided> items{};
  size_t count = 0;
};

// Returns `query` for GuidedSearch, without lower bounds yet. Absent: that is not for it, since it
// has waypoints, bounds loss, has more than two bounds or none.
std::optional<GuidedQuery> GuidedQueryOf(const Query& query, Additive objective);

// The search and its scratch memory; not thread-safe.
class GuidedSearch {
 public:
  // Returns what LabelSearch::Run does, found or none, or nothing if that takes more than `most`
  // labels or more than are left. Else counts its work down from `labels_left`. REQUIRES the lower
  // bounds hold for `ted`, and `filter` allows the ends.
  std::optional<Found> Run(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
                           const GuidedQuery& guided, uint64_t most, uint64_t& labels_left);

 private:
  template <typename T>
  using PerQuantity = std::array<T, kMostGuided>;

  struct Label {
    PerQuantity<uint64_t> sums{};
    uint32_t hops = 0;
    graph::Node node = 0;
    uint32_t parent = graph::kNone;
    graph::ArcId arc = graph::kNone;
    uint32_t next = graph::kNone;  // Of the same node.
    bool settled = false;
    bool dead = false;
  };
  // What is known of a node: one cache line.
  struct alignas(64) Place {
    uint32_t stamp = 0;
    uint32_t labels = graph::kNone;  // The first of those that none dominates.
    uint32_t inside = 0;             // Bit for each ball.
    PerQuantity<uint32_t> least{};   // LeastFrom() it, once it has labels.
    // All sums of the path by which each ball has come here; kFar if it has not.
    PerQuantity<PerQuantity<uint32_t>> way{};
  };
  static_assert(sizeof(Place) == 64);
  // The backward search in one quantity.
  struct Ball {
    Additive what = Additive::kIgp;
    size_t slot = 0;     // kWeightCount: this weight is not kept beside the arc.
    uint64_t limit = 0;  // No path may take more.
    const graph::Landmarks* landmarks = nullptr;
    const graph::ReverseTree* tree = nullptr;
    graph::Landmarks::Line target_line{};  // Of `landmarks`.
    graph::Heap heap;
    uint64_t radius = 0;   // What is outside is at least so far away.
    bool cut_off = false;  // Nodes at kFar or beyond were left out.
    int64_t credit = 0;    // Nodes and arcs it may look at; overdrawn by less than a node's.
  };

  void Start(const topology::Ted& ted, const Query& query, const LinkFilter& filter,
             const GuidedQuery& guided);
  Place& Touch(graph::Node node);
  // What trees or landmarks say of the way from `node`.
  uint32_t LeastFrom(graph::Node node, const Ball& ball) const;
  void PrefetchLeast(graph::Node node) const;
  uint64_t WeightOf(const Ball& ball, const graph::Arc& arc) const;
  uint64_t Least(const Place& place, size_t quantity) const;
  uint64_t LimitOf(size_t quantity) const {
    return quantity == 0 ? cost_limit_ : balls_[quantity].limit;
  }
  // False: with what is surely to come `label` breaks a limit.
  bool MayFit(const Label& label, const Place& place) const;

  // False: `most` labels were not enough.
  bool Search(uint64_t most);
  void Expand(uint32_t at);
  void Offer(uint32_t parent, const graph::Arc& arc);
  // Kills the labels of `place` that `label` dominates. False: it is dominated itself.
  bool Admit(const Label& label, Place& place);
  bool NoWorse(const Label& a, const Label& b) const;
  // Whether a comes before b by (cost, hops, link sequence).
  bool Precedes(const Label& a, const Label& b) const;
  // Lowers cost_limit_ by the ways on from `place` that the balls know.
  void Meet(const Label& label, const Place& place);

  void GrowAll(size_t arcs);
  void Grow(size_t ball);
  void Relax(size_t ball, const graph::Arc& arc, const Place& head_place, graph::Node head);

  uint64_t Work() const;
  Found Answer() const;

  const topology::Ted* ted_ = nullptr;
  const LinkFilter* filter_ = nullptr;
  graph::Node source_ = 0;
  graph::Node target_ = 0;
  size_t count_ = 0;  // Of quantities.
  PerQuantity<Ball> balls_{};
  std::vector<Place> places_;
  uint32_t stamp_ = 0;
  std::vector<Label> labels_;
  graph::Heap heap_;
  uint64_t cost_limit_ = 0;  // Some path that keeps the bounds costs so much.
  uint64_t settled_ = 0;
  uint64_t comparisons_ = 0;
  uint32_t answer_ = graph::kNone;
};

}  // namespace srpce::cspf
