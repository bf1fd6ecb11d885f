#include "plugins/topology_source/bgpls/adjacencies.h"

#include <gmock/gmock.h>

#include <list>

#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

class AdjacenciesTest : public testing::Test {
 protected:
  void Add(const LinkEnds& ends, const std::string& attributes = "") {
    descriptors_.push_back(LinkOf(ends));
    clues_.push_back({.descriptor = &descriptors_.back(), .attributes = attributes});
  }
  std::vector<Adjacency> Join() { return JoinAdjacencies(clues_, before_); }
  // Members by local interface.
  std::map<std::string, std::vector<size_t>> Joined() {
    std::map<std::string, std::vector<size_t>> joined;
    for (const Adjacency& adjacency : Join()) {
      EXPECT_TRUE(joined.emplace(adjacency.local_interface, adjacency.members).second);
    }
    return joined;
  }

  std::list<wire::bgpls::LinkDescriptor> descriptors_;
  std::vector<LinkClue> clues_;
  AddressPairs before_;
};

TEST_F(AdjacenciesTest, NamesBothEndsByAddress) {
  Add({.local = {"10.0.1.1", "fd00::1"}, .remote = {"10.0.1.2", "fd00::2"}});
  const std::vector<Adjacency> all = Join();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].local_interface, "10.0.1.1");
  EXPECT_EQ(all[0].remote_interface, "10.0.1.2");
  EXPECT_EQ(all[0].local_address, Ip("10.0.1.1"));
  EXPECT_EQ(all[0].remote_address, Ip("10.0.1.2"));
}

TEST_F(AdjacenciesTest, TheOnlyIpv4AndTheOnlyIpv6AreOne) {
  Add({.local = {"10.0.1.1"}, .remote = {"10.0.1.2"}}, "delay 5");
  Add({.local = {"fd00::1"}, .remote = {"fd00::2"}, .topology = 2}, "delay 6");
  EXPECT_THAT(Joined(), ElementsAre(Pair("10.0.1.1", ElementsAre(0, 1))));
}

TEST_F(AdjacenciesTest, SameLinkIdOrAddressIsTheSameLink) {
  Add({.local = {"10.0.1.1"}, .remote = {"10.0.1.2"}, .local_id = 5, .remote_id = 8});
  Add({.local = {"10.0.2.1"}, .remote = {"10.0.2.2"}, .local_id = 6, .remote_id = 9});
  Add({.local = {"fd00:2::1"}, .local_id = 6, .remote_id = 9, .topology = 2});
  Add({.local = {"fd00:1::1"}, .local_id = 5, .remote_id = 8, .topology = 2});
  Add({.local = {"fd00:1::1", "10.0.1.1"}, .topology = 4});
  EXPECT_THAT(Joined(), ElementsAre(Pair("10.0.1.1", ElementsAre(0, 3, 4)),
                                    Pair("10.0.2.1", ElementsAre(1, 2))));
}

TEST_F(AdjacenciesTest, OneThatNamesBothAddressesJoinsTwoThatNameOneEach) {
  Add({.local = {"10.0.1.1"}});
  Add({.local = {"10.0.9.1"}});
  Add({.local = {"fd00:1::1"}});
  Add({.local = {"fd00:9::1"}});
  Add({.local = {"10.0.1.1", "fd00:9::1"}});
  EXPECT_THAT(Joined(), ElementsAre(Pair("10.0.1.1", ElementsAre(0, 3, 4)),
                                    Pair("10.0.9.1", ElementsAre(1, 2))));
}

TEST_F(AdjacenciesTest, ParallelLinksArePairedByAttributesAndThenByOrder) {
  Add({.local = {"10.0.6.1"}}, "700");
  Add({.local = {"10.0.7.1"}}, "650");
  Add({.local = {"fd00:6::1"}}, "650");
  Add({.local = {"fd00:7::1"}}, "700");
  EXPECT_THAT(Joined(), ElementsAre(Pair("10.0.6.1", ElementsAre(0, 3)),
                                    Pair("10.0.7.1", ElementsAre(1, 2))));
  clues_[1].attributes = "700";
  before_.clear();
  EXPECT_THAT(Joined(),
              ElementsAre(Pair("10.0.6.1", ElementsAre(0, 2)), Pair("10.0.7.1", ElementsAre(1, 3))))
      << "two of 700: the order of the addresses tells";
}

