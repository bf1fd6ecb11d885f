// daemon/services/topology_service.h -- srpce.v1.TopologyService: the current snapshot to readers,
// in parts; what the sources say of themselves, in pages.
#pragma once

#include <cstddef>
#include <memory>

#include "daemon/metrics/metrics.h"
#include "daemon/services/source_reports.h"
#include "lib/base/clock.h"
#include "lib/pce/topology_writer.h"

namespace grpc {
class Service;
}

namespace srpce::services {

class TopologyService {
 public:
  // All outlive the service. At most `max_reads` streams are open, as each holds a snapshot for as
  // long as its client takes to read it.
  TopologyService(size_t max_reads, const pce::TopologyWriter& writer, const SourceReports& reports,
                  const Clock& clock, metrics::Metrics& metrics);
  ~TopologyService();

  grpc::Service* service();
  size_t reads() const;
  // Ends every stream at its next part, and each new one, with UNAVAILABLE. Returns at once.
  void Drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::services
