// The engine's parts by themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "lib/pce/agenda.h"
#include "lib/pce/compute_pool.h"
#include "lib/pce/detour_filter.h"
#include "lib/pce/impact.h"
#include "lib/pce/policy_config.h"
#include "lib/pce/policy_index.h"
#include "lib/pce/store_writer.h"
#include "tests/support/build_ted.h"

namespace srpce::pce {
namespace {

using support::LinkOf;
using support::NodeOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using topology::LinkIndex;

TEST(ComputePoolTest, ConsumesInOrderWhateverThreadWorked) {
  ComputePool pool(4, nullptr);
  for (const size_t count : {0, 1, 7, 200}) {
    std::vector<int> squares(count);
    std::vector<size_t> order;
    pool.Run(
        count, [&](size_t i, cspf::Workspace&) { squares[i] = static_cast<int>(i * i); },
        [&](size_t i) {
          EXPECT_EQ(squares[i], static_cast<int>(i * i));
          order.push_back(i);
        },
        [] { return false; });
    std::vector<size_t> want(count);
    std::iota(want.begin(), want.end(), 0);
    EXPECT_EQ(order, want);
  }
}

TEST(ComputePoolTest, BeginsNoMoreWhenItIsEnoughAndConsumesWhatWasBegun) {
  for (const size_t threads : {1, 4}) {
    ComputePool pool(threads, nullptr);
    std::atomic<size_t> begun = 0;
    size_t consumed = 0;
    const size_t done = pool.Run(
        1000, [&](size_t, cspf::Workspace&) { ++begun; }, [&](size_t) { ++consumed; },
        [&] { return begun >= 10; });
    EXPECT_GE(done, 10U);
    EXPECT_LE(done, 10 + threads);
    EXPECT_EQ(consumed, done);
    EXPECT_EQ(begun.load(), done);
    const size_t one = pool.Run(
        5, [](size_t, cspf::Workspace&) {}, [](size_t) {}, [] { return true; });
    EXPECT_EQ(one, 1U);
  }
}

TEST(PolicyIndexTest, FollowsAPolicyFromPathToPath) {
  PolicyIndex index;
  PlannedPath before;
  before.links = {LinkIndex(1), LinkIndex(5)};
  PlannedPath after;
  after.links = {LinkIndex(5), LinkIndex(9)};
  after.legs.emplace_back();
  index.Replace(7, nullptr, &before);
  index.Replace(8, nullptr, &before);
  EXPECT_THAT(index.On(LinkIndex(1)), UnorderedElementsAre(7, 8));
  index.Replace(7, &before, &after);
  EXPECT_THAT(index.On(LinkIndex(1)), UnorderedElementsAre(8));
  EXPECT_THAT(index.On(LinkIndex(9)), UnorderedElementsAre(7));
  EXPECT_THAT(index.with_legs(), UnorderedElementsAre(7));
  index.Replace(7, &after, nullptr);
  EXPECT_THAT(index.On(LinkIndex(5)), UnorderedElementsAre(8));
  EXPECT_THAT(index.with_legs(), IsEmpty());
  EXPECT_THAT(index.On(LinkIndex(1000)), IsEmpty());
}

class AgendaTest : public testing::Test {
 protected:
  AgendaTest() {
    table_.SetUnitGone([this](Unit* unit) { agenda_.Drop(unit); });
  }
  Unit* Add(const std::string& endpoint, uint8_t priority) {
    auto intent = std::make_shared<policy::PolicyIntent>();
    intent->key = {.headend = "a", .color = 1, .endpoint = endpoint};
    intent->priority = priority;
    return table_.Adopt(intent).unit;
  }
  std::string Next() {
    const auto taken = agenda_.Take(1);
    return taken.empty() ? "" : taken[0].first->members.front()->intent->key.endpoint;
  }

