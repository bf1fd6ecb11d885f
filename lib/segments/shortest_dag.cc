// lib/segments/shortest_dag.cc -- bidirectional Dijkstra that keeps every tie.
//
// The search stops once no unsettled node can lie on a shortest path: top(forward) + top(backward)
// > best. Each shortest path then has a "middle" arc whose tail is settled forward and whose head
// is settled backward; walking back from the tails and on from the heads over tight arcs yields
// them all. Equal keys are settled as one batch, so that zero metrics cannot hide a tie; arcs of
// metric 0 by which packets would only come back are dropped at the end.
#include "lib/segments/shortest_dag.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "lib/graph/heap.h"

namespace srpce::segments {
namespace {

using graph::Arc;
using graph::Distance;
using graph::kUnreachable;
using graph::Node;
using topology::LinkIndex;
using topology::NodeIndex;

constexpr size_t kForward = 0;
constexpr size_t kBackward = 1;
// Nodes looked at to judge the arcs of weight 0 of one answer; a network full of them is odd.
constexpr size_t kMaxStepsBack = 100'000;

struct Label {
  std::array<Distance, 2> distance;
  uint32_t stamp = 0;
  std::array<bool, 2> settled;
  std::array<bool, 2> walked;
  bool owner;
  Distance owned;  // The least metric it announces as an owner.
  bool reached;    // From the start, by arcs that routers use.
};

class DagSearch {
 public:
  // Stops early, with an answer below `known_cost`, as soon as a way cheaper than that is found.
  void Run(const IgpView& view, Node start, std::span<const Owner> owners, Distance known_cost,
           ShortestDag& dag) {
    view_ = &view;
    start_ = start;
    start_overloaded_ = view.IsOverloaded(start);
    one_sided_ = owners.size() > 1;
    best_ = kUnreachable;
    Reset();
    for (const Owner& owner : owners) {
      Seed(owner);
    }
    Touch(start).distance[kForward] = 0;
    Touch(start).settled[kForward] = true;
    RelaxForward(start, 0);
    Search(known_cost);
    dag.cost = best_;
    dag.arcs.clear();
    if (best_ != kUnreachable && !Undercuts(known_cost)) {
      Collect(dag.arcs);
    }
  }

 private:
  struct Middle {
    Node tail;
    Node head;
    uint32_t link;
  };

  void Reset() {
    const uint32_t node_count = view_->ted().graph().node_count();
    if (labels_.size() < node_count) {
      labels_.resize(node_count);
    }
    if (++stamp_ == 0) {  // Every 2^32 searches old stamps would look fresh.
      labels_.assign(labels_.size(), Label{});
      stamp_ = 1;
    }
    heaps_[kForward].Clear();
    heaps_[kBackward].Clear();
    middles_.clear();
    passes_owner_ = false;
  }

  // True if packets that get there are where routers send them: no owner behind it is better.
  bool IsBestOwner(const Label& label) const {
    return label.owner && label.distance[kBackward] == label.owned;
  }

  Label& Touch(Node node) {
    Label& label = labels_[node];
    if (label.stamp != stamp_) {
      label = {.distance = {kUnreachable, kUnreachable},
               .stamp = stamp_,
               .settled = {false, false},
               .walked = {false, false},
               .owner = false,
               .owned = kUnreachable,
               .reached = false};
    }
    return label;
  }

  void Seed(const Owner& owner) {
    if (!view_->TakesPart(owner.node.value())) {
      return;
    }
    Label& label = Touch(owner.node.value());
    const Distance metric = one_sided_ ? owner.metric : 0;
    label.owner = true;
    label.owned = std::min(label.owned, metric);
    if (metric < label.distance[kBackward]) {
      label.distance[kBackward] = metric;
      heaps_[kBackward].Push(metric, owner.node.value());
    }
  }

  bool Undercuts(Distance known_cost) const {
    return known_cost != kUnreachable && best_ < known_cost;
  }

