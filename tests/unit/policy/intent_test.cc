// What Validate refuses, and what it says.
#include "lib/policy/intent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace srpce::policy {
namespace {

using testing::HasSubstr;

PolicyIntent Good() {
  PolicyIntent intent;
  intent.key = {.headend = "r1", .color = 100, .endpoint = "r4"};
  intent.candidate_paths.emplace_back();
  return intent;
}

PathIntent& Dynamic(PolicyIntent& intent) {
  return std::get<PathIntent>(intent.candidate_paths[0].definition);
}

std::vector<ExplicitSegmentList>& Explicit(PolicyIntent& intent) {
  if (!std::holds_alternative<std::vector<ExplicitSegmentList>>(
          intent.candidate_paths[0].definition)) {
    intent.candidate_paths[0].definition =
        std::vector<ExplicitSegmentList>{{.labels = {16004}, .sids = {}}};
  }
  return std::get<std::vector<ExplicitSegmentList>>(intent.candidate_paths[0].definition);
}

TEST(IntentTest, KeyPrintsAsHeadendColorEndpoint) { EXPECT_EQ(ToString(Good().key), "r1/100/r4"); }

TEST(IntentTest, PlainPolicyIsGood) { EXPECT_TRUE(Validate(Good()).ok()); }

TEST(IntentTest, ExplicitPolicyIsGood) {
  PolicyIntent intent = Good();
  Explicit(intent);
  intent.candidate_paths[0].promise.emplace().max_delay = Microseconds(5);
  EXPECT_TRUE(Validate(intent).ok()) << Validate(intent);
}

struct Case {
  std::string name;
  std::function<void(PolicyIntent&)> spoil;
  std::string want;
};
class IntentDefectTest : public testing::TestWithParam<Case> {};

TEST_P(IntentDefectTest, IsNamed) {
  PolicyIntent intent = Good();
  GetParam().spoil(intent);
  const absl::Status status = Validate(intent);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().want));
}

