#include "lib/segments/label_table.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::segments {

using topology::LabelRange;
using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

namespace {

constexpr uint32_t kIpv4ExplicitNull = 0;
constexpr uint32_t kIpv6ExplicitNull = 2;

std::optional<uint32_t> LabelIn(const std::vector<LabelRange>& ranges, uint32_t index) {
  for (const LabelRange& range : ranges) {
    if (index < range.size) {
      return range.first + index;
    }
    index -= range.size;
  }
  return std::nullopt;
}

std::optional<uint32_t> IndexIn(const std::vector<LabelRange>& ranges, uint32_t label) {
  uint32_t before = 0;
  for (const LabelRange& range : ranges) {
    if (label >= range.first && label - range.first < range.size) {
      return before + (label - range.first);
    }
    before += range.size;
  }
  return std::nullopt;
}

// The algorithms whose prefix SIDs `router` installs, lowest first.
absl::InlinedVector<uint8_t, 16> AlgorithmsOf(const Ted& ted, NodeIndex router) {
  const std::vector<uint8_t>& announced = ted.node(router).attributes.algorithms;
  absl::InlinedVector<uint8_t, 16> algorithms(announced.begin(), announced.end());
  algorithms.push_back(topology::kAlgorithmSpf);
  std::sort(algorithms.begin(), algorithms.end());
  algorithms.erase(std::unique(algorithms.begin(), algorithms.end()), algorithms.end());
  return algorithms;
}

// What an SRGB makes of a label: cheaper to compare than the prefix segment itself.
struct FecKey {
  uint8_t algorithm = topology::kAlgorithmSpf;
  uint32_t index = 0;

  bool operator==(const FecKey&) const = default;
};

std::optional<FecKey> ReadPrefixKey(const Ted& ted, NodeIndex router, uint32_t label) {
  if (const std::optional<uint32_t> index = IndexIn(ted.node(router).attributes.srgb, label)) {
    for (const uint8_t algorithm : AlgorithmsOf(ted, router)) {
      if (!ted.FindPrefixSid(*index, algorithm).empty()) return FecKey{algorithm, *index};
    }
  }
  return std::nullopt;
}

// True if `label` is `fec` to `router`.
bool ReadsAs(const Ted& ted, NodeIndex router, uint32_t label, const PrefixFec& fec) {
  const std::optional<FecKey> key = ReadPrefixKey(ted, router, label);
  return key && (*key == FecKey{fec.algorithm, fec.index} ||
                 FindFec(ted, key->algorithm, key->index)->SameAs(fec));
}

// The prefix segments that some of `readers` make of `label`.
std::vector<PrefixFec> ReadPrefixes(const Ted& ted, const std::vector<NodeIndex>& readers,
                                    uint32_t label) {
  std::vector<FecKey> keys;
  std::vector<PrefixFec> fecs;
  for (const NodeIndex reader : readers) {
    const std::optional<FecKey> key = ReadPrefixKey(ted, reader, label);
    if (!key || std::find(keys.begin(), keys.end(), *key) != keys.end()) continue;
    keys.push_back(*key);
    PrefixFec fec = *FindFec(ted, key->algorithm, key->index);
    const auto same = [&](const PrefixFec& other) { return other.SameAs(fec); };
    if (std::none_of(fecs.begin(), fecs.end(), same)) fecs.push_back(std::move(fec));
  }
  return fecs;
}

// True if `router` itself chose `label` for one of its prefixes.
bool IsOwnPrefixLabel(const Ted& ted, NodeIndex router, uint32_t label) {
  const auto algorithms = AlgorithmsOf(ted, router);
  const auto matches = [&](const topology::PrefixSid& sid) {
    return sid.is_label && sid.value == label &&
           std::binary_search(algorithms.begin(), algorithms.end(), sid.algorithm);
  };
  const auto& prefixes = ted.node(router).prefixes;
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const topology::Prefix& prefix) {
    const auto& sids = prefix.attributes.sids;
    return std::any_of(sids.begin(), sids.end(), matches);
  });
}

std::vector<LinkIndex> ReadAdjacency(const Ted& ted, NodeIndex router, uint32_t label) {
  std::vector<LinkIndex> links;
  for (const graph::Arc& arc : ted.graph().out(router.value())) {
    const LinkIndex link(arc.id);
    const auto& sids = ted.link(link).attributes.adjacency_sids;
    if (std::any_of(sids.begin(), sids.end(),
                    [&](const auto& sid) { return AdjacencyLabel(ted, router, sid) == label; })) {
      links.push_back(link);
    }
  }
  return links;
}

bool IsPseudonode(const Ted& ted, NodeIndex node) {
  return ted.node(node).attributes.pseudonode.value_or(false);
}

