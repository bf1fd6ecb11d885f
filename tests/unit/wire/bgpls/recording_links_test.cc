// What the recorded session says of its eleven links, against the description beside it.
#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/unit/wire/bgpls/recording.h"
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr float kDefaultBandwidth = 1.25e6F;

struct RecordedLink {
  uint32_t k;
  uint32_t a;  // Has host 1 on the link.
  uint32_t b;  // Host 2.
  uint32_t metric;
  std::optional<uint32_t> te_metric;
  std::optional<uint32_t> admin_group;
  Performance performance;
  float bandwidth = kDefaultBandwidth;
};
void PrintTo(const RecordedLink& link, std::ostream* out) { *out << "link " << link.k; }

Performance Delay(int64_t us) {
  Performance performance;
  performance.delay = {.anomalous = false, .delay = Microseconds(us)};
  return performance;
}

Performance AllOfLink0() {
  Performance performance = Delay(1500);
  performance.min_max_delay = {
      .anomalous = false, .min = Microseconds(1400), .max = Microseconds(1700)};
  performance.delay_variation = Microseconds(50);
  performance.loss = {.anomalous = false, .units = 3333};  // 0.01 percent.
  return performance;
}

Performance AllOfLink3() {
  Performance performance = Delay(900);
  performance.residual_bandwidth = 1e9F;
  performance.available_bandwidth = 9e8F;
  performance.utilized_bandwidth = 1e8F;
  return performance;
}

std::vector<RecordedLink> Links() {
  return {
      {0, 1, 2, 10, 100, 0x1, AllOfLink0(), 1.25e9F},
      {1, 2, 3, 10, 100, 0x2, Delay(2500)},
      {2, 3, 6, 20, std::nullopt, std::nullopt, Delay(4000)},
      {3, 1, 4, 15, 50, std::nullopt, AllOfLink3()},
      {4, 4, 5, 15, std::nullopt, 0x80000001, Delay(1100)},
      {5, 5, 6, 15, std::nullopt, std::nullopt, Delay(1200)},
      {6, 2, 5, 30, std::nullopt, std::nullopt, Delay(700)},
      {7, 2, 5, 30, std::nullopt, std::nullopt, Delay(650)},
      {8, 4, 7, 10, std::nullopt, std::nullopt, Delay(300)},
      {9, 7, 8, 10, std::nullopt, std::nullopt, Delay(300)},
      {10, 8, 6, 10, std::nullopt, std::nullopt, Delay(300)},
  };
}

std::string Id(uint32_t router) { return absl::StrCat("0000.0000.000", router); }

// One direction: from router `from` with host `from_host` to `to`.
struct Direction {
  uint32_t from, from_host, to, to_host;
};
std::vector<Direction> Directions(const RecordedLink& link) {
  return {{link.a, 1, link.b, 2}, {link.b, 2, link.a, 1}};
}

std::string Ipv4Link(uint32_t k, const Direction& d) {
  return absl::StrFormat("link isis-l2 %s > %s 10.0.%d.%d > 10.0.%d.%d", Id(d.from), Id(d.to), k,
                         d.from_host, k, d.to_host);
}
std::string Ipv6Link(uint32_t k, const Direction& d) {
  const std::string net = k == 0 ? "fd00::" : absl::StrFormat("fd00:%x::", k);
  return absl::StrFormat("link isis-l2 %s > %s %s%d > %s%d mt 2", Id(d.from), Id(d.to), net,
                         d.from_host, net, d.to_host);
}

TeAttributes WantTe(const RecordedLink& link) {
  TeAttributes te;
  te.admin_group = link.admin_group;
  te.max_bandwidth = link.bandwidth;
  te.max_reservable_bandwidth = link.bandwidth;
  te.unreserved_bandwidth.emplace().fill(kDefaultBandwidth);
  te.te_metric = link.te_metric;
  te.performance = link.performance;
  return te;
}

class RecordedLinkTest : public testing::TestWithParam<RecordedLink> {
 protected:
  static const std::map<std::string, Held>& Table() {
    static const auto* table = new std::map<std::string, Held>(FullTable());
    return *table;
  }
};

