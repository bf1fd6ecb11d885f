// tests/regression/flexible_lists_test.cc -- lists that have SIDs of several algorithms to choose
// from.
#include <gtest/gtest.h>

#include <variant>

#include "lib/segments/compute.h"
#include "tests/support/build_ted.h"
#include "tests/support/query_text.h"

namespace srpce {
namespace {

using support::BuildTed;
using support::QueryOf;

// n0 decapsulates by a SID of its locator in algorithm 0. That takes the place of its End there,
// but not of the one in algorithm 128, which would be the cheaper way.
TEST(FlexibleListsTest, TheSidThatDecapsulatesTakesThePlaceOfItsOwnLocatorAlone) {
  const topology::TedPtr ted = BuildTed(
      "node n0 bare algorithms 128 own-locator fcbb:bb00::1:0:0/96,metric=2 "
      "own-locator fcbb:bb80::1:0:0/96,algo=128 sid fcbb:bb00::1:0:0,behavior=43,parts=80.16.0.0 "
      "sid fcbb:bb00::1:fd00:0,behavior=18,parts=80.16.16.0 "
      "sid fcbb:bb80::1:0:0,behavior=43,algo=128,parts=80.16.0.0\n"
      "node n1 bare algorithms 128 own-locator fcbb:bb00::2:0:0/96\n"
      "fad 128 metric delay on n0\n"
      "n0->n1#1\n"
      "n1->n0#1 igp 0 min-delay 0\n"
      "n0->n1#4\n"
      "n1->n0#4 igp 0 min-delay 1\n");
  segments::SegmentQuery query = QueryOf(*ted, "n1->n0 igp plane srv6 algo 128 max-sids 1");
  query.allow_ecmp = true;
  cspf::Workspace workspace;
  const segments::SegmentResult result = *segments::ComputeRoute(*ted, query, workspace);
  const auto* route = std::get_if<segments::SegmentRoute>(&result);
  ASSERT_NE(route, nullptr) << std::get<cspf::NoPath>(result).message;
  EXPECT_EQ(ToString(route->list), "fcbb:bb00::1:0:0");
  EXPECT_EQ(route->path.cost, 1U) << "of the worst branch";
}

}  // namespace
}  // namespace srpce
