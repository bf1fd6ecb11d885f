#include "lib/topology/link_pairing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::topology {
namespace {

// A direction: what it calls its own end and, where it knows, the far end.
struct End {
  std::string local{};
  std::string remote{};
  std::string local_address{};
  std::string remote_address{};
};

Link MakeLink(const End& end) {
  Link link;
  link.key = {"", "", end.local, end.remote};
  if (!end.local_address.empty()) {
    link.attributes.local_address = *IpAddress::Parse(end.local_address);
  }
  if (!end.remote_address.empty()) {
    link.attributes.remote_address = *IpAddress::Parse(end.remote_address);
  }
  return link;
}

// "x1=y1 x2=y2" by local interface, ascending.
std::string Pair(const std::vector<End>& forward, const std::vector<End>& backward,
                 const LinkPairs& before = {}) {
  std::vector<Link> there;
  std::vector<Link> back;
  std::transform(forward.begin(), forward.end(), std::back_inserter(there), MakeLink);
  std::transform(backward.begin(), backward.end(), std::back_inserter(back), MakeLink);
  const auto pointers = [](const std::vector<Link>& links) {
    std::vector<const Link*> all;
    for (const Link& link : links) {
      all.push_back(&link);
    }
    return all;
  };
  std::vector<std::string> pairs;
  for (const auto& [i, j] : PairLinks(pointers(there), pointers(back), before)) {
    pairs.push_back(absl::StrCat(there[i].key.local_interface, "=", back[j].key.local_interface));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const std::string& pair : pairs) {
    absl::StrAppend(&text, text.empty() ? "" : " ", pair);
  }
  return text;
}

TEST(LinkPairingTest, PairsStayWhileBothLiveUnlessKnownBetter) {
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"x"}, {"y"}}, {{0, 1}}), "1=y 2=x");
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"y"}}, {{1, 0}}), "2=y");
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"y"}}), "");
  EXPECT_EQ(Pair({{"1", "x"}, {"2", "y"}}, {{"x"}, {"y"}}, {{0, 1}, {1, 0}}), "1=x 2=y");
  EXPECT_EQ(Pair({{"1", "z"}, {"2"}}, {{"x"}, {"y"}}, {{0, 0}}), "2=y") << "1 contradicts both";
}

TEST(LinkPairingTest, ALoneLinkWithoutInterfacesIsPaired) { EXPECT_EQ(Pair({{""}}, {{""}}), "="); }

TEST(LinkPairingTest, AOneWayLinkIsNot) { EXPECT_EQ(Pair({{""}}, {}), ""); }

TEST(LinkPairingTest, InterfacesNamedByBothDecide) {
  EXPECT_EQ(Pair({{"1", "8"}, {"2", "9"}}, {{"8", "1"}, {"9", "2"}}), "1=8 2=9");
  EXPECT_EQ(Pair({{"1", "9"}, {"2", "8"}}, {{"8", "2"}, {"9", "1"}}), "1=9 2=8");
}

TEST(LinkPairingTest, OneSideNamingTheInterfaceIsEnough) {
  EXPECT_EQ(Pair({{"1", "9"}, {"2", "8"}}, {{"8"}, {"9"}}), "1=9 2=8");
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"8", "2"}, {"9", "1"}}), "1=9 2=8");
}

TEST(LinkPairingTest, AddressesMatchCrosswise) {
  EXPECT_EQ(Pair({{"1", "", "10.0.0.1", "10.0.0.2"}, {"2", "", "10.0.1.1", "10.0.1.2"}},
                 {{"8", "", "10.0.1.2", "10.0.1.1"}, {"9", "", "10.0.0.2", "10.0.0.1"}}),
            "1=9 2=8");
}

TEST(LinkPairingTest, EqualInterfaceNamesPairWhereNothingElseIsSaid) {
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"2"}, {"1"}}), "1=1 2=2");
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"2"}}), "2=2");
}

TEST(LinkPairingTest, ASingleSilentPairIsPairedWhateverItsNames) {
  EXPECT_EQ(Pair({{"eth0"}}, {{"ge-1"}}), "eth0=ge-1");
}