  PolicyTable table_;
  Agenda agenda_;
};

TEST_F(AgendaTest, UrgencyThenPriorityThenKey) {
  agenda_.Add(Add("w", 1), {.urgency = Urgency::kImprove});
  agenda_.Add(Add("x", 50), {.urgency = Urgency::kTouched});
  agenda_.Add(Add("z", 20), {.urgency = Urgency::kTouched});
  agenda_.Add(Add("y", 20), {.urgency = Urgency::kTouched});
  EXPECT_EQ(Next(), "y");
  EXPECT_EQ(Next(), "z");
  EXPECT_EQ(Next(), "x");
  EXPECT_EQ(Next(), "w");
  EXPECT_EQ(Next(), "");
}

TEST_F(AgendaTest, KnowsWhetherBadNewsHasHitSomebodyWhoWaits) {
  EXPECT_FALSE(agenda_.HasUrgent());
  agenda_.Add(Add("w", 1), {.urgency = Urgency::kVerify});
  EXPECT_FALSE(agenda_.HasUrgent());
  for (const Urgency urgency : {Urgency::kTouched, Urgency::kBackup}) {
    agenda_.Add(Add("x", 1), {.urgency = urgency});
    EXPECT_TRUE(agenda_.HasUrgent());
    EXPECT_EQ(Next(), "x");
    EXPECT_FALSE(agenda_.HasUrgent());
  }
}

TEST_F(AgendaTest, JoinsOccasionsOfOneUnit) {
  Unit* unit = Add("x", 1);
  const MonotonicTime early{std::chrono::seconds(5)};
  const MonotonicTime late{std::chrono::seconds(9)};
  const MonotonicTime latest{std::chrono::seconds(10)};
  agenda_.Add(unit, {.need = Need::kReoptimize,
                     .urgency = Urgency::kImprove,
                     .trigger = "reoptimize",
                     .event_time = early});  // A link-down is not answered for since then.
  agenda_.Add(unit, {.need = Need::kVerify,
                     .urgency = Urgency::kTouched,
                     .trigger = "link-down",
                     .event_time = late});
  agenda_.Add(unit, {.need = Need::kVerify,
                     .urgency = Urgency::kTouched,
                     .trigger = "sla",
                     .event_time = latest});
  const auto taken = agenda_.Take(5);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].second.need, Need::kReoptimize);
  EXPECT_STREQ(taken[0].second.trigger, "link-down");
  EXPECT_EQ(taken[0].second.event_time, late);
}

TEST_F(AgendaTest, UnitThatIsAddedAgainKeepsItsPlaceAndOneThatWasTakenGoesBehind) {
  Unit* first = Add("x", 1);
  Unit* second = Add("y", 1);
  agenda_.Add(first, {});
  agenda_.Add(second, {});
  EXPECT_EQ(Next(), "x");
  agenda_.Add(first, {});
  agenda_.Add(second, {});
  EXPECT_EQ(Next(), "y");
}

// Three classes of work; the first two never end.
TEST_F(AgendaTest, NobodyIsOvertakenForEver) {
  std::vector<Unit*> busy;
  for (int i = 0; i < 40; ++i) {
    busy.push_back(Add(absl::StrCat("busy", i), 1));
  }
  Unit* const unimportant = Add("unimportant", 200);
  Unit* const wanted = Add("wanted", 1);
  agenda_.Add(unimportant, {.urgency = Urgency::kVerify});
  agenda_.Add(wanted, {.urgency = Urgency::kWanted});
  std::set<Unit*> served;
  for (int window = 0; window < 40; ++window) {
    for (Unit* unit : busy) {
      agenda_.Add(unit, {.urgency = Urgency::kVerify});
    }
    for (const auto& [unit, occasion] : agenda_.Take(8)) {
      served.insert(unit);
    }
  }
  EXPECT_EQ(served.size(), 42U);
}

TEST_F(AgendaTest, ForgetsUnitsThatGo) {
  Unit* unit = Add("x", 1);
  agenda_.Add(unit, {});
  agenda_.RetryAt(unit, MonotonicTime{});
  table_.Remove({.headend = "a", .color = 1, .endpoint = "x"});
  EXPECT_EQ(agenda_.size(), 0U);
  EXPECT_FALSE(agenda_.next_retry().has_value());
}

TEST(DetourFilterTest, BoundIsTheLeastWalkOverTheLink) {
  const topology::TedPtr ted = support::BuildTed(
      "a<->b igp 1\n"
      "b<->c igp 2\n"
      "c<->d igp 4\n"
      "a<->d igp 3\n");
  const DetourFilter filter(*ted, topology::MetricType::kIgp, {LinkOf(*ted, "b->c")});
  EXPECT_EQ(filter.Bound(NodeOf(*ted, "a"), NodeOf(*ted, "d")), 1 + 2 + 4);
  EXPECT_EQ(filter.Bound(NodeOf(*ted, "b"), NodeOf(*ted, "c")), 2U);
  // Against the link's direction one must come around to its tail.
  EXPECT_EQ(filter.Bound(NodeOf(*ted, "c"), NodeOf(*ted, "b")), 2 + 2 + 2);
}

