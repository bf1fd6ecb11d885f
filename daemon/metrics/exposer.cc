#include "daemon/metrics/exposer.h"

#include <prometheus/exposer.h>

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::metrics {

class MetricsExposer::Impl {
 public:
  Impl(const std::string& address, std::shared_ptr<prometheus::Collectable> collectable)
      : exposer_(address), collectable_(std::move(collectable)) {
    exposer_.RegisterCollectable(collectable_);
  }
  int port() const {
    const auto ports = exposer_.GetListeningPorts();
    return ports.empty() ? 0 : ports.front();
  }

 private:
  prometheus::Exposer exposer_;
  std::shared_ptr<prometheus::Collectable> collectable_;
};

absl::StatusOr<std::unique_ptr<MetricsExposer>> MetricsExposer::Listen(const std::string& address,
                                                                       const Metrics& metrics) {
  try {
    auto impl = std::make_unique<Impl>(address, metrics.collectable());
    return std::unique_ptr<MetricsExposer>(new MetricsExposer(std::move(impl)));
  } catch (const std::exception& e) {  // prometheus-cpp has no other way to tell.
    return absl::UnavailableError(
        absl::StrCat("metrics.listen_address: cannot listen on ", address));
  }
}

MetricsExposer::MetricsExposer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MetricsExposer::~MetricsExposer() = default;
int MetricsExposer::port() const { return impl_->port(); }

}  // namespace srpce::metrics
