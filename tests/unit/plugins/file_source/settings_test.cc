// tests/unit/plugins/file_source/settings_test.cc
#include "plugins/topology_source/file/settings.h"

#include <gtest/gtest.h>

#include <string>

namespace srpce::file_source {
namespace {

TEST(FileSettingsTest, ReadsEverySetting) {
  const auto settings = ParseSettings({{"path", "a.graph"},
                                       {"script", "s"},
                                       {"asn", "65000"},
                                       {"sr_mpls", "true"},
                                       {"srgb", "20000-20999"},
                                       {"first_adjacency_label", "30000"},
                                       {"msd", "5"},
                                       {"srv6", "false"},
                                       {"next_csid", "no"},
                                       {"srv6_msd", "4"},
                                       {"flex_algorithms", "128:delay, 129:te"},
                                       {"loss_seed", "1"},
                                       {"affinity_seed", "2"},
                                       {"srlg_seed", "3"}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->path, "a.graph");
  EXPECT_EQ(settings->script, "s");
  const SynthesisSettings& synthesis = settings->synthesis;
  EXPECT_EQ(synthesis.asn, 65000U);
  EXPECT_EQ(synthesis.srgb, (topology::LabelRange{.first = 20000, .size = 1000}));
  EXPECT_EQ(synthesis.first_adjacency_label, 30000U);
  EXPECT_EQ(synthesis.msd, 5);
  EXPECT_FALSE(synthesis.srv6);
  EXPECT_FALSE(synthesis.next_csid);
  EXPECT_EQ(synthesis.srv6_msd, 4);
  ASSERT_EQ(synthesis.flex_algorithms.size(), 2U);
  EXPECT_EQ(synthesis.flex_algorithms[1].algorithm, 129);
  EXPECT_EQ(synthesis.flex_algorithms[1].metric, topology::MetricType::kTe);
  EXPECT_EQ(synthesis.loss_seed, 1U);
  EXPECT_EQ(synthesis.affinity_seed, 2U);
  EXPECT_EQ(synthesis.srlg_seed, 3U);
}

TEST(FileSettingsTest, RefusesMistakesByName) {
  struct Case {
    const char* name;
    const char* value;
    const char* want;
  };
  for (const Case& c :
       {Case{"srgb", "16000", "srgb: got '16000', want FIRST-LAST"},
        Case{"srgb", "9-100", "srgb: got '9-100'"}, Case{"srgb", "200-100", "srgb: got '200-100'"},
        Case{"asn", "0", "asn: got '0', want a whole number from 1"},
        Case{"srv6", "maybe", "srv6: got 'maybe', want true or false"},
        Case{"flex_algorithms", "127:te", "got '127:te', want ALGORITHM:METRIC"},
        Case{"flex_algorithms", "128:te 128:igp", "want each algorithm once"},
        Case{"loss_seed", "x", "loss_seed: got 'x'"},
        Case{"pth", "x", "got setting 'pth', want one of affinity_seed, asn"}}) {
    const auto settings = ParseSettings({{"path", "f"}, {c.name, c.value}});
    ASSERT_FALSE(settings.ok()) << c.name << " " << c.value;
    EXPECT_NE(std::string(settings.status().message()).find(c.want), std::string::npos)
        << settings.status();
  }
}

TEST(FileSettingsTest, WantsAPath) {
  EXPECT_EQ(ParseSettings({}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace srpce::file_source