const Case kCases[] = {
    {"NoHeadend", [](auto& p) { p.key.headend = ""; }, "headend: got ''"},
    {"NoEndpoint", [](auto& p) { p.key.endpoint = ""; }, "endpoint: got ''"},
    {"ToItself", [](auto& p) { p.key.endpoint = "r1"; }, "is the headend itself"},
    {"ColorZero", [](auto& p) { p.key.color = 0; }, "color: got 0"},
    {"ControlCharacter", [](auto& p) { p.name = "a\nb"; }, "name: got a control character"},
    {"LongName", [](auto& p) { p.name.assign(300, 'x'); }, "name: got 300 bytes"},
    {"ReservedBindingLabel", [](auto& p) { p.binding_label = 15; }, "binding_label: got 15"},
    {"HugeBindingLabel", [](auto& p) { p.binding_label = 1 << 20; }, "want 16 to 1048575"},
    {"UnspecifiedBindingSid", [](auto& p) { p.binding_sid = Ipv6Address(); }, "binding_sid"},
    {"NoCandidate", [](auto& p) { p.candidate_paths.clear(); }, "candidate_paths: got none"},
    {"TwinCandidates", [](auto& p) { p.candidate_paths.push_back(p.candidate_paths[0]); },
     "candidate path 1: discriminator: got 0 again"},
    {"LossAboveOne", [](auto& p) { Dynamic(p).max_loss = 1.01; }, "max_loss: got 1.01"},
    {"LossNotANumber", [](auto& p) { Dynamic(p).max_loss = std::nan(""); }, "max_loss: got nan"},
    {"NegativeDelay", [](auto& p) { Dynamic(p).max_delay = Microseconds(-1); },
     "max_delay: got -1 us"},
    {"NoHops", [](auto& p) { Dynamic(p).max_hops = 0; }, "max_hops: got 0"},
    {"NoSids", [](auto& p) { Dynamic(p).max_sids = 0; }, "max_sids: got 0"},
    {"NotAFlexAlgorithm", [](auto& p) { Dynamic(p).flex_algorithm = 127; },
     "flex_algorithm: got 127"},
    {"ContradictingAffinities",
     [](auto& p) {
       Dynamic(p).include_all.Set(70);
       Dynamic(p).exclude_any.Set(70);
     },
     "same affinity bit"},
    {"EndExcluded", [](auto& p) { Dynamic(p).exclude_nodes = {"r4"}; }, "an end of the policy"},
    {"PromiseOfDynamic", [](auto& p) { p.candidate_paths[0].promise.emplace(); }, "promise"},
    {"NoListAtAll", [](auto& p) { Dynamic(p).max_lists = 0; }, "max_segment_lists: got 0"},
    {"ManyLists", [](auto& p) { Dynamic(p).max_lists = 65; },
     "max_segment_lists: got 65, want 1 to 64"},
    {"NothingToSplit", [](auto& p) { Dynamic(p).max_lists = 2; },
     "max_segment_lists: got 2 without a bandwidth"},
    {"SplitOfTooMuch",
     [](auto& p) {
       Dynamic(p).max_lists = 2;
       Dynamic(p).min_bandwidth = {uint64_t{1} << 53};
     },
     "min_bandwidth: got 9007199254740992 bytes/s to be split"},
    {"SplitOverEqualPaths",
     [](auto& p) {
       Dynamic(p).max_lists = 2;
       Dynamic(p).min_bandwidth = {1};
       Dynamic(p).allow_ecmp = true;
     },
     "max_segment_lists: got 2 with allow_ecmp"},
    {"SplitInAGroup",
     [](auto& p) {
       Dynamic(p).max_lists = 2;
       Dynamic(p).min_bandwidth = {1};
       p.disjoint.emplace().group = "g";
     },
     "max_segment_lists: got 2 in a disjoint group"},
    {"ProtectedSplit",
     [](auto& p) {
       Dynamic(p).max_lists = 2;
       Dynamic(p).min_bandwidth = {1};
       p.protection.emplace();
     },
     "candidate path 0: max_segment_lists: got 2 with protection"},
    {"SplitAsABackup",
     [](auto& p) {
       PathIntent& backup = p.protection.emplace().constraints.emplace();
       backup.max_lists = 2;
       backup.min_bandwidth = {1};
     },
     "protection: constraints: max_segment_lists: got 2 with protection"},
    {"PromiseOfASplit",
     [](auto& p) {
       Explicit(p);
       PathIntent& promise = p.candidate_paths[0].promise.emplace();
       promise.max_lists = 2;
       promise.min_bandwidth = {1};
     },
     "promise: max_segment_lists: is for dynamic paths"},
    {"NoList", [](auto& p) { Explicit(p).clear(); }, "got no segment list"},
    {"EmptyList", [](auto& p) { Explicit(p)[0].labels.clear(); }, "list 0: got 0 labels"},
    {"SpecialLabel", [](auto& p) { Explicit(p)[0].labels = {3}; }, "label: got 3"},
    {"ZeroWeight", [](auto& p) { Explicit(p)[0].weight = 0; }, "weight: got 0"},
    {"LabelsAndSids", [](auto& p) { Explicit(p)[0].sids = {Ipv6Address()}; },
     "1 labels and 1 SIDs"},
    {"NoDataPlane", [](auto& p) { Explicit(p)[0].data_plane = cspf::DataPlane::kEither; },
     "data_plane: got unspecified"},
    {"MixedDataPlanes",
     [](auto& p) {
       Explicit(p).push_back({.data_plane = cspf::DataPlane::kSrv6,
                              .labels = {},
                              .sids = {*Ipv6Address::Parse("fc00::1")}});
     },
     "one data plane"},
    {"NamelessGroup", [](auto& p) { p.disjoint.emplace(); }, "disjoint: group: got ''"},
};
INSTANTIATE_TEST_SUITE_P(All, IntentDefectTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(IntentTest, EveryDefectHasItsLine) {
  PolicyIntent intent = Good();
  intent.key.color = 0;
  Dynamic(intent).max_loss = 2;
  Dynamic(intent).max_hops = 0;
  const std::string message(Validate(intent).message());
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 2);
  EXPECT_THAT(message, HasSubstr("policy r1/0/r4: candidate path 0: dynamic: max_loss: got 2"));
}

TEST(IntentTest, BoundsAloneAreCheckedWithoutAPolicyName) {
  PathIntent path;
  path.max_loss = 7;
  EXPECT_EQ(Validate(path).message(), "max_loss: got 7, want 0 to 1");
}

}  // namespace
}  // namespace srpce::policy
