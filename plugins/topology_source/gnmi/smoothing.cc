#include "plugins/topology_source/gnmi/smoothing.h"

#include <cmath>

namespace srpce::gnmi_source {

double Average::Add(double sample, int64_t timestamp_ns, int64_t received_ns,
                    double time_constant_ns) {
  // A clock that lies by more than this much between two samples was set.
  constexpr double kClockWasSet = 24 * 3600 * 1e9;
  double passed = static_cast<double>(timestamp_ns) - static_cast<double>(timestamp_ns_);
  if (!(passed > 0 && passed < kClockWasSet)) {
    passed = static_cast<double>(received_ns - received_ns_);
  }
  if (!any_ || time_constant_ns <= 0) {
    value_ = sample;
  } else {
    value_ += (sample - value_) * -std::expm1(-passed / time_constant_ns);
  }
  any_ = true;
  timestamp_ns_ = timestamp_ns;
  received_ns_ = received_ns;
  return value_;
}

bool IsLargeChange(double from, double to, double percent, double absolute) {
  const double change = std::abs(to - from);
  return change > absolute && change > std::abs(from) * percent / 100;
}

}  // namespace srpce::gnmi_source
