// Three sources do random things to a small network; after each publish the TED is compared with
// the naive model in every attribute, arc and look-up, the delta with the difference of the two
// snapshots, and old snapshots with what they were.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/topology/ted_builder.h"
#include "tests/unit/topology/naive_ted.h"
#include "tests/unit/topology/ted_text_dump.h"

namespace srpce::topology {
namespace {

constexpr int kNodes = 6;
constexpr int kCables = 12;

struct Cable {
  LinkKey forward;
  LinkKey backward;
};

// Every other one reads as a router id: those rank as numbers.
std::string NodeId(uint32_t i) {
  return i % 2 == 0 ? absl::StrCat("n", i) : absl::StrCat("192.0.2.", 8 + i);
}

uint32_t Seed() {
  const char* text = std::getenv("SRPCE_TEST_SEED");
  return text != nullptr ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : 20240607;
}

class RandomNetwork {
 public:
  explicit RandomNetwork(uint32_t seed) : rng_(seed), naive_(MakeCables()) {}

  void Step() {
    switch (Pick(24)) {
      case 0:
        return Connect();
      case 1:
        return Disconnect();
      case 2:
        return BeginSync();
      case 3:
        return EndSync();
      case 4:
        return Expire();
      case 5:
      case 6:
        return RemoveNode();
      case 7:
      case 8:
        return RemoveLink();
      case 9:
        return RemovePrefix();
      case 10:
      case 11:
      case 12:
      case 13:
        return SetNode();
      case 14:
      case 15:
        return SetPrefix();
      default:
        return SetLink();
    }
  }

  // Publishes and compares.
  void Check();
  void CheckOldSnapshots() {
    for (const auto& [ted, text] : old_) {
      ASSERT_EQ(DumpTed(*ted), text)
          << "generation " << ted->generation() << " changed after it was published";
    }
  }
  uint32_t Pick(uint32_t below) {
    return std::uniform_int_distribution<uint32_t>(0, below - 1)(rng_);
  }

 private:
  struct Feed {
    std::string name;
    uint32_t precedence;
    std::optional<Duration> hold_time;
    std::optional<SourceId> id;
  };

  bool Chance(uint32_t percent) { return Pick(100) < percent; }
  std::map<NaiveKey, NaiveKey> MakeCables();
  Feed& AnyFeed() { return feeds_[Pick(3)]; }
  // A connected feed, or null.
  Feed* LiveFeed() {
    Feed& feed = AnyFeed();
    return naive_.connected(feed.name) ? &feed : nullptr;
  }

  void Connect();
  void Disconnect();
  void BeginSync();
  void EndSync();
  void Expire();
  void SetNode();
  void SetLink();
  void SetPrefix();
  void RemoveNode();
  void RemoveLink();
  void RemovePrefix();
  NodeAttributes RandomNode();
  LinkAttributes RandomLink();
  PrefixAttributes RandomPrefix();
  LinkKey RandomKey();
  IpPrefix AnyPrefix() {
    if (Pick(4) > 0) return {IpAddress::V4((10U << 24) + Pick(4)), 32};
    const uint8_t length = Pick(2) == 0 ? 31 : 32;
    return {IpAddress::V6(Ipv6Address().WithBits(0, 32, 0xfcbb0000 + Pick(3))), length};
  }
  Srv6Sid AnySid() {
    return {.sid = Ipv6Address().WithBits(0, 16, 0xfcbb).WithBits(112, 16, Pick(12)),
            .behavior = 1,
            .algorithm = static_cast<uint8_t>(Chance(50) ? 0 : 128),
            .structure = {}};
  }

  void CompareNodes(const Ted& ted, const NaiveSnapshot& want);
  void CompareLinks(const Ted& ted, const NaiveSnapshot& want);
  void CompareLookups(const Ted& ted, const NaiveSnapshot& want);
  void CompareNames(const Ted& ted, const NaiveSnapshot& want);
  void CompareDelta(const Ted& before, const Ted& after, const TedDelta& delta);

