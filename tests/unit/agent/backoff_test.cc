#include <gtest/gtest.h>

#include "daemon/agent/headend_session.h"

namespace srpce::agent {
namespace {

TEST(BackoffTest, DoublesUpToTheLastAndStartsAnew) {
  using std::chrono::milliseconds;
  Backoff backoff(milliseconds(100), milliseconds(1000), /*seed=*/1);
  for (const int longest : {100, 200, 400, 800, 1000, 1000}) {
    const auto wait = backoff.Next();
    EXPECT_GE(wait, milliseconds(longest / 2));
    EXPECT_LE(wait, milliseconds(longest));
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(100));
  backoff.Exhaust();
  EXPECT_GE(backoff.Next(), milliseconds(500));
}

// Routers that lost the daemon together must not come back together.
TEST(BackoffTest, DiffersFromRouterToRouter) {
  std::set<int64_t> waits;
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    waits.insert(Backoff(std::chrono::seconds(10), std::chrono::seconds(10), seed).Next().count());
  }
  EXPECT_GT(waits.size(), 25u);
}

}  // namespace
}  // namespace srpce::agent
