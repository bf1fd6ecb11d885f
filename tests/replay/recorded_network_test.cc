// The recorded session, through the BGP-LS source into a TED, against what its README says the
// network was.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/wire/bgp/message.h"
#include "plugins/topology_source/bgpls/intake.h"
#include "plugins/topology_source/bgpls/network_view.h"
#include "tests/support/builder_sink.h"
#include "tests/support/simulated_clock.h"

namespace srpce::bgpls_source {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using topology::LinkIndex;
using topology::Ted;
using topology::TedPtr;

// The UPDATEs of the file, in their order.
std::vector<wire::bgp::Update> ReadUpdates() {
  std::ifstream file(SRPCE_SOURCE_DIR "/tests/replay/bgpls/isis-8-routers.bgp", std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(file)), {});
  EXPECT_FALSE(octets.empty());
  wire::bgp::FrameBuffer buffer;
  buffer.Append(wire::AsBytes(octets));
  std::vector<wire::bgp::Update> updates;
  while (true) {
    const auto frame = buffer.Next(wire::bgp::kMaxExtendedLength);
    EXPECT_TRUE(frame.ok());
    if (!frame.ok() || !frame->has_value()) {
      return updates;
    }
    auto message = wire::bgp::Decode(**frame, {});
    EXPECT_TRUE(message.ok());
    if (auto* update = std::get_if<wire::bgp::Update>(&*message)) {
      updates.push_back(std::move(*update));
    }
  }
}

// Plays the session into a TED, as far as wanted.
class Replay {
 public:
  Replay() {
    intake_.OnUp(0, {});
    // To the end-of-RIB: what comes after it is the link that goes and returns.
    while (!intake_.FirstSyncDone() && next_ < updates_.size()) {
      Step();
    }
    Say(plugin::SyncBegin());
    view_.Apply(intake_.TakeChanges());
    for (const plugin::Statement& statement : view_.TakeChanges()) {
      Say(statement);
    }
    Say(plugin::SyncEnd());
  }

  // One more UPDATE. Returns how many statements came of it.
  size_t Next() {
    Step();
    view_.Apply(intake_.TakeChanges());
    const std::vector<plugin::Statement> statements = view_.TakeChanges();
    for (const plugin::Statement& statement : statements) {
      Say(statement);
    }
    return statements.size();
  }
  bool ended() const { return next_ == updates_.size(); }
  TedPtr ted() { return sink_.ted(); }
  std::vector<plugin::UnknownElement> odd() const { return oddities_.all(); }

 private:
  void Step() { intake_.OnUpdate(0, updates_[next_++]); }
  void Say(const plugin::Statement& statement) { EXPECT_TRUE(sink_.Send(statement).ok()); }

  const std::vector<wire::bgp::Update> updates_ = ReadUpdates();
  size_t next_ = 0;
  support::SimulatedClock clock_;
  Oddities oddities_;
  Intake intake_{{"r1"}, IntakeSettings(), clock_, oddities_};
  NetworkView view_{oddities_};
  support::BuilderSink sink_;
};

std::string Id(int router) { return absl::StrCat("10.255.0.", router); }

struct Router {
  int number;
  uint32_t srgb_first, srgb_size;
  uint8_t msd;
  bool srv6;
};
constexpr Router kRouters[] = {
    {1, 16000, 8000, 10, true},  {2, 16000, 8000, 10, true}, {3, 200000, 2000, 10, true},
    {4, 16000, 8000, 10, true},  {5, 16000, 8000, 5, true},  {6, 16000, 8000, 10, true},
    {7, 16000, 8000, 10, false}, {8, 16000, 8000, 10, true},
};

