// Look-ups of one snapshot, and the joining of deltas.
#include "lib/topology/ted.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace srpce::topology {
namespace {

// What a lookup in an index found.
template <typename T>
absl::Span<const T> Items(const std::vector<T>* found) {
  return found == nullptr ? absl::Span<const T>() : *found;
}

}  // namespace

std::optional<NodeIndex> Ted::FindNodeByExactName(absl::string_view name) const {
  const std::vector<NodeIndex>* found = by_name_.Find(name);
  if (found == nullptr) {
    return std::nullopt;
  }
  std::vector<NodeIndex> by_display_name;
  for (const NodeIndex index : *found) {
    if (node(index).id == name) {
      return index;
    }
    if (node(index).display_name() == name) {
      by_display_name.push_back(index);
    }
  }
  if (by_display_name.size() == 1) {
    return by_display_name.front();
  }
  // The map keeps a node once under a text: what is neither id nor display name is a router id.
  if (by_display_name.empty() && found->size() == 1) {
    return found->front();
  }
  return std::nullopt;
}

std::optional<NodeIndex> Ted::FindNode(absl::string_view name) const {
  if (const std::optional<NodeIndex> index = FindNodeByExactName(name)) {
    return index;
  }
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(name);
  if (!router_id.ok()) {
    return std::nullopt;
  }
  const std::string canonical = router_id->ToString();
  return canonical == name ? std::nullopt : FindNodeByExactName(canonical);
}

std::vector<LinkIndex> Ted::FindParallelLinks(NodeIndex local, NodeIndex remote) const {
  std::vector<LinkIndex> links;
  if (HasNode(local)) {
    for (const graph::Arc& arc : graph_.out(local.value())) {
      if (arc.other == remote.value()) {
        links.emplace_back(arc.id);
      }
    }
  }
  return links;
}

std::optional<LinkIndex> Ted::FindLink(const LinkKey& key) const {
  const std::optional<NodeIndex> local = FindNode(key.local_node);
  const std::optional<NodeIndex> remote = FindNode(key.remote_node);
  if (!local || !remote) {
    return std::nullopt;
  }
  const std::vector<LinkIndex> links = FindParallelLinks(*local, *remote);
  for (const LinkIndex index : links) {
    if (link(index).key.local_interface == key.local_interface) {
      return index;
    }
  }
  if (key.local_interface.empty() && links.size() == 1) {
    return links.front();
  }
  return std::nullopt;
}

absl::Span<const NodeIndex> Ted::FindPrefixSid(uint32_t index, uint8_t algorithm) const {
  return Items(by_prefix_sid_.Find(PrefixSidKey(algorithm, index)));
}

absl::Span<const SidOwner> Ted::FindSrv6Sid(const Ipv6Address& sid) const {
  return Items(by_srv6_sid_.Find(sid));
}

absl::Span<const SidOwner> Ted::FindLocator(const Ipv6Address& address) const {
  if (locator_lengths_ != nullptr) {
    for (const uint8_t length : *locator_lengths_) {
      const auto* found = by_locator_.Find(IpPrefix(IpAddress::V6(address), length));
      if (found != nullptr) {
        return *found;
      }
    }
  }
  return {};
}

absl::Span<const NodeIndex> Ted::FindAnnouncers(const IpPrefix& prefix) const {
  return Items(by_prefix_.Find(prefix));
}

std::optional<IpPrefix> Ted::FindAnnouncedPrefix(const Ipv6Address& address,
                                                 uint8_t min_length) const {
  if (prefix_lengths_ == nullptr) {
    return std::nullopt;
  }
  for (const uint8_t length : *prefix_lengths_) {
    if (length < min_length) {
      break;
    }
    const IpPrefix prefix(IpAddress::V6(address), length);
    if (by_prefix_.Find(prefix) != nullptr) {
      return prefix;
    }
  }
  return std::nullopt;
}

const FlexAlgoDefinition* Ted::FindFlexAlgo(uint8_t algorithm) const {
  const FlexAlgoDefinition* winner = FindWinner(algorithm);
  return winner == nullptr || winner->unsupported ? nullptr : winner;
}

bool Ted::HasUnsupportedFlexAlgo(uint8_t algorithm) const {
  const FlexAlgoDefinition* winner = FindWinner(algorithm);
  return winner != nullptr && winner->unsupported;
}

const FlexAlgoDefinition* Ted::FindWinner(uint8_t algorithm) const {
  if (flex_algos_ != nullptr) {
    for (const FlexAlgoDefinition& definition : *flex_algos_) {
      if (definition.algorithm == algorithm) {
        return &definition;
      }
    }
  }
  return nullptr;
}

void TedDelta::Merge(const TedDelta& later) {
  assert(later.from_generation == to_generation);
  to_generation = later.to_generation;
  structure_changed = structure_changed || later.structure_changed;

  std::vector<NodeIndex> all_nodes;
  std::set_union(nodes.begin(), nodes.end(), later.nodes.begin(), later.nodes.end(),
                 std::back_inserter(all_nodes));
  nodes = std::move(all_nodes);

  std::vector<LinkChange> all_links;
  all_links.reserve(links.size() + later.links.size());
  std::merge(links.begin(), links.end(), later.links.begin(), later.links.end(),
             std::back_inserter(all_links),
             [](const LinkChange& a, const LinkChange& b) { return a.link < b.link; });
  links.clear();
  for (const LinkChange& change : all_links) {
    if (links.empty() || links.back().link != change.link) {
      links.push_back(change);
      continue;
    }
    // Flags only add up: a link that went down and came back in between was down, and who had moved
    // away may return.
    LinkChange& joined = links.back();
    joined.degraded = joined.degraded || change.degraded;
    joined.improved = joined.improved || change.improved;
    joined.went_down = joined.went_down || change.went_down;
  }
}

}  // namespace srpce::topology
