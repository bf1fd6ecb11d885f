#include "daemon/agent/agent_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace srpce::agent {
namespace {

using testing::HasSubstr;

TEST(AgentConfigTest, ReadsLocalSids) {
  const auto config = ParseAgentConfig(R"(
encap_source: fcff::1
local_sids:
  - {sid: "fcbb:bb00:1::/48", behavior: End, flavors: [next-csid, psp]}
  - {sid: "fcbb:bb00:1:e2::", behavior: End.X, interface: eth0, nexthop: "fe80::2"}
  - {sid: "fcbb:bb00:1:d6::", behavior: End.DT6, table: 100}
)",
                                       "agent.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->local_sids_size(), 3);
  EXPECT_EQ(config->local_sids(0).block_bits(), 32u);
  EXPECT_EQ(config->local_sids(2).table(), 100u);
  EXPECT_EQ(config->route_protocol(), 84u);
}

TEST(AgentConfigTest, TheExampleLoads) {
  const auto config = LoadAgentConfig(SRPCE_SOURCE_DIR "/configs/agent/agent.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->local_sids_size(), 4);
}

struct Mistake {
  std::string name;
  std::string yaml;
  std::string want;
};
class AgentConfigMistakeTest : public testing::TestWithParam<Mistake> {};
TEST_P(AgentConfigMistakeTest, IsRefusedWithItsLine) {
  const auto config = ParseAgentConfig(GetParam().yaml, "agent.yaml");
  ASSERT_TRUE(absl::IsInvalidArgument(config.status())) << config.status();
  EXPECT_THAT(std::string(config.status().message()), HasSubstr(GetParam().want));
}
INSTANTIATE_TEST_SUITE_P(
    Files, AgentConfigMistakeTest,
    testing::Values(
        Mistake{"UnknownField", "route_metric: 5\nroute_metrik: 6\n", "agent.yaml:2:"},
        Mistake{"Behavior", "local_sids:\n  - {sid: \"fc00::\", behavior: End.T}\n",
                "agent.yaml:2: local_sids[0]: behavior: got 'End.T'"},
        Mistake{"NotAnAddress", "local_sids:\n  - {sid: \"10.0.0.1\", behavior: End}\n",
                "sid: got '10.0.0.1'"},
        Mistake{"EndXWithoutInterface",
                "local_sids:\n  - {sid: \"fc00::\", behavior: End.X, nexthop: \"fe80::1\"}\n",
                "want both with End.X"},
        Mistake{"NexthopWithEnd",
                "local_sids:\n  - {sid: \"fc00::\", behavior: End, nexthop: \"fe80::1\"}\n",
                "which has none"},
        Mistake{"PrefixWithoutNextCsid", "local_sids:\n  - {sid: \"fc00::/48\", behavior: End}\n",
                "only with next-csid"},
        Mistake{"FlavorOfDt6",
                "local_sids:\n  - {sid: \"fc00::\", behavior: End.DT6, flavors: [psp]}\n",
                "which has none"},
        Mistake{"Twice",
                "local_sids:\n  - {sid: \"fc00::\", behavior: End}\n  - {sid: \"fc00::0\", "
                "behavior: End}\n",
                "agent.yaml:3: local_sids[1]: sid: got fc00::0 twice"},
        Mistake{"Source", "encap_source: here\n", "agent.yaml:1: encap_source"},
        Mistake{"Protocol", "route_protocol: 2\n", "agent.yaml:1:"}),
    [](const auto& test) { return test.param.name; });

TEST(AgentConfigTest, ReadsHeadendsWithTheirTokens) {
  const std::string path = testing::TempDir() + "headends_" + std::to_string(getpid());
  std::ofstream(path) << "# lab\nr1 secret\n\nr2\n";
  const auto headends = LoadHeadends(path);
  ASSERT_TRUE(headends.ok()) << headends.status();
  ASSERT_EQ(headends->size(), 2u);
  EXPECT_EQ((*headends)[0].token, "secret");
  EXPECT_EQ((*headends)[1].headend, "r2");
  std::ofstream(path) << "r1\nr1\n";
  EXPECT_THAT(std::string(LoadHeadends(path).status().message()), HasSubstr(":2:"));
  std::remove(path.c_str());
  EXPECT_TRUE(absl::IsNotFound(LoadHeadends(path).status()));
}

}  // namespace
}  // namespace srpce::agent
