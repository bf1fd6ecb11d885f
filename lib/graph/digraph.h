// lib/graph/digraph.h -- a persistent directed multigraph: copies share pages, arcs carry what a
// constrained search reads.
//
// Arcs lie in pages of kNodesPerPage consecutive nodes, once by tail (out) and once by head (in),
// so that a search reads one page pointer for each node it settles and then runs over adjacent
// memory. A copy of the graph costs a few hundred nanoseconds; changing an arc copies its two pages
// (microseconds), whatever the graph's size. Node and arc ids are dense and stable: a removed arc's
// id is used again only by a later AddArc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "lib/base/persistent_vector.h"

namespace srpce::graph {

using Node = uint32_t;
using ArcId = uint32_t;
using Distance = uint64_t;

inline constexpr uint32_t kNone = UINT32_MAX;  // No such node or arc.
inline constexpr Distance kUnreachable = UINT64_MAX;
inline constexpr size_t kWeightCount =
    3;  // Additive weights kept beside the arc; others live with the caller.

// What a search needs to know of an arc. The meaning of weights, flags, mask, capacity and group is
// the caller's.
struct ArcData {
  std::array<uint32_t, kWeightCount> weight{};
  uint32_t flags = 0;
  uint64_t mask = 0;
  uint64_t capacity = 0;
  uint32_t group = 0;
  ArcId reverse = kNone;  // The arc of the other direction of the same edge, where there is one.

  bool operator==(const ArcData&) const = default;
};

// One adjacency entry. 48 bytes: four arcs in three cache lines.
struct Arc {
  Node other;  // Head in out(), tail in in().
  ArcId id;
  ArcData data;

  bool operator==(const Arc&) const = default;
};
static_assert(sizeof(Arc) == 48);

struct ArcEnds {
  Node tail = kNone;  // kNone: the id is not in use.
  Node head = kNone;
};

// A value: copy it to take a snapshot. Copies may be read from any thread; one thread writes,
// through its own Edit.
class Digraph {
 public:
  static constexpr uint32_t kNodesPerPage = 8;

  uint32_t node_count() const { return node_count_; }
  // All arc ids are below this.
  uint32_t arc_bound() const { return static_cast<uint32_t>(ends_.size()); }
  uint32_t arc_count() const { return arc_count_; }

  // Arcs that leave / enter `node`, by ascending id. REQUIRES node < node_count().
  std::span<const Arc> out(Node node) const { return Arcs(out_, node); }
  std::span<const Arc> in(Node node) const { return Arcs(in_, node); }
  // Start to fetch what out() and in() of `node` read first. For searches that know some time
  // before which nodes they may come to: memory is what they wait for.
  void PrefetchOut(Node node) const { __builtin_prefetch(out_[node / kNodesPerPage].get()); }
  void PrefetchIn(Node node) const { __builtin_prefetch(in_[node / kNodesPerPage].get()); }

  // The outgoing arcs of every node at one time, to be compared with those of another time. Cheap
  // to take and to keep: what did not change is shared.
  class Version;
  Version version() const;
  // Returns the nodes whose outgoing arcs differ from those of `other`, ascending; nodes that only
  // one of the two has, too. O(pages that differ); stops soon after it has found more than `most`.
  std::vector<Node> ChangedTails(const Version& other, size_t most = SIZE_MAX) const;

  // REQUIRES arc < arc_bound().
  const ArcEnds& ends(ArcId arc) const { return ends_[arc]; }
  bool contains(ArcId arc) const { return arc < arc_bound() && ends_[arc].tail != kNone; }
  // O(log out-degree of its tail). REQUIRES contains(arc).
  const ArcData& data(ArcId arc) const;

  // Writers. `edit` is the one writer's; see PersistentVector.
  Node AddNode(const Edit& edit);
  ArcId AddArc(Node tail, Node head, const ArcData& data, const Edit& edit);
  // REQUIRES contains(arc).
  void SetArc(ArcId arc, const ArcData& data, const Edit& edit);
  void RemoveArc(ArcId arc, const Edit& edit);

 private:
  // One cache line: a search reads this and then the arcs.
  struct alignas(64) Page {
    std::vector<Arc> arcs;                      // By node, then by id.
    std::array<uint32_t, kNodesPerPage> end{};  // Where each node's arcs end.
    uint64_t owner = 0;                         // Edit::id() that may write here.

    uint32_t begin(uint32_t slot) const { return slot == 0 ? 0 : end[slot - 1]; }
  };
  static_assert(sizeof(Page) == 64);
  using Pages = PersistentVector<std::shared_ptr<Page>>;

  static std::span<const Arc> Arcs(const Pages& pages, Node node) {
    const Page& page = *pages[node / kNodesPerPage];
    const uint32_t slot = node % kNodesPerPage;
    return {page.arcs.data() + page.begin(slot), page.arcs.data() + page.end[slot]};
  }
  static Page& OwnPage(Pages& pages, Node node, const Edit& edit);
  static void Insert(Pages& pages, Node node, const Arc& arc, const Edit& edit);
  static void Erase(Pages& pages, Node node, ArcId arc, const Edit& edit);
  static Arc& Find(Page& page, Node node, ArcId arc);

  Pages out_;
  Pages in_;
  PersistentVector<ArcEnds> ends_;
  PersistentVector<ArcId> free_;  // Stack of released arc ids; the first free_count_ are in use.
  uint32_t free_count_ = 0;
  uint32_t node_count_ = 0;
  uint32_t arc_count_ = 0;
};

class Digraph::Version {
 public:
  Version() = default;  // Of a graph without nodes.

 private:
  friend class Digraph;
  Version(Pages out, uint32_t node_count) : out_(std::move(out)), node_count_(node_count) {}
  Pages out_;
  uint32_t node_count_ = 0;
};

}  // namespace srpce::graph