  std::mt19937 rng_;
  std::vector<Cable> cables_;
  NaiveTed naive_;
  TedBuilder builder_;
  MonotonicTime now_{};
  std::vector<Feed> feeds_ = {{"igp", 100, std::chrono::seconds(5), {}},
                              {"telemetry", 200, std::chrono::seconds(3), {}},
                              {"lab", 100, std::nullopt, {}}};
  TedPtr last_ = builder_.Publish().ted;
  std::deque<std::pair<TedPtr, std::string>> old_;
};

std::map<NaiveKey, NaiveKey> RandomNetwork::MakeCables() {
  std::map<NaiveKey, NaiveKey> other_end;
  for (uint32_t i = 0; i < kCables; ++i) {
    const uint32_t a = Pick(kNodes - 1);
    const uint32_t b = a + 1 + Pick(kNodes - 1 - a);  // From low to high: see RandomKey.
    const std::string x = absl::StrCat("x", i);
    const std::string y = absl::StrCat("y", i);
    const Cable cable = {{NodeId(a), NodeId(b), x, y}, {NodeId(b), NodeId(a), y, x}};
    other_end[KeyOf(cable.forward)] = KeyOf(cable.backward);
    other_end[KeyOf(cable.backward)] = KeyOf(cable.forward);
    cables_.push_back(cable);
  }
  return other_end;
}

void RandomNetwork::Connect() {
  Feed& feed = AnyFeed();
  if (Chance(20)) {
    feed.precedence = 100 + Pick(3);
  }
  const SourceOptions options{.name = feed.name,
                              .precedence = feed.precedence,
                              .hold_time = feed.hold_time,
                              .overlay = feed.name == "telemetry" && Chance(80)};
  const absl::StatusOr<SourceId> id = builder_.Connect(options, now_);
  if (naive_.connected(feed.name)) {
    ASSERT_EQ(id.status().code(), absl::StatusCode::kAlreadyExists);
    return;
  }
  ASSERT_TRUE(id.ok()) << id.status();
  feed.id = *id;
  naive_.Connect(options);
}

void RandomNetwork::Disconnect() {
  if (Feed* feed = LiveFeed(); feed != nullptr && Chance(50)) {
    builder_.Disconnect(*feed->id, now_);
    naive_.Disconnect(feed->name, now_);
  }
}

void RandomNetwork::BeginSync() {
  if (Feed* feed = LiveFeed()) {
    const bool refused = naive_.in_sync(feed->name);
    ASSERT_EQ(builder_.BeginSync(*feed->id).ok(), !refused);
    if (!refused) {
      naive_.BeginSync(feed->name);
    }
  }
}

void RandomNetwork::EndSync() {
  if (Feed* feed = LiveFeed()) {
    const absl::StatusOr<size_t> gone = builder_.EndSync(*feed->id);
    ASSERT_EQ(gone.ok(), naive_.in_sync(feed->name));
    if (gone.ok()) {
      ASSERT_EQ(*gone, naive_.EndSync(feed->name));
    }
  }
}

void RandomNetwork::Expire() {
  now_ += std::chrono::seconds(1);
  ASSERT_EQ(builder_.ExpireStale(now_), naive_.ExpireStale(now_));
}

NodeAttributes RandomNetwork::RandomNode() {
  NodeAttributes a;
  if (Chance(20)) a.name = absl::StrCat("name", Pick(3));
  if (Chance(20)) a.asn = Pick(3);
  if (Chance(30)) a.router_ids = {IpAddress::V4(0x0a000001 + Pick(5))};
  if (Chance(40)) a.srgb = {{16000 + Pick(2), 100}};
  if (Chance(20)) a.srlb = {{30000 + Pick(2), 100}};
  if (Chance(20)) a.algorithms = {0, static_cast<uint8_t>(128 + Pick(2))};
  if (Chance(20)) {
    FlexAlgoDefinition definition;
    definition.algorithm = static_cast<uint8_t>(128 + Pick(2));
    definition.priority = static_cast<uint8_t>(Pick(3));
    definition.metric = Chance(50) ? MetricType::kDelay : MetricType::kIgp;
    a.flex_algo_definitions = {definition};
  }
  if (Chance(30)) {
    const auto length = static_cast<uint8_t>(32 + 16 * Pick(3));
    a.locators = {
        {.prefix =
             IpPrefix(IpAddress::V6(Ipv6Address().WithBits(0, 32, 0xfcbb0000 + Pick(3))), length)}};
  }
  if (Chance(30)) a.srv6_sids = {AnySid()};
  if (Chance(20))
    a.msd = Msd{.base_mpls_imposition = static_cast<uint8_t>(Pick(3)),
                .srh_max_segments_left = {},
                .srh_max_end_pop = {},
                .srh_max_h_encaps = {},
                .srh_max_end_d = {}};
  if (Chance(20)) a.overload = Chance(50);
  if (Chance(10)) a.pseudonode = Chance(50);
  if (Chance(10)) a.multi_topology_ids = {static_cast<uint16_t>(Pick(3))};
  if (Chance(10)) a.position = GeoPosition{.latitude = Pick(3) * 1.0};
  return a;
}

LinkAttributes RandomNetwork::RandomLink() {
  LinkAttributes a;
  if (Chance(25)) a.up = Chance(60);
  if (Chance(40)) a.igp_metric = Chance(10) ? 0xffffff : Pick(4);
  if (Chance(30)) a.te_metric = Pick(4);
  if (Chance(30)) a.delay = Microseconds(Pick(4));
  if (Chance(20)) a.min_delay = Microseconds(Pick(4));
  if (Chance(20)) a.max_delay = Microseconds(10 + Pick(4));
  if (Chance(20)) a.delay_variation = Microseconds(Pick(4));
  if (Chance(20)) a.loss = Pick(3) / 4.0;
  if (Chance(20)) a.delay_anomalous = Chance(50);
  if (Chance(20)) a.capacity = BytesPerSecond{Pick(4)};
  if (Chance(20)) a.reservable = BytesPerSecond{Pick(4)};
  if (Chance(20)) a.available = BytesPerSecond{Pick(4)};
  if (Chance(20)) {
    AdminGroup group;
    group.Set(Pick(100));
    a.admin_group = group;
  }
  if (Chance(30)) {
    a.srlgs.emplace();
    for (uint32_t n = Pick(3); n > 0; --n) a.srlgs->push_back(Pick(4));
  }
  if (Chance(20)) a.adjacency_sids = {{.label = 24000 + Pick(3)}};
  if (Chance(30)) a.srv6_sids = {AnySid()};
  if (Chance(20)) a.msd_base_mpls_imposition = static_cast<uint8_t>(Pick(3));
  if (Chance(20)) a.multi_topology_id = static_cast<uint16_t>(Pick(3));
  return a;
}

PrefixAttributes RandomNetwork::RandomPrefix() {
  PrefixAttributes a;
  if (Chance(30)) a.metric = Pick(3);
  if (Chance(60))
    a.sids = {{.value = Pick(4)}, {.algorithm = 128, .value = Pick(4), .is_label = false}};
  if (Chance(20)) a.sids = {{.value = 20000, .is_label = true}};
  if (Chance(30)) a.node_sid = Chance(50);
  if (Chance(30)) a.anycast = Chance(50);
  return a;
}

// Only backward directions may leave the far interface out: what all forward ones say is enough to
// pair them.
LinkKey RandomNetwork::RandomKey() {
  const Cable& cable = cables_[Pick(kCables)];
  if (Chance(50)) {
    return cable.forward;
  }
  LinkKey key = cable.backward;
  if (Chance(30)) {
    key.remote_interface.clear();
  }
  return key;
}

void RandomNetwork::SetNode() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    const NodeAttributes attributes = RandomNode();
    const bool patch = Chance(30);
    ASSERT_EQ(builder_.SetNode(*feed->id, id, attributes, patch, now_), absl::OkStatus());
    naive_.SetNode(feed->name, id, attributes, patch);
  }
}

