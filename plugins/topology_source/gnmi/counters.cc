#include "plugins/topology_source/gnmi/counters.h"

namespace srpce::gnmi_source {
namespace {

// A rate over less than this is noise of the clock.
constexpr int64_t kMinIntervalNs = 50'000'000;
// After this a counter may have wrapped more than once.
constexpr int64_t kMaxIntervalNs = 3'600'000'000'000;

}  // namespace

Counter::Result Counter::Restart(uint64_t value, int64_t timestamp_ns) {
  const bool first = !value_.has_value();
  value_ = value;
  timestamp_ns_ = timestamp_ns;
  return first ? Result::kFirst : Result::kRestarted;
}

Counter::Result Counter::Add(uint64_t value, int64_t timestamp_ns, uint32_t bits, double ceiling) {
  if (!value_ || timestamp_ns < timestamp_ns_) {
    return Restart(value, timestamp_ns);
  }
  // Both are from 1970 on, or both the host's: no overflow within 292 years; a lie may be larger.
  const auto passed_ns = static_cast<uint64_t>(timestamp_ns) - static_cast<uint64_t>(timestamp_ns_);
  if (passed_ns > static_cast<uint64_t>(kMaxIntervalNs)) {
    return Restart(value, timestamp_ns);
  }
  if (passed_ns < static_cast<uint64_t>(kMinIntervalNs)) {
    return value < *value_ ? Restart(value, timestamp_ns) : Result::kIgnored;
  }
  const uint64_t range_mask = bits >= 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  const uint64_t increase = (value - *value_) & range_mask;
  const double seconds = static_cast<double>(passed_ns) * 1e-9;
  const bool smaller = value < *value_;
  if ((smaller && increase > range_mask / 2) || static_cast<double>(increase) > ceiling * seconds) {
    return Restart(value, timestamp_ns);
  }
  increase_ = static_cast<double>(increase);
  seconds_ = seconds;
  value_ = value;
  timestamp_ns_ = timestamp_ns;
  return Result::kGrew;
}

}  // namespace srpce::gnmi_source
