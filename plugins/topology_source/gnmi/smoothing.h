// plugins/topology_source/gnmi/smoothing.h -- what is measured, made fit for choosing paths.
#pragma once

#include <cstdint>
#include <optional>

#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

// Exponentially weighted moving average of samples at any times: weight 1 - exp(-passed / time
// constant) for the newest, so that the result does not depend on how often a target samples
// (Zumbach, Mueller: Operators on Inhomogeneous Time Series, 2001; RFC 6298 s2 with a fixed
// interval).
class Average {
 public:
  // `timestamp_ns` and `received_ns`: of the target's clock, and of ours, which counts where the
  // other does not move forward.
  double Add(double sample, int64_t timestamp_ns, int64_t received_ns, double time_constant_ns);
  double value() const { return value_; }

 private:
  bool any_ = false;
  double value_ = 0;
  int64_t timestamp_ns_ = 0;
  int64_t received_ns_ = 0;
};

// The A bit (RFC 8570 s4.1, RFC 7471 s4.1.5): set above the threshold, until below the reuse
// threshold.
class Anomaly {
 public:
  bool Update(double delay_us, const config::v1::GnmiAnomaly& limits) {
    anomalous_ = delay_us > (anomalous_ ? limits.reuse_us() : limits.threshold_us());
    return anomalous_;
  }
  bool anomalous() const { return anomalous_; }

 private:
  bool anomalous_ = false;
};

// True if going from `from` to `to` is more than `percent` of `from` and more than `absolute`.
//
// Both, as routers do with what they announce: on a long path a percentage alone is slow to tell
// of a millisecond, on a short one it tells of every microsecond.
bool IsLargeChange(double from, double to, double percent, double absolute);

}  // namespace srpce::gnmi_source
