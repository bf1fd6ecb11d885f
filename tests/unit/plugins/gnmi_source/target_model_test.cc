#include "plugins/topology_source/gnmi/target_model.h"

#include <gmock/gmock.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/gnmi/source_config.h"
#include "tests/support/temporary_folder.h"

namespace srpce::gnmi_source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kMapping[] = R"(
name: m
subscriptions:
  - {path: /if/i/state, mode: on_change, age_limit_ms: 60000}
  - {path: /if/i/counters, mode: sample, interval_ms: 10000, age_limit_ms: 60000}
values:
  - {path: /if/i/state/up, interface: i.name, attribute: up, map: {UP: true, DOWN: false}}
  - {path: "/if/i/state/address[ip=*]/ip", interface: i.name, attribute: address}
  - {path: /if/i/state/speed, interface: i.name, attribute: capacity}
  - {path: /if/i/state/a-bit, interface: i.name, attribute: delay_anomalous}
  - {path: /if/i/counters/delay, interface: i.name, attribute: delay}
  - {path: /if/i/counters/min, interface: i.name, attribute: min_delay}
  - {path: /if/i/counters/max, interface: i.name, attribute: max_delay}
  - {path: /if/i/counters/octets, interface: i.name, attribute: octets}
  - {path: /if/i/counters/unicast, interface: i.name, attribute: packets}
  - {path: /if/i/counters/multicast, interface: i.name, attribute: packets}
  - {path: /if/i/counters/discards, interface: i.name, attribute: lost_packets}
)";

// "link a: up delay 5": what was said, one a line.
std::string Text(const plugin::Statement& statement) {
  if (const auto* gone = std::get_if<plugin::LinkRemoval>(&statement)) {
    return absl::StrCat(gone->key.local_interface, ": gone");
  }
  const auto* link = std::get_if<plugin::LinkStatement>(&statement);
  if (link == nullptr) {
    return "?";
  }
  EXPECT_EQ(link->key.local_node, "r1");
  EXPECT_EQ(link->key.remote_node, "");
  EXPECT_FALSE(link->patch);
  const topology::LinkAttributes& a = link->attributes;
  std::string text = link->key.local_interface + ":";
  const auto delay = [&](const char* name, const std::optional<Microseconds>& d) {
    if (d) absl::StrAppend(&text, " ", name, " ", d->count());
  };
  if (a.up) text += *a.up ? " up" : " down";
  delay("delay", a.delay);
  delay("min", a.min_delay);
  delay("max", a.max_delay);
  if (a.delay_anomalous) text += *a.delay_anomalous ? " A" : " a";
  if (a.loss) absl::StrAppend(&text, " loss ", *a.loss);
  if (a.capacity) absl::StrAppend(&text, " of ", a.capacity->value);
  if (a.available) absl::StrAppend(&text, " free ", a.available->value);
  return text;
}

class TargetModelTest : public testing::Test {
 protected:
  void SetUp() override { Configure("smoothing: {time_constant_ms: 0}\n"); }

  void Configure(const std::string& tuning, const std::string& more = "") {
    (void)folder_.Write("m.yaml", kMapping);
    const auto config = LoadSourceConfig(
        folder_.Write("t.yaml", "mapping_files: [m.yaml]\n" + tuning +
                                    "targets:\n  - name: t\n    address: \"h:1\"\n    node: r1\n"
                                    "    mappings: [m]\n    insecure: true\n" +
                                    more));
    ASSERT_TRUE(config.ok()) << config.status();
    config_ = *config;
    model_ = std::make_unique<TargetModel>(config_.file.targets(0), config_.file,
                                           config_.plans[0].rules);
    model_->BeginSession(now_);
  }
  void Synced() { model_->OnSync(now_); }

