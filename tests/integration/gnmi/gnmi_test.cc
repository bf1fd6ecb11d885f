// The gnmi source against a router over real gRPC: one that behaves, and ones that do not.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "plugins/topology_source/gnmi/gnmi_source.h"
#include "tests/integration/gnmi/recording_sink.h"
#include "tests/support/gnmi_target.h"
#include "tests/support/temporary_folder.h"

namespace srpce {
namespace {

using support::AddJson;
using support::AddValue;
using support::GnmiTarget;
using testing::HasSubstr;
using State = RecordingSink::State;

constexpr char kInterface[] = "/openconfig-interfaces:interfaces/interface[name=Gi0]";
constexpr char kAddress[] =
    "/interfaces/interface[name=Gi0]/subinterfaces/subinterface[index=0]/ipv4/addresses/"
    "address[ip=10.0.0.1]/state/ip";

// A source that runs against a sink, on a thread as a host has it.
class Running {
 public:
  explicit Running(plugin::TopologySource& source) : thread_([&] { (void)source.Run(sink); }) {}
  ~Running() {
    sink.Stop();
    thread_.join();
  }
  RecordingSink sink;

 private:
  std::thread thread_;
};

class GnmiTest : public testing::Test {
 protected:
  // One target named "r1", node "n1", with `more` in its entry.
  void StartSource(const std::string& address, const std::string& more = "insecure: true",
                   const std::string& tuning = "") {
    const std::string file = folder_.Write(
        "targets.yaml",
        absl::StrCat("mapping_files: [", SRPCE_SOURCE_DIR,
                     "/configs/gnmi/openconfig-interfaces.yaml, ", SRPCE_SOURCE_DIR,
                     "/configs/gnmi/openconfig-isis.yaml, ", SRPCE_SOURCE_DIR,
                     "/configs/gnmi/iosxr-perf-meas.yaml", extra_mapping_, "]\n",
                     "smoothing: {time_constant_ms: 0}\ndampening: {min_interval_ms: 0}\n", tuning,
                     "targets:\n  - {name: r1, address: \"", address, "\", node: n1, mappings: [",
                     mappings_, "], first_backoff_ms: 10, max_backoff_ms: 50, variables: ",
                     "{isis_system_id: 0000.0000.0001}, ", more, "}\n"));
    auto source = gnmi_source::GnmiSource::Make({{"targets", file}}, clock_);
    ASSERT_TRUE(source.ok()) << source.status();
    source_ = *std::move(source);
    running_ = std::make_unique<Running>(*source_);
  }
  void TearDown() override { running_.reset(); }

  // Up, with an address and 10 Gbit/s.
  static void Introduce(GnmiTarget& target) {
    gnmi::Notification n;
    n.set_timestamp(kStart);
    AddJson(n, std::string(kInterface) + "/state/oper-status", "\"UP\"");
    AddJson(n, std::string(kInterface) + "/ethernet/state/port-speed",
            "\"openconfig-if-ethernet:SPEED_10GB\"");
    AddJson(n, kAddress, "\"10.0.0.1\"");
    target.Send(n);
    target.SendSync();
  }
  static void SendCounters(GnmiTarget& target, int64_t seconds, uint64_t octets, uint64_t packets,
                           uint64_t lost) {
    gnmi::Notification n;
    n.set_timestamp(kStart + seconds * 1'000'000'000);
    AddJson(n, std::string(kInterface) + "/state/counters",
            absl::StrCat(R"({"out-octets": ")", octets, R"(", "out-unicast-pkts": ")", packets,
                         R"(", "out-discards": ")", lost, R"(", "in-octets": "7"})"));
    target.Send(n);
  }
  bool AwaitLink(const std::function<bool(const topology::LinkAttributes&)>& reached) {
    return running_->sink.Await([&](const State& state) {
      const auto link = state.links.find("n1 10.0.0.1");
      return link != state.links.end() && reached(link->second);
    });
  }
  bool AwaitUp(bool up) {
    return AwaitLink([up](const auto& link) { return link.up == up; });
  }
  bool AwaitDetail(const std::string& text) {
    return running_->sink.Await([&](const State& state) {
      return !state.report.peers.empty() && absl::StrContains(state.report.peers[0].detail, text);
    });
  }
  bool AwaitCounter(const std::string& name, uint64_t at_least) {
    return running_->sink.Await([&](const State& state) {
      for (const auto& counter : state.report.counters) {
        if (counter.name == name) return counter.value >= at_least;
      }
      return false;
    });
  }

