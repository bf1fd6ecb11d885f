// tests/support/seed.h -- what a test that draws at random starts from, how much it tries, and what
// it says of both.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace srpce::support {

// Returns SRPCE_TEST_SEED of the environment, or `fixed`: tests go the same way each time unless
// told otherwise. Prints it, so that a failure can be had again.
inline uint64_t TestSeed(uint64_t fixed) {
  const char* given = std::getenv("SRPCE_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : fixed;
  std::printf("SRPCE_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);  // A crash would lose it.
  return seed;
}

// The same for tests that go another way in each run.
inline uint32_t Seed() { return static_cast<uint32_t>(TestSeed(std::random_device()())); }

// Returns `count`, less under a sanitizer.
constexpr int Cases(int count) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return count / 16;
#else
  return count;
#endif
}

// False under a sanitizer: too few cases to expect some of every kind.
inline constexpr bool kAllCases = Cases(16) == 16;

// Counts the random cases of one test, and prints "random cases: N" when it is over: tests/run adds
// them up.
class CaseCount {
 public:
  CaseCount() = default;
  CaseCount(const CaseCount&) = delete;
  CaseCount& operator=(const CaseCount&) = delete;
  ~CaseCount() { std::printf("random cases: %d\n", count_); }

  void Add() { ++count_; }

 private:
  int count_ = 0;
};

}  // namespace srpce::support