  void Search(Distance known_cost) {
    if (!heaps_[kBackward].empty()) {
      SettleBatch(kBackward);
    }
    while (!Undercuts(known_cost)) {
      if (heaps_[kBackward].empty() || (!one_sided_ && heaps_[kForward].empty())) {
        return;
      }
      const auto backward = static_cast<Distance>(heaps_[kBackward].top_key());
      const auto forward = one_sided_ ? 0 : static_cast<Distance>(heaps_[kForward].top_key());
      if (best_ != kUnreachable && forward + backward > best_) {
        return;
      }
      const bool go_forward = !one_sided_ && heaps_[kForward].size() < heaps_[kBackward].size();
      SettleBatch(go_forward ? kForward : kBackward);
    }
  }

  // Settles all nodes at the least distance of `side`, those found on the way included.
  void SettleBatch(size_t side) {
    graph::Heap& heap = heaps_[side];
    const graph::Length key = heap.top_key();
    while (!heap.empty() && heap.top_key() == key) {
      const Node node = heap.top_node();
      heap.Pop();
      Label& label = labels_[node];
      const auto distance = static_cast<Distance>(key);
      if (label.settled[side] || label.distance[side] != distance) {
        continue;
      }
      if (side == kForward) {
        if (IsOverloadedTail(node)) {
          continue;
        }
        label.settled[kForward] = true;
        RelaxForward(node, distance);
      } else {
        label.settled[kBackward] = true;
        RelaxBackward(node, distance);
      }
    }
  }

  // The flag is on each arc that leaves the node; without one there is nothing to relax either way.
  bool IsOverloadedTail(Node node) const {
    const auto arcs = view_->ted().graph().out(node);
    return !arcs.empty() && (arcs.front().data.flags & topology::kArcTailOverloaded) != 0;
  }

  void RelaxForward(Node tail, Distance distance) {
    for (const Arc& arc : view_->ted().graph().out(tail)) {
      if (!view_->Admits(arc, tail)) {
        continue;
      }
      Label& head = Touch(arc.other);
      const Distance reached = distance + view_->Weight(arc);
      if (head.distance[kBackward] != kUnreachable) {
        Meet(reached + head.distance[kBackward], {tail, arc.other, arc.id});
      }
      if (one_sided_ || head.owner || reached >= head.distance[kForward] || reached > best_ ||
          !view_->TakesPart(arc.other)) {
        continue;
      }
      head.distance[kForward] = reached;
      heaps_[kForward].Push(reached, arc.other);
    }
  }

  void RelaxBackward(Node head, Distance distance) {
    for (const Arc& arc : view_->ted().graph().in(head)) {
      const Node tail = arc.other;
      const bool no_transit = (arc.data.flags & topology::kArcTailOverloaded) != 0;
      if ((no_transit && tail != start_) || !view_->Admits(arc, tail) || !view_->TakesPart(tail)) {
        continue;
      }
      Label& label = Touch(tail);
      const Distance left = distance + view_->Weight(arc);
      if (label.distance[kForward] != kUnreachable) {
        Meet(left + label.distance[kForward], {tail, head, arc.id});
      }
      if (no_transit || left >= label.distance[kBackward] || left > best_) {
        continue;
      }
      label.distance[kBackward] = left;
      heaps_[kBackward].Push(left, tail);
    }
  }

  void Meet(Distance total, const Middle& middle) {
    if (total < best_) {
      best_ = total;
      middles_.clear();
    }
    if (total == best_) {
      middles_.push_back(middle);
    }
  }

