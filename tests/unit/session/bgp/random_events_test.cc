// Random events in any order: what must hold of every step.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/support/seed.h"
#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using Rng = std::mt19937_64;

wire::bgp::Message RandomMessage(Rng& rng) {
  switch (rng() % 8) {
    case 0:
    case 1: {
      wire::bgp::Open open = PeerOpen();
      if (rng() % 4 == 0) open.identifier = TestConfig().identifier;
      if (rng() % 4 == 0) open.hold_time = seconds(0);
      if (rng() % 4 == 0) open.capabilities = {};
      return open;
    }
    case 2:
      return wire::bgp::Notification{.code = wire::bgp::ErrorCode::kCease,
                                     .subcode = static_cast<uint8_t>(rng() % 11)};
    case 3:
      return wire::bgp::RouteRefresh{.family = wire::bgp::kBgpLs};
    case 4:
    case 5:
      return wire::bgp::MakeEndOfRib(wire::bgp::kBgpLs);
    default:
      return wire::bgp::Keepalive();
  }
}

Event RandomEvent(Rng& rng) {
  switch (rng() % 16) {
    case 0:
      return ManualStart();
    case 1:
      return AutomaticStart();
    case 2:
      if (rng() % 4 == 0) return ManualStop{.text = "random"};
      return CollisionLost();
    case 3:
      return AutomaticStop();
    case 4:
      if (rng() % 8 == 0) return SendHoldExpired();
      return ConnectionFailed();
    case 5: {
      DecodeFailed failed;
      failed.error.notification.code = static_cast<wire::bgp::ErrorCode>(1 + rng() % 7);
      return failed;
    }
    case 6:
      return RefreshWanted{.family = wire::bgp::kBgpLs};
    case 7:
    case 8:
    case 9:
      return TimerExpired{.timer = static_cast<Timer>(rng() % kTimers)};
    case 10:
    case 11:
      return ConnectionUp();
    default:
      return MessageReceived{.message = RandomMessage(rng)};
  }
}

// What brings a session in `state` forward.
Event NextEvent(State state) {
  switch (state) {
    case State::kIdle:
      return AutomaticStart();
    case State::kConnect:
    case State::kActive:
      return ConnectionUp();
    case State::kOpenSent:
      return MessageReceived{.message = PeerOpen()};
    case State::kOpenConfirm:
    case State::kEstablished:
      break;
  }
  return MessageReceived{.message = wire::bgp::Keepalive()};
}

// Follows the actions as a plugin would: which timers run, whether there is a connection.
class Follower {
 public:
  // What is wrong with the step from `before` to `session`; empty if nothing.
  std::string Follow(State before, const Session& session, const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      if (const auto* start = std::get_if<StartTimer>(&action); start != nullptr) {
        if (start->duration.count() <= 0) return "a timer without time";
        timers_.set(static_cast<size_t>(start->timer));
      } else if (const auto* stop = std::get_if<StopTimer>(&action); stop != nullptr) {
        if (!timers_[static_cast<size_t>(stop->timer)]) return "stops what does not run";
        timers_.reset(static_cast<size_t>(stop->timer));
      } else if (std::holds_alternative<Send>(action)) {
        if (closed_) return "sends after the end";
      } else if (std::holds_alternative<Close>(action)) {
        closed_ = true;
      } else if (std::holds_alternative<Up>(action)) {
        if (std::exchange(up_, true)) return "up twice";
      } else if (const auto* down = std::get_if<Down>(&action); down != nullptr) {
        if (std::exchange(up_, false) != down->was_up) return "down, but it was not up";
      } else if (std::holds_alternative<DeliverUpdate>(action) && !up_) {
        return "routes without a session";
      }
    }
    if (timers_ != session.running) return "timers are not those of the session";
    if (up_ != (session.state == State::kEstablished)) return "up is not Established";
    const bool fell = before > State::kActive && session.state <= State::kActive;
    if (fell && !closed_) return "fell back with the connection open";
    const bool stuck = session.state != State::kIdle && session.state != State::kEstablished &&
                       session.running.none() && session.negotiated.hold_time.count() > 0;
    if (stuck) return "waits for nothing";
    return "";
  }
  void Expired(Timer timer) { timers_.reset(static_cast<size_t>(timer)); }
  void Connected() { closed_ = false; }

 private:
  std::bitset<kTimers> timers_;
  bool closed_ = true;
  bool up_ = false;
};

TEST(RandomEventsTest, EveryStepIsSound) {
  const uint64_t seed = support::TestSeed(1);
  support::CaseCount cases;
  int reached = 0;
  for (int i = 0; i < support::Cases(3000); ++i) {
    Rng rng(seed + static_cast<uint64_t>(i));
    Config config = TestConfig();
    if (rng() % 4 == 0) config.delay_open = seconds(1);
    config.passive = rng() % 4 == 0;
    Driver driver(config);
    Follower follower;
    for (int step = 0; step < 60; ++step) {
      const State before = driver.session().state;
      const Event event = rng() % 4 != 0 ? NextEvent(before) : RandomEvent(rng);
      if (const auto* expired = std::get_if<TimerExpired>(&event)) follower.Expired(expired->timer);
      if (std::holds_alternative<ConnectionUp>(event) && AwaitsConnection(driver.session())) {
        follower.Connected();
      }
      // An expiry of a timer that does not run changes nothing.
      const std::string told = driver.Tell(event);
      ASSERT_EQ(follower.Follow(before, driver.session(), driver.actions()), "")
          << "case " << i << " step " << step << ": " << told;
      reached += driver.session().state == State::kEstablished ? 1 : 0;
    }
    cases.Add();
  }
  EXPECT_GT(reached, support::Cases(1000));
}

}  // namespace
}  // namespace srpce::session::bgp
