// lib/base/clock.h -- time as a dependency, so that tests own it.
#pragma once

#include <chrono>

namespace srpce {

// Since an arbitrary start; never goes back. For intervals.
using MonotonicTime = std::chrono::steady_clock::time_point;
// Since the Unix epoch. For people and files.
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonotonicTime Now() const = 0;
  virtual WallTime WallNow() const = 0;
};

class SystemClock final : public Clock {
 public:
  MonotonicTime Now() const override { return std::chrono::steady_clock::now(); }
  WallTime WallNow() const override { return std::chrono::system_clock::now(); }
};

}  // namespace srpce
