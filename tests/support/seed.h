// tests/support/seed.h -- what a test that draws at random starts from.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace srpce::support {

// Returns SRPCE_TEST_SEED of the environment, or another seed in each run. Prints it, so that a
// failure can be had again.
inline uint32_t Seed() {
  const char* given = std::getenv("SRPCE_TEST_SEED");
  const uint32_t seed = given != nullptr ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10))
                                         : std::random_device()();
  std::printf("SRPCE_TEST_SEED=%u\n", seed);
  std::fflush(stdout);  // A crash would lose it.
  return seed;
}

// The same for tests that go the same way each time: `fixed` instead of a new seed.
inline uint64_t TestSeed(uint64_t fixed) {
  const char* given = std::getenv("SRPCE_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : fixed;
  std::printf("SRPCE_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  return seed;
}

}  // namespace srpce::support
