#include "plugins/topology_source/bgpls/network_view.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/support/builder_sink.h"
#include "tests/support/seed.h"
#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using topology::TedPtr;

wire::bgpls::Attribute Metric(uint32_t metric) {
  wire::bgpls::Attribute attribute;
  attribute.link.igp_metric = metric;
  return attribute;
}

class NetworkViewTest : public testing::Test {
 protected:
  NetworkViewTest() { EXPECT_TRUE(sink_.Send(plugin::SyncBegin()).ok()); }

  // Returns how many statements came of it; all of them go to the TED.
  size_t Apply(std::vector<RouteTable::Change> changes) {
    view_.Apply(std::move(changes));
    const std::vector<plugin::Statement> statements = view_.TakeChanges();
    for (const plugin::Statement& statement : statements) {
      EXPECT_TRUE(sink_.Send(statement).ok());
    }
    return statements.size();
  }
  TedPtr Ted() { return sink_.ted(); }
  const topology::Node* Node(const std::string& id) {
    ted_ = Ted();
    for (uint32_t i = 0; i < ted_->node_bound(); ++i) {
      const topology::NodeIndex index(i);
      if (ted_->HasNode(index) && ted_->node(index).id == id) return &ted_->node(index);
    }
    return nullptr;
  }
  std::vector<std::string> LinkNames() {
    ted_ = Ted();
    std::vector<std::string> names;
    for (uint32_t i = 0; i < ted_->link_bound(); ++i) {
      const topology::LinkIndex index(i);
      if (!ted_->HasLink(index)) continue;
      const topology::Link& link = ted_->link(index);
      names.push_back(link.key.ToString() + (link.usable ? "" : " unusable") +
                      (link.stale ? " stale" : ""));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Oddities oddities_;
  NetworkView view_{oddities_};
  support::BuilderSink sink_;
  TedPtr ted_;
};

TEST_F(NetworkViewTest, LinkMayComeBeforeItsNodes) {
  Apply({Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10)),
         Change(LinkNlri(Isis(2), Isis(1), {{"10.0.0.2"}, {"10.0.0.1"}}), Metric(10))});
  EXPECT_THAT(LinkNames(),
              ElementsAre("0000.0000.0001@65000->0000.0000.0002@65000#10.0.0.1 unusable",
                          "0000.0000.0002@65000->0000.0000.0001@65000#10.0.0.2 unusable"));
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"}))});
  EXPECT_THAT(LinkNames(),
              ElementsAre("10.255.0.1->10.255.0.2#10.0.0.1", "10.255.0.2->10.255.0.1#10.0.0.2"));
  EXPECT_EQ(Node("0000.0000.0001@65000"), nullptr) << "it has another name now";
  EXPECT_EQ(Ted()->known_node_count(), 2U);
}

TEST_F(NetworkViewTest, HalfLinkIsThereAndUnusable) {
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"})),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10))});
  EXPECT_THAT(LinkNames(), ElementsAre("10.255.0.1->10.255.0.2#10.0.0.1 unusable"));
}

TEST_F(NetworkViewTest, RouterSeenByTwoLevelsAndProtocolsIsOneNode) {
  wire::bgpls::Attribute l2 = RouterIds({"10.255.0.1"});
  l2.node.name = "core1";
  wire::bgpls::Attribute ospf = RouterIds({"10.255.0.1"});
  ospf.node.sr_algorithms = {0, 128};
  ospf.node.flags = wire::bgpls::NodeAttributes::kOverload;
  Apply({Change(NodeNlri(Isis(1)), l2), Change(NodeNlri(Isis(1), ProtocolId::kIsisLevel1), {}),
         Change(NodeNlri(Ospf("10.0.0.1"), ProtocolId::kOspfv2), ospf),
         Change(PrefixNlri(Ospf("10.0.0.1"), "10.9.0.0/24", ProtocolId::kOspfv2), {})});
  EXPECT_EQ(Ted()->known_node_count(), 1U);
  const topology::Node* node = Node("10.255.0.1");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->attributes.name, "core1");
  EXPECT_THAT(node->attributes.algorithms, ElementsAre(0, 128));
  EXPECT_EQ(node->attributes.overload, true);
  EXPECT_THAT(node->prefixes, SizeIs(1));
  Apply({Gone(NodeNlri(Isis(1)))});
  EXPECT_EQ(Node("10.255.0.1")->attributes.name, std::nullopt) << "OSPF still speaks of it";
}