TEST(LinkPairingTest, ContradictionsAreNeverPaired) {
  EXPECT_EQ(Pair({{"1", "9"}}, {{"8"}}), "");
  EXPECT_EQ(Pair({{"1"}}, {{"8", "2"}}), "");
  EXPECT_EQ(Pair({{"1", "8"}}, {{"8", "2"}}), "");
  EXPECT_EQ(Pair({{"", "", "10.0.0.1", "10.0.0.2"}}, {{"", "", "10.0.0.3", "10.0.0.1"}}), "");
}

TEST(LinkPairingTest, UnspecifiedAndOtherFamilyAddressesSayNothing) {
  EXPECT_EQ(Pair({{"", "", "0.0.0.0", "0.0.0.0"}}, {{"", "", "10.0.0.2", "10.0.0.1"}}), "=");
  EXPECT_EQ(Pair({{"", "", "fe80::1", "fe80::2"}}, {{"", "", "10.0.0.2", "10.0.0.1"}}), "=");
}

TEST(LinkPairingTest, LosingOneReverseLeavesTheOtherPair) {
  EXPECT_EQ(Pair({{"1", "8"}, {"2", "9"}}, {{"9", "2"}}), "2=9");
  EXPECT_EQ(Pair({{"1", "8"}, {"2", "9"}}, {{"9"}}), "2=9");
  EXPECT_EQ(Pair({{"1", "", "10.0.0.1", "10.0.0.2"}, {"2", "", "10.0.1.1", "10.0.1.2"}},
                 {{"9", "", "10.0.1.2", "10.0.1.1"}}),
            "2=9");
}

// Which of the two still has a reverse cannot be known: none may be used.
TEST(LinkPairingTest, UnequalNumbersOfSilentLinksAreNotGuessedAt) {
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"8"}, {"9"}}), "1=8 2=9");
  EXPECT_EQ(Pair({{"1"}, {"2"}}, {{"9"}}), "");
}

// Unnumbered parallel links share the loopbacks as addresses; their names tell them apart.
TEST(LinkPairingTest, SharedAddressesDoNotPairByThemselves) {
  EXPECT_EQ(Pair({{"1", "", "10.0.0.1", "10.0.0.2"}, {"2", "", "10.0.0.1", "10.0.0.2"}},
                 {{"8", "", "10.0.0.2", "10.0.0.1"}, {"9", "", "10.0.0.2", "10.0.0.1"}}),
            "1=8 2=9");
  EXPECT_EQ(Pair({{"1", "", "10.0.0.1", "10.0.0.2"}, {"2", "", "10.0.0.1", "10.0.0.2"}},
                 {{"9", "", "10.0.0.2", "10.0.0.1"}}),
            "");
  EXPECT_EQ(Pair({{"1", "", "10.0.0.1", "10.0.0.2"}, {"2", "", "10.0.0.1", "10.0.0.2"}},
                 {{"2", "", "10.0.0.2", "10.0.0.1"}}),
            "2=2");
}

// Random cables, some directions missing: whatever is paired is one cable, and complete cables are
// all paired.
TEST(LinkPairingTest, RandomCablesPairExactly) {
  std::mt19937 rng(7);
  const auto chance = [&](uint32_t percent) { return rng() % 100 < percent; };
  for (int round = 0; round < 2000; ++round) {
    std::vector<End> forward;
    std::vector<End> backward;
    std::vector<std::string> whole;
    for (uint32_t i = 0; i < 1 + rng() % 5; ++i) {
      const std::string x = absl::StrCat("x", i);
      const std::string y = absl::StrCat("y", i);
      const bool forward_names = chance(50);
      const bool there = chance(80);
      const bool back = chance(80);
      if (there) {
        forward.push_back({x, forward_names ? y : "", "", absl::StrCat("10.0.0.", i)});
      }
      if (back) {
        backward.push_back(
            {y, !forward_names || chance(50) ? x : "", absl::StrCat("10.0.0.", i), ""});
      }
      if (there && back) {
        whole.push_back(absl::StrCat(x, "=", y));
      }
    }
    std::shuffle(forward.begin(), forward.end(), rng);
    std::shuffle(backward.begin(), backward.end(), rng);
    std::string want;
    for (const std::string& pair : whole) {
      absl::StrAppend(&want, want.empty() ? "" : " ", pair);
    }
    ASSERT_EQ(Pair(forward, backward), want) << "round " << round;
  }
}

}  // namespace
}  // namespace srpce::topology
