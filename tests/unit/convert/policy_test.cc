// tests/unit/convert/policy_test.cc -- intents and installed configurations survive the wire and so
// the store.
#include "proto/convert/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srpce::convert {
namespace {

using testing::HasSubstr;

policy::PolicyIntent FullIntent() {
  policy::CandidatePath dynamic{.name = "fast", .preference = 200, .discriminator = 1};
  dynamic.definition = policy::PathIntent{.objective = topology::MetricType::kDelay,
                                          .max_delay = Microseconds(9000),
                                          .min_bandwidth = BytesPerSecond{125'000'000},
                                          .max_lists = 4};
  policy::CandidatePath written{.name = "backup",
                                .origin = policy::ProtocolOrigin::kBgpSrPolicy,
                                .originator_asn = 65001,
                                .originator_address = *IpAddress::Parse("10.9.9.9"),
                                .discriminator = 2};
  written.definition = std::vector<policy::ExplicitSegmentList>{
      {.data_plane = cspf::DataPlane::kSrMpls, .labels = {16004, 24001}, .weight = 3},
      {.data_plane = cspf::DataPlane::kSrv6,
       .sids = {*Ipv6Address::Parse("fcbb:bb00:1::")},
       .weight = 1}};
  written.promise = policy::PathIntent{.max_hops = 9};
  return {.key = {"r1", 100, "r4"},
          .name = "gold",
          .priority = 0,
          .binding_label = 15001,
          .binding_sid = *Ipv6Address::Parse("fcbb:bb00:1:b000::"),
          .steered_prefixes = {*IpPrefix::Parse("2001:db8::/32")},
          .candidate_paths = {dynamic, written},
          .disjoint = policy::DisjointMembership{"g1", cspf::Disjointness::kSrlgNode},
          .protection = policy::Protection{
              .disjointness = cspf::Disjointness::kSrlgNode,
              .fallbacks = {cspf::Disjointness::kNode, cspf::Disjointness::kLink},
              .allow_sharing = true,
              .constraints = policy::PathIntent{.max_delay = Microseconds(9000)}}};
}

TEST(ConvertPolicyTest, IntentSurvivesTheWire) {
  v1::Policy proto;
  ToProto(FullIntent(), &proto);
  const auto read = FromProto(proto);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, FullIntent());
}

TEST(ConvertPolicyTest, DefaultsAreThoseOfRfc9256) {
  v1::Policy proto;
  proto.add_candidate_paths()->mutable_dynamic();
  const auto read = FromProto(proto);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->priority, 128);
  EXPECT_EQ(read->candidate_paths[0].preference, 100U);
  EXPECT_EQ(read->candidate_paths[0].origin, policy::ProtocolOrigin::kConfiguration);
}

TEST(ConvertPolicyTest, CandidateWithoutDefinitionIsRefusedByPosition) {
  v1::Policy proto;
  ToProto(policy::PolicyKey{"r1", 5, "r2"}, proto.mutable_key());
  proto.add_candidate_paths()->mutable_dynamic();
  proto.add_candidate_paths()->set_name("empty");
  EXPECT_THAT(std::string(FromProto(proto).status().message()),
              HasSubstr("policy r1/5/r2: candidate_paths[1].definition: got none"));
}

TEST(ConvertPolicyTest, ConfigurationKeepsItsFingerprint) {
  plugin::PolicyConfig config{.key = {"r1", 100, "r4"},
                              .name = "gold",
                              .endpoint_address = *IpAddress::Parse("fc00:0:4::1"),
                              .steered_prefixes = {*IpPrefix::Parse("fc00:0:4::1/128")},
                              .decapsulation_sid = *Ipv6Address::Parse("fcbb:bb00:4:fd00::")};
  config.lists.push_back({.weight = 2});
  config.lists[0].list.data_plane = cspf::DataPlane::kSrv6;
  config.lists[0].list.sids = {*Ipv6Address::Parse("fcbb:bb00:2:4::")};
  v1::InstallPolicy proto;
  ToProto(config, &proto);
  const auto read = FromProto(proto);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Fingerprint(), config.Fingerprint());
  EXPECT_EQ(proto.fingerprint(), config.Fingerprint());
}

}  // namespace
}  // namespace srpce::convert