// The routers one hop from `router`, over LANs too; those whose labels it can push.
std::vector<NodeIndex> Neighbours(const Ted& ted, NodeIndex router) {
  std::vector<NodeIndex> neighbours;
  for (const graph::Arc& arc : ted.graph().out(router.value())) {
    if (!IsPseudonode(ted, NodeIndex(arc.other))) {
      if ((arc.data.flags & topology::kArcUsable) != 0) neighbours.emplace_back(arc.other);
      continue;
    }
    for (const auto& way : AdjacencyWays(ted, LinkIndex(arc.id))) {
      neighbours.push_back(ted.link(way.back()).remote);
    }
  }
  std::sort(neighbours.begin(), neighbours.end());
  neighbours.erase(std::unique(neighbours.begin(), neighbours.end()), neighbours.end());
  return neighbours;
}

// Routers that get the packet from `start` first.
std::vector<NodeIndex> NextHops(const Ted& ted, NodeIndex start, const ShortestDag& dag) {
  std::vector<NodeIndex> hops;
  for (const DagArc& arc : dag.arcs) {
    if (arc.tail != start.value()) {
      continue;
    }
    if (!IsPseudonode(ted, NodeIndex(arc.head))) {
      hops.emplace_back(arc.head);
      continue;
    }
    for (const DagArc& beyond : dag.arcs) {
      if (beyond.tail == arc.head) {
        hops.emplace_back(beyond.head);
      }
    }
  }
  return hops;
}

// The lowest prefix to which one of `nodes` attaches a SID that matches.
template <typename Matches>
std::optional<IpPrefix> LowestPrefix(const Ted& ted, absl::Span<const NodeIndex> nodes,
                                     const Matches& matches) {
  std::optional<IpPrefix> lowest;
  for (const NodeIndex node : nodes) {
    for (const topology::Prefix& prefix : ted.node(node).prefixes) {
      const auto& sids = prefix.attributes.sids;
      if ((!lowest || prefix.prefix < *lowest) && std::any_of(sids.begin(), sids.end(), matches)) {
        lowest = prefix.prefix;
      }
    }
  }
  return lowest;
}

// REQUIRES `node` announces `prefix`.
const topology::PrefixAttributes& AttributesOf(const topology::Node& node, const IpPrefix& prefix) {
  return std::lower_bound(node.prefixes.begin(), node.prefixes.end(), prefix,
                          [](const topology::Prefix& a, const IpPrefix& b) { return a.prefix < b; })
      ->attributes;
}

std::string SidText(const PrefixFec& fec) { return absl::StrCat("prefix SID index ", fec.index); }

absl::Status AnnouncedWithoutSid(const Ted& ted, const PrefixFec& fec, NodeIndex router) {
  return absl::NotFoundError(absl::StrCat("node ", ted.node(router).display_name(), ": announces ",
                                          fec.prefix.ToString(), " without ", SidText(fec)));
}

}  // namespace

const Owner* PrefixFec::FindOwner(NodeIndex node) const {
  const auto it = std::find_if(owners.begin(), owners.end(),
                               [&](const Owner& owner) { return owner.node == node; });
  return it == owners.end() ? nullptr : &*it;
}

std::optional<uint32_t> LabelAt(const Ted& ted, NodeIndex router, uint32_t index) {
  return LabelIn(ted.node(router).attributes.srgb, index);
}

std::optional<uint32_t> AdjacencyLabel(const Ted& ted, NodeIndex router,
                                       const topology::AdjacencySid& sid) {
  if (!sid.is_index) {
    return sid.label;
  }
  const topology::NodeAttributes& attributes = ted.node(router).attributes;
  const bool is_local = sid.is_local.value_or(!attributes.srlb.empty());
  return LabelIn(is_local ? attributes.srlb : attributes.srgb, sid.label);
}

std::vector<NodeIndex> PrefixFec::SidOwners() const {
  std::vector<NodeIndex> nodes;
  for (const Owner& owner : owners) {
    if (owner.has_sid) nodes.push_back(owner.node);
  }
  return nodes;
}

std::optional<PrefixFec> FindFec(const Ted& ted, uint8_t algorithm, uint32_t index) {
  const auto matches = [&](const topology::PrefixSid& sid) {
    return sid.algorithm == algorithm && sid.value == index && !sid.is_label;
  };
  const std::optional<IpPrefix> lowest =
      LowestPrefix(ted, ted.FindPrefixSid(index, algorithm), matches);
  if (!lowest) {
    return std::nullopt;
  }
  PrefixFec fec{algorithm, *lowest, index, {}};
  for (const NodeIndex node : ted.FindAnnouncers(*lowest)) {
    const topology::PrefixAttributes& attributes = AttributesOf(ted.node(node), *lowest);
    const auto sid = std::find_if(attributes.sids.begin(), attributes.sids.end(), matches);
    const bool has_sid = sid != attributes.sids.end();
    // Flexible algorithms do not count the prefix's own metric within an area (RFC 9350 s13).
    const uint32_t metric =
        algorithm == topology::kAlgorithmSpf ? attributes.metric.value_or(0) : 0;
    fec.owners.push_back({node, metric, has_sid && sid->no_php, has_sid});
  }
  return fec;
}

