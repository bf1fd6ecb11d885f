// tests/unit/segments/encode_test.cc -- drawn maps and the lists expected on them.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/verify.h"
#include "lib/topology/ted_builder.h"
#include "tests/support/build_ted.h"

namespace srpce::segments {
namespace {

using support::BuildTed;
using support::LinkOf;
using support::NodeOf;
using topology::TedPtr;

// "a b#2 c" -> its links. Words after the first name a node, and with # the interface towards it.
std::vector<LinkIndex> Links(const Ted& ted, const std::string& path) {
  std::vector<LinkIndex> links;
  std::string here;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(path, ' '))) {
    const std::pair<std::string, std::string> to = absl::StrSplit(word, absl::MaxSplits('#', 1));
    if (!here.empty()) links.push_back(LinkOf(ted, absl::StrCat(here, "->", word)));
    here = to.first;
  }
  return links;
}

std::string EncodeText(const Ted& ted, const std::string& path, const EncodeOptions& options = {}) {
  const std::string headend = path.substr(0, path.find(' '));
  const auto list = Encode(ted, NodeOf(ted, headend), Links(ted, path), options);
  if (!list.ok()) return std::string(list.status().message());
  const auto expansion = Expand(ted, NodeOf(ted, headend), *list);
  if (!expansion.ok()) return absl::StrCat(ToString(*list), " but ", expansion.status().message());
  if (!expansion->single_path || expansion->path != Links(ted, path))
    return absl::StrCat(ToString(*list), " astray");
  return ToString(*list);
}

constexpr EncodeOptions kSrv6{.data_plane = DataPlane::kSrv6};
constexpr EncodeOptions kSrv6Plain{
    .data_plane = DataPlane::kSrv6, .algorithm = 0, .compress = false};

struct Case {
  std::string name;
  std::string map;
  std::string path;
  std::string mpls;
  std::string srv6;
};

class EncodeTest : public testing::TestWithParam<Case> {};

TEST_P(EncodeTest, GivesTheFewestSids) {
  const TedPtr ted = BuildTed(GetParam().map);
  EXPECT_EQ(EncodeText(*ted, GetParam().path), GetParam().mpls);
  EXPECT_EQ(EncodeText(*ted, GetParam().path, kSrv6), GetParam().srv6);
}

const char kSquare[] =
    "a<->b igp 10\n"
    "b<->d igp 10\n"
    "a<->c igp 10\n"
    "c<->d igp 10\n";

const Case kCases[] = {
    {"OnlyWayTakesOneNodeSid", "a<->b igp 10\nb<->c igp 10\nc<->d igp 10\n", "a b c d", "16004",
     "fcbb:bb00:4::"},
    // d is the third node named. Over b or c: the middle must be named.
    {"EcmpNeedsTheMiddle", kSquare, "a b d", "16002, 16003", "fcbb:bb00:2:3::"},
    {"ParallelLinksNeedAdjacency", "a<->b#1 igp 10\na<->b#2 igp 10\nb<->c igp 10\n", "a b#2 c",
     "24003, 16003", "fcbb:bb00:1:e002:3::"},
    {"ParallelLinksOfUnequalMetricDoNot", "a<->b#1 igp 9\na<->b#2 igp 10\nb<->c igp 10\n",
     "a b#1 c", "16003", "fcbb:bb00:3::"},
    // From b on the wanted link is not the shortest: its End.X SID also leads to b.
    {"EndXBringsPacketsToItsNode", "a<->b igp 10\nb<->c igp 50\nb<->d igp 10\nd<->c igp 10\n",
     "a b c", "16002, 24003", "fcbb:bb00:2:e002::"},
    {"ShorterWayElsewhere", "a<->b igp 10\nb<->c igp 30\na<->c igp 30\n", "a b c", "16002, 16003",
     "fcbb:bb00:2:3::"},
    {"NoSidsAtAll", "a<->b#1 igp 10 no-adj\na<->b#2 igp 10 no-adj\n", "a b#1",
     "link a->b#1: no adjacency SID, and node SID of b is spoilt by ECMP or a shorter way",
     "link a->b#1: no End.X SID, and End SID of b is spoilt by ECMP or a shorter way"},
    {"OverloadedNodeIsNoTransit",
     "a<->b igp 1\nb<->c igp 1\na<->d igp 5\nd<->c igp 5\nnode b overload\n", "a d c", "16003",
     "fcbb:bb00:3::"},
    {"ThroughOverloadedNodeOnlyByItsOwnSids",
     "a<->b igp 1\nb<->c igp 1\na<->d igp 5\nd<->c igp 5\nnode b overload\n", "a b c",
     "16002, 16003", "fcbb:bb00:2:3::"},
    {"ZeroMetricTieSpoils", "a<->b igp 10\na<->c igp 10\nb<->c igp 0\nc<->d igp 10\nb<->d igp 10\n",
     "a c d", "24003, 24007", "fcbb:bb00:1:e002:3:e003::"},
    {"LanPassesThrough",
     "node lan pseudonode\na->lan igp 10\nlan->a igp 0\nb->lan igp 10\nlan->b igp 0\nc->lan igp "
     "10\nlan->c igp 0\n"
     "b<->d igp 10\n",
     "a lan b d", "16005", "fcbb:bb00:5::"},
};
INSTANTIATE_TEST_SUITE_P(Maps, EncodeTest, testing::ValuesIn(kCases),
                         [](const auto& param) { return param.param.name; });

