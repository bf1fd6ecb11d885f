// The configuration: every mistake is refused with its line, every example loads, every field is
// explained.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "daemon/config/config_loader.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const PluginNames kPlugins = {.stores = {"sqlite"},
                              .southbounds = {"agent", "simulated"},
                              .topology_sources = {"bgpls", "file", "gnmi"}};

absl::StatusOr<v1::Config> Parse(absl::string_view yaml) {
  return ParseConfig(yaml, "test.yaml", "/etc/srpce", kPlugins);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Mistake {
  std::string name;
  std::string yaml;
  std::string want;  // In the error.
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }

class ConfigMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistakeTest, IsRefusedWithItsLine) {
  const auto config = Parse(GetParam().yaml);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr(GetParam().want));
}

const Mistake kMistakes[] = {
    {"UnknownSection", "grpc:\n  reflection: true\nfrobnicate: 1\n",
     "test.yaml:3: unknown field 'frobnicate', known: grpc, metrics, store"},
    {"UnknownField", "grpc:\n  listen_adress: a:1\n",
     "test.yaml:2: grpc: unknown field 'listen_adress', known: listen_address, reflection, "
     "drain_ms"},
    {"UnknownFieldInList", "headends:\n  - headend: r1\n    southbound: simulated\n    token: x\n",
     "test.yaml:4: headends[0]: unknown field 'token'"},
    {"DuplicateKey", "topology:\n  window: 5\n  window: 6\n",
     "test.yaml:3: topology.window: duplicate key, first on line 2"},
    {"DuplicateSection", "log:\n  level: info\nlog:\n  level: info\n",
     "test.yaml:3: log: duplicate key, first on line 1"},
    {"TextForNumber", "topology:\n  window: many\n",
     "test.yaml:2: topology.window: got 'many', want an integer from 1 to 1000000"},
    {"QuotedNumber", "topology:\n  window: \"5\"\n",
     "test.yaml:2: topology.window: got '5', want an integer"},
    {"NegativeNumber", "engine:\n\n  good_news_wait_ms: -1\n",
     "test.yaml:3: engine.good_news_wait_ms: got '-1', want an integer from 0 to 3600000"},
    {"AbsurdNumber", "limits:\n  max_message_bytes: 99999999999999999999\n",
     "test.yaml:2: limits.max_message_bytes: got '9999"},
    {"OutOfRange", "topology:\n  window: 0\n",
     "test.yaml:2: topology.window: got '0', want an integer from 1"},
    {"NotANumber", "engine:\n  reoptimize_gain_percent: .nan\n",
     "test.yaml:2: engine.reoptimize_gain_percent: got '.nan'"},
    {"NotANumberBare", "engine:\n  reoptimize_gain_percent: nan\n",
     "test.yaml:2: engine.reoptimize_gain_percent: got 'nan'"},
    {"OldYamlBool", "grpc:\n  reflection: yes\n",
     "test.yaml:2: grpc.reflection: got 'yes', want true or false"},
    {"WrongEnum", "log:\n  format: xml\n",
     "test.yaml:2: log.format: got 'xml', want one of text, json"},
    {"ListForMapping", "grpc:\n  - 1\n", "test.yaml:2: grpc: got a sequence, want a mapping"},
    {"MappingForList", "headends:\n  headend: r1\n",
     "test.yaml:2: headends: got a mapping, want a sequence"},
    {"MappingForText", "store:\n  path:\n    a: b\n",
     "test.yaml:3: store.path: got a mapping, want a single value"},
    {"NoValue", "store:\n  path:\n", "test.yaml:2: store.path: has no value"},
    {"TopLevelList", "- a\n", "test.yaml:1: got a sequence, want a mapping"},
    {"Missing", "sources:\n  - plugin: file\n", "test.yaml:2: sources[0]: field 'name' is missing"},
    {"NestedSetting", "sources:\n  - plugin: file\n    name: a\n    settings:\n      path: [1]\n",
     "test.yaml:5: sources[0].settings.path: got a sequence, want a text"},
    {"BadSyntax", "grpc:\n  listen_address: [\n", "test.yaml:"},
    {"TwoDocuments", "grpc:\n  reflection: true\n---\nlog:\n  level: info\n",
     "got 2 documents, want one"},
    {"UnknownVariable", "store:\n  path: ${home}/x\n",
     "test.yaml:2: store.path: unknown variable 'home', known: config_dir"},
    {"BadAddress", "grpc:\n  listen_address: localhost\n",
     "test.yaml:2: grpc.listen_address: got 'localhost', want \"host:port\""},
    {"BadPort", "metrics:\n  listen_address: 1.2.3.4:65536\n",
     "test.yaml:2: metrics.listen_address: got '1.2.3.4:65536'"},
    {"BareIpv6", "grpc:\n  listen_address: \"::1:50051\"\n",
     "test.yaml:2: grpc.listen_address: got '::1:50051'"},
    {"MetricsOnUnixSocket", "metrics:\n  listen_address: unix:/x\n",
     "test.yaml:2: metrics.listen_address: got 'unix:/x'"},
    {"UnknownStore", "store:\n  plugin: floppy\n",
     "test.yaml:2: store.plugin: got 'floppy', want one of sqlite"},
    {"UnknownSouthbound", "headends:\n  - headend: r1\n    southbound: pigeon\n",
     "test.yaml:3: headends[0].southbound: got 'pigeon', want one of agent, simulated"},
    {"HeadendTwice",
     "headends:\n  - {headend: r1, southbound: simulated}\n  - {headend: r1, southbound: "
     "simulated}\n",
     "test.yaml:3: headends[1].headend: 'r1' is configured twice"},
    {"AgentWithoutToken", "headends:\n  - {headend: r1, southbound: agent}\n",
     "test.yaml:2: headends[0]: token_file is missing"},
    {"TokenForAll", "headends:\n  - {headend: \"*\", southbound: agent, token_file: t}\n",
     "test.yaml:2: headends[0].headend: got '*', want a node id"},
    {"TokenForSimulated", "headends:\n  - {headend: r1, southbound: simulated, token_file: t}\n",
     "test.yaml:2: headends[0].token_file: only southbound agent has tokens"},
    {"SourceTwice", "sources:\n  - {plugin: file, name: a}\n  - {plugin: file, name: a}\n",
     "test.yaml:3: sources[1].name: 'a' is configured twice"},
    {"ReservedSource", "sources:\n  - {plugin: file, name: \"agent:r1\"}\n",
     "test.yaml:2: sources[0].name: got 'agent:r1'"},
    {"QuietBeyondWait", "engine:\n  bad_news_quiet_ms: 20\n  bad_news_max_wait_ms: 10\n",
     "test.yaml:2: engine.bad_news_quiet_ms: got 20, want at most bad_news_max_wait_ms, 10"},
};
INSTANTIATE_TEST_SUITE_P(Config, ConfigMistakeTest, testing::ValuesIn(kMistakes),
                         [](const auto& info) { return info.param.name; });