  static void Put(gnmi::Notification& n, const std::string& path, const Scalar& value) {
    gnmi::Update& update = *n.add_update();
    *update.mutable_path() = ToProto(*ParsePath(path));
    gnmi::TypedValue& to = *update.mutable_val();
    if (const auto* text = std::get_if<std::string>(&value)) to.set_string_val(*text);
    if (const auto* number = std::get_if<double>(&value)) to.set_double_val(*number);
    if (const auto* number = std::get_if<int64_t>(&value)) to.set_int_val(*number);
    if (const auto* number = std::get_if<uint64_t>(&value)) to.set_uint_val(*number);
    if (const auto* truth = std::get_if<bool>(&value)) to.set_bool_val(*truth);
  }
  // One notification of interface `name`: leaves below /if/i[name].
  bool Say(const std::vector<std::pair<std::string, Scalar>>& leaves,
           const std::string& name = "eth0") {
    gnmi::Notification n;
    n.set_timestamp(timestamp_ns_ + (now_ - MonotonicTime()).count());
    for (const auto& [leaf, value] : leaves) {
      Put(n, absl::StrCat("/if/i[name=", name, "]/", leaf), value);
    }
    return model_->Apply(n, now_);
  }
  void Delete(const std::string& path) {
    gnmi::Notification n;
    *n.add_delete_() = ToProto(*ParsePath(path));
    (void)model_->Apply(n, now_);
  }
  std::vector<std::string> Collect() {
    std::vector<std::string> said;
    for (const plugin::Statement& statement : model_->Collect(now_)) {
      if (const auto* link = std::get_if<plugin::LinkStatement>(&statement)) {
        topology::LinkKey key = link->key;
        key.remote_node = "any";
        EXPECT_TRUE(topology::ValidateLink(key, link->attributes).ok());
      }
      said.push_back(Text(statement));
    }
    return said;
  }
  std::vector<std::string> After(double seconds) {
    now_ += std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    return Collect();
  }

  support::TemporaryFolder folder_;
  SourceConfig config_;
  std::unique_ptr<TargetModel> model_;
  MonotonicTime now_ = MonotonicTime(std::chrono::hours(1));
  int64_t timestamp_ns_ = 1'700'000'000'000'000'000;
};

TEST_F(TargetModelTest, NothingIsSaidBeforeTheTargetHasSaidAll) {
  Say({{"state/up", std::string("UP")}});
  EXPECT_THAT(After(1), IsEmpty());
  Say({{"state/address[ip=10.0.0.1]/ip", std::string("10.0.0.1")}});
  Synced();
  EXPECT_THAT(After(1), ElementsAre("10.0.0.1: up"));
}

TEST_F(TargetModelTest, ATargetThatNeverSaysSoIsBelievedAfterAWhile) {
  Say({{"state/up", std::string("UP")}});
  EXPECT_THAT(After(9), IsEmpty());
  EXPECT_THAT(After(2), ElementsAre("eth0: up"));
}

TEST_F(TargetModelTest, AnInterfaceIsCalledByItsLowestIpv4Address) {
  Synced();
  Say({{"state/up", std::string("UP")}});
  EXPECT_THAT(After(1), ElementsAre("eth0: up"));
  Say({{"state/address[ip=fe80::1]/ip", std::string("fe80::1")}});
  EXPECT_THAT(After(1), IsEmpty());
  Say({{"state/address[ip=2001:db8::1]/ip", std::string("2001:db8::1")}});
  EXPECT_THAT(After(1), ElementsAre("eth0: gone", "2001:db8::1: up"));
  Say({{"state/address[ip=10.0.0.9]/ip", std::string("10.0.0.9")},
       {"state/address[ip=10.0.0.3]/ip", std::string("10.0.0.3")}});
  EXPECT_THAT(After(1), ElementsAre("2001:db8::1: gone", "10.0.0.3: up"));
  Delete("/if/i[name=eth0]/state/address[ip=10.0.0.3]");
  EXPECT_THAT(After(1), ElementsAre("10.0.0.3: gone", "10.0.0.9: up"));
}

TEST_F(TargetModelTest, TheConfiguredAddressGoesBeforeWhatTheTargetSays) {
  Configure("", "    interfaces: [{name: eth0, address: 192.0.2.1}]\n");
  Synced();
  Say({{"state/up", std::string("UP")},
       {"state/address[ip=10.0.0.9]/ip", std::string("10.0.0.9")}});
  EXPECT_THAT(After(1), ElementsAre("192.0.2.1: up"));
}