TEST(EncodeSrgbTest, FirstLabelIsTheNeighboursEachLaterOneTheReaders) {
  const TedPtr ted = BuildTed(
      "node a srgb 16000 8000\nnode b srgb 20000 8000\nnode c srgb 30000 8000\nnode d srgb 40000 "
      "8000\n"
      "a<->b igp 10\nb<->d igp 10\na<->c igp 10\nc<->d igp 10\nd<->e igp 10\n");
  EXPECT_EQ(EncodeText(*ted, "a b d e"), "20002, 20005")
      << "b reads both: as next hop, then as end of the first segment";
  EXPECT_EQ(EncodeText(*ted, "a c d"), "30003, 30004");
}

TEST(EncodeSrgbTest, RangesCountThroughInOrder) {
  const TedPtr ted = BuildTed(
      "a<->b igp 10\nb<->c igp 10\nc<->d igp 10\nnode b srgb 50000 3 srgb 16000 1 srgb 60000 "
      "100\n");
  EXPECT_EQ(EncodeText(*ted, "a b c"), "16000")
      << "index 3 lies behind the 3 labels of the first range";
  EXPECT_EQ(EncodeText(*ted, "a b c d"), "60000");
}

TEST(EncodeSrgbTest, RouterOnTheWayWithoutTheIndexNeedsAnotherSegment) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\nc<->d igp 10\nnode c srgb 16000 4\n");
  EXPECT_EQ(EncodeText(*ted, "a b c d"), "16003, 24005")
      << "c cannot hold index 4, so it uses its adjacency";
}

TEST(EncodeFlexAlgoTest, ItsNodeSidSavesSegments) {
  const TedPtr ted = BuildTed(
      "node a algo 128\nnode b algo 128\nnode c algo 128\nnode d algo 128\n"
      "a<->b igp 50 delay 10\nb<->c igp 50 delay 10\nc<->d igp 50 delay 10\na<->d igp 10 delay "
      "900\n"
      "fad 128 metric delay on a\n");
  EXPECT_EQ(EncodeText(*ted, "a b c d"), "16002, 16003, 16004");
  EXPECT_EQ(EncodeText(*ted, "a b c d", {.data_plane = DataPlane::kSrMpls, .algorithm = 128}),
            "20128")
      << "index 4128 of algorithm 128";
  EXPECT_EQ(EncodeText(*ted, "a b c d", {.data_plane = DataPlane::kSrv6, .algorithm = 128}),
            "fcbb:bb80:4::");
}