void RandomNetwork::SetLink() {
  if (Feed* feed = LiveFeed()) {
    const LinkKey key = RandomKey();
    const LinkAttributes attributes = RandomLink();
    const bool patch = Chance(50);
    ASSERT_EQ(builder_.SetLink(*feed->id, key, attributes, patch, now_), absl::OkStatus());
    naive_.SetLink(feed->name, key, attributes, patch);
  }
}

void RandomNetwork::SetPrefix() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    const IpPrefix prefix = AnyPrefix();
    const PrefixAttributes attributes = RandomPrefix();
    const bool patch = Chance(30);
    ASSERT_EQ(builder_.SetPrefix(*feed->id, id, prefix, attributes, patch, now_), absl::OkStatus());
    naive_.SetPrefix(feed->name, id, prefix, attributes, patch);
  }
}

void RandomNetwork::RemoveNode() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    ASSERT_EQ(builder_.RemoveNode(*feed->id, id, now_).ok(), naive_.RemoveNode(feed->name, id));
  }
}

void RandomNetwork::RemoveLink() {
  if (Feed* feed = LiveFeed()) {
    const LinkKey key = RandomKey();
    ASSERT_EQ(builder_.RemoveLink(*feed->id, key, now_).ok(), naive_.RemoveLink(feed->name, key));
  }
}

