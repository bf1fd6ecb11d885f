#include "plugins/topology_source/gnmi/counters.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/support/seed.h"

namespace srpce::gnmi_source {
namespace {

using Result = Counter::Result;
constexpr int64_t kSecond = 1'000'000'000;
constexpr double kFast = 1e18;

TEST(CounterTest, TheFirstSampleTellsNothing) {
  Counter counter;
  EXPECT_EQ(counter.Add(1000, kSecond, 64, kFast), Result::kFirst);
  EXPECT_EQ(counter.Add(3000, 3 * kSecond, 64, kFast), Result::kGrew);
  EXPECT_EQ(counter.increase(), 2000);
  EXPECT_EQ(counter.seconds(), 2);
}

TEST(CounterTest, WrapsOf32And64Bits) {
  Counter narrow;
  narrow.Add(0xffffff00, kSecond, 32, kFast);
  EXPECT_EQ(narrow.Add(0x100, 2 * kSecond, 32, kFast), Result::kGrew);
  EXPECT_EQ(narrow.increase(), 0x200);
  Counter wide;
  wide.Add(UINT64_MAX - 9, kSecond, 64, kFast);
  EXPECT_EQ(wide.Add(10, 2 * kSecond, 64, kFast), Result::kGrew);
  EXPECT_EQ(wide.increase(), 20);
}

TEST(CounterTest, ARouterThatRestartedIsNoWrap) {
  Counter counter;
  counter.Add(1'000'000, kSecond, 64, kFast);
  EXPECT_EQ(counter.Add(500, 2 * kSecond, 64, kFast), Result::kRestarted);
  EXPECT_EQ(counter.Add(1500, 3 * kSecond, 64, kFast), Result::kGrew);
  EXPECT_EQ(counter.increase(), 1000);
  // 32 bits, from the upper half: a wrap would mean more than the link can carry.
  Counter narrow;
  narrow.Add(0x80000001, kSecond, 32, 1e6);
  EXPECT_EQ(narrow.Add(5, 2 * kSecond, 32, 1e6), Result::kRestarted);
}

TEST(CounterTest, MoreThanTheLinkCanCarryIsNoRate) {
  Counter counter;
  counter.Add(0, kSecond, 64, 1000);
  EXPECT_EQ(counter.Add(1001, 2 * kSecond, 64, 1000), Result::kRestarted);
  EXPECT_EQ(counter.Add(2001, 3 * kSecond, 64, 1000), Result::kGrew);
}

TEST(CounterTest, TimeThatGoesBackOrStandsGivesNoRate) {
  Counter counter;
  counter.Add(1000, 10 * kSecond, 64, kFast);
  EXPECT_EQ(counter.Add(2000, 9 * kSecond, 64, kFast), Result::kRestarted);
  EXPECT_EQ(counter.Add(3000, 9 * kSecond, 64, kFast), Result::kIgnored);
  EXPECT_EQ(counter.Add(5000, 10 * kSecond, 64, kFast), Result::kGrew);
  EXPECT_EQ(counter.increase(), 3000) << "what was ignored counts with the next";
  EXPECT_EQ(counter.Add(6000, INT64_MAX, 64, kFast), Result::kRestarted);
  EXPECT_EQ(counter.Add(7000, INT64_MIN, 64, kFast), Result::kRestarted);
  EXPECT_EQ(counter.Add(7000, INT64_MAX, 64, kFast), Result::kRestarted);
}

// A model that keeps the true, unbounded count and knows when the router restarted.
TEST(CounterTest, AgreesWithTheTrueCountThroughWrapsAndRestarts) {
  std::mt19937_64 random(support::TestSeed(4));
  support::CaseCount cases;
  for (int round = 0; round < support::Cases(20'000); ++round, cases.Add()) {
    const bool narrow = random() % 2 == 0;
    const uint32_t bits = narrow ? 32 : 64;
    const uint64_t mask = narrow ? UINT32_MAX : UINT64_MAX;
    const double ceiling = 1e8;
    uint64_t value = random() & mask;
    int64_t time = static_cast<int64_t>(random() % 1000) * kSecond;
    Counter counter;
    ASSERT_EQ(counter.Add(value, time, bits, ceiling), Result::kFirst);
    for (int step = 0; step < 8; ++step) {
      const int64_t passed = kSecond / 10 + static_cast<int64_t>(random() % (10 * kSecond));
      time += passed;
      if (random() % 4 == 0) {
        // From zero, and little since: no wrap unless the counter stood close below its end.
        const uint64_t before = value;
        value = random() % 1000;
        const uint64_t wrapped = (value - before) & mask;
        const bool looks_grown =
            static_cast<double>(wrapped) <= ceiling * static_cast<double>(passed) * 1e-9 &&
            (value >= before || wrapped <= mask / 2);
        ASSERT_EQ(counter.Add(value, time, bits, ceiling),
                  looks_grown ? Result::kGrew : Result::kRestarted);
        continue;
      }
      const uint64_t grown =
          random() % static_cast<uint64_t>(1e8 * static_cast<double>(passed) * 1e-9);
      value = (value + grown) & mask;
      ASSERT_EQ(counter.Add(value, time, bits, ceiling), Result::kGrew) << grown;
      ASSERT_EQ(counter.increase(), static_cast<double>(grown));
      ASSERT_DOUBLE_EQ(counter.seconds(), static_cast<double>(passed) * 1e-9);
    }
  }
}

}  // namespace
}  // namespace srpce::gnmi_source
