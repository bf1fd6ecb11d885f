// plugins/topology_source/gnmi/counters.h -- from counters to rates, through wraps and resets.
#pragma once

#include <cstdint>
#include <optional>

namespace srpce::gnmi_source {

// How much one counter grew. Time is the target's own: its clock may be wrong, not its pace.
class Counter {
 public:
  enum class Result {
    kFirst,     // Nothing to compare with.
    kGrew,      // See increase and seconds.
    kIgnored,   // Too soon after the last: no rate from it. The next counts from that one.
    kRestarted  // Smaller and no wrap, faster than can be, or time went back: as the first.
  };

  // A smaller value is a wrap where that means less than half the range in the time passed, and no
  // more than `ceiling` a second; else the counter began anew (RFC 2578 s7.1.6: a management
  // station cannot tell otherwise).
  Result Add(uint64_t value, int64_t timestamp_ns, uint32_t bits, double ceiling);

  double increase() const { return increase_; }
  double seconds() const { return seconds_; }

 private:
  Result Restart(uint64_t value, int64_t timestamp_ns);

  std::optional<uint64_t> value_;
  int64_t timestamp_ns_ = 0;
  double increase_ = 0;
  double seconds_ = 0;
};

}  // namespace srpce::gnmi_source
