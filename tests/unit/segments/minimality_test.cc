// tests/unit/segments/minimality_test.cc -- no shorter list pins the path: every list there is,
// tried on simulated packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/segments/segment_list.h"
#include "tests/support/packet_sim.h"
#include "tests/unit/segments/random_network.h"

namespace srpce::segments {
namespace {

using support::PacketSim;
using support::SimResult;

// How far along `links` all packets come with a list, and whether they leave it nowhere. What a
// longer list begins with, it does first, so only lists that stay on the path need be made longer.
std::optional<size_t> Progress(const SimResult& sim, const std::vector<LinkIndex>& links) {
  if (!sim.ok() || sim.trajectories.size() != 1) return std::nullopt;
  const std::vector<LinkIndex>& way = *sim.trajectories.begin();
  if (way.size() > links.size() || !std::equal(way.begin(), way.end(), links.begin()))
    return std::nullopt;
  return way.size();
}

class LabelBruteForce {
 public:
  LabelBruteForce(PacketSim& packets, const RandomWalk& walk) : packets_(packets), walk_(walk) {
    const std::set<uint32_t> all = packets.AllLabels();
    pool_.assign(all.begin(), all.end());
  }

  // Returns whether at most `length` labels pin the walk.
  bool Exists(size_t length) {
    labels_.clear();
    return walk_.links.empty() || Extend(length, 0);
  }

 private:
  bool Extend(size_t left, size_t progress) {
    if (left == 0) return false;
    for (const uint32_t label : pool_) {
      labels_.push_back(label);
      const auto now = Progress(packets_.SendLabels(walk_.headend, labels_), walk_.links);
      const bool found =
          now && (*now == walk_.links.size() || (*now > progress && Extend(left - 1, *now)));
      labels_.pop_back();
      if (found) return true;
    }
    return false;
  }

  PacketSim& packets_;
  const RandomWalk& walk_;
  std::vector<uint32_t> pool_;
  std::vector<uint32_t> labels_;
};

struct Piece {
  Ipv6Address sid;
  std::string csid;  // Bits behind the block.
  size_t block = 0;
};

std::vector<Piece> Pieces(const Ted& ted) {
  std::vector<Piece> pieces;
  std::set<Ipv6Address> seen;
  const auto add = [&](const topology::Srv6Sid& sid) {
    const bool decapsulates = sid.behavior == 18;
    if (decapsulates || !seen.insert(sid.sid).second) return;
    const size_t length = size_t{sid.structure->node} + sid.structure->function;
    pieces.push_back({sid.sid, support::ToBitString(sid.sid).substr(sid.structure->block, length),
                      sid.structure->block});
  };
  for (uint32_t n = 0; n < ted.node_bound(); ++n) {
    if (!ted.HasNode(NodeIndex(n))) continue;
    for (const auto& sid : ted.node(NodeIndex(n)).attributes.srv6_sids) add(sid);
  }
  for (uint32_t l = 0; l < ted.link_bound(); ++l) {
    if (!ted.HasLink(LinkIndex(l))) continue;
    for (const auto& sid : ted.link(LinkIndex(l)).attributes.srv6_sids) add(sid);
  }
  return pieces;
}

class SidBruteForce {
 public:
  SidBruteForce(const Ted& ted, PacketSim& packets, const RandomWalk& walk, bool compress)
      : packets_(packets), walk_(walk), pieces_(Pieces(ted)), compress_(compress) {}

  // Returns whether at most `length` SRH entries pin the walk.
  bool Exists(size_t length) {
    entries_.clear();
    return walk_.links.empty() || Extend(length, 0, 128);
  }

