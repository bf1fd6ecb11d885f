#include "tests/unit/segments/random_network.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/topology/ted_builder.h"

namespace srpce::segments {
namespace {

using topology::LinkAttributes;
using topology::LinkIndex;
using topology::NodeAttributes;
using topology::NodeIndex;
using topology::Srv6Behavior;
using topology::Srv6Sid;

constexpr uint32_t kAnycastIndex = 60;
constexpr uint32_t kFlexIndex = 30;
constexpr uint32_t kAnycastNode = 0x70;
constexpr uint32_t kFirstFunction = 0xe001;
constexpr uint32_t kSetFunction = 0xe100;

void Must(const absl::Status& status) {
  if (!status.ok()) {
    std::fprintf(stderr, "random network: %s\n", status.ToString().c_str());
    std::abort();
  }
}

class Generator {
 public:
  Generator(std::mt19937_64& rng, const RandomNetworkOptions& options)
      : rng_(rng), options_(options) {}

  topology::TedPtr Make() {
    const auto source = builder_.Connect({.name = "random", .hold_time = {}}, {});
    Must(source.status());
    source_ = *source;
    node_count_ = Pick(rng_, options_.min_nodes, options_.max_nodes);
    block_ = std::vector<uint8_t>{32, 32, 64, 80}[Pick(rng_, 0, 3)];
    max_metric_ = Pick(rng_, 1, 4);
    flex_ = Chance(rng_, 50);
    zero_metrics_ = Chance(rng_, 30) ? 25 : 2;
    for (uint32_t n = 0; n < node_count_; ++n) AddNode(n);
    for (uint32_t n = 1; n < node_count_; ++n) AddAdjacency(Pick(rng_, 0, n - 1), n);
    for (uint32_t i = Pick(rng_, 0, node_count_ * 3 / 2); i > 0; --i) {
      const uint32_t a = Pick(rng_, 0, node_count_ - 1);
      const uint32_t b = Pick(rng_, 0, node_count_ - 1);
      if (a != b) AddAdjacency(a, b);
    }
    if (Odd(15)) AddLan();
    for (uint32_t n = 0; n < node_count_; ++n) {
      if (Odd(15)) AddForeignPrefix(n);
    }
    return builder_.Publish().ted;
  }

 private:
  bool Odd(uint32_t percent) { return options_.oddities && Chance(rng_, percent); }
  uint8_t Depth() { return static_cast<uint8_t>(Pick(rng_, 1, 4)); }
  static std::string Id(uint32_t n) { return absl::StrCat("n", n); }

  Ipv6Address Locator(uint8_t algorithm, uint32_t node) const {
    return Ipv6Address().WithBits(0, 32, 0xfcbbbb00U + algorithm).WithBits(block_, 16, node);
  }
  Srv6Sid MakeSid(uint8_t algorithm, uint32_t node, Srv6Behavior behavior,
                  uint32_t function) const {
    Srv6Sid sid;
    sid.sid = Locator(algorithm, node);
    sid.behavior = static_cast<uint16_t>(behavior);
    sid.algorithm = algorithm;
    sid.structure = topology::Srv6SidStructure{.block = block_, .node = 16};
    if (function != 0) {
      sid.sid = sid.sid.WithBits(block_ + 16U, 16, function);
      sid.structure->function = 16;
    }
    return sid;
  }

  void AddSrgb(NodeAttributes& node) {
    switch (Pick(rng_, 0, 5)) {
      case 0:
        node.srgb = {{20000, 200}};
        break;
      case 1:
        node.srgb = {{30000, 2}, {16000, 3}, {40000, 200}};
        break;
      case 2:
        node.srgb = {{16000, 5}, {16100, 200}};
        break;
      default:
        node.srgb = {{16000, 200}};
    }
    if (Odd(6)) node.srgb.clear();
    if (Chance(rng_, 30)) node.srlb = {{15000, 2}, {15100, 50}};
  }

