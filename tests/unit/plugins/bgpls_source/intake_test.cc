#include "plugins/topology_source/bgpls/intake.h"

#include <gmock/gmock.h>

#include "tests/support/simulated_clock.h"
#include "tests/unit/plugins/bgpls_source/routes.h"

namespace srpce::bgpls_source {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

class IntakeTest : public testing::Test {
 protected:
  IntakeTest() : intake_({"a", "b"}, Settings(), clock_, oddities_) {
    intake_.SetWaker([this] { ++woken_; });
  }

  static IntakeSettings Settings() {
    IntakeSettings settings;
    settings.stale_time = seconds(100);
    settings.sync_wait = seconds(60);
    settings.quiet_time = seconds(5);
    return settings;
  }
  static wire::bgp::Update Reach(const std::vector<uint8_t>& nodes) {
    wire::bgp::Update update;
    update.mp_reach.emplace();
    update.mp_reach->family = wire::bgp::kBgpLs;
    for (const uint8_t node : nodes) {
      update.mp_reach->nlri += *EncodeNlri(NodeNlri(Isis(node)));
    }
    return update;
  }
  static wire::bgp::Update Unreach(uint8_t node) {
    wire::bgp::Update update;
    update.mp_unreach.emplace();
    update.mp_unreach->family = wire::bgp::kBgpLs;
    update.mp_unreach->nlri = *EncodeNlri(NodeNlri(Isis(node)));
    return update;
  }
  void Up(size_t peer, bool marks_end = true) {
    session::bgp::Negotiated negotiated;
    if (marks_end) negotiated.peer_restart.emplace();
    intake_.OnUp(peer, negotiated);
  }
  void EndOfRib(size_t peer) { intake_.OnUpdate(peer, wire::bgp::MakeEndOfRib(wire::bgp::kBgpLs)); }
  // How many routes are there, and how many of them stale, of all changed ones.
  std::pair<size_t, size_t> Changed() {
    std::pair<size_t, size_t> counts;
    for (const RouteTable::Change& change : intake_.TakeChanges()) {
      counts.first += change.route ? 1 : 0;
      counts.second += change.route && change.route->stale ? 1 : 0;
    }
    return counts;
  }
  uint64_t Counter(const std::string& name) {
    for (const plugin::SourceCounter& counter : intake_.counters()) {
      if (counter.name == name) return counter.value;
    }
    ADD_FAILURE() << name;
    return 0;
  }

