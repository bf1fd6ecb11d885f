// daemon/services/topology_service.h -- srpce.v1.TopologyService: the current snapshot to readers,
// in parts.
#pragma once

#include <memory>

#include "daemon/metrics/metrics.h"
#include "lib/base/clock.h"
#include "lib/pce/topology_writer.h"

namespace grpc {
class Service;
}

namespace srpce::services {

class TopologyService {
 public:
  // All outlive the service.
  TopologyService(const pce::TopologyWriter& writer, const Clock& clock, metrics::Metrics& metrics);
  ~TopologyService();

  grpc::Service* service();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::services
