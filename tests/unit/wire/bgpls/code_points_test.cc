#include "lib/wire/bgpls/code_points.h"

#include <gtest/gtest.h>

namespace srpce::wire::bgpls {
namespace {

TEST(CodePointsTest, NamesWhatIsKnown) {
  EXPECT_EQ(TlvName(256), "local node descriptors");
  EXPECT_EQ(TlvName(1114), "unidirectional link delay");
  EXPECT_EQ(TlvName(1252), "SRv6 SID structure");
  EXPECT_EQ(TlvName(0), "unknown");
  EXPECT_EQ(TlvName(1033), "unknown");
  EXPECT_EQ(TlvName(65535), "unknown");
  EXPECT_EQ(NlriTypeName(6), "srv6 sid");
  EXPECT_EQ(NlriTypeName(7), "unknown");
  EXPECT_EQ(ProtocolName(ProtocolId::kOspfv3), "ospfv3");
  EXPECT_EQ(ProtocolName(static_cast<ProtocolId>(8)), "unknown");
}

}  // namespace
}  // namespace srpce::wire::bgpls
