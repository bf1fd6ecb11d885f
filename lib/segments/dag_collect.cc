// lib/segments/dag_collect.cc -- the ways a DagSearch has met, as arcs, less those that routers do
// not use although they are shortest: the ones of metric 0 by which packets would only come back.
#include <algorithm>
#include <span>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "lib/segments/dag_search.h"

namespace srpce::segments {

using graph::Arc;
using graph::Distance;
using graph::Node;
using topology::LinkIndex;

namespace {

// Nodes looked at to judge the arcs of weight 0 of one answer; a network full of them is odd.
constexpr size_t kMaxStepsBack = 100'000;

std::span<const DagArc> ArcsOf(const std::vector<DagArc>& arcs, Node tail) {
  const auto [first, last] =
      std::equal_range(arcs.begin(), arcs.end(), DagArc{tail, graph::kNone, {}},
                       [](const DagArc& a, const DagArc& b) { return a.tail < b.tail; });
  return {first, last};
}

}  // namespace

void DagSearch::Collect(std::vector<DagArc>& arcs) {
  for (const Node meet : meets_) {
    Walk(kForward, meet, arcs);
    Walk(kBackward, meet, arcs);
  }
  std::sort(arcs.begin(), arcs.end(), [](const DagArc& a, const DagArc& b) {
    return a.tail != b.tail ? a.tail < b.tail : a.link < b.link;
  });
  arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());
  const bool any_free =
      std::any_of(arcs.begin(), arcs.end(), [&](const DagArc& arc) { return IsFree(arc); });
  if (any_free) {
    DropWaysBack(arcs);
  }
  if (any_free || passes_owner_) {
    KeepReached(arcs);
  }
}

// True if packets that get there are where routers send them: no owner behind it is better.
bool DagSearch::IsBestOwner(Node node) const {
  const Label& label = labels_[node];
  return label.owner && std::any_of(owned_.begin(), owned_.end(), [&](const auto& owned) {
           return owned.first == node && owned.second == label.distance[kBackward];
         });
}

bool DagSearch::IsFree(const DagArc& arc) const {
  const graph::Digraph& graph = view_->ted().graph();
  return view_->Weight({arc.head, arc.link.value(), graph.data(arc.link.value())}) == 0;
}

// Keeps of the arcs of weight 0 those that lead on without coming back to their tail: a router
// takes no neighbour for a next hop that would send through itself. All other arcs lead nearer.
void DagSearch::DropWaysBack(std::vector<DagArc>& arcs) {
  size_t steps_left = kMaxStepsBack;
  std::vector<DagArc> kept;
  for (const DagArc& arc : arcs) {
    if (!IsFree(arc) || LeadsOnWithout(arcs, arc.head, arc.tail, steps_left)) {
      kept.push_back(arc);
    }
  }
  arcs = std::move(kept);
}

// Keeps the arcs that packets get to: not those behind an owner, nor behind a dropped arc.
void DagSearch::KeepReached(std::vector<DagArc>& arcs) {
  std::vector<Node> reached{start_};
  labels_[start_].marks |= kReached;
  for (size_t i = 0; i < reached.size(); ++i) {
    if (labels_[reached[i]].owner) {
      continue;
    }
    for (const DagArc& arc : ArcsOf(arcs, reached[i])) {
      Label& head = labels_[arc.head];
      if ((head.marks & kReached) == 0) {
        head.marks |= kReached;
        reached.push_back(arc.head);
      }
    }
  }
  std::erase_if(arcs, [&](const DagArc& arc) {
    return (labels_[arc.tail].marks & kReached) == 0 || labels_[arc.tail].owner;
  });
}

// True if some way from `from` over arcs of weight 0 gets to an owner or an arc that leads
// nearer, not through `avoided`. Also true once `steps_left` is 0: one branch too many errs on
// the safe side.
bool DagSearch::LeadsOnWithout(const std::vector<DagArc>& arcs, Node from, Node avoided,
                               size_t& steps_left) {
  stack_.assign(1, from);
  absl::flat_hash_set<Node> seen{from, avoided};
  while (!stack_.empty()) {
    const Node node = stack_.back();
    stack_.pop_back();
    if (IsBestOwner(node) || steps_left == 0) {
      return true;
    }
    --steps_left;
    for (const DagArc& arc : ArcsOf(arcs, node)) {
      if (!IsFree(arc)) {
        return true;
      }
      if (seen.insert(arc.head).second) {
        stack_.push_back(arc.head);
      }
    }
  }
  return false;
}

// Adds the tight arcs between `from` and the end of `side`.
void DagSearch::Walk(size_t side, Node from, std::vector<DagArc>& arcs) {
  stack_.assign(1, from);
  while (!stack_.empty()) {
    const Node node = stack_.back();
    stack_.pop_back();
    Label& label = labels_[node];
    // Nobody sends through an overloaded start. What arrives at an owner stays there, though
    // routers before it may reckon with a better one behind.
    const bool ends = side == kBackward ? IsBestOwner(node) : node == start_ && start_overloaded_;
    passes_owner_ |= side == kBackward && label.owner && !ends;
    const auto walked = static_cast<uint8_t>(kWalked << side);
    if (ends || (label.marks & walked) != 0) {
      continue;
    }
    label.marks |= walked;
    const auto adjacent =
        side == kForward ? view_->ted().graph().in(node) : view_->ted().graph().out(node);
    for (const Arc& arc : adjacent) {
      if (view_->Weight(arc) > label.distance[side]) continue;  // Its other end stays unread.
      const Label& other = labels_[arc.other];
      const Node tail = side == kForward ? arc.other : node;
      if (other.stamp == stamp_ && other.settled[side] && view_->Admits(arc, tail) &&
          other.distance[side] + view_->Weight(arc) == label.distance[side]) {
        arcs.push_back({tail, side == kForward ? node : arc.other, LinkIndex(arc.id)});
        stack_.push_back(arc.other);
      }
    }
  }
}

}  // namespace srpce::segments
