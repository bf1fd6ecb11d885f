// Statements on whatever link leaves a node by an interface: what telemetry knows.
#include <gtest/gtest.h>

#include <string>

#include "lib/topology/ted_builder.h"

namespace srpce::topology {
namespace {

using std::chrono::seconds;

const LinkKey kAb{"a", "b", "eth0", "eth9"};
const LinkKey kBa{"b", "a", "eth9", "eth0"};
const LinkKey kEth0{"a", "", "eth0", ""};

class LinkByInterfaceTest : public testing::Test {
 protected:
  SourceId Connect(const std::string& name, uint32_t precedence) {
    const auto id =
        builder_.Connect({.name = name, .precedence = precedence, .hold_time = seconds(30)}, now_);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.value_or(SourceId());
  }
  void Set(SourceId source, const LinkKey& key, const LinkAttributes& attributes = {},
           StatementOptions how = {}) {
    EXPECT_EQ(builder_.SetLink(source, key, attributes, how, now_), absl::OkStatus());
  }
  void Remove(SourceId source, const LinkKey& key) {
    EXPECT_EQ(builder_.RemoveLink(source, key, now_), absl::OkStatus());
  }
  void AnnounceBoth() {
    for (const char* node : {"a", "b"}) {
      EXPECT_EQ(builder_.SetNode(igp_, node, {}, {}, now_), absl::OkStatus());
    }
    Set(igp_, kAb);
    Set(igp_, kBa);
  }
  static LinkAttributes Delay(int64_t us) {
    LinkAttributes attributes;
    attributes.delay = Microseconds(us);
    return attributes;
  }
  static LinkAttributes Address(const std::string& address) {
    LinkAttributes attributes;
    attributes.local_address = *IpAddress::Parse(address);
    return attributes;
  }
  topology::Link Link(const LinkKey& key = kAb) {
    const TedPtr ted = builder_.Publish().ted;
    return ted->link(*ted->FindLink(key));
  }
  // In microseconds; -1: not stated.
  int64_t DelayOf(const LinkKey& key = kAb) {
    return Link(key).attributes.delay.value_or(Microseconds(-1)).count();
  }
  uint64_t LinkCount(SourceId source) { return builder_.sources().at(source.value()).links; }