  static constexpr int64_t kStart = 1'700'000'000'000'000'000;
  support::TemporaryFolder folder_;
  const SystemClock clock_;
  std::string mappings_ = "openconfig-interfaces";
  std::string extra_mapping_;
  std::unique_ptr<gnmi_source::GnmiSource> source_;
  std::unique_ptr<Running> running_;
};

TEST_F(GnmiTest, AsksForWhatTheMappingsSay) {
  GnmiTarget target;
  mappings_ = "openconfig-interfaces, iosxr-perf-meas";
  StartSource(target.address(), "insecure: true, encoding: proto, path_target: dev7");
  const auto request = target.AwaitSubscription();
  ASSERT_TRUE(request.has_value());
  const gnmi::SubscriptionList& list = request->subscribe();
  EXPECT_EQ(list.mode(), gnmi::SubscriptionList::STREAM);
  EXPECT_EQ(list.encoding(), gnmi::PROTO);
  EXPECT_EQ(list.prefix().target(), "dev7");
  ASSERT_EQ(list.subscription_size(), 7);
  EXPECT_EQ(list.subscription(0).mode(), gnmi::ON_CHANGE);
  EXPECT_EQ(list.subscription(0).path().origin(), "openconfig");
  EXPECT_EQ(list.subscription(0).path().elem(0).name(), "interfaces");
  EXPECT_EQ(list.subscription(5).mode(), gnmi::SAMPLE);
  EXPECT_EQ(list.subscription(5).sample_interval(), 10'000'000'000U);
  EXPECT_EQ(list.subscription(6).path().elem(0).name(),
            "Cisco-IOS-XR-perf-meas-oper:performance-measurement");
}

TEST_F(GnmiTest, StateCapacityUtilisationAndLossOfAnInterface) {
  GnmiTarget target;
  StartSource(target.address());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Introduce(target);
  ASSERT_TRUE(AwaitLink([](const auto& link) {
    return link.up == true && link.capacity == BytesPerSecond{1'250'000'000} && !link.available;
  }));
  SendCounters(target, 10, 1'000'000, 1000, 10);
  SendCounters(target, 20, 2'501'000'000, 2000, 30);
  ASSERT_TRUE(AwaitLink([](const auto& link) {
    return link.available == BytesPerSecond{1'000'000'000} && link.loss == 0.02;
  }));
  // The line card restarts its counters: no rate from that, and good ones after it.
  SendCounters(target, 30, 100, 5, 0);
  SendCounters(target, 40, 5'000'000'100, 1005, 0);
  ASSERT_TRUE(AwaitLink([](const auto& link) {
    return link.available == BytesPerSecond{750'000'000} && link.loss == 0.0;
  }));
  EXPECT_TRUE(AwaitCounter("gnmi_counter_restarts", 1));
}

TEST_F(GnmiTest, DownIsToldWithoutWaiting) {
  GnmiTarget target;
  StartSource(target.address());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Introduce(target);
  ASSERT_TRUE(AwaitUp(true));
  gnmi::Notification n;
  n.set_timestamp(kStart + 1);
  AddJson(n, std::string(kInterface) + "/state/oper-status", "\"LOWER_LAYER_DOWN\"");
  target.Send(n);
  EXPECT_TRUE(AwaitUp(false));
}

TEST_F(GnmiTest, IsisDelaysOfTheOwnLspWithTheABit) {
  GnmiTarget target;
  mappings_ = "openconfig-isis";
  StartSource(target.address(), "insecure: true, encoding: proto");
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  const auto send = [&](const std::string& lsp, const std::string& address, uint64_t delay) {
    gnmi::Notification n;
    n.set_timestamp(kStart);
    *n.mutable_prefix() = support::GnmiPath(
        "/network-instances/network-instance[name=default]/protocols/"
        "protocol[identifier=ISIS][name=1]/isis/levels/level[level-number=2]/link-state-database/"
        "lsp[lsp-id=" +
        lsp +
        "]/tlvs/tlv[type=EXTENDED_IS_REACHABILITY]/extended-is-reachability/neighbors/"
        "neighbor[system-id=0000.0000.0009]/instances/instance[id=1]/subtlvs");
    AddValue(n, "/subtlv[type=IP4]/ipv4-interface-address/state/address")
        .mutable_leaflist_val()
        ->add_element()
        ->set_string_val(address);
    const std::string min_max = "/subtlv[type=MM]/min-max-link-delay/state/";
    AddValue(n, min_max + "min-delay").set_uint_val(delay);
    AddValue(n, min_max + "max-delay").set_uint_val(delay + 50);
    AddValue(n, min_max + "a-bit").set_bool_val(true);
    AddValue(n, "/subtlv[type=V]/link-delay-variation/state/delay").set_uint_val(7);
    AddValue(n, "/subtlv[type=L]/link-loss/state/link-loss").set_uint_val(1'000'000);
    AddValue(n, "/subtlv[type=B]/available-bandwidth/state/bandwidth")
        .set_bytes_val(std::string("\x4c\xee\x6b\x28", 4));
    target.Send(n);
  };
  send("0000.0000.0003.00-00", "10.9.9.9", 1);  // Another router's.
  send("0000.0000.0001.00-00", "10.0.0.1", 700);
  target.SendSync();
  ASSERT_TRUE(AwaitLink([](const auto& link) {
    return link.min_delay == Microseconds(700) && link.max_delay == Microseconds(750) &&
           link.delay_anomalous == true && link.delay_variation == Microseconds(7) && link.loss &&
           std::abs(*link.loss - 0.03) < 1e-12 && link.available == BytesPerSecond{125'000'000};
  }));
  EXPECT_EQ(running_->sink.state().links.size(), 1U);
}

TEST_F(GnmiTest, IosXrDelaysGoToTheAddressTheOtherMappingLearnt) {
  GnmiTarget target;
  mappings_ = "openconfig-interfaces, iosxr-perf-meas";
  StartSource(target.address());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  gnmi::Notification n;
  n.set_timestamp(kStart);
  AddJson(n,
          "/Cisco-IOS-XR-perf-meas-oper:performance-measurement/nodes/node[node=0/RP0/CPU0]/"
          "interfaces/interface-delay/interface-last-aggregations",
          R"({"interface-last-aggregation": [{"interface-name": "Gi0", "last-aggregation":
              {"aggregation-timestamp": "1", "aggregated-probe-values":
               {"average": 412, "minimum": 400, "maximum": 430, "variance": 12}}}]})");
  target.Send(n);
  Introduce(target);
  EXPECT_TRUE(AwaitLink([](const auto& link) {
    return link.delay == Microseconds(412) && link.min_delay == Microseconds(400) &&
           link.max_delay == Microseconds(430) && link.delay_variation == Microseconds(12);
  }));
}

TEST_F(GnmiTest, TlsWithNameAndPassword) {
  const auto made = support::MakeCertificates(folder_.path());
  ASSERT_FALSE(made.client.empty()) << "openssl is missing";
  GnmiTarget target({.certificate = made.server,
                     .key = made.server_key,
                     .client_ca = made.ca,
                     .username = "srpce",
                     .password = "secret"});
  (void)folder_.Write("password", "wrong\n");
  StartSource(target.address(),
              "username: srpce, password_file: password, tls: {root_ca_file: ca.pem, "
              "certificate_file: client.pem, key_file: client.key, server_name: router.test}");
  ASSERT_TRUE(AwaitDetail("unauthenticated: wrong name or password"));
  EXPECT_EQ(target.subscriptions(), 0);
  (void)folder_.Write("password", "secret\n");  // Read at each try.
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Introduce(target);
  EXPECT_TRUE(AwaitUp(true));
}

TEST_F(GnmiTest, ACertificateOfNobodyWeTrustIsRefused) {
  const auto made = support::MakeCertificates(folder_.path());
  ASSERT_FALSE(made.client.empty()) << "openssl is missing";
  GnmiTarget target({.certificate = made.server, .key = made.server_key});
  StartSource(target.address(), "tls: {root_ca_file: client.pem, server_name: router.test}");
  ASSERT_TRUE(AwaitDetail("unavailable"));
  running_.reset();
  StartSource(target.address(), "tls: {root_ca_file: ca.pem}");  // For another name.
  ASSERT_TRUE(AwaitDetail("unavailable"));
  EXPECT_EQ(target.subscriptions(), 0);
}

TEST_F(GnmiTest, LiesAreCountedAndNamedAndTheTruthGetsThrough) {
  GnmiTarget target;
  mappings_ = "openconfig-interfaces, iosxr-perf-meas";
  StartSource(target.address(), "insecure: true, encoding: proto");
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  gnmi::Notification n;
  n.set_timestamp(-5);
  const std::string delay =
      "/performance-measurement/nodes/node[node=0]/interfaces/interface-delay/"
      "interface-last-aggregations/interface-last-aggregation[interface-name=Gi0]/"
      "last-aggregation/aggregated-probe-values/";
  AddValue(n, delay + "average").set_double_val(std::nan(""));
  AddValue(n, delay + "minimum").set_int_val(-7);
  AddValue(n, delay + "maximum").set_double_val(std::numeric_limits<double>::infinity());
  AddValue(n, delay + "variance").set_string_val("soon");
  AddValue(n, std::string(kInterface) + "/ethernet/state/port-speed").set_string_val("SIDEWAYS");
  AddValue(n, "/interfaces/interface/state/oper-status").set_string_val("UP");  // Whose?
  AddValue(n, "/nothing/of/ours").set_bool_val(true);
  AddValue(n, "");
  target.Send(n);
  Introduce(target);
  ASSERT_TRUE(AwaitUp(true));
  ASSERT_TRUE(AwaitCounter("gnmi_refused_values", 6));
  const State state = running_->sink.state();
  EXPECT_EQ(state.links.at("n1 10.0.0.1").delay, std::nullopt);
  const auto has = [&](const std::string& kind, const std::string& text) {
    for (const auto& unknown : state.report.unknown) {
      if (unknown.kind == kind && absl::StrContains(unknown.text, text)) return true;
    }
    return false;
  };
  EXPECT_TRUE(has("value", "got nan"));
  EXPECT_TRUE(has("value", "got 'SIDEWAYS', want"));
  EXPECT_TRUE(has("value", "got no key name"));
  EXPECT_TRUE(has("path", "no mapping"));
}

TEST_F(GnmiTest, AMegabyteOfTextIsRefusedAndNobodySuffers) {
  GnmiTarget target;
  StartSource(target.address());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  for (const char c : {'x', '[', '"', '{'}) {
    gnmi::Notification n;
    AddJson(n, std::string(kInterface) + "/state/oper-status", std::string(1 << 20, c));
    target.Send(n);
  }
  gnmi::Notification n;
  AddJson(n, "/interfaces/interface[name=" + std::string(1 << 20, 'n') + "]/state/oper-status",
          "\"UP\"");
  target.Send(n);
  Introduce(target);
  ASSERT_TRUE(AwaitUp(true));
  EXPECT_TRUE(AwaitCounter("gnmi_refused_values", 5));
  EXPECT_EQ(running_->sink.state().links.size(), 1U);
}

TEST_F(GnmiTest, AMessageAboveTheLimitEndsTheSessionAndSaysWhy) {
  GnmiTarget target;
  StartSource(target.address(), "insecure: true, max_message_bytes: 65536");
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  gnmi::Notification n;
  AddJson(n, kAddress, std::string(1 << 20, 'x'));
  target.Send(n);
  ASSERT_TRUE(AwaitDetail("too large"));
  ASSERT_TRUE(target.AwaitSubscription().has_value()) << "it tries again";
  Introduce(target);
  EXPECT_TRUE(AwaitUp(true));
}

TEST_F(GnmiTest, ATargetThatNeverAnswersIsGivenUpAndTriedAgain) {
  GnmiTarget target;
  StartSource(target.address(), "insecure: true, silence_ms: 200");
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  ASSERT_TRUE(AwaitDetail("nothing heard for 200 ms"));
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
}

TEST_F(GnmiTest, WhatALostTargetSaidGrowsOldAndComesBackWithIt) {
  extra_mapping_ = ", m.yaml";
  (void)folder_.Write("m.yaml",
                      "name: short\nsubscriptions:\n  - {path: /i, mode: on_change, age_limit_ms: "
                      "300}\nvalues:\n  - {path: /i/up, interface: i.name, attribute: up}\n");
  mappings_ = "short";
  auto target = std::make_unique<GnmiTarget>();
  const std::string address = target->address();
  StartSource(address, "insecure: true, interfaces: [{name: Gi0, address: 10.0.0.1}]");
  const auto introduce = [&] {
    gnmi::Notification n;
    AddValue(n, "/i[name=Gi0]/up").set_bool_val(true);
    target->Send(n);
    target->SendSync();
  };
  ASSERT_TRUE(target->AwaitSubscription().has_value());
  introduce();
  ASSERT_TRUE(AwaitUp(true));
  target->Close(/*UNAVAILABLE*/ 14, "maintenance");
  ASSERT_TRUE(target->AwaitSubscription().has_value());
  introduce();
  ASSERT_TRUE(AwaitUp(true));
  target.reset();  // The router dies.
  ASSERT_TRUE(running_->sink.Await([](const State& state) { return state.links.empty(); }));
  ASSERT_TRUE(AwaitDetail("unavailable"));
  target = std::make_unique<GnmiTarget>(support::GnmiTargetOptions{.listen = address});
  ASSERT_TRUE(target->AwaitSubscription().has_value());
  introduce();
  EXPECT_TRUE(AwaitUp(true));
}

TEST_F(GnmiTest, SubscriptionsOutliveTheStreamToTheDaemon) {
  GnmiTarget target;
  StartSource(target.address());
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Introduce(target);
  ASSERT_TRUE(AwaitUp(true));
  running_.reset();
  running_ = std::make_unique<Running>(*source_);
  ASSERT_TRUE(running_->sink.Await([](const State& state) { return state.syncs == 1; }));
  EXPECT_EQ(running_->sink.state().links.count("n1 10.0.0.1"), 1U) << "part of the sync";
  EXPECT_EQ(target.subscriptions(), 1);
}

TEST_F(GnmiTest, ManyTargetsEachByItself) {
  constexpr int kTargets = 30;
  GnmiTarget target;  // All of them in one place.
  std::string yaml = absl::StrCat("mapping_files: [", SRPCE_SOURCE_DIR,
                                  "/configs/gnmi/openconfig-interfaces.yaml]\ntargets:\n");
  for (int i = 0; i < kTargets; ++i) {
    absl::StrAppend(&yaml, "  - {name: r", i, ", node: n", i, ", address: \"", target.address(),
                    "\", mappings: [openconfig-interfaces], insecure: true, path_target: n", i,
                    "}\n");
  }
  absl::StrAppend(&yaml, "  - {name: dead, node: dead, address: \"127.0.0.1:1\", ",
                  "mappings: [openconfig-interfaces], insecure: true}\n");
  auto source = gnmi_source::GnmiSource::Make({{"targets", folder_.Write("t.yaml", yaml)}}, clock_);
  ASSERT_TRUE(source.ok()) << source.status();
  source_ = *std::move(source);
  running_ = std::make_unique<Running>(*source_);
  for (int i = 0; i < kTargets; ++i) {
    ASSERT_TRUE(target.AwaitSubscription().has_value());
    Introduce(target);
  }
  EXPECT_TRUE(running_->sink.Await(
      [](const State& state) { return state.links.size() == static_cast<size_t>(kTargets); }));
}

}  // namespace
}  // namespace srpce
