// tests/unit/segments/oracle_test.cc -- lists against packets: what Encode and Expand claim is what
// a simulated network does.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/seed.h"
#include "tests/unit/segments/list_oracle.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::segments {
namespace {

using support::CaseCount;
using support::Cases;
using support::PacketSim;
using support::SimResult;
using support::TestSeed;

// What became of random lists.
struct Tally {
  int encoded = 0;
  int refused = 0;
  size_t packed = 0;
  int delivered = 0;
  int spread = 0;
};

// The walk of `asked`, encoded.
void CheckEncoded(const Ted& ted, PacketSim& packets, const support::Case& asked, Tally& tally) {
  const absl::StatusOr<SegmentList> list =
      Encode(ted, HeadendOf(asked), asked.walk, OptionsOf(asked));
  if (!list.ok()) {
    EXPECT_EQ(list.status().code(), absl::StatusCode::kFailedPrecondition) << list.status();
    ++tally.refused;
    return;
  }
  ++tally.encoded;
  tally.packed += list->segments.size() - list->depth();
  ExpectFollows(ted, packets, HeadendOf(asked), *list, asked.walk);
}

TEST(OracleTest, PacketsFollowEncodedListsExactly) {
  const uint64_t seed = TestSeed(20261121);
  std::mt19937_64 rng(seed);
  CaseCount cases;
  Tally tally;
  for (int round = 0; round < Cases(4000); ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    for (int i = 0; i < 6; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 7);
      EncodeOptions options;
      options.data_plane = i % 2 == 0 ? DataPlane::kSrMpls : DataPlane::kSrv6;
      options.algorithm = Chance(rng, 50) ? 128 : 0;
      options.compress = Chance(rng, 70);
      support::Case asked = ListCase(walk.headend, options);
      asked.walk = walk.links;
      CheckEncoded(*ted, packets, asked, tally);
      cases.Add();
      if (!HasFailure()) continue;
      support::ReportShrunk(*ted, asked,
                            [&](const topology::TedPtr& smaller, const support::Case& c) {
                              PacketSim fresh(*smaller);
                              CheckEncoded(*smaller, fresh, c, tally);
                            });
      FAIL() << "round " << round << " of seed " << seed;
    }
  }
  EXPECT_GT(tally.encoded, 2 * Cases(4000));
  EXPECT_GT(tally.refused, Cases(4000) / 9);
  EXPECT_GT(tally.packed, Cases(4000) / 2U);
}

// The labels or SIDs of `asked`, expanded.
void CheckExpanded(const Ted& ted, PacketSim& packets, const support::Case& asked, Tally& tally) {
  SegmentList list;
  list.data_plane = OptionsOf(asked).data_plane;
  list.labels = asked.labels;
  list.sids = asked.sids;
  if (!ExpectExpandAgrees(ted, packets, HeadendOf(asked), list)) return;
  const SimResult sim = Send(packets, HeadendOf(asked), list);
  tally.delivered += sim.ok() ? 1 : 0;
  tally.spread += sim.ok() && sim.trajectories.size() > 1 ? 1 : 0;
}

void ReportExpanded(const Ted& ted, const support::Case& asked) {
  support::ReportShrunk(ted, asked, [](const topology::TedPtr& smaller, const support::Case& c) {
    PacketSim fresh(*smaller);
    Tally tally;
    CheckExpanded(*smaller, fresh, c, tally);
  });
}