 private:
  // `used` bits of the last entry are taken.
  bool Extend(size_t left, size_t progress, size_t used) {
    for (const Piece& piece : pieces_) {
      if (left > 0) {
        entries_.push_back(piece.sid);
        const bool found = Try(left - 1, progress, piece.block + piece.csid.size());
        entries_.pop_back();
        if (found) return true;
      }
      const bool same_block =
          !entries_.empty() && support::ToBitString(entries_.back()).substr(0, piece.block) ==
                                   support::ToBitString(piece.sid).substr(0, piece.block);
      if (compress_ && same_block && used + piece.csid.size() <= 128) {
        const Ipv6Address before = entries_.back();
        std::string bits = support::ToBitString(before);
        bits.replace(used, piece.csid.size(), piece.csid);
        entries_.back() = support::FromBitString(bits);
        const bool found = Try(left, progress, used + piece.csid.size());
        entries_.back() = before;
        if (found) return true;
      }
    }
    return false;
  }

  bool Try(size_t left, size_t progress, size_t used) {
    const auto now = Progress(packets_.SendSids(walk_.headend, entries_), walk_.links);
    return now && (*now == walk_.links.size() || (*now > progress && Extend(left, *now, used)));
  }

  PacketSim& packets_;
  const RandomWalk& walk_;
  const std::vector<Piece> pieces_;
  const bool compress_;
  std::vector<Ipv6Address> entries_;
};

// Lists longer than this are not searched for.
constexpr size_t kMaxLength = 3;

TEST(MinimalityTest, NoShorterLabelStackPinsThePath) {
  std::mt19937_64 rng(TestSeed() + 10);
  std::vector<int> by_depth(8);
  int impossible = 0;
  for (int round = 0; round < 500; ++round) {
    const topology::TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 6, .oddities = Chance(rng, 50)});
    PacketSim packets(*ted);
    for (int i = 0; i < 3; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 5);
      // Both algorithms: brute force uses whatever labels there are.
      const auto list = Encode(*ted, walk.headend, walk.links,
                               {.data_plane = DataPlane::kSrMpls, .algorithm = 128});
      LabelBruteForce brute_force(packets, walk);
      if (!list.ok()) {
        ASSERT_FALSE(brute_force.Exists(kMaxLength)) << "round " << round << ": " << list.status();
        ++impossible;
        continue;
      }
      ASSERT_FALSE(list->depth() > 0 && brute_force.Exists(std::min(list->depth() - 1, kMaxLength)))
          << "round " << round << ": " << ToString(*list);
      ++by_depth[std::min<size_t>(list->depth(), 7)];
    }
  }
  EXPECT_GT(by_depth[1], 100);
  EXPECT_GT(by_depth[2], 100);
  EXPECT_GT(by_depth[3], 50);
  EXPECT_GT(impossible, 20);
}

TEST(MinimalityTest, NoFewerSrhEntriesPinThePath) {
  std::mt19937_64 rng(TestSeed() + 11);
  std::vector<int> by_depth(8);
  int impossible = 0;
  for (int round = 0; round < 250; ++round) {
    const topology::TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 6, .oddities = Chance(rng, 50)});
    PacketSim packets(*ted);
    for (int i = 0; i < 3; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 5);
      const bool compress = Chance(rng, 60);
      const EncodeOptions options{
          .data_plane = DataPlane::kSrv6, .algorithm = 128, .compress = compress};
      const auto list = Encode(*ted, walk.headend, walk.links, options);
      SidBruteForce brute_force(*ted, packets, walk, compress);
      if (!list.ok()) {
        ASSERT_FALSE(brute_force.Exists(kMaxLength)) << "round " << round << ": " << list.status();
        ++impossible;
        continue;
      }
      ASSERT_FALSE(list->depth() > 0 && brute_force.Exists(std::min(list->depth() - 1, kMaxLength)))
          << "round " << round << ": " << ToString(*list) << (compress ? " compressed" : "");
      ++by_depth[std::min<size_t>(list->depth(), 7)];
    }
  }
  EXPECT_GT(by_depth[1], 100);
  EXPECT_GT(by_depth[2], 50);
  EXPECT_GT(by_depth[3], 10);
  EXPECT_GT(impossible, 10);
}

}  // namespace
}  // namespace srpce::segments
