// tests/unit/plugins/file_source/synthesize_test.cc
#include "plugins/topology_source/file/synthesize.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::file_source {
namespace {

Graph Parse(const std::string& text) {
  auto graph = ParseRepetita(text, "test");
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *graph;
}

// Two parallel links each way, in crossed order, and a one-way link b->c.
constexpr char kParallel[] =
    "NODES 3\nlabel x y\na 4 52\nb 0 0\nc 5 53\n"
    "EDGES 5\nlabel src dest weight bw delay\n"
    "e0 0 1 10 1000 100\n"
    "e1 0 1 20 2000 200\n"
    "e2 1 0 20 2000 200\n"
    "e3 1 0 10 1000 100\n"
    "e4 1 2 7 3000 300\n";

Model Make(const std::string& text, const SynthesisSettings& settings = {}) {
  auto model = Synthesize(Parse(text), settings);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

TEST(SynthesizeTest, GivesNodesTheirIdentifiers) {
  const Model model = Make(kParallel);
  const ModelNode& node = model.nodes()[1];
  const topology::NodeAttributes& a = node.node.attributes;
  EXPECT_EQ(node.node.id, "b");
  EXPECT_EQ(a.name, "b");
  EXPECT_EQ(a.asn, 64512U);
  ASSERT_EQ(a.router_ids.size(), 2U);
  EXPECT_EQ(a.router_ids[0].ToString(), "10.0.0.2");
  EXPECT_EQ(a.router_ids[1].ToString(), "fc00:0:2::1");
  EXPECT_EQ(a.srgb, std::vector<topology::LabelRange>({{.first = 16000, .size = 8000}}));
  EXPECT_EQ(a.position, std::nullopt) << "0 0 means not known";
  EXPECT_EQ(model.nodes()[0].node.attributes.position,
            (topology::GeoPosition{.latitude = 52, .longitude = 4}));
  ASSERT_EQ(a.locators.size(), 1U);
  EXPECT_EQ(a.locators[0].prefix.ToString(), "fcbb:bb00:2::/48");
  ASSERT_EQ(a.srv6_sids.size(), 2U);
  EXPECT_EQ(a.srv6_sids[0].sid.ToString(), "fcbb:bb00:2::");
  EXPECT_EQ(a.srv6_sids[0].behavior, 43);
  EXPECT_EQ(a.srv6_sids[1].sid.ToString(), "fcbb:bb00:2:fd00::");
  EXPECT_EQ(a.srv6_sids[1].behavior, 18);
  EXPECT_EQ(a.msd->base_mpls_imposition, 10);
  ASSERT_EQ(node.prefixes.size(), 2U);
  EXPECT_EQ(node.prefixes[0].prefix.ToString(), "10.0.0.2/32");
  EXPECT_EQ(node.prefixes[0].attributes.sids, std::vector<topology::PrefixSid>({{.value = 2}}));
  EXPECT_EQ(node.prefixes[1].prefix.ToString(), "fc00:0:2::1/128");
}

TEST(SynthesizeTest, TurnsColumnsIntoAttributes) {
  const Model model = Make(kParallel);
  const topology::LinkAttributes& a = model.links()[1].link.attributes;
  EXPECT_EQ(a.up, true);
  EXPECT_EQ(a.igp_metric, 20U);
  EXPECT_EQ(a.te_metric, 20U);
  EXPECT_EQ(a.delay, Microseconds(200));
  EXPECT_EQ(a.min_delay, Microseconds(200));
  EXPECT_EQ(a.capacity, BytesPerSecond{2000 * 1000 / 8});
  EXPECT_EQ(a.reservable, a.capacity);
  EXPECT_EQ(a.available, a.capacity);
}

TEST(SynthesizeTest, PairsParallelLinksByWhatTheyAreLike) {
  const Model model = Make(kParallel);
  const auto key = [&](size_t i) { return model.links()[i].link.key; };
  EXPECT_EQ(key(0).local_interface, "to-b");
  EXPECT_EQ(key(1).local_interface, "to-b.2");
  EXPECT_EQ(key(2).local_interface, "to-a");
  EXPECT_EQ(key(3).local_interface, "to-a.2");
  // e0 (10, 100) is e3's other direction, e1 is e2's.
  EXPECT_EQ(model.links()[0].reverse, 3U);
  EXPECT_EQ(model.links()[3].reverse, 0U);
  EXPECT_EQ(key(0).remote_interface, "to-a.2");
  EXPECT_EQ(key(1).remote_interface, "to-a");
  EXPECT_EQ(key(2).remote_interface, "to-b.2");
  EXPECT_EQ(model.links()[4].reverse, std::nullopt);
  EXPECT_EQ(key(4).remote_interface, "");
  EXPECT_EQ(model.links()[0].link.attributes.local_address,
            model.links()[3].link.attributes.remote_address);
}

TEST(SynthesizeTest, NumbersAdjacencySidsByNode) {
  const Model model = Make(kParallel);
  const auto label = [&](size_t i) {
    return model.links()[i].link.attributes.adjacency_sids.at(0).label;
  };
  EXPECT_EQ(label(0), 24000U);
  EXPECT_EQ(label(1), 24001U);
  EXPECT_EQ(label(2), 24000U);
  EXPECT_EQ(label(4), 24002U);
  const topology::Srv6Sid& end_x = model.links()[4].link.attributes.srv6_sids.at(0);
  EXPECT_EQ(end_x.sid.ToString(), "fcbb:bb00:2:e002::");
  EXPECT_EQ(end_x.behavior, 52);
}

// Labels and SIDs of one router must differ, or a list means two things.
TEST(SynthesizeTest, GivesEveryNetworkUnambiguousIdentifiers) {
  for (const char* name : {"Abilene", "Geant2012", "Cogentco", "rf1239"}) {
    const std::string path = absl::StrCat(SRPCE_SOURCE_DIR "/tests/topologies/", name, ".graph");
    const Model model = Make(*ReadFile(path));
    std::set<std::string> sids;
    std::set<std::string> keys;
    std::set<std::string> addresses;
    std::map<uint32_t, std::set<uint32_t>> labels;
    for (const ModelNode& node : model.nodes()) {
      for (const topology::Srv6Sid& sid : node.node.attributes.srv6_sids) {
        EXPECT_TRUE(sids.insert(sid.sid.ToString()).second) << name << " " << sid.sid.ToString();
      }
    }
    for (const ModelLink& link : model.links()) {
      const topology::LinkAttributes& a = link.link.attributes;
      EXPECT_TRUE(sids.insert(a.srv6_sids.at(0).sid.ToString()).second) << name;
      EXPECT_TRUE(keys.insert(link.link.key.ToString()).second) << name;
      EXPECT_TRUE(labels[link.local].insert(a.adjacency_sids.at(0).label).second) << name;
      EXPECT_TRUE(addresses.insert(a.local_address->ToString()).second) << name;
      ASSERT_TRUE(link.reverse.has_value()) << name << " " << link.link.key.ToString();
      const ModelLink& reverse = model.links()[*link.reverse];
      EXPECT_EQ(&model.links()[*reverse.reverse], &link);
      EXPECT_EQ(reverse.link.key.local_interface, link.link.key.remote_interface);
    }
  }
}

TEST(SynthesizeTest, SwitchesDataPlanesOff) {
  SynthesisSettings settings;
  settings.sr_mpls = false;
  settings.srv6 = false;
  const Model model = Make(kParallel, settings);
  const topology::NodeAttributes& a = model.nodes()[0].node.attributes;
  EXPECT_TRUE(a.srgb.empty() && a.locators.empty() && a.srv6_sids.empty() && a.algorithms.empty());
  EXPECT_EQ(a.msd, std::nullopt);
  EXPECT_TRUE(model.nodes()[0].prefixes[0].attributes.sids.empty());
  EXPECT_TRUE(model.links()[0].link.attributes.adjacency_sids.empty());
  EXPECT_TRUE(model.links()[0].link.attributes.srv6_sids.empty());
}

TEST(SynthesizeTest, UsesClassicSidsWithoutNextCsid) {
  SynthesisSettings settings;
  settings.next_csid = false;
  const Model model = Make(kParallel, settings);
  const topology::Srv6Sid& end = model.nodes()[0].node.attributes.srv6_sids.at(0);
  EXPECT_EQ(end.behavior, 1);
  EXPECT_EQ(end.sid.ToString(), "fcbb:bb00:1:1::");
  EXPECT_EQ(model.links()[0].link.attributes.srv6_sids.at(0).behavior, 5);
}

TEST(SynthesizeTest, AddsFlexibleAlgorithms) {
  SynthesisSettings settings;
  settings.flex_algorithms = {{.algorithm = 128, .metric = topology::MetricType::kDelay},
                              {.algorithm = 130, .metric = topology::MetricType::kTe}};
  const Model model = Make(kParallel, settings);
  const ModelNode& node = model.nodes()[2];
  const topology::NodeAttributes& a = node.node.attributes;
  EXPECT_EQ(a.algorithms, (std::vector<uint8_t>{0, 128, 130}));
  ASSERT_EQ(a.flex_algo_definitions.size(), 2U);
  EXPECT_EQ(a.flex_algo_definitions[1].metric, topology::MetricType::kTe);
  ASSERT_EQ(node.prefixes[0].attributes.sids.size(), 3U);
  EXPECT_EQ(node.prefixes[0].attributes.sids[1],
            (topology::PrefixSid{.algorithm = 128, .value = 1003}));
  EXPECT_EQ(node.prefixes[0].attributes.sids[2],
            (topology::PrefixSid{.algorithm = 130, .value = 2003}));
  ASSERT_EQ(a.locators.size(), 3U);
  EXPECT_EQ(a.locators[2].prefix.ToString(), "fcbb:bb02:3::/48");
  EXPECT_EQ(a.locators[2].algorithm, 130);
}

TEST(SynthesizeTest, SeedsGiveTheSameNetworkEachTime) {
  SynthesisSettings settings;
  settings.loss_seed = 1;
  settings.affinity_seed = 2;
  settings.srlg_seed = 3;
  const std::string text = *ReadFile(SRPCE_SOURCE_DIR "/tests/topologies/Geant2012.graph");
  const Model first = Make(text, settings);
  const Model again = Make(text, settings);
  settings.srlg_seed = 4;
  const Model other = Make(text, settings);
  bool differs = false;
  size_t shared = 0;
  for (size_t i = 0; i < first.links().size(); ++i) {
    const topology::LinkAttributes& a = first.links()[i].link.attributes;
    EXPECT_EQ(a, again.links()[i].link.attributes);
    differs = differs || a.srlgs != other.links()[i].link.attributes.srlgs;
    const topology::LinkAttributes& back = first.links()[*first.links()[i].reverse].link.attributes;
    EXPECT_EQ(a.srlgs, back.srlgs) << "a duct has both directions";
    EXPECT_EQ(a.loss, back.loss);
    EXPECT_EQ(a.admin_group, back.admin_group);
    EXPECT_GE(*a.loss, 0.0);
    EXPECT_LE(*a.loss, 0.0005);
    shared += a.srlgs->size() > 1 ? 1 : 0;
  }
  EXPECT_TRUE(differs);
  EXPECT_GT(shared, 0U);
  EXPECT_LT(shared, first.links().size());
}

TEST(SynthesizeTest, RefusesWhatDoesNotFitIdentifiers) {
  SynthesisSettings settings;
  settings.srgb = {.first = 16000, .size = 3};
  EXPECT_EQ(std::string(Synthesize(Parse(kParallel), settings).status().message()),
            "file source: highest prefix SID index: got 3, want at most 2");
  settings = {};
  settings.first_adjacency_label = 16100;
  EXPECT_NE(std::string(Synthesize(Parse(kParallel), settings).status().message())
                .find("want labels outside the SRGB"),
            std::string::npos);
  settings.first_adjacency_label = topology::kMaxLabel;
  EXPECT_FALSE(Synthesize(Parse(kParallel), settings).ok());
}

}  // namespace
}  // namespace srpce::file_source