class ImpactTest : public testing::Test {
 protected:
  ImpactTest() {
    source_ = *builder_.Connect({.name = "map", .hold_time = {}}, {});
    support::AddToBuilder("a<->b igp 10 delay 100\nb<->c igp 10 delay 100\n", builder_, source_);
    before_ = builder_.Publish().ted;
  }
  Impact Change(const std::string& link,
                const std::function<void(topology::LinkAttributes&)>& change) {
    topology::LinkAttributes attributes;
    change(attributes);
    EXPECT_TRUE(builder_
                    .SetLink(source_, before_->link(LinkOf(*before_, link)).key, attributes,
                             {.patch = true}, {})
                    .ok());
    const auto published = builder_.Publish();
    return Analyze(before_.get(), *published.ted, published.delta);
  }

  topology::TedBuilder builder_;
  topology::SourceId source_;
  topology::TedPtr before_;
};

TEST_F(ImpactTest, OneDirectionDownTakesBoth) {
  const Impact impact = Change("a->b", [](auto& link) { link.up = false; });
  ASSERT_EQ(impact.touched.size(), 2U);
  EXPECT_STREQ(impact.touched[0].trigger, "link-down");
  EXPECT_TRUE(impact.touched[1].bad);
  EXPECT_THAT(impact.shortened, IsEmpty());
  EXPECT_FALSE(impact.everything);
}

TEST_F(ImpactTest, TellsMetricFromDelayAndBetterFromWorse) {
  Impact impact = Change("a->b", [](auto& link) { link.igp_metric = 5; });
  EXPECT_STREQ(impact.touched[0].trigger, "metric");
  EXPECT_THAT(impact.shortened, ElementsAre(LinkOf(*before_, "a->b")));
  before_ = builder_.Publish().ted;
  impact = Change("a->b", [](auto& link) { link.min_delay = Microseconds(200); });
  EXPECT_STREQ(impact.touched[0].trigger, "sla");
  EXPECT_TRUE(impact.touched[0].bad);
  EXPECT_THAT(impact.shortened, IsEmpty());
}

TEST_F(ImpactTest, LostUpdateTouchesEverything) {
  ASSERT_FALSE(Change("a->b", [](auto& link) { link.igp_metric = 5; }).everything);
  EXPECT_TRUE(Change("a->b", [](auto& link) { link.igp_metric = 6; }).everything)
      << "the delta starts at a later snapshot than the one it is applied to";
  EXPECT_TRUE(Analyze(nullptr, *before_, {}).everything);
}

TEST(PolicyConfigTest, AddressesAndDecapsulationAreOfTheListsFamily) {
  const topology::TedPtr ted = support::BuildTed("a<->b igp 1\n");
  policy::PolicyIntent intent;
  intent.key = {.headend = "a", .color = 1, .endpoint = "b"};
  intent.candidate_paths.emplace_back();
  PlannedPath path;
  path.lists.emplace_back();
  plugin::PolicyConfig config = BuildConfig(*ted, intent, path);
  EXPECT_EQ(config.endpoint_address, *IpAddress::Parse("10.0.0.2"));
  EXPECT_THAT(config.steered_prefixes, ElementsAre(*IpPrefix::Parse("10.0.0.2/32")));
  EXPECT_FALSE(config.decapsulation_sid.has_value());

  path.lists[0].list.data_plane = cspf::DataPlane::kSrv6;
  intent.steered_prefixes = {*IpPrefix::Parse("2001:db8::/32")};
  config = BuildConfig(*ted, intent, path);
  EXPECT_EQ(config.endpoint_address, *IpAddress::Parse("fc00:0:2::1"));
  EXPECT_THAT(config.steered_prefixes, ElementsAre(*IpPrefix::Parse("2001:db8::/32")));
  EXPECT_EQ(config.decapsulation_sid, *Ipv6Address::Parse("fcbb:bb00:2:fd00::"));
}

// Holds commits up until they are let through.
class SlowStore final : public plugin::Store {
 public:
  std::string name() const override { return "slow"; }
  absl::StatusOr<plugin::StoreState> Load() override { return plugin::StoreState(); }
  absl::Status Commit(const plugin::StoreBatch& batch) override {
    entered.set_value();
    gate.get_future().wait();
    batches.push_back(batch);
    gate = {};
    entered = {};
    gate.set_value();
    return absl::OkStatus();
  }
  std::promise<void> entered;
  std::promise<void> gate;
  std::vector<plugin::StoreBatch> batches;
};