TEST_F(AdjacenciesTest, ThosePairedOnceStayWhenOneGoes) {
  Add({.local = {"10.0.6.1"}});
  Add({.local = {"10.0.7.1"}});
  Add({.local = {"fd00:6::1"}});
  Add({.local = {"fd00:7::1"}});
  Join();
  EXPECT_THAT(before_, UnorderedElementsAre(Pair(Ip("10.0.6.1"), Ip("fd00:6::1")),
                                            Pair(Ip("10.0.7.1"), Ip("fd00:7::1"))));
  // Link 6 is withdrawn, one topology after the other.
  clues_.erase(clues_.begin());
  EXPECT_THAT(Joined(),
              ElementsAre(Pair("10.0.7.1", ElementsAre(0, 2)), Pair("fd00:6::1", ElementsAre(1))));
}

TEST_F(AdjacenciesTest, UnequalNumbersThatNothingTellsApartStayAlone) {
  Add({.local = {"10.0.6.1"}});
  Add({.local = {"10.0.7.1"}});
  Add({.local = {"fd00:7::1"}});
  EXPECT_EQ(Joined().size(), 3U);
}

TEST_F(AdjacenciesTest, BorrowedAddressNeedsTheLinkId) {
  Add({.local = {"10.255.0.1"}, .remote = {"10.255.0.2"}, .local_id = 5, .remote_id = 8});
  Add({.local = {"10.255.0.1"}, .remote = {"10.255.0.2"}, .local_id = 6, .remote_id = 9});
  const std::vector<Adjacency> all = Join();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].local_interface, "10.255.0.1%5");
  EXPECT_EQ(all[0].remote_interface, "10.255.0.2%8");
  EXPECT_EQ(all[1].local_interface, "10.255.0.1%6");
}

TEST_F(AdjacenciesTest, LinkLocalAddressesProveNothing) {
  Add({.local = {"fe80::1"}, .remote = {"fe80::2"}, .local_id = 5, .remote_id = 8});
  Add({.local = {"fe80::1"}, .remote = {"fe80::2"}, .local_id = 6, .remote_id = 9});
  EXPECT_EQ(Joined().size(), 2U);
  clues_.clear();
  Add({.local = {"fe80::1"}, .remote = {"fe80::2"}});
  const std::vector<Adjacency> all = Join();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].local_interface, "fe80::1") << "better than none";
}

TEST_F(AdjacenciesTest, LinkWithoutAnyNameIsTheOneThereIs) {
  Add({.topology = 2});
  Add({.local = {"10.0.1.1"}});
  EXPECT_THAT(Joined(), ElementsAre(Pair("10.0.1.1", ElementsAre(0, 1))));
  Add({.local = {"10.0.2.1"}});
  EXPECT_EQ(Joined().size(), 3U) << "of two, nobody knows which one it is";
}

TEST_F(AdjacenciesTest, LinkIdIsANameWhereThereIsNoAddress) {
  Add({.local_id = 5, .remote_id = 8});
  const std::vector<Adjacency> all = Join();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].local_interface, "5");
  EXPECT_EQ(all[0].remote_interface, "8");
}

// Whatever is sent: each NLRI in exactly one adjacency, each name once.
TEST_F(AdjacenciesTest, NamesAreUniqueWhateverComes) {
  for (int i = 0; i < 64; ++i) {
    clues_.clear();
    for (int j = 0; j < 6; ++j) {
      LinkEnds ends;
      const int bits = i * 7 + j * 13;
      if (bits & 1) ends.local.push_back("10.0.0.1");
      if (bits & 2) ends.local.push_back((bits & 4) ? "fd00::1" : "fd00::2");
      if (bits & 8) ends.local_id = 1 + (bits >> 4) % 2;
      Add(ends);
    }
    std::set<std::string> names;
    std::multiset<size_t> members;
    for (const Adjacency& adjacency : Join()) {
      EXPECT_TRUE(names.insert(adjacency.local_interface).second) << adjacency.local_interface;
      members.insert(adjacency.members.begin(), adjacency.members.end());
    }
    EXPECT_THAT(members, ElementsAre(0, 1, 2, 3, 4, 5));
  }
}

}  // namespace
}  // namespace srpce::bgpls_source
