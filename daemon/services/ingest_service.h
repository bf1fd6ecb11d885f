// daemon/services/ingest_service.h -- srpce.v1.TopologyIngest: one stream a source, every update
// applied in order and acknowledged.
//
// A stream holds at most `window` updates of `window_bytes` that are not acknowledged; then it is
// not read until acknowledgements were written. So a slow writer, or a client that does not read,
// holds up its own stream and nothing else. A refused update changes nothing and the stream goes
// on. When the stream ends, however it ends, what it said goes stale. What a source reports of
// itself goes to SourceReports and past the TED; only its acknowledgement waits for its turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/metrics/metrics.h"
#include "daemon/services/source_reports.h"
#include "lib/base/clock.h"
#include "lib/pce/topology_writer.h"

namespace grpc {
class Service;
}

namespace srpce::services {

struct IngestOptions {
  size_t window = 1024;
  size_t window_bytes = 4 << 20;  // As encoded. One update more than fits may wait.
  size_t max_streams = 64;
  uint32_t default_precedence = 100;
  Duration default_hold_time = std::chrono::seconds(300);
};

class IngestService {
 public:
  // `writer`, `reports`, `clock` and `metrics` outlive the service.
  IngestService(const IngestOptions& options, pce::TopologyWriter& writer, SourceReports& reports,
                const Clock& clock, metrics::Metrics& metrics);
  ~IngestService();

  grpc::Service* service();
  size_t streams() const;
  // Ends every stream, and each new one, with UNAVAILABLE. Returns at once.
  void Drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::services