void RandomNetwork::RemovePrefix() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    const IpPrefix prefix = AnyPrefix();
    ASSERT_EQ(builder_.RemovePrefix(*feed->id, id, prefix, now_).ok(),
              naive_.RemovePrefix(feed->name, id, prefix));
  }
}

void RandomNetwork::Check() {
  const auto [ted, delta] = builder_.Publish();
  const NaiveSnapshot want = naive_.Snapshot();
  CompareNodes(*ted, want);
  CompareLinks(*ted, want);
  CompareLookups(*ted, want);
  CompareNames(*ted, want);
  CompareDelta(*last_, *ted, delta);
  ASSERT_EQ(builder_.half_known_link_count(), want.half_known_links);
  if (ted != last_ && Chance(10)) {
    old_.emplace_back(ted, DumpTed(*ted));
  }
  last_ = ted;
}

void RandomNetwork::CompareNodes(const Ted& ted, const NaiveSnapshot& want) {
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
    // The index of a node that was there before is the same.
    if (const std::optional<NodeIndex> before = last_->FindNode(id)) {
      ASSERT_EQ(*index, *before);
    }
  }
  ASSERT_EQ(ted.known_node_count(), known);
}

void RandomNetwork::CompareLinks(const Ted& ted, const NaiveSnapshot& want) {
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
    if (const std::optional<LinkIndex> before = last_->FindLink(naive.link.key);
        before && KeyOf(last_->link(*before).key) == key) {
      ASSERT_EQ(*index, *before);
    }
  }
  ASSERT_EQ(ted.usable_link_count(), usable);
  ASSERT_EQ(ted.stale_link_count(), stale);
}