// Networks the text form cannot draw.
class BuilderTest : public testing::Test {
 protected:
  void Draw(const std::string& map) { support::AddToBuilder(map, builder_, source_); }
  void SetSids(const std::string& node, const std::string& prefix,
               std::vector<topology::PrefixSid> sids, std::optional<uint32_t> metric = {}) {
    topology::PrefixAttributes attributes;
    attributes.sids = std::move(sids);
    attributes.metric = metric;
    ASSERT_TRUE(
        builder_.SetPrefix(source_, node, *IpPrefix::Parse(prefix), attributes, {}, {}).ok());
  }
  TedPtr Publish() { return builder_.Publish().ted; }

  topology::TedBuilder builder_;
  topology::SourceId source_ = *builder_.Connect({.name = "test", .hold_time = {}}, {});
};

TEST_F(BuilderTest, AnycastSidWhereEveryOwnerChosenIsOnThePath) {
  Draw("a<->b igp 10\nb<->c igp 10\nb<->d igp 50\nc<->e igp 10\n");
  SetSids("c", "10.0.0.3/32", {});
  for (const char* owner : {"c", "d"}) SetSids(owner, "10.9.0.1/32", {{.value = 99}});
  const TedPtr ted = Publish();
  const auto list = Encode(*ted, NodeOf(*ted, "a"), Links(*ted, "a b c"), {});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(ToString(*list), "16099");
  EXPECT_EQ(list->segments.front().kind, SegmentKind::kAnycast);
  EXPECT_EQ(list->segments.front().anycast.size(), 2U);
}

TEST_F(BuilderTest, AnycastSidIsNotUsedWhenItMayChooseAnotherOwner) {
  Draw("a<->b igp 10\nb<->c igp 10\nb<->d igp 10\nc<->e igp 10\n");
  SetSids("c", "10.0.0.3/32", {});
  for (const char* owner : {"c", "d"}) SetSids(owner, "10.9.0.1/32", {{.value = 99}});
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16002, 24003");
  // A dearer prefix at d settles the tie.
  SetSids("d", "10.9.0.1/32", {{.value = 99}}, 5);
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16099");
}

TEST_F(BuilderTest, SidIsNotUsedWhereSomebodyNearerAnnouncesThePrefixWithoutIt) {
  Draw("a<->b igp 1\nb<->c igp 10\na<->x igp 1\nnode x no-sr\n");
  SetSids("x", "10.0.0.3/32", {});
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16002, 24003");
  EXPECT_EQ(EncodeText(*Publish(), "b c"), "24003") << "x is nearer to b, too";
  // Not the nearest for anybody on the path.
  SetSids("x", "10.0.0.3/32", {}, 100);
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16003");
}

TEST_F(BuilderTest, NamesWhoAnnouncesThePrefixWithoutTheSid) {
  Draw("a<->b igp 1\nb<->c igp 10 no-adj\na<->x igp 1\nnode x no-sr\n");
  SetSids("x", "10.0.0.3/32", {});
  EXPECT_EQ(EncodeText(*Publish(), "a b c"),
            "link b->c: no adjacency SID, and node SID of c has no label that leads there: x "
            "announces the prefix without it");
}

TEST_F(BuilderTest, SidIsNotUsedWhereALongerPrefixLeadsElsewhere) {
  Draw("a<->b igp 1\nb<->c igp 10\na<->x igp 1\n");
  SetSids("x", "fcbb:bb00:3::/64", {});
  EXPECT_EQ(EncodeText(*Publish(), "a b c", kSrv6), "fcbb:bb00:2:e002::")
      << "the End.X SID of b, which lies outside of the /64";
}

