// RFC 9256 s2.9: which candidate path is active.
#include <gtest/gtest.h>

#include "lib/policy/status.h"

namespace srpce::policy {
namespace {

CandidatePath Path(uint32_t preference, ProtocolOrigin origin = ProtocolOrigin::kConfiguration,
                   uint32_t asn = 0, uint32_t discriminator = 0) {
  CandidatePath path;
  path.preference = preference;
  path.origin = origin;
  path.originator_asn = asn;
  path.discriminator = discriminator;
  return path;
}

TEST(SelectionTest, HighestPreferenceAmongTheValid) {
  const std::vector<CandidatePath> paths{Path(100), Path(300), Path(200)};
  EXPECT_EQ(SelectCandidate(paths, {true, true, true}, std::nullopt), 1U);
  EXPECT_EQ(SelectCandidate(paths, {true, false, true}, std::nullopt), 2U);
  EXPECT_EQ(SelectCandidate(paths, {false, false, false}, std::nullopt), std::nullopt);
}

TEST(SelectionTest, ThenHigherProtocolOrigin) {
  EXPECT_EQ(
      SelectCandidate({Path(100, ProtocolOrigin::kPcep), Path(100, ProtocolOrigin::kConfiguration),
                       Path(100, ProtocolOrigin::kBgpSrPolicy)},
                      {true, true, true}, 0),
      1U);
}

TEST(SelectionTest, ThenTheInstalledOne) {
  const std::vector<CandidatePath> paths{Path(100, ProtocolOrigin::kPcep, 1),
                                         Path(100, ProtocolOrigin::kPcep, 2),
                                         Path(100, ProtocolOrigin::kPcep, 3)};
  EXPECT_EQ(SelectCandidate(paths, {true, true, true}, 1), 1U);
  EXPECT_EQ(SelectCandidate(paths, {true, false, true}, 1), 0U) << "installed but not valid";
}

TEST(SelectionTest, ThenLowerOriginatorThenHigherDiscriminator) {
  EXPECT_EQ(SelectCandidate({Path(100, ProtocolOrigin::kPcep, 65001, 9),
                             Path(100, ProtocolOrigin::kPcep, 65000, 1),
                             Path(100, ProtocolOrigin::kPcep, 65000, 2)},
                            {true, true, true}, std::nullopt),
            2U);
}

TEST(SelectionTest, StatesHaveNames) {
  EXPECT_STREQ(OperStateName(OperState::kPending), "pending");
  EXPECT_STREQ(OperStateName(OperState::kDown), "down");
  EXPECT_STREQ(OperStateName(OperState::kUp), "up");
  EXPECT_STREQ(PushStateName(PushState::kNone), "none");
  EXPECT_STREQ(PushStateName(PushState::kWaiting), "waiting");
  EXPECT_STREQ(PushStateName(PushState::kSent), "sent");
  EXPECT_STREQ(PushStateName(PushState::kInstalled), "installed");
  EXPECT_STREQ(PushStateName(PushState::kFailed), "failed");
}

}  // namespace
}  // namespace srpce::policy
