// tests/support/simulated_clock.h -- a clock that stands until a test moves it. Any thread may read
// it.
#pragma once

#include <atomic>
#include <chrono>

#include "lib/base/clock.h"

namespace srpce::support {

class SimulatedClock final : public Clock {
 public:
  MonotonicTime Now() const override { return MonotonicTime(since_start_.load()); }
  WallTime WallNow() const override {
    // 2024-01-01T00:00:00Z at the start.
    return WallTime(std::chrono::seconds(1704067200)) +
           std::chrono::duration_cast<WallTime::duration>(since_start_.load());
  }

  void Advance(Duration by) { since_start_.store(since_start_.load() + by); }

 private:
  std::atomic<Duration> since_start_{std::chrono::hours(1)};
};

}  // namespace srpce::support