TEST(ConfigTest, AllMistakesAreToldAtOnce) {
  const auto config = Parse("grpc:\n  reflection: 1\nlog:\n  level: loud\nnonsense: 1\n");
  EXPECT_THAT(std::string(config.status().message()),
              AllOf(HasSubstr("test.yaml:2: grpc.reflection"), HasSubstr("test.yaml:4: log.level"),
                    HasSubstr("test.yaml:5: unknown field 'nonsense'")));
}

TEST(ConfigTest, AnEmptyFileAsksForTheDefaults) {
  for (const char* text : {"", "\n# nothing\n"}) {
    const auto config = Parse(text);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->grpc().listen_address(), "127.0.0.1:50051");
    EXPECT_EQ(config->limits().max_message_bytes(), 16U << 20);
    EXPECT_EQ(config->log().format(), v1::LOG_FORMAT_TEXT);
  }
}

TEST(ConfigTest, ReadsEveryKindOfValue) {
  const auto config = Parse(
      "grpc: {listen_address: '[::1]:0', reflection: false}\n"
      "log: {level: warning, format: json}\n"
      "engine: {reoptimize_gain_percent: 2.5, max_labels_per_query: 1000000000}\n"
      "sources:\n"
      "  - plugin: file\n    name: lab\n    precedence: 7\n    overlay: true\n"
      "    settings: {path: '${config_dir}/net.graph', loss_seed: 3}\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->grpc().listen_address(), "[::1]:0");
  EXPECT_FALSE(config->grpc().reflection());
  EXPECT_EQ(config->log().level(), v1::LOG_LEVEL_WARNING);
  EXPECT_EQ(config->log().format(), v1::LOG_FORMAT_JSON);
  EXPECT_EQ(config->engine().reoptimize_gain_percent(), 2.5);
  EXPECT_EQ(config->engine().max_labels_per_query(), 1'000'000'000U);
  ASSERT_EQ(config->sources_size(), 1);
  EXPECT_EQ(config->sources(0).precedence(), 7U);
  EXPECT_TRUE(config->sources(0).overlay());
  EXPECT_EQ(config->sources(0).settings().at("path"), "/etc/srpce/net.graph");
  EXPECT_EQ(config->sources(0).settings().at("loss_seed"), "3");
}

TEST(ConfigTest, WhatIsPrintedIsReadBackTheSame) {
  const auto config = Parse(
      "headends: [{headend: \"*\", southbound: simulated}]\n"
      "sources: [{plugin: file, name: 'a\"b', settings: {path: 'x: y'}}]\n"
      "engine: {reoptimize_gain_percent: 0.1}\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string printed = ProtoToYaml(*config);
  const auto again = Parse(printed);
  ASSERT_TRUE(again.ok()) << again.status() << "\n" << printed;
  EXPECT_EQ(ProtoToYaml(*again), printed);
  EXPECT_EQ(again->sources(0).name(), "a\"b");
  EXPECT_EQ(again->engine().reoptimize_gain_percent(), 0.1);
}

TEST(ConfigTest, AFileThatCannotBeReadIsNamed) {
  const auto missing = LoadConfig("/nonexistent/srpced.yaml", kPlugins);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/nonexistent/srpced.yaml"));
  EXPECT_FALSE(LoadConfig("/tmp", kPlugins).ok());
}

TEST(ConfigTest, EveryExampleLoads) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SRPCE_SOURCE_DIR "/configs")) {
    if (entry.path().extension() == ".yaml") {
      ++count;
      const auto config = LoadConfig(entry.path().string(), kPlugins);
      EXPECT_TRUE(config.ok()) << config.status();
    }
  }
  EXPECT_GE(count, 3U);
}