TEST(OracleTest, ExpandOfRandomLabelsIsWhatPacketsDo) {
  const uint64_t seed = TestSeed(20261122);
  std::mt19937_64 rng(seed);
  CaseCount cases;
  Tally tally;
  for (int round = 0; round < Cases(800); ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    const std::set<uint32_t> all = packets.AllLabels();
    if (all.empty()) continue;
    std::vector<uint32_t> pool(all.begin(), all.end());
    pool.insert(pool.end(), {0, 2, 17, 16199});
    for (int i = 0; i < 40; ++i) {
      support::Case asked = ListCase(Walk(*ted, rng, 0).headend);
      for (uint32_t length = Pick(rng, 0, 4); length > 0; --length) {
        // Mostly labels that go on from here: random ones would hardly ever survive.
        asked.labels.push_back(pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)]);
        for (int tries = 0; tries < 4; ++tries) {
          const SimResult sim = packets.SendLabels(HeadendOf(asked), asked.labels);
          if (sim.ok() || Chance(rng, 5)) break;
          asked.labels.back() = pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)];
        }
      }
      CheckExpanded(*ted, packets, asked, tally);
      cases.Add();
      if (!HasFailure()) continue;
      ReportExpanded(*ted, asked);
      FAIL() << "round " << round << " of seed " << seed;
    }
  }
  EXPECT_GT(tally.delivered, 12 * Cases(800));
  EXPECT_GT(tally.spread, Cases(800));
}

std::vector<Ipv6Address> AllSids(const Ted& ted) {
  std::set<Ipv6Address> sids;
  for (uint32_t n = 0; n < ted.node_bound(); ++n) {
    if (!ted.HasNode(NodeIndex(n))) continue;
    for (const auto& sid : ted.node(NodeIndex(n)).attributes.srv6_sids) sids.insert(sid.sid);
  }
  for (uint32_t l = 0; l < ted.link_bound(); ++l) {
    if (!ted.HasLink(LinkIndex(l))) continue;
    for (const auto& sid : ted.link(LinkIndex(l)).attributes.srv6_sids) sids.insert(sid.sid);
  }
  return {sids.begin(), sids.end()};
}

// Puts the non-zero tail of `next` behind what is in `container`, whether that makes sense or not.
Ipv6Address Glue(const Ipv6Address& container, const Ipv6Address& next, size_t block) {
  std::string bits = support::ToBitString(container);
  const size_t last = bits.rfind('1');
  const size_t at = block + (last < block ? 0 : (last - block) / 16 * 16 + 16);
  const std::string tail = support::ToBitString(next).substr(block);
  if (at >= bits.size()) return container;
  bits = bits.substr(0, at) + tail.substr(0, bits.size() - at);
  return support::FromBitString(bits);
}

TEST(OracleTest, ExpandOfRandomSidsIsWhatPacketsDo) {
  const uint64_t seed = TestSeed(20261123);
  std::mt19937_64 rng(seed);
  CaseCount cases;
  Tally tally;
  for (int round = 0; round < Cases(600); ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    std::vector<Ipv6Address> pool = AllSids(*ted);
    if (pool.empty()) continue;
    pool.push_back(*Ipv6Address::Parse("fcbb:bb00:ff::"));
    pool.push_back(*Ipv6Address::Parse("2001:db8::1"));
    const auto any = [&] { return pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)]; };
    for (int i = 0; i < 40; ++i) {
      support::Case asked = ListCase(Walk(*ted, rng, 0).headend, {.data_plane = DataPlane::kSrv6});
      for (uint32_t length = Pick(rng, 1, 5); length > 0; --length) {
        const std::vector<Ipv6Address> before = asked.sids;
        for (int tries = 0; tries < 4; ++tries) {
          asked.sids = before;
          if (!before.empty() && Chance(rng, 50)) {
            asked.sids.back() =
                Glue(asked.sids.back(), any(), Chance(rng, 50) ? 32 : (Chance(rng, 50) ? 64 : 80));
          } else {
            asked.sids.push_back(any());
          }
          if (packets.SendSids(HeadendOf(asked), asked.sids).ok() || Chance(rng, 5)) break;
        }
      }
      CheckExpanded(*ted, packets, asked, tally);
      cases.Add();
      if (!HasFailure()) continue;
      ReportExpanded(*ted, asked);
      FAIL() << "round " << round << " of seed " << seed;
    }
  }
  EXPECT_GT(tally.delivered, 8 * Cases(600));
  EXPECT_GT(tally.spread, Cases(600) / 2);
}

}  // namespace
}  // namespace srpce::segments