  void AddSrv6(uint32_t n, NodeAttributes& node) {
    classic_.push_back(Odd(15));
    if (Odd(8)) return;
    const Srv6Behavior end = classic_[n] ? Srv6Behavior::kEnd : Srv6Behavior::kEndNextCsid;
    node.locators.push_back(
        {.prefix = {IpAddress::V6(Locator(0, n + 1)), static_cast<uint8_t>(block_ + 16)},
         .metric = Pick(rng_, 0, 2)});
    if (!Odd(6)) node.srv6_sids.push_back(MakeSid(0, n + 1, end, 0));
    if (Odd(20)) node.srv6_sids.push_back(MakeSid(0, n + 1, Srv6Behavior::kEndDt6, 0xfd00));
    if (Odd(10)) node.srv6_sids.push_back(MakeSid(0, n + 1, Srv6Behavior::kEndPsp, 0xfe00));
    if (TakesPart(node)) {
      node.locators.push_back(
          {.prefix = {IpAddress::V6(Locator(128, n + 1)), static_cast<uint8_t>(block_ + 16)},
           .algorithm = 128});
      node.srv6_sids.push_back(MakeSid(128, n + 1, end, 0));
    }
    if (Odd(20)) {
      node.locators.push_back(
          {.prefix = {IpAddress::V6(Locator(0, kAnycastNode)), static_cast<uint8_t>(block_ + 16)},
           .metric = Pick(rng_, 0, 1),
           .anycast = true});
      if (!Odd(10))
        node.srv6_sids.push_back(MakeSid(0, kAnycastNode, Srv6Behavior::kEndNextCsid, 0));
    }
  }

  static bool TakesPart(const NodeAttributes& node) {
    return std::find(node.algorithms.begin(), node.algorithms.end(), 128) != node.algorithms.end();
  }

  void AddNode(uint32_t n) {
    NodeAttributes node;
    AddSrgb(node);
    if (flex_ && Chance(rng_, 80)) node.algorithms = {0, 128};
    AddSrv6(n, node);
    if (Odd(20)) node.msd.emplace().base_mpls_imposition = Depth();
    if (Odd(8)) node.overload = true;
    if (flex_ && n == 0) {
      topology::FlexAlgoDefinition definition;
      definition.algorithm = 128;
      definition.metric =
          Chance(rng_, 70) ? topology::MetricType::kDelay : topology::MetricType::kTe;
      if (Chance(rng_, 50)) definition.exclude_any.Set(1);
      if (Chance(rng_, 20)) definition.exclude_srlgs = {7};
      if (Chance(rng_, 20)) definition.include_any.Set(3);
      node.flex_algo_definitions = {definition};
    }
    Must(builder_.SetNode(source_, Id(n), node, {}, {}));
    AddPrefixes(n, node);
    nodes_.push_back(node);
  }

  void AddPrefixes(uint32_t n, const NodeAttributes& node) {
    topology::PrefixAttributes loopback;
    loopback.metric = Pick(rng_, 0, 2);
    if (!Odd(6)) {
      const bool is_label = Odd(10);
      // A label is the choice of its owner, so that two may choose the same.
      const uint32_t label = Chance(rng_, 50) ? 900000 : Chance(rng_, 50) ? 24001 + n : 16003;
      loopback.sids.push_back(
          {.value = is_label ? label : n + 1, .is_label = is_label, .no_php = Chance(rng_, 30)});
    }
    if (TakesPart(node)) {
      loopback.sids.push_back(
          {.algorithm = 128, .value = kFlexIndex + n, .no_php = Chance(rng_, 30)});
    }
    Must(builder_.SetPrefix(source_, Id(n), Address(10, 0, n), loopback, {}, {}));
    for (uint32_t group = 0; group < 2; ++group) {
      if (!Odd(25)) continue;
      topology::PrefixAttributes shared;
      shared.metric = Pick(rng_, 0, 1);
      shared.sids.push_back({.value = kAnycastIndex + group, .no_php = Chance(rng_, 30)});
      Must(builder_.SetPrefix(source_, Id(n), Address(10, 1, group), shared, {}, {}));
    }
  }