  support::SimulatedClock clock_;
  Oddities oddities_;
  int woken_ = 0;
  Intake intake_;
};

TEST_F(IntakeTest, FirstSyncIsDoneWhenEveryPeerHasToldAll) {
  Up(0);
  Up(1);
  intake_.OnUpdate(0, Reach({1}));
  EndOfRib(0);
  EXPECT_FALSE(intake_.FirstSyncDone());
  EndOfRib(1);
  EXPECT_TRUE(intake_.FirstSyncDone());
  EXPECT_EQ(Changed(), std::pair(size_t{1}, size_t{0}));
  EXPECT_EQ(woken_, 5);
}

TEST_F(IntakeTest, FirstSyncDoesNotWaitForEverForAPeerThatIsNotThere) {
  Up(0);
  EndOfRib(0);
  EXPECT_FALSE(intake_.FirstSyncDone());
  EXPECT_EQ(intake_.next_tick(), clock_.Now() + seconds(60));
  clock_.Advance(seconds(60));
  EXPECT_TRUE(intake_.FirstSyncDone());
  intake_.OnDown(0, {});
  EXPECT_TRUE(intake_.FirstSyncDone()) << "it was";
}

TEST_F(IntakeTest, NoNetworkAtAllIsNoSync) {
  clock_.Advance(seconds(3600));
  intake_.Tick();
  EXPECT_FALSE(intake_.FirstSyncDone()) << "an empty one would take away what the daemon knows";
}

TEST_F(IntakeTest, PeerThatMarksNoEndHasToldAllWhenItIsQuiet) {
  Up(0, /*marks_end=*/false);
  Up(1, /*marks_end=*/false);
  clock_.Advance(seconds(4));
  intake_.OnUpdate(0, Reach({1}));
  clock_.Advance(seconds(1));
  intake_.Tick();
  EXPECT_FALSE(intake_.FirstSyncDone()) << "b has, a has not";
  EXPECT_EQ(intake_.next_tick(), clock_.Now() + seconds(4));
  clock_.Advance(seconds(4));
  intake_.Tick();
  EXPECT_TRUE(intake_.FirstSyncDone());
}

TEST_F(IntakeTest, PeerThatPromisesTheEndAndForgetsItIsNotWaitedForForEver) {
  Up(0);
  Up(1);
  EndOfRib(1);
  intake_.OnUpdate(0, Reach({1}));
  clock_.Advance(seconds(30));
  intake_.Tick();
  EXPECT_FALSE(intake_.FirstSyncDone());
  clock_.Advance(seconds(30));
  intake_.Tick();
  EXPECT_TRUE(intake_.FirstSyncDone());
}

TEST_F(IntakeTest, PeerThatNeverFallsSilentHasToldAllInTheEnd) {
  Up(0, /*marks_end=*/false);
  Up(1);
  for (int i = 0; i < 59; ++i) {
    intake_.OnUpdate(0, Reach({1}));
    intake_.OnUpdate(1, Reach({1}));
    clock_.Advance(seconds(1));
    intake_.Tick();
  }
  EndOfRib(1);
  EXPECT_FALSE(intake_.FirstSyncDone());
  EXPECT_EQ(intake_.next_tick(), clock_.Now() + seconds(1));
  clock_.Advance(seconds(1));
  intake_.Tick();
  plugin::SourcePeer peer;
  peer.up = true;
  intake_.AddTo(0, peer);
  EXPECT_EQ(peer.detail, "") << "it has told all, a minute after it came up";
  EXPECT_TRUE(intake_.FirstSyncDone());
}

TEST_F(IntakeTest, PeerThatMarksTheEndMayTakeLongerButNotForEver) {
  Up(0);
  Up(1);
  EndOfRib(1);
  const auto telling = [&] {
    plugin::SourcePeer peer;
    peer.up = true;
    intake_.AddTo(0, peer);
    return peer.detail == "end of its table not seen yet";
  };
  for (int i = 0; i < 59; ++i) {
    clock_.Advance(seconds(10));
    intake_.OnUpdate(0, Reach({1}));
    intake_.Tick();
    ASSERT_TRUE(telling());
  }
  clock_.Advance(seconds(10));
  intake_.OnUpdate(0, Reach({1}));
  intake_.Tick();
  EXPECT_FALSE(telling());
}

TEST_F(IntakeTest, LostPeersRoutesAreStaleAndThenGone) {
  Up(0);
  intake_.OnUpdate(0, Reach({1, 2}));
  EndOfRib(0);
  Changed();
  intake_.OnDown(0, {});
  EXPECT_EQ(Changed(), std::pair(size_t{2}, size_t{2}));
  EXPECT_EQ(intake_.next_tick(), clock_.Now() + seconds(60)) << "of the first sync";
  clock_.Advance(seconds(99));
  intake_.Tick();
  EXPECT_THAT(intake_.TakeChanges(), IsEmpty());
  EXPECT_EQ(intake_.next_tick(), clock_.Now() + seconds(1));
  clock_.Advance(seconds(1));
  intake_.Tick();
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0}));
}

TEST_F(IntakeTest, PeerThatReturnsSweepsWhatItDoesNotRepeat) {
  Up(0);
  intake_.OnUpdate(0, Reach({1, 2}));
  EndOfRib(0);
  intake_.OnDown(0, {});
  Changed();
  clock_.Advance(seconds(50));
  Up(0);
  EXPECT_THAT(intake_.TakeChanges(), IsEmpty()) << "stale until repeated";
  intake_.OnUpdate(0, Reach({2}));
  EXPECT_EQ(Changed(), std::pair(size_t{1}, size_t{0}));
  EndOfRib(0);
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0})) << "1 is gone";
  clock_.Advance(seconds(1000));
  intake_.Tick();
  EXPECT_THAT(intake_.TakeChanges(), IsEmpty());
}

TEST_F(IntakeTest, PeerThatFlapsKeepsNothingAliveForEver) {
  Up(0);
  intake_.OnUpdate(0, Reach({1}));
  EndOfRib(0);
  Changed();
  intake_.OnDown(0, {});
  for (int i = 0; i < 9; ++i) {
    clock_.Advance(seconds(10));
    Up(0);
    intake_.OnDown(0, {});
    intake_.Tick();
  }
  EXPECT_EQ(Changed(), std::pair(size_t{1}, size_t{1}));
  clock_.Advance(seconds(10));
  intake_.Tick();
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0})) << "100 s after the first loss";
}