  void Collect(std::vector<DagArc>& arcs) {
    for (const Middle& middle : middles_) {
      if (labels_[middle.tail].settled[kForward] && labels_[middle.head].settled[kBackward]) {
        arcs.push_back({middle.tail, middle.head, LinkIndex(middle.link)});
        Walk(kForward, middle.tail, arcs);
        Walk(kBackward, middle.head, arcs);
      }
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

  bool IsFree(const DagArc& arc) const {
    const graph::Digraph& graph = view_->ted().graph();
    return view_->Weight({arc.head, arc.link.value(), graph.data(arc.link.value())}) == 0;
  }

  static std::span<const DagArc> ArcsOf(const std::vector<DagArc>& arcs, Node tail) {
    const auto [first, last] =
        std::equal_range(arcs.begin(), arcs.end(), DagArc{tail, graph::kNone, {}},
                         [](const DagArc& a, const DagArc& b) { return a.tail < b.tail; });
    return {first, last};
  }

  // Keeps of the arcs of weight 0 those that lead on without coming back to their tail: a router
  // takes no neighbour for a next hop that would send through itself. All other arcs lead nearer.
  void DropWaysBack(std::vector<DagArc>& arcs) {
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
  void KeepReached(std::vector<DagArc>& arcs) {
    std::vector<Node> reached{start_};
    labels_[start_].reached = true;
    for (size_t i = 0; i < reached.size(); ++i) {
      if (labels_[reached[i]].owner) {
        continue;
      }
      for (const DagArc& arc : ArcsOf(arcs, reached[i])) {
        if (!std::exchange(labels_[arc.head].reached, true)) {
          reached.push_back(arc.head);
        }
      }
    }
    std::erase_if(arcs, [&](const DagArc& arc) {
      return !labels_[arc.tail].reached || labels_[arc.tail].owner;
    });
  }

  // True if some way from `from` over arcs of weight 0 gets to an owner or an arc that leads
  // nearer, not through `avoided`. Also true once `steps_left` is 0: one branch too many errs on
  // the safe side.
  bool LeadsOnWithout(const std::vector<DagArc>& arcs, Node from, Node avoided,
                      size_t& steps_left) {
    stack_.assign(1, from);
    absl::flat_hash_set<Node> seen{from, avoided};
    while (!stack_.empty()) {
      const Node node = stack_.back();
      stack_.pop_back();
      if (IsBestOwner(labels_[node]) || steps_left == 0) {
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
  void Walk(size_t side, Node from, std::vector<DagArc>& arcs) {
    stack_.assign(1, from);
    while (!stack_.empty()) {
      const Node node = stack_.back();
      stack_.pop_back();
      Label& label = labels_[node];
      // Nobody sends through an overloaded start. What arrives at an owner stays there, though
      // routers before it may reckon with a better one behind.
      const bool ends =
          side == kBackward ? IsBestOwner(label) : node == start_ && start_overloaded_;
      passes_owner_ |= side == kBackward && label.owner && !ends;
      if (ends || label.walked[side]) {
        continue;
      }
      label.walked[side] = true;
      const auto adjacent =
          side == kForward ? view_->ted().graph().in(node) : view_->ted().graph().out(node);
      for (const Arc& arc : adjacent) {
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

  const IgpView* view_ = nullptr;
  Node start_ = graph::kNone;
  bool start_overloaded_ = false;
  bool one_sided_ = false;
  bool passes_owner_ = false;
  Distance best_ = kUnreachable;
  uint32_t stamp_ = 0;
  std::vector<Label> labels_;
  std::array<graph::Heap, 2> heaps_;
  std::vector<Middle> middles_;
  std::vector<Node> stack_;
};

// A direct-mapped cache: encoding asks for the same ways that the proof asks for a moment later.
struct CacheKey {
  uint64_t lineage = 0;
  uint64_t generation = 0;
  Node start = graph::kNone;
  uint8_t algorithm = 0;
  absl::InlinedVector<std::pair<Node, uint32_t>, 2> owners;

  bool operator==(const CacheKey&) const = default;
};
struct CacheEntry {
  CacheKey key;
  std::shared_ptr<const ShortestDag> dag;
};
constexpr size_t kCacheSize = 4096;  // All pairs of 60 routers.
// Larger ones, of much ECMP, are not kept: a thread's cache takes 12 MB at most, usually one.
constexpr size_t kMaxCachedArcs = 256;

struct ThreadState {
  DagSearch search;
  std::vector<CacheEntry> cache{kCacheSize};
};
ThreadState& State() {
  static thread_local ThreadState state;
  return state;
}

CacheKey KeyOf(const IgpView& view, NodeIndex start, std::span<const Owner> owners) {
  CacheKey key{view.ted().lineage(), view.ted().generation(), start.value(), view.algorithm(), {}};
  for (const Owner& owner : owners) {
    key.owners.emplace_back(owner.node.value(), owners.size() > 1 ? owner.metric : 0);
  }
  return key;
}

CacheEntry& SlotOf(const CacheKey& key) {
  const size_t hash =
      absl::HashOf(key.lineage, key.generation, key.start, key.algorithm, key.owners);
  return State().cache[hash % kCacheSize];
}

bool Computes(const IgpView& view, NodeIndex start) {
  return view.exists() && view.TakesPart(start.value());
}

bool IsExactly(const ShortestDag& dag, std::span<const LinkIndex> links) {
  // With one next hop at each router and as many links, comparing the sets suffices.
  const auto same_tail = [](const DagArc& a, const DagArc& b) { return a.tail == b.tail; };
  if (dag.arcs.size() != links.size() ||
      std::adjacent_find(dag.arcs.begin(), dag.arcs.end(), same_tail) != dag.arcs.end()) {
    return false;
  }
  return std::all_of(links.begin(), links.end(), [&](LinkIndex link) {
    return std::any_of(dag.arcs.begin(), dag.arcs.end(),
                       [&](const DagArc& arc) { return arc.link == link; });
  });
}

// The cost of `links`, or nothing if routers do not use one of them.
std::optional<Distance> CostOf(const IgpView& view, NodeIndex start,
                               std::span<const LinkIndex> links) {
  Distance cost = 0;
  Node tail = start.value();
  for (const LinkIndex link : links) {
    const auto arcs = view.ted().graph().out(tail);
    const auto arc =
        std::find_if(arcs.begin(), arcs.end(), [&](const Arc& a) { return a.id == link.value(); });
    if (arc == arcs.end() || !view.Admits(*arc, tail)) {
      return std::nullopt;
    }
    cost += view.Weight(*arc);
    tail = arc->other;
  }
  return cost;
}

}  // namespace

std::shared_ptr<const ShortestDag> FindShortestDag(const IgpView& view, NodeIndex start,
                                                   std::span<const Owner> owners) {
  if (!Computes(view, start)) {
    return std::make_shared<ShortestDag>();
  }
  CacheKey key = KeyOf(view, start, owners);
  CacheEntry& entry = SlotOf(key);
  if (entry.dag == nullptr || !(entry.key == key)) {
    auto dag = std::make_shared<ShortestDag>();
    State().search.Run(view, start.value(), owners, kUnreachable, *dag);
    if (dag->arcs.size() > kMaxCachedArcs) return dag;
    entry = {std::move(key), std::move(dag)};
  }
  return entry.dag;
}

bool IsOnlyWay(const IgpView& view, NodeIndex start, std::span<const LinkIndex> links,
               std::span<const Owner> owners) {
  const auto is_start = [&](const Owner& owner) { return owner.node == start; };
  if (!Computes(view, start) || std::any_of(owners.begin(), owners.end(), is_start)) {
    return false;
  }
  const std::optional<Distance> cost = CostOf(view, start, links);
  if (!cost) {
    return false;
  }
  CacheKey key = KeyOf(view, start, owners);
  CacheEntry& entry = SlotOf(key);
  if (entry.dag != nullptr && entry.key == key) {
    return IsExactly(*entry.dag, links);
  }
  if (owners.size() > 1) {
    return IsExactly(*FindShortestDag(view, start, owners), links);
  }
  auto dag = std::make_shared<ShortestDag>();
  State().search.Run(view, start.value(), owners, *cost, *dag);
  if (dag->cost < *cost) {
    return false;  // Unfinished: not for the cache.
  }
  const bool only = IsExactly(*dag, links);
  if (dag->arcs.size() <= kMaxCachedArcs) entry = {std::move(key), std::move(dag)};
  return only;
}

}  // namespace srpce::segments
