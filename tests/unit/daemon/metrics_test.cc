// The metrics page: what is on it, and that labels stay bounded.
#include "daemon/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "daemon/metrics/exposer.h"
#include "daemon/metrics/state_collectors.h"
#include "tests/support/daemon_process.h"

namespace srpce::metrics {
namespace {

using support::MetricValue;
using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, CountsWhatHappens) {
  Metrics metrics("1.2.3");
  metrics.OnRpc("PathComputation/ComputePath", 0);
  metrics.OnRpc("PathComputation/ComputePath", 0);
  metrics.OnRpc("PathComputation/ComputePath", 5);
  metrics.OnComputation(topology::MetricType::kDelay, "path", "", std::chrono::microseconds(3));
  metrics.OnComputation(topology::MetricType::kDelay, "no_path", "NO_PATH_BANDWIDTH",
                        std::chrono::microseconds(30));
  metrics.OnEventToPush("link-down", std::chrono::milliseconds(3));
  metrics.OnPush("agent", "sent");
  metrics.OnPushAcknowledged("agent", std::chrono::milliseconds(3));
  metrics.OnStoreResult(false);
  metrics.SetReady(true);
  const std::string page = metrics.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_build_info{version=\"1.2.3\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_ready"), 1);
  EXPECT_EQ(
      MetricValue(page,
                  "srpce_grpc_requests_total{code=\"OK\",method=\"PathComputation/ComputePath\"}"),
      2);
  EXPECT_EQ(
      MetricValue(
          page,
          "srpce_grpc_requests_total{code=\"NOT_FOUND\",method=\"PathComputation/ComputePath\"}"),
      1);
  EXPECT_EQ(
      MetricValue(page,
                  "srpce_path_computations_total{objective=\"delay\",reason=\"\",result=\"path\"}"),
      1);
  EXPECT_EQ(
      MetricValue(
          page,
          "srpce_path_computations_total{objective=\"delay\",reason=\"NO_PATH_BANDWIDTH\",result="
          "\"no_path\"}"),
      1);
  EXPECT_EQ(
      MetricValue(
          page, "srpce_path_computation_duration_seconds_bucket{objective=\"delay\",le=\"5e-06\"}"),
      1);
  EXPECT_EQ(MetricValue(page, "srpce_path_computation_duration_seconds_count{objective=\"delay\"}"),
            2);
  EXPECT_EQ(
      MetricValue(
          page, "srpce_event_to_push_duration_seconds_bucket{trigger=\"link-down\",le=\"0.005\"}"),
      1);
  EXPECT_EQ(MetricValue(page, "srpce_push_total{channel=\"agent\",result=\"sent\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_push_duration_seconds_count{channel=\"agent\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_store_commits_total{result=\"failed\"}"), 1);
}

// One series of events, as "source/event" for short.
double Events(const Metrics& metrics, const std::string& source, const std::string& event) {
  return MetricValue(metrics.Scrape(), "srpce_source_events_total{event=\"" + event +
                                           "\",source=\"" + source + "\"}");
}

TEST(MetricsTest, WhatASourceCountsGoesOnWhenItStartsAgain) {
  Metrics metrics("test");
  metrics.OnSourceReport("bgp", {{"updates", 100}, {"malformed_nlris", 0}});
  EXPECT_EQ(Events(metrics, "bgp", "updates"), 100);
  EXPECT_EQ(Events(metrics, "bgp", "malformed_nlris"), 0);
  metrics.OnSourceReport("bgp", {{"updates", 130}, {"malformed_nlris", 1}});
  metrics.OnSourceReport("bgp", {{"malformed_nlris", 1}});
  EXPECT_EQ(Events(metrics, "bgp", "updates"), 130);
  metrics.OnSourceReport("bgp", {{"updates", 20}});  // Started again.
  EXPECT_EQ(Events(metrics, "bgp", "updates"), 150);
  metrics.OnSourceReport("bgp", {{"updates", 25}});
  EXPECT_EQ(Events(metrics, "bgp", "updates"), 155);
  EXPECT_EQ(Events(metrics, "bgp", "malformed_nlris"), 1);
  metrics.OnSourceReport("gnmi", {{"updates", 3}});
  EXPECT_EQ(Events(metrics, "gnmi", "updates"), 3);
  EXPECT_EQ(Events(metrics, "bgp", "updates"), 155);
}

TEST(MetricsTest, EventsBeyondTheLimitAreCountedTogether) {
  Metrics metrics("test");
  std::vector<plugin::SourceCounter> counters;
  for (size_t i = 0; i < Metrics::kMaxSourceSeries; ++i) {
    counters.push_back({"e" + std::to_string(i), 1});
  }
  metrics.OnSourceReport("full", counters);
  metrics.OnSourceReport("late", {{"x", 2}, {"y", 3}});
  EXPECT_EQ(Events(metrics, "late", "other"), 5);
  EXPECT_EQ(Events(metrics, "late", "x"), -1);
  metrics.OnSourceReport("late", {{"x", 4}, {"y", 3}, {"z", 10}, {"other", 1}});
  EXPECT_EQ(Events(metrics, "late", "other"), 18);
  metrics.OnSourceReport("full", {{"e1023", 2}});
  EXPECT_EQ(Events(metrics, "full", "e1023"), 2);
}

