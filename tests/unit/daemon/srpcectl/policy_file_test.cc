// tests/unit/daemon/srpcectl/policy_file_test.cc
#include "daemon/srpcectl/policy_file.h"

#include <gtest/gtest.h>

#include <string>

namespace srpce::ctl {
namespace {

constexpr char kGold[] =
    "key: {headend: a, color: 100, endpoint: d}\n"
    "name: gold\n"
    "candidate_paths:\n"
    "  - preference: 200\n"
    "    dynamic: {objective: delay, max_delay_us: 15000, data_plane: srv6}\n"
    "disjoint: {group: g, disjointness: srlg}\n";

TEST(PolicyFileTest, ReadsOnePolicy) {
  const auto policies = ParsePolicies(kGold, "p.yaml");
  ASSERT_TRUE(policies.ok()) << policies.status();
  ASSERT_EQ(policies->size(), 1U);
  const v1::Policy& policy = policies->at(0);
  EXPECT_EQ(policy.key().color(), 100U);
  EXPECT_EQ(policy.candidate_paths(0).dynamic().objective(), v1::METRIC_TYPE_DELAY);
  EXPECT_EQ(policy.candidate_paths(0).dynamic().max_delay_us(), 15000U);
  EXPECT_EQ(policy.candidate_paths(0).dynamic().data_plane(), v1::DATA_PLANE_SRV6);
  EXPECT_EQ(policy.disjoint().disjointness(), v1::DISJOINTNESS_SRLG);
}

TEST(PolicyFileTest, ReadsSeveralDocumentsAndLists) {
  const std::string text =
      std::string("# header\n---\n") + kGold +
      "---\npolicies:\n  - key: {headend: b}\n  - key: {headend: c}\n---\n# nothing\n";
  const auto policies = ParsePolicies(text, "p.yaml");
  ASSERT_TRUE(policies.ok()) << policies.status();
  ASSERT_EQ(policies->size(), 3U);
  EXPECT_EQ(policies->at(0).name(), "gold");
  EXPECT_EQ(policies->at(2).key().headend(), "c");
}

TEST(PolicyFileTest, ReadsJson) {
  const auto policies = ParsePolicies(
      "{\"policies\": [{\"key\": {\"headend\": \"a\", \"color\": 1, \"endpoint\": \"b\"},\n"
      "  \"candidate_paths\": [{\"explicit\": {\"lists\": [{\"labels\": [16001, 24000]}]}}]}]}\n",
      "p.json");
  ASSERT_TRUE(policies.ok()) << policies.status();
  ASSERT_EQ(policies->size(), 1U);
  EXPECT_EQ(policies->at(0).candidate_paths(0).explicit_().lists(0).labels(1), 24000U);
}

TEST(PolicyFileTest, NumbersCandidatePathsThatHaveNoDiscriminator) {
  const auto policies = ParsePolicies(
      "candidate_paths: [{name: x}, {name: y, discriminator: 7}, {name: z}]\n---\ncandidate_paths: "
      "[{name: alone}]\n",
      "p.yaml");
  ASSERT_TRUE(policies.ok()) << policies.status();
  EXPECT_EQ(policies->at(0).candidate_paths(0).discriminator(), 1U);
  EXPECT_EQ(policies->at(0).candidate_paths(1).discriminator(), 7U);
  EXPECT_EQ(policies->at(0).candidate_paths(2).discriminator(), 3U);
  EXPECT_EQ(policies->at(1).candidate_paths(0).discriminator(), 0U);
}

TEST(PolicyFileTest, NamesMistakesWithTheLineOfTheFile) {
  const std::string text =
      std::string(kGold) +
      "---\nkey: {headend: a}\ncolour: 7\n---\nkey: {headend: a, color: red}\n";
  const auto policies = ParsePolicies(text, "p.yaml");
  ASSERT_FALSE(policies.ok());
  const std::string message(policies.status().message());
  EXPECT_EQ(message.find("p.yaml:9: unknown field 'colour', known: key, name"), 0U) << message;
  EXPECT_NE(message.find("\np.yaml:11: key.color: got 'red', want"), std::string::npos) << message;
}

TEST(PolicyFileTest, RefusesWhatIsNoPolicy) {
  EXPECT_EQ(std::string(ParsePolicies("# nothing\n", "p.yaml").status().message()),
            "p.yaml: got no policy, want at least one");
  EXPECT_FALSE(ParsePolicies("- a\n- b\n", "p.yaml").ok());
  EXPECT_FALSE(ParsePolicies("key: [unclosed\n", "p.yaml").ok());
  EXPECT_NE(std::string(ParsePolicies("name: a\ncandidate_paths: [{dynamic: {objective: cheap}}]\n",
                                      "p.yaml")
                            .status()
                            .message())
                .find("p.yaml:2: candidate_paths[0].dynamic.objective: got 'cheap', want one of"),
            std::string::npos);
  EXPECT_NE(std::string(ParsePolicies("candidate_paths: [{dynamic: {}, explicit: {}}]\n", "p.yaml")
                            .status()
                            .message())
                .find("got it beside 'dynamic', want one of the two"),
            std::string::npos);
  EXPECT_EQ(ReadPolicies("/nowhere.yaml").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace srpce::ctl
