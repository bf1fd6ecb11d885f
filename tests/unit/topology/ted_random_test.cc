// Three sources do random things to a small network, some of it said to be stale; after each
// publish the TED is compared with the naive model in every attribute, arc and look-up, the delta
// with the difference of the two snapshots, and old snapshots with what they were.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/topology/ted_builder.h"
#include "tests/support/seed.h"
#include "tests/unit/topology/naive_ted.h"
#include "tests/unit/topology/ted_compare.h"
#include "tests/unit/topology/ted_text_dump.h"

namespace srpce::topology {
namespace {

constexpr int kNodes = 6;
constexpr int kCables = 12;

struct Cable {
  LinkKey forward;
  LinkKey backward;
};

std::string AddressText(uint32_t i) { return absl::StrCat("10.9.0.", i); }

// Every other one reads as a router id: those rank as numbers.
std::string NodeId(uint32_t i) {
  return i % 2 == 0 ? absl::StrCat("n", i) : absl::StrCat("192.0.2.", 8 + i);
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
  LinkKey RandomInterface();
  void CheckCounts();
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
    // Some interfaces are named by an address, which may be that of another link.
    const std::string x = i % 3 == 0 ? AddressText(i) : absl::StrCat("x", i);
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
    definition.unsupported = Chance(25);
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
  if (Chance(20)) a.local_address = *IpAddress::Parse(AddressText(Pick(6)));
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
  if (Chance(25)) {
    return RandomInterface();
  }
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

// Of a link, of an address, or of nothing.
LinkKey RandomNetwork::RandomInterface() {
  const Cable& cable = cables_[Pick(kCables)];
  if (Chance(60)) {
    LinkKey key = Chance(50) ? cable.forward : cable.backward;
    key.remote_node.clear();
    // An address may be that of another link as well, whose far interface is another.
    if (Chance(70) || IpAddress::Parse(key.local_interface).ok()) key.remote_interface.clear();
    return key;
  }
  return {NodeId(Pick(kNodes)), "",
          Chance(75) ? AddressText(Pick(6)) : cable.forward.local_interface, ""};
}

void RandomNetwork::SetNode() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    const NodeAttributes attributes = RandomNode();
    const bool patch = Chance(30);
    const bool stale = Chance(20);
    ASSERT_EQ(builder_.SetNode(*feed->id, id, attributes, {.patch = patch, .stale = stale}, now_),
              absl::OkStatus());
    naive_.SetNode(feed->name, id, attributes, patch, stale);
  }
}

void RandomNetwork::SetLink() {
  if (Feed* feed = LiveFeed()) {
    const LinkKey key = RandomKey();
    const LinkAttributes attributes = RandomLink();
    const bool patch = Chance(50);
    const bool stale = Chance(20);
    ASSERT_EQ(builder_.SetLink(*feed->id, key, attributes, {.patch = patch, .stale = stale}, now_),
              absl::OkStatus());
    naive_.SetLink(feed->name, key, attributes, patch, stale);
  }
}

void RandomNetwork::SetPrefix() {
  if (Feed* feed = LiveFeed()) {
    const std::string id = NodeId(Pick(kNodes));
    const IpPrefix prefix = AnyPrefix();
    const PrefixAttributes attributes = RandomPrefix();
    const bool patch = Chance(30);
    const bool stale = Chance(20);
    ASSERT_EQ(builder_.SetPrefix(*feed->id, id, prefix, attributes,
                                 {.patch = patch, .stale = stale}, now_),
              absl::OkStatus());
    naive_.SetPrefix(feed->name, id, prefix, attributes, patch, stale);
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
  CompareSnapshot(*last_, *ted, want);
  CompareDelta(*last_, *ted, delta);
  ASSERT_EQ(builder_.half_known_link_count(), want.half_known_links);
  CheckCounts();
  if (ted != last_ && Chance(10)) {
    old_.emplace_back(ted, DumpTed(*ted));
  }
  last_ = ted;
}

void RandomNetwork::CheckCounts() {
  std::map<std::string, std::array<size_t, 3>> counts;
  for (const SourceStatus& source : builder_.sources()) {
    counts[source.options.name] = {source.nodes, source.links, source.prefixes};
  }
  ASSERT_EQ(counts, naive_.Counts());
}

TEST(TedRandomTest, AgreesWithTheNaiveModel) {
  const auto first_seed = static_cast<uint32_t>(support::TestSeed(20240607));
  for (uint32_t round = 0; round < 40; ++round) {
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
