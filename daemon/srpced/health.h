// daemon/srpced/health.h -- what grpc.health.v1 and srpce_ready say.
//
// "" and every service but TopologyIngest: SERVING once the configured sources have synced (any
// source, where none is configured), until the daemon stops. TopologyIngest serves from the start:
// the topology comes in by it. PolicyService is NOT_SERVING while the store refuses transactions:
// what is applied could be lost.
#pragma once

#include <mutex>

namespace grpc {
class HealthCheckServiceInterface;
}
namespace srpce::metrics {
class Metrics;
}

namespace srpce::srpced {

class Health {
 public:
  explicit Health(metrics::Metrics& metrics) : metrics_(metrics) {}

  // The server answers health checks from now until Detach. `service` may be null: no server.
  void Attach(grpc::HealthCheckServiceInterface* service);
  void Detach();

  // Any thread.
  void SetReady();
  void SetStoreHealthy(bool healthy);
  void SetStopping();

 private:
  void Publish();  // REQUIRES mutex_ held.

  metrics::Metrics& metrics_;
  std::mutex mutex_;
  grpc::HealthCheckServiceInterface* service_ = nullptr;
  bool ready_ = false;
  bool store_healthy_ = true;
  bool stopping_ = false;
};

}  // namespace srpce::srpced