  // A prefix of another node, with no SID or with one of its own; or one around or inside of
  // another node's locator.
  void AddForeignPrefix(uint32_t n) {
    const uint32_t other = Pick(rng_, 0, node_count_ - 1);
    topology::PrefixAttributes foreign;
    if (Chance(rng_, 80)) foreign.metric = Pick(rng_, 0, 3);
    IpPrefix prefix = Address(10, 0, other);
    if (Chance(rng_, 60)) {
      const auto length = static_cast<uint8_t>(block_ + 16 * Pick(rng_, 0, 2));
      const uint8_t algorithm = flex_ && Chance(rng_, 20) ? 128 : 0;
      const Ipv6Address inside =
          Locator(algorithm, other + 1)
              .WithBits(block_ + 16U, 16, Chance(rng_, 50) ? 0 : kFirstFunction + Pick(rng_, 0, 9));
      prefix = {IpAddress::V6(inside), length};
    } else if (other == n) {
      return;
    } else if (Chance(rng_, 20)) {
      foreign.sids.push_back({.value = 80 + n, .no_php = Chance(rng_, 30)});
    }
    Must(builder_.SetPrefix(source_, Id(n), prefix, foreign, {}, {}));
  }

  static IpPrefix Address(uint32_t a, uint32_t b, uint32_t c) {
    return {IpAddress::V4(a << 24 | b << 16 | c), 32};
  }

  void AddAdjacency(uint32_t a, uint32_t b) {
    const std::string interface = absl::StrCat(++adjacencies_);
    LinkAttributes there = Attributes();
    LinkAttributes back = Chance(rng_, 70) ? there : Attributes();
    AddSids(a, there);
    AddSids(b, back);
    if (Odd(4)) there.up = false;
    Must(builder_.SetLink(source_, {Id(a), Id(b), interface, interface}, there, {}, {}));
    Must(builder_.SetLink(source_, {Id(b), Id(a), interface, interface}, back, {}, {}));
  }

  LinkAttributes Attributes() {
    LinkAttributes link;
    link.igp_metric = Odd(zero_metrics_) ? 0 : Pick(rng_, 1, max_metric_);
    if (Odd(2)) link.igp_metric.reset();
    if (Chance(rng_, 60)) link.te_metric = Pick(rng_, 1, 3);
    if (!Odd(6)) link.delay = Microseconds(Pick(rng_, 1, 3) * 100);
    if (link.delay && !Odd(15))
      link.min_delay = *link.delay - Microseconds(Chance(rng_, 30) ? 10 : 0);
    if (!Odd(10)) link.loss = Pick(rng_, 0, 20) / 100.0;
    if (!Odd(10)) link.delay_variation = Microseconds(Pick(rng_, 0, 30));
    if (!Odd(10)) link.available = BytesPerSecond{Pick(rng_, 1, 10) * 1000ULL};
    topology::AdminGroup bits;
    for (const uint32_t bit : {0U, 1U, 3U, 70U}) {
      if (Chance(rng_, 25)) bits.Set(bit);
    }
    if (!bits.empty()) link.admin_group = bits;
    if (Chance(rng_, 40)) link.srlgs = {{Pick(rng_, 5, 8)}};
    if (Odd(15)) link.msd_base_mpls_imposition = Depth();
    return link;
  }