TEST(MetricsTest, OfSourcesBeyondTheLimitNoEventsAreShown) {
  Metrics metrics("test");
  for (size_t i = 0; i < Metrics::kMaxSources; ++i) {
    metrics.OnTopologyUpdate("s" + std::to_string(i), "hello", true);
  }
  metrics.OnSourceReport("more", {{"updates", 1}});
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("event=")));
}

// Names of sources come from clients: a client that invents names must not fill the memory of every
// scraper.
TEST(MetricsTest, SourcesBeyondTheLimitAreCountedTogether) {
  Metrics metrics("test");
  const size_t extra = 10;
  for (size_t i = 0; i < Metrics::kMaxSources + extra; ++i) {
    metrics.OnTopologyUpdate("s" + std::to_string(i), "node", true);
  }
  const std::string page = metrics.Scrape();
  EXPECT_EQ(
      MetricValue(page, "srpce_ted_updates_total{kind=\"node\",result=\"accepted\",source=\"s0\"}"),
      1);
  EXPECT_EQ(
      MetricValue(page,
                  "srpce_ted_updates_total{kind=\"node\",result=\"accepted\",source=\"other\"}"),
      extra);
}

TEST(MetricsTest, NamesThatWereNeverAcceptedTakeNoPlaceAndAgentsTakeOne) {
  Metrics metrics("test");
  for (size_t i = 0; i < Metrics::kMaxSources; ++i) {
    metrics.OnTopologyUpdate("bad" + std::to_string(i), "hello", false);
    metrics.OnTopologyUpdate("agent:r" + std::to_string(i), "link", true);
  }
  metrics.OnTopologyUpdate("lab", "hello", true);
  metrics.OnTopologyUpdate("lab", "node", false);
  const std::string page = metrics.Scrape();
  const auto updates = [&page](const std::string& source, const std::string& kind,
                               const std::string& result) {
    return MetricValue(page, "srpce_ted_updates_total{kind=\"" + kind + "\",result=\"" + result +
                                 "\",source=\"" + source + "\"}");
  };
  EXPECT_EQ(updates("other", "hello", "refused"), Metrics::kMaxSources);
  EXPECT_EQ(updates("agent", "link", "accepted"), Metrics::kMaxSources);
  EXPECT_EQ(updates("lab", "hello", "accepted"), 1);
  EXPECT_EQ(updates("lab", "node", "refused"), 1);
}

TEST(MetricsTest, ConnectedSourcesAreShownFirstAndAgentsTogether) {
  const SystemClock clock;
  pce::TopologyWriter writer(clock, nullptr);
  std::promise<void> done;
  writer.Submit(
      [](topology::TedBuilder& builder, MonotonicTime now) {
        for (size_t i = 0; i < Metrics::kMaxSources; ++i) {
          const auto gone = builder.Connect(
              {.name = "gone" + std::to_string(i), .hold_time = std::chrono::hours(1)}, now);
          EXPECT_TRUE(builder.SetNode(*gone, "n", {}, {}, now).ok());
          builder.Disconnect(*gone, now);
        }
        EXPECT_TRUE(builder.Connect({.name = "agent:r1"}, now).ok());
        EXPECT_TRUE(builder.Connect({.name = "agent:r2"}, now).ok());
        return builder.Connect({.name = "late"}, now).status();
      },
      [&done](const absl::Status&, uint64_t) { done.set_value(); });
  done.get_future().wait();
  Metrics metrics("test");
  AddTopologyCollector(metrics, writer, clock);
  const std::string page = metrics.Scrape();
  EXPECT_EQ(MetricValue(page, "srpce_feed_connected{source=\"agent\"}"), 2);
  EXPECT_EQ(MetricValue(page, "srpce_feed_connected{source=\"late\"}"), 1);
  EXPECT_EQ(MetricValue(page, "srpce_feed_connected{source=\"gone0\"}"), 0);
  EXPECT_THAT(page, Not(HasSubstr("agent:r1")));
  EXPECT_EQ(MetricValue(page, "srpce_ted_stale_links"), 0);
  EXPECT_THAT(page, Not(HasSubstr("state=\"stale\"")));
}

TEST(MetricsTest, CollectorsAreAskedAtEachScrape) {
  Metrics metrics("test");
  double value = 1;
  metrics.AddCollector([&value](Samples& out) {
    out.Gauge("srpce_test", "Help.", {{"a", "b"}}, value);
  });
  EXPECT_EQ(MetricValue(metrics.Scrape(), "srpce_test{a=\"b\"}"), 1);
  value = 2;
  EXPECT_EQ(MetricValue(metrics.Scrape(), "srpce_test{a=\"b\"}"), 2);
  metrics.RemoveCollectors();
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("srpce_test")));
}

TEST(MetricsExposerTest, TellsThePortItTookAndRefusesOneInUse) {
  const Metrics metrics("test");
  const auto exposer = MetricsExposer::Listen("127.0.0.1:0", metrics);
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  const int port = (*exposer)->port();
  EXPECT_GT(port, 0);
  const auto second = MetricsExposer::Listen("127.0.0.1:" + std::to_string(port), metrics);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(port)));
}

}  // namespace
}  // namespace srpce::metrics
