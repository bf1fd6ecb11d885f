// daemon/services/path_service.h -- srpce.v1.PathComputation over the current snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "daemon/metrics/metrics.h"
#include "daemon/services/call_pool.h"
#include "lib/cspf/compute_path.h"
#include "lib/topology/ted.h"

namespace grpc {
class Service;
}

namespace srpce::services {

struct PathServiceOptions {
  // A query is first tried on gRPC's thread with this much work (see cspf::Budget), then handed to
  // the pool with max_labels.
  uint64_t inline_labels = 20'000;
  uint64_t max_labels = 2'000'000;
};

class PathService {
 public:
  // `pool`, `potentials` (may be null) and `metrics` outlive the service. `ted` gives the newest
  // snapshot, from any thread.
  PathService(const PathServiceOptions& options, std::function<topology::TedPtr()> ted,
              const cspf::PotentialCache* potentials, CallPool& pool, metrics::Metrics& metrics);
  ~PathService();

  grpc::Service* service();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::services
