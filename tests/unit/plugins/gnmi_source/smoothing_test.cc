#include "plugins/topology_source/gnmi/smoothing.h"

#include <gmock/gmock.h>

#include <cmath>

namespace srpce::gnmi_source {
namespace {

constexpr double kTau = 30e9;
constexpr int64_t kSecond = 1'000'000'000;

TEST(AverageTest, TheFirstSampleIsTaken) {
  Average average;
  EXPECT_EQ(average.Add(500, 5 * kSecond, 0, kTau), 500);
}

TEST(AverageTest, AfterOneTimeConstantAStepIsTakenBy63Percent) {
  Average average;
  average.Add(1000, 0, 0, kTau);
  EXPECT_NEAR(average.Add(2000, 30 * kSecond, 0, kTau), 1000 + 1000 * (1 - std::exp(-1)), 1e-9);
}

TEST(AverageTest, DoesNotDependOnHowOftenATargetSamples) {
  Average often;
  Average seldom;
  often.Add(1000, 0, 0, kTau);
  seldom.Add(1000, 0, 0, kTau);
  for (int i = 1; i <= 600; ++i) {
    often.Add(2000, i * kSecond / 10, 0, kTau);
  }
  EXPECT_NEAR(often.value(), seldom.Add(2000, 60 * kSecond, 0, kTau), 1e-6);
}

TEST(AverageTest, ATargetsClockThatStandsIsReplacedByOurs) {
  Average average;
  average.Add(1000, 7, 0, kTau);
  EXPECT_NEAR(average.Add(2000, 7, 30 * kSecond, kTau), 1632.1, 0.1);
  EXPECT_NEAR(average.Add(2000, INT64_MIN, 60 * kSecond, kTau), 1864.7, 0.1);
}

TEST(AverageTest, WithoutATimeConstantTheSampleCounts) {
  Average average;
  average.Add(1, 1, 1, 0);
  EXPECT_EQ(average.Add(9, 2, 2, 0), 9);
}

TEST(AnomalyTest, SetAboveTheThresholdUntilBelowReuse) {
  config::v1::GnmiAnomaly limits;
  limits.set_threshold_us(1000);
  limits.set_reuse_us(800);
  Anomaly anomaly;
  std::string got;
  for (const double delay : {900.0, 1000.0, 1001.0, 900.0, 801.0, 800.0, 900.0, 1000.5}) {
    got += anomaly.Update(delay, limits) ? 'A' : '-';
  }
  EXPECT_EQ(got, "--AAA--A");
}

TEST(DampeningTest, AChangeMustBeLargeBothWays) {
  EXPECT_FALSE(IsLargeChange(10, 15, 10, 100)) << "50 %, but 5 us";
  EXPECT_FALSE(IsLargeChange(80'000, 80'200, 10, 100)) << "200 us, but 0.25 %";
  EXPECT_TRUE(IsLargeChange(1000, 1101, 10, 100));
  EXPECT_TRUE(IsLargeChange(1000, 899, 10, 100));
  EXPECT_TRUE(IsLargeChange(0, 101, 10, 100));
}

}  // namespace
}  // namespace srpce::gnmi_source
