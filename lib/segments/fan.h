// lib/segments/fan.h -- everywhere that one prefix segment from a router leads: one forward search
// for all of them.
//
// Packets with a node SID take every shortest path of the SR algorithm. So a router is reached by
// the segment if each of those paths is allowed, and what packets meet is the worst over them. Both
// are told by its predecessors: what holds for the shortest paths to a router holds for those to
// the routers on them. The search goes on while some router not settled yet may still be reached in
// an allowed way, and no further.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "lib/graph/digraph.h"
#include "lib/graph/heap.h"
#include "lib/segments/igp_view.h"
#include "lib/segments/list_space.h"

namespace srpce::segments {

// Scratch memory of one search after the other. Not thread-safe.
class Fan {
 public:
  using Sink = absl::FunctionRef<void(graph::Node, const Walk&)>;
  enum class Branches : uint8_t { kOne, kAny };

  // Calls `sink` for each router that a prefix segment of `view` from the node of `start` leads to
  // over links that `space` allows, by ascending distance, with the worst that packets have met
  // then. kOne: only where a single path leads there. Routers from which no path of the query costs
  // `most_cost` or less are left out, and so is the start. Whether they have a SID is not asked.
  //
  // Returns false if links of metric 0 lead round in a circle: which of them routers use takes more
  // than distances, so what lies behind was left out. RunEach() leaves out nothing, by one search
  // for each router there is.
  bool Run(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
           uint64_t most_cost, Sink sink);
  void RunEach(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
               uint64_t most_cost, Sink sink);

  // Nodes looked at since this was made: work, for a budget.
  uint64_t settled() const { return settled_; }

 private:
  struct Spot {
    graph::Node node = graph::kNone;
    graph::Distance distance = graph::kUnreachable;
    Walk walk{};
    uint32_t free_ways = 0;  // Into it from nodes as near, not yet judged.
    bool settled = false;
    bool allowed = false;  // Before it is judged: as far as known.
  };

  void Begin(const IgpView& view, const ListSpace& space, const Walk& start, Branches branches,
             uint64_t most_cost);
  // True if the query may go on from where `walk` has come.
  bool MayGoOn(const Walk& walk) const;
  std::optional<Walk> WalkTo(graph::Node node, const Walk& start);

  Spot* Find(graph::Node node);
  Spot& Touch(graph::Node node);
  void Offer(graph::Node head, graph::Distance distance, bool allowed);
  // True if routers send over `arc` from `tail`, which is settled.
  bool Sends(const graph::Arc& arc, graph::Node tail) const;
  void SettleNearest(Sink sink);
  void RelaxFree(graph::Node tail);
  void Relax(graph::Node tail);
  void JudgeAll(Sink sink);
  void Judge(graph::Node node, Sink sink);
  void ReleaseFree(graph::Node tail);

  const IgpView* view_ = nullptr;
  const ListSpace* space_ = nullptr;
  Branches branches_ = Branches::kOne;
  uint64_t most_cost_ = 0;
  graph::Node start_ = graph::kNone;
  std::vector<uint32_t> spot_of_;  // By node: into spots_, where that holds this node.
  std::vector<Spot> spots_;
  graph::Heap heap_;
  std::vector<graph::Node> batch_;  // Equally near.
  bool any_free_ = false;           // Links of metric 0 join nodes of the batch.
  size_t hopeful_ = 0;              // Unsettled nodes that may be reached in an allowed way.
  uint64_t settled_ = 0;
  bool left_out_ = false;
};

}  // namespace srpce::segments
