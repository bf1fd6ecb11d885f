#include "plugins/topology_source/bgpls/router_names.h"

#include <gmock/gmock.h>

#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RouterNamesTest : public testing::Test {
 protected:
  RouterIndex Add(ProtocolId protocol, const wire::bgpls::NodeDescriptor& node,
                  const std::vector<std::string>& router_ids = {}, uint64_t instance = 0) {
    const RouterIndex router = names_.Acquire(protocol, instance, node);
    Claim(router, router_ids);
    return router;
  }
  void Claim(RouterIndex router, const std::vector<std::string>& router_ids) {
    std::vector<IpAddress> ids;
    for (const std::string& id : router_ids) ids.push_back(Ip(id));
    names_.SetRouterIds(router, ids);
  }
  const std::string& Name(RouterIndex router) { return names_.NameOf(router); }

  RouterNames names_;
};

TEST_F(RouterNamesTest, RouterGoesByItsRouterIdElseByItsIgpId) {
  const RouterIndex router = Add(ProtocolId::kIsisLevel2, Isis(1));
  EXPECT_EQ(Name(router), "0000.0000.0001@65000");
  Claim(router, {"10.255.0.1", "fc00::1"});
  EXPECT_EQ(Name(router), "10.255.0.1");
  EXPECT_THAT(names_.TakeRenamed(), UnorderedElementsAre(router));
  EXPECT_THAT(names_.TakeRenamed(), IsEmpty());
  Claim(router, {"fc00::1"});
  EXPECT_EQ(Name(router), "fc00::1");
  Claim(router, {"0.0.0.0"});
  EXPECT_EQ(Name(router), "0000.0000.0001@65000") << "0.0.0.0 is nobody's";
}

TEST_F(RouterNamesTest, LevelsAndAreasAreOneRouter) {
  const RouterIndex level2 = Add(ProtocolId::kIsisLevel2, Isis(1));
  EXPECT_EQ(Add(ProtocolId::kIsisLevel1, Isis(1)), level2);
  const RouterIndex area0 = Add(ProtocolId::kOspfv2, Ospf("10.0.0.1", 0));
  EXPECT_EQ(Add(ProtocolId::kOspfv2, Ospf("10.0.0.1", 7)), area0);
  EXPECT_EQ(Name(area0), "10.0.0.1@65000");
}

TEST_F(RouterNamesTest, WithoutRouterIdProtocolsInstancesAndDomainsStayApart) {
  std::set<std::string> seen;
  for (const RouterIndex router : {
           Add(ProtocolId::kOspfv2, Ospf("10.0.0.1")),
           Add(ProtocolId::kOspfv3, Ospf("10.0.0.1")),
           Add(ProtocolId::kOspfv2, Ospf("10.0.0.1"), {}, 7),
           Add(ProtocolId::kOspfv2, Ospf("10.0.0.1", 0, 65001)),
           Add(ProtocolId::kIsisLevel2, Isis(1)),
           Add(ProtocolId::kIsisLevel2, Isis(1), {}, 7),
           Add(ProtocolId::kIsisLevel2, Isis(1, 0, 65001)),
       }) {
    EXPECT_TRUE(seen.insert(Name(router)).second) << Name(router);
  }
}

TEST_F(RouterNamesTest, RouterIdJoinsProtocolsAndInstances) {
  const RouterIndex isis = Add(ProtocolId::kIsisLevel2, Isis(1), {"10.255.0.1"});
  const RouterIndex other = Add(ProtocolId::kIsisLevel2, Isis(9), {"10.255.0.1"}, 7);
  const RouterIndex ospf = Add(ProtocolId::kOspfv2, Ospf("10.0.0.1"), {"10.255.0.1"});
  const RouterIndex bgp = Add(ProtocolId::kBgp, Bgp("10.255.0.1", 65000));
  for (const RouterIndex router : {isis, other, ospf, bgp}) {
    EXPECT_EQ(Name(router), "10.255.0.1");
  }
}

