// A session that ends says why: the exact NOTIFICATION to the peer, the reason to the operator.
#include <gtest/gtest.h>

#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::ErrorCode;
using wire::bgp::Notification;

TEST(SessionErrorTest, OpenThatWillNotDoIsAnswered) {
  Config config = TestConfig();
  config.peer_as = 65001;
  Driver driver(config);
  driver.To(State::kOpenSent);
  EXPECT_EQ(driver.Receive(PeerOpen()),
            "Idle: send NOTIFICATION OPEN Message Error/Bad Peer AS; stop Hold; close; failed: "
            "OPEN: got AS 65000, want 65001; start IdleHold 1000 ms");
  const Down* down = driver.Find<Down>();
  ASSERT_NE(down, nullptr);
  EXPECT_FALSE(down->was_up);
  EXPECT_EQ(down->sent, (Notification{.code = ErrorCode::kOpen, .subcode = 2}));
  EXPECT_EQ(down->received, std::nullopt);
}

// SendNOTIFICATIONwithoutOPEN is false (s8.2.1.3): who has not sent an OPEN says nothing.
TEST(SessionErrorTest, BeforeTheOwnOpenNothingIsSent) {
  Config config = TestConfig();
  config.peer_as = 65001;
  config.delay_open = seconds(5);
  Driver driver(config);
  driver.Tell(ManualStart());
  driver.Tell(ConnectionUp());
  EXPECT_EQ(driver.Receive(PeerOpen()),
            "Idle: stop DelayOpen; close; failed: OPEN: got AS 65000, want 65001; start IdleHold "
            "1000 ms");
  EXPECT_EQ(driver.Find<Down>()->sent, std::nullopt);
}

// RFC 4271 s6.4: a NOTIFICATION is not answered, in no state.
TEST(SessionErrorTest, NotificationIsNeverAnswered) {
  for (const State state : {State::kConnect, State::kActive, State::kOpenSent, State::kOpenConfirm,
                            State::kEstablished}) {
    Driver driver;
    driver.To(state);
    const Notification notification{.code = ErrorCode::kCease, .subcode = 3};
    driver.Receive(notification);
    EXPECT_EQ(driver.session().state, State::kIdle);
    EXPECT_EQ(driver.Find<Send>(), nullptr);
    EXPECT_EQ(driver.Find<Down>()->received, notification);
    EXPECT_EQ(driver.Find<Down>()->was_up, state == State::kEstablished);
  }
}

TEST(SessionErrorTest, NotificationGoesOutBeforeTheConnectionIsClosed) {
  Driver driver;
  driver.To(State::kEstablished);
  driver.Tell(ManualStop());
  size_t sent = 0, closed = 0;
  for (size_t i = 0; i < driver.actions().size(); ++i) {
    if (std::holds_alternative<Send>(driver.actions()[i])) sent = i + 1;
    if (std::holds_alternative<Close>(driver.actions()[i])) closed = i + 1;
  }
  EXPECT_LT(0U, sent);
  EXPECT_LT(sent, closed);
}

TEST(SessionErrorTest, NothingIsLeftOfASessionThatEnded) {
  Driver driver;
  driver.To(State::kEstablished);
  driver.session().disabled = {wire::bgp::kBgpLs};
  driver.Tell(ConnectionFailed());
  EXPECT_EQ(driver.session().negotiated, Negotiated());
  EXPECT_TRUE(driver.session().disabled.empty());
  EXPECT_EQ(driver.session().running.count(), 1U) << "the idle hold timer";
}

}  // namespace
}  // namespace srpce::session::bgp
