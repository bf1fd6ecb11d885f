// What messages do (RFC 4271 s8.2.2 events 19 to 28, RFC 2918, RFC 4760 s7).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/machine.h"

namespace srpce::session::bgp {
namespace {

using wire::bgp::ErrorCode;
using wire::bgp::Family;
using wire::bgp::Message;
using wire::bgp::Notification;
using wire::bgp::ProtocolError;
using wire::bgp::RouteRefresh;
using wire::bgp::Update;
namespace subcode = wire::bgp::subcode;

bool IsHardReset(const Notification& n) {
  return n.code == ErrorCode::kCease && n.subcode == subcode::kHardReset;
}

}  // namespace

void Machine::operator()(MessageReceived received) {
  if (s_.state == State::kIdle) return;
  std::visit([this](auto&& message) { Receive(std::move(message)); }, std::move(received.message));
}

void Machine::operator()(DecodeFailed failed) {
  if (s_.state == State::kIdle) return;
  const ErrorCode code = failed.error.notification.code;
  // What must not come in this state needs no judgement of what is wrong inside.
  if (code == ErrorCode::kUpdate && !IsUp()) return Unexpected(Update());
  if (code == ErrorCode::kRouteRefresh && !IsUp()) return Unexpected(RouteRefresh());
  if (code == ErrorCode::kOpen && IsUp()) return Unexpected(wire::bgp::Open());
  EndWith(failed.error);
}

void Machine::Receive(wire::bgp::Open open) {
  const bool early = IsConnecting() && s_.runs(Timer::kDelayOpen);
  if (s_.state != State::kOpenSent && !early) return Unexpected(open);
  if (const auto error = CheckOpen(config_, open); error.has_value()) return EndWith(*error);
  if (early) {
    Stop(Timer::kConnectRetry);
    Stop(Timer::kDelayOpen);
    SendOpen();
  }
  AcceptOpen(open);
}

void Machine::AcceptOpen(const wire::bgp::Open& open) {
  s_.negotiated = Negotiate(config_, open);
  Do(Send{wire::bgp::Keepalive()});
  if (s_.negotiated.hold_time.count() > 0) {
    Run(Timer::kKeepalive, s_.negotiated.keepalive_time());
    RestartHold();
  } else {
    Stop(Timer::kHold);
  }
  s_.state = State::kOpenConfirm;
}

void Machine::Receive(wire::bgp::Keepalive keepalive) {
  if (s_.state < State::kOpenConfirm) return Unexpected(keepalive);
  RestartHold();
  if (s_.state == State::kOpenConfirm) Establish();
}

void Machine::Establish() {
  s_.state = State::kEstablished;
  s_.disabled.clear();
  Run(Timer::kStable, config_.stable);
  Do(Up{s_.negotiated});
}

void Machine::Receive(Notification notification) {
  Ending ending;
  ending.reason = absl::StrCat("got NOTIFICATION ", wire::bgp::Describe(notification));
  // RFC 4724 keeps routes over a lost connection only; RFC 8538 over a NOTIFICATION too.
  ending.retain = !IsHardReset(notification);
  ending.received = std::move(notification);
  End(std::move(ending));
}

void Machine::Receive(RouteRefresh refresh) {
  if (!IsUp()) return Unexpected(refresh);
  const bool known =
      refresh.subtype == RouteRefresh::Subtype::kRequest ||
      (s_.negotiated.enhanced_route_refresh && refresh.subtype <= RouteRefresh::Subtype::kEnd);
  // RFC 2918 s4 and RFC 7313 s5 want the rest ignored.
  if (known && IsActive(refresh.family)) Do(DeliverRefresh{refresh});
}

void Machine::Receive(Update update) {
  if (!IsUp()) return Unexpected(update);
  RestartHold();
  if (!DisableFamilies(update)) return;
  KeepNegotiated(update);
  Do(DeliverUpdate{std::move(update)});
}

bool Machine::IsActive(Family family) const {
  const auto has = [&](const std::vector<Family>& list) {
    return std::find(list.begin(), list.end(), family) != list.end();
  };
  return has(s_.negotiated.families) && !has(s_.disabled);
}

// False if that ended the session: of the only family there is nothing would be left but a session
// that says nothing, where a reset may cure (RFC 7606 s2, RFC 4760 s7).
bool Machine::DisableFamilies(const Update& update) {
  for (const wire::bgp::UpdateError& error : update.errors) {
    if (error.approach != wire::bgp::Approach::kFamilyDisable || !IsActive(*error.family)) continue;
    if (s_.disabled.size() + 1 == s_.negotiated.families.size()) {
      EndWith(error.error);
      return false;
    }
    s_.disabled.push_back(*error.family);
    Do(DisableFamily{.family = *error.family, .reason = error.error.text});
  }
  return true;
}

void Machine::KeepNegotiated(Update& update) const {
  const auto refuse = [&](Family family, auto& routes) {
    if (IsActive(family)) return;
    routes = {};
    wire::bgp::UpdateError error;
    error.approach = wire::bgp::Approach::kAttributeDiscard;
    error.family = family;
    error.error.text =
        absl::StrCat("UPDATE: got routes of ", Name(family), ", which is not in use");
    update.errors.push_back(std::move(error));
  };
  if (update.mp_reach.has_value()) refuse(update.mp_reach->family, update.mp_reach);
  if (update.mp_unreach.has_value()) refuse(update.mp_unreach->family, update.mp_unreach);
  if (!update.nlri.empty()) refuse(wire::bgp::kIpv4Unicast, update.nlri);
  if (!update.withdrawn.empty()) refuse(wire::bgp::kIpv4Unicast, update.withdrawn);
}

void Machine::Unexpected(const Message& message) {
  ProtocolError error;
  error.notification.code = ErrorCode::kFsm;
  error.notification.subcode = s_.state == State::kOpenSent      ? subcode::kUnexpectedInOpenSent
                               : s_.state == State::kOpenConfirm ? subcode::kUnexpectedInOpenConfirm
                               : IsUp()                          ? subcode::kUnexpectedInEstablished
                                                                 : subcode::kUnspecific;
  // RFC 6608 s3: the data is the type of what came.
  error.notification.data = std::string(1, static_cast<char>(TypeOf(message)));
  error.text = absl::StrCat("got ", Name(TypeOf(message)), ", which this state does not expect");
  EndWith(error);
}

}  // namespace srpce::session::bgp