std::optional<LabelReading> ReadLabel(const Ted& ted, NodeIndex router, uint32_t label) {
  if (label == kIpv4ExplicitNull || label == kIpv6ExplicitNull) {
    return LabelReading{.fec = {}, .adjacency = {}, .pop_only = true};
  }
  if (const std::optional<FecKey> key = ReadPrefixKey(ted, router, label)) {
    return LabelReading{.fec = FindFec(ted, key->algorithm, key->index), .adjacency = {}};
  }
  if (IsOwnPrefixLabel(ted, router, label)) {
    return LabelReading{.fec = {}, .adjacency = {}, .pop_only = true};
  }
  std::vector<LinkIndex> links = ReadAdjacency(ted, router, label);
  if (links.empty()) {
    return std::nullopt;
  }
  return LabelReading{.fec = {}, .adjacency = std::move(links)};
}

absl::StatusOr<LabelReading> ReadFirstLabel(const Ted& ted, NodeIndex headend, uint32_t label) {
  if (label == kIpv4ExplicitNull || label == kIpv6ExplicitNull) {
    return LabelReading{.fec = {}, .adjacency = {}, .pop_only = true};
  }
  std::vector<NodeIndex> readers = Neighbours(ted, headend);
  readers.push_back(headend);
  std::vector<LabelReading> readings;
  if (IsOwnPrefixLabel(ted, headend, label)) {
    readings.push_back({.fec = {}, .adjacency = {}, .pop_only = true});
  }
  if (std::vector<LinkIndex> links = ReadAdjacency(ted, headend, label); !links.empty()) {
    readings.push_back({.fec = {}, .adjacency = std::move(links)});
  }
  std::string unreachable;
  absl::Status foreign;
  for (PrefixFec& fec : ReadPrefixes(ted, readers, label)) {
    std::vector<NodeIndex> next{headend};
    if (fec.FindOwner(headend) == nullptr) {
      next = NextHops(ted, headend,
                      *FindShortestDag(IgpView(ted, fec.algorithm), headend, fec.owners));
    }
    for (const NodeIndex hop : next) {
      const Owner* owner = fec.FindOwner(hop);
      if (owner != nullptr && !owner->has_sid) foreign = AnnouncedWithoutSid(ted, fec, hop);
    }
    if (next.empty()) {
      unreachable = fec.prefix.ToString();
    } else if (std::all_of(next.begin(), next.end(),
                           [&](NodeIndex hop) { return ReadsAs(ted, hop, label, fec); })) {
      readings.push_back({.fec = std::move(fec), .adjacency = {}});
    }
  }
  const std::string& name = ted.node(headend).display_name();
  if (readings.size() == 1) {
    return std::move(readings.front());
  }
  if (readings.size() > 1) {
    return absl::FailedPreconditionError(absl::StrCat("label ", label, " at headend ", name, ": ",
                                                      readings.size(), " readings, want 1"));
  }
  if (!unreachable.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("label ", label, ": ", unreachable, " cannot be reached from ", name));
  }
  if (!foreign.ok()) {
    return foreign;
  }
  return absl::NotFoundError(absl::StrCat("label ", label, ": neither an adjacency of headend ",
                                          name, " nor a prefix known by it to all next hops"));
}

absl::Status CheckPops(const Ted& ted, const PrefixFec& fec, NodeIndex router) {
  const Owner* owner = fec.FindOwner(router);
  return owner != nullptr && owner->has_sid ? absl::OkStatus()
                                            : AnnouncedWithoutSid(ted, fec, router);
}

absl::Status CheckReceives(const Ted& ted, const PrefixFec& fec, NodeIndex router) {
  const Owner* owner = fec.FindOwner(router);
  if (owner != nullptr && !owner->has_sid) {
    return AnnouncedWithoutSid(ted, fec, router);
  }
  if ((owner != nullptr && !owner->no_php) || IsPseudonode(ted, router)) {
    return absl::OkStatus();
  }
  const std::optional<uint32_t> label = LabelAt(ted, router, fec.index);
  if (label && ReadsAs(ted, router, *label, fec)) {
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat("node ", ted.node(router).display_name(),
                                          ": no label for ", SidText(fec), " of ",
                                          fec.prefix.ToString()));
}

absl::Status CheckLabelSwaps(const Ted& ted, const PrefixFec& fec, const ShortestDag& dag) {
  for (const DagArc& arc : dag.arcs) {
    SRPCE_RETURN_IF_ERROR(CheckReceives(ted, fec, NodeIndex(arc.head)));
  }
  return absl::OkStatus();
}

std::vector<std::vector<LinkIndex>> AdjacencyWays(const Ted& ted, LinkIndex link) {
  const topology::Link& first = ted.link(link);
  if (!first.usable) {
    return {};
  }
  if (!IsPseudonode(ted, first.remote)) {
    return {{link}};
  }
  std::vector<std::vector<LinkIndex>> ways;
  for (const graph::Arc& arc : ted.graph().out(first.remote.value())) {
    if ((arc.data.flags & topology::kArcUsable) != 0 && arc.other != first.local.value()) {
      ways.push_back({link, LinkIndex(arc.id)});
    }
  }
  return ways;
}

}  // namespace srpce::segments