TEST_F(RouterNamesTest, Ipv6RouterIdLeadsToTheIpv4OneOfTheSameRouter) {
  const RouterIndex v6 = Add(ProtocolId::kOspfv3, Ospf("10.0.0.1"), {"fc00::1"});
  EXPECT_EQ(Name(v6), "fc00::1");
  const RouterIndex both = Add(ProtocolId::kIsisLevel2, Isis(1), {"10.255.0.1", "fc00::1"});
  EXPECT_EQ(Name(v6), "10.255.0.1");
  names_.Release(both);
  EXPECT_EQ(Name(v6), "fc00::1");
}

TEST_F(RouterNamesTest, RouterIdThatTwoRoutersOfAnInstanceClaimJoinsNobody) {
  const RouterIndex a = Add(ProtocolId::kIsisLevel2, Isis(1), {"10.255.0.1"});
  const RouterIndex ospf = Add(ProtocolId::kOspfv2, Ospf("10.0.0.1"), {"10.255.0.1"});
  const RouterIndex b = Add(ProtocolId::kIsisLevel2, Isis(2), {"10.255.0.1"});
  EXPECT_EQ(Name(a), "0000.0000.0001@65000");
  EXPECT_EQ(Name(b), "0000.0000.0002@65000");
  EXPECT_EQ(Name(ospf), "10.0.0.1@65000") << "it may be either of the two";
  Claim(b, {"10.255.0.2"});
  EXPECT_EQ(Name(a), "10.255.0.1");
  EXPECT_EQ(Name(ospf), "10.255.0.1");
  EXPECT_EQ(Name(b), "10.255.0.2");
}

TEST_F(RouterNamesTest, RouterIdOfTwoAutonomousSystemsJoinsNobody) {
  const RouterIndex a = Add(ProtocolId::kIsisLevel2, Isis(1, 0, 65000), {"10.255.0.1"});
  const RouterIndex b = Add(ProtocolId::kIsisLevel2, Isis(1, 0, 65001), {"10.255.0.1"});
  EXPECT_EQ(Name(a), "0000.0000.0001@65000");
  EXPECT_EQ(Name(b), "0000.0000.0001@65001");
}

TEST_F(RouterNamesTest, BgpIdentifierOfAStrangerRenamesNobody) {
  const RouterIndex ours = Add(ProtocolId::kIsisLevel2, Isis(1), {"10.255.0.1"});
  const RouterIndex theirs = Add(ProtocolId::kBgp, Bgp("10.255.0.1", 65001));
  EXPECT_EQ(Name(ours), "10.255.0.1");
  EXPECT_EQ(Name(theirs), "bgp:10.255.0.1@65001");
}

TEST_F(RouterNamesTest, PseudonodesOfTwoLevelsAreTwoLans) {
  const RouterIndex level2 = Add(ProtocolId::kIsisLevel2, Isis(1, 3));
  const RouterIndex level1 = Add(ProtocolId::kIsisLevel1, Isis(1, 3));
  EXPECT_TRUE(names_.IsPseudonode(level2));
  EXPECT_EQ(Name(level2), "isis-l2:0000.0000.0001.03@65000");
  EXPECT_EQ(Name(level1), "isis-l1:0000.0000.0001.03@65000");
  Claim(level2, {"10.255.0.1"});
  EXPECT_EQ(Name(level2), "isis-l2:0000.0000.0001.03@65000") << "a LAN is no router";
}

TEST_F(RouterNamesTest, WhatIsReleasedIsForgotten) {
  for (int round = 0; round < 3; ++round) {
    const RouterIndex a = Add(ProtocolId::kIsisLevel2, Isis(1), {"10.255.0.1"});
    const RouterIndex again = names_.Acquire(ProtocolId::kIsisLevel1, 0, Isis(1));
    EXPECT_EQ(a, again);
    names_.Release(again);
    EXPECT_EQ(Name(a), "10.255.0.1");
    names_.Release(a);
    EXPECT_EQ(names_.size(), 0U);
    // The claim is gone with it: another router may have the address.
    const RouterIndex b = Add(ProtocolId::kIsisLevel2, Isis(2), {"10.255.0.1"});
    EXPECT_EQ(Name(b), "10.255.0.1");
    names_.Release(b);
  }
}

}  // namespace
}  // namespace srpce::bgpls_source
