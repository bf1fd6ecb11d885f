// What a peer that restarts announced is retained (RFC 4724 s4.2, RFC 8538).
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::ErrorCode;
using wire::bgp::kBgpLs;
using wire::bgp::kIpv4Unicast;
using wire::bgp::Notification;

// Restarts within 120 s; keeps BGP-LS, and IPv4 unicast that is not in use here.
wire::bgp::Open Restarting(bool notification) {
  wire::bgp::Open open = PeerOpen();
  wire::bgp::GracefulRestart restart;
  restart.notification = notification;
  restart.time = seconds(120);
  restart.entries = {{kBgpLs, true}, {kIpv4Unicast, true}};
  open.capabilities.graceful_restart = restart;
  return open;
}

// "bgp-ls 120": what is retained when `event` ends the session, and for how many seconds.
std::string Retained(bool notification, Event event, Config config = TestConfig()) {
  Driver driver(std::move(config));
  driver.To(State::kEstablished, Restarting(notification));
  driver.Tell(std::move(event));
  const Down* down = driver.Find<Down>();
  if (down == nullptr) return "still up";
  std::string text;
  for (const auto family : down->retain) absl::StrAppend(&text, Name(family), " ");
  return absl::StrCat(text, down->retain_for.count());
}

Event Got(int code, uint8_t subcode) {
  return MessageReceived{
      .message = Notification{.code = static_cast<ErrorCode>(code), .subcode = subcode}};
}
Event HoldExpired() { return TimerExpired{.timer = Timer::kHold}; }
Event UpdateBroken() {
  wire::bgp::ProtocolError error;
  error.notification.code = ErrorCode::kUpdate;
  return DecodeFailed{.error = error};
}

TEST(GracefulRestartTest, LostConnectionRetains) {
  EXPECT_EQ(Retained(false, ConnectionFailed()), "bgp-ls 120");
  EXPECT_EQ(Retained(true, ConnectionFailed()), "bgp-ls 120");
}

TEST(GracefulRestartTest, NotificationRetainsIfBothSayNotification) {
  EXPECT_EQ(Retained(false, Got(6, 4)), "0");
  EXPECT_EQ(Retained(true, Got(6, 4)), "bgp-ls 120");
  EXPECT_EQ(Retained(false, HoldExpired()), "0");
  EXPECT_EQ(Retained(true, HoldExpired()), "bgp-ls 120");
  EXPECT_EQ(Retained(false, UpdateBroken()), "0");
  EXPECT_EQ(Retained(true, UpdateBroken()), "bgp-ls 120");
}

TEST(GracefulRestartTest, HardResetRetainsNothing) { EXPECT_EQ(Retained(true, Got(6, 9)), "0"); }

TEST(GracefulRestartTest, WhoStopsRetainsNothing) {
  EXPECT_EQ(Retained(true, ManualStop()), "0");
  EXPECT_EQ(Retained(true, AutomaticStop()), "0");
}

TEST(GracefulRestartTest, HelpIsAMatterOfConfiguration) {
  Config config = TestConfig();
  config.graceful_restart = false;
  EXPECT_EQ(Retained(true, ConnectionFailed(), config), "0");
}

// RFC 8538 s3.1: else the peer would keep what this speaker announced.
TEST(GracefulRestartTest, StopForGoodIsAHardReset) {
  Driver driver;
  driver.To(State::kEstablished, Restarting(true));
  driver.Tell(ManualStop{.text = "bye"});
  EXPECT_EQ(Describe(*driver.Find<Down>()->sent),
            "Cease/Hard Reset (Cease/Administrative Shutdown: \"bye\")");
  Driver old;
  old.To(State::kEstablished, Restarting(false));
  old.Tell(ManualStop());
  EXPECT_EQ(Describe(*old.Find<Down>()->sent), "Cease/Administrative Shutdown");
  Driver removed;
  removed.To(State::kEstablished, Restarting(true));
  removed.Tell(AutomaticStop{.cease = 3});
  EXPECT_EQ(Describe(*removed.Find<Down>()->sent), "Cease/Hard Reset (Cease/Peer De-configured)");
}

TEST(GracefulRestartTest, SessionThatWasNotUpRetainsNothing) {
  Driver driver;
  driver.To(State::kOpenConfirm, Restarting(true));
  driver.Tell(ConnectionFailed());
  EXPECT_TRUE(driver.Find<Down>()->retain.empty());
}

TEST(GracefulRestartTest, DisabledFamilyIsNotRetained) {
  Driver driver;
  driver.To(State::kEstablished, Restarting(true));
  driver.session().disabled = {kBgpLs};
  driver.Tell(ConnectionFailed());
  EXPECT_TRUE(driver.Find<Down>()->retain.empty());
}

}  // namespace
}  // namespace srpce::session::bgp
