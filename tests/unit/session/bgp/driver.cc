#include "tests/unit/session/bgp/driver.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/text.h"

namespace srpce::session::bgp {

Config TestConfig() {
  Config config;
  config.local_as = 65000;
  config.identifier = 0x0a000001;
  config.families = {wire::bgp::kBgpLs, wire::bgp::kIpv4SrPolicy};
  return config;
}

wire::bgp::Open PeerOpen() {
  Config config = TestConfig();
  config.identifier = 0x0a000002;
  return MakeOpen(config);
}

std::string Driver::Tell(Event event) {
  Step step = Handle(config_, std::move(session_), std::move(event));
  session_ = std::move(step.session);
  actions_ = std::move(step.actions);
  std::string text = Name(session_.state);
  for (size_t i = 0; i < actions_.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? ": " : "; ", Describe(actions_[i]));
  }
  return text;
}

Driver& Driver::To(State state, wire::bgp::Open open) {
  if (state == State::kIdle) return *this;
  Tell(ManualStart());
  if (state == State::kActive && session_.state != State::kActive) {
    Tell(ConnectionUp());  // OpenSent, where a lost connection leads to Active.
    Tell(ConnectionFailed());
  }
  if (state >= State::kOpenSent) Tell(ConnectionUp());
  if (state >= State::kOpenConfirm) Receive(std::move(open));
  if (state >= State::kEstablished) Receive(wire::bgp::Keepalive());
  EXPECT_EQ(session_.state, state);
  return *this;
}

}  // namespace srpce::session::bgp
