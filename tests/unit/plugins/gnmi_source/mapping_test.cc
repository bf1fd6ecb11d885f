#include "plugins/topology_source/gnmi/mapping.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "plugins/topology_source/gnmi/gnmi_source.h"
#include "tests/support/temporary_folder.h"

namespace srpce::gnmi_source {
namespace {

using testing::HasSubstr;

// One line each, so that a case can replace one.
std::string Yaml(const std::string& value, const std::string& subscription =
                                               "{path: /a/b, mode: sample, interval_ms: 1000}") {
  return "name: m\nsubscriptions:\n  - " + subscription + "\nvalues:\n  - " + value + "\n";
}

struct Case {
  std::string value;
  std::string want;
};

TEST(MappingTest, EveryMistakeHasItsLineAndWhatWasWanted) {
  const Case cases[] = {
      {"{path: /a/b/c, interface: b.name, attribute: speed}",
       "m.yaml:5: values[0].attribute: got 'speed', want one of up, delay,"},
      {"{path: a/b, interface: b.name, attribute: up}",
       "m.yaml:5: values[0].path: got 'a/b', want a path that begins with /"},
      {"{path: /a/b/c, interface: x.name, attribute: up}",
       "m.yaml:5: values[0].interface: got 'x.name', want ELEM.KEY"},
      {"{path: /a/x, interface: a.name, attribute: up}",
       "m.yaml:5: values[0].path: got '/a/x', want a path below a subscription's"},
      {"{path: /a/b/c, interface: b.name, attribute: up, map: {UP: 1}}",
       "values[0].map.UP: got '1', want true or false"},
      {"{path: /a/b/c, interface: b.name, attribute: delay, map: {UP: x}}",
       "values[0].map.UP: got 'x', want a number"},
      {"{path: /a/b/c, interface: b.name, attribute: octets, bits: 48}",
       "values[0].bits: got 48, want 32 or 64"},
      {"{path: /a/b/c, interface: b.name, attribute: octets, scale: 8}",
       "got a counter with scale, map or format"},
      {"{path: /a/b/c, interface: b.name, attribute: up, colour: 1}",
       "m.yaml:5: values[0]: unknown field 'colour'"},
      {"{path: /a/b/c, attribute: up}", "m.yaml:5: values[0]: field 'interface' is missing"},
  };
  for (const Case& c : cases) {
    const auto mapping = ParseMapping(Yaml(c.value), "m.yaml");
    ASSERT_FALSE(mapping.ok()) << c.value;
    EXPECT_THAT(std::string(mapping.status().message()), HasSubstr(c.want));
  }
}

TEST(MappingTest, SubscriptionsMakeSense) {
  const std::string value = "{path: /a/b/c, interface: b.name, attribute: up}";
  const Case cases[] = {
      {"{path: /a/b, mode: sample}", "got mode sample without interval_ms"},
      {"{path: /a/b, mode: on_change, interval_ms: 5}", "want it with mode sample"},
      {"{path: /a/b, mode: sometimes}", "got 'sometimes', want one of on_change, sample"},
      {"{path: /a/b, mode: sample, interval_ms: 90000}", "age_limit_ms: got 90000, want more than"},
      {"{path: /a/b, mode: sample, interval_ms: 10, suppress_redundant: true}",
       "want a heartbeat below age_limit_ms"},
  };
  for (const Case& c : cases) {
    const auto mapping = ParseMapping(Yaml(value, c.value), "m.yaml");
    ASSERT_FALSE(mapping.ok()) << c.value;
    EXPECT_THAT(std::string(mapping.status().message()), HasSubstr("m.yaml:3: subscriptions[0]"));
    EXPECT_THAT(std::string(mapping.status().message()), HasSubstr(c.want));
  }
}

TEST(MappingTest, AVariableThatIsMissingIsNamed) {
  const auto mapping =
      ParseMapping(Yaml("{path: \"/a/b[k={who}*]/c\", interface: b.k, attribute: up}"), "m.yaml");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  const auto expanded = WithVariables(*mapping, {{"who", "me"}});
  ASSERT_TRUE(expanded.ok());
  EXPECT_EQ(expanded->values[0].keys[0].pattern, "me*");
  EXPECT_THAT(std::string(WithVariables(*mapping, {}).status().message()), HasSubstr("'who'"));
}

TEST(MappingTest, EveryExampleMappingIsGood) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SRPCE_SOURCE_DIR "/configs/gnmi")) {
    if (entry.path().filename() == "targets.yaml") {
      continue;
    }
    const auto text = ReadTextFile(entry.path().string());
    ASSERT_TRUE(text.ok());
    const auto mapping = ParseMapping(*text, entry.path().string());
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST(SourceConfigTest, TheExampleIsGood) {
  const auto config = LoadSourceConfig(SRPCE_SOURCE_DIR "/configs/gnmi/targets.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->plans.size(), 2U);
  EXPECT_EQ(config->plans[0].subscriptions.size(), 7U);
  EXPECT_EQ(config->plans[1].rules.size(), 11U + 4U);
}

class SourceConfigMistakes : public testing::Test {
 protected:
  // What is said of a file with this one target.
  std::string Said(const std::string& target, const std::string& more = "") {
    (void)folder_.Write("m.yaml", Yaml("{path: /a/b/c, interface: b.name, attribute: up}"));
    const std::string file = folder_.Write(
        "t.yaml", "mapping_files: [m.yaml]\n" + more + "targets:\n  - " + target + "\n");
    const auto config = LoadSourceConfig(file);
    return config.ok() ? "good" : std::string(config.status().message());
  }
  support::TemporaryFolder folder_;
};

TEST_F(SourceConfigMistakes, AreNamedWithFileLineAndField) {
  const std::string good = "name: a, address: \"h:1\", node: n, mappings: [m]";
  EXPECT_EQ(Said("{" + good + ", insecure: true}"), "good");
  const Case cases[] = {
      {"{" + good + "}", ":3: targets[0]: got no tls, want it, or insecure: true"},
      {"{" + good + ", insecure: true, tls: {}}", ":3: targets[0]: got tls and insecure: true"},
      {"{name: a, address: h, node: n, mappings: [m], insecure: true}",
       ":3: targets[0].address: got 'h', want \"host:port\""},
      {"{name: a, address: \"::1:5\", node: n, mappings: [m], insecure: true}",
       "want \"host:port\""},
      {"{name: a, address: \"h:1\", node: n, mappings: [x], insecure: true}",
       ":3: targets[0].mappings[0]: got 'x', want one of m"},
      {"{name: a, address: \"h:1\", node: n, insecure: true}",
       "mappings: got none, want some of m"},
      {"{" + good + ", insecure: true, username: u}", "got one of username and password_file"},
      {"{" + good + ", insecure: true, username: u, password_file: none}",
       "targets[0].password_file: " + folder_.path() + "/none: cannot read"},
      {"{" + good + ", tls: {key_file: m.yaml}}", "got one of certificate_file and key_file"},
      {"{" + good + ", insecure: true, keepalive_ms: 1}", "keepalive_ms: got '1', want"},
      {"{" + good + ", insecure: true, max_backoff_ms: 10}", "want at least first_backoff_ms, 500"},
      {"{" + good + ", insecure: true, interfaces: [{name: i}, {name: i}]}",
       "interfaces[1].name: got 'i' twice"},
      {"{" + good +
           ", insecure: true, interfaces: [{name: i, anomaly: {threshold_us: 1, reuse_us: 2}}]}",
       "reuse_us: got 2, want at most threshold_us, 1"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Said(c.value), HasSubstr(c.want)) << c.value;
    EXPECT_THAT(Said(c.value), HasSubstr(folder_.path() + "/t.yaml:"));
  }
}

TEST_F(SourceConfigMistakes, SettingsOfThePlugin) {
  const SystemClock clock;
  EXPECT_THAT(std::string(GnmiSource::Make({}, clock).status().message()),
              HasSubstr("targets: got nothing"));
  EXPECT_THAT(std::string(GnmiSource::Make({{"colour", "1"}}, clock).status().message()),
              HasSubstr("got setting 'colour', want targets"));
  EXPECT_TRUE(absl::IsNotFound(GnmiSource::Make({{"targets", "/none"}}, clock).status()));
}

}  // namespace
}  // namespace srpce::gnmi_source
