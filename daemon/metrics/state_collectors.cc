#include "daemon/metrics/state_collectors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace srpce::metrics {
namespace {

void CollectTed(const topology::Ted& ted, Samples& out) {
  const uint32_t links = ted.link_count();
  const uint32_t usable = ted.usable_link_count();
  out.Gauge("srpce_ted_generation", "Number of the current topology snapshot.", {},
            static_cast<double>(ted.generation()));
  out.Gauge("srpce_ted_nodes", "Announced nodes.", {}, ted.known_node_count());
  const std::string help = "Links, one a direction.";
  out.Gauge("srpce_ted_links", help, {{"state", "usable"}}, usable);
  out.Gauge("srpce_ted_links", help, {{"state", "unusable"}}, links - usable);
  out.Gauge("srpce_ted_stale_links", "Links whose sources are silent, usable or not.", {},
            ted.stale_link_count());
}

// What the sources of one label add up to.
struct Feed {
  std::string label;
  size_t connected = 0;
  std::optional<MonotonicTime> last_update;
};

// Returns the feeds to show, connected ones first: names come from clients, so only so many.
std::vector<Feed> ToFeeds(const std::vector<topology::SourceStatus>& sources) {
  std::map<std::string, Feed> by_label;
  for (const topology::SourceStatus& source : sources) {
    const std::string label = Metrics::SourceFamily(source.options.name);
    Feed& feed = by_label[label];
    feed.label = label;
    feed.connected += source.connected ? 1 : 0;
    feed.last_update = std::max(feed.last_update, source.last_update);
  }
  std::vector<Feed> feeds;
  feeds.reserve(by_label.size());
  for (auto& [label, feed] : by_label) {
    feeds.push_back(std::move(feed));
  }
  std::stable_sort(feeds.begin(), feeds.end(), [](const Feed& a, const Feed& b) {
    return (a.connected > 0) > (b.connected > 0);
  });
  feeds.resize(std::min(feeds.size(), Metrics::kMaxSources));
  return feeds;
}

void CollectSources(const std::vector<topology::SourceStatus>& sources, const Clock& clock,
                    Samples& out) {
  const MonotonicTime now = clock.Now();
  const WallTime wall = clock.WallNow();
  for (const Feed& feed : ToFeeds(sources)) {
    const Labels labels = {{"source", feed.label}};
    out.Gauge("srpce_feed_connected", "Open streams of the source.", labels,
              static_cast<double>(feed.connected));
    if (feed.last_update) {
      const auto updated = (wall - (now - *feed.last_update)).time_since_epoch();
      out.Gauge("srpce_feed_last_update_timestamp_seconds",
                "When the source last said something, Unix time.", labels,
                std::chrono::duration<double>(updated).count());
    }
  }
}

// 0 where there is none: a series that vanishes is no news that all is well.
double CountOf(const std::map<std::string, uint64_t>& counts, const char* name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : static_cast<double>(found->second);
}

}  // namespace

void AddTopologyCollector(Metrics& metrics, const pce::TopologyWriter& writer, const Clock& clock) {
  metrics.AddCollector([&writer, &clock](Samples& out) {
    CollectTed(*writer.ted(), out);
    CollectSources(writer.sources(), clock, out);
    const pce::TopologyCounters counters = writer.counters();
    out.Gauge("srpce_topology_queue_depth", "Topology updates that wait for the writer.", {},
              static_cast<double>(counters.queue_depth));
    out.Gauge("srpce_ted_half_known_links", "Links that wait for a node nobody has announced.", {},
              static_cast<double>(counters.half_known_links));
    out.Counter("srpce_ted_batches_total", "Batches of updates applied.", {},
                static_cast<double>(counters.batches));
  });
}

void AddPolicyCollector(Metrics& metrics, const pce::PolicyEngine& engine) {
  metrics.AddCollector([&engine](Samples& out) {
    const pce::PolicyEngineCounters counters = engine.counters();
    for (const char* state : {"pending", "down", "up"}) {
      out.Gauge("srpce_policies", "Policies by operational state.", {{"state", state}},
                CountOf(counters.policies_by_state, state));
    }
    for (const char* sla : {"delay", "igp", "te", "hops", "loss", "variation", "bandwidth",
                            "disjoint", "constraint"}) {
      out.Gauge("srpce_policy_sla_violations",
                "Policies whose active path breaks a bound and that have no better one.",
                {{"sla", sla}}, CountOf(counters.sla_violations, sla));
    }
    for (const char* status : {"satisfied", "unsatisfied"}) {
      out.Gauge("srpce_disjoint_groups", "Disjoint groups by whether their promise is kept.",
                {{"status", status}}, CountOf(counters.disjoint_groups, status));
    }
    for (const char* state : {"protected", "degraded", "unprotected", "pending"}) {
      out.Gauge("srpce_policy_protection", "Policies that want a backup, by whether they have one.",
                {{"state", state}}, CountOf(counters.protection, state));
    }
    out.Counter("srpce_protection_switches_total",
                "Backups put to use: pushed without a path computation.", {},
                static_cast<double>(counters.protection_switches));
    out.Gauge("srpce_recompute_queue_depth", "Policies that wait to be recomputed.", {},
              static_cast<double>(counters.recompute_queue_depth));
    out.Gauge("srpce_store_queue_depth", "Changes that wait for the store.", {},
              static_cast<double>(counters.store_queue_depth));
    out.Gauge("srpce_store_healthy", "0 while the store refuses transactions.", {},
              counters.store_healthy ? 1 : 0);
    out.Gauge("srpce_policies_generation", "The snapshot all policies are up to date with.", {},
              static_cast<double>(counters.generation));
  });
}

}  // namespace srpce::metrics
