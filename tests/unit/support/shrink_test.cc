// Shrink() leaves no more of a random case than what makes it fail; queries are read back from
// their text.
#include "tests/support/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/cspf/compute_path.h"
#include "tests/support/build_ted.h"
#include "tests/support/query_text.h"
#include "tests/support/report_case.h"
#include "tests/support/seed.h"
#include "tests/unit/cspf/oracle.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::support {
namespace {

using topology::TedPtr;

// A predicate that is wrong on purpose: no path may go over n1->n2.
bool GoesOverTheLink(const TedPtr& ted, const Case& shown) {
  cspf::Workspace workspace;
  const cspf::PathResult result = cspf::ComputePath(*ted, shown.members.front().path, workspace);
  const auto* path = std::get_if<cspf::Path>(&result);
  return path != nullptr &&
         std::any_of(path->links.begin(), path->links.end(), [&](topology::LinkIndex link) {
           const topology::LinkKey& key = ted->link(link).key;
           return key.local_node == "n1" && key.remote_node == "n2";
         });
}

TEST(ShrinkTest, LeavesTheLinkThatAFalsePredicateBlames) {
  cspf::oracle::Rng rng(TestSeed(61));
  CaseCount count;
  int shrunk = 0;
  for (int i = 0; i < Cases(1000); ++i) {
    const cspf::oracle::Network network =
        cspf::oracle::RandomNetwork(rng, {.nodes = 6, .edges = 9, .plain = true, .lans = false});
    const Case failing{
        .network = DraftOf(*network.ted),
        .members = {
            {.path = cspf::oracle::RandomQuery(rng, network, {.max_bounds = 1}), .max_sids = {}}}};
    count.Add();
    if (!GoesOverTheLink(network.ted, failing)) continue;
    ++shrunk;
    const Case least = Shrink(failing, GoesOverTheLink);
    ASSERT_THAT(ToMapText(least.network),
                testing::AnyOf("node n1 bare\nnode n2 bare\nn1->n2 igp 0\nn2->n1\n",
                               "node n1 bare\nnode n2 bare\nn2->n1\nn1->n2 igp 0\n"))
        << ToText(failing);
    ASSERT_EQ(ToText(*BuildTed(least.network), least.members.front()), "n1->n2 igp");
  }
  EXPECT_GT(shrunk, Cases(1000) / 50);
}

TEST(ShrinkTest, MembersOfASetAreKept) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\n");
  const Case failing{.network = DraftOf(*ted),
                     .members = {QueryOf(*ted, "a->c igp max-hops 9"), QueryOf(*ted, "c->a igp"),
                                 QueryOf(*ted, "a->b te")}};
  const Fails always = [](const TedPtr&, const Case&) { return true; };
  const Case shrunk = Shrink(failing, always, /*min_members=*/2);
  EXPECT_EQ(shrunk.members.size(), 2U);
  EXPECT_TRUE(shrunk.network.links.empty());
}

TEST(ShrinkTest, ListsAndWalksGetShorter) {
  const TedPtr ted = BuildTed("a<->b igp 10\nb<->c igp 10\nc<->d igp 10\n");
  Case failing{.network = DraftOf(*ted), .members = {QueryOf(*ted, "a->a igp")}};
  failing.walk = {LinkOf(*ted, "a->b"), LinkOf(*ted, "b->c"), LinkOf(*ted, "c->d")};
  failing.labels = {16004, 16002, 16003};
  const Fails fails = [](const TedPtr&, const Case& shown) {
    return shown.walk.size() >= 2 &&
           std::count(shown.labels.begin(), shown.labels.end(), 16002) == 1;
  };
  const Case shrunk = Shrink(failing, fails);
  EXPECT_EQ(shrunk.labels, std::vector<uint32_t>{16002});
  const TedPtr left = BuildTed(shrunk.network);
  EXPECT_EQ(DescribeLinks(*left, NodeOf(*left, "a"), shrunk.walk), "a b c");
}

TEST(ReportShrunkTest, FailsTheTestWithTheMap) {
  const TedPtr ted = BuildTed("n0<->n1 igp 10\nn1<->n2 igp 10\n");
  const Case failing{.members = {QueryOf(*ted, "n0->n2 igp")}};
  const LookAlone alone = [](const TedPtr& smaller, const Case& shown) {
    EXPECT_FALSE(GoesOverTheLink(smaller, shown));
  };
  EXPECT_NONFATAL_FAILURE(ReportShrunk(*ted, failing, alone),
                          "shrunk to:\nBuildTed(\n    \"node n1 bare\\n\"");
}

TEST(ReportShrunkTest, ShowsWhatPassesByItself) {
  const TedPtr ted = BuildTed("n0<->n1 igp 10\n");
  const Case failing{.members = {QueryOf(*ted, "n0->n1 igp")}};
  EXPECT_NONFATAL_FAILURE(ReportShrunk(*ted, failing, [](const TedPtr&, const Case&) {}),
                          "passes by itself");
}

// The networks of all random tests.
TEST(MapTextTest, RandomNetworksAreReadBack) {
  std::mt19937_64 rng(TestSeed(62));
  CaseCount count;
  for (int i = 0; i < Cases(1000); ++i) {
    const TedPtr ted = i % 2 == 0 ? segments::RandomNetwork(rng)
                                  : cspf::oracle::RandomNetwork(rng, {.nodes = 5, .edges = 8}).ted;
    count.Add();
    const Draft want = DraftOf(*ted);
    ASSERT_EQ(DraftOf(*BuildTed(want)), want) << ToMapText(want);
    ASSERT_EQ(DraftOf(*BuildTed(ToMapText(want))), want) << ToMapText(want);
  }
}

TEST(QueryTextTest, IsReadBack) {
  const TedPtr ted = BuildTed("a<->b#2 igp 10\nb<->c igp 10\n");
  for (const std::string text :
       {"a->b igp", "a->a hops via c via b",
        "a->c delay max-delay -1 max-igp 18446744073709551615 max-te 2 max-hops 3 max-loss "
        "0.10000000000000001 max-var 4 min-bw 5 include-any 0,70 include-all 1 exclude-any 2",
        "c->a te exclude-node b exclude-link a->b#2 exclude-srlg 7 exclude-srlg 8 plane srv6 algo "
        "128 max-sids 3 no-compress"}) {
    EXPECT_EQ(ToText(*ted, QueryOf(*ted, text)), text);
  }
}

TEST(QueryTextDeathTest, DiesWithTheLineOnAMistake) {
  const TedPtr ted = BuildTed("a<->b igp 10\n");
  EXPECT_DEATH(QueryOf(*ted, "a->b igp max-joy 3"), "got 'max-joy', want a constraint");
  EXPECT_DEATH(QueryOf(*ted, "a->z igp"), "no node z");
}

}  // namespace
}  // namespace srpce::support