TEST(StoreWriterTest, InstalledStateIsMergedWhileTheStoreIsBusy) {
  SlowStore store;
  StoreWriter writer(store, [](const absl::Status&) {});
  std::future<void> entered = store.entered.get_future();
  writer.Start();
  const auto put = [&](uint32_t preference) {
    plugin::PolicyConfig config;
    config.key = {.headend = "a", .color = 1, .endpoint = "b"};
    config.preference = preference;
    writer.PutInstalled(std::make_shared<const plugin::PolicyConfig>(config));
  };
  put(1);
  entered.wait();  // It is busy with that.
  for (uint32_t preference = 2; preference <= 100; ++preference) {
    put(preference);
  }
  EXPECT_EQ(writer.queue_depth(), 1U);
  store.gate.set_value();
  writer.Stop();
  ASSERT_EQ(store.batches.size(), 2U);
  ASSERT_EQ(store.batches[1].put_installed.size(), 1U);
  EXPECT_EQ(store.batches[1].put_installed[0].preference, 100U);
}

// Keeps revisions, unless it is told to refuse.
class RevisionStore final : public plugin::Store {
 public:
  std::string name() const override { return "revisions"; }
  absl::StatusOr<plugin::StoreState> Load() override { return plugin::StoreState(); }
  absl::Status Commit(const plugin::StoreBatch& batch) override {
    if (refusing) {
      return absl::ResourceExhaustedError("disk full");
    }
    revision = std::max(revision, batch.revision);
    return absl::OkStatus();
  }
  bool refusing = false;
  uint64_t revision = 0;
};

TEST(StoreWriterTest, CeilingIsStoredBeforeARevisionIsGivenOut) {
  RevisionStore store;
  StoreWriter writer(store, [](const absl::Status&) {});
  const uint64_t first = writer.Reserve(7, WallTime{});
  EXPECT_GE(first, 7U);
  EXPECT_GT(store.revision, first);
}

TEST(StoreWriterTest, RevisionsThatNoStoreBoundsAreNeverThoseOfAnotherStart) {
  RevisionStore store;
  store.refusing = true;
  const WallTime noon{std::chrono::hours(500'000)};
  StoreWriter writer(store, [](const absl::Status&) {});
  const uint64_t unbounded = writer.Reserve(7, noon);
  const uint64_t later = writer.Reserve(7, noon + std::chrono::minutes(1));
  EXPECT_GT(later, unbounded + 1'000'000) << "a watcher of the first is behind all history";
  store.refusing = false;
  EXPECT_LT(writer.Reserve(7, noon + std::chrono::minutes(2)) + 1'000'000, unbounded)
      << "a watcher of the first is ahead of all";
}

// A deletion that the store refuses must not take along what was installed meanwhile.
TEST(StoreWriterTest, FailedRemovalForgetsNothing) {
  class Refuser final : public plugin::Store {
   public:
    std::string name() const override { return "refuser"; }
    absl::StatusOr<plugin::StoreState> Load() override { return plugin::StoreState(); }
    absl::Status Commit(const plugin::StoreBatch& batch) override {
      if (refusing) {
        return absl::ResourceExhaustedError("disk full");
      }
      installed += batch.put_installed.size();
      return absl::OkStatus();
    }
    std::atomic<bool> refusing = true;
    size_t installed = 0;
  } store;
  StoreWriter writer(store, [](const absl::Status&) {});
  writer.Start();
  plugin::PolicyConfig config;
  config.key = {.headend = "a", .color = 1, .endpoint = "b"};
  writer.PutInstalled(std::make_shared<const plugin::PolicyConfig>(config));
  plugin::StoreBatch batch;
  batch.remove = {config.key};
  std::promise<absl::Status> answer;
  writer.Commit(batch, [&](const absl::Status& status) { answer.set_value(status); });
  EXPECT_FALSE(answer.get_future().get().ok());
  store.refusing = false;
  writer.Stop();
  EXPECT_EQ(store.installed, 1U);
}

TEST(StoreWriterTest, CommitsInOrderAndCancelsNothingOnStop) {
  class Recorder final : public plugin::Store {
   public:
    std::string name() const override { return "recorder"; }
    absl::StatusOr<plugin::StoreState> Load() override { return plugin::StoreState(); }
    absl::Status Commit(const plugin::StoreBatch& batch) override {
      for (const auto& key : batch.remove) {
        colors.push_back(key.color);
      }
      return absl::OkStatus();
    }
    std::vector<uint32_t> colors;
  } store;
  StoreWriter writer(store, [](const absl::Status&) {});
  writer.Start();
  int answered = 0;
  for (uint32_t color = 1; color <= 3; ++color) {
    plugin::StoreBatch batch;
    batch.remove = {{.headend = "a", .color = color, .endpoint = "b"}};
    writer.Commit(batch, [&](const absl::Status& status) { answered += status.ok() ? 1 : 0; });
  }
  writer.Stop();
  EXPECT_THAT(store.colors, ElementsAre(1, 2, 3));
  EXPECT_EQ(answered, 3);
}

}  // namespace
}  // namespace srpce::pce
