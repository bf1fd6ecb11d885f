// plugins/topology_source/bgpls/network_statements.cc -- NetworkView: from units that are due to
// statements.
#include <algorithm>
#include <iterator>
#include <utility>

#include "plugins/topology_source/bgpls/network_view.h"
#include "plugins/topology_source/bgpls/sid_flags.h"

namespace srpce::bgpls_source {
namespace {

template <typename Statement>
bool Same(const Statement& a, const Statement& b) {
  return a.attributes == b.attributes && a.stale == b.stale;
}

// The entries of `map` by key.
template <typename Map>
std::vector<const typename Map::value_type*> InOrder(const Map& map) {
  std::vector<const typename Map::value_type*> entries;
  entries.reserve(map.size());
  for (const auto& entry : map) {
    entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return entries;
}

bool IsOwnPrefix(const Member& member) {
  return IsOwn(member.nlri->protocol, member.nlri->prefix().ospf_route_type,
               member.attribute.prefix);
}

}  // namespace

std::vector<plugin::Statement> NetworkView::TakeChanges(size_t most) {
  Output output;
  const auto room = [&] { return output.statements.size() < most; };
  while (!due_nodes_.empty() && room()) {
    ComputeNode(due_nodes_.extract(due_nodes_.begin()).value(), output);
  }
  while (!due_pairs_.empty() && room()) {
    ComputePair(due_pairs_.extract(due_pairs_.begin()).value(), output);
  }
  while (!due_prefixes_.empty() && room()) {
    ComputePrefix(due_prefixes_.extract(due_prefixes_.begin()).value(), output);
  }
  std::vector<plugin::Statement> all = std::move(output.removals);
  all.insert(all.end(), std::make_move_iterator(output.statements.begin()),
             std::make_move_iterator(output.statements.end()));
  return all;
}

void NetworkView::ComputeNode(const std::string& id, Output& output) {
  const auto it = nodes_.find(id);
  if (it == nodes_.end()) {
    return;
  }
  NodeUnit& unit = it->second;
  // Without a node NLRI the node is not announced: what is known of it waits (RFC 9552 s5.2.1).
  if (unit.nodes.empty() && unit.links_out.empty()) {
    if (unit.stated) {
      output.removals.emplace_back(plugin::NodeRemoval{id});
    }
    unit.stated.reset();
    if (unit.empty()) {
      nodes_.erase(it);
    }
    return;
  }
  NodeMembers members{.nodes = MembersOf(unit.nodes),
                      .locators = MembersOf(unit.locators),
                      .sids = MembersOf(unit.sids)};
  std::erase_if(members.locators, [](const Member& member) { return !IsOwnPrefix(member); });
  members.pseudonode =
      !unit.links_out.empty() ||
      std::any_of(unit.nodes.begin(), unit.nodes.end(),
                  [&](const HeldRoute* route) { return names_.IsPseudonode(route->local); });
  plugin::NodeStatement statement = StateNode(id, members, oddities_);
  if (!unit.stated || !Same(*unit.stated, statement)) {
    output.statements.emplace_back(statement);
    unit.stated = std::move(statement);
  }
}

std::vector<plugin::LinkStatement> NetworkView::LinksOf(const NodePair& pair, LinkUnit& unit) {
  if (pair.first == pair.second) {
    for (const HeldRoute* route : unit.routes) {
      oddities_.Count("value", 0, "link from a node to itself", ToString(route->nlri()));
    }
    return {};
  }
  const std::vector<Member> members = MembersOf(unit.routes);
  std::vector<LinkClue> clues;
  // One or two go together, or they do not, whatever their attributes.
  const bool compare = members.size() > 2;
  for (const Member& member : members) {
    clues.push_back({.descriptor = &member.nlri->link(),
                     .attributes = compare ? AttributesOf(member) : std::string()});
  }
  std::vector<plugin::LinkStatement> links;
  for (const Adjacency& adjacency : JoinAdjacencies(clues, unit.pairs)) {
    std::vector<const Member*> of_link;
    for (const size_t member : adjacency.members) {
      of_link.push_back(&members[member]);
    }
    const topology::LinkKey key{.local_node = pair.first,
                                .remote_node = pair.second,
                                .local_interface = adjacency.local_interface,
                                .remote_interface = adjacency.remote_interface};
    links.push_back(StateLink(key, adjacency, of_link, oddities_));
  }
  std::sort(links.begin(), links.end(), [](const auto& a, const auto& b) {
    return a.key.local_interface < b.key.local_interface;
  });
  return links;
}

void NetworkView::ComputePair(const NodePair& pair, Output& output) {
  const auto it = pairs_.find(pair);
  if (it == pairs_.end()) {
    return;
  }
  LinkUnit& unit = it->second;
  std::vector<plugin::LinkStatement> links = LinksOf(pair, unit);
  const auto find = [](const std::vector<plugin::LinkStatement>& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(), [&](const plugin::LinkStatement& link) {
      return link.key.local_interface == name;
    });
  };
  for (const plugin::LinkStatement& before : unit.stated) {
    if (find(links, before.key.local_interface) == links.end()) {
      output.removals.emplace_back(plugin::LinkRemoval{before.key});
    }
  }
  for (const plugin::LinkStatement& link : links) {
    const auto before = find(unit.stated, link.key.local_interface);
    if (before == unit.stated.end() || !(before->key == link.key) || !Same(*before, link)) {
      output.statements.emplace_back(link);
    }
  }
  unit.stated = std::move(links);
  if (unit.routes.empty()) {
    pairs_.erase(it);
  }
}

void NetworkView::ComputePrefix(const PrefixOfNode& prefix, Output& output) {
  const auto it = prefixes_.find(prefix);
  if (it == prefixes_.end()) {
    return;
  }
  PrefixUnit& unit = it->second;
  std::vector<Member> members = MembersOf(unit.routes);
  std::erase_if(members, [](const Member& member) { return !IsOwnPrefix(member); });
  if (members.empty()) {
    if (unit.stated) {
      output.removals.emplace_back(plugin::PrefixRemoval{prefix.first, prefix.second});
    }
    unit.stated.reset();
    if (unit.routes.empty()) {
      prefixes_.erase(it);
    }
    return;
  }
  plugin::PrefixStatement statement = StatePrefix(prefix.first, prefix.second, members, oddities_);
  if (!unit.stated || !Same(*unit.stated, statement)) {
    output.statements.emplace_back(statement);
    unit.stated = std::move(statement);
  }
}

std::vector<plugin::Statement> NetworkView::All() const {
  // Neighbours beside each other: what a daemon keeps of them it then touches once, not in each
  // part of a large table.
  std::vector<plugin::Statement> all;
  for (const auto* entry : InOrder(nodes_)) {
    if (entry->second.stated) {
      all.emplace_back(*entry->second.stated);
    }
  }
  for (const auto* entry : InOrder(pairs_)) {
    const std::vector<plugin::LinkStatement>& links = entry->second.stated;
    all.insert(all.end(), links.begin(), links.end());
  }
  for (const auto* entry : InOrder(prefixes_)) {
    if (entry->second.stated) {
      all.emplace_back(*entry->second.stated);
    }
  }
  return all;
}

}  // namespace srpce::bgpls_source
