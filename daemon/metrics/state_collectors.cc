#include "daemon/metrics/state_collectors.h"

#include <string>
#include <vector>

namespace srpce::metrics {
namespace {

void CollectTed(const topology::Ted& ted, Samples& out) {
  const uint32_t links = ted.link_count();
  const uint32_t usable = ted.usable_link_count();
  out.Gauge("srpce_ted_generation", "Number of the current topology snapshot.", {},
            static_cast<double>(ted.generation()));
  out.Gauge("srpce_ted_nodes", "Announced nodes.", {}, ted.known_node_count());
  const std::string help =
      "Links, one a direction. A stale link (its sources are silent) is also usable or unusable.";
  out.Gauge("srpce_ted_links", help, {{"state", "usable"}}, usable);
  out.Gauge("srpce_ted_links", help, {{"state", "unusable"}}, links - usable);
  out.Gauge("srpce_ted_links", help, {{"state", "stale"}}, ted.stale_link_count());
}

void CollectSources(const std::vector<topology::SourceStatus>& sources, const Clock& clock,
                    Samples& out) {
  const MonotonicTime now = clock.Now();
  const WallTime wall = clock.WallNow();
  size_t shown = 0;
  for (const topology::SourceStatus& source : sources) {
    if (++shown > Metrics::kMaxSources) {
      break;  // Names come from clients.
    }
    const Labels labels = {{"source", source.options.name}};
    out.Gauge("srpce_feed_connected", "1 while the stream of the source is open.", labels,
              source.connected ? 1 : 0);
    if (source.last_update) {
      const auto updated = (wall - (now - *source.last_update)).time_since_epoch();
      out.Gauge("srpce_feed_last_update_timestamp_seconds",
                "When the source last said something, Unix time.", labels,
                std::chrono::duration<double>(updated).count());
    }
  }
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
      const auto found = counters.policies_by_state.find(state);
      out.Gauge("srpce_policies", "Policies by operational state.", {{"state", state}},
                found == counters.policies_by_state.end() ? 0 : static_cast<double>(found->second));
    }
    for (const auto& [sla, count] : counters.sla_violations) {
      out.Gauge("srpce_policy_sla_violations",
                "Policies whose active path breaks a bound and that have no better one.",
                {{"sla", sla}}, static_cast<double>(count));
    }
    for (const auto& [status, count] : counters.disjoint_groups) {
      out.Gauge("srpce_disjoint_groups", "Disjoint groups by whether their promise is kept.",
                {{"status", status}}, static_cast<double>(count));
    }
    out.Gauge("srpce_recompute_queue_depth", "Policies that wait to be recomputed.", {},
              static_cast<double>(counters.recompute_queue_depth));
    out.Gauge("srpce_store_queue_depth", "Changes that wait for the store.", {},
              static_cast<double>(counters.store_queue_depth));
    out.Gauge("srpce_store_healthy", "0 while the store refuses transactions.", {},
              counters.store_healthy ? 1 : 0);
    out.Gauge("srpce_policies_generation", "The snapshot all policies are up to date with.", {},
              static_cast<double>(counters.generation));
    double up = 0;
    for (const auto& [headend, is_up] : engine.sessions()) {
      up += is_up ? 1 : 0;
    }
    out.Gauge("srpce_agent_sessions", "Headends with a session.", {}, up);
  });
}

}  // namespace srpce::metrics
