#include "lib/segments/shortest_dag.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "lib/segments/dag_search.h"

namespace srpce::segments {
namespace {

using graph::Node;
using topology::LinkIndex;
using topology::NodeIndex;

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

// Returns how many of the first links are the only way to where they end, where `dag` tells: it
// has the next one and another arc to the same node. Metric 0 hides ways, which `dag` leaves out.
std::optional<size_t> OnlyLinks(const IgpView& view, const ShortestDag& dag,
                                const Stretch& stretch) {
  const graph::Digraph& graph = view.ted().graph();
  std::vector<std::pair<Node, LinkIndex>> into;
  for (const DagArc& arc : dag.arcs) {
    const graph::ArcId id = arc.link.value();
    if (view.Weight({arc.head, id, graph.data(id)}) == 0) return std::nullopt;
    into.emplace_back(arc.head, arc.link);
  }
  std::sort(into.begin(), into.end());
  for (size_t i = 0; i < stretch.links.size(); ++i) {
    const LinkIndex link = stretch.links[i];
    const Node head = graph.ends(link.value()).head;
    const auto at = std::lower_bound(into.begin(), into.end(), std::pair(head, link));
    if (at == into.end() || *at != std::pair(head, link)) return std::nullopt;
    const bool before = at != into.begin() && std::prev(at)->first == head;
    const bool behind = std::next(at) != into.end() && std::next(at)->first == head;
    if (before || behind) return i;
  }
  return std::nullopt;
}

Uniqueness Judge(const IgpView& view, const ShortestDag& dag, const Stretch& stretch,
                 size_t owner_count) {
  Uniqueness verdict;
  verdict.holds = IsExactly(dag, stretch.links);
  if (!verdict.holds && owner_count == 1 && dag.cost == stretch.cost) {
    verdict.only_links = OnlyLinks(view, dag, stretch);
  }
  return verdict;
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
    State().search.Run(view, start.value(), owners, graph::kUnreachable, *dag);
    if (dag->arcs.size() > kMaxCachedArcs) return dag;
    entry = {std::move(key), std::move(dag)};
  }
  return entry.dag;
}

Uniqueness JudgeUniqueness(const IgpView& view, const Stretch& stretch,
                           std::span<const Owner> owners) {
  const auto is_start = [&](const Owner& owner) { return owner.node == stretch.start; };
  if (!Computes(view, stretch.start) || std::any_of(owners.begin(), owners.end(), is_start)) {
    return {};
  }
  if (owners.size() > 1) {
    return Judge(view, *FindShortestDag(view, stretch.start, owners), stretch, owners.size());
  }
  CacheKey key = KeyOf(view, stretch.start, owners);
  CacheEntry& entry = SlotOf(key);
  if (entry.dag != nullptr && entry.key == key) {
    return Judge(view, *entry.dag, stretch, owners.size());
  }
  auto dag = std::make_shared<ShortestDag>();
  Uniqueness verdict;
  State().search.Run(view, stretch.start.value(), owners, stretch.cost, *dag, &verdict.cheaper);
  if (dag->cost != stretch.cost) {
    return verdict;  // Unfinished: not for the cache.
  }
  verdict = Judge(view, *dag, stretch, owners.size());
  if (dag->arcs.size() <= kMaxCachedArcs) entry = {std::move(key), std::move(dag)};
  return verdict;
}

}  // namespace srpce::segments
