// daemon/services/source_reports.h -- the latest report of each topology source. Beside the TED:
// a report changes no topology, and nobody who computes waits for one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/metrics/metrics.h"
#include "lib/base/clock.h"
#include "lib/pce/topology_writer.h"
#include "lib/plugin/source_report.h"

namespace srpce::services {

// Any thread. A report stays when its source disconnects, until the source is forgotten.
class SourceReports {
 public:
  struct Latest {
    std::shared_ptr<const plugin::SourceReport> report;  // Null: the source has sent none.
    MonotonicTime received{};
  };

  void Put(const std::string& source, plugin::SourceReport report, MonotonicTime now);
  Latest Of(const std::string& source) const;
  // Drops the reports of sources that `writer` has forgotten. Called when one connects or reports:
  // what is kept is bounded by the sources there were then.
  void Forget(const pce::TopologyWriter& writer);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Latest> latest_;
};

// srpce_source_peer_up and srpce_source_unknown_elements, read at each scrape. `reports` and
// `writer` outlive the collector: call Metrics::RemoveCollectors before they go.
void AddSourceReportCollector(metrics::Metrics& metrics, const SourceReports& reports,
                              const pce::TopologyWriter& writer);

}  // namespace srpce::services
