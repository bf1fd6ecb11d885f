#include "lib/wire/bgp/code_points.h"

#include <gtest/gtest.h>

namespace srpce::wire::bgp {
namespace {

TEST(CodePointsTest, ErrorsHaveTheNamesOfTheRegistry) {
  EXPECT_EQ(ErrorName(ErrorCode::kMessageHeader, 1),
            "Message Header Error/Connection Not Synchronized");
  EXPECT_EQ(ErrorName(ErrorCode::kOpen, 7), "OPEN Message Error/Unsupported Capability");
  EXPECT_EQ(ErrorName(ErrorCode::kUpdate, 11), "UPDATE Message Error/Malformed AS_PATH");
  EXPECT_EQ(ErrorName(ErrorCode::kUpdate, 7), "UPDATE Message Error/AS Routing Loop (deprecated)");
  EXPECT_EQ(ErrorName(ErrorCode::kHoldTimerExpired, 0), "Hold Timer Expired");
  EXPECT_EQ(ErrorName(ErrorCode::kCease, 9), "Cease/Hard Reset");
  EXPECT_EQ(ErrorName(ErrorCode::kSendHoldTimerExpired, 0), "Send Hold Timer Expired");
}

TEST(CodePointsTest, WhatHasNoNameIsTheNumber) {
  EXPECT_EQ(ErrorName(ErrorCode::kCease, 77), "Cease/subcode 77");
  EXPECT_EQ(ErrorName(static_cast<ErrorCode>(0), 0), "error 0");
  EXPECT_EQ(ErrorName(static_cast<ErrorCode>(99), 3), "error 99/subcode 3");
  EXPECT_EQ(Name(static_cast<MessageType>(6)), "type 6");
  EXPECT_EQ(Name(static_cast<AttributeType>(99)), "attribute 99");
  EXPECT_EQ(Name(Family{static_cast<Afi>(3), static_cast<Safi>(9)}), "afi 3 safi 9");
}

TEST(CodePointsTest, FamiliesHaveNames) {
  EXPECT_EQ(Name(kBgpLs), "bgp-ls");
  EXPECT_EQ(Name(kIpv6SrPolicy), "ipv6-sr-policy");
  EXPECT_EQ(Name(kIpv4Unicast), "ipv4-unicast");
}

}  // namespace
}  // namespace srpce::wire::bgp