TEST_F(NetworkViewTest, AdjacencyOfBothLevelsIsOneLink) {
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"})),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10)),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}, ProtocolId::kIsisLevel1),
                Metric(99)),
         Change(LinkNlri(Isis(2), Isis(1), {{"10.0.0.2"}, {"10.0.0.1"}}), Metric(10))});
  EXPECT_THAT(LinkNames(),
              ElementsAre("10.255.0.1->10.255.0.2#10.0.0.1", "10.255.0.2->10.255.0.1#10.0.0.2"));
  const auto link = Ted()->FindLink({"10.255.0.1", "10.255.0.2", "10.0.0.1", ""});
  EXPECT_EQ(Ted()->link(*link).attributes.igp_metric, 10U) << "that of level 2";
  // Level 2 goes; the adjacency of level 1 is still there.
  EXPECT_EQ(Apply({Gone(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}))}), 1U);
  EXPECT_EQ(Ted()->link(*link).attributes.igp_metric, 99U);
}

TEST_F(NetworkViewTest, LanIsANodeOfItsOwn) {
  const auto lan = Isis(1, 3);
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"})),
         Change(LinkNlri(Isis(1), lan, {{"10.0.0.1"}, {}}), Metric(10)),
         Change(LinkNlri(Isis(2), lan, {{"10.0.0.2"}, {}}), Metric(10)),
         Change(LinkNlri(lan, Isis(1), {}), Metric(0)),
         Change(LinkNlri(lan, Isis(2), {}), Metric(0))});
  const topology::Node* node = Node("isis-l2:0000.0000.0001.03@65000");
  ASSERT_NE(node, nullptr);
  EXPECT_TRUE(node->known) << "its links leave it, be it that nobody announces the node";
  EXPECT_EQ(node->attributes.pseudonode, true);
  EXPECT_EQ(Ted()->usable_link_count(), 4U);
  // The designated router is gone, and the LAN with it.
  Apply({Gone(LinkNlri(lan, Isis(1), {})), Gone(LinkNlri(lan, Isis(2), {}))});
  EXPECT_FALSE(Node("isis-l2:0000.0000.0001.03@65000")->known);
  EXPECT_EQ(Ted()->usable_link_count(), 0U);
}

TEST_F(NetworkViewTest, PeeringLinkHasItsPeerSids) {
  wire::bgpls::Attribute epe;
  epe.link.sids.peer_node = {{.flags = 0xc0, .sid = {true, 24001}}};
  epe.link.sids.peer_adjacency = {{.flags = 0xc0, .sid = {true, 24002}}};
  epe.link.sids.peer_set = {{.flags = 0xc0, .weight = 3, .sid = {true, 24003}}};
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(LinkNlri(Bgp("10.255.0.1", 65000), Bgp("192.0.2.1", 65001),
                         {{"198.51.100.1"}, {"198.51.100.2"}}, ProtocolId::kBgp),
                epe)});
  EXPECT_THAT(LinkNames(), ElementsAre("10.255.0.1->192.0.2.1#198.51.100.1 unusable"))
      << "the other AS announces nothing here";
  const auto link = Ted()->FindLink({"10.255.0.1", "192.0.2.1", "198.51.100.1", ""});
  EXPECT_THAT(Ted()->link(*link).attributes.adjacency_sids,
              ElementsAre(topology::AdjacencySid{.label = 24002},
                          topology::AdjacencySid{.label = 24001, .is_set = true},
                          topology::AdjacencySid{.label = 24003, .is_set = true, .weight = 3}));
}

