#include "daemon/srpced/health.h"

#include <grpcpp/health_check_service_interface.h>

#include "daemon/log/log.h"
#include "daemon/metrics/metrics.h"

namespace srpce::srpced {

void Health::Attach(grpc::HealthCheckServiceInterface* service) {
  const std::lock_guard lock(mutex_);
  service_ = service;
  Publish();
}

void Health::Detach() {
  const std::lock_guard lock(mutex_);
  service_ = nullptr;
}

void Health::SetReady() {
  const std::lock_guard lock(mutex_);
  ready_ = true;
  Publish();
}

void Health::SetStoreHealthy(bool healthy) {
  const std::lock_guard lock(mutex_);
  if (store_healthy_ == healthy) {
    return;
  }
  store_healthy_ = healthy;
  if (healthy) {
    log::Info("store: takes transactions again");
  } else {
    log::Error(
        "store: refuses transactions; paths are computed and pushed on, new policies are refused");
  }
  Publish();
}

void Health::SetStopping() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  Publish();
}

void Health::Publish() {
  const bool serving = ready_ && !stopping_;
  metrics_.SetReady(serving);
  if (service_ == nullptr) {
    return;
  }
  service_->SetServingStatus("", serving);
  service_->SetServingStatus("srpce.v1.TopologyIngest", !stopping_);
  service_->SetServingStatus("srpce.v1.TopologyService", serving);
  service_->SetServingStatus("srpce.v1.PathComputation", serving);
  service_->SetServingStatus("srpce.v1.PolicyAgent", serving);
  service_->SetServingStatus("srpce.v1.PolicyService", serving && store_healthy_);
}

}  // namespace srpce::srpced