TEST_F(IntakeTest, WithdrawalAndAnnouncementInOneUpdateAnnounces) {
  Up(0);
  wire::bgp::Update update = Reach({1});
  update.mp_unreach = Unreach(1).mp_unreach;
  intake_.OnUpdate(0, update);
  EXPECT_EQ(Changed(), std::pair(size_t{1}, size_t{0}));
  intake_.OnUpdate(0, Unreach(1));
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0}));
  EXPECT_EQ(Counter("nlris_withdrawn"), 2U);
}

TEST_F(IntakeTest, TreatAsWithdrawWithdraws) {
  Up(0);
  intake_.OnUpdate(0, Reach({1, 2}));
  Changed();
  wire::bgp::Update update = Reach({2});
  update.errors.push_back({.approach = wire::bgp::Approach::kTreatAsWithdraw});
  intake_.OnUpdate(0, update);
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0}));
  EXPECT_EQ(Counter("updates_treated_as_withdraw"), 1U);
}

TEST_F(IntakeTest, BadAndUnknownNlrisCostThemselvesAndAreKept) {
  Up(0);
  wire::bgp::Update update = Reach({1});
  update.mp_reach->nlri += std::string("\x03\xe7\x00\x02\xab\xcd", 6);  // Type 999.
  update.mp_reach->nlri += std::string("\x00\x01\x00\x01\x02", 5);      // A node cut short.
  update.mp_reach->nlri += Reach({2}).mp_reach->nlri;
  intake_.OnUpdate(0, update);
  EXPECT_EQ(Changed(), std::pair(size_t{2}, size_t{0}));
  const std::vector<plugin::UnknownElement> odd = oddities_.all();
  ASSERT_THAT(odd, SizeIs(2));
  EXPECT_EQ(odd[0].kind, "NLRI");
  EXPECT_EQ(odd[0].code, 999U);
  EXPECT_EQ(odd[0].where, "an UPDATE of peer a");
  EXPECT_EQ(odd[0].octets, std::string("\x03\xe7\x00\x02\xab\xcd", 6));
  EXPECT_EQ(odd[1].kind, "malformed NLRI");
  EXPECT_EQ(odd[1].code, 1U);
  EXPECT_EQ(Counter("unknown_nlris"), 1U);
  EXPECT_EQ(Counter("malformed_nlris"), 1U);
}

TEST_F(IntakeTest, RefreshMarkedByThePeerSweeps) {
  Up(0);
  intake_.OnUpdate(0, Reach({1}));
  intake_.OnUpdate(0, Reach({2}));
  EndOfRib(0);
  Changed();
  intake_.OnRefresh(
      0, {.family = wire::bgp::kBgpLs, .subtype = wire::bgp::RouteRefresh::Subtype::kBegin});
  intake_.OnUpdate(0, Reach({2}));
  EXPECT_THAT(intake_.TakeChanges(), IsEmpty());
  intake_.OnRefresh(
      0, {.family = wire::bgp::kBgpLs, .subtype = wire::bgp::RouteRefresh::Subtype::kEnd});
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0})) << "1 is gone";
}

TEST_F(IntakeTest, DisabledFamilyForgetsWhatThePeerSaid) {
  Up(0);
  intake_.OnUpdate(0, Reach({1}));
  Changed();
  intake_.OnFamilyDisabled(0, wire::bgp::kBgpLs, "a flaw");
  EXPECT_EQ(Changed(), std::pair(size_t{0}, size_t{0}));
}

TEST_F(IntakeTest, ReportsRoutesOfEachPeer) {
  Up(0);
  intake_.OnUpdate(0, Reach({1, 2}));
  plugin::SourcePeer peer;
  peer.up = true;
  intake_.AddTo(0, peer);
  EXPECT_EQ(peer.elements, 2U);
  EXPECT_EQ(peer.detail, "end of its table not seen yet");
  intake_.OnDown(0, {});
  peer = {};
  intake_.AddTo(0, peer);
  EXPECT_EQ(peer.stale_elements, 2U);
}

}  // namespace
}  // namespace srpce::bgpls_source