TEST_F(NetworkViewTest, WhatOnlyLostPeersSayIsStale) {
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"}), /*stale=*/true),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"})),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10), true),
         Change(LinkNlri(Isis(2), Isis(1), {{"10.0.0.2"}, {"10.0.0.1"}}), Metric(10))});
  EXPECT_TRUE(Node("10.255.0.1")->stale);
  EXPECT_FALSE(Node("10.255.0.2")->stale);
  EXPECT_THAT(LinkNames(), ElementsAre("10.255.0.1->10.255.0.2#10.0.0.1 stale",
                                       "10.255.0.2->10.255.0.1#10.0.0.2"))
      << "stale, and in use: a feed that breaks moves no path";
  Apply({Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10))});
  EXPECT_THAT(LinkNames(),
              ElementsAre("10.255.0.1->10.255.0.2#10.0.0.1", "10.255.0.2->10.255.0.1#10.0.0.2"));
}

TEST_F(NetworkViewTest, PrefixesOfOthersAreNotStated) {
  wire::bgpls::Attribute leaked;
  leaked.prefix.sids = {{.flags = 0x80 | 0x40, .algorithm = 0, .sid = {false, 7}}};
  wire::bgpls::Attribute down;
  down.prefix.igp_flags = wire::bgpls::PrefixAttributes::kDown;
  wire::bgpls::Attribute own;
  own.prefix.sids = {{.flags = 0x40, .algorithm = 0, .sid = {false, 1}}};
  auto inter_area = PrefixNlri(Ospf("10.0.0.9"), "10.255.0.8/32", ProtocolId::kOspfv2);
  std::get<wire::bgpls::PrefixDescriptor>(inter_area.descriptor).ospf_route_type = 2;
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Ospf("10.0.0.9"), ProtocolId::kOspfv2), RouterIds({"10.255.0.9"})),
         Change(PrefixNlri(Isis(1), "10.255.0.1/32"), own),
         Change(PrefixNlri(Isis(1), "10.255.0.7/32"), leaked),
         Change(PrefixNlri(Isis(1), "10.255.0.6/32"), down), Change(inter_area, own)});
  ASSERT_THAT(Node("10.255.0.1")->prefixes, SizeIs(1));
  EXPECT_EQ(Node("10.255.0.1")->prefixes[0].prefix.ToString(), "10.255.0.1/32");
  EXPECT_THAT(Node("10.255.0.9")->prefixes, IsEmpty());
}

TEST_F(NetworkViewTest, ValueThatMakesNoSenseCostsItselfAndIsKept) {
  wire::bgpls::Attribute link = Metric(10);
  link.link.te.max_bandwidth = -1.0F;
  link.link.te.performance.min_max_delay = {
      .anomalous = false, .min = Microseconds(9), .max = Microseconds(5)};
  link.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(7)};
  link.link.sids.adjacency = {{.flags = 0x30, .sid = {true, 3}},
                              {.flags = 0x30, .sid = {true, 24001}}};
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(NodeNlri(Isis(2)), RouterIds({"10.255.0.2"})),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.0.1"}, {"10.0.0.2"}}), link)});
  const auto index = Ted()->FindLink({"10.255.0.1", "10.255.0.2", "10.0.0.1", ""});
  ASSERT_TRUE(index.has_value());
  const topology::LinkAttributes is = Ted()->link(*index).attributes;
  EXPECT_EQ(is.igp_metric, 10U);
  EXPECT_EQ(is.delay, Microseconds(7));
  EXPECT_EQ(is.capacity, std::nullopt);
  EXPECT_EQ(is.min_delay, std::nullopt);
  EXPECT_THAT(is.adjacency_sids, ElementsAre(topology::AdjacencySid{.label = 24001}));
  std::vector<std::string> texts;
  for (const plugin::UnknownElement& odd : oddities_.all()) {
    EXPECT_EQ(odd.kind, "value");
    EXPECT_EQ(odd.where, "link 10.255.0.1->10.255.0.2#10.0.0.1");
    texts.push_back(odd.text.substr(0, odd.text.find(':')));
  }
  EXPECT_THAT(texts, ElementsAre("adjacency SID", "capacity", "min delay"));
}

