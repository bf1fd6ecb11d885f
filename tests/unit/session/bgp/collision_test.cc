#include "lib/session/bgp/collision.h"

#include <gtest/gtest.h>

namespace srpce::session::bgp {
namespace {

constexpr Speakers kHigherHere{.local_as = 65000,
                               .local_identifier = 0x0a000002,
                               .peer_as = 65000,
                               .peer_identifier = 0x0a000001};
constexpr Speakers kHigherThere{.local_as = 65000,
                                .local_identifier = 0x0a000001,
                                .peer_as = 65000,
                                .peer_identifier = 0x0a000002};

Connection Ours(State state) { return {.state = state, .initiated_here = true}; }
Connection Theirs(State state) { return {.state = state, .initiated_here = false}; }

// "the connection initiated by the BGP speaker with the higher-valued BGP Identifier is retained".
TEST(CollisionTest, HigherIdentifierKeepsTheConnectionItOpened) {
  const State confirm = State::kOpenConfirm, sent = State::kOpenSent;
  EXPECT_EQ(ResolveCollision(Ours(confirm), Theirs(sent), kHigherHere, false), Verdict::kCloseNew);
  EXPECT_EQ(ResolveCollision(Theirs(confirm), Ours(sent), kHigherHere, false),
            Verdict::kCloseExisting);
  EXPECT_EQ(ResolveCollision(Ours(confirm), Theirs(sent), kHigherThere, false),
            Verdict::kCloseExisting);
  EXPECT_EQ(ResolveCollision(Theirs(confirm), Ours(sent), kHigherThere, false), Verdict::kCloseNew);
}

TEST(CollisionTest, IdentifiersAreComparedAsUnsignedNumbers) {
  const Speakers speakers{.local_identifier = 0xc0000001, .peer_identifier = 0x0a000001};
  EXPECT_EQ(ResolveCollision(Ours(State::kOpenConfirm), Theirs(State::kOpenSent), speakers, false),
            Verdict::kCloseNew);
}

// RFC 6286 s2.3.
TEST(CollisionTest, HigherAsDecidesBetweenEqualIdentifiers) {
  Speakers speakers{
      .local_as = 65001, .local_identifier = 7, .peer_as = 65000, .peer_identifier = 7};
  EXPECT_EQ(ResolveCollision(Ours(State::kOpenConfirm), Theirs(State::kOpenSent), speakers, false),
            Verdict::kCloseNew);
  std::swap(speakers.local_as, speakers.peer_as);
  EXPECT_EQ(ResolveCollision(Ours(State::kOpenConfirm), Theirs(State::kOpenSent), speakers, false),
            Verdict::kCloseExisting);
}

// Both sides see the same two connections, each the other way round: they must agree.
TEST(CollisionTest, BothSidesKeepTheSameConnection) {
  for (const Speakers& here : {kHigherHere, kHigherThere}) {
    const Speakers there{.local_as = here.peer_as,
                         .local_identifier = here.peer_identifier,
                         .peer_as = here.local_as,
                         .peer_identifier = here.local_identifier};
    // A is opened here, B there. Each side may have got the OPEN on A or on B last.
    const bool a_stays = ResolveCollision(Ours(State::kOpenConfirm), Theirs(State::kOpenSent), here,
                                          false) == Verdict::kCloseNew;
    EXPECT_EQ(a_stays, ResolveCollision(Theirs(State::kOpenConfirm), Ours(State::kOpenSent), here,
                                        false) == Verdict::kCloseExisting);
    EXPECT_EQ(a_stays, ResolveCollision(Theirs(State::kOpenConfirm), Ours(State::kOpenSent), there,
                                        false) == Verdict::kCloseNew);
    EXPECT_EQ(a_stays, ResolveCollision(Ours(State::kOpenConfirm), Theirs(State::kOpenSent), there,
                                        false) == Verdict::kCloseExisting);
  }
}

TEST(CollisionTest, WhoIsThereIsKnownFromOpenConfirmOn) {
  for (const State state : {State::kIdle, State::kConnect, State::kActive, State::kOpenSent}) {
    EXPECT_EQ(ResolveCollision(Ours(state), Theirs(State::kOpenSent), kHigherHere, false),
              Verdict::kBothGoOn);
  }
}

TEST(CollisionTest, EstablishedSessionStays) {
  EXPECT_EQ(
      ResolveCollision(Ours(State::kEstablished), Theirs(State::kOpenSent), kHigherThere, false),
      Verdict::kCloseNew);
}

// RFC 4724 s5: it has restarted, and the old connection is dead.
TEST(CollisionTest, EstablishedSessionOfOneThatRestartedDoesNot) {
  EXPECT_EQ(
      ResolveCollision(Theirs(State::kEstablished), Theirs(State::kOpenSent), kHigherHere, true),
      Verdict::kCloseExisting);
}

TEST(CollisionTest, SecondConnectionOfTheSameSideReplacesTheFirst) {
  EXPECT_EQ(
      ResolveCollision(Theirs(State::kOpenConfirm), Theirs(State::kOpenSent), kHigherHere, false),
      Verdict::kCloseExisting);
}

}  // namespace
}  // namespace srpce::session::bgp
