// tests/unit/plugins/file_source/repetita_test.cc
#include "plugins/topology_source/file/repetita.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace srpce::file_source {
namespace {

constexpr char kTwoNodes[] =
    "NODES 2\n"
    "label x y\n"
    "0_NL 4.88969 52.37403\n"
    "1_BE 4.34878 50.85045\n"
    "\n"
    "EDGES 2\n"
    "label src dest weight bw delay\n"
    "edge_0 0 1 13 7166666 293\n"
    "edge_1 1 0 14 7166665 294\n";

TEST(RepetitaTest, ReadsNodesAndEdges) {
  const auto graph = ParseRepetita(kTwoNodes, "f");
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->nodes.size(), 2U);
  EXPECT_EQ(graph->nodes[1].label, "1_BE");
  EXPECT_DOUBLE_EQ(graph->nodes[1].x, 4.34878);
  EXPECT_DOUBLE_EQ(graph->nodes[1].y, 50.85045);
  ASSERT_EQ(graph->edges.size(), 2U);
  const GraphEdge& edge = graph->edges[1];
  EXPECT_EQ(edge.label, "edge_1");
  EXPECT_EQ(edge.source, 1U);
  EXPECT_EQ(edge.target, 0U);
  EXPECT_EQ(edge.weight, 14U);
  EXPECT_EQ(edge.bandwidth_kbps, 7166665U);
  EXPECT_EQ(edge.delay_us, 294U);
}

TEST(RepetitaTest, TakesWindowsLineEndsAndNoLastNewline) {
  std::string text = absl::StrReplaceAll(kTwoNodes, {{"\n", "\r\n"}});
  text.resize(text.size() - 2);
  const auto graph = ParseRepetita(text, "f");
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->edges.size(), 2U);
}

TEST(RepetitaTest, ReadsEveryNetworkOfTheTree) {
  struct Network {
    const char* name;
    size_t nodes;
    size_t edges;
  };
  for (const Network& network : {Network{"Abilene", 11, 28}, Network{"Geant2012", 40, 122},
                                 Network{"Cogentco", 197, 490}, Network{"rf1239", 315, 1944}}) {
    const std::string path =
        absl::StrCat(SRPCE_SOURCE_DIR "/tests/topologies/", network.name, ".graph");
    const auto text = ReadFile(path);
    ASSERT_TRUE(text.ok()) << text.status();
    const auto graph = ParseRepetita(*text, path);
    ASSERT_TRUE(graph.ok()) << graph.status();
    EXPECT_EQ(graph->nodes.size(), network.nodes) << network.name;
    EXPECT_EQ(graph->edges.size(), network.edges) << network.name;
  }
}

struct Mistake {
  const char* name;
  const char* from;  // Replaced in kTwoNodes ...
  const char* to;    // ... by this.
  const char* want;  // The whole message.
};

class RepetitaMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(RepetitaMistakeTest, IsNamedWithFileAndLine) {
  const std::string text = absl::StrReplaceAll(kTwoNodes, {{GetParam().from, GetParam().to}});
  ASSERT_NE(text, kTwoNodes);
  const auto graph = ParseRepetita(text, "net.graph");
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(graph.status().message()), GetParam().want);
}

const Mistake kMistakes[] = {
    {"NoCount", "NODES 2", "NODES", "net.graph:1: got 'NODES', want 'NODES <count>'"},
    {"Negative", "NODES 2", "NODES -2",
     "net.graph:1: got NODES '-2', want a whole number from 0 to 10000000"},
    {"WrongColumns", "label x y", "label y x",
     "net.graph:2: got 'label y x', want the column names 'label x y'"},
    {"OffTheGlobe", "50.85045", "150.85045",
     "net.graph:4: got y '150.85045', want degrees from -90 to 90"},
    {"NotANumber", "50.85045", "nan", "net.graph:4: got y 'nan', want degrees from -90 to 90"},
    {"TwiceTheLabel", "1_BE", "0_NL",
     "net.graph:4: got node label '0_NL' a second time, want labels that differ"},
    {"NodeMissing", "1_BE 4.34878 50.85045\n", "",
     "net.graph:5: got 'EDGES 2', want node 1 of 2 as 'label x y'"},
    {"EdgeMissing", "edge_1 1 0 14 7166665 294\n", "",
     "net.graph:9: got the end of the file, want edge 1 of 2 as 'label src dest weight bw delay'"},
    {"EdgeTooMany", "EDGES 2", "EDGES 1",
     "net.graph:9: got 'edge_1 1 0 14 7166665 294', want the end of the file after 1 edges"},
    {"UnknownNode", "edge_1 1 0", "edge_1 2 0",
     "net.graph:9: got src '2', want a whole number from 0 to 1"},
    {"Loop", "edge_1 1 0", "edge_1 1 1",
     "net.graph:9: got an edge from node 1 to itself, want two different nodes"},
    {"MetricTooLarge", " 14 ", " 16777216 ",
     "net.graph:9: got weight '16777216', want a whole number from 0 to 16777215"},
    {"NegativeBandwidth", "7166665", "-7166665",
     "net.graph:9: got bw '-7166665', want a whole number from 0 to 1125899906842624"},
    {"AbsurdDelay", "294", "99999999999999999999",
     "net.graph:9: got delay '99999999999999999999', want a whole number from 0 to 16777215"},
};
INSTANTIATE_TEST_SUITE_P(Files, RepetitaMistakeTest, testing::ValuesIn(kMistakes),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(RepetitaTest, SaysWhichFileCannotBeRead) {
  const auto missing = ReadFile("/nowhere/x.graph");
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(missing.status().message()).find("/nowhere/x.graph"), std::string::npos);
  EXPECT_FALSE(ReadFile("/").ok());
}

}  // namespace
}  // namespace srpce::file_source