TEST_F(BuilderTest, LocalPrefixLabelMeansNothingToOthers) {
  Draw("a<->b igp 10\nb<->c igp 10\n");
  SetSids("b", "10.0.0.2/32", {{.value = 900001, .is_label = true}});
  SetSids("c", "10.0.0.3/32", {{.value = 900001, .is_label = true}});
  const TedPtr ted = Publish();
  EXPECT_EQ(EncodeText(*ted, "a b c"), "24001, 24003");
  const auto expand = [&](const char* headend, std::vector<uint32_t> labels) {
    SegmentList list;
    list.labels = std::move(labels);
    return Expand(*ted, NodeOf(*ted, headend), list);
  };
  EXPECT_EQ(expand("a", {900001}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(expand("a", {24001, 24003, 900001})->ends, std::vector<NodeIndex>{NodeOf(*ted, "c")})
      << "c pops its own label";
  EXPECT_EQ(expand("c", {900001, 24004})->ends, std::vector<NodeIndex>{NodeOf(*ted, "b")});
}

TEST_F(BuilderTest, WithoutPenultimatePoppingTheEndMustKnowItsOwnLabel) {
  Draw("a<->b igp 10\nb<->c igp 10\nnode c srgb 16000 2\n");
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16003") << "b pops it: c never reads index 3";
  SetSids("c", "10.0.0.3/32", {{.value = 3, .no_php = true}});
  EXPECT_EQ(EncodeText(*Publish(), "a b c"), "16002, 24003");
}

TEST_F(BuilderTest, UnprotectedAdjacencySidsBeforeProtectedOnesAndSetsNever) {
  Draw("a<->b#1 igp 10 no-adj\na<->b#2 igp 10 no-adj\n");
  const auto set = [&](const std::string& interface, std::vector<topology::AdjacencySid> sids) {
    topology::LinkAttributes link;
    link.igp_metric = 10;
    link.adjacency_sids = std::move(sids);
    ASSERT_TRUE(
        builder_.SetLink(source_, {"a", "b", interface, ""}, link, {.patch = true}, {}).ok());
  };
  set("1", {{.label = 24900, .is_set = true}, {.label = 24111, .backup = true}, {.label = 24112}});
  set("2", {{.label = 24900, .is_set = true}});
  EXPECT_EQ(EncodeText(*Publish(), "a b#1"), "24112");
  EXPECT_EQ(EncodeText(*Publish(), "a b#2"),
            "link a->b#2: no adjacency SID of its own, and node SID of b is spoilt by ECMP or a "
            "shorter way");
  set("1", {{.label = 24111, .backup = true}});
  EXPECT_EQ(EncodeText(*Publish(), "a b#1"), "24111");
  EXPECT_EQ(EncodeText(*Publish(), "a b#2"), "24900") << "a set of one pins its link";
}

TEST_F(BuilderTest, AdjacencyIndexCountsInTheSrgbUnlessItIsLocal) {
  Draw("a<->b#1 igp 10 no-adj\na<->b#2 igp 10\n");
  topology::NodeAttributes node;
  node.srlb = {{15000, 100}};
  ASSERT_TRUE(builder_.SetNode(source_, "a", node, {.patch = true}, {}).ok());
  const auto encoded = [&](std::optional<bool> is_local) {
    topology::LinkAttributes link;
    link.adjacency_sids = {{.label = 70, .is_index = true, .is_local = is_local}};
    EXPECT_TRUE(builder_.SetLink(source_, {"a", "b", "1", ""}, link, {.patch = true}, {}).ok());
    return EncodeText(*Publish(), "a b#1");
  };
  EXPECT_EQ(encoded(true), "15070");
  EXPECT_EQ(encoded(false), "16070");
  EXPECT_EQ(encoded(std::nullopt), "15070");
}

TEST_F(BuilderTest, LabelThatIsAlsoAnotherPrefixForTheReaderIsNotUsed) {
  Draw("a<->b igp 10\nb<->c#1 igp 10 no-adj\nb<->c#2 igp 10\n");
  topology::LinkAttributes link;
  link.igp_metric = 10;
  link.adjacency_sids = {{.label = 16001}};  // b also knows a by this label, and prefixes win.
  ASSERT_TRUE(builder_.SetLink(source_, {"b", "c", "1", ""}, link, {.patch = true}, {}).ok());
  EXPECT_EQ(EncodeText(*Publish(), "a b c#1"),
            "link b->c#1: no adjacency SID of its own, and node SID of c is spoilt by ECMP or a "
            "shorter way");
}

// A chain in which two hops cost as much as the way around one node: each hop needs its own SID.
std::string ChainWithShortcuts(int nodes, const char* more = "") {
  std::string map;
  for (int i = 1; i < nodes; ++i)
    absl::StrAppend(&map, "n", i, "<->n", i + 1, " igp 10 ", more, "\n");
  for (int i = 1; i + 2 <= nodes; ++i) absl::StrAppend(&map, "n", i, "<->n", i + 2, " igp 20\n");
  return map;
}

TEST(NextCsidTest, SixNodesFitAContainerTheSeventhOpensAnother) {
  const TedPtr ted = BuildTed(ChainWithShortcuts(8));
  EXPECT_EQ(EncodeText(*ted, "n1 n2 n3 n4 n5 n6 n7", kSrv6), "fcbb:bb00:2:3:4:5:6:7");
  EXPECT_EQ(EncodeText(*ted, "n1 n2 n3 n4 n5 n6 n7 n8", kSrv6),
            "fcbb:bb00:2:3:4:5:6:7, fcbb:bb00:8::");
  EXPECT_EQ(EncodeText(*ted, "n1 n2 n3 n4", kSrv6Plain), "fcbb:bb00:2:e002::, fcbb:bb00:4::")
      << "the End.X SID of n2 brings packets to n2 and on, and End.DT6 takes the place of n4's End";
}

TEST(NextCsidTest, AdjacencyTakesTwoSlots) {
  const TedPtr ted = BuildTed(
      "a<->b#1 igp 10\na<->b#2 igp 10\nb<->c#1 igp 10\nb<->c#2 igp 10\nc<->d#1 igp 10\nc<->d#2 igp "
      "10\n"
      "d<->e#1 igp 10\nd<->e#2 igp 10\n");
  EXPECT_EQ(EncodeText(*ted, "a b#1 c#2 d#1", kSrv6), "fcbb:bb00:1:e001:2:e004:3:e003");
  EXPECT_EQ(EncodeText(*ted, "a b#1 c#2 d#1 e#2", kSrv6),
            "fcbb:bb00:1:e001:2:e004:3:e003, fcbb:bb00:4:e004::");
}

TEST(NextCsidTest, ClassicSidEndsAContainer) {
  const TedPtr ted = BuildTed(ChainWithShortcuts(6, "no-adj") + "node n4 classic-srv6\n");
  EXPECT_EQ(EncodeText(*ted, "n1 n2 n3 n4 n5 n6", kSrv6), "fcbb:bb00:2:3:4::, fcbb:bb00:5:6::");
}

TEST(NextCsidTest, OtherBlocksDoNotMix) {
  const TedPtr ted =
      BuildTed(ChainWithShortcuts(4, "no-adj") + "node n3 locator fcbb:bb01:3::/48\n");
  EXPECT_EQ(EncodeText(*ted, "n1 n2 n3 n4", kSrv6), "fcbb:bb00:2::, fcbb:bb01:3::, fcbb:bb00:4::");
}

TEST(EncodeErrorTest, NamesTheLinkThatDoesNotBelong) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\na<->d igp 10 down\n");
  const auto skip = Encode(*ted, NodeOf(*ted, "a"), {LinkOf(*ted, "b->c")}, {});
  EXPECT_EQ(skip.status().code(), absl::StatusCode::kFailedPrecondition);
  const auto down = Encode(*ted, NodeOf(*ted, "a"), {LinkOf(*ted, "a->d")}, {});
  EXPECT_EQ(down.status().message(), "link a->d: is not usable");
  EXPECT_EQ(EncodeText(*ted, "a"), "") << "no links, no SIDs";
}

TEST(HeadendMsdTest, SaysWhatTheNodeAnnounces) {
  const TedPtr ted = BuildTed("a<->b igp 10\nnode a msd 5 srv6-msd 0\n");
  EXPECT_EQ(HeadendMsd(*ted, NodeOf(*ted, "a"), DataPlane::kSrMpls), 5U);
  EXPECT_EQ(HeadendMsd(*ted, NodeOf(*ted, "a"), DataPlane::kSrv6), 1U)
      << "one SID needs no SRH, RFC 9352 s4.3";
  EXPECT_EQ(HeadendMsd(*ted, NodeOf(*ted, "b"), DataPlane::kSrMpls), std::nullopt);
}

}  // namespace
}  // namespace srpce::segments
