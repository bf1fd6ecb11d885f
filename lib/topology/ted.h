// lib/topology/ted.h -- Traffic Engineering Database: one immutable snapshot of the network.
//
// Snapshots share storage; a change of one link's delay copies a handful of pages. Every reader
// holds a shared_ptr<const Ted> and needs no lock. Node and link indexes are stable while the
// element lives.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/persistent_map.h"
#include "lib/base/persistent_vector.h"
#include "lib/graph/digraph.h"
#include "lib/topology/elements.h"

namespace srpce::topology {

// graph::ArcData::weight slots.
inline constexpr size_t kIgpWeight = 0;
// The IGP metric where no TE metric is announced, as routers do.
inline constexpr size_t kTeWeight = 1;
inline constexpr size_t kDelayWeight = 2;  // Link::charged_delay(), microseconds.

// graph::ArcData::flags. A search asks for a set of these with one mask compare.
inline constexpr uint32_t kArcUsable = 1U << 0;  // Link::usable.
// weight[kIgpWeight] was announced and is below 2^24-1 (RFC 5305 s3: not in SPF).
inline constexpr uint32_t kArcHasIgp = 1U << 1;
// weight[kTeWeight] holds a value (TE or its IGP fallback).
inline constexpr uint32_t kArcHasTe = 1U << 2;
inline constexpr uint32_t kArcHasDelay = 1U << 3;
// The TE metric itself was announced (flex-algo needs it, RFC 9350 s13).
inline constexpr uint32_t kArcTeAnnounced = 1U << 4;
// Some bandwidth was announced; without it capacity is 0.
inline constexpr uint32_t kArcHasCapacity = 1U << 5;
// Affinity bits beyond 63 are set: consult Ted::link().
inline constexpr uint32_t kArcWideAdminGroup = 1U << 6;
inline constexpr uint32_t kArcTailOverloaded = 1U << 7;  // The tail node accepts no transit.
inline constexpr uint32_t kArcTailSrMpls = 1U << 8;      // The tail has an SRGB.
inline constexpr uint32_t kArcHeadSrMpls = 1U << 9;
inline constexpr uint32_t kArcTailSrv6 = 1U << 10;  // The tail has an SRv6 locator.
inline constexpr uint32_t kArcHeadSrv6 = 1U << 11;
inline constexpr uint32_t kArcHeadPseudonode = 1U << 12;  // Towards a LAN.
inline constexpr uint32_t kArcAnomalous = 1U << 13;       // Delay A bit.
// Out of a LAN. A pseudonode announces metric 0 and no TE attributes (ISO 10589 s7.2.7, RFC 2328
// s12.4.2, RFC 5305 s3): what a LAN costs and carries is said where packets enter it. Such an arc
// has all weights 0, every kArcHas flag and unlimited capacity, whatever is announced for it.
// It is no hop, and no affinity refuses it.
inline constexpr uint32_t kArcTailPseudonode = 1U << 14;

// graph::ArcData::mask is AdminGroup::low64(); capacity is available, else reservable, else maximum
// bandwidth, bytes per second; group is an index for Ted::srlgs(); reverse is Link::reverse.

// Who a SID leads to.
struct SidOwner {
  NodeIndex node;
  std::optional<LinkIndex> link;  // Adjacency or End.X SID.
  uint8_t algorithm = kAlgorithmSpf;

  auto operator<=>(const SidOwner&) const = default;
};

class Ted {
 public:
  // Grows by one with each published snapshot. 0 = the empty TED before the first.
  uint64_t generation() const { return generation_; }
  const graph::Digraph& graph() const { return graph_; }
  // Unique to the TedBuilder that published this, in this process.
  uint64_t lineage() const { return lineage_; }
  // Grows whenever an arc is added or weight slot `weight` of an arc decreases (a link that only
  // goes down and up again changes neither). Lower bounds computed over all arcs at one epoch hold
  // for every snapshot of the same lineage and epoch.
  uint64_t decrease_epoch(size_t weight) const { return decrease_epoch_[weight]; }

  // All node / link indexes are below these. Some may be gone: see HasNode, HasLink.
  uint32_t node_bound() const { return static_cast<uint32_t>(nodes_.size()); }
  uint32_t link_bound() const { return static_cast<uint32_t>(links_.size()); }
  uint32_t known_node_count() const { return known_node_count_; }
  uint32_t link_count() const { return graph_.arc_count(); }
  uint32_t usable_link_count() const { return usable_link_count_; }
  uint32_t stale_link_count() const { return stale_link_count_; }

  bool HasNode(NodeIndex index) const {
    return index.value() < nodes_.size() && nodes_[index.value()] != nullptr;
  }
  bool HasLink(LinkIndex index) const {
    return index.value() < links_.size() && links_[index.value()] != nullptr;
  }
  // REQUIRES HasNode / HasLink.
  const Node& node(NodeIndex index) const { return *nodes_[index.value()]; }
  const Link& link(LinkIndex index) const { return *links_[index.value()]; }

