// The small things of lib/base: units, ids, status macros, and the simulated clock of the tests.
#include <gtest/gtest.h>

#include <string>

#include "lib/base/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/strong_id.h"
#include "lib/base/units.h"
#include "tests/support/simulated_clock.h"

namespace srpce {
namespace {

TEST(BandwidthTest, DemandRoundsUpAndSupplyDown) {
  EXPECT_EQ(DemandFromBits(9).value, 2U);
  EXPECT_EQ(DemandFromBits(8).value, 1U);
  EXPECT_EQ(DemandFromBits(0).value, 0U);
  EXPECT_EQ(SupplyFromBits(15).value, 1U);
  EXPECT_EQ(DemandFromBits(UINT64_MAX).value, (uint64_t{1} << 61));  // No overflow.
}

TEST(StrongIdTest, ComparesByValue) {
  using Id = StrongId<struct SomeTag>;
  EXPECT_LT(Id(1), Id(2));
  EXPECT_EQ(Id(), Id(0));
  EXPECT_EQ(Id(7).value(), 7U);
}

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) {
    return absl::InvalidArgumentError("odd");
  }
  return number / 2;
}

absl::StatusOr<std::string> Quarter(int number) {
  SRPCE_RETURN_IF_ERROR(number < 0 ? absl::OutOfRangeError("negative") : absl::OkStatus());
  SRPCE_ASSIGN_OR_RETURN(const int half, Half(number));
  SRPCE_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return std::to_string(quarter);
}

TEST(StatusMacrosTest, ReturnTheFirstErrorElseGoOn) {
  EXPECT_EQ(*Quarter(8), "2");
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_EQ(Quarter(-4).status().message(), "negative");
}

TEST(SystemClockTest, NeverGoesBack) {
  const SystemClock clock;
  const MonotonicTime first = clock.Now();
  EXPECT_GE(clock.Now(), first);
  EXPECT_GT(clock.WallNow().time_since_epoch(), std::chrono::hours(24 * 365 * 50));
}

TEST(SimulatedClockTest, MovesOnlyWhenTold) {
  support::SimulatedClock clock;
  const MonotonicTime start = clock.Now();
  const WallTime wall = clock.WallNow();
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(std::chrono::seconds(3));
  EXPECT_EQ(clock.Now() - start, std::chrono::seconds(3));
  EXPECT_EQ(clock.WallNow() - wall, std::chrono::seconds(3));
}

}  // namespace
}  // namespace srpce