TEST_F(NetworkViewTest, LinkToItselfIsLeftOut) {
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(LinkNlri(Isis(1), Isis(1), {{"10.0.0.1"}, {"10.0.0.2"}}), Metric(10))});
  EXPECT_THAT(LinkNames(), IsEmpty());
  EXPECT_THAT(oddities_.all(), SizeIs(1));
}

TEST_F(NetworkViewTest, UnknownAndMalformedTlvsAreCountedOnce) {
  wire::bgpls::Attribute node = RouterIds({"10.255.0.1"});
  node.unknown = {{.type = 9999, .value = "abc"}};
  const auto nlri = NodeNlri(Isis(1));
  auto change = Change(nlri, node);
  // TLV 1026 would be its name; 1028 of three octets is none.
  auto broken = *change.route->announcement;
  broken.attribute += std::string("\x04\x04\x00\x03\x01\x02\x03", 7);
  change.route->announcement = std::make_shared<const Announcement>(broken);
  Apply({change});
  Apply({change});
  Apply({Change(SidNlri(Isis(1), "fcbb:bb00:1::"), {})});
  const std::vector<plugin::UnknownElement> odd = oddities_.all();
  ASSERT_THAT(odd, SizeIs(2));
  EXPECT_EQ(odd[0].kind, "TLV");
  EXPECT_EQ(odd[0].code, 9999U);
  EXPECT_EQ(odd[0].octets, "abc");
  EXPECT_EQ(odd[0].where, "node isis-l2 0000.0000.0001 as 65000");
  EXPECT_EQ(odd[0].count, 1U);
  EXPECT_EQ(odd[1].kind, "malformed TLV");
  EXPECT_EQ(odd[1].code, 1028U);
  EXPECT_EQ(odd[1].count, 1U);
  ASSERT_NE(Node("10.255.0.1"), nullptr);
}

TEST_F(NetworkViewTest, AttributeThatRunsOverItsEndIsDiscardedAndTheRouteStays) {
  auto change = Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"}));
  auto broken = *change.route->announcement;
  broken.attribute += std::string("\x04\x02\x00\xff\x01", 5);
  change.route->announcement = std::make_shared<const Announcement>(broken);
  Apply({change});
  EXPECT_NE(Node("0000.0000.0001@65000"), nullptr) << "RFC 9552 s8.2.2: attribute discard";
}

TEST_F(NetworkViewTest, AttributesThatCameAloneAreSurerThanThoseOfManyLinks) {
  wire::bgpls::Attribute shared = Metric(30);
  shared.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(700)};
  wire::bgpls::Attribute own = Metric(31);
  own.link.te.performance.delay = {.anomalous = false, .delay = Microseconds(650)};
  Apply({Change(NodeNlri(Isis(1)), RouterIds({"10.255.0.1"})),
         Change(LinkNlri(Isis(1), Isis(2), {{"10.0.7.1"}, {"10.0.7.2"}}), shared, false, 4),
         Change(LinkNlri(Isis(1), Isis(2),
                         {.local = {"fd00:7::1"}, .remote = {"fd00:7::2"}, .topology = 2}),
                own)});
  ASSERT_THAT(LinkNames(), SizeIs(1));
  const topology::LinkAttributes is = Ted()->link(topology::LinkIndex(0)).attributes;
  EXPECT_EQ(is.delay, Microseconds(650));
  EXPECT_EQ(is.igp_metric, 30U) << "the metric is that of topology 0";
  EXPECT_EQ(is.multi_topology_id, std::nullopt);
}