  // Finds by id, else by unique display name, else by unique router id ("10.0.0.1", any spelling).
  std::optional<NodeIndex> FindNode(absl::string_view name) const;
  // The link of exactly this key. An empty local_interface matches when only one parallel link
  // exists.
  std::optional<LinkIndex> FindLink(const LinkKey& key) const;
  // Every parallel link from `local` to `remote`, by ascending index.
  std::vector<LinkIndex> FindParallelLinks(NodeIndex local, NodeIndex remote) const;

  // Ascending SRLG numbers of a graph::ArcData::group. Group 0 is the empty set.
  const std::vector<uint32_t>& srlgs(uint32_t group) const { return *srlg_sets_[group]; }

  // Nodes that announce a prefix SID of this index (several = anycast), ascending. SIDs that are
  // labels as they stand mean something to their node alone and are not found here.
  absl::Span<const NodeIndex> FindPrefixSid(uint32_t index, uint8_t algorithm) const;
  // The node or adjacency an SRv6 SID is instantiated on; several for an anycast SID.
  absl::Span<const SidOwner> FindSrv6Sid(const Ipv6Address& sid) const;
  // The owner of the longest matching locator.
  absl::Span<const SidOwner> FindLocator(const Ipv6Address& address) const;
  // Nodes that announce exactly this prefix, with a SID or without, ascending.
  absl::Span<const NodeIndex> FindAnnouncers(const IpPrefix& prefix) const;
  // The longest IPv6 prefix that some node announces and that contains `address`, if it has
  // `min_length` bits at least. Locators are not prefixes here: see FindLocator.
  std::optional<IpPrefix> FindAnnouncedPrefix(const Ipv6Address& address, uint8_t min_length) const;
  // The winning definition of a flexible algorithm: highest priority, then highest node id, IPv4
  // router ids as numbers (RFC 9350 s5.3). Null if there is none, or one that is not supported.
  const FlexAlgoDefinition* FindFlexAlgo(uint8_t algorithm) const;
  // True if a definition that is not supported has won.
  bool HasUnsupportedFlexAlgo(uint8_t algorithm) const;

 private:
  friend class TedBuilder;
  Ted() = default;
  Ted(const Ted&) = default;
  std::optional<NodeIndex> FindNodeByExactName(absl::string_view name) const;
  const FlexAlgoDefinition* FindWinner(uint8_t algorithm) const;

  uint64_t generation_ = 0;
  uint64_t lineage_ = 0;
  std::array<uint64_t, graph::kWeightCount> decrease_epoch_{};
  graph::Digraph graph_;
  PersistentVector<std::shared_ptr<const Node>> nodes_;
  PersistentVector<std::shared_ptr<const Link>> links_;
  PersistentVector<std::shared_ptr<const std::vector<uint32_t>>> srlg_sets_;
  // Id, display name and router ids.
  PersistentMap<std::string, std::vector<NodeIndex>> by_name_;
  PersistentMap<uint64_t, std::vector<NodeIndex>> by_prefix_sid_;  // PrefixSidKey of indexes.
  PersistentMap<Ipv6Address, std::vector<SidOwner>> by_srv6_sid_;
  PersistentMap<IpPrefix, std::vector<SidOwner>> by_locator_;
  PersistentMap<IpPrefix, std::vector<NodeIndex>> by_prefix_;
  std::shared_ptr<const std::vector<uint8_t>> locator_lengths_;        // In use, longest first.
  std::shared_ptr<const std::vector<uint8_t>> prefix_lengths_;         // The same, IPv6 prefixes.
  std::shared_ptr<const std::vector<FlexAlgoDefinition>> flex_algos_;  // Winners, by algorithm.
  uint32_t known_node_count_ = 0;
  uint32_t usable_link_count_ = 0;
  uint32_t stale_link_count_ = 0;
};

using TedPtr = std::shared_ptr<const Ted>;

// What changed from one generation to a later one. Deltas can be joined: see Merge.
struct LinkChange {
  LinkIndex link;
  // Went unusable or away, or some attribute got worse (metric, delay, loss up; bandwidth down).
  bool degraded = false;
  bool improved = false;  // Came, became usable, or some attribute got better.
  // Was usable and is not; in a merged delta: was not at some generation in between.
  bool went_down = false;
};
struct TedDelta {
  uint64_t from_generation = 0;
  uint64_t to_generation = 0;
  std::vector<LinkChange> links;  // By ascending link, at most one each.
  std::vector<NodeIndex> nodes;   // SIDs, SRGB, overload, MSD ... changed; ascending.
  // A node or link came or went for good, or a flex-algo definition changed.
  bool structure_changed = false;

  bool empty() const { return links.empty() && nodes.empty() && !structure_changed; }
  // Adds `later` to this. REQUIRES later.from_generation == to_generation.
  void Merge(const TedDelta& later);
};

}  // namespace srpce::topology
