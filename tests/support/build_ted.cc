#include "tests/support/build_ted.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/ted_text.h"

namespace srpce::support {
namespace {

using topology::NodeAttributes;

constexpr uint32_t kFirstAdjacencyLabel = 24000;
constexpr uint8_t kBlockLength = 32;
constexpr uint8_t kFunctionLength = 16;
constexpr uint32_t kEndXFunction = 0xe000;
constexpr uint32_t kEndDt6Function = 0xfd00;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "build ted: %s\n", why.c_str());
  std::abort();
}

void DieUnless(const absl::Status& status) {
  if (!status.ok()) {
    Die(std::string(status.message()));
  }
}

// False for what has no SIDs but those that are said.
bool IsRouter(const NodeText& node) { return !node.bare && !node.pseudonode.value_or(false); }
bool Mpls(const NodeText& node) { return node.mpls && IsRouter(node); }
bool Srv6(const NodeText& node) { return node.srv6 && IsRouter(node); }
uint32_t IndexOf(const NodeText& node) { return node.index.value_or(node.number); }

// fcbb:bb00:n::/48, and fcbb:bb80:n::/48 for algorithm 128.
IpPrefix LocatorOf(const NodeText& node, uint8_t algorithm) {
  if (algorithm == topology::kAlgorithmSpf && node.locator) {
    return *node.locator;
  }
  const Ipv6Address address = Ipv6Address()
                                  .WithBits(0, 32, 0xfcbbbb00U + algorithm)
                                  .WithBits(kBlockLength, 16, node.number);
  return {IpAddress::V6(address), 48};
}

topology::Srv6Sid MakeSid(const NodeText& node, uint8_t algorithm, topology::Srv6Behavior behavior,
                          std::optional<uint32_t> function) {
  const IpPrefix locator = LocatorOf(node, algorithm);
  const uint8_t length = locator.length();
  topology::Srv6Sid sid;
  sid.sid = locator.address().v6();
  sid.behavior = static_cast<uint16_t>(behavior);
  sid.algorithm = algorithm;
  topology::Srv6SidStructure structure{.block = kBlockLength,
                                       .node = static_cast<uint8_t>(length - kBlockLength)};
  if (function) {
    sid.sid = sid.sid.WithBits(length, kFunctionLength, *function);
    structure.function = kFunctionLength;
  }
  if (topology::IsNextCsid(sid.behavior)) {
    // What follows the active CSID is the argument (RFC 9800 s4.1).
    structure.argument = static_cast<uint8_t>(128 - length - structure.function);
  }
  sid.structure = structure;
  return sid;
}

void AddSrv6(const NodeText& node, uint8_t algorithm, NodeAttributes& attributes) {
  attributes.locators.push_back({.prefix = LocatorOf(node, algorithm), .algorithm = algorithm});
  attributes.srv6_sids.push_back(MakeSid(
      node, algorithm,
      node.classic_srv6 ? topology::Srv6Behavior::kEnd : topology::Srv6Behavior::kEndNextCsid,
      std::nullopt));
  attributes.srv6_sids.push_back(
      MakeSid(node, algorithm, topology::Srv6Behavior::kEndDt6, kEndDt6Function));
}

// What a router announces unless it is said otherwise.
void AddDefaults(const NodeText& node, NodeAttributes& attributes) {
  attributes.router_ids = {IpAddress::V4((10U << 24) + node.number),
                           IpAddress::V6(Ipv6Address()
                                             .WithBits(0, 16, 0xfc00)
                                             .WithBits(32, 16, node.number)
                                             .WithBits(112, 16, 1))};
  if (!node.algorithms.empty()) {
    attributes.algorithms = node.algorithms;
    attributes.algorithms.push_back(topology::kAlgorithmSpf);
  }
  if (Mpls(node) && node.srgb.empty()) {
    attributes.srgb = {{.first = 16000, .size = 8000}};
  }
  if (Srv6(node)) {
    AddSrv6(node, topology::kAlgorithmSpf, attributes);
    for (const uint8_t algorithm : node.algorithms) {
      AddSrv6(node, algorithm, attributes);
    }
  }
}

template <typename T>
void Append(const std::vector<T>& more, std::vector<T>& list) {
  list.insert(list.end(), more.begin(), more.end());
}

NodeAttributes AttributesOf(const NodeText& node) {
  NodeAttributes attributes;
  attributes.flex_algo_definitions = node.definitions;
  attributes.overload = node.bare ? node.overload : node.overload.value_or(false);
  attributes.pseudonode = node.bare ? node.pseudonode : node.pseudonode.value_or(false);
  if (IsRouter(node)) {
    AddDefaults(node, attributes);
  }
  if (Mpls(node) || node.bare) {
    Append(node.srgb, attributes.srgb);
  }
  Append(node.exact.router_ids, attributes.router_ids);
  Append(node.exact.srlb, attributes.srlb);
  Append(node.exact.algorithms, attributes.algorithms);
  Append(node.exact.locators, attributes.locators);
  Append(node.exact.srv6_sids, attributes.srv6_sids);
  attributes.msd = node.exact.msd;
  if (node.msd || node.srv6_msd) {
    if (!attributes.msd) {
      attributes.msd.emplace();
    }
    attributes.msd->base_mpls_imposition = node.msd;
    attributes.msd->srh_max_h_encaps = node.srv6_msd;
  }
  return attributes;
}

