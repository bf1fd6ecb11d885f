#include "tests/unit/topology/ted_compare.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/topology/ted_text_dump.h"

namespace srpce::topology {
namespace {

constexpr std::array<uint8_t, 2> kFlexAlgos = {128, 129};

std::vector<NodeIndex> List(const std::set<NodeIndex>& set) { return {set.begin(), set.end()}; }
std::vector<SidOwner> List(const std::set<SidOwner>& set) { return {set.begin(), set.end()}; }

void CompareNodes(const Ted& before, const Ted& ted, const NaiveSnapshot& want) {
  size_t nodes = 0;
  size_t known = 0;
  for (uint32_t i = 0; i < ted.node_bound(); ++i) {
    nodes += ted.HasNode(NodeIndex(i)) ? 1 : 0;
  }
  ASSERT_EQ(nodes, want.nodes.size());
  for (const auto& [id, node] : want.nodes) {
    const std::optional<NodeIndex> index = ted.FindNode(id);
    ASSERT_TRUE(index) << id;
    ASSERT_EQ(DumpNode(ted.node(*index)), DumpNode(node));
    known += node.known ? 1 : 0;
    if (const std::optional<NodeIndex> old_index = before.FindNode(id)) {
      ASSERT_EQ(*index, *old_index);
    }
  }
  ASSERT_EQ(ted.known_node_count(), known);
}

void CompareLinks(const Ted& before, const Ted& ted, const NaiveSnapshot& want) {
  ASSERT_EQ(ted.link_count(), want.links.size());
  ASSERT_EQ(ted.link_bound(), ted.graph().arc_bound());
  size_t usable = 0;
  size_t stale = 0;
  for (const auto& [key, naive] : want.links) {
    const std::optional<LinkIndex> index = ted.FindLink(naive.link.key);
    ASSERT_TRUE(index) << naive.link.key.ToString();
    const Link& link = ted.link(*index);
    ASSERT_EQ(DumpLink(link), DumpLink(naive.link));
    ASSERT_EQ(ted.node(link.local).id, link.key.local_node);
    ASSERT_EQ(ted.node(link.remote).id, link.key.remote_node);
    ASSERT_EQ(link.reverse ? std::optional(KeyOf(ted.link(*link.reverse).key)) : std::nullopt,
              naive.reverse)
        << naive.link.key.ToString();
    graph::ArcData data = ted.graph().data(index->value());
    ASSERT_EQ(data.reverse, link.reverse ? link.reverse->value() : graph::kNone);
    ASSERT_EQ(ted.srlgs(data.group), naive.srlgs);
    data.group = 0;
    data.reverse = graph::kNone;
    ASSERT_EQ(data, naive.data) << naive.link.key.ToString();
    usable += link.usable ? 1 : 0;
    stale += link.stale ? 1 : 0;
    if (const std::optional<LinkIndex> old_index = before.FindLink(naive.link.key);
        old_index && KeyOf(before.link(*old_index).key) == key) {
      ASSERT_EQ(*index, *old_index);
    }
  }
  ASSERT_EQ(ted.usable_link_count(), usable);
  ASSERT_EQ(ted.stale_link_count(), stale);
}

void ComparePrefixes(const Ted& ted, const NaiveSnapshot& want) {
  std::map<IpPrefix, std::set<NodeIndex>> announcers;
  std::map<std::pair<uint8_t, uint32_t>, std::set<NodeIndex>> prefix_sids;
  for (const auto& [id, node] : want.nodes) {
    const NodeIndex index = *ted.FindNode(id);
    for (const Prefix& prefix : node.prefixes) {
      announcers[prefix.prefix].insert(index);
      for (const PrefixSid& sid : prefix.attributes.sids) {
        if (!sid.is_label) prefix_sids[{sid.algorithm, sid.value}].insert(index);
      }
    }
  }
  for (uint32_t value = 0; value < 4; ++value) {
    for (const uint8_t algorithm : std::array<uint8_t, 2>{0, 128}) {
      ASSERT_EQ(ted.FindPrefixSid(value, algorithm), List(prefix_sids[{algorithm, value}]));
    }
  }
  for (const auto& [prefix, nodes] : announcers) {
    ASSERT_EQ(ted.FindAnnouncers(prefix), List(nodes));
    if (prefix.address().is_v4()) continue;
    std::optional<IpPrefix> longest;
    for (const auto& [other, ignored] : announcers) {
      if (other.Contains(prefix.address()) && (!longest || other.length() > longest->length())) {
        longest = other;
      }
    }
    ASSERT_EQ(ted.FindAnnouncedPrefix(prefix.address().v6(), 0), longest);
  }
}

void CompareSrv6Sids(const Ted& ted, const NaiveSnapshot& want) {
  std::map<Ipv6Address, std::set<SidOwner>> srv6_sids;
  std::map<IpPrefix, std::set<SidOwner>> locators;
  for (const auto& [id, node] : want.nodes) {
    const NodeIndex index = *ted.FindNode(id);
    for (const Srv6Sid& sid : node.attributes.srv6_sids) {
      srv6_sids[sid.sid].insert({index, {}, sid.algorithm});
    }
    for (const Srv6Locator& locator : node.attributes.locators) {
      locators[locator.prefix].insert({index, {}, locator.algorithm});
    }
  }
  for (const auto& [key, naive] : want.links) {
    const LinkIndex index = *ted.FindLink(naive.link.key);
    for (const Srv6Sid& sid : naive.link.attributes.srv6_sids) {
      srv6_sids[sid.sid].insert({ted.link(index).local, index, sid.algorithm});
    }
  }
  for (uint32_t i = 0; i < 12; ++i) {
    const Ipv6Address sid = Ipv6Address().WithBits(0, 16, 0xfcbb).WithBits(112, 16, i);
    ASSERT_EQ(ted.FindSrv6Sid(sid), List(srv6_sids[sid]));
  }
  for (uint32_t i = 0; i < 3; ++i) {
    const Ipv6Address address = Ipv6Address().WithBits(0, 32, 0xfcbb0000 + i);
    std::set<SidOwner> longest;
    int best = -1;
    for (const auto& [prefix, owners] : locators) {
      if (prefix.Contains(IpAddress::V6(address)) && prefix.length() > best) {
        best = prefix.length();
        longest = owners;
      }
    }
    ASSERT_EQ(ted.FindLocator(address), List(longest));
  }
}

void CompareFlexAlgos(const Ted& ted, const NaiveSnapshot& want) {
  for (const uint8_t algorithm : kFlexAlgos) {
    const FlexAlgoDefinition* found = ted.FindFlexAlgo(algorithm);
    const auto it = want.flex_algos.find(algorithm);
    const bool unsupported = it != want.flex_algos.end() && it->second.unsupported;
    ASSERT_EQ(found != nullptr, it != want.flex_algos.end() && !unsupported);
    ASSERT_EQ(ted.HasUnsupportedFlexAlgo(algorithm), unsupported);
    ASSERT_TRUE(found == nullptr || *found == it->second);
  }
}

void CompareNames(const Ted& ted, const NaiveSnapshot& want) {
  std::map<std::string, std::vector<NodeIndex>> by_name;
  std::map<std::string, std::vector<NodeIndex>> by_router_id;
  for (const auto& [id, node] : want.nodes) {
    if (node.attributes.name) by_name[*node.attributes.name].push_back(*ted.FindNode(id));
    for (const IpAddress& address : node.attributes.router_ids) {
      by_router_id[address.ToString()].push_back(*ted.FindNode(id));
    }
  }
  const auto unique = [](const std::vector<NodeIndex>& nodes) {
    return nodes.size() == 1 ? std::optional(nodes.front()) : std::nullopt;
  };
  for (uint32_t i = 0; i < 3; ++i) {
    const std::string name = absl::StrCat("name", i);
    ASSERT_EQ(ted.FindNode(name), unique(by_name[name]));
  }
  for (uint32_t i = 1; i < 6; ++i) {
    const std::string router_id = absl::StrCat("10.0.0.", i);
    ASSERT_EQ(ted.FindNode(router_id), unique(by_router_id[router_id]));
  }
}

const Link* LinkAt(const Ted& ted, uint32_t i) {
  return i < ted.link_bound() && ted.HasLink(LinkIndex(i)) ? &ted.link(LinkIndex(i)) : nullptr;
}
const Node* NodeAt(const Ted& ted, uint32_t i) {
  return i < ted.node_bound() && ted.HasNode(NodeIndex(i)) ? &ted.node(NodeIndex(i)) : nullptr;
}

// What a delta must tell.
struct Difference {
  bool structure = false;
  bool anything = false;
  std::array<bool, graph::kWeightCount> cheaper{};
  std::vector<LinkIndex> links;
  std::set<LinkIndex> down;
  std::vector<NodeIndex> nodes;
};

void AddLinks(const Ted& before, const Ted& after, Difference& difference) {
  for (uint32_t i = 0; i < after.link_bound(); ++i) {
    const Link* old_link = LinkAt(before, i);
    const Link* new_link = LinkAt(after, i);
    difference.structure |= (old_link == nullptr) != (new_link == nullptr);
    const auto text = [](const Link* link) {
      return link == nullptr ? "-"
                             : absl::StrCat(DumpLink(*link), " reverse ",
                                            link->reverse ? link->reverse->value() : graph::kNone);
    };
    if (text(old_link) != text(new_link)) difference.links.emplace_back(i);
    if (old_link != nullptr && old_link->usable && (new_link == nullptr || !new_link->usable)) {
      difference.down.insert(LinkIndex(i));
    }
    if (new_link == nullptr) continue;
    constexpr std::array<uint32_t, 3> kHas = {kArcHasIgp, kArcHasTe, kArcHasDelay};
    const graph::ArcData& data = after.graph().data(i);
    for (size_t slot = 0; slot < difference.cheaper.size(); ++slot) {
      difference.cheaper[slot] |= old_link == nullptr ||
                                  data.weight[slot] < before.graph().data(i).weight[slot] ||
                                  (data.flags & ~before.graph().data(i).flags & kHas[slot]) != 0;
    }
  }
  difference.anything |= !difference.links.empty();
}

void AddNodes(const Ted& before, const Ted& after, Difference& difference) {
  for (uint32_t i = 0; i < after.node_bound(); ++i) {
    const Node* old_node = NodeAt(before, i);
    const Node* new_node = NodeAt(after, i);
    difference.structure |= (old_node == nullptr) != (new_node == nullptr);
    const auto text = [&](const Node* node, bool with_stale) {
      Node copy = node == nullptr ? Node() : *node;
      copy.stale = with_stale && copy.stale;
      return node == nullptr ? "-" : DumpNode(copy);
    };
    if (text(old_node, false) != text(new_node, false)) difference.nodes.emplace_back(i);
    difference.anything |= text(old_node, true) != text(new_node, true);
  }
}

void AddFlexAlgos(const Ted& before, const Ted& after, Difference& difference) {
  for (const uint8_t algorithm : kFlexAlgos) {
    const FlexAlgoDefinition* a = before.FindFlexAlgo(algorithm);
    const FlexAlgoDefinition* b = after.FindFlexAlgo(algorithm);
    difference.structure |= (a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b));
    difference.structure |=
        before.HasUnsupportedFlexAlgo(algorithm) != after.HasUnsupportedFlexAlgo(algorithm);
  }
}

}  // namespace

