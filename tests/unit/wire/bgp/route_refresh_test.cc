#include "lib/wire/bgp/route_refresh.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

Decoded<RouteRefresh> Read(absl::string_view hex) {
  const std::string body = FromHex(hex);
  return DecodeRouteRefresh(AsBytes(body));
}

TEST(RouteRefreshTest, GoesToTheWireAndBack) {
  const RouteRefresh refresh{.family = kBgpLs, .subtype = RouteRefresh::Subtype::kEnd};
  const std::string message = Encode(refresh);
  EXPECT_EQ(message, HexMessage(5, "4004 02 47"));
  EXPECT_EQ(*DecodeRouteRefresh(AsBytes(message).subspan(kHeaderLength)), refresh);
}

TEST(RouteRefreshTest, MarkersHaveOneLength) {
  EXPECT_EQ(SpellError(Read("4004 01 47 00")),
            "7/1 data ffffffffffffffffffffffffffffffff0018054004014700");
  EXPECT_EQ(SpellError(Read("4004 02")), "7/1 data ffffffffffffffffffffffffffffffff001605400402");
  EXPECT_EQ(SpellError(Read("4004 00")), "1/2 data 0016");
  EXPECT_EQ(SpellError(Read("40")), "1/2 data 0014");
}

TEST(RouteRefreshTest, FiltersBehindARequestAreSkipped) {
  EXPECT_EQ(Read("0001 00 01 01 40 0000")->family, kIpv4Unicast);
}

TEST(RouteRefreshTest, OtherSubtypesAreKeptForTheSessionToIgnore) {
  EXPECT_EQ(static_cast<int>(Read("0001 09 01")->subtype), 9);
}

}  // namespace
}  // namespace srpce::wire::bgp
