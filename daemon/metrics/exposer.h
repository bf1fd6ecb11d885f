// daemon/metrics/exposer.h -- serves Metrics over HTTP at /metrics.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "daemon/metrics/metrics.h"

namespace srpce::metrics {

class MetricsExposer {
 public:
  // Listens on `address`, "host:port"; port 0 takes a free one. Stops when destroyed.
  // Errors: UNAVAILABLE  it cannot be listened on (the port is in use, the address is not local).
  static absl::StatusOr<std::unique_ptr<MetricsExposer>> Listen(const std::string& address,
                                                                const Metrics& metrics);
  ~MetricsExposer();
  MetricsExposer(const MetricsExposer&) = delete;
  MetricsExposer& operator=(const MetricsExposer&) = delete;

  int port() const;

 private:
  class Impl;
  explicit MetricsExposer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::metrics