class Filler {
 public:
  Filler(TedText text, topology::TedBuilder& builder, topology::SourceId source)
      : text_(std::move(text)), builder_(builder), source_(source) {}

  void Fill() {
    for (const NodeText& node : text_.nodes) {
      if (node.announced) {
        DieUnless(builder_.SetNode(source_, node.id, AttributesOf(node), {}, {}));
        AddPrefixes(node);
      }
    }
    for (const LinkText& link : text_.links) {
      AddLink(link);
    }
  }

 private:
  void AddPrefixes(const NodeText& node) {
    for (const topology::Prefix& prefix : node.prefixes) {
      DieUnless(builder_.SetPrefix(source_, node.id, prefix.prefix, prefix.attributes, {}, {}));
    }
    if (!IsRouter(node)) {
      return;
    }
    topology::PrefixAttributes own;
    own.node_sid = true;
    if (Mpls(node)) {
      own.sids.push_back({.value = IndexOf(node)});
      for (const uint8_t algorithm : node.algorithms) {
        own.sids.push_back({.algorithm = algorithm, .value = IndexOf(node) * 1000 + algorithm});
      }
    }
    SetPrefix(node, (10U << 24) + node.number, own);
    if (Mpls(node)) {
      for (const uint32_t index : node.anycast_indexes) {
        topology::PrefixAttributes shared;
        shared.sids = {{.value = index}};
        shared.node_sid = false;
        shared.anycast = true;
        SetPrefix(node, (10U << 24) + (1U << 16) + index, shared);
      }
    }
  }

  void SetPrefix(const NodeText& node, uint32_t address,
                 const topology::PrefixAttributes& attributes) {
    DieUnless(builder_.SetPrefix(source_, node.id, IpPrefix(IpAddress::V4(address), 32), attributes,
                                 {}, {}));
  }

  void AddLink(const LinkText& link) {
    topology::LinkAttributes attributes = link.attributes;
    const uint32_t label = kFirstAdjacencyLabel + ++links_;
    const uint32_t function = kEndXFunction + ++links_of_node_[link.key.local_node];
    const NodeText& local = text_.Node(link.key.local_node);
    const bool has_sids = !link.no_adjacency_sid && local.announced &&
                          !text_.Node(link.key.remote_node).pseudonode.value_or(false);
    if (link.adjacency_sid) {
      attributes.adjacency_sids.push_back({.label = *link.adjacency_sid});
    } else if (has_sids && Mpls(local)) {
      attributes.adjacency_sids.push_back({.label = label});
    }
    if (has_sids && Srv6(local)) {
      attributes.srv6_sids.push_back(MakeSid(local, topology::kAlgorithmSpf,
                                             local.classic_srv6
                                                 ? topology::Srv6Behavior::kEndX
                                                 : topology::Srv6Behavior::kEndXNextCsid,
                                             function));
    }
    DieUnless(builder_.SetLink(source_, link.key, attributes, {}, {}));
  }

  TedText text_;
  topology::TedBuilder& builder_;
  const topology::SourceId source_;
  uint32_t links_ = 0;
  std::map<std::string, uint32_t> links_of_node_;
};

}  // namespace

void AddToBuilder(absl::string_view text, topology::TedBuilder& builder,
                  topology::SourceId source) {
  Filler(ParseTedText(text), builder, source).Fill();
}

topology::TedPtr BuildTed(absl::string_view text) {
  topology::TedBuilder builder;
  const absl::StatusOr<topology::SourceId> source =
      builder.Connect({.name = "test", .hold_time = {}}, {});
  DieUnless(source.status());
  AddToBuilder(text, builder, *source);
  return builder.Publish().ted;
}

topology::NodeIndex NodeOf(const topology::Ted& ted, absl::string_view name) {
  const std::optional<topology::NodeIndex> node = ted.FindNode(name);
  if (!node) {
    Die(absl::StrCat("no node ", name));
  }
  return *node;
}

topology::LinkIndex LinkOf(const topology::Ted& ted, absl::string_view name) {
  const std::pair<std::string, std::string> ends = absl::StrSplit(name, absl::MaxSplits("->", 1));
  const std::pair<std::string, std::string> far =
      absl::StrSplit(ends.second, absl::MaxSplits('#', 1));
  const std::optional<topology::LinkIndex> link =
      ted.FindLink({ends.first, far.first, far.second, ""});
  if (!link) {
    Die(absl::StrCat("no single link ", name));
  }
  return *link;
}

}  // namespace srpce::support