// The quickstart's files are where it says.
TEST(ConfigTest, TheQuickstartNamesATopologyThatExists) {
  const auto config = LoadConfig(SRPCE_SOURCE_DIR "/configs/quickstart.yaml", kPlugins);
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->sources_size(), 1);
  EXPECT_TRUE(std::filesystem::exists(config->sources(0).settings().at("path")));
}

// Returns the row of `field` in the reference, or "".
std::string ReferenceRow(const std::string& reference, const std::string& field) {
  for (const absl::string_view line : absl::StrSplit(reference, '\n')) {
    if (line.find(absl::StrCat("| `", field, "` |")) == 0) {
      return std::string(line);
    }
  }
  return "";
}

std::string DefaultText(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.default_value_string();
    case FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(field.default_value_uint64());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(field.default_value_double());
    default:
      return "?";
  }
}

TEST(ConfigTest, EveryFieldIsInTheReferenceWithItsDefault) {
  const std::string reference = ReadFile(SRPCE_SOURCE_DIR "/configs/README.md");
  const v1::Config defaults;
  const Descriptor* sections = defaults.GetDescriptor();
  for (int i = 0; i < sections->field_count(); ++i) {
    const FieldDescriptor* section = sections->field(i);
    const Descriptor* fields = section->message_type();
    for (int j = 0; j < fields->field_count(); ++j) {
      const FieldDescriptor* field = fields->field(j);
      const std::string name =
          absl::StrCat(section->name(), section->is_repeated() ? "[]." : ".", field->name());
      const std::string row = ReferenceRow(reference, name);
      EXPECT_THAT(row, Not(testing::IsEmpty())) << name << " is not in configs/README.md";
      if (field->is_required()) {
        EXPECT_THAT(row, HasSubstr("| required |")) << name;
      } else if (field->has_default_value() && field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) {
        const std::string value = DefaultText(*field);
        EXPECT_THAT(row, HasSubstr(absl::StrCat("| `", value, "` |"))) << name;
      }
    }
  }
}

TEST(ListenAddressTest, TakesHostsPortsAndSockets) {
  const auto v4 = ParseListenAddress("127.0.0.1:0");
  ASSERT_TRUE(v4.ok());
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 0);
  const auto v6 = ParseListenAddress("[2001:db8::1]:443");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->port, 443);
  const auto socket = ParseListenAddress("unix:/run/srpced.sock");
  ASSERT_TRUE(socket.ok());
  EXPECT_EQ(socket->unix_path, "/run/srpced.sock");
  for (const char* bad : {"", ":", "host", ":80", "host:", "host:x", "host:-1", "[::1:80",
                          "[zz]:80", "unix:", "::1:80"}) {
    EXPECT_FALSE(ParseListenAddress(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace srpce::config
