#include "plugins/topology_source/bgpls/route_table.h"

#include <gmock/gmock.h>

#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class RouteTableTest : public testing::Test {
 protected:
  RouteTableTest() : table_(3, 100) {}

  void Announce(size_t peer, uint8_t node, const std::string& name) {
    EXPECT_TRUE(table_.Announce(peer, Known(NodeNlri(Isis(node))), Named(name)));
  }
  void Withdraw(size_t peer, uint8_t node) {
    table_.Withdraw(peer, *EncodeNlri(NodeNlri(Isis(node))));
  }
  static std::shared_ptr<const Announcement> Named(const std::string& name) {
    wire::bgpls::Attribute attribute;
    attribute.node.name = name;
    return Says(attribute);
  }
  // The node name of each changed route, with "!" if it is stale, "gone" where there is none.
  std::vector<std::string> Changes() {
    std::vector<std::string> changes;
    for (const RouteTable::Change& change : table_.TakeChanges()) {
      changes.push_back("gone");
      if (change.route) {
        changes.back() =
            *wire::bgpls::DecodeAttribute(wire::AsBytes(change.route->announcement->attribute))
                 .attribute.node.name +
            (change.route->stale ? "!" : "");
      }
    }
    std::sort(changes.begin(), changes.end());
    return changes;
  }

  RouteTable table_;
};

using testing::ElementsAre;

TEST_F(RouteTableTest, TheFirstPeerThatIsUpCounts) {
  Announce(1, 1, "b");
  EXPECT_THAT(Changes(), ElementsAre("b"));
  Announce(2, 1, "c");
  Announce(0, 1, "a");
  EXPECT_THAT(Changes(), ElementsAre("a"));
  table_.MarkOld(0, /*stale=*/true);
  EXPECT_THAT(Changes(), ElementsAre("b"));
  Withdraw(1, 1);
  EXPECT_THAT(Changes(), ElementsAre("c"));
  Withdraw(2, 1);
  EXPECT_THAT(Changes(), ElementsAre("a!")) << "better than nothing";
  table_.SweepOld(0);
  EXPECT_THAT(Changes(), ElementsAre("gone"));
  EXPECT_THAT(Changes(), IsEmpty());
}

TEST_F(RouteTableTest, WhatIsSaidTwiceIsNoChange) {
  Announce(0, 1, "a");
  Announce(0, 1, "a");
  EXPECT_THAT(Changes(), ElementsAre("a"));
  Announce(0, 1, "a");
  EXPECT_THAT(Changes(), IsEmpty());
  EXPECT_EQ(table_.routes(0), 1U);
}

TEST_F(RouteTableTest, TableThatComesAgainSweepsWhatIsNotInIt) {
  Announce(0, 1, "a");
  Announce(0, 2, "b");
  Announce(0, 3, "c");
  Changes();
  table_.MarkOld(0, /*stale=*/true);
  EXPECT_THAT(Changes(), ElementsAre("a!", "b!", "c!"));
  EXPECT_EQ(table_.stale_routes(0), 3U);
  // The peer is back: its routes stay stale until it repeats them.
  table_.MarkOld(0, /*stale=*/false);
  Announce(0, 1, "a");
  Announce(0, 3, "d");
  EXPECT_THAT(Changes(), ElementsAre("a", "d"));
  table_.SweepOld(0);
  EXPECT_THAT(Changes(), ElementsAre("gone"));
  EXPECT_EQ(table_.routes(0), 2U);
  EXPECT_EQ(table_.stale_routes(0), 0U);
}

TEST_F(RouteTableTest, RefreshMakesNothingStale) {
  Announce(0, 1, "a");
  Changes();
  table_.MarkOld(0, /*stale=*/false);
  EXPECT_THAT(Changes(), IsEmpty());
  table_.SweepOld(0);
  EXPECT_THAT(Changes(), ElementsAre("gone"));
}

TEST_F(RouteTableTest, OnePeersSweepLeavesTheOthersAlone) {
  Announce(0, 1, "a");
  Announce(1, 1, "a");
  Changes();
  table_.MarkOld(0, /*stale=*/true);
  table_.SweepOld(0);
  EXPECT_THAT(Changes(), ElementsAre("a"));
  EXPECT_EQ(table_.routes(0), 0U);
  EXPECT_EQ(table_.routes(1), 1U);
}

TEST_F(RouteTableTest, ComesAndGoesBetweenTwoLooks) {
  Announce(0, 1, "a");
  Withdraw(0, 1);
  Withdraw(0, 1);
  Withdraw(0, 2);
  EXPECT_THAT(Changes(), ElementsAre("gone"));
  EXPECT_THAT(table_.TakeChanges(), IsEmpty());
}

TEST_F(RouteTableTest, KeepsNoMoreThanItsLimit) {
  RouteTable small(2, 2);
  for (uint8_t node = 1; node <= 4; ++node) {
    EXPECT_EQ(small.Announce(0, Known(NodeNlri(Isis(node))), Named("a")), node <= 2);
  }
  EXPECT_TRUE(small.Announce(0, Known(NodeNlri(Isis(1))), Named("b"))) << "an old one, anew";
  EXPECT_TRUE(small.Announce(1, Known(NodeNlri(Isis(4))), Named("a"))) << "of another peer";
  small.Withdraw(0, *EncodeNlri(NodeNlri(Isis(1))));
  EXPECT_TRUE(small.Announce(0, Known(NodeNlri(Isis(3))), Named("a")));
  EXPECT_EQ(small.routes(0), 2U);
}

}  // namespace
}  // namespace srpce::bgpls_source