void CompareSnapshot(const Ted& before, const Ted& ted, const NaiveSnapshot& want) {
  CompareNodes(before, ted, want);
  CompareLinks(before, ted, want);
  ComparePrefixes(ted, want);
  CompareSrv6Sids(ted, want);
  CompareFlexAlgos(ted, want);
  CompareNames(ted, want);
}

void CompareDelta(const Ted& before, const Ted& after, const TedDelta& delta) {
  Difference want;
  AddLinks(before, after, want);
  AddNodes(before, after, want);
  AddFlexAlgos(before, after, want);
  std::vector<LinkIndex> told;
  for (const LinkChange& change : delta.links) {
    told.push_back(change.link);
    ASSERT_EQ(change.went_down, want.down.contains(change.link));
    ASSERT_TRUE(!change.went_down || change.degraded);
  }
  ASSERT_EQ(told, want.links);
  ASSERT_EQ(delta.nodes, want.nodes);
  ASSERT_EQ(delta.structure_changed, want.structure);
  ASSERT_EQ(delta.from_generation, before.generation());
  ASSERT_EQ(delta.to_generation, before.generation() + (want.anything ? 1 : 0));
  ASSERT_EQ(after.generation(), delta.to_generation);
  for (size_t slot = 0; slot < want.cheaper.size(); ++slot) {
    ASSERT_EQ(after.decrease_epoch(slot) > before.decrease_epoch(slot), want.cheaper[slot])
        << "slot " << slot;
  }
}

}  // namespace srpce::topology
