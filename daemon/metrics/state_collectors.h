// daemon/metrics/state_collectors.h -- gauges of the TED and of the policies, read at scrape time.
#pragma once

#include "daemon/metrics/metrics.h"
#include "lib/base/clock.h"
#include "lib/pce/policy_engine.h"
#include "lib/pce/topology_writer.h"

namespace srpce::metrics {

// `writer`, `engine` and `clock` outlive the collectors: call Metrics::RemoveCollectors before they
// go.
void AddTopologyCollector(Metrics& metrics, const pce::TopologyWriter& writer, const Clock& clock);
void AddPolicyCollector(Metrics& metrics, const pce::PolicyEngine& engine);

}  // namespace srpce::metrics