  TedBuilder builder_;
  const MonotonicTime now_{seconds(1000)};
  const SourceId igp_ = Connect("igp", 100);
  const SourceId telemetry_ = Connect("telemetry", 200);
};

TEST_F(LinkByInterfaceTest, FindsTheLinkByItsLocalInterface) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  EXPECT_EQ(DelayOf(), 500);
  EXPECT_EQ(DelayOf(kBa), -1);
}

TEST_F(LinkByInterfaceTest, FindsTheLinkByItsLocalAddress) {
  Set(igp_, kAb, Address("2001:db8::1"));
  Set(telemetry_, {"a", "", "2001:db8::1", ""}, Delay(500));
  EXPECT_EQ(DelayOf(), 500);
  Set(igp_, kAb, Address("2001:db8::2"));
  EXPECT_EQ(DelayOf(), -1) << "it is another interface's now";
  Set(igp_, kAb, Address("2001:db8::1"));
  EXPECT_EQ(DelayOf(), 500);
}

TEST_F(LinkByInterfaceTest, TheAddressMayComeFromAnySourceOfTheLinkByRank) {
  const SourceId lab = Connect("lab", 300);
  Set(igp_, kAb, Address("10.0.0.1"));
  Set(telemetry_, {"a", "", "10.0.0.2", ""}, Delay(500));
  EXPECT_EQ(DelayOf(), -1);
  Set(lab, kAb, Address("10.0.0.2"));
  EXPECT_EQ(DelayOf(), 500);
  builder_.Disconnect(lab, now_);
  EXPECT_EQ(DelayOf(), -1);
}

TEST_F(LinkByInterfaceTest, AnAddressItStatesItselfDecidesNothing) {
  Set(igp_, kAb, Address("10.0.0.1"));
  LinkAttributes moved = Address("10.0.0.9");
  Set(telemetry_, {"a", "", "10.0.0.1", ""}, moved);
  EXPECT_EQ(Link().attributes.local_address, moved.local_address);
  Set(telemetry_, {"a", "", "10.0.0.9", ""}, Delay(900));
  EXPECT_EQ(DelayOf(), -1);
}

TEST_F(LinkByInterfaceTest, AppliesToAllLinksOfTheInterface) {
  const LinkKey ac{"a", "c", "eth0", ""};
  const LinkKey ad{"a", "d", "eth1", ""};
  const LinkKey ba{"b", "a", "eth0", ""};
  for (const LinkKey& key : {kAb, ac, ad, ba}) {
    Set(igp_, key);
  }
  Set(telemetry_, kEth0, Delay(500));
  EXPECT_EQ(DelayOf(kAb), 500);
  EXPECT_EQ(DelayOf(ac), 500);
  EXPECT_EQ(DelayOf(ad), -1);
  EXPECT_EQ(DelayOf(ba), -1) << "leaves another node";
}

TEST_F(LinkByInterfaceTest, AloneMakesNothing) {
  Set(telemetry_, kEth0, Delay(500));
  const TedBuilder::Published published = builder_.Publish();
  EXPECT_TRUE(published.delta.empty());
  EXPECT_EQ(published.ted->generation(), 0U);
  EXPECT_FALSE(published.ted->FindNode("a"));
  EXPECT_EQ(LinkCount(telemetry_), 1U);
}

TEST_F(LinkByInterfaceTest, KeepsNoLinkThatIsWithdrawnAndAppliesWhenItIsBack) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  EXPECT_TRUE(Link().usable);
  Remove(igp_, kAb);
  EXPECT_FALSE(builder_.Publish().ted->FindLink(kAb));
  EXPECT_FALSE(Link(kBa).usable);
  Set(telemetry_, kEth0, Delay(600));
  EXPECT_TRUE(builder_.Publish().delta.empty());
  Set(igp_, kAb);
  EXPECT_EQ(DelayOf(), 600);
  EXPECT_TRUE(Link().usable);
}

TEST_F(LinkByInterfaceTest, AnOverlaysLinkStaysUnusableThoughTheInterfaceIsMeasured) {
  AnnounceBoth();
  const SourceId overlay =
      *builder_.Connect({.name = "overlay", .hold_time = {}, .overlay = true}, now_);
  Set(overlay, kAb);
  Set(telemetry_, kEth0, Delay(500));
  Remove(igp_, kAb);
  EXPECT_EQ(DelayOf(), 500);
  EXPECT_FALSE(Link().usable);
}

TEST_F(LinkByInterfaceTest, CountsByTheRankOfItsSource) {
  const SourceId low = Connect("low", 50);
  Set(igp_, kAb, Delay(100));
  Set(low, kEth0, Delay(50));
  EXPECT_EQ(DelayOf(), 100);
  Set(telemetry_, kEth0, Delay(200));
  EXPECT_EQ(DelayOf(), 200);
  Set(telemetry_, kEth0, Delay(200), {.stale = true});
  EXPECT_EQ(DelayOf(), 100);
}

TEST_F(LinkByInterfaceTest, OfOneSourceTheLinkCountsBeforeTheInterfaceAndThatBeforeTheAddress) {
  Set(igp_, kAb, Address("10.0.0.1"));
  Set(telemetry_, {"a", "", "10.0.0.1", ""}, Delay(3));
  EXPECT_EQ(DelayOf(), 3);
  Set(telemetry_, kEth0, Delay(2));
  EXPECT_EQ(DelayOf(), 2);
  Set(telemetry_, kAb, Delay(1));
  EXPECT_EQ(DelayOf(), 1);
  Set(telemetry_, kAb, Delay(1), {.stale = true});
  EXPECT_EQ(DelayOf(), 2);
}

