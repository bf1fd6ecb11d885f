// Look-up tables of the TED: names, SIDs, locators, flexible algorithms.
#include <algorithm>
#include <tuple>
#include <utility>

#include "lib/base/sort_unique.h"
#include "lib/topology/ted_builder_impl.h"

namespace srpce::topology {
namespace {

template <typename K, typename V>
using Entries = std::vector<std::pair<K, V>>;

// Takes from `map` the entries that are only in `before`, adds those only in `after`. Values stay
// ascending.
template <typename K, typename V>
void Reindex(PersistentMap<K, std::vector<V>>& map, Entries<K, V> before, Entries<K, V> after,
             const Edit& edit) {
  SortUnique(before);
  SortUnique(after);
  Entries<K, V> gone;
  Entries<K, V> come;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  for (const auto& [key, value] : gone) {
    std::vector<V>& values = map.Mutable(key, edit);
    std::erase(values, value);
    if (values.empty()) {
      map.Erase(key, edit);
    }
  }
  for (const auto& [key, value] : come) {
    std::vector<V>& values = map.Mutable(key, edit);
    values.insert(std::upper_bound(values.begin(), values.end(), value), value);
  }
}

Entries<std::string, NodeIndex> NamesOf(NodeIndex index, const Node* node) {
  Entries<std::string, NodeIndex> names;
  if (node != nullptr) {
    names.emplace_back(node->id, index);
    names.emplace_back(node->display_name(), index);
    for (const IpAddress& router_id : node->attributes.router_ids) {
      names.emplace_back(router_id.ToString(), index);
    }
  }
  return names;
}

Entries<uint64_t, NodeIndex> PrefixSidsOf(NodeIndex index, const Node* node) {
  Entries<uint64_t, NodeIndex> sids;
  if (node != nullptr) {
    for (const Prefix& prefix : node->prefixes) {
      for (const PrefixSid& sid : prefix.attributes.sids) {
        if (!sid.is_label) sids.emplace_back(PrefixSidKey(sid.algorithm, sid.value), index);
      }
    }
  }
  return sids;
}

Entries<Ipv6Address, SidOwner> Srv6SidsOf(NodeIndex node, std::optional<LinkIndex> link,
                                          const std::vector<Srv6Sid>& sids) {
  Entries<Ipv6Address, SidOwner> entries;
  for (const Srv6Sid& sid : sids) {
    entries.emplace_back(sid.sid, SidOwner{.node = node, .link = link, .algorithm = sid.algorithm});
  }
  return entries;
}

Entries<IpPrefix, SidOwner> LocatorsOf(NodeIndex index, const Node* node) {
  Entries<IpPrefix, SidOwner> entries;
  if (node != nullptr) {
    for (const Srv6Locator& locator : node->attributes.locators) {
      entries.emplace_back(locator.prefix,
                           SidOwner{.node = index, .link = {}, .algorithm = locator.algorithm});
    }
  }
  return entries;
}

Entries<IpPrefix, NodeIndex> PrefixesOf(NodeIndex index, const Node* node) {
  Entries<IpPrefix, NodeIndex> entries;
  if (node != nullptr) {
    for (const Prefix& prefix : node->prefixes) {
      entries.emplace_back(prefix.prefix, index);
    }
  }
  return entries;
}

const std::vector<Srv6Sid> kNoSids;

}  // namespace

void TedBuilder::Impl::IndexNode(NodeIndex index, const Node* before, const Node* after) {
  Reindex(working_.by_name_, NamesOf(index, before), NamesOf(index, after), edit_);
  Reindex(working_.by_prefix_sid_, PrefixSidsOf(index, before), PrefixSidsOf(index, after), edit_);
  Reindex(working_.by_srv6_sid_,
          Srv6SidsOf(index, std::nullopt, before ? before->attributes.srv6_sids : kNoSids),
          Srv6SidsOf(index, std::nullopt, after ? after->attributes.srv6_sids : kNoSids), edit_);
  IndexLocators(index, before, after);
  IndexPrefixes(index, before, after);
  IndexFlexAlgos(index, before, after);
}

void TedBuilder::Impl::IndexLink(LinkIndex index, const Link* before, const Link* after) {
  const std::vector<Srv6Sid>& old_sids = before ? before->attributes.srv6_sids : kNoSids;
  const std::vector<Srv6Sid>& new_sids = after ? after->attributes.srv6_sids : kNoSids;
  if (old_sids != new_sids) {
    const NodeIndex node = after ? after->local : before->local;
    Reindex(working_.by_srv6_sid_, Srv6SidsOf(node, index, old_sids),
            Srv6SidsOf(node, index, new_sids), edit_);
  }
}

void TedBuilder::Impl::IndexLocators(NodeIndex index, const Node* before, const Node* after) {
  const Entries<IpPrefix, SidOwner> gone = LocatorsOf(index, before);
  const Entries<IpPrefix, SidOwner> come = LocatorsOf(index, after);
  if (gone == come) {
    return;
  }
  for (const auto& [prefix, owner] : gone) {
    locator_lengths_.changed |= --locator_lengths_.count[prefix.length()] == 0;
  }
  for (const auto& [prefix, owner] : come) {
    locator_lengths_.changed |= locator_lengths_.count[prefix.length()]++ == 0;
  }
  Reindex(working_.by_locator_, gone, come, edit_);
}

void TedBuilder::Impl::IndexPrefixes(NodeIndex index, const Node* before, const Node* after) {
  const Entries<IpPrefix, NodeIndex> gone = PrefixesOf(index, before);
  const Entries<IpPrefix, NodeIndex> come = PrefixesOf(index, after);
  if (gone == come) {
    return;
  }
  for (const auto& [prefix, announcer] : gone) {
    if (!prefix.address().is_v4()) {
      prefix_lengths_.changed |= --prefix_lengths_.count[prefix.length()] == 0;
    }
  }
  for (const auto& [prefix, announcer] : come) {
    if (!prefix.address().is_v4()) {
      prefix_lengths_.changed |= prefix_lengths_.count[prefix.length()]++ == 0;
    }
  }
  Reindex(working_.by_prefix_, gone, come, edit_);
}

void TedBuilder::Impl::PublishLengths() {
  const auto publish = [](LengthCounts& counts,
                          std::shared_ptr<const std::vector<uint8_t>>& published) {
    if (!std::exchange(counts.changed, false)) {
      return;
    }
    auto lengths = std::make_shared<std::vector<uint8_t>>();
    for (size_t length = counts.count.size(); length-- > 0;) {
      if (counts.count[length] > 0) {
        lengths->push_back(static_cast<uint8_t>(length));
      }
    }
    published = std::move(lengths);
  };
  publish(locator_lengths_, working_.locator_lengths_);
  publish(prefix_lengths_, working_.prefix_lengths_);
}

void TedBuilder::Impl::IndexFlexAlgos(NodeIndex index, const Node* before, const Node* after) {
  static const std::vector<FlexAlgoDefinition> kNone;
  const auto& gone = before ? before->attributes.flex_algo_definitions : kNone;
  const auto& come = after ? after->attributes.flex_algo_definitions : kNone;
  if (gone == come) {
    return;
  }
  flex_algos_changed_ = true;
  for (const FlexAlgoDefinition& definition : gone) {
    flex_algos_[definition.algorithm].erase(RankOf(definition, *before, index));
  }
  for (const FlexAlgoDefinition& definition : come) {
    flex_algos_[definition.algorithm].insert(RankOf(definition, *after, index));
  }
}

TedBuilder::Impl::DefinitionRank TedBuilder::Impl::RankOf(const FlexAlgoDefinition& definition,
                                                          const Node& node, NodeIndex index) {
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(node.id);
  std::optional<uint32_t> number;
  if (router_id.ok() && router_id->is_v4()) {
    number = router_id->v4();
  }
  return {definition.priority, number, node.id, index};
}

namespace {

// What else it says makes no difference.
FlexAlgoDefinition Unsupported(uint8_t algorithm) {
  FlexAlgoDefinition definition;
  definition.algorithm = algorithm;
  definition.unsupported = true;
  return definition;
}

}  // namespace

void TedBuilder::Impl::PublishFlexAlgos() {
  if (!std::exchange(flex_algos_changed_, false)) {
    return;
  }
  auto winners = std::make_shared<std::vector<FlexAlgoDefinition>>();
  for (const auto& [algorithm, candidates] : flex_algos_) {
    if (candidates.empty()) {
      continue;
    }
    const Node& winner = working_.node(std::get<NodeIndex>(*candidates.rbegin()));
    for (const FlexAlgoDefinition& definition : winner.attributes.flex_algo_definitions) {
      if (definition.algorithm == algorithm) {
        winners->push_back(definition.unsupported ? Unsupported(algorithm) : definition);
      }
    }
  }
  static const std::vector<FlexAlgoDefinition> kNone;
  const auto& old_winners = working_.flex_algos_ ? *working_.flex_algos_ : kNone;
  if (*winners != old_winners) {
    structure_changed_ = true;
    working_.flex_algos_ = std::move(winners);
  }
}

}  // namespace srpce::topology