TEST_F(TargetModelTest, DownGoesAtOnceAndWakesUpIsGathered) {
  Synced();
  EXPECT_FALSE(Say({{"state/up", std::string("UP")}}));
  EXPECT_THAT(After(0.05), ElementsAre("eth0: up"));
  EXPECT_TRUE(Say({{"state/up", std::string("DOWN")}}));
  EXPECT_THAT(Collect(), ElementsAre("eth0: down"));
  EXPECT_FALSE(Say({{"state/up", std::string("UP")}}));
  EXPECT_THAT(After(0.3), IsEmpty()) << "within min_interval_ms";
  EXPECT_THAT(After(1), ElementsAre("eth0: up"));
}

TEST_F(TargetModelTest, UtilisationComesFromTheSecondSample) {
  Synced();
  Say({{"state/speed", 8e9}, {"counters/octets", uint64_t{5'000'000'000}}});
  EXPECT_THAT(After(10), ElementsAre("eth0: of 1000000000"));
  Say({{"counters/octets", uint64_t{7'000'000'000}}});
  EXPECT_THAT(After(10), ElementsAre("eth0: of 1000000000 free 800000000"));
  Say({{"counters/octets", uint64_t{100}}});  // The line card restarted.
  EXPECT_THAT(After(10), IsEmpty());
  Say({{"counters/octets", uint64_t{4'000'000'100}}});
  EXPECT_THAT(After(10), ElementsAre("eth0: of 1000000000 free 600000000"));
  EXPECT_EQ(model_->counters().restarts, 1U);
}

TEST_F(TargetModelTest, LossIsWhatWasLostOfWhatWasToBeSentOverTheSameTime) {
  Synced();
  const auto sample = [&](uint64_t unicast, uint64_t multicast, uint64_t discards) {
    // One leaf a notification, as some targets do.
    Say({{"counters/unicast", unicast}});
    Say({{"counters/discards", discards}});
    Say({{"counters/multicast", multicast}});
  };
  sample(1000, 0, 5);
  EXPECT_THAT(After(10), IsEmpty());
  sample(1900, 100, 15);
  EXPECT_THAT(After(10), ElementsAre("eth0: loss 0.01"));
  sample(1900, 100, 15);
  EXPECT_THAT(After(10), IsEmpty()) << "nothing sent, nothing known";
}

TEST_F(TargetModelTest, CountersThatAreNotRepeatedDoNotHoldUpTheOthers) {
  Synced();
  Say({{"counters/unicast", uint64_t{1000}},
       {"counters/discards", uint64_t{10}},
       {"counters/multicast", uint64_t{7}}});
  (void)After(10);
  Say({{"counters/unicast", uint64_t{2000}}});
  EXPECT_THAT(After(10), IsEmpty());
  Say({{"counters/unicast", uint64_t{3000}}});
  EXPECT_THAT(After(10), ElementsAre("eth0: loss 0"));
}

TEST_F(TargetModelTest, SmallChangesWaitAndGetOutInTheEnd) {
  Synced();
  Say({{"counters/delay", 1000.0}});
  EXPECT_THAT(After(1), ElementsAre("eth0: delay 1000"));
  Say({{"counters/delay", 1050.0}});
  EXPECT_THAT(After(5), IsEmpty());
  Say({{"counters/delay", 1150.0}});  // Above 10 % and above 100 us.
  EXPECT_THAT(After(5), ElementsAre("eth0: delay 1150"));
  std::string said;
  for (int i = 0; i < 13; ++i) {  // Small and lasting: after max_wait_ms, 120 s.
    Say({{"counters/delay", 1200.0}});
    said += After(10).empty() ? "-" : "+";
  }
  EXPECT_EQ(said, "------------+");
}

TEST_F(TargetModelTest, AChangeThatGoesBackIsNoChange) {
  Synced();
  Say({{"counters/delay", 1000.0}});
  (void)After(1);
  for (int i = 0; i < 40; ++i) {
    Say({{"counters/delay", i % 2 == 0 ? 1050.0 : 1000.0}});
    EXPECT_THAT(After(10), IsEmpty()) << i;
  }
}

TEST_F(TargetModelTest, DelaysAreSmoothed) {
  Configure("smoothing: {time_constant_ms: 10000}\n");
  Synced();
  Say({{"counters/delay", 1000.0}});
  EXPECT_THAT(After(10), ElementsAre("eth0: delay 1000"));
  Say({{"counters/delay", 11000.0}});
  EXPECT_THAT(After(10), ElementsAre(absl::StrCat("eth0: delay ",
                                                  std::lround(1000 + 10000 * (1 - std::exp(-1))))));
}

TEST_F(TargetModelTest, TheABitFollowsTheThresholdsAndTheTarget) {
  Configure("smoothing: {time_constant_ms: 0}\nanomaly: {threshold_us: 5000, reuse_us: 4000}\n");
  Synced();
  Say({{"counters/delay", 4900.0}});
  EXPECT_THAT(After(1), ElementsAre("eth0: delay 4900 a"));
  EXPECT_TRUE(Say({{"counters/delay", 5001.0}})) << "bad news, though dampening would hold it";
  EXPECT_THAT(Collect(), ElementsAre("eth0: delay 5001 A"));
  EXPECT_FALSE(Say({{"counters/delay", 4600.0}}));
  EXPECT_THAT(After(2), IsEmpty()) << "between reuse and threshold, and a small change";
  Say({{"counters/delay", 3999.0}});
  EXPECT_THAT(After(2), ElementsAre("eth0: delay 3999 a"));
  EXPECT_TRUE(Say({{"state/a-bit", true}}));
  EXPECT_THAT(Collect(), ElementsAre("eth0: delay 3999 A"));
}

TEST_F(TargetModelTest, ValuesGrowOldOneByOne) {
  Synced();
  Say({{"state/up", std::string("UP")}, {"counters/delay", 1000.0}});
  EXPECT_THAT(After(1), ElementsAre("eth0: up delay 1000"));
  EXPECT_THAT(After(58), IsEmpty());
  EXPECT_THAT(After(2), ElementsAre("eth0: up")) << "the delay of BGP-LS counts again";
  EXPECT_THAT(After(3600), IsEmpty()) << "on change: true while the target is there";
  model_->EndSession(now_);
  EXPECT_THAT(After(59), IsEmpty());
  EXPECT_THAT(After(2), ElementsAre("eth0: gone"));
  EXPECT_EQ(model_->leaf_count(), 0U);
}

TEST_F(TargetModelTest, ATargetThatFailsAgainAndAgainDoesNotKeepItsValuesYoung) {
  Synced();
  Say({{"state/up", std::string("UP")}});
  (void)After(1);
  std::vector<std::string> said;
  for (int i = 0; i < 7 && said.empty(); ++i) {
    model_->EndSession(now_);
    said = After(5);
    model_->BeginSession(now_);
    const auto more = After(5);
    said.insert(said.end(), more.begin(), more.end());
  }
  model_->EndSession(now_);
  (void)said;
  EXPECT_EQ(model_->leaf_count(), 0U);
}

TEST_F(TargetModelTest, WhatANewSessionDoesNotRepeatIsGone) {
  Synced();
  Say({{"state/up", std::string("UP")}});
  Say({{"state/up", std::string("UP")}}, "eth1");
  EXPECT_EQ(After(1).size(), 2U);
  model_->EndSession(now_);
  model_->BeginSession(now_);
  Say({{"state/up", std::string("UP")}}, "eth1");
  EXPECT_THAT(After(1), IsEmpty());
  Synced();
  EXPECT_THAT(After(1), ElementsAre("eth0: gone"));
}

TEST_F(TargetModelTest, DeletedPathsTakeWhatIsBelowThem) {
  Synced();
  Say({{"state/up", std::string("UP")}, {"counters/delay", 10.0}});
  Say({{"state/up", std::string("UP")}, {"counters/delay", 10.0}}, "eth1");
  EXPECT_EQ(After(1).size(), 2U);
  Delete("/if/i[name=eth0]/state");
  EXPECT_THAT(After(2), ElementsAre("eth0: delay 10"));
  Delete("/if/i[name=eth9]");
  Delete("/somewhere/else");
  EXPECT_THAT(After(2), IsEmpty());
  Delete("/if/i");
  EXPECT_THAT(After(2), testing::UnorderedElementsAre("eth0: gone", "eth1: gone"));
}

TEST_F(TargetModelTest, AnAtomicNotificationIsAllThereIsBelowItsPrefix) {
  Synced();
  Say({{"state/up", std::string("UP")}, {"state/speed", 8e9}});
  EXPECT_THAT(After(1), ElementsAre("eth0: up of 1000000000"));
  gnmi::Notification n;
  n.set_atomic(true);
  *n.mutable_prefix() = ToProto(*ParsePath("/if/i[name=eth0]/state"));
  Put(n, "/up", std::string("UP"));
  (void)model_->Apply(n, now_);
  EXPECT_THAT(After(2), ElementsAre("eth0: up"));
}

TEST_F(TargetModelTest, JsonOfAWholeListIsTaken) {
  Synced();
  gnmi::Notification n;
  n.set_timestamp(1);
  *n.mutable_prefix() = ToProto(*ParsePath("/m:if"));
  gnmi::Update& update = *n.add_update();
  update.mutable_val()->set_json_ietf_val(
      R"({"m:i": [{"name": "a", "state": {"up": "UP", "speed": "8000000"}, "counters": {"delay": 70}},
                  {"name": "b", "state": {"up": 7}}, {"state": {"up": "UP"}},
                  {"name": "c", "state": {"up": "DOWN"}}]})");
  (void)model_->Apply(n, now_);
  EXPECT_THAT(After(1), testing::UnorderedElementsAre("a: up delay 70 of 1000000", "c: down"));
  EXPECT_GE(model_->counters().refused, 2U);
}

TEST_F(TargetModelTest, LiesAreCountedWithAnExampleAndHarmNobodyElse) {
  Synced();
  Say({{"state/up", std::string("UP")}});
  (void)After(1);
  Say({{"counters/delay", std::nan("")},
       {"counters/min", -5.0},
       {"counters/max", 1e300},
       {"counters/octets", std::string("many")},
       {"state/up", std::string(1 << 20, 'U')},
       {"counters/unknown", 1.0}});
  Say({{"state/up", std::string("UP")}}, std::string(1 << 20, 'n'));
  EXPECT_THAT(After(1), IsEmpty());
  EXPECT_EQ(model_->counters().refused, 6U);
  EXPECT_EQ(model_->counters().unmapped, 1U);
  const auto& oddities = model_->oddities();
  ASSERT_TRUE(oddities.contains("value /if/i/counters/delay"));
  EXPECT_THAT(oddities.at("value /if/i/counters/delay").text, HasSubstr("got nan times 1, want 0"));
  EXPECT_EQ(oddities.at("path /if/i/counters/unknown").where, "/if/i[name=eth0]/counters/unknown");
  for (const auto& [key, oddity] : oddities) {
    EXPECT_LE(oddity.text.size() + oddity.where.size(), 2000U) << key;
  }
}

TEST_F(TargetModelTest, NoMoreInterfacesThanAllowed) {
  Configure("", "    max_interfaces: 3\n");
  Synced();
  for (int i = 0; i < 10; ++i) {
    Say({{"state/up", std::string("UP")}}, absl::StrCat("eth", i));
  }
  EXPECT_EQ(After(1).size(), 3U);
  EXPECT_EQ(model_->counters().refused, 7U);
  for (int i = 0; i < 1000; ++i) {
    Say({{absl::StrCat("state/address[ip=", i, "]/ip"), std::string("10.0.0.1")}}, "eth0");
  }
  EXPECT_LE(model_->leaf_count(), 3U * 40);
}

TEST_F(TargetModelTest, MinimumIsNeverSaidAboveMaximum) {
  Synced();
  Say({{"counters/min", 900.0}});
  Say({{"counters/max", 100.0}});
  EXPECT_THAT(After(1), ElementsAre("eth0: min 900 max 900"));
}

TEST_F(TargetModelTest, ASinkThatKnowsNothingIsToldAll) {
  Synced();
  Say({{"state/up", std::string("UP")}});
  Say({{"state/up", std::string("DOWN")}}, "eth1");
  EXPECT_EQ(After(1).size(), 2U);
  std::vector<std::string> all;
  for (const plugin::Statement& statement : model_->All(now_)) {
    all.push_back(Text(statement));
  }
  EXPECT_THAT(all, ElementsAre("eth0: up", "eth1: down"));
}

}  // namespace
}  // namespace srpce::gnmi_source
