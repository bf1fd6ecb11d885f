// RFC 4271 s8.2.2, a line each: state, event, what it says happens.
#include "lib/session/bgp/fsm.h"

#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::Keepalive;
using wire::bgp::Notification;
using wire::bgp::Update;

Event Message(wire::bgp::Message message) { return MessageReceived{.message = std::move(message)}; }
Event Expired(Timer timer) { return TimerExpired{.timer = timer}; }
Event Broken(int code, uint8_t subcode) {
  wire::bgp::ProtocolError error;
  error.notification.code = static_cast<wire::bgp::ErrorCode>(code);
  error.notification.subcode = subcode;
  error.text = "broken";
  return DecodeFailed{.error = error};
}
Notification Cease() { return {.code = wire::bgp::ErrorCode::kCease, .subcode = 4}; }
wire::bgp::RouteRefresh Refresh() { return {.family = wire::bgp::kBgpLs}; }

struct Case {
  const char* name;
  State from;
  Event event;
  const char* want;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class TransitionTest : public testing::TestWithParam<Case> {};
TEST_P(TransitionTest, FollowsTheRfc) {
  Driver driver;
  driver.To(GetParam().from);
  EXPECT_EQ(driver.Tell(GetParam().event), GetParam().want);
}
std::string CaseName(const testing::TestParamInfo<Case>& info) { return info.param.name; }

const Case kIdle[] = {
    {"ManualStart", State::kIdle, ManualStart(), "Connect: start ConnectRetry 30000 ms; connect"},
    {"AutomaticStart", State::kIdle, AutomaticStart(),
     "Connect: start ConnectRetry 30000 ms; connect"},
    {"ManualStop", State::kIdle, ManualStop(), "Idle"},
    {"AutomaticStop", State::kIdle, AutomaticStop(), "Idle"},
    {"ConnectionUp", State::kIdle, ConnectionUp(), "Idle"},
    {"ConnectionFailed", State::kIdle, ConnectionFailed(), "Idle"},
    {"Open", State::kIdle, Message(PeerOpen()), "Idle"},
    {"Keepalive", State::kIdle, Message(Keepalive()), "Idle"},
    {"Notification", State::kIdle, Message(Cease()), "Idle"},
    {"HeaderError", State::kIdle, Broken(1, 1), "Idle"},
    {"ConnectRetry", State::kIdle, Expired(Timer::kConnectRetry), "Idle"},
    {"Hold", State::kIdle, Expired(Timer::kHold), "Idle"},
    {"IdleHoldThatDoesNotRun", State::kIdle, Expired(Timer::kIdleHold), "Idle"},
    {"SendHold", State::kIdle, SendHoldExpired(), "Idle"},
    {"CollisionLost", State::kIdle, CollisionLost(), "Idle"},
};
INSTANTIATE_TEST_SUITE_P(Idle, TransitionTest, testing::ValuesIn(kIdle), CaseName);

const Case kConnect[] = {
    {"ManualStart", State::kConnect, ManualStart(), "Connect"},
    {"ManualStop", State::kConnect, ManualStop(),
     "Idle: stop ConnectRetry; close; failed: stopped"},
    {"AutomaticStop", State::kConnect, AutomaticStop(),
     "Idle: stop ConnectRetry; close; failed: stopped: Cease/Other Configuration Change; start "
     "IdleHold 1000 ms"},
    {"ConnectRetry", State::kConnect, Expired(Timer::kConnectRetry),
     "Connect: close; start ConnectRetry 30000 ms; connect"},
    {"ConnectionUp", State::kConnect, ConnectionUp(),
     "OpenSent: stop ConnectRetry; send OPEN; start Hold 240000 ms"},
    {"ConnectionFailed", State::kConnect, ConnectionFailed{.text = "refused"},
     "Active: close; start ConnectRetry 1000 ms; failed: connection failed: refused"},
    {"HeaderError", State::kConnect, Broken(1, 1),
     "Idle: stop ConnectRetry; close; failed: broken; start IdleHold 1000 ms"},
    {"OpenError", State::kConnect, Broken(2, 1),
     "Idle: stop ConnectRetry; close; failed: broken; start IdleHold 1000 ms"},
    {"SendHold", State::kConnect, SendHoldExpired(), "Connect"},
    {"CollisionLost", State::kConnect, CollisionLost(),
     "Idle: stop ConnectRetry; close; failed: another connection with this peer goes on"},
    {"Notification", State::kConnect, Message(Cease()),
     "Idle: stop ConnectRetry; close; failed: got NOTIFICATION Cease/Administrative Reset; start "
     "IdleHold 1000 ms"},
    {"Keepalive", State::kConnect, Message(Keepalive()),
     "Idle: stop ConnectRetry; close; failed: got KEEPALIVE, which this state does not expect; "
     "start IdleHold 1000 ms"},
};
INSTANTIATE_TEST_SUITE_P(Connect, TransitionTest, testing::ValuesIn(kConnect), CaseName);

const Case kActive[] = {
    {"ManualStart", State::kActive, ManualStart(), "Active"},
    {"ManualStop", State::kActive, ManualStop(), "Idle: stop ConnectRetry; close; failed: stopped"},
    {"ConnectRetry", State::kActive, Expired(Timer::kConnectRetry),
     "Connect: close; start ConnectRetry 30000 ms; connect"},
    {"ConnectionUp", State::kActive, ConnectionUp(),
     "OpenSent: stop ConnectRetry; send OPEN; start Hold 240000 ms"},
    {"ConnectionFailed", State::kActive, ConnectionFailed{.text = "reset"},
     "Idle: stop ConnectRetry; close; failed: connection failed: reset; start IdleHold 1000 ms"},
    {"HeaderError", State::kActive, Broken(1, 2),
     "Idle: stop ConnectRetry; close; failed: broken; start IdleHold 1000 ms"},
    {"Update", State::kActive, Message(Update()),
     "Idle: stop ConnectRetry; close; failed: got UPDATE, which this state does not expect; start "
     "IdleHold 1000 ms"},
};
INSTANTIATE_TEST_SUITE_P(Active, TransitionTest, testing::ValuesIn(kActive), CaseName);

const Case kOpenSent[] = {
    {"ManualStart", State::kOpenSent, ManualStart(), "OpenSent"},
    {"ManualStop", State::kOpenSent, ManualStop(),
     "Idle: send NOTIFICATION Cease/Administrative Shutdown; stop Hold; close; failed: stopped"},
    {"AutomaticStop", State::kOpenSent, AutomaticStop{.cease = 8},
     "Idle: send NOTIFICATION Cease/Out of Resources; stop Hold; close; failed: stopped: Cease/Out "
     "of Resources; start IdleHold 1000 ms"},
    {"Hold", State::kOpenSent, Expired(Timer::kHold),
     "Idle: send NOTIFICATION Hold Timer Expired; close; failed: hold timer expired; start "
     "IdleHold 1000 ms"},
    {"SecondConnection", State::kOpenSent, ConnectionUp(), "OpenSent"},
    {"ConnectionFailed", State::kOpenSent, ConnectionFailed{.text = "reset"},
     "Active: stop Hold; close; start ConnectRetry 30000 ms; failed: connection failed: reset"},
    {"Open", State::kOpenSent, Message(PeerOpen()),
     "OpenConfirm: send KEEPALIVE; start Keepalive 30000 ms; start Hold 90000 ms"},
    {"HeaderError", State::kOpenSent, Broken(1, 3),
     "Idle: send NOTIFICATION Message Header Error/Bad Message Type; stop Hold; close; failed: "
     "broken; start IdleHold 1000 ms"},
    {"OpenError", State::kOpenSent, Broken(2, 6),
     "Idle: send NOTIFICATION OPEN Message Error/Unacceptable Hold Time; stop Hold; close; failed: "
     "broken; start IdleHold 1000 ms"},
    {"SendHold", State::kOpenSent, SendHoldExpired(),
     "Idle: send NOTIFICATION Send Hold Timer Expired; stop Hold; close; failed: send hold timer "
     "expired: the peer takes nothing; start IdleHold 1000 ms"},
    {"CollisionLost", State::kOpenSent, CollisionLost(),
     "Idle: send NOTIFICATION Cease/Connection Collision Resolution; stop Hold; close; failed: "
     "another connection with this peer goes on"},
    {"VersionError", State::kOpenSent,
     Message(Notification{.code = wire::bgp::ErrorCode::kOpen, .subcode = 1}),
     "Idle: stop Hold; close; failed: got NOTIFICATION OPEN Message Error/Unsupported Version "
     "Number; start IdleHold 1000 ms"},
    {"Keepalive", State::kOpenSent, Message(Keepalive()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenSent "
     "State (data 04); stop Hold; close; failed: got KEEPALIVE, which this state does not expect; "
     "start IdleHold 1000 ms"},
    {"Update", State::kOpenSent, Message(Update()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenSent "
     "State (data 02); stop Hold; close; failed: got UPDATE, which this state does not expect; "
     "start IdleHold 1000 ms"},
    {"UpdateError", State::kOpenSent, Broken(3, 1),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenSent "
     "State (data 02); stop Hold; close; failed: got UPDATE, which this state does not expect; "
     "start IdleHold 1000 ms"},
    {"RouteRefresh", State::kOpenSent, Message(Refresh()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenSent "
     "State (data 05); stop Hold; close; failed: got ROUTE-REFRESH, which this state does not "
     "expect; start IdleHold 1000 ms"},
    {"RefreshWanted", State::kOpenSent, RefreshWanted{.family = wire::bgp::kBgpLs}, "OpenSent"},
};
INSTANTIATE_TEST_SUITE_P(OpenSent, TransitionTest, testing::ValuesIn(kOpenSent), CaseName);

const Case kOpenConfirm[] = {
    {"ManualStart", State::kOpenConfirm, ManualStart(), "OpenConfirm"},
    {"ManualStop", State::kOpenConfirm, ManualStop{.text = "bye"},
     "Idle: send NOTIFICATION Cease/Administrative Shutdown: \"bye\"; stop Hold; stop Keepalive; "
     "close; failed: stopped"},
    {"Hold", State::kOpenConfirm, Expired(Timer::kHold),
     "Idle: send NOTIFICATION Hold Timer Expired; stop Keepalive; close; failed: hold timer "
     "expired; start IdleHold 1000 ms"},
    {"KeepaliveTimer", State::kOpenConfirm, Expired(Timer::kKeepalive),
     "OpenConfirm: send KEEPALIVE; start Keepalive 30000 ms"},
    {"SecondConnection", State::kOpenConfirm, ConnectionUp(), "OpenConfirm"},
    {"ConnectionFailed", State::kOpenConfirm, ConnectionFailed{.text = "reset"},
     "Idle: stop Hold; stop Keepalive; close; failed: connection failed: reset; start IdleHold "
     "1000 ms"},
    {"Notification", State::kOpenConfirm, Message(Cease()),
     "Idle: stop Hold; stop Keepalive; close; failed: got NOTIFICATION Cease/Administrative Reset; "
     "start IdleHold 1000 ms"},
    {"SecondOpen", State::kOpenConfirm, Message(PeerOpen()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenConfirm "
     "State (data 01); stop Hold; stop Keepalive; close; failed: got OPEN, which this state does "
     "not expect; start IdleHold 1000 ms"},
    {"HeaderError", State::kOpenConfirm, Broken(1, 2),
     "Idle: send NOTIFICATION Message Header Error/Bad Message Length; stop Hold; stop Keepalive; "
     "close; failed: broken; start IdleHold 1000 ms"},
    {"OpenError", State::kOpenConfirm, Broken(2, 2),
     "Idle: send NOTIFICATION OPEN Message Error/Bad Peer AS; stop Hold; stop Keepalive; close; "
     "failed: broken; start IdleHold 1000 ms"},
    {"SendHold", State::kOpenConfirm, SendHoldExpired(),
     "Idle: send NOTIFICATION Send Hold Timer Expired; stop Hold; stop Keepalive; close; failed: "
     "send hold timer expired: the peer takes nothing; start IdleHold 1000 ms"},
    {"CollisionLost", State::kOpenConfirm, CollisionLost(),
     "Idle: send NOTIFICATION Cease/Connection Collision Resolution; stop Hold; stop Keepalive; "
     "close; failed: another connection with this peer goes on"},
    {"Keepalive", State::kOpenConfirm, Message(Keepalive()),
     "Established: start Hold 90000 ms; start Stable 60000 ms; up: AS 65000 bgp-ls ipv4-sr-policy"},
    {"Update", State::kOpenConfirm, Message(Update()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenConfirm "
     "State (data 02); stop Hold; stop Keepalive; close; failed: got UPDATE, which this state does "
     "not expect; start IdleHold 1000 ms"},
    {"RefreshError", State::kOpenConfirm, Broken(7, 1),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in OpenConfirm "
     "State (data 05); stop Hold; stop Keepalive; close; failed: got ROUTE-REFRESH, which this "
     "state does not expect; start IdleHold 1000 ms"},
};
INSTANTIATE_TEST_SUITE_P(OpenConfirm, TransitionTest, testing::ValuesIn(kOpenConfirm), CaseName);

const Case kEstablished[] = {
    {"ManualStart", State::kEstablished, ManualStart(), "Established"},
    {"AutomaticStop", State::kEstablished, AutomaticStop{.cease = 1},
     "Idle: send NOTIFICATION Cease/Maximum Number of Prefixes Reached; stop Hold; stop Keepalive; "
     "stop Stable; close; down: stopped: Cease/Maximum Number of Prefixes Reached; start IdleHold "
     "1000 ms"},
    {"Hold", State::kEstablished, Expired(Timer::kHold),
     "Idle: send NOTIFICATION Hold Timer Expired; stop Keepalive; stop Stable; close; down: hold "
     "timer expired; start IdleHold 1000 ms"},
    {"KeepaliveTimer", State::kEstablished, Expired(Timer::kKeepalive),
     "Established: send KEEPALIVE; start Keepalive 30000 ms"},
    {"SecondConnection", State::kEstablished, ConnectionUp(), "Established"},
    {"ConnectionFailed", State::kEstablished, ConnectionFailed{.text = "reset"},
     "Idle: stop Hold; stop Keepalive; stop Stable; close; down: connection failed: reset; start "
     "IdleHold 1000 ms"},
    {"Notification", State::kEstablished, Message(Cease()),
     "Idle: stop Hold; stop Keepalive; stop Stable; close; down: got NOTIFICATION "
     "Cease/Administrative Reset; start IdleHold 1000 ms"},
    {"SecondOpen", State::kEstablished, Message(PeerOpen()),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in Established "
     "State (data 01); stop Hold; stop Keepalive; stop Stable; close; down: got OPEN, which this "
     "state does not expect; start IdleHold 1000 ms"},
    {"OpenError", State::kEstablished, Broken(2, 2),
     "Idle: send NOTIFICATION Finite State Machine Error/Receive Unexpected Message in Established "
     "State (data 01); stop Hold; stop Keepalive; stop Stable; close; down: got OPEN, which this "
     "state does not expect; start IdleHold 1000 ms"},
    {"HeaderError", State::kEstablished, Broken(1, 1),
     "Idle: send NOTIFICATION Message Header Error/Connection Not Synchronized; stop Hold; stop "
     "Keepalive; stop Stable; close; down: broken; start IdleHold 1000 ms"},
    {"SendHold", State::kEstablished, SendHoldExpired(),
     "Idle: send NOTIFICATION Send Hold Timer Expired; stop Hold; stop Keepalive; stop Stable; "
     "close; down: send hold timer expired: the peer takes nothing; start IdleHold 1000 ms"},
    {"CollisionLost", State::kEstablished, CollisionLost(),
     "Idle: send NOTIFICATION Cease/Connection Collision Resolution; stop Hold; stop Keepalive; "
     "stop Stable; close; down: another connection with this peer goes on"},
    {"Keepalive", State::kEstablished, Message(Keepalive()), "Established: start Hold 90000 ms"},
    {"Update", State::kEstablished, Message(wire::bgp::MakeEndOfRib(wire::bgp::kBgpLs)),
     "Established: start Hold 90000 ms; deliver UPDATE"},
    {"UpdateError", State::kEstablished, Broken(3, 1),
     "Idle: send NOTIFICATION UPDATE Message Error/Malformed Attribute List; stop Hold; stop "
     "Keepalive; stop Stable; close; down: broken; start IdleHold 1000 ms"},
    {"RouteRefresh", State::kEstablished, Message(Refresh()),
     "Established: deliver ROUTE-REFRESH bgp-ls 0"},
    {"RefreshError", State::kEstablished, Broken(7, 1),
     "Idle: send NOTIFICATION ROUTE-REFRESH Message Error/Invalid Message Length; stop Hold; stop "
     "Keepalive; stop Stable; close; down: broken; start IdleHold 1000 ms"},
    {"RefreshWanted", State::kEstablished, RefreshWanted{.family = wire::bgp::kBgpLs},
     "Established: send ROUTE-REFRESH"},
    {"StrayTimer", State::kEstablished, Expired(Timer::kConnectRetry), "Established"},
};
INSTANTIATE_TEST_SUITE_P(Established, TransitionTest, testing::ValuesIn(kEstablished), CaseName);

// ---- What takes more than one event, or another configuration.

TEST(FsmTest, PassiveSideWaits) {
  Config config = TestConfig();
  config.passive = true;
  Driver driver(config);
  EXPECT_EQ(driver.Tell(ManualStart()), "Active");
  EXPECT_TRUE(AwaitsConnection(driver.session()));
  EXPECT_EQ(driver.Tell(ConnectionUp()), "OpenSent: send OPEN; start Hold 240000 ms");
  EXPECT_FALSE(AwaitsConnection(driver.session()));
  EXPECT_EQ(driver.Tell(ConnectionFailed{.text = "reset"}),
            "Active: stop Hold; close; failed: connection failed: reset")
      << "it never connects";
}

TEST(FsmTest, DelayedOpenGoesOutWhenTheTimeIsOver) {
  Config config = TestConfig();
  config.delay_open = seconds(5);
  Driver driver(config);
  driver.Tell(ManualStart());
  EXPECT_EQ(driver.Tell(ConnectionUp()), "Connect: stop ConnectRetry; start DelayOpen 5000 ms");
  EXPECT_EQ(driver.Tell(Expired(Timer::kDelayOpen)), "OpenSent: send OPEN; start Hold 240000 ms");
}

TEST(FsmTest, DelayedOpenGoesOutWithTheFirstKeepaliveIfThePeerIsFaster) {
  Config config = TestConfig();
  config.delay_open = seconds(5);
  Driver driver(config);
  driver.Tell(ManualStart());
  driver.Tell(ConnectionUp());
  EXPECT_EQ(driver.Receive(PeerOpen()),
            "OpenConfirm: stop DelayOpen; send OPEN; start Hold 240000 ms; send KEEPALIVE; start "
            "Keepalive 30000 ms; start Hold 90000 ms");
}

TEST(FsmTest, ConnectionLostBeforeTheDelayedOpenIsWaitedForAgain) {
  Config config = TestConfig();
  config.delay_open = seconds(5);
  Driver driver(config);
  driver.Tell(ManualStart());
  driver.Tell(ConnectionUp());
  EXPECT_EQ(driver.Tell(ConnectionFailed{.text = "reset"}),
            "Active: stop DelayOpen; close; start ConnectRetry 30000 ms; failed: connection "
            "failed: reset");
}

TEST(FsmTest, HoldTimeOfZeroHasNoTimers) {
  wire::bgp::Open open = PeerOpen();
  open.hold_time = seconds(0);
  Driver driver;
  driver.To(State::kOpenSent);
  EXPECT_EQ(driver.Receive(open), "OpenConfirm: send KEEPALIVE; stop Hold");
  EXPECT_EQ(driver.Receive(Keepalive()),
            "Established: start Stable 60000 ms; up: AS 65000 bgp-ls ipv4-sr-policy");
  EXPECT_EQ(driver.Receive(Keepalive()), "Established");
}

TEST(FsmTest, RefusedConnectionsAreTriedLessAndLessOften) {
  Driver driver;
  driver.Tell(ManualStart());
  std::vector<int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    driver.Tell(ConnectionFailed{.text = "refused"});
    waits.push_back(driver.Find<StartTimer>()->duration.count());
    EXPECT_EQ(driver.Tell(Expired(Timer::kConnectRetry)),
              "Connect: close; start ConnectRetry 30000 ms; connect");
  }
  EXPECT_EQ(waits,
            (std::vector<int64_t>{1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000}));
}

TEST(FsmTest, IdleHoldTimeDoublesUpToItsMaximum) {
  Driver driver;
  driver.Tell(ManualStart());
  std::vector<int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    driver.Tell(ConnectionUp());
    driver.Receive(Cease());
    waits.push_back(driver.Find<StartTimer>()->duration.count());
    EXPECT_EQ(driver.Tell(Expired(Timer::kIdleHold)),
              "Connect: start ConnectRetry 30000 ms; connect");
  }
  EXPECT_EQ(waits, (std::vector<int64_t>{1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000}));
}

TEST(FsmTest, ManyFailuresDoNotOverflow) {
  Driver driver;
  driver.session().failures = ~0U - 1;
  driver.Tell(AutomaticStart());
  driver.Tell(ConnectionFailed());
  EXPECT_EQ(driver.Find<StartTimer>()->duration, seconds(60));
}

TEST(FsmTest, SessionThatFlapsKeepsItsFailuresAndAStableOneForgetsThem) {
  Driver driver;
  driver.Tell(ManualStart());
  const auto flap = [&](bool stable) {
    driver.Tell(ConnectionUp());
    driver.Receive(PeerOpen());
    driver.Receive(Keepalive());
    if (stable) {
      EXPECT_EQ(driver.Tell(Expired(Timer::kStable)), "Established");
    }
    driver.Tell(ConnectionFailed());
    const milliseconds wait = driver.Find<StartTimer>()->duration;
    driver.Tell(Expired(Timer::kIdleHold));
    return wait;
  };
  EXPECT_EQ(flap(false), seconds(1));
  EXPECT_EQ(flap(false), seconds(2)) << "it was up, but not for long";
  EXPECT_EQ(flap(true), seconds(1));
}

TEST(FsmTest, StoppedSessionStaysDown) {
  Driver driver;
  driver.To(State::kOpenConfirm);
  driver.Tell(ConnectionFailed());
  EXPECT_EQ(driver.Tell(ManualStop()), "Idle: stop IdleHold");
  EXPECT_EQ(driver.Tell(Expired(Timer::kIdleHold)), "Idle") << "an expiry that was under way";
}

TEST(FsmTest, StartByHandDoesNotWait) {
  Driver driver;
  driver.To(State::kOpenConfirm);
  driver.Tell(ConnectionFailed());
  EXPECT_EQ(driver.session().failures, 1U);
  EXPECT_EQ(driver.Tell(ManualStart()),
            "Connect: stop IdleHold; start ConnectRetry 30000 ms; connect");
  EXPECT_EQ(driver.session().failures, 0U);
}

TEST(FsmTest, AwaitsAConnectionWhereItHasNone) {
  for (const auto& [state, want] :
       {std::pair(State::kIdle, false), std::pair(State::kConnect, true),
        std::pair(State::kActive, true), std::pair(State::kOpenSent, false),
        std::pair(State::kOpenConfirm, false), std::pair(State::kEstablished, false)}) {
    Driver driver;
    driver.To(state);
    EXPECT_EQ(AwaitsConnection(driver.session()), want) << static_cast<int>(state);
  }
}

}  // namespace
}  // namespace srpce::session::bgp