  void AddSids(uint32_t n, LinkAttributes& link) {
    const uint32_t label = 24000 + ++labels_;
    const auto function = static_cast<uint32_t>(kFirstFunction + functions_++);
    if (Chance(rng_, 30)) link.adjacency_sids.push_back({.label = label + 500, .backup = true});
    if (!nodes_[n].srlb.empty() && Chance(rng_, 30)) {
      link.adjacency_sids.push_back({.label = Pick(rng_, 0, 40), .is_index = true});
      if (Chance(rng_, 50)) link.adjacency_sids.back().is_local = Chance(rng_, 50);
    }
    if (!Odd(15)) link.adjacency_sids.push_back({.label = label});
    if (Chance(rng_, 15)) link.adjacency_sids.push_back({.label = 24999, .is_set = true});
    if (nodes_[n].locators.empty()) return;
    const Srv6Behavior next_csid =
        Chance(rng_, 20) ? Srv6Behavior{59} : Srv6Behavior::kEndXNextCsid;  // PSP, USP and USD.
    const Srv6Behavior end_x = classic_[n] ? Srv6Behavior::kEndX : next_csid;
    if (!Odd(15)) link.srv6_sids.push_back(MakeSid(0, n + 1, end_x, function));
    if (Odd(10))
      link.srv6_sids.push_back(MakeSid(0, n + 1, Srv6Behavior::kEndXPsp, function + 0x200));
    if (TakesPart(nodes_[n]) && Chance(rng_, 50))
      link.srv6_sids.push_back(MakeSid(128, n + 1, end_x, function));
    if (Chance(rng_, 15)) {
      link.srv6_sids.push_back(MakeSid(0, n + 1, end_x, kSetFunction));
      link.srv6_sids.back().is_set = true;
    }
  }

  void AddLan() {
    NodeAttributes lan;
    lan.pseudonode = true;
    Must(builder_.SetNode(source_, "lan", lan, {}, {}));
    std::set<uint32_t> members;
    for (uint32_t i = 0; i < Pick(rng_, 2, 3); ++i) members.insert(Pick(rng_, 0, node_count_ - 1));
    for (const uint32_t n : members) {
      LinkAttributes in = Attributes();
      // Metric 0 into a LAN makes all its members one router: nobody does that.
      if (in.igp_metric) in.igp_metric = std::max<IgpMetric>(*in.igp_metric, 1);
      if (Chance(rng_, 50)) AddSids(n, in);
      LinkAttributes out;
      if (Chance(rng_, 70)) out.igp_metric = 0;
      Must(builder_.SetLink(source_, {Id(n), "lan", "lan", ""}, in, {}, {}));
      Must(builder_.SetLink(source_, {"lan", Id(n), "lan", ""}, out, {}, {}));
    }
  }

  std::mt19937_64& rng_;
  const RandomNetworkOptions options_;
  topology::TedBuilder builder_;
  topology::SourceId source_;
  uint32_t node_count_ = 0;
  uint8_t block_ = 32;
  uint32_t max_metric_ = 1;
  bool flex_ = false;
  uint32_t zero_metrics_ = 0;  // Percent.
  std::vector<NodeAttributes> nodes_;
  std::vector<bool> classic_;
  uint32_t adjacencies_ = 0;
  uint32_t labels_ = 0;
  uint32_t functions_ = 0;
};

}  // namespace

topology::TedPtr RandomNetwork(std::mt19937_64& rng, const RandomNetworkOptions& options) {
  return Generator(rng, options).Make();
}

RandomWalk Walk(const topology::Ted& ted, std::mt19937_64& rng, size_t max_links) {
  const auto is_lan = [&](NodeIndex node) {
    return ted.node(node).attributes.pseudonode.value_or(false);
  };
  RandomWalk walk;
  do {
    walk.headend = NodeIndex(Pick(rng, 0, ted.node_bound() - 1));
  } while (!ted.HasNode(walk.headend) || is_lan(walk.headend));
  std::set<NodeIndex> visited{walk.headend};
  NodeIndex here = walk.headend;
  while (walk.links.size() < max_links) {
    std::vector<LinkIndex> next;
    for (uint32_t l = 0; l < ted.link_bound(); ++l) {
      const LinkIndex link(l);
      if (ted.HasLink(link) && ted.link(link).usable && ted.link(link).local == here &&
          !visited.contains(ted.link(link).remote)) {
        next.push_back(link);
      }
    }
    if (next.empty()) break;
    walk.links.push_back(next[Pick(rng, 0, static_cast<uint32_t>(next.size()) - 1)]);
    here = ted.link(walk.links.back()).remote;
    visited.insert(here);
  }
  while (!walk.links.empty() && is_lan(ted.link(walk.links.back()).remote)) walk.links.pop_back();
  return walk;
}

}  // namespace srpce::segments