// Whatever came before, the network is that of the routes there are now.
TEST_F(NetworkViewTest, HistoryLeavesNoTrace) {
  std::mt19937 random(support::Seed());
  const auto below = [&](uint32_t bound) {
    return std::uniform_int_distribution<uint32_t>(0, bound - 1)(random);
  };
  const auto node = [&]() -> wire::bgpls::NodeDescriptor {
    const auto number = static_cast<uint8_t>(1 + below(5));
    return below(6) == 0 ? Isis(number, 3) : Isis(number);
  };
  const auto protocol = [&] {
    return below(3) == 0 ? ProtocolId::kIsisLevel1 : ProtocolId::kIsisLevel2;
  };
  const auto nlri = [&]() -> wire::bgpls::Nlri {
    switch (below(5)) {
      case 0:
        return NodeNlri(node(), protocol());
      case 1:
        return PrefixNlri(node(), below(2) ? "10.9.0.0/24" : "fcbb:bb00:9::/48", protocol());
      case 2:
        return SidNlri(node(), "fcbb:bb00:9::");
      default: {
        // With link ids: what only order pairs depends on what was there before.
        const uint32_t number = 1 + below(2);
        LinkEnds ends{.local_id = number, .remote_id = number};
        if (below(2)) {
          ends.local = {absl::StrCat("10.0.", number, ".1")};
        } else {
          ends.local = {absl::StrCat("fd00:", number, "::1")};
          ends.topology = 2;
        }
        return LinkNlri(node(), node(), ends, protocol());
      }
    }
  };
  const auto attribute = [&] {
    // Few router ids, so that routers get, lose and dispute them.
    wire::bgpls::Attribute attribute;
    if (below(2)) attribute.local_router_ids = {Ip(absl::StrCat("10.255.0.", 1 + below(4)))};
    if (below(3) == 0) attribute.local_router_ids.push_back(Ip("fc00::1"));
    attribute.link.igp_metric = 1 + below(3);
    attribute.prefix.metric = below(2);
    if (below(2)) attribute.prefix.locators = {{}};
    attribute.srv6_sid.behavior = {.behavior = 43};
    return attribute;
  };
  using Shown = std::map<std::string, std::string>;
  const auto show = [](const std::vector<plugin::Statement>& statements) {
    support::BuilderSink sink;
    for (const plugin::Statement& statement : statements) {
      EXPECT_TRUE(sink.Send(statement).ok());
    }
    Shown shown;
    const TedPtr ted = sink.ted();
    for (uint32_t i = 0; i < ted->node_bound(); ++i) {
      if (!ted->HasNode(topology::NodeIndex(i))) continue;
      const topology::Node& node = ted->node(topology::NodeIndex(i));
      shown["node " + node.id] =
          absl::StrCat(node.known, node.stale, node.attributes.locators.size(),
                       node.attributes.srv6_sids.size(), node.prefixes.size());
    }
    for (uint32_t i = 0; i < ted->link_bound(); ++i) {
      if (!ted->HasLink(topology::LinkIndex(i))) continue;
      const topology::Link& link = ted->link(topology::LinkIndex(i));
      shown["link " + link.key.ToString()] =
          absl::StrCat(*link.attributes.igp_metric, " ", link.usable, link.stale);
    }
    return shown;
  };
  std::map<std::string, RouteTable::Change> now;
  std::vector<plugin::Statement> said;
  for (int step = 0; step < support::Cases(3000); ++step) {
    std::vector<RouteTable::Change> changes;
    for (uint32_t i = 0; i <= below(4); ++i) {
      const RouteTable::Change change =
          below(3) == 0 && !now.empty()
              ? RouteTable::Change{.key = std::next(now.begin(),
                                                    below(static_cast<uint32_t>(now.size())))
                                              ->first}
              : Change(nlri(), attribute(), below(8) == 0);
      if (change.route) {
        now[change.key] = change;
      } else {
        now.erase(change.key);
      }
      std::erase_if(changes, [&](const auto& other) { return other.key == change.key; });
      changes.push_back(change);
    }
    Apply(changes);
    if (step % 50 != 0) continue;
    Oddities oddities;
    NetworkView fresh(oddities);
    std::vector<RouteTable::Change> all;
    for (const auto& [key, change] : now) all.push_back(change);
    fresh.Apply(all);
    ASSERT_EQ(show(view_.All()), show(fresh.TakeChanges())) << "step " << step;
    ASSERT_EQ(show(view_.All()).size(), show(fresh.All()).size());
  }
}

}  // namespace
}  // namespace srpce::bgpls_source