TEST_F(LinkByInterfaceTest, AnInterfaceThatIsDownTakesTheLinkDownAtOnce) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  builder_.Publish();
  LinkAttributes down;
  down.up = false;
  Set(telemetry_, kEth0, down, {.patch = true});
  const TedBuilder::Published published = builder_.Publish();
  ASSERT_EQ(published.delta.links.size(), 2U);
  for (const LinkChange& change : published.delta.links) {
    EXPECT_TRUE(change.went_down && change.degraded);
  }
  EXPECT_EQ(published.ted->usable_link_count(), 0U);
  EXPECT_EQ(DelayOf(), 500) << "a patch keeps the rest";
  LinkAttributes up;
  up.up = true;
  Set(telemetry_, kEth0, up, {.patch = true});
  EXPECT_TRUE(Link().usable);
  EXPECT_TRUE(Link(kBa).usable);
}

TEST_F(LinkByInterfaceTest, ASourceThatRanksBelowTheOneThatSaysUpTakesNothingDown) {
  AnnounceBoth();
  LinkAttributes state;
  state.up = true;
  Set(igp_, kAb, state);
  state.up = false;
  Set(Connect("low", 50), kEth0, state);
  EXPECT_TRUE(Link().usable);
}

TEST_F(LinkByInterfaceTest, GoesWithTheHoldTimeOfItsSource) {
  AnnounceBoth();
  Set(igp_, kAb, Delay(100));
  Set(telemetry_, kEth0, Delay(500));
  builder_.Disconnect(telemetry_, now_);
  EXPECT_EQ(DelayOf(), 100) << "stale";
  Set(igp_, kAb);
  EXPECT_EQ(DelayOf(), 500);
  EXPECT_EQ(builder_.ExpireStale(now_ + seconds(30)), 1U);
  EXPECT_EQ(DelayOf(), -1);
}

TEST_F(LinkByInterfaceTest, SpeaksForTheLinkWhileTheOthersAreSilent) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  builder_.Disconnect(igp_, now_);
  EXPECT_FALSE(Link().stale);
  EXPECT_TRUE(Link(kBa).stale);
  builder_.Disconnect(telemetry_, now_);
  EXPECT_TRUE(Link().stale);
}

TEST_F(LinkByInterfaceTest, ASyncSweepsWhatIsNotRepeated) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  Set(telemetry_, {"a", "", "eth1", ""}, Delay(500));
  EXPECT_EQ(LinkCount(telemetry_), 2U);
  ASSERT_EQ(builder_.BeginSync(telemetry_), absl::OkStatus());
  Set(telemetry_, {"a", "", "eth1", ""}, Delay(500));
  EXPECT_EQ(*builder_.EndSync(telemetry_), 1U);
  EXPECT_EQ(DelayOf(), -1);
  EXPECT_EQ(LinkCount(telemetry_), 1U);
}

TEST_F(LinkByInterfaceTest, IsRemovedByTheSameKey) {
  AnnounceBoth();
  Set(telemetry_, kEth0, Delay(500));
  EXPECT_EQ(builder_.RemoveLink(igp_, kEth0, now_).message(),
            "link a#eth0: got a removal by igp, which has not announced it");
  Remove(telemetry_, kEth0);
  EXPECT_EQ(DelayOf(), -1);
  EXPECT_EQ(builder_.RemoveLink(telemetry_, kEth0, now_).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(builder_.RemoveLink(telemetry_, kAb, now_).code(), absl::StatusCode::kNotFound);
}

TEST_F(LinkByInterfaceTest, OnlyTheLinksOfTheInterfaceAreToldAsChanged) {
  AnnounceBoth();
  const LinkKey ac{"a", "c", "eth1", ""};
  Set(igp_, ac);
  Set(telemetry_, kEth0, Delay(500));
  builder_.Publish();
  Set(telemetry_, kEth0, Delay(501));
  const TedBuilder::Published published = builder_.Publish();
  ASSERT_EQ(published.delta.links.size(), 1U);
  EXPECT_EQ(published.delta.links.front().link, *published.ted->FindLink(kAb));
  Set(telemetry_, kEth0, Delay(501));
  EXPECT_EQ(builder_.Publish().ted->generation(), published.ted->generation());
}

}  // namespace
}  // namespace srpce::topology
