// tests/unit/segments/minimality_test.cc -- no shorter list pins the path: every list there is,
// tried on simulated packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

// How far along `links` all packets come with a list, and whether they leave it nowhere. What a
// longer list begins with, it does first, so only lists that stay on the path need be made longer;
// and of those only such as have come further: no router imposes a SID of its own to read the rest
// itself.
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
constexpr size_t kMaxLength = 4;

// Two adjacencies of a router that a SID may mean.
bool ShareSid(const topology::Link& a, const topology::Link& b) {
  for (const topology::AdjacencySid& x : a.attributes.adjacency_sids) {
    for (const topology::AdjacencySid& y : b.attributes.adjacency_sids) {
      if (x.label == y.label && x.is_index == y.is_index) return true;
    }
  }
  for (const topology::Srv6Sid& x : a.attributes.srv6_sids) {
    for (const topology::Srv6Sid& y : b.attributes.srv6_sids) {
      if (x.sid == y.sid) return true;
    }
  }
  return false;
}

bool InLocator(const topology::Node& node, const topology::Srv6Sid& sid) {
  const auto& locators = node.attributes.locators;
  return std::any_of(locators.begin(), locators.end(), [&](const topology::Srv6Locator& locator) {
    return locator.prefix.Contains(IpAddress::V6(sid.sid));
  });
}

// True if another router announces part of the locator that `sid` of `owner` is in: packets for it
// may meet its router by chance.
bool IsTakenOver(const Ted& ted, const topology::Node& owner, const topology::Srv6Sid& sid) {
  for (const topology::Srv6Locator& locator : owner.attributes.locators) {
    if (!locator.prefix.Contains(IpAddress::V6(sid.sid))) continue;
    for (uint32_t n = 0; n < ted.node_bound(); ++n) {
      if (!ted.HasNode(NodeIndex(n)) || &ted.node(NodeIndex(n)) == &owner) continue;
      for (const topology::Prefix& prefix : ted.node(NodeIndex(n)).prefixes) {
        if (prefix.prefix.length() > locator.prefix.length() &&
            prefix.prefix.Contains(IpAddress::V6(sid.sid))) {
          return true;
        }
      }
    }
  }
  return false;
}

// Where brute force finds lists that Encode leaves out with reason: of a set of adjacencies all but
// one may be down, but not for long; a SID outside of its router's locators is no SID, nor one that
// is routed to another.
bool IsLeftOut(const Ted& ted) {
  for (uint32_t l = 0; l < ted.link_bound(); ++l) {
    const topology::Link& link = ted.link(LinkIndex(l));
    for (const topology::Srv6Sid& sid : link.attributes.srv6_sids) {
      if (!InLocator(ted.node(link.local), sid) || IsTakenOver(ted, ted.node(link.local), sid))
        return true;
    }
    for (uint32_t m = 0; m < ted.link_bound() && !link.usable; ++m) {
      const topology::Link& other = ted.link(LinkIndex(m));
      if (m != l && other.local == link.local && ShareSid(link, other)) return true;
    }
  }
  return false;
}

// How many lists had 0, 1, 2 ... entries, and how many paths have none.
struct Tally {
  std::vector<int> by_depth = std::vector<int>(9);
  int impossible = 0;
};

// No shorter list than that of `asked` does what it does.
void CheckFewest(const Ted& ted, PacketSim& packets, const support::Case& asked, Tally& tally) {
  if (IsLeftOut(ted)) return;
  const RandomWalk walk{HeadendOf(asked), asked.walk};
  const EncodeOptions options = OptionsOf(asked);
  const auto exists = [&](size_t length) {
    return options.data_plane == DataPlane::kSrMpls
               ? LabelBruteForce(packets, walk).Exists(length)
               : SidBruteForce(ted, packets, walk, options.compress).Exists(length);
  };
  const absl::StatusOr<SegmentList> list = Encode(ted, walk.headend, walk.links, options);
  if (!list.ok()) {
    EXPECT_FALSE(exists(kMaxLength)) << list.status();
    ++tally.impossible;
    return;
  }
  ExpectFollows(ted, packets, walk.headend, *list, walk.links);
  EXPECT_FALSE(list->depth() > 0 && exists(std::min(list->depth() - 1, kMaxLength)))
      << ToString(*list);
  ++tally.by_depth[std::min<size_t>(list->depth(), 8)];
}

// Three walks of each network; brute force uses the SIDs of both algorithms, so Encode may.
Tally CheckNetworks(uint64_t seed, int networks, DataPlane data_plane) {
  std::mt19937_64 rng(seed);
  CaseCount cases;
  Tally tally;
  for (int round = 0; round < networks; ++round) {
    const topology::TedPtr ted =
        RandomNetwork(rng, {.min_nodes = 3, .max_nodes = 6, .oddities = Chance(rng, 50)});
    PacketSim packets(*ted);
    for (int i = 0; i < 3; ++i) {
      const RandomWalk walk = Walk(*ted, rng, 5);
      support::Case asked = ListCase(
          walk.headend, {.data_plane = data_plane, .algorithm = 128, .compress = Chance(rng, 60)});
      asked.walk = walk.links;
      CheckFewest(*ted, packets, asked, tally);
      cases.Add();
      if (!testing::Test::HasFailure()) continue;
      support::ReportShrunk(*ted, asked,
                            [&](const topology::TedPtr& smaller, const support::Case& c) {
                              PacketSim fresh(*smaller);
                              CheckFewest(*smaller, fresh, c, tally);
                            });
      ADD_FAILURE() << "round " << round << " of seed " << seed;
      return tally;
    }
  }
  return tally;
}

TEST(MinimalityTest, NoShorterLabelStackPinsThePath) {
  constexpr int kNetworks = Cases(4000);
  const Tally tally = CheckNetworks(TestSeed(20261131), kNetworks, DataPlane::kSrMpls);
  EXPECT_GT(tally.by_depth[1], kNetworks / 5);
  EXPECT_GT(tally.by_depth[2], kNetworks / 5);
  EXPECT_GT(tally.by_depth[3], kNetworks / 10);
  EXPECT_GT(tally.impossible, kNetworks / 25);
}

TEST(MinimalityTest, NoFewerSrhEntriesPinThePath) {
  constexpr int kNetworks = Cases(2000);
  const Tally tally = CheckNetworks(TestSeed(20261132), kNetworks, DataPlane::kSrv6);
  EXPECT_GT(tally.by_depth[1], 2 * kNetworks / 5);
  EXPECT_GT(tally.by_depth[2], kNetworks / 5);
  EXPECT_GT(tally.by_depth[3], kNetworks / 25);
  EXPECT_GT(tally.impossible, kNetworks / 25);
}

}  // namespace
}  // namespace srpce::segments
