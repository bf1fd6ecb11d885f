// lib/segments/dag_search.h -- the search behind shortest_dag.h: bidirectional Dijkstra that keeps
// every tie.
//
// It stops once no unsettled node can lie on a shortest path: top(forward) + top(backward) > best.
// What is already known of the answer makes the search small: a way of `known_cost` that is to be
// proved the only one, lower bounds of distances, and the top of the other side, which a node that
// is not settled there is at least away from its end. None of them ever leaves out a tie.
//
// Every shortest path then has a node where both sides' distances are exact and from which settled
// nodes lead to either end: walking over tight arcs from these meeting points yields them all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "lib/graph/digraph.h"
#include "lib/graph/heap.h"
#include "lib/graph/landmarks.h"
#include "lib/segments/igp_view.h"
#include "lib/segments/shortest_dag.h"

namespace srpce::segments {

// Scratch memory of one search after the other. Not thread-safe.
class DagSearch {
 public:
  // Puts into `dag` what FindShortestDag returns. Ways that cost more than `known_cost` are not
  // looked for, and the first that costs less ends the search: then `dag` has its cost and no arcs,
  // and `cheaper`, unless null, has the way.
  void Run(const IgpView& view, graph::Node start, std::span<const Owner> owners,
           graph::Distance known_cost, ShortestDag& dag, std::vector<Stop>* cheaper = nullptr);

 private:
  static constexpr size_t kForward = 0;
  static constexpr size_t kBackward = 1;
  // What the walk over the ways has seen of a node.
  static constexpr uint8_t kWalked = 1;   // Shifted by the side.
  static constexpr uint8_t kReached = 4;  // From the start, by arcs that routers use.

  struct alignas(32) Label {
    std::array<graph::Distance, 2> distance;
    std::array<graph::Node, 2> parent;  // The node before it; the node behind it.
    uint32_t stamp;
    std::array<bool, 2> settled;
    bool owner;
    uint8_t marks;
  };

  void Reset(const IgpView& view, graph::Node start, std::span<const Owner> owners,
             graph::Distance known_cost);
  Label& Touch(graph::Node node);
  void Seed(const Owner& owner);
  bool Undercuts() const { return known_ != graph::kUnreachable && best_ < known_; }
  void Search();
  // A node that `side` has not settled is at least so far from its end.
  graph::Distance Floor(size_t side) const;
  // The arcs of the node that `side` settles next: hubs are left to the other side.
  size_t NextArcs(size_t side) const;
  void SettleBatch(size_t side);
  bool IsOverloadedTail(graph::Node node) const;
  void RelaxForward(graph::Node tail, graph::Distance distance);
  void RelaxBackward(graph::Node head, graph::Distance distance);
  void FindNear(size_t side, std::span<const graph::Arc> arcs, graph::Distance distance);
  // Returns false if `node` is as near to the end of `side` already, or if no way that is looked
  // for passes it so far from there.
  bool Improve(size_t side, graph::Node node, graph::Distance distance, graph::Node parent);
  graph::Distance Bound(size_t side, graph::Node node) const;
  void TraceWay(std::vector<Stop>& way) const;

  // In dag_collect.cc.
  void Collect(std::vector<DagArc>& arcs);
  void Walk(size_t side, graph::Node from, std::vector<DagArc>& arcs);
  bool IsBestOwner(graph::Node node) const;
  bool IsFree(const DagArc& arc) const;
  void DropWaysBack(std::vector<DagArc>& arcs);
  bool LeadsOnWithout(const std::vector<DagArc>& arcs, graph::Node from, graph::Node avoided,
                      size_t& steps_left);
  void KeepReached(std::vector<DagArc>& arcs);

  const IgpView* view_ = nullptr;
  const graph::Landmarks* bounds_ = nullptr;
  std::array<const graph::Landmarks::Line*, 2> ends_{};
  graph::Node start_ = graph::kNone;
  bool start_overloaded_ = false;
  bool one_sided_ = false;  // From the owners alone.
  bool passes_owner_ = false;
  graph::Distance known_ = graph::kUnreachable;
  graph::Distance best_ = graph::kUnreachable;
  graph::Distance limit_ = graph::kUnreachable;  // Dearer ways are not looked for.
  uint32_t stamp_ = 0;
  std::vector<Label> labels_;
  std::array<graph::Heap, 2> heaps_;
  std::array<size_t, 2> scanned_{};  // Nodes and arcs.
  std::vector<const graph::Arc*> near_;
  std::vector<graph::Node> meets_;  // Where both distances add up to the best.
  std::vector<std::pair<graph::Node, graph::Distance>> owned_;  // The metrics announced.
  std::vector<graph::Node> stack_;
};

}  // namespace srpce::segments
