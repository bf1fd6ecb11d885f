// tests/unit/segments/oracle_test.cc -- lists against packets: what Encode and Expand claim is what
// a simulated network does.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/segments/segment_list.h"
#include "lib/segments/verify.h"
#include "tests/support/packet_sim.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::segments {
namespace {

using support::PacketSim;
using support::SimResult;

SimResult Send(PacketSim& sim, NodeIndex headend, const SegmentList& list) {
  return list.data_plane == DataPlane::kSrMpls ? sim.SendLabels(headend, list.labels)
                                               : sim.SendSids(headend, list.sids);
}

// The worst of each metric, counted trajectory by trajectory; absent if a link of any lacks it.
struct SimWorst {
  std::optional<uint64_t> igp = 0, te = 0, delay = 0, variation = 0, bottleneck = UINT64_MAX;
  std::optional<double> loss = 0.0;
  uint32_t hops = 0;
};

SimWorst WorstOf(const Ted& ted, const SimResult& sim) {
  SimWorst worst;
  bool igp_known = true, te_known = true, delay_known = true, variation_known = true,
       loss_known = true, bw_known = true;
  bool any = false;
  for (const std::vector<LinkIndex>& trajectory : sim.trajectories) {
    uint64_t igp = 0, te = 0, delay = 0, variation = 0;
    double survival = 1;
    uint32_t hops = 0;
    for (const LinkIndex index : trajectory) {
      if (ted.node(ted.link(index).local).attributes.pseudonode.value_or(false)) continue;
      ++hops;
      const topology::LinkAttributes& a = ted.link(index).attributes;
      any = true;
      igp_known &= a.igp_metric.has_value();
      te_known &= a.te_metric.has_value() || a.igp_metric.has_value();
      delay_known &= a.delay.has_value();
      variation_known &= a.delay_variation.has_value();
      loss_known &= a.loss.has_value();
      bw_known &= a.available.has_value();
      igp += a.igp_metric.value_or(0);
      te += a.te_metric.value_or(a.igp_metric.value_or(0));
      delay +=
          static_cast<uint64_t>(a.min_delay.value_or(a.delay.value_or(Microseconds(0))).count());
      variation += static_cast<uint64_t>(a.delay_variation.value_or(Microseconds(0)).count());
      survival *= 1 - a.loss.value_or(0);
      worst.bottleneck = std::min(*worst.bottleneck, a.available.value_or(BytesPerSecond{0}).value);
    }
    worst.igp = std::max(*worst.igp, igp);
    worst.te = std::max(*worst.te, te);
    worst.delay = std::max(*worst.delay, delay);
    worst.variation = std::max(*worst.variation, variation);
    worst.loss = std::max(*worst.loss, 1 - survival);
    worst.hops = std::max(worst.hops, hops);
  }
  if (!igp_known) worst.igp.reset();
  if (!te_known) worst.te.reset();
  if (!delay_known) worst.delay.reset();
  if (!variation_known) worst.variation.reset();
  if (!loss_known) worst.loss.reset();
  if (!bw_known || !any) worst.bottleneck.reset();
  return worst;
}

std::optional<uint64_t> Count(const std::optional<Microseconds>& value) {
  if (!value) return std::nullopt;
  return static_cast<uint64_t>(value->count());
}

// Everything Expand says of a list the simulator delivers.
void ExpectSame(const Ted& ted, const Expansion& expansion, const SimResult& sim) {
  std::set<LinkIndex> links;
  for (const auto& trajectory : sim.trajectories)
    links.insert(trajectory.begin(), trajectory.end());
  EXPECT_EQ(expansion.links, std::vector<LinkIndex>(links.begin(), links.end()));
  EXPECT_EQ(expansion.ends, std::vector<NodeIndex>(sim.ends.begin(), sim.ends.end()));
  EXPECT_EQ(expansion.single_path, sim.trajectories.size() == 1);
  EXPECT_EQ(expansion.path,
            expansion.single_path ? *sim.trajectories.begin() : std::vector<LinkIndex>());
  const SimWorst worst = WorstOf(ted, sim);
  EXPECT_EQ(expansion.worst_igp_cost, worst.igp);
  EXPECT_EQ(expansion.worst_te_cost, worst.te);
  EXPECT_EQ(Count(expansion.worst_delay), worst.delay);
  EXPECT_EQ(Count(expansion.worst_variation), worst.variation);
  EXPECT_EQ(expansion.worst_loss.has_value(), worst.loss.has_value());
  EXPECT_NEAR(expansion.worst_loss.value_or(0), worst.loss.value_or(0), 1e-12);
  EXPECT_EQ(expansion.worst_hops, worst.hops);
  EXPECT_EQ(expansion.bottleneck ? std::optional(expansion.bottleneck->value) : std::nullopt,
            worst.bottleneck);
}

// Returns false if the simulator could not follow all packets.
bool ExpectExpandAgrees(const Ted& ted, PacketSim& packets, NodeIndex headend,
                        const SegmentList& list) {
  SCOPED_TRACE(absl::StrCat("list ", ToString(list), " at ", ted.node(headend).id));
  const SimResult sim = Send(packets, headend, list);
  if (sim.truncated) return false;
  const absl::StatusOr<Expansion> expansion = Expand(ted, headend, list);
  if (sim.ok()) {
    EXPECT_TRUE(expansion.ok()) << expansion.status();
    if (expansion.ok()) ExpectSame(ted, *expansion, sim);
    return true;
  }
  const bool not_found = expansion.status().code() == absl::StatusCode::kNotFound;
  const bool precondition = expansion.status().code() == absl::StatusCode::kFailedPrecondition;
  EXPECT_TRUE((not_found && sim.unknown) || (precondition && sim.failed))
      << expansion.status() << ", simulated: " << (sim.unknown ? "unknown " : "")
      << (sim.failed ? "failed" : "");
  return true;
}

TEST(OracleTest, PacketsFollowEncodedListsExactly) {
  std::mt19937_64 rng(TestSeed());
  int encoded = 0;
  int refused = 0;
  size_t packed = 0;
  for (int round = 0; round < 900; ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    for (int i = 0; i < 6; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 7);
      EncodeOptions options;
      options.data_plane = i % 2 == 0 ? DataPlane::kSrMpls : DataPlane::kSrv6;
      options.algorithm = Chance(rng, 50) ? 128 : 0;
      options.compress = Chance(rng, 70);
      const absl::StatusOr<SegmentList> list = Encode(*ted, walk.headend, walk.links, options);
      if (!list.ok()) {
        EXPECT_EQ(list.status().code(), absl::StatusCode::kFailedPrecondition) << list.status();
        ++refused;
        continue;
      }
      ++encoded;
      packed += list->segments.size() - list->depth();
      const SimResult sim = Send(packets, walk.headend, *list);
      ASSERT_TRUE(sim.Follows(walk.links))
          << "round " << round << " list " << ToString(*list) << ": " << sim.trajectories.size()
          << " trajectories, unknown " << sim.unknown << ", failed " << sim.failed;
      ASSERT_TRUE(ExpectExpandAgrees(*ted, packets, walk.headend, *list));
      ASSERT_FALSE(HasFailure()) << "round " << round;
    }
  }
  EXPECT_GT(encoded, 2000);
  EXPECT_GT(refused, 100);
  EXPECT_GT(packed, 500U);
}