TEST_P(RecordedLinkTest, HasItsAttributesInBothTopologiesAndDirections) {
  const RecordedLink& link = GetParam();
  for (const Direction& direction : Directions(link)) {
    const auto v4 = Table().find(Ipv4Link(link.k, direction));
    ASSERT_NE(v4, Table().end()) << Ipv4Link(link.k, direction);
    TeAttributes want = WantTe(link);
    // This speaker sends the IPv4 NLRIs of the parallel links 6 and 7 in one UPDATE, with the delay
    // of link 6. The other topology has each its own.
    if (link.k == 7) want.performance = Delay(700);
    EXPECT_TRUE(v4->second.attribute.link.te == want);
    EXPECT_EQ(v4->second.attribute.link.igp_metric, link.metric);

    const auto v6 = Table().find(Ipv6Link(link.k, direction));
    ASSERT_NE(v6, Table().end()) << Ipv6Link(link.k, direction);
    EXPECT_TRUE(v6->second.attribute.link.te == WantTe(link));
    EXPECT_EQ(v6->second.attribute.link.igp_metric, link.metric);
  }
}

TEST_P(RecordedLinkTest, HasAnEndXSidFromEachRouterWithALocator) {
  for (const Direction& direction : Directions(GetParam())) {
    const auto at = Table().find(Ipv6Link(GetParam().k, direction));
    ASSERT_NE(at, Table().end());
    const LinkSids& sids = at->second.attribute.link.sids;
    EXPECT_THAT(sids.adjacency, IsEmpty());
    if (direction.from == 7) {
      EXPECT_THAT(sids.end_x, IsEmpty()) << "r7 has no SRv6";
      continue;
    }
    ASSERT_THAT(sids.end_x, SizeIs(1));
    const Srv6EndX& end_x = sids.end_x[0];
    EXPECT_EQ(end_x.behavior, 0x34);
    EXPECT_EQ(
        end_x.structure,
        (Srv6SidStructure{.locator_block = 32, .locator_node = 16, .function = 16, .argument = 0}));
    const IpPrefix locator = *IpPrefix::Parse(absl::StrCat("fcbb:bb00:", direction.from, "::/48"));
    EXPECT_TRUE(locator.Contains(IpAddress::V6(end_x.sid))) << end_x.sid.ToString();
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedLinkTest, testing::ValuesIn(Links()),
                         [](const auto& info) { return absl::StrCat("K", info.param.k); });

TEST(RecordedLinksTest, ParallelLinksAreTwo) {
  const auto table = FullTable();
  const Direction direction{2, 1, 5, 2};
  const auto sixth = table.find(Ipv6Link(6, direction));
  const auto seventh = table.find(Ipv6Link(7, direction));
  ASSERT_NE(sixth, table.end());
  ASSERT_NE(seventh, table.end());
  EXPECT_EQ(sixth->second.attribute.link.te.performance.delay->delay, Microseconds(700));
  EXPECT_EQ(seventh->second.attribute.link.te.performance.delay->delay, Microseconds(650));
  EXPECT_NE(sixth->second.attribute.link.sids.end_x[0].sid,
            seventh->second.attribute.link.sids.end_x[0].sid);
}

TEST(RecordedLinksTest, TheTableEndsWithAnEndOfRib) {
  const std::vector<RecordedUpdate> updates = ReadRecording();
  const auto end = std::ranges::find_if(updates, &RecordedUpdate::end_of_rib);
  ASSERT_NE(end, updates.end());
  EXPECT_EQ(end - updates.begin(), 58);
  EXPECT_EQ(std::ranges::count_if(updates, &RecordedUpdate::end_of_rib), 1);
  EXPECT_FALSE((end + 1)->withdrawn.empty()) << "then link 1 goes down";
}

TEST(RecordedLinksTest, LinkOneGoesAndReturns) {
  const std::vector<RecordedUpdate> updates = ReadRecording();
  const auto down = std::ranges::find_if(
      updates, [](const RecordedUpdate& update) { return !update.withdrawn.empty(); });
  ASSERT_NE(down, updates.end());
  const std::vector<Direction> both = {{2, 1, 3, 2}, {3, 2, 2, 1}};
  const auto before = Apply({updates.begin(), down});
  const auto without = Apply({updates.begin(), down + 1});
  const auto after = Apply(updates);
  EXPECT_EQ(before.size() - without.size(), 4U);
  EXPECT_EQ(after.size(), before.size());
  for (const Direction& direction : both) {
    for (const std::string& nlri : {Ipv4Link(1, direction), Ipv6Link(1, direction)}) {
      EXPECT_TRUE(before.contains(nlri)) << nlri;
      EXPECT_FALSE(without.contains(nlri)) << nlri;
      ASSERT_TRUE(after.contains(nlri)) << nlri;
      EXPECT_TRUE(after.at(nlri).attribute == before.at(nlri).attribute);
    }
  }
}

}  // namespace
}  // namespace srpce::wire::bgpls
