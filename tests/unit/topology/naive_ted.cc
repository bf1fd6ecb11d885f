#include "tests/unit/topology/naive_ted.h"

#include <algorithm>
#include <cstdio>

namespace srpce::topology {
namespace {

bool IsStated(const auto& field) {
  if constexpr (requires { field.has_value(); }) {
    return field.has_value();
  } else {
    return !field.empty();
  }
}

// The first of `statements` that states `field` gives it.
template <typename T, typename Field>
void PickOne(const std::vector<const T*>& statements, T& to, Field T::*field) {
  for (const T* statement : statements) {
    if (IsStated(statement->*field)) {
      to.*field = statement->*field;
      return;
    }
  }
}

template <typename T, typename... Fields>
T PickAll(const std::vector<const T*>& statements, Fields... fields) {
  T picked;
  (PickOne(statements, picked, fields), ...);
  return picked;
}

NodeAttributes Pick(const std::vector<const NodeAttributes*>& s) {
  using N = NodeAttributes;
  return PickAll(s, &N::name, &N::asn, &N::router_ids, &N::srgb, &N::srlb, &N::algorithms,
                 &N::flex_algo_definitions, &N::locators, &N::srv6_sids, &N::msd, &N::overload,
                 &N::pseudonode, &N::multi_topology_ids, &N::position);
}

LinkAttributes Pick(const std::vector<const LinkAttributes*>& s) {
  using L = LinkAttributes;
  return PickAll(s, &L::up, &L::igp_metric, &L::te_metric, &L::delay, &L::min_delay, &L::max_delay,
                 &L::delay_variation, &L::loss, &L::delay_anomalous, &L::capacity, &L::reservable,
                 &L::available, &L::admin_group, &L::srlgs, &L::adjacency_sids, &L::srv6_sids,
                 &L::local_address, &L::remote_address, &L::msd_base_mpls_imposition,
                 &L::multi_topology_id);
}

PrefixAttributes Pick(const std::vector<const PrefixAttributes*>& s) {
  using P = PrefixAttributes;
  return PickAll(s, &P::metric, &P::sids, &P::node_sid, &P::anycast);
}

template <typename Map>
bool Remove(Map& map, const typename Map::key_type& key) {
  return map.erase(key) > 0;
}

template <typename Key>
void Mark(std::set<Key>& marked, const std::type_identity_t<Key>& key, bool mark) {
  marked.erase(key);
  if (mark) {
    marked.insert(key);
  }
}

template <typename Map>
std::set<typename Map::key_type> KeysOf(const Map& map) {
  std::set<typename Map::key_type> keys;
  for (const auto& entry : map) {
    keys.insert(entry.first);
  }
  return keys;
}

graph::ArcData DataOf(const Link& link, const Node& local, const Node& remote) {
  const LinkAttributes& a = link.attributes;
  graph::ArcData d;
  const bool out_of_lan = local.attributes.pseudonode == true;
  const auto raise = [&](uint32_t flag, bool when) {
    if (when) {
      d.flags |= flag;
    }
  };
  raise(kArcUsable, link.usable);
  raise(kArcHasIgp, out_of_lan || (a.igp_metric && *a.igp_metric != 0xffffff));
  raise(kArcHasTe, out_of_lan || a.te_metric || a.igp_metric);
  raise(kArcTeAnnounced, out_of_lan || a.te_metric.has_value());
  raise(kArcHasDelay, out_of_lan || a.min_delay || a.delay);
  raise(kArcHasCapacity, out_of_lan || a.available || a.reservable || a.capacity);
  raise(kArcWideAdminGroup, !out_of_lan && a.admin_group && a.admin_group->words().size() > 2);
  raise(kArcTailOverloaded, local.attributes.overload == true);
  raise(kArcTailSrMpls, !local.attributes.srgb.empty());
  raise(kArcHeadSrMpls, !remote.attributes.srgb.empty());
  raise(kArcTailSrv6, !local.attributes.locators.empty());
  raise(kArcHeadSrv6, !remote.attributes.locators.empty());
  raise(kArcHeadPseudonode, remote.attributes.pseudonode == true);
  raise(kArcAnomalous, !out_of_lan && a.delay_anomalous == true);
  raise(kArcTailPseudonode, out_of_lan);
  if (out_of_lan) {
    d.capacity = UINT64_MAX;
    return d;
  }
  d.weight[0] = a.igp_metric.value_or(0);
  d.weight[1] = a.te_metric.value_or(d.weight[0]);
  const Microseconds delay = a.min_delay.value_or(a.delay.value_or(Microseconds(0)));
  d.weight[2] = static_cast<uint32_t>(delay.count());
  d.capacity =
      a.available.value_or(a.reservable.value_or(a.capacity.value_or(BytesPerSecond{}))).value;
  if (a.admin_group) {
    for (uint32_t bit = 0; bit < 64; ++bit) {
      d.mask |= uint64_t{a.admin_group->Test(bit)} << bit;
    }
  }
  return d;
}

}  // namespace

NaiveKey KeyOf(const LinkKey& key) {
  return {key.local_node, key.remote_node, key.local_interface};
}

void NaiveTed::Disconnect(const std::string& name, MonotonicTime now) {
  Source& source = sources_[name];
  source.connected = source.in_sync = false;
  source.stale_since = now;
}

size_t NaiveTed::ExpireStale(MonotonicTime now) {
  size_t gone = 0;
  std::erase_if(sources_, [&](const auto& entry) {
    const Source& source = entry.second;
    const bool expired = !source.connected && source.options.hold_time &&
                         *source.stale_since + *source.options.hold_time <= now;
    gone += expired ? source.nodes.size() + source.links.size() + source.prefixes.size() : 0;
    return expired;
  });
  return gone;
}

void NaiveTed::BeginSync(const std::string& name) {
  Source& source = sources_[name];
  source.in_sync = true;
  source.old_nodes = KeysOf(source.nodes);
  source.old_links = KeysOf(source.links);
  source.old_prefixes = KeysOf(source.prefixes);
}

size_t NaiveTed::EndSync(const std::string& name) {
  Source& source = sources_[name];
  source.in_sync = false;
  size_t gone = 0;
  for (const auto& key : source.old_nodes) {
    gone += source.nodes.erase(key);
  }
  for (const auto& key : source.old_links) {
    gone += source.links.erase(key);
  }
  for (const auto& key : source.old_prefixes) {
    gone += source.prefixes.erase(key);
  }
  return gone;
}

void NaiveTed::SetNode(const std::string& name, const std::string& id,
                       const NodeAttributes& attributes, bool patch, bool stale) {
  Source& source = sources_[name];
  source.old_nodes.erase(id);
  source.confirmed_nodes.insert(id);
  Mark(source.stale_nodes, id, stale);
  NodeAttributes& stated = source.nodes[id];
  stated = patch ? Pick({&attributes, &stated}) : attributes;
}

void NaiveTed::SetLink(const std::string& name, const LinkKey& key,
                       const LinkAttributes& attributes, bool patch, bool stale) {
  Source& source = sources_[name];
  source.old_links.erase(KeyOf(key));
  source.confirmed_links.insert(KeyOf(key));
  Mark(source.stale_links, KeyOf(key), stale);
  Stated& stated = source.links[KeyOf(key)];
  stated.attributes = patch ? Pick({&attributes, &stated.attributes}) : attributes;
  if (!patch || !key.remote_interface.empty()) {
    stated.remote_interface = key.remote_interface;
  }
}

void NaiveTed::SetPrefix(const std::string& name, const std::string& id, const IpPrefix& prefix,
                         const PrefixAttributes& attributes, bool patch, bool stale) {
  Source& source = sources_[name];
  source.old_prefixes.erase({id, prefix});
  source.confirmed_prefixes.insert({id, prefix});
  Mark(source.stale_prefixes, {id, prefix}, stale);
  PrefixAttributes& stated = source.prefixes[{id, prefix}];
  stated = patch ? Pick({&attributes, &stated}) : attributes;
}

bool NaiveTed::RemoveNode(const std::string& name, const std::string& id) {
  return Remove(sources_[name].nodes, id);
}
bool NaiveTed::RemoveLink(const std::string& name, const LinkKey& key) {
  return Remove(sources_[name].links, KeyOf(key));
}
bool NaiveTed::RemovePrefix(const std::string& name, const std::string& id,
                            const IpPrefix& prefix) {
  return Remove(sources_[name].prefixes, PrefixKey{id, prefix});
}

bool NaiveTed::connected(const std::string& name) const {
  const auto it = sources_.find(name);
  return it != sources_.end() && it->second.connected;
}
bool NaiveTed::in_sync(const std::string& name) const {
  const auto it = sources_.find(name);
  return it != sources_.end() && it->second.in_sync;
}

template <typename Live>
std::vector<const NaiveTed::Source*> NaiveTed::Ranked(const Live& live) const {
  std::vector<const Source*> ranked;
  for (const auto& [name, source] : sources_) {
    ranked.push_back(&source);  // By name already.
  }
  std::stable_sort(ranked.begin(), ranked.end(), [&](const Source* a, const Source* b) {
    return std::pair(live(*a), a->options.precedence) > std::pair(live(*b), b->options.precedence);
  });
  return ranked;
}

std::map<std::string, std::array<size_t, 3>> NaiveTed::Counts() const {
  std::map<std::string, std::array<size_t, 3>> counts;
  for (const auto& [name, source] : sources_) {
    counts[name] = {source.nodes.size(), source.links.size(), source.prefixes.size()};
  }
  return counts;
}

std::vector<NaiveTed::Said> NaiveTed::SaidOfLink(const std::vector<NaiveKey>& keys) const {
  std::vector<Said> all;
  for (const auto& [name, source] : sources_) {  // By name.
    for (const NaiveKey& key : keys) {
      if (const auto it = source.links.find(key); it != source.links.end()) {
        all.push_back({&source, &it->second, source.LiveLink(key)});
      }
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Said& a, const Said& b) {
    return std::pair(a.live, a.source->options.precedence) >
           std::pair(b.live, b.source->options.precedence);
  });
  return all;
}

NaiveSnapshot NaiveTed::Snapshot() const {
  NaiveSnapshot snapshot;
  AddNodes(snapshot);
  AddLinks(snapshot);
  FinishLinks(snapshot);
  ElectFlexAlgos(snapshot);
  return snapshot;
}

void NaiveTed::AddNodes(NaiveSnapshot& snapshot) const {
  std::set<PrefixKey> prefixes;
  for (const auto& [name, source] : sources_) {
    for (const auto& [id, attributes] : source.nodes) {
      snapshot.nodes[id].known |= !source.options.overlay;
    }
    for (const auto& [key, attributes] : source.prefixes) {
      snapshot.nodes[key.first];
      prefixes.insert(key);
    }
    for (const auto& [key, stated] : source.links) {
      if (!std::get<1>(key).empty()) {
        snapshot.nodes[std::get<0>(key)];
        snapshot.nodes[std::get<1>(key)];
      }
    }
  }
  for (auto& [id, node] : snapshot.nodes) {
    node.id = id;
    std::vector<const NodeAttributes*> statements;
    node.stale = true;
    const std::string& of = id;
    for (const Source* source : Ranked([&](const Source& s) { return s.LiveNode(of); })) {
      if (const auto it = source->nodes.find(id); it != source->nodes.end()) {
        statements.push_back(&it->second);
        node.stale = node.stale && !source->LiveNode(id);
      }
    }
    node.stale = node.stale && !statements.empty();
    node.attributes = Pick(statements);
  }
  for (const PrefixKey& key : prefixes) {
    std::vector<const PrefixAttributes*> statements;
    for (const Source* source : Ranked([&](const Source& s) { return s.LivePrefix(key); })) {
      if (const auto it = source->prefixes.find(key); it != source->prefixes.end()) {
        statements.push_back(&it->second);
      }
    }
    snapshot.nodes[key.first].prefixes.push_back({key.second, Pick(statements)});
  }
}

void NaiveTed::AddLinks(NaiveSnapshot& snapshot) const {
  std::set<NaiveKey> keys;
  for (const auto& [name, source] : sources_) {
    keys.merge(KeysOf(source.links));
  }
  std::erase_if(keys, [](const NaiveKey& key) { return std::get<1>(key).empty(); });
  for (const NaiveKey& key : keys) {
    NaiveLink& naive = snapshot.links[key];
    naive.link.key = {std::get<0>(key), std::get<1>(key), std::get<2>(key), ""};
    naive.link.stale = true;
    // The link itself, then its interface, then its address.
    std::vector<NaiveKey> names{key, {std::get<0>(key), "", std::get<2>(key)}};
    std::vector<const LinkAttributes*> own;
    for (const Said& said : SaidOfLink({key})) {
      own.push_back(&said.stated->attributes);
      naive.announced |= !said.source->options.overlay;
    }
    const std::optional<IpAddress> address = Pick(own).local_address;
    if (address && address->ToString() != std::get<2>(key)) {
      names.emplace_back(std::get<0>(key), "", address->ToString());
    }
    std::vector<const LinkAttributes*> statements;
    for (const Said& said : SaidOfLink(names)) {
      statements.push_back(&said.stated->attributes);
      naive.link.stale = naive.link.stale && !said.live;
      if (naive.link.key.remote_interface.empty()) {
        naive.link.key.remote_interface = said.stated->remote_interface;
      }
    }
    naive.link.attributes = Pick(statements);
    if (naive.link.attributes.srlgs) {
      const std::set<uint32_t> sorted(naive.link.attributes.srlgs->begin(),
                                      naive.link.attributes.srlgs->end());
      naive.srlgs.assign(sorted.begin(), sorted.end());
      naive.link.attributes.srlgs = naive.srlgs;
    }
  }
}

void NaiveTed::FinishLinks(NaiveSnapshot& snapshot) const {
  for (auto& [key, naive] : snapshot.links) {
    const Node& local = snapshot.nodes.at(std::get<0>(key));
    const Node& remote = snapshot.nodes.at(std::get<1>(key));
    bool reverse_up = false;
    if (const auto it = snapshot.links.find(other_end_.at(key)); it != snapshot.links.end()) {
      naive.reverse = it->first;
      reverse_up = it->second.link.attributes.up != false && it->second.announced;
    }
    naive.link.usable = naive.announced && local.known && remote.known &&
                        naive.link.attributes.up != false && reverse_up;
    naive.data = DataOf(naive.link, local, remote);
    snapshot.half_known_links += local.known && remote.known ? 0 : 1;
  }
}

void NaiveTed::ElectFlexAlgos(NaiveSnapshot& snapshot) {
  std::vector<const Node*> nodes;
  for (const auto& [id, node] : snapshot.nodes) {
    nodes.push_back(&node);
  }
  // Dotted ids last, octet by octet; the others as text.
  const auto octets = [](const Node* node) {
    std::vector<int> numbers(4);
    char rest = 0;
    const int read = std::sscanf(node->id.c_str(), "%d.%d.%d.%d%c", &numbers[0], &numbers[1],
                                 &numbers[2], &numbers[3], &rest);
    return read == 4 ? numbers : std::vector<int>();
  };
  std::stable_sort(nodes.begin(), nodes.end(),
                   [&](const Node* a, const Node* b) { return octets(a) < octets(b); });
  for (const Node* each : nodes) {  // Ascending: a later equal priority wins.
    const Node& node = *each;
    for (const FlexAlgoDefinition& definition : node.attributes.flex_algo_definitions) {
      const auto it = snapshot.flex_algos.find(definition.algorithm);
      if (it == snapshot.flex_algos.end() || it->second.priority <= definition.priority) {
        snapshot.flex_algos[definition.algorithm] = definition;
      }
    }
  }
}

}  // namespace srpce::topology