TEST(OracleTest, ExpandOfRandomLabelsIsWhatPacketsDo) {
  std::mt19937_64 rng(TestSeed() + 1);
  int delivered = 0;
  int spread = 0;
  for (int round = 0; round < 400; ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    const std::set<uint32_t> all = packets.AllLabels();
    if (all.empty()) continue;
    std::vector<uint32_t> pool(all.begin(), all.end());
    pool.insert(pool.end(), {0, 2, 17, 16199});
    for (int i = 0; i < 40; ++i) {
      SegmentList list;
      const NodeIndex headend = Walk(*ted, rng, 0).headend;
      for (uint32_t length = Pick(rng, 0, 4); length > 0; --length) {
        // Mostly labels that go on from here: random ones would hardly ever survive.
        list.labels.push_back(pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)]);
        for (int tries = 0; tries < 4; ++tries) {
          const SimResult sim = packets.SendLabels(headend, list.labels);
          if (sim.ok() || Chance(rng, 5)) break;
          list.labels.back() = pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)];
        }
      }
      if (!ExpectExpandAgrees(*ted, packets, headend, list)) continue;
      const SimResult sim = packets.SendLabels(headend, list.labels);
      delivered += sim.ok() ? 1 : 0;
      spread += sim.ok() && sim.trajectories.size() > 1 ? 1 : 0;
      ASSERT_FALSE(HasFailure()) << "round " << round;
    }
  }
  EXPECT_GT(delivered, 5000);
  EXPECT_GT(spread, 500);
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
  std::mt19937_64 rng(TestSeed() + 2);
  int delivered = 0;
  int spread = 0;
  for (int round = 0; round < 250; ++round) {
    const topology::TedPtr ted = RandomNetwork(rng);
    PacketSim packets(*ted);
    std::vector<Ipv6Address> pool = AllSids(*ted);
    if (pool.empty()) continue;
    pool.push_back(*Ipv6Address::Parse("fcbb:bb00:ff::"));
    pool.push_back(*Ipv6Address::Parse("2001:db8::1"));
    const auto any = [&] { return pool[Pick(rng, 0, static_cast<uint32_t>(pool.size()) - 1)]; };
    for (int i = 0; i < 40; ++i) {
      SegmentList list;
      list.data_plane = DataPlane::kSrv6;
      const NodeIndex headend = Walk(*ted, rng, 0).headend;
      for (uint32_t length = Pick(rng, 1, 5); length > 0; --length) {
        const std::vector<Ipv6Address> before = list.sids;
        for (int tries = 0; tries < 4; ++tries) {
          list.sids = before;
          if (!before.empty() && Chance(rng, 50)) {
            list.sids.back() =
                Glue(list.sids.back(), any(), Chance(rng, 50) ? 32 : (Chance(rng, 50) ? 64 : 80));
          } else {
            list.sids.push_back(any());
          }
          if (packets.SendSids(headend, list.sids).ok() || Chance(rng, 5)) break;
        }
      }
      if (!ExpectExpandAgrees(*ted, packets, headend, list)) continue;
      const SimResult sim = packets.SendSids(headend, list.sids);
      delivered += sim.ok() ? 1 : 0;
      spread += sim.ok() && sim.trajectories.size() > 1 ? 1 : 0;
      ASSERT_FALSE(HasFailure()) << "round " << round;
    }
  }
  EXPECT_GT(delivered, 2000);
  EXPECT_GT(spread, 200);
}

}  // namespace
}  // namespace srpce::segments