void RandomNetwork::CompareLookups(const Ted& ted, const NaiveSnapshot& want) {
  std::map<IpPrefix, std::set<NodeIndex>> announcers;
  std::map<std::pair<uint8_t, uint32_t>, std::set<NodeIndex>> prefix_sids;
  std::map<Ipv6Address, std::set<SidOwner>> srv6_sids;
  std::map<IpPrefix, std::set<SidOwner>> locators;
  for (const auto& [id, node] : want.nodes) {
    const NodeIndex index = *ted.FindNode(id);
    for (const Prefix& prefix : node.prefixes) {
      announcers[prefix.prefix].insert(index);
      for (const PrefixSid& sid : prefix.attributes.sids) {
        if (!sid.is_label) prefix_sids[{sid.algorithm, sid.value}].insert(index);
      }
    }
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
  const auto list = [](const auto& set) { return std::vector(set.begin(), set.end()); };
  for (uint32_t value = 0; value < 4; ++value) {
    for (const uint8_t algorithm : std::array<uint8_t, 2>{0, 128}) {
      ASSERT_EQ(ted.FindPrefixSid(value, algorithm), list(prefix_sids[{algorithm, value}]));
    }
  }
  for (const auto& [prefix, nodes] : announcers) {
    ASSERT_EQ(ted.FindAnnouncers(prefix), list(nodes));
    if (prefix.address().is_v4()) continue;
    std::optional<IpPrefix> longest;
    for (const auto& [other, ignored] : announcers) {
      if (other.Contains(prefix.address()) && (!longest || other.length() > longest->length())) {
        longest = other;
      }
    }
    ASSERT_EQ(ted.FindAnnouncedPrefix(prefix.address().v6(), 0), longest);
  }
  for (uint32_t i = 0; i < 12; ++i) {
    const Ipv6Address sid = Ipv6Address().WithBits(0, 16, 0xfcbb).WithBits(112, 16, i);
    ASSERT_EQ(ted.FindSrv6Sid(sid), list(srv6_sids[sid]));
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
    ASSERT_EQ(ted.FindLocator(address), list(longest));
  }
  for (const uint8_t algorithm : std::array<uint8_t, 2>{128, 129}) {
    const FlexAlgoDefinition* found = ted.FindFlexAlgo(algorithm);
    const auto it = want.flex_algos.find(algorithm);
    ASSERT_EQ(found != nullptr, it != want.flex_algos.end());
    ASSERT_TRUE(found == nullptr || *found == it->second);
  }
}

void RandomNetwork::CompareNames(const Ted& ted, const NaiveSnapshot& want) {
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

void RandomNetwork::CompareDelta(const Ted& before, const Ted& after, const TedDelta& delta) {
  bool structure = false;
  bool anything = false;
  std::array<bool, graph::kWeightCount> cheaper{};
  std::vector<LinkIndex> links;
  std::set<LinkIndex> down;
  for (uint32_t i = 0; i < after.link_bound(); ++i) {
    const Link* old_link = LinkAt(before, i);
    const Link* new_link = LinkAt(after, i);
    structure |= (old_link == nullptr) != (new_link == nullptr);
    const auto text = [](const Link* link) {
      return link == nullptr ? "-"
                             : absl::StrCat(DumpLink(*link), " reverse ",
                                            link->reverse ? link->reverse->value() : graph::kNone);
    };
    if (text(old_link) != text(new_link)) links.emplace_back(i);
    if (old_link != nullptr && old_link->usable && (new_link == nullptr || !new_link->usable))
      down.insert(LinkIndex(i));
    if (new_link == nullptr) continue;
    constexpr std::array<uint32_t, 3> kHas = {kArcHasIgp, kArcHasTe, kArcHasDelay};
    const graph::ArcData& data = after.graph().data(i);
    for (size_t slot = 0; slot < cheaper.size(); ++slot) {
      cheaper[slot] |= old_link == nullptr ||
                       data.weight[slot] < before.graph().data(i).weight[slot] ||
                       (data.flags & ~before.graph().data(i).flags & kHas[slot]) != 0;
    }
  }
  std::vector<NodeIndex> nodes;
  for (uint32_t i = 0; i < after.node_bound(); ++i) {
    const Node* old_node = NodeAt(before, i);
    const Node* new_node = NodeAt(after, i);
    structure |= (old_node == nullptr) != (new_node == nullptr);
    const auto text = [&](const Node* node, bool with_stale) {
      Node copy = node == nullptr ? Node() : *node;
      copy.stale = with_stale && copy.stale;
      return node == nullptr ? "-" : DumpNode(copy);
    };
    if (text(old_node, false) != text(new_node, false)) nodes.emplace_back(i);
    anything |= text(old_node, true) != text(new_node, true);
  }
  for (const uint8_t algorithm : std::array<uint8_t, 2>{128, 129}) {
    const FlexAlgoDefinition* a = before.FindFlexAlgo(algorithm);
    const FlexAlgoDefinition* b = after.FindFlexAlgo(algorithm);
    structure |= (a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b));
  }
  std::vector<LinkIndex> told;
  for (const LinkChange& change : delta.links) {
    told.push_back(change.link);
    ASSERT_EQ(change.went_down, down.contains(change.link));
    ASSERT_TRUE(!change.went_down || change.degraded);
  }
  ASSERT_EQ(told, links);
  ASSERT_EQ(delta.nodes, nodes);
  ASSERT_EQ(delta.structure_changed, structure);
  anything |= !links.empty();
  ASSERT_EQ(delta.from_generation, before.generation());
  ASSERT_EQ(delta.to_generation, before.generation() + (anything ? 1 : 0));
  ASSERT_EQ(after.generation(), delta.to_generation);
  for (size_t slot = 0; slot < cheaper.size(); ++slot) {
    ASSERT_EQ(after.decrease_epoch(slot) > before.decrease_epoch(slot), cheaper[slot])
        << "slot " << slot;
  }
}

TEST(TedRandomTest, AgreesWithTheNaiveModel) {
  const uint32_t first_seed = Seed();
  for (uint32_t round = 0; round < 20; ++round) {
    SCOPED_TRACE(absl::StrCat("SRPCE_TEST_SEED=", first_seed + round));
    RandomNetwork network(first_seed + round);
    for (int step = 0; step < 400; ++step) {
      network.Step();
      if (network.Pick(3) == 0) {
        network.Check();
      }
      if (testing::Test::HasFatalFailure()) {
        return;
      }
    }
    network.CheckOldSnapshots();
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

}  // namespace
}  // namespace srpce::topology
