#include "tests/support/case_edits.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace srpce::support {
namespace {

using topology::LinkKey;
using topology::NodeIndex;

// Positions after some are gone; nothing: gone itself.
using Map = std::vector<std::optional<uint32_t>>;

Map MapWithout(size_t count, const std::set<size_t>& gone) {
  Map map(count);
  uint32_t next = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!gone.contains(i)) map[i] = next++;
  }
  return map;
}

template <typename T>
std::vector<T> Kept(const std::vector<T>& list, const std::set<size_t>& gone) {
  std::vector<T> kept;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!gone.contains(i)) kept.push_back(list[i]);
  }
  return kept;
}

// What is gone leaves the list.
template <typename Index>
void Renumber(const Map& map, std::vector<Index>& list) {
  std::vector<Index> renumbered;
  for (const Index index : list) {
    if (const auto now = map[index.value()]) renumbered.emplace_back(*now);
  }
  list = std::move(renumbered);
}

NodeIndex PositionOf(const Draft& network, const std::string& id) {
  const auto found = std::find_if(network.nodes.begin(), network.nodes.end(),
                                  [&](const DraftNode& node) { return node.id == id; });
  return NodeIndex(static_cast<uint32_t>(found - network.nodes.begin()));
}

}  // namespace

std::set<size_t> LinksOf(const Draft& network, NodeIndex node) {
  const std::string& id = network.nodes[node.value()].id;
  std::set<size_t> links;
  for (size_t i = 0; i < network.links.size(); ++i) {
    const LinkKey& key = network.links[i].key;
    if (key.local_node == id || key.remote_node == id) links.insert(i);
  }
  return links;
}

std::set<NodeIndex> NeighboursOf(const Draft& network, NodeIndex node) {
  const std::string& id = network.nodes[node.value()].id;
  std::set<NodeIndex> neighbours;
  for (const DraftLink& link : network.links) {
    if (link.key.local_node == id) neighbours.insert(PositionOf(network, link.key.remote_node));
  }
  return neighbours;
}

size_t OtherDirection(const Draft& network, size_t link) {
  const LinkKey& key = network.links[link].key;
  const LinkKey back{key.remote_node, key.local_node, key.remote_interface, key.local_interface};
  std::vector<size_t> opposite;
  for (size_t i = 0; i < network.links.size(); ++i) {
    const LinkKey& other = network.links[i].key;
    if (other == back) return i;
    if (other.local_node == back.local_node && other.remote_node == back.remote_node) {
      opposite.push_back(i);
    }
  }
  return opposite.size() == 1 ? opposite.front() : link;
}

bool IsAskedFor(const Case& asked, NodeIndex node) {
  return std::any_of(asked.members.begin(), asked.members.end(), [&](const auto& member) {
    const std::vector<NodeIndex>& via = member.path.constraints.waypoints;
    return member.path.source == node || member.path.target == node ||
           std::count(via.begin(), via.end(), node) > 0;
  });
}

Case WithEndsMoved(Case asked, NodeIndex from, NodeIndex to) {
  for (segments::SegmentQuery& member : asked.members) {
    std::vector<NodeIndex>& via = member.path.constraints.waypoints;
    std::replace(via.begin(), via.end(), from, to);
    if (member.path.source == from) member.path.source = to;
    if (member.path.target == from) member.path.target = to;
  }
  return asked;
}

Case Without(Case whole, const std::set<size_t>& nodes, const std::set<size_t>& links) {
  const Map node_map = MapWithout(whole.network.nodes.size(), nodes);
  const Map link_map = MapWithout(whole.network.links.size(), links);
  whole.network.nodes = Kept(whole.network.nodes, nodes);
  whole.network.links = Kept(whole.network.links, links);
  Renumber(link_map, whole.walk);
  for (segments::SegmentQuery& member : whole.members) {
    member.path.source = NodeIndex(*node_map[member.path.source.value()]);
    member.path.target = NodeIndex(*node_map[member.path.target.value()]);
    Renumber(node_map, member.path.constraints.waypoints);
    Renumber(node_map, member.path.constraints.exclude_nodes);
    Renumber(link_map, member.path.constraints.exclude_links);
  }
  return whole;
}

}  // namespace srpce::support