struct RecordedLink {
  int k, a, b;
  uint32_t igp_metric;
  int64_t delay_us;
  std::optional<uint32_t> te_metric = {};
  std::vector<uint32_t> admin_group = {};
  uint64_t capacity = 1'250'000;  // FRR's default, bytes per second.
};
const std::vector<RecordedLink>& Links() {
  static const auto* const kLinks = new std::vector<RecordedLink>{
      {0, 1, 2, 10, 1500, 100, {0x1}, 1'250'000'000},
      {1, 2, 3, 10, 2500, 100, {0x2}},
      {2, 3, 6, 20, 4000},
      {3, 1, 4, 15, 900, 50},
      {4, 4, 5, 15, 1100, std::nullopt, {0x80000001}},
      {5, 5, 6, 15, 1200},
      {6, 2, 5, 30, 700},
      {7, 2, 5, 30, 650},
      {8, 4, 7, 10, 300},
      {9, 7, 8, 10, 300},
      {10, 8, 6, 10, 300},
  };
  return *kLinks;
}

topology::LinkKey KeyOf(const RecordedLink& link, bool forward) {
  const std::string a = absl::StrCat("10.0.", link.k, ".1");
  const std::string b = absl::StrCat("10.0.", link.k, ".2");
  return forward ? topology::LinkKey{Id(link.a), Id(link.b), a, b}
                 : topology::LinkKey{Id(link.b), Id(link.a), b, a};
}

const topology::Link* Find(const Ted& ted, const topology::LinkKey& key) {
  const std::optional<LinkIndex> index = ted.FindLink(key);
  return index ? &ted.link(*index) : nullptr;
}

void CheckRouter(const Ted& ted, const Router& router) {
  SCOPED_TRACE(absl::StrCat("r", router.number));
  const auto index = ted.FindNode(Id(router.number));
  ASSERT_TRUE(index.has_value());
  const topology::Node& node = ted.node(*index);
  const topology::NodeAttributes& is = node.attributes;
  EXPECT_TRUE(node.known);
  EXPECT_EQ(node.id, Id(router.number));
  EXPECT_EQ(is.name, "vm");
  EXPECT_EQ(is.asn, std::nullopt) << "the recorded speaker tells of no AS";
  EXPECT_THAT(is.router_ids,
              ElementsAre(*IpAddress::Parse(Id(router.number)),
                          *IpAddress::Parse(absl::StrCat("fc00:0:", router.number, "::1"))));
  EXPECT_THAT(is.srgb, ElementsAre(topology::LabelRange{router.srgb_first, router.srgb_size}));
  ASSERT_TRUE(is.msd.has_value());
  EXPECT_EQ(is.msd->base_mpls_imposition, router.msd);
  EXPECT_THAT(is.multi_topology_ids, ElementsAre(0, 2));
  if (router.srv6) {
    const std::string locator = absl::StrCat("fcbb:bb00:", router.number, "::");
    ASSERT_THAT(is.locators, SizeIs(1));
    EXPECT_EQ(is.locators[0].prefix.ToString(), locator + "/48");
    ASSERT_THAT(is.srv6_sids, SizeIs(1));
    EXPECT_EQ(is.srv6_sids[0].sid.ToString(), locator);
    EXPECT_EQ(is.srv6_sids[0].behavior, 43) << "End with NEXT-CSID, RFC 9800";
  } else {
    EXPECT_THAT(is.locators, IsEmpty());
    EXPECT_THAT(is.srv6_sids, IsEmpty());
  }
  const auto sid = [&](uint32_t index) { return ted.FindPrefixSid(index, 0); };
  const auto number = static_cast<uint32_t>(router.number);
  EXPECT_THAT(sid(number), ElementsAre(*ted.FindNode(Id(router.number))));
  EXPECT_THAT(sid(1000 + number), ElementsAre(*ted.FindNode(Id(router.number))));
  for (const topology::Prefix& prefix : node.prefixes) {
    if (!prefix.attributes.sids.empty()) {
      EXPECT_TRUE(prefix.prefix.is_host());
      EXPECT_EQ(prefix.attributes.node_sid, true);
    }
  }
}

void CheckLink(const Ted& ted, const RecordedLink& want, bool forward) {
  const topology::LinkKey key = KeyOf(want, forward);
  SCOPED_TRACE(absl::StrCat("link ", want.k, " ", key.ToString()));
  const topology::Link* link = Find(ted, key);
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(link->key.remote_interface, key.remote_interface);
  EXPECT_TRUE(link->usable);
  ASSERT_TRUE(link->reverse.has_value());
  EXPECT_EQ(ted.link(*link->reverse).key.local_interface, key.remote_interface);
  const topology::LinkAttributes& is = link->attributes;
  EXPECT_EQ(is.igp_metric, want.igp_metric);
  EXPECT_EQ(is.te_metric, want.te_metric);
  EXPECT_EQ(is.delay, Microseconds(want.delay_us));
  EXPECT_EQ(is.admin_group.value_or(topology::AdminGroup()),
            topology::AdminGroup(want.admin_group));
  EXPECT_EQ(is.capacity, BytesPerSecond{want.capacity});
  EXPECT_EQ(is.delay_anomalous, false);
  EXPECT_THAT(is.adjacency_sids, IsEmpty());
  // r7 has no SRv6.
  const int from = forward ? want.a : want.b;
  EXPECT_THAT(is.srv6_sids, SizeIs(from == 7 ? 0 : 1));
}

void CheckNetwork(const Ted& ted, bool link1) {
  EXPECT_EQ(ted.known_node_count(), std::size(kRouters));
  EXPECT_EQ(ted.link_count(), 2 * Links().size() - (link1 ? 0 : 2)) << "each adjacency is one link";
  EXPECT_EQ(ted.usable_link_count(), ted.link_count());
  EXPECT_EQ(ted.stale_link_count(), 0U);
  for (const Router& router : kRouters) {
    CheckRouter(ted, router);
  }
  for (const RecordedLink& link : Links()) {
    if (link.k == 1 && !link1) {
      EXPECT_EQ(Find(ted, KeyOf(link, true)), nullptr);
      EXPECT_EQ(Find(ted, KeyOf(link, false)), nullptr);
      continue;
    }
    CheckLink(ted, link, true);
    CheckLink(ted, link, false);
  }
}

TEST(RecordedNetworkTest, IsWhatItsDescriptionSays) {
  Replay replay;
  CheckNetwork(*replay.ted(), /*link1=*/true);
  EXPECT_THAT(replay.odd(), IsEmpty());
}

TEST(RecordedNetworkTest, HasAllThatIsMeasuredOnLinks0And3) {
  Replay replay;
  const TedPtr ted = replay.ted();
  const topology::LinkAttributes link0 = Find(*ted, KeyOf(Links()[0], true))->attributes;
  EXPECT_EQ(link0.min_delay, Microseconds(1400));
  EXPECT_EQ(link0.max_delay, Microseconds(1700));
  EXPECT_EQ(link0.delay_variation, Microseconds(50));
  EXPECT_NEAR(*link0.loss, 1e-4, 3e-8) << "0.01 percent";
  EXPECT_EQ(link0.reservable, BytesPerSecond{1'250'000'000});
  const topology::LinkAttributes link3 = Find(*ted, KeyOf(Links()[3], false))->attributes;
  EXPECT_EQ(link3.available, BytesPerSecond{900'000'000});
}

TEST(RecordedNetworkTest, ParallelLinksKeepTheirOwnSids) {
  Replay replay;
  const TedPtr ted = replay.ted();
  const topology::Link* link6 = Find(*ted, KeyOf(Links()[6], true));
  const topology::Link* link7 = Find(*ted, KeyOf(Links()[7], true));
  ASSERT_THAT(link6->attributes.srv6_sids, SizeIs(1));
  ASSERT_THAT(link7->attributes.srv6_sids, SizeIs(1));
  EXPECT_NE(link6->attributes.srv6_sids[0].sid, link7->attributes.srv6_sids[0].sid);
  EXPECT_EQ(ted->FindSrv6Sid(link7->attributes.srv6_sids[0].sid)[0].link,
            ted->FindLink(KeyOf(Links()[7], true)));
}

TEST(RecordedNetworkTest, LinkOneGoesAndReturns) {
  Replay replay;
  EXPECT_EQ(replay.Next(), 2U) << "both directions, once each";
  CheckNetwork(*replay.ted(), /*link1=*/false);
  while (!replay.ended()) {
    replay.Next();
  }
  CheckNetwork(*replay.ted(), /*link1=*/true);
}

}  // namespace
}  // namespace srpce::bgpls_source
